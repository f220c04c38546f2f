"""One selection for all panes, by keys: log record, peer, directive, fix, in every direction, with the way back; and nothing moves under the cursor."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.ui.ui_sample import BLOG, FLAPS, POINT, SITE, SLOW, FakeSession, several, several_log, turned
from tui502.model.facts import Node
from tui502.ui import choose

APP, API, BLOGS = "127.0.0.1:3000", "10.0.4.12:8080", "127.0.0.1:9000"
THINGS = {
    "app": (APP, "127.0.0.1:3000", SITE, 3, POINT.id),
    "api": (API, "12", SITE, 8, FLAPS.id),
    "blog": (BLOGS, "server blog / 127.0.0.1:9000", BLOG, 5, SLOW.id),
}
"""Peer, end of its node's key, file and line of its directive, the fix that mends it."""


def session() -> FakeSession:
    return FakeSession(several(), several_log())


def seen(ui) -> tuple[str, str, int, str]:
    chosen = ui.app.moment.chosen
    return chosen.node, chosen.where.file, chosen.where.line, chosen.fix


async def chosen(ui, name: str) -> None:
    _, node, file, line, fix = THINGS[name]
    await ui.until(lambda: seen(ui)[0].endswith(node) and seen(ui)[1:] == (file, line, fix), f"{name}, not {seen(ui)}")


async def shows(ui, name: str) -> None:
    """Every pane shows the thing, wherever it was chosen."""
    peer, node, file, line, fix = THINGS[name]
    app = ui.app
    await chosen(ui, name)
    await ui.until(lambda: app.tree_pane.forest.hop(app.tree_pane.cursor).node.key.endswith(node))
    assert (app.config_pane.page.path, app.config_pane.cursor + 1) == (file, line)
    assert app.moment.offer.fix.id == fix
    await ui.sees(f"▸{app.moment.offer.letter} ")
    await ui.press("1")
    await ui.until(lambda: app.log_pane.selected().peer == peer, "the log comes to its newest record when it is gone to")


async def to_record(ui, name: str) -> None:
    await ui.press("1", "end")
    for _ in range(20):
        if ui.app.log_pane.selected().peer == THINGS[name][0]:
            break
        await ui.press("up")


async def to_peer(ui, name: str) -> None:
    await ui.press("2", "home")
    for _ in range(30):
        if ui.app.moment.chosen.node.endswith(THINGS[name][1]):
            break
        await ui.press("down")


async def to_line(ui, name: str) -> None:
    _, _, file, line, _ = THINGS[name]
    await ui.press("3")
    if ui.app.config_pane.page.path != file:
        await ui.press("i")
        await ui.press(*file.rsplit("/", 1)[-1], "enter")
        await ui.until(lambda: ui.app.config_pane.page.path == file)
    while ui.app.config_pane.cursor + 1 != line:
        await ui.press("down" if ui.app.config_pane.cursor + 1 < line else "up")


async def to_offer(ui, name: str) -> None:
    await ui.press("4")
    for key in ("comma",) * 4 + ("full_stop",) * 4:
        if ui.app.moment.chosen.fix == THINGS[name][4]:
            break
        await ui.press(key)


WAYS = {"log": to_record, "tree": to_peer, "config": to_line, "fix": to_offer}


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("way", WAYS)
async def test_what_is_chosen_in_one_pane_is_shown_in_all(shown, way, name):
    async with shown(session(), size=(120, 40)) as ui:
        other = "blog" if name != "blog" else "api"
        await to_peer(ui, other)
        await chosen(ui, other)
        await WAYS[way](ui, name)
        await shows(ui, name)


async def test_the_way_back_goes_over_panes_and_outages(shown):
    async with shown(session(), size=(120, 40)) as ui:
        stops = [("log", "api"), ("tree", "blog"), ("config", "app"), ("fix", "api"), ("log", "blog")]
        for way, name in stops:
            await WAYS[way](ui, name)
            await chosen(ui, name)
        panes = {"log": 1, "tree": 2, "config": 3, "fix": 4}
        for way, name in stops[-2::-1]:
            for _ in range(9):
                if ui.app.focus_at == panes[way] and seen(ui)[0].endswith(THINGS[name][1]):
                    break
                await ui.press("b")
            assert ui.app.focus_at == panes[way]
            await chosen(ui, name)
        assert ui.app.log_pane.selected().peer == API
        for way, name in stops[1:]:
            for _ in range(9):
                if ui.app.focus_at == panes[way] and seen(ui)[0].endswith(THINGS[name][1]):
                    break
                await ui.press("B")
            assert ui.app.focus_at == panes[way]
            await chosen(ui, name)


async def test_the_log_goes_on_being_followed_until_something_else_is_chosen(shown):
    async with shown(session(), size=(120, 40)) as ui:
        await ui.press("2", "1")
        assert ui.app.log_pane.following, "nothing was chosen there"
        await to_peer(ui, "app")
        await ui.press("1")
        assert ui.app.log_pane.following, "its newest record is the newest of all"
        await to_peer(ui, "api")
        await ui.press("1")
        await ui.until(lambda: not ui.app.log_pane.following and ui.app.log_pane.selected().peer == API)
        await ui.press("space")
        assert ui.app.log_pane.following


async def test_groups_come_to_the_peer_too(shown):
    async with shown(session(), size=(120, 40)) as ui:
        await ui.press("v")
        await to_peer(ui, "api")
        await ui.press("1")
        await ui.until(lambda: ui.app.log_pane.grouped)
        assert ui.app.log_pane.groups.key is None or ui.app.log_pane.groups.key[1] == API


@pytest.mark.parametrize("pane", [1, 2, 3, 4])
async def test_a_re_ranking_moves_nothing_under_the_cursor(shown, pane):
    """Other findings come first, nodes stand in another order, records came and older ones were read: what a person chose stays where it is."""
    async with shown(session(), size=(120, 40)) as ui:
        await to_peer(ui, "api")
        await ui.press(str(pane))
        await chosen(ui, "api")
        before, rows = seen(ui), ui.rows()
        letters = [(offer.letter, offer.fix.id) for offer in ui.app.moment.offers]
        at = {1: lambda: ui.app.log_pane.selected().raw, 2: lambda: ui.app.tree_pane.cursor, 3: lambda: ui.app.config_pane.cursor, 4: lambda: letters}[pane]()
        made = several()
        ui.session.log.read_back(*several_log().kept[:3])
        ui.session.log.add("connection_refused", "/newer")
        turned_round = replace(made, findings=made.findings[::-1], facts=replace(made.facts, nodes=turned(made.facts.nodes)))
        ui.session.on_incident(turned_round)
        await ui.until(lambda: ui.app.moment.incident.findings[0].id == "f3")
        assert seen(ui) == before
        assert [(offer.letter, offer.fix.id) for offer in ui.app.moment.offers] == letters
        now = {1: lambda: ui.app.log_pane.selected().raw, 2: lambda: ui.app.tree_pane.cursor, 3: lambda: ui.app.config_pane.cursor, 4: lambda: letters}[pane]()
        assert now == at
        assert cursors(ui.rows(), pane != 1) == cursors(rows, pane != 1), "every cursor is in its row"


def cursors(rows: list[str], follows: bool) -> list[tuple[int, int]]:
    """Where the marks of the cursors are; a log that is followed has its own on the newest record."""
    found = [(y, x) for y, line in enumerate(rows) for x, char in enumerate(line) if char == "▸"]
    return [(y, x) for y, x in found if not follows or x > 0 or y > 21]


async def test_what_is_gone_gives_way_and_the_rest_stays(shown):
    async with shown(session(), size=(120, 40)) as ui:
        await to_offer(ui, "blog")
        await chosen(ui, "blog")
        made = several()
        ui.session.on_incident(replace(made, findings=made.findings[:2]))
        await ui.until(lambda: len(ui.app.moment.incident.findings) == 2)
        assert ui.app.moment.offer is not None
        assert ui.app.moment.chosen.node.endswith(BLOGS), "the node is still there"


async def test_a_line_that_only_a_fix_would_edit_leads_to_it(shown):
    async with shown(session(), size=(120, 40)) as ui:
        await to_line(ui, "blog")
        await ui.press("down")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 6)
        assert ui.app.moment.chosen.fix == SLOW.id
    found = choose.by_place(several(), replace(several().findings[2].target.where, line=6), choose.first(several()))
    assert (found.finding, found.fix) == ("f3", SLOW.id)


async def test_s_stages_what_the_screen_showed(shown):
    """The first finding changes while nobody has chosen anything: the key counts only once the terminal has drawn the new offer."""
    async with shown(session(), size=(120, 40)) as ui:
        assert ui.app.moment.chosen.fix == POINT.id
        kept, ui.app.ack.ask = ui.app.ack.ask, lambda then: drawn.append(then)
        drawn: list = []
        made = several()
        ui.session.on_incident(replace(made, findings=made.findings[::-1]))
        await ui.until(lambda: ui.app.moment.chosen.fix == SLOW.id)
        await ui.press("s")
        await ui.sees("s: the offer has just changed: look at it, then again")
        assert not [call for call in ui.session.calls if call.startswith("stage")]
        for then in drawn:
            then()
        ui.app.ack.ask = kept
        await ui.press("s")
        await ui.until(lambda: f"stage {SLOW.id}" in ui.session.calls)


def test_a_backend_of_thousands_of_sites_is_found_at_once():
    """If this fails, on a host whose sites share one backend every step in the log takes seconds."""
    nodes = []
    for n in range(4000):
        nodes.append(Node(f"server {n}", "", "server", f"s{n}.example:80", "UP", 0.0, "", None))
        nodes.append(Node(f"server {n} / {APP}", f"server {n}", "peer", APP, "DOWN", 0.0, "", None))
    incident = several()
    incident = replace(incident, facts=replace(incident.facts, nodes=tuple(nodes)))
    begun = time.process_time()
    assert choose.peer_node(incident, APP, "s3999.example").key == f"server 3999 / {APP}"
    assert time.process_time() - begun < 1


def test_without_a_cause_the_eye_is_where_it_fails():
    """If this fails, the configuration shows its main file while a person looks for the directive of the site that is down."""
    base = several()
    place = next(node.where for node in base.facts.nodes if node.kind == "pass" and node.where)
    outage = replace(base.facts.outages[0], target=replace(base.facts.outages[0].target, where=place))
    found = choose.first(replace(base, findings=(), facts=replace(base.facts, outages=(outage,))))
    assert (found.where, found.fix) == (place, "")
    assert next(node for node in base.facts.nodes if node.key == found.node).where.line == place.line
    nothing = choose.first(replace(base, findings=(), facts=replace(base.facts, outages=())))
    assert nothing.where == choose.main_file(base)
