"""Hostile text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tui502.text import neutral, neutral_lines, shorten


@given(st.binary())
def test_nothing_that_steers_a_terminal_is_left(raw: bytes) -> None:
    """If this fails, a log line can move the cursor, change colours or turn text round."""
    text = neutral(raw)
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_what_is_neutralised_stays_visible() -> None:
    """If this fails, a person cannot see that somebody tried."""
    assert neutral(b"a\x1b[31m\x07\x7f") == "a␛[31m␇␡"
    assert neutral("x\u202ey\u200bz") == "x·y·z"
    assert neutral("listen\u00a080 x") == "listen␣80 x", "it would read as two words"


def test_lines_split_at_line_feeds_only() -> None:
    """If this fails, line numbers differ from those of nginx and editors."""
    assert neutral_lines(b"a\r\nb\x0cc\n\xe2\x80\xa8d") == ["a␍", "b␌c", "·d"]


def test_cuts_are_where_the_information_is_least() -> None:
    """If this fails, the telling end of a path or URI is cut."""
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcdef", 4, "tail") == "…def"
    assert shorten("abcdefgh", 5, "ends") == "ab…gh"
    assert shorten("abc", 3) == "abc"
