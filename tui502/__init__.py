"""tui502: find out why nginx answers 502, and carry the repair through."""

__version__ = "0.1.0"
