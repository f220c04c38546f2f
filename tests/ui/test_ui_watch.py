"""The watch, and the choice of a person in the count-down."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.test_ui_snapshots import asking
from tests.ui.ui_behind import watched
from tests.ui.ui_sample import FakeSession, healthy, incident, progress, staged


async def test_the_watch_after_a_repair(shown):
    async with shown(watched()) as ui:
        await ui.sees("NEXT      W  watch whether it stays so")
        await ui.press("W")
        await ui.sees("UP        app.example.com works: quiet for", "since the change of 03:13:45", "since 03:13:45 · LIVE", "0 of 30 requests fail")
        await ui.sees("failures a minute", "127.0.0.1:3000 refused", "3 up, 1 flapping of 4", "UP → DOWN  refused", "change VERIFIED", "6 flips *")
        await ui.press("q")
        await ui.sees("4 Fix  receipt")
        assert ui.app.is_running, "q leaves the view, not the program"


async def test_what_fails_again_is_told_as_ever(shown):
    """If this fails, the watch says UP over an outage."""
    async with shown(watched()) as ui:
        await ui.press("W")
        await ui.sees("quiet for")
        ui.session.on_incident(incident())
        await ui.sees("DOWN      app.example.com is down", "NEXT      s  stage the fix", "failures a minute")


async def test_space_freezes_and_lets_go_on(shown):
    async with shown(FakeSession(healthy())) as ui:
        await ui.press("W", "space")
        await ui.sees("FROZEN")
        ui.session.on_incident(incident())
        await ui.sees("DOWN      app.example.com is down")
        assert "4 of 4 up" in ui.text()
        await ui.press("space")
        await ui.sees("LIVE", "1 down, 1 flapping of 4")


async def test_all_events_and_back(shown):
    async with shown(watched()) as ui:
        await ui.press("W", "E")
        await ui.sees("Watch  all events")
        assert "failures a minute" not in ui.text()
        await ui.press("escape")
        await ui.sees("failures a minute")
        await ui.press("escape")
        await ui.sees("4 Fix  receipt")


async def test_the_count_down_is_never_hidden_by_the_watch(shown):
    session = FakeSession()
    session.found = progress(staged())
    async with shown(session) as ui:
        await ui.press("W")
        await ui.sees("CHECKING", "K keep", "failures a minute")


async def test_a_person_is_asked_and_can_watch_for_longer(shown):
    """If this fails, a change that cannot prove itself is put back while its author looks at it."""
    async with shown(asking()) as ui:
        await ui.sees("asks you: nothing can be replayed", "NEXT      K  keep it · U  put it back · X  watch for longer", "then: asks you, else PUT BACK")
        await ui.press("X")
        await ui.until(lambda: "longer" in ui.session.calls)
        await ui.sees("X: 60 s more")
        ui.session.on_progress(replace(ui.app.moment.progress, decides_at=ui.app.moment.now + 98))
        await ui.sees("98 s left at most")
        await ui.press("colon", *"watch for longer")
        await ui.sees("give the count-down its time once more")


async def test_longer_only_in_a_count_down(shown):
    async with shown() as ui:
        await ui.press("X")
        await ui.sees("X: only in a count-down")
