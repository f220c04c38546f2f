"""The explanations: what speaks for and against each, the look that decides, and the way from a clue to where it was seen."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.ui_behind import behind
from tests.ui.ui_sample import FINDING, FakeSession, incident, undecided
from tui502.model.evidence import CommandSeen, Seen
from tui502.read.units import own_words
from tui502.report import site


async def test_each_explanation_has_its_for_and_against(shown):
    """If this fails, a person sees only what speaks for a guess."""
    async with shown(FakeSession(undecided())) as ui:
        await ui.sees("UNDECIDED two causes fit what was seen; one look decides between them", "NEXT      r  take it: one GET /daily straight to the backend")
        await ui.press("0")
        await ui.sees("2 explanations, 1 look decides", "for       03:13:07  31 of 52 closes", "against   no WORKER TIMEOUT line")
        await ui.sees("closed at 30 s   1 is proven", "answers   1 is ruled out", "costs            one request (GET), one worker for at most 35 s")


async def test_r_takes_the_look_that_decides_from_every_pane(shown):
    """If this fails, NEXT names a key that does something else."""
    async with shown(FakeSession(undecided())) as ui:
        for pane in ("0", "1", "2", "3"):
            ui.session.calls.clear()
            await ui.press(pane, "r")
            await ui.until(lambda: "take http 127.0.0.1:8100 GET report.example.com/daily" in ui.session.calls)
            await ui.sees("r: taken: GET /daily to 127.0.0.1:8100")


async def test_without_probes_no_look_is_offered_and_none_is_taken(shown):
    """If this fails, --no-probe sends something."""
    made = undecided()
    quiet = replace(made, evidence=replace(made.evidence, probing=False))
    assert site.decider(quiet) is None
    async with shown(FakeSession(quiet)) as ui:
        await ui.press("0", "r")
        await ui.sees("r: --no-probe is set")
        assert ui.session.calls == ["start"]


async def test_the_cursor_goes_from_explanation_to_explanation(shown):
    async with shown(FakeSession(undecided())) as ui:
        await ui.press("0", "full_stop")
        await ui.until(lambda: ui.app.moment.chosen.finding == "u2")
        await ui.press("full_stop")
        await ui.sees(".: no other explanation")
        await ui.press("comma")
        await ui.until(lambda: ui.app.moment.chosen.finding == "u1")


async def test_enter_goes_to_where_the_clue_was_seen(shown):
    """If this fails, a person must look for what the clue is about."""
    async with shown(FakeSession(undecided())) as ui:
        await ui.press("0", "full_stop", "down", "enter")
        await ui.until(lambda: ui.app.focus_at == 3 and ui.app.moment.chosen.where.line == 24)
        await ui.press("b")
        await ui.until(lambda: ui.app.focus_at == 0, "back leads to the explanations")
    async with shown(FakeSession(behind())) as ui:
        await ui.press("0", "down", "enter")
        await ui.until(lambda: ui.app.focus_at == 2 and ui.app.pane.detail)
        await ui.sees("peer 127.0.0.1:3000", "a mere connect: refused")
        await ui.press("0", "down", "down", "enter")
        await ui.until(lambda: ui.app.focus_at == 1, "what the log said is in the log")


async def test_what_follows_the_clues_is_scrolled(shown):
    async with shown(FakeSession(undecided()), size=(60, 15)) as ui:
        await ui.press("0", "end")
        await ui.sees("not seen")
        await ui.press("home")
        await ui.sees("▸1 POSSIBLE")


async def test_what_a_look_said_stands_below_it(shown):
    """If this fails, the last words of a service were read and nobody sees them."""
    base = behind()
    unit = base.facts.units[0]
    look = own_words(unit)
    assert look
    said = CommandSeen(look.args, 0, b"one\nlast token=hunter22 \x1b[2J words\n", b"", False)
    finding = replace(FINDING, certainty="possible", decider=look, answers=())
    made = replace(base, findings=(finding,), evidence=replace(base.evidence, commands={look.key: Seen(base.evidence.taken_at, 0.1, said)}))
    async with shown(FakeSession(made)) as ui:
        await ui.press("0", "pagedown")
        await ui.sees("the look    journalctl --no-pager -n 30 -u app.service", "it said 2 lines", "last token=*** ␛[2J words")


def test_a_place_is_said_once():
    """If this fails, every clue of the configuration names its file twice."""
    from tui502.report import clues

    clue = FINDING.clues[3]
    assert clues.told(clue) == f"the only peer of group app ({clue.where.file}:3)"
    named = replace(clue, text=f"127.0.0.1:3000 is written at {clue.where.file}:3")
    assert clues.told(named) == named.text


def test_rivals_are_those_of_which_none_is_more_than_possible():
    """If this fails, a proven cause is called undecided."""
    assert len(site.rivals(undecided())) == 2
    first, second = undecided().findings
    assert site.rivals(incident((replace(first, certainty="likely"), second))) == ()
    assert site.rivals(incident((first, replace(second, outages=("another",))))) == ()
