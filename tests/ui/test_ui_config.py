"""Pane 3: folding, the lines that set a directive, search through all files, jumps, the tree of includes."""

from __future__ import annotations

import time
from dataclasses import replace

from tests.ui.ui_sample import FakeSession, drifted, incident
from tui502.model.config import Config, Where
from tui502.model.evidence import FileSeen, Gap, Seen
from tui502.model.facts import Drift, FileDrift
from tui502.read.nginx_conf import load
from tui502.ui.panes.line_search import LineSearch
from tui502.ui.render import config as render
from tui502.ui.render import directive, foot
from tui502.ui.render.includes import tree
from tui502.ui.render.numbered import Numbered
from tui502.ui.render.page import Page
from tui502.ui.render.places import Block, Places, around, shown
from tui502.ui.render.spans import text_of

HOME = "/etc/nginx/nginx.conf"
OTHER = "/etc/nginx/sites/a.conf"
MAIN = b"""http {
    proxy_read_timeout 30s;
    map $host $backend {
        default app;
    }
    include sites/*.conf;
    server {
        proxy_read_timeout 20s;
        location / {
            proxy_pass http://$backend;
        }
        location /lua {
            content_by_lua_block {
                -- a } comment
                local x = 1
            }
        }
    }
}
"""
SITE = b"server {\n    listen 81;\n    include gone.inc;\n}\n"


def _seen(data: bytes) -> Seen[FileSeen]:
    return Seen(1.0, 0.0, FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0))


def _config() -> Config:
    files = {HOME: _seen(MAIN), OTHER: _seen(SITE), "/etc/nginx/gone.inc": Seen[FileSeen](1.0, 0.0, None, Gap("file", "absent", ""))}
    return load(HOME, files, {"/etc/nginx/sites": Seen(1.0, 0.0, ("a.conf",))})


def _at(config: Config, line: int):
    found = Places(config).at(HOME, line)
    assert found is not None
    return found


def test_a_folded_block_hides_its_lines_and_no_other():
    """If this fails, lines vanish that no fold has, or folds of folds open by themselves."""
    blocks = Places(_config()).blocks(HOME)
    assert [(block.first + 1, block.last + 1) for block in blocks] == [(1, 19), (3, 5), (7, 18), (9, 11), (12, 17), (13, 16)]
    assert list(shown(19, blocks, frozenset())) == list(range(19))
    assert [n + 1 for n in shown(19, blocks, frozenset({2, 6}))] == [1, 2, 3, 6, 7, 19]
    assert [n + 1 for n in shown(19, blocks, frozenset({6, 8}))] == [1, 2, 3, 4, 5, 6, 7, 19]
    assert around(blocks, 9) == Block(8, 10)
    assert around(blocks, 17) == Block(6, 17)


def test_lua_is_highlighted_inside_its_block_only():
    """If this fails, a brace in a Lua comment ends the block, or keywords of Lua shine elsewhere."""
    page = Page(HOME, MAIN, Places(_config()).starts(HOME))
    assert ("comment", "-- a } comment") in [(span.role, span.text) for span in page.spans(13, 80)]
    assert [span.text for span in page.spans(14, 80) if span.role == "directive"] == ["local"]
    assert [span.text for span in page.spans(16, 80) if span.role] == []


def test_the_lines_that_set_a_directive_say_which_decides():
    """If this fails, the detail names another line than the one nginx follows."""
    facts = incident().facts
    config = _config()
    facts = facts.__class__(**{**{name: getattr(facts, name) for name in facts.__dataclass_fields__}, "config": config})
    found = [(line.one.line, line.standing, line.block) for line in directive.lines(_at(config, 8), facts)]
    assert found == [(8, "decides here", "server"), (2, "overridden here", "http")]
    above = [(line.one.line, line.standing) for line in directive.lines(_at(config, 2), facts)]
    assert above == [(2, "decides here"), (8, "overrides it")]
    head = "\n".join(text_of(line) for line in directive.head(_at(config, 8), facts, 100))
    assert "limits the wait between two reads" in head
    assert "http, server, location" in head
    assert "60s" in head


def test_a_variable_leads_to_what_sets_it():
    """If this fails, `o` on a pass with a variable goes nowhere."""
    config = _config()
    assert foot.definition(_at(config, 10), config) == (HOME, 3)
    assert foot.definition(_at(config, 6), config) == (OTHER, 1)


def test_files_and_what_could_not_be_read_stand_in_the_tree_of_includes():
    """If this fails, a missing include is invisible."""
    entries = tree(_config(), Drift("differs", (OTHER,), False, ""))
    assert [(each.text.strip().split("  ")[0], each.file, each.line) for each in entries] == [
        (HOME, HOME, 1),
        (OTHER, OTHER, 1),
        ("? /etc/nginx/gone.inc: there is no such file or directory", OTHER, 3),
    ]
    assert entries[1].text.endswith("not loaded   4 lines")


def test_files_that_are_gone_stand_in_the_tree_of_includes():
    """If this fails, nobody sees that nginx still runs a site whose file was taken away."""
    running, lost = _config(), "/etc/nginx/sites/lost.conf"
    before = load(HOME, {**{path: _seen(data) for path, data in running.files.items()}, lost: _seen(SITE), "/etc/nginx/gone.inc": _seen(b"")},
                  {"/etc/nginx/sites": Seen(1.0, 0.0, ("a.conf", "lost.conf"))})  # fmt: skip
    left = FileDrift("/old/where.conf", "gone", "", 0.0, 1)
    drift = Drift("differs", (lost, left.path), True, "", 5, (FileDrift(HOME, "same", ""), FileDrift(lost, "gone", "", 0.0, 4), left))
    assert [(each.text.strip(), each.file, each.line) for each in tree(running, drift, before)[-2:]] == [
        (f"{lost}   gone, still running   4 lines", lost, 1),
        ("/old/where.conf   gone, still running   1 line", HOME, 1),
    ]
    assert "gone" not in "".join(each.text for each in tree(running, Drift("same", (), True, ""))[:2])


def test_wildcards_of_an_include_stop_at_a_slash():
    """If this fails, `o` on an include opens a file that another include brought in."""
    files = {HOME: _seen(b"include z.d/a.conf;\ninclude z*.conf;\n"), "/etc/nginx/z.d/a.conf": _seen(b"events {}"), "/etc/nginx/z.conf": _seen(b"env A;")}
    config = load(HOME, files, {"/etc/nginx": Seen(1.0, 0.0, ("z.conf",))})
    assert foot.definition(_at(config, 2), config) == ("/etc/nginx/z.conf", 1)


def test_lines_are_counted_through_all_files():
    """If this fails, a search hit leads to another line than the one that was found."""
    numbered = Numbered({"a": b"one\ntwo\n", "b": b"", "c": b"two\n\tthree"})
    search = LineSearch(numbered, lambda text: "two" in text)
    assert not search.look(time.monotonic() + 60)
    assert [numbered.at(hit) for hit in search.found] == [("a", 2), ("c", 1)]
    assert numbered.at(numbered.of("c", 1)) == ("c", 2)
    assert numbered.at(numbered.of("b", 0)) == ("b", 1)


def test_a_line_that_is_down_and_not_loaded_says_both():
    """If this fails, the state of a backend hides that nginx does not run the line."""
    page = Page(HOME, MAIN)
    assert text_of(render.line_row(page, 1, 60, "DOWN", drifted=True)).startswith("   2 ×≠    proxy")
    assert text_of(render.line_row(page, 1, 60, "", drifted=True)).startswith("   2 ≠     proxy")


async def test_a_folded_block_shows_the_marks_of_its_lines(shown):
    """If this fails, a fold hides what is wrong inside."""
    async with shown(FakeSession(drifted())) as ui:
        await ui.press("3", "z", "end", "up", "left", "left")
        await ui.sees("▸ 12 ×≠server { … 15 lines }")


async def test_a_block_is_folded_and_opened_by_keys(shown):
    async with shown(FakeSession(drifted())) as ui:
        await ui.press("3", "z", "home", *["down"] * 6, "left")
        await ui.sees("▸  6 ◐ upstream api { … 4 lines }")
        assert "10.0.4.12" not in ui.text()
        await ui.press("down")
        await ui.sees("▸ 11")
        await ui.press("up", "right")
        await ui.sees("server 10.0.4.12:8080")
        await ui.press("left", "slash", *"4.12", "enter")
        await ui.sees("▸  8")


async def test_enter_lists_the_lines_that_set_a_directive_and_goes_there(shown):
    async with shown(FakeSession(drifted())) as ui:
        await ui.press("3", "z", "slash", *"server_name", "enter", "enter")
        await ui.sees("does      the names this site answers for")
        await ui.press("escape", "home", "down", "down", "enter")
        await ui.sees("5 lines set it")
        await ui.press("down", "enter")
        await ui.sees("▸  7")


async def test_a_line_that_nginx_refuses_says_why_beside_what_its_directive_does(shown):
    """If this fails, a person stands on the right line and does not see what is wrong in it; or nginx's own line does not lead there."""
    base = drifted()
    path, data = next(iter(base.facts.config.files.items()))
    lines = data.split(b"\n")
    look, named = (Where(path, n, sum(len(line) + 1 for line in lines[: n - 1]), 0) for n in (14, 18))
    said = '"server" directive is not allowed here in app.conf:18'
    nginx = replace(base.facts.nginx, test="failed", test_said=said, test_where=look, test_named=named, test_why="this block is not closed")
    async with shown(FakeSession(replace(base, facts=replace(base.facts, nginx=nginx))), size=(100, 30)) as ui:
        await ui.press("3", "z", "home", *["down"] * 13)
        await ui.sees("▸ 14", "this block is not closed", f" nginx -t  {said}", " does      ")
        assert next(line for line in ui.rows() if "▸ 14" in line).rstrip().endswith("this block is not closed")
        assert "×" in next(line for line in ui.rows() if "▸ 14" in line)
        await ui.press(*["down"] * 4)
        await ui.sees("▸ 18", f"{said}; look at line 14")


async def test_a_line_that_serves_something_says_also_what_its_directive_does(shown):
    """If this fails, all about a directive that matters is one key further away than of one that does not."""
    async with shown(FakeSession(drifted()), size=(100, 30)) as ui:
        await ui.press("3", "z", "slash", *"proxy_pass http://app", "enter")
        await ui.sees("serves location", " does      hands the request to this backend")
