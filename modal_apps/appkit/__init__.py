"""What the bundled apps share: settings, keys, errors, health, logs, prices. Never imports modal or torch."""
