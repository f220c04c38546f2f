"""Pure: an incident in words, JSON and Markdown."""
