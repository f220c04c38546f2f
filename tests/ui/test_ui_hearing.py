"""Keys are heard in order, also those that were typed before what they are meant for was there."""

from __future__ import annotations

from textual.events import Key

from tests.ui.ui_sample import FakeSession, drifted


async def _typed_at_once(ui, *keys: str) -> None:
    """Keys that all wait before the first of them is taken, as on a busy screen."""
    for key in keys:
        named = {"slash": "/", "colon": ":", "escape": None, "enter": "\r", "down": None}
        ui.app.post_message(Key(key, named.get(key, key)))
    await ui.pilot.pause()


async def test_keys_typed_behind_one_that_opens_a_list_reach_the_list_in_order(shown):
    """If this fails, what is typed while the screen is busy is lost, overtaken, or taken for keys of the panes."""
    async with shown(FakeSession(drifted())) as ui:
        await _typed_at_once(ui, "colon", *"undo", "x", "backspace")
        await ui.sees("Every action", "Filter: undo_")
        await _typed_at_once(ui, "escape", "3", "i", *"app")
        await ui.sees("Files of the configuration", "Filter: app_")
        await _typed_at_once(ui, "enter", "question_mark", "escape", "2")
        await ui.until(lambda: ui.app.focus_at == 2)
        assert ui.session.calls == ["start"]


async def test_keys_typed_behind_a_search_are_its_text_and_the_rest_goes_on_after_it(shown):
    """If this fails, letters of a search stage or test something."""
    async with shown(FakeSession(drifted())) as ui:
        await _typed_at_once(ui, "3", "slash", *"4.13", "enter", "down", "slash", *"sta")
        await ui.sees("Search: sta")
        await ui.until(lambda: ui.app.config_pane.cursor == 9, "the hit in line 9, then one down")
        assert ui.session.calls == ["start"]
