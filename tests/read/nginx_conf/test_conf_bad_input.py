"""Files that nobody writes by hand: they cost time in proportion to their length, and never the program."""

from __future__ import annotations

import time

import pytest

from tests.read.nginx_conf.files import seen
from tui502.read.nginx_conf import load, tokens

MB = 1 << 20
LONG = "this word is longer than nginx reads (4095 bytes): a closing quote is probably missing"
CASES = {
    "a word of 1 MB": (b"a;\nset " + b"x" * MB + b";\nb;\n", LONG),
    "a quoted word of 1 MB": (b'a;\nset "' + b"x" * MB + b'";\nb;\n', LONG),
    "a quote that is never closed": (b'a;\nset "' + b"x y;\n" * (MB // 5), LONG),
    "escapes without end": (b"a;\nset " + b"\\x" * (MB // 2) + b";", LONG),
    "a comment of 1 MB": (b"a;\n#" + b"x" * MB + b"\nb;\n", "this comment is longer than nginx reads (4095 bytes)"),
    "100,000 directives": (b"a {\n" + b"  set $x 1;\n" * 100_000 + b"}\n", ""),
    "100,000 entries of a map": (b"map $a $b {\n" + b"~^x 1;\n" * 100_000 + b"}\n", ""),
    "100,000 words": (b"a " + b"w " * 100_000 + b";", ""),
    "3,000 times the same file": (b"include x;\n" * 3000, ""),
    "nested 10,000 deep": (b"a {\n" * 10_000 + b"}\n" * 10_000, "blocks are nested too deep to be read here"),
    "opened 10,000 times": (b"a {\n" * 10_000, "blocks are nested too deep to be read here"),
    "closed 10,000 times": (b"a;\n" + b"}\n" * 10_000, 'this "}" closes nothing'),
    "a Lua block of braces": (b"a;\nx_by_lua_block {\n" + b"{" * (MB // 8), 'the block "x_by_lua_block" is not closed'),
    "zero bytes": (b"a;\n" + b"\0" * MB, "longer than nginx reads"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_can_be_read_is_read_and_the_rest_is_told(name: str) -> None:
    """If it fails, one file of a stranger holds up or ends the program."""
    data, told = CASES[name]
    start = time.process_time()
    config = load("/n", {"/n": seen(data), "/x": seen(b"b;")}, {})
    assert sum(1 for _ in config.walk()) >= 1
    assert config.root == load("/n", {"/n": seen(bytes(bytearray(data))), "/x": seen(b"b;")}, {}).root
    assert tokens(data)
    assert time.process_time() - start < 20
    assert [told in problem.text for problem in config.problems] == ([True] if told else [])
