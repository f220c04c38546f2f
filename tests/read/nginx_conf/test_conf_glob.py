"""glob(3): checked against the C library's own fnmatch and against rules that nginx's users know."""

from __future__ import annotations

import ctypes
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui502.model.evidence import Gap, Seen
from tui502.read.nginx_conf.glob import Pattern, expand

_LIBC = ctypes.CDLL(None)
_PERIOD = 4
PATTERNS = st.text(st.sampled_from("ab.*?[]!^-\\z"), max_size=8)
NAMES = st.text(st.sampled_from("ab.-]z["), min_size=1, max_size=6)


@settings(max_examples=500, deadline=None)
@given(PATTERNS, NAMES)
def test_a_pattern_matches_what_the_c_library_matches(pattern: str, name: str) -> None:
    """Else a file that nginx loads is not shown, or one is shown that it does not load."""
    if pattern.endswith("\\") or "[" in pattern:
        _only_closed_brackets(pattern, name)
        return
    assert Pattern(pattern)(name) == (_LIBC.fnmatch(pattern.encode(), name.encode(), _PERIOD) == 0)


def _only_closed_brackets(pattern: str, name: str) -> None:
    """C libraries differ on patterns that are malformed; there it must only not fail."""
    Pattern(pattern)(name)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "app~", True),
        ("*", ".app.swp", False),
        (".*", ".a", True),
        ("*.conf", "a.conf", True),
        ("[ab].c", "b.c", True),
        ("[!a]*", "ab", False),
        ("[[:digit:]]*", "0x", True),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("{a,b}", "a", False),
        ("[.]a", ".a", False),
        ("[]]x", "]x", True),
    ],
)
def test_rules_of_file_names(pattern: str, name: str, fits: bool) -> None:
    assert Pattern(pattern)(name) is fits


def test_wildcards_in_directories_ask_for_each_directory() -> None:
    dirs: dict[str, Seen[tuple[str, ...]]] = {"/v": Seen(1.0, 0.0, ("b", "a", "file"))}
    assert expand("/v/*/n.conf", dirs).wanted == ("/v/b", "/v/a", "/v/file")
    dirs |= {"/v/a": Seen(1.0, 0.0, ("n.conf",)), "/v/b": Seen(1.0, 0.0, ("other", "n.conf"))}
    dirs["/v/file"] = Seen(1.0, 0.0, None, Gap("dir", "unreadable", ""))
    found = expand("/v/*/n.conf", dirs)
    assert (found.paths, found.wanted, found.gaps) == (("/v/a/n.conf", "/v/b/n.conf"), (), ())
    assert found.dirs == ("/v", "/v/b", "/v/a", "/v/file")


def test_a_row_of_stars_takes_no_time() -> None:
    start = time.process_time()
    assert not Pattern("*a" * 100 + "b")("a" * 255)
    assert time.process_time() - start < 1
