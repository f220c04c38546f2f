"""What hosts send can draw nothing, move no cursor, and is no markup."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from tests.ui.ui_sample import FINDING, POINT, FakeLog, FakeSession, incident
from tui502.ui.panes.paint import strip
from tui502.ui.render.spans import cell_len, row

NASTY = "\x1b[2J\x1b[1;1Hgone\x1b]0;owned\x07\r\b\x9b31m [bold red]markup[/] [@click=app.quit]x[/] \u202ertl\u200b e\u0301"
RAW = [
    b"2026/11/22 03:13:40 [error] 1#1: *1 " + NASTY.encode(),
    b"\xff\xfe broken \xc3( utf-8\ttab",
    "日本語 漢字".encode() * 30,
    b"a" * 100_000,
    b"\r\r\r",
]


def harmless(text: str) -> bool:
    return all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me") or char == "\n" for char in text)


async def test_a_hostile_log_draws_only_its_own_cells(shown):
    for size in ((80, 24), (120, 40), (60, 15)):
        async with shown(FakeSession(log=FakeLog(RAW)), size=size) as ui:
            await ui.sees("gone" if size[0] > 60 else "other", "漢" if size[0] > 60 else "日")
            assert harmless(ui.text())
            assert all(cell_len(line) == size[0] for line in ui.rows()), "every row is exactly as wide as the terminal"


async def test_hostile_raw_lines_and_details_are_harmless(shown):
    async with shown(FakeSession(log=FakeLog(RAW)), size=(120, 40)) as ui:
        await ui.press("x", "g")
        assert harmless(ui.text())
        await ui.press("enter")
        await ui.sees("[bold red]markup[/]")
        assert harmless(ui.text())


async def test_hostile_words_in_findings_fixes_and_nodes_are_harmless(shown):
    fix = replace(POINT, title=NASTY, why=NASTY, risk=NASTY, tie=NASTY, there=NASTY)
    finding = replace(FINDING, fixes=(fix,), clues=(replace(FINDING.clues[0], text=NASTY),))
    made = incident((finding,))
    nodes = tuple(replace(node, label=NASTY + node.label, why=NASTY) for node in made.facts.nodes)
    made = replace(made, facts=replace(made.facts, nodes=nodes))
    session = FakeSession(made)
    session.foreign = {NASTY: NASTY}
    async with shown(session, size=(120, 40)) as ui:
        for keys in (["s"], ["0"], ["question_mark", "escape"], ["4", "a"]):
            await ui.press(*keys)
            assert harmless(ui.text())
        await ui.asked()
        assert harmless(ui.text())


async def test_ascii_sends_ascii_only(shown):
    async with shown(FakeSession(log=FakeLog(RAW)), size=(120, 40), ascii=True) as ui:
        assert ui.text().isascii()
        await ui.press("s")
        await ui.sees("staged")
        assert ui.text().isascii()
        assert all(len(line) == 120 for line in ui.rows())


def test_a_strip_neutralises_whatever_a_row_holds():
    made = strip(row(NASTY, ("\x1b[31m", "ok")), 40)
    assert harmless(made.text)
    assert made.cell_length == 40
    assert cell_len(made.text) == 40
