"""Hostile text made harmless, and secrets masked. Everything read from a host passes here before it is drawn, printed or saved."""

from tui502.text.harmless import neutral, neutral_lines, shorten
from tui502.text.secrets import mask, mask_words

__all__ = ["mask", "mask_words", "neutral", "neutral_lines", "shorten"]
