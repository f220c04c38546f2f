"""One file a cause; explicitly listed."""
