"""The lines of all files of a configuration counted through, so that a search has one order for all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate

from tui502.text import neutral


class Numbered:
    """The lines of files in their order; number 0 is the first line of the first file."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._paths = list(files)
        self._bases = [0, *accumulate(_lines(data) for data in files.values())]

    def of(self, path: str, line: int) -> int:
        """The number of a line (from 0) of a file."""
        return self._bases[self._paths.index(path)] + line

    def at(self, number: int) -> tuple[str, int]:
        """The file and the line (from 1) of a number."""
        n = bisect_right(self._bases, number) - 1
        return self._paths[n], number - self._bases[n] + 1

    def hits(self, fits: Callable[[str], bool]) -> list[int]:
        """The numbers of all lines whose text fits, tabs as eight blanks as they are drawn."""
        found: list[int] = []
        for base, data in zip(self._bases, self._files.values(), strict=False):
            found += [base + n for n, line in enumerate(data.split(b"\n")[: _lines(data)]) if fits(neutral(line.replace(b"\t", b" " * 8)))]
        return found


def _lines(data: bytes) -> int:
    """How many lines are drawn for a file: an empty one has one."""
    return max(1, data.count(b"\n") + (not data.endswith(b"\n")))
