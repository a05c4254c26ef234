"""What the bundled apps share: settings, keys, errors, health, logs and prices. Never imports modal or torch."""
