"""Places on terminals of every size."""

from __future__ import annotations

import pytest

from tests.ui.ui_sample import FakeSession, healthy
from tui502.ui.render.layout import WHY, layout


@pytest.mark.parametrize(
    ("size", "focus", "large", "heights", "sharing"),
    [
        ((120, 40), 1, False, {1: 17, 2: 17, 3: 17, 4: 17}, ()),
        ((110, 30), 1, False, {1: 12, 2: 12, 3: 11, 4: 11}, ()),
        ((110, 24), 1, False, {1: 17, 2: 17}, (2, 3, 4)),
        ((80, 24), 1, False, {1: 6, 2: 11}, (2, 3, 4)),
        ((80, 24), 4, True, {4: 17}, ()),
        ((80, 24), 2, True, {2: 17}, ()),
        ((120, 40), 2, True, {1: 17, 2: 17, 3: 17, 4: 17}, ()),
        ((100, 40), 1, False, {1: 10, 2: 23}, (2, 3, 4)),
        ((80, 60), 1, False, {1: 14, 2: 13, 3: 13, 4: 13}, ()),
        ((60, 15), 3, False, {3: 7}, (1, 2, 3, 4)),
        ((100, 18), 1, False, {1: 11}, (1, 2, 3, 4)),
        ((80, 24), WHY, False, {WHY: 17}, ()),
    ],
)
def test_each_size_has_its_layout(size, focus, large, heights, sharing):
    found = layout(*size, focus, focus if focus in (3, 4) else 2, large=large)
    assert found is not None
    assert {n: rect.height for n, rect in found.panes.items()} == heights
    assert found.sharing == sharing


def test_what_is_too_small_has_none():
    assert layout(59, 40, 1, 2) is None
    assert layout(80, 14, 1, 2) is None


@pytest.mark.parametrize("width", [60, 79, 80, 95, 109, 110, 120, 121, 160, 250])
@pytest.mark.parametrize("height", [15, 19, 20, 24, 29, 30, 47, 48, 70])
def test_panes_cover_the_body_and_never_overlap(width, height):
    found = layout(width, height, 1, 2)
    assert found is not None
    cells = [(x, y) for rect in found.panes.values() for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)]
    assert len(cells) == len(set(cells)) == width * (height - found.head.height - 1)


async def test_a_small_terminal_says_what_it_needs_and_the_verdict(shown):
    async with shown(size=(52, 12)) as ui:
        await ui.sees("tui502 needs 60×15, this is 52×12", "nginx dials", "[error] 1204#1204: *13 connect(")


async def test_tabs_show_the_shown_pane_in_brackets(shown):
    async with shown() as ui:
        await ui.sees("── [2 Upstreams] 3 Config  4 Fix ──")
        await ui.press("3")
        await ui.sees("━━ 2 Upstreams [3 Config] 4 Fix ━━")
        await ui.press("tab")
        await ui.sees("━━ 2 Upstreams  3 Config [4 Fix] ━━")


async def test_zoom_shows_one_pane_and_every_hop(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("2", "z")
        await ui.sees("proxy_pass http://app", "group app, 1 peer")
        assert "1 Log" not in ui.text()
        await ui.press("z")
        await ui.sees("1 Log", "location / → http://app")


async def test_a_resize_keeps_focus_and_fits(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("3")
        for size in ((80, 24), (60, 15), (40, 10), (200, 50), (120, 40)):
            await ui.pilot.resize_terminal(*size)
            await ui.until(lambda size=size: (len(ui.rows()) == size[1] and "DOWN" in ui.text()) or "DEGRADED" in ui.text())
            assert all(len(line) == size[0] for line in ui.rows())
        assert ui.app.focus_at == 3


async def test_a_healthy_host_is_calm(shown):
    async with shown(FakeSession(healthy())) as ui:
        await ui.sees("UP  ", "4 of 4 up")
