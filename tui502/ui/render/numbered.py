"""The lines of all files of a configuration counted through, so that a search has one order for all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate


class Numbered:
    """The lines of files in their order; number 0 is the first line of the first file."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._paths = list(files)
        self._numbers = {path: n for n, path in enumerate(self._paths)}
        self._bases = [0, *accumulate(_lines(data) for data in files.values())]

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self._paths)

    def of(self, path: str, line: int) -> int:
        """The number of a line (from 0) of a file; 0 for a file that is none of these."""
        n = self._numbers.get(path)
        return 0 if n is None else self._bases[n] + line

    def at(self, number: int) -> tuple[str, int]:
        """The file and the line (from 1) of a number."""
        n = bisect_right(self._bases, number) - 1
        return self._paths[n], number - self._bases[n] + 1

    def text(self, n: int) -> tuple[int, list[bytes]]:
        """The number of the first line of the `n`-th file, and its lines."""
        data = self.files[self._paths[n]]
        return self._bases[n], data.split(b"\n")[: _lines(data)]


def _lines(data: bytes) -> int:
    """How many lines are drawn for a file: an empty one has one."""
    return max(1, data.count(b"\n") + (not data.endswith(b"\n")))
