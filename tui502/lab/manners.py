"""How an application of the lab answers: the words of its command line that make single pages slow, their header large, or the answer fail to come."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COOKIE = 2000
"""Bytes of a header line of which a large header is made."""


@dataclass(frozen=True)
class Manners:
    """`slow`: seconds a path takes, `header`: bytes of additional header lines of a path, `close`: paths whose connection is closed without an answer.
    Every other path is answered at once."""

    slow: Mapping[str, float]
    header: Mapping[str, int]
    close: frozenset[str]

    def wait_for(self, uri: str) -> None:
        """Take the time this page takes."""
        time.sleep(self.slow.get(path_of(uri), 0.0))

    def header_lines(self, uri: str) -> list[tuple[str, str]]:
        """The additional header lines of this page: cookies, together at least as large as was asked."""
        lines = -(-self.header.get(path_of(uri), 0) // COOKIE)
        return [("Set-Cookie", f"part{n}=".ljust(COOKIE, "x")) for n in range(lines)]


def path_of(uri: str) -> str:
    return uri.partition("?")[0]


def page(name: str) -> bytes:
    """What every page of the application `name` says."""
    return f"<!doctype html><html><head><title>{name}</title></head><body><h1>{name}</h1></body></html>\n".encode()


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--slow", type=_of_path, action="append", default=[], metavar="PATH=SECONDS")
    parser.add_argument("--header", type=_of_path, action="append", default=[], metavar="PATH=BYTES")
    parser.add_argument("--close", action="append", default=[], metavar="PATH")


def given(options: argparse.Namespace) -> Manners:
    slow = {path: float(value) for path, value in options.slow}
    return Manners(slow, {path: int(value) for path, value in options.header}, frozenset(options.close))


def parse(words: Sequence[str]) -> Manners:
    """The manners that these words of a command line ask for."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    return given(parser.parse_args(words))


def _of_path(word: str) -> tuple[str, str]:
    path, _, value = word.rpartition("=")
    return path, value
