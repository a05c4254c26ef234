"""Financial statements in; ratios, sentiment and a short forecast out. Never imports modal."""
