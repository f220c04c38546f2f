"""Which lines became which."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tui502.read import lines
from tui502.read.lines import differing, opcodes

TEXTS = st.lists(st.sampled_from([b"}", b"server {", b"listen 80;", b"a;", b""]), max_size=12)


@settings(deadline=None)
@given(TEXTS, TEXTS, st.booleans())
def test_the_way_leads_from_the_one_to_the_other(old, new, large):
    """If it fails, a diff shows a change that is none, or hides one."""
    lines.QUICK, before = (-1 if large else 2000), lines.QUICK
    try:
        codes = opcodes(old, new)
    finally:
        lines.QUICK = before
    assert [line for tag, a, b, c, d in codes for line in (old[a:b] if tag == "equal" else new[c:d])] == new
    assert [line for _, a, b, _, _ in codes for line in old[a:b]] == old
    assert all(old[a:b] == new[c:d] for tag, a, b, c, d in codes if tag == "equal")


def test_a_changed_line_counts_once():
    assert differing(b"a\nb\nc\n", b"a\nx\nc\n") == 1
    assert differing(b"", b"") == 0
    assert differing(b"a\nb\n", b"a\nb\nc\n") == 1


def test_large_files_of_lines_that_are_alike_take_no_time():
    """Generated configurations are such; the screen waits meanwhile."""
    old = b"".join(b"server {\n  listen 80;\n  server_name x%d;\n  location / {\n  }\n}\n" % n for n in range(3000))
    start = time.process_time()
    assert differing(old, old.replace(b"x", b"y")) >= 3000
    assert time.process_time() - start < 3
