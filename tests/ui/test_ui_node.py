"""The detail of a node: what stands behind it, harmless and without secrets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.ui_behind import WORDS, behind, socket
from tests.ui.ui_sample import NOW, FakeSession
from tui502.model.evidence import CommandSeen, Seen
from tui502.read.units import own_words
from tui502.ui.moment import Moment
from tui502.ui.render import node
from tui502.ui.render.spans import text_of, width_of


def page(incident, key, width=100, alone=False):
    return "\n".join(text_of(line) for line in node.rows(Moment(incident, now=NOW), key, width, alone))


async def test_enter_shows_what_is_known_and_esc_goes_back(shown):
    async with shown(FakeSession(behind())) as ui:
        await ui.press("2", "enter")
        await ui.sees("2 Upstreams  peer 127.0.0.1:3000", "DOWN 11 min", "listens    nobody on 127.0.0.1:3000", "451 times refused", "4 Fix  A", "risk")
        await ui.press("enter")
        await ui.sees("enter: this is all that is known of it")
        await ui.press("full_stop")
        await ui.until(lambda: "listener nobody" in ui.text(), "the next failing node, its page open")
        await ui.press("escape")
        await ui.sees("[2 Upstreams]")
        assert not ui.app.pane.detail


async def test_the_page_takes_the_room_of_a_stack_and_stays_in_its_place_beside_others(shown):
    async with shown(FakeSession(behind()), size=(120, 40)) as ui:
        await ui.press("2", "enter")
        await ui.sees("1 Log", "3 Config", "peer 127.0.0.1:3000")
        assert "4 Fix  A" not in ui.text(), "the pane of the fix is on the screen"


async def test_r_asks_the_selected_peer_and_reads_the_log_of_the_selected_service(shown):
    """If this fails, "probe now" of one dead peer disturbs all others."""
    async with shown(FakeSession(behind())) as ui:
        await ui.press("2", "r")
        await ui.until(lambda: "probe 127.0.0.1:3000" in ui.session.calls)
        await ui.press("z", "end")
        await ui.until(lambda: ui.app.moment.chosen.node == "13")
        ui.app.tree_pane.go_to(next(n for n, hop in ui.app.tree_pane.forest.rows(0, 99) if hop.node.kind == "unit"))
        await ui.until(lambda: ui.app.moment.chosen.node == "unit")
        await ui.press("r")
        await ui.until(lambda: "take journalctl --no-pager -n 30 -u app.service" in ui.session.calls)


def test_the_last_exchange_is_verbatim_harmless_and_masked():
    """If this fails, an answer of a backend steers the terminal, or shows a session to whoever stands behind."""
    said = page(behind(), "found")
    assert "> GET /cart HTTP/1.1" in said
    assert "< HTTP/1.1 200 OK" in said
    assert "< X-Odd: ␛[31mred" in said
    assert "then 24 bytes" in said
    assert "hunter22" not in said
    assert "tie        app.service names this backend; its directory is /opt/app" in said


def test_a_process_and_a_service_are_told_with_what_the_host_says_of_them():
    said = page(behind(), "process")
    assert "node 1872, uid 1001, since 03:02:09" in said
    assert "command    node /opt/app/server.js --token ***" in said
    assert "cgroup     /system.slice/app.service" in said
    assert "app.service active (running) since 03:02:09, 11 min, 2 restarts, enabled" in said


def test_the_own_words_of_a_service_stand_there_once_they_were_read():
    base = behind()
    assert "its log    r reads its last lines" in page(base, "unit")
    look = own_words(base.facts.units[0])
    assert look
    read = replace(base.evidence, commands={look.key: Seen(NOW, 0.1, CommandSeen(look.args, 0, WORDS, b"", False))})
    said = page(replace(base, evidence=read), "unit")
    assert "its log, 2 last lines" in said
    assert "listening on 3001" in said
    assert "hunter22" not in said
    assert "\x1b" not in said


def test_the_way_to_a_socket_shows_who_may_go_where():
    """If this fails, a person must run ls -ld on every directory by himself."""
    said = page(socket(), "s / p", 79)
    assert "as nginx's worker: uid 33, groups 33" in said
    assert "drwxr-xr-x  33        33        php              enter     yes   x for owner" in said
    assert "× srw-------  0         0         shop.sock        connect   NO    needs w" in said


def test_a_place_above_shows_whom_it_dials():
    said = page(behind(), next(each.key for each in behind().facts.nodes if each.label == "location /api/"))
    assert "● 10.0.4.11:8080" in said
    assert "FLAPPING  6 flips" in said


def test_what_is_gone_says_so():
    assert "it is not there any more" in page(behind(), "nowhere")


@pytest.mark.parametrize("width", [59, 80, 120])
def test_rows_of_every_node_fit(width):
    made = behind()
    for each in made.facts.nodes:
        assert all(width_of(line) <= width + 30 for line in node.rows(Moment(made, now=NOW), each.key, width, True))
