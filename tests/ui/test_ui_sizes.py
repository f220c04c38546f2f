"""Terminals of every size: nothing is wider than the terminal, no word of titles and hints is cut, the head has its rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.ui_sample import FakeSession, drifted, flips, healthy, incident, not_root, progress, staged, undecided
from tui502.report.status import status
from tui502.report.verdict import fitting, head, whole_words
from tui502.ui.moment import Moment
from tui502.ui.render.head import rows as head_rows_of
from tui502.ui.render.hints import hint_row, hints
from tui502.ui.render.layout import layout
from tui502.ui.render.rules import rule, tabs, title
from tui502.ui.render.spans import cell_len, text_of, width_of

WIDTHS = (60, 61, 66, 72, 79, 80, 81, 90, 100, 109, 110, 119, 120, 121, 140, 159, 160, 200, 250)
HEIGHTS = (15, 16, 19, 20, 24, 29, 30, 40, 47, 48, 60)
LARGE = (400, 80)


def counting() -> FakeSession:
    session = FakeSession(drifted())
    session.found = progress(staged())
    return session


SESSIONS = {
    "verdict": FakeSession,
    "drift": lambda: FakeSession(drifted()),
    "flips": lambda: FakeSession(flips()),
    "undecided": lambda: FakeSession(undecided()),
    "not root": lambda: FakeSession(not_root()),
    "healthy": lambda: FakeSession(healthy()),
    "counting": counting,
    "a long host": lambda: FakeSession(
        replace(incident(), evidence=replace(incident().evidence, host="a-very-long-name-of-a-host.in.some.domain.example.com"))
    ),
}


def words_of_titles(ui) -> set[str]:
    """The words of the titles that are on the screen, without the rules."""
    found: set[str] = set()
    for pane in ui.app.panes.values():
        if pane.display and pane._rows:
            text = text_of(pane._rows[0][0]).replace("━", " ").replace("─", " ").replace("┬", " ").replace("┼", " ")
            found |= {word.strip(",·") for word in text.replace("[", " ").replace("]", " ").split()}
    return found


@pytest.mark.parametrize("name", SESSIONS)
async def test_no_row_is_too_wide_and_no_word_is_cut(shown, name):
    """All panes at all sizes, by one program that is resized, as a person does it."""
    async with shown(SESSIONS[name](), size=LARGE) as ui:
        known: set[str] = set()
        for number in range(5):
            ui.app.focus_pane(number)
            await ui.pilot.pause()
            known |= words_of_titles(ui)
        for n, width in enumerate(WIDTHS):
            for height in HEIGHTS[n % 5 :: 5]:
                await ui.pilot.resize_terminal(width, height)
                ui.app.focus_pane((n + height) % 5)
                await ui.until(
                    lambda width=width, height=height: len(ui.rows()) == height and all(cell_len(line) == width for line in ui.rows()), f"{width}×{height}"
                )
                there = words_of_titles(ui)
                cut = {word for word in there if not any(each.endswith(word) for each in known) and "…" not in word and not word.isdigit()}
                assert not cut, f"{cut} at {width}×{height}\n{ui.text()}"
                _check_hints(ui, width)
                _check_head(ui, width)


def _check_hints(ui, width) -> None:
    app = ui.app
    whole = hints(app.moment, app.focus_at, app.pane.detail, app.zoomed, app.focus_at == 1 and app.log_pane.grouped, len(app.pane.sharing) == 4)
    parts = [part.strip() for part in ui.rows()[-1].split("  ") if part.strip()]
    known = {f"{key} {word}" for key, word in whole}
    assert set(parts) <= known, f"{set(parts) - known} at {width}"
    assert parts[-1] == f"q {whole[-1][1]}"
    assert "? help" in parts


def _check_head(ui, width) -> None:
    """Status, state with its sentence, SINCE, how known, NEXT: always in their rows."""
    rows = ui.rows()
    count = 5 if width >= 120 else 6 if width >= 80 else 7
    assert rows[count - 3].startswith("SINCE ")
    assert rows[count - 1].startswith("NEXT ")
    assert rows[1].split(" ")[0].isupper()
    assert "nginx" in rows[0]
    assert any(word in rows[0] for word in ("loaded", "-t fails"))
    assert rows[0].rstrip().endswith(("/min", "not seen"))
    key = rows[count - 1][10:].split("  ")[0]
    assert key, "the key of NEXT is never cut"


@pytest.mark.parametrize("width", range(60, 260, 3))
def test_hints_are_whole_words_and_help_and_quit_stay(width):
    for focus in range(6):
        for detail in (False, True):
            items = hints(Moment(incident=incident()), focus, detail)
            line = text_of(hint_row(items, width))
            assert cell_len(line) == width
            parts = [part.strip() for part in line.split("  ") if part.strip()]
            assert set(parts) <= {f"{key} {word}" for key, word in items}


@pytest.mark.parametrize("width", range(10, 140))
def test_titles_lose_clauses_and_words_but_never_half_of_one(width):
    left, right = "1 Log  only connect() failed while connecting", "FOLLOW · 451 refused, 17 saved"
    for heads in (title(left), tabs(("1 Log", "2 Upstreams", "3 Config", "4 Fix"), 1, True)):
        line = rule(width, heads, right, True)
        assert width_of(line) == width
        words = text_of(line).replace("━", " ").replace("[", " ").replace("]", " ").split()
        if width >= 20:
            assert set(words) <= set(f"{left} {right} 2 Upstreams 3 Config 4 Fix".split())


def test_what_matters_most_stands_longest_in_a_title():
    seen = [text_of(rule(width, title("1 Log  only one two three"), "FOLLOW · 451 refused, 17 saved")) for width in (60, 50, 40, 34)]
    assert ["FOLLOW" in line for line in seen] == [True] * 4
    assert ["17 saved" in line for line in seen] == [False] * 4
    assert "three" in seen[0]
    assert "three" not in seen[3]


@pytest.mark.parametrize("width", [60, 79, 80, 109, 110, 119, 120, 200])
def test_the_head_has_always_the_same_rows(width):
    count = 5 if width >= 120 else 6 if width >= 80 else 7
    for made in (incident(), undecided(), not_root(), healthy(), drifted()):
        rows = head_rows_of(head(made, None, None, None, width), width, count)
        assert len(rows) == count
        assert all(width_of(line) == width for line in rows)


def test_the_status_row_loses_what_says_least_first():
    """Up-time, user, spark; never nginx's state, what is not loaded, the rate."""
    seen = {width: "  ".join(status(drifted(), width)) for width in (140, 120, 110, 80, 79, 60, 50, 40)}
    assert all("nginx" in text and " up" in text and "not loaded" in text and text.endswith("/min") for text in seen.values())
    assert ["41 d" in text for text in seen.values()] == [True, True, True, False, False, False, False, False]
    assert ["root" in text for text in seen.values()] == [True, True, True, True, False, False, False, False]
    assert ["▁" in text for text in seen.values()] == [True, True, True, True, True, True, False, False]


def test_since_drops_whole_clauses_from_the_right():
    seen = [head(incident(), None, None, None, width).since.split(" · ") for width in (200, 120, 80, 60, 40)]
    for fewer, more in zip(seen[1:], seen, strict=False):
        assert len(fewer) <= len(more)
    assert all(len(text) for each in seen for text in each)
    assert not any("…" in text for each in seen for text in each)


def test_words_of_the_head_are_cut_between_words_and_next_keeps_its_key():
    assert whole_words("asked directly: 12215 bytes", 21) == "asked directly …"
    assert fitting("a  test it, then ask to apply (or t  only test it)", 49) == "a  test it, then ask to apply"
    assert fitting("s  stage the fix: x → y · one line, then a reload", 30) == "s  stage the fix: x → y"
    assert whole_words("abcdefghij", 5) == "abcd…"


@pytest.mark.parametrize(("size", "panes"), [((200, 60), {1, 2, 3, 4}), ((110, 20), {1, 2}), ((80, 48), {1, 2, 3, 4}), ((60, 15), {1}), ((79, 19), {1})])
def test_each_size_shows_its_panes(size, panes):
    found = layout(*size, 1, 2)
    assert found is not None
    assert set(found.panes) == panes
