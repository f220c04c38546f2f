"""crossplane is asked too how it reads what was written: two readers that agree are seldom both wrong."""

from __future__ import annotations

import io

from tui502.read.nginx_conf.lexer import text_of, tokens

MOST = 1024 * 1024
"""Bytes of the longest text that it is asked about (it reads about 2 MB a second)."""


def differs(before: bytes, after: bytes) -> bool:
    """Whether it read a text as we do before it was edited, and does so no longer. It is not asked of `${name}` before a blank, which it takes for one word
    with what follows."""
    return len(after) <= MOST and b"${" not in after and _agrees(before) and not _agrees(after)


def _agrees(data: bytes) -> bool:
    """Whether it cuts the text into the same words. It differs on Lua, for which nobody is to blame. Words with backslashes are not compared: it keeps
    them."""
    from crossplane.errors import NgxParserBaseException
    from crossplane.lexer import _lex_file_object

    ours = [data[token.start : token.end] for token in tokens(data) if token.kind != "comment"]
    try:
        found = [(word, quote) for word, _, quote in _lex_file_object(io.StringIO(data.decode("utf-8", "replace"), newline=""))]
    except (NgxParserBaseException, RuntimeError):
        return False
    theirs = [word for word, quote in found if quote or not word.startswith("#")]
    return len(ours) == len(theirs) and all(b"\\" in raw or text_of(raw) == word for raw, word in zip(ours, theirs, strict=True))
