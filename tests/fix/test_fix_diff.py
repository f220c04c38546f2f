"""The diff that a person reads before saying yes."""

from __future__ import annotations

import difflib
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tui502.fix.diff import of_change
from tui502.model.changes import FileChange
from tui502.read.lines import unified

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "listen 80;"]), max_size=12)


@settings(deadline=None)
@given(LINES, LINES, st.sampled_from([0, 1, 2, 5]))
def test_it_is_a_unified_diff(old: list[str], new: list[str], context: int) -> None:
    """Applying what it says to the old text gives the new one; unchanged texts give nothing."""
    before, after = ("".join(line + "\n" for line in lines) for lines in (old, new))
    text = unified("/f", before.encode(), after.encode(), context)
    assert (text == "") == (before == after)
    assert patched(old, text) == new
    if text:
        stock = list(difflib.unified_diff(old, new, "/f", "/f", n=context, lineterm=""))
        assert sum(line[:1] == " " for line in text.split("\n")[2:]) <= sum(line[:1] == " " for line in stock) + 2 * context


def patched(old: list[str], text: str) -> list[str]:
    result: list[str] = []
    at = 0
    for line in text.split("\n")[2:-1]:
        if line.startswith("@@"):
            first, _, length = line.split()[1][1:].partition(",")
            start = int(first) - (length != "0")
            result += old[at:start]
            at = start
        elif line[0] in " -":
            assert old[at] == line[1:]
            result += [line[1:]] if line[0] == " " else []
            at += 1
        else:
            result.append(line[1:])
    return result + old[at:]


def test_what_cannot_be_seen_is_made_visible() -> None:
    """A stray CR or no-break space is often the whole difference."""
    text = unified("/etc/a\x1b[1m.conf", b"\xef\xbb\xbfa;\r\n\tkeep;\n\tb\xc2\xa0c\x1b;\nend", b"a;\n\tkeep;\n\tb c\x9b;\nend\n")
    assert text.split("\n") == [
        "--- /etc/a␛[1m.conf",
        "+++ /etc/a␛[1m.conf",
        "@@ -1,4 +1,4 @@",
        "-⟪BOM⟫a;␍",
        "+a;",
        "     keep;",
        "-→   b⍽c␛;",
        "-end",
        "\\ No newline at end of file",
        "+→   b c\ufffd;",
        "+end",
        "",
    ]


def test_files_that_come_and_go() -> None:
    assert unified("/f", None, b"a\n") == "--- /dev/null\n+++ /f\n@@ -0,0 +1 @@\n+a\n"
    assert unified("/f", b"a\n", None) == "--- /f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"


def test_one_line_in_a_big_file_is_quick() -> None:
    """Staging answers a key press."""
    before = b"listen 80;\n" * 200_000
    start = time.process_time()
    text = unified("/f", before + b"x;\n" + before, before + b"y;\n" + before)
    assert time.process_time() - start < 3
    assert "@@ -199999,5 +199999,5 @@" in text


def test_a_link_shows_where_it_leads() -> None:
    """A person must see that a link goes, and not a file."""
    change = FileChange("/e/a", "/e/a", b"../x\x1b", None, "", link=True)
    assert of_change(change) == "--- /e/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-link to ../x␛\n"
    assert of_change(FileChange("/f", "/f", b"a\n", b"b\n", "")) == unified("/f", b"a\n", b"b\n")
