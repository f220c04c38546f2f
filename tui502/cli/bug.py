"""What a person is told of a bug of ours."""

from __future__ import annotations

import sys
import tempfile
import traceback

from tui502 import __version__
from tui502.text import mask


def crash(error: Exception) -> str:
    """Three lines for a bug of ours, and a file with the rest; secrets masked."""
    body = mask("".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace"))
    try:
        with tempfile.NamedTemporaryFile("wb", prefix="tui502-crash-", suffix=".txt", delete=False) as out:
            out.write(b"tui502 " + __version__.encode() + b", Python " + sys.version.encode() + b"\n\n" + body)
        place = out.name
    except OSError as failed:
        place = f"nowhere ({failed.strerror})"
    return f"stopped by a bug of its own: {type(error).__name__}: {error}\n  details: {place}\n  please report it with that file"
