"""The message templates of nginx and its forks, by subject. Placeholders: see `template.py`."""
