"""A log as it comes from a file or a pipe, packed by gzip or not, in pieces that fit in memory however long its lines are."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from tui502.cli import Stop
from tui502.read.explain_lines import PIECE

_GZIP = b"\x1f\x8b"


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """Lines, the overlong ones in parts. Raises Stop where a packed log is damaged, after all that could be read of it."""
    plain = cast("io.BufferedReader", source)
    log: io.BufferedReader | gzip.GzipFile = gzip.GzipFile(fileobj=plain) if plain.peek(2)[:2] == _GZIP else plain
    try:
        while piece := log.readline(PIECE):
            yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Stop(f"the packed log is damaged: {error}") from error
