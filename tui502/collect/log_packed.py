"""A file packed by gzip, as rotation leaves it, read at any offset of its text: every few megabytes a place is kept at which unpacking can begin anew."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, field

from tui502.collect.log_file import Segment

SPAN = 4 * 1024 * 1024
"""Bytes of text between two such places; each of them takes about 40 kB of memory."""

CHUNK = 64 * 1024
LARGEST = 2 * 1024**3
"""Bytes of text that are read of one file at the most."""

_GZIP = 31
"""What tells zlib that a gzip header comes first."""


class Unpacking:
    """The text of a gzip file from some place on. `why` says what ended it before its end, '' when nothing did."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.at = 0
        self.why = ""
        self._held = b""
        self._unpacker = zlib.decompressobj(_GZIP)

    def copy(self) -> Unpacking:
        """The same place, to go on from later."""
        same = Unpacking(self._fd)
        same.at, same.why, same._held, same._unpacker = self.at, self.why, self._held, self._unpacker.copy()
        return same

    def take(self, n: int) -> bytes:
        """The next `n` bytes of text, fewer at the end or where the file is damaged."""
        parts, left = [], n
        try:
            while left > 0 and (text := self._some(left)):
                parts.append(text)
                left -= len(text)
        except zlib.error:
            self.why = "it is damaged"
        except OSError as error:
            self.why = error.strerror or "it cannot be read"
        return b"".join(parts)

    def _some(self, most: int) -> bytes:
        """Some bytes of text, b"" at the end only."""
        while not self.why:
            if not self._held:
                self._held = os.pread(self._fd, CHUNK, self.at)
                self.at += len(self._held)
            if self._unpacker.eof:
                self._held = self._held.lstrip(b"\0")
                if not self._held:
                    break
                self._unpacker = zlib.decompressobj(_GZIP)
            ended = not self._held
            text = self._unpacker.decompress(self._held, most)
            self._held = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
            if text:
                return text
            if ended and not self._unpacker.eof:
                self.why = "it ends too early"
        return b""


@dataclass(eq=False)
class PackedSegment(Segment):
    """What is read of one gzip file. Its text has the offsets; `unpack` comes to the end (`whole`) before it is read backwards. `why` says why
    its rest is not read, '' when it is."""

    why: str = ""
    text: int = 0
    whole: bool = False
    _places: list[Unpacking] = field(default_factory=list)
    _last: tuple[int, bytes] = (-1, b"")

    def unpack(self) -> bool:
        """Go through the next few megabytes; whether there may be more."""
        with self._lock:
            if self.closed or self.whole:
                return False
            place = self._places[-1] if self._places else Unpacking(self.fd)
            if not self._places:
                self._places.append(place)
            going = place.copy()
            size = len(going.take(SPAN))
            self.text += size
            self.why = going.why or ("more than 2 GB" if self.text >= LARGEST else "")
            self.whole = size < SPAN or bool(self.why)
            if not self.whole:
                self._places.append(going)
            return not self.whole

    def packed(self) -> int:
        """Bytes of the file that `unpack` has gone through."""
        with self._lock:
            return self._places[-1].at if self._places else 0

    def size(self) -> int:
        return self.text

    def read(self, offset: int, n: int) -> bytes:
        with self._lock:
            out = b""
            while n > 0 and not self.closed and 0 <= offset < self.text:
                number, skip = divmod(offset, SPAN)
                if number >= len(self._places):
                    break
                if self._last[0] != number:
                    self._last = (number, self._places[number].copy().take(SPAN))
                part = self._last[1][skip : skip + n]
                if not part:
                    break
                out, offset, n = out + part, offset + len(part), n - len(part)
            return out
