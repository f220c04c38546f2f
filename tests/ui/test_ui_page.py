"""A file in the configuration pane: what is taken apart piece by piece is as if it were whole; files that are gone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.ui.ui_sample import CONF, SITE, FakeSession, drifted
from tui502.model.config import walk
from tui502.model.facts import Drift, FileDrift
from tui502.read.nginx_conf import parse, tokens
from tui502.ui.render import drifted as drifts
from tui502.ui.render.page import Page, roles
from tui502.ui.render.spans import text_of

GONE = "/etc/nginx/sites-enabled/lost.conf"
LOST = b"server {\n    listen 81;\n}\n"


def _with_a_gone_file():
    base = drifted()
    running = {**base.evidence.running.value, GONE: LOST}
    files = (FileDrift(SITE, "differs", "", 0.0, 1), FileDrift(GONE, "gone", "", 0.0, 3))
    drift = Drift("differs", (SITE, GONE), True, base.facts.drift.why, 1, files)
    seen = replace(base.evidence.running, value=running)
    return replace(base, evidence=replace(base.evidence, running=seen), facts=replace(base.facts, drift=drift))


_WORD = st.sampled_from(["listen", "a$b", '"x y"', "${c}d", "# no comment;", "map", "'{'"])
_STATEMENT = st.recursive(
    st.lists(_WORD, min_size=1, max_size=4).map(lambda words: " ".join(words).replace("# no comment;", "\n# a comment {\n") + ";\n"),
    lambda inner: st.tuples(st.sampled_from(["server", "location /", "content_by_lua_block"]), st.lists(inner, max_size=3)).map(
        lambda pair: f"{pair[0]} {{ {'local x = 1 -- }' + chr(10) if 'lua' in pair[0] else ''.join(pair[1])} }}\n"
    ),
    max_leaves=8,
)


@given(st.lists(_STATEMENT, max_size=6).map("".join))
def test_words_have_the_roles_that_they_have_in_the_whole_file(text):
    """If this fails, in a large file a word shines otherwise than in a small one."""
    data = text.encode()
    starts = tuple(sorted({one.start for one in walk(parse("/f", data)[0])}))
    pieces = Page("/f", data, starts)
    whole = roles(data, tokens(data))
    for n in range(pieces.lines):
        at = pieces.starts[n]
        for span in pieces.spans(n, 1000):
            role = next((role for left, right, role in whole if left <= at < right), "")
            assert span.role == role, (n, span)
            at += len(span.text.encode())


def test_of_a_huge_line_only_what_is_shown_is_made():
    """If this fails, a file with a line of a megabyte stops the screen at every key."""
    page = Page("/f", b'set $a "' + "é".encode() * 1_000_000 + b'";\n')
    assert len(text_of(page.spans(0, 100))) <= 400


def test_a_file_without_a_last_line_feed_and_an_empty_one_have_their_lines():
    """If this fails, the last line of a file is missing, or one more is shown than there is."""
    assert [Page("/f", data).lines for data in (b"", b"a", b"a\n", b"a\n\n", b"\n")] == [1, 1, 1, 2, 1]
    assert [text_of(Page("/f", b"a\nb").spans(n, 80)) for n in (0, 1)] == ["a", "b"]


async def test_d_reaches_a_file_that_is_gone_and_shows_what_nginx_runs_of_it(shown):
    """If this fails, nobody can read a site that nginx still runs although its file was taken away."""
    async with shown(FakeSession(_with_a_gone_file()), size=(120, 40)) as ui:
        await ui.press("3", "z", "home", "d")
        await ui.sees("▸ 25")
        await ui.press("d")
        await ui.sees("lost.conf:1", "gone from disk, still running", "runs, gone from disk", "▸  1 ≠ server {", "listen 81;")
        await ui.press("e")
        await ui.sees("e: this file is gone from disk")
        await ui.press("d")
        await ui.sees("app.example.com:25")


def test_the_lines_of_a_gone_file_are_all_marked_and_d_stops_at_the_first():
    """If this fails, d walks through every line of a file that is gone, or never leaves it."""
    made = _with_a_gone_file()
    assert drifts.lines(made, GONE) >= {1, 2, 3}
    assert drifts.following(made, SITE, 25) == (GONE, 1)
    assert drifts.following(made, GONE, 2) == (SITE, 25)
    assert CONF.count(b"\n") > 25
