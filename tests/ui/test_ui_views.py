"""Ways to look: groups, search, filter, back and forward, jumps, lists; and that no key is silent."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from textual import events

from tests.ui.ui_sample import BACK, CONF, FINDING, NOW, POINT, SITE, FakeLog, FakeSession, drifted, flips, incident, progress, staged, turned
from tui502.model.evidence import Gap
from tui502.ui.actions import ACTIONS, MOVES
from tui502.ui.outside import own_argv
from tui502.ui.program import Program
from tui502.ui.trail import Place, Trail

QUITS = ("q", "Q", "ctrl+q", "ctrl+c", "S")
KEYS = sorted({key for action in (*ACTIONS, *MOVES) for key in action.keys if key not in QUITS})


@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "0", "5"])
async def test_no_key_is_silent(shown, pane, monkeypatch):
    """Each key shows something else, asks for a line, opens a box, or says why not."""
    monkeypatch.setattr(Program, "copy_to_clipboard", lambda *_: None)
    edges = {each for move in MOVES for each in move.keys}
    async with shown(size=(120, 40)) as ui:
        said: list[str] = []
        monkeypatch.setattr(ui.app, "say", said.append)
        for key in [*KEYS, "f5", "ü", "9"]:
            if key in (pane, "ctrl+l"):
                continue
            while len(ui.app.screen_stack) > 1:
                await ui.press("escape")
            ui.app.prompt = None
            ui.app.focus_pane(int(pane))
            await ui.pilot.pause()
            said.clear()
            before, calls = ui.text(), len(ui.session.calls)
            await ui.press(key)
            dead = ui.text() == before and not said and not ui.app.prompt and len(ui.session.calls) == calls
            assert not dead or key in edges, f"{key} in pane {pane} did nothing and said nothing"


async def test_a_key_that_can_do_nothing_says_why(shown):
    async with shown() as ui:
        await ui.press("S")
        await ui.sees("S: already root")
        await ui.press("E")
        await ui.sees("E: what went up and down, newest first: only in pane 2")
        await ui.press("9")
        await ui.sees("9: no such key, : lists all")
        await ui.press("alt+W")
        await ui.sees("alt+W: no such key, : lists all")
        await ui.press("2", "space")
        await ui.sees("space: nothing moves here")
        await ui.press("b", "b", "b")
        await ui.sees("b: nothing to go back to")


async def test_groups_show_a_row_per_symptom_and_peer(shown):
    async with shown() as ui:
        await ui.press("z", "v")
        await ui.sees("1 Log  groups", "2 groups, 468 records", "▼ 03:02:11 began", "  451   36", "refused  127.0.0.1:3000 502", "timeout  10.0.4.12:8080")
        await ui.sees("451 got 502, 0 were saved: group app has no other peer", "oldest    03:02:11", "newest 03:14:06")
        await ui.sees("app.example.com:443 → location / → http://app → 127.0.0.1:3000")
        await ui.sees("before it began", "node moved to :3001")
        await ui.press("down")
        await ui.until(lambda: ui.app.moment.chosen.node == "12", "the group leads to its peer")
        await ui.press("up", "enter")
        await ui.sees("only refused 127.0.0.1:3000", "PAUSED")
        await ui.press("escape", "v")
        await ui.sees("groups")


async def test_groups_keep_their_order_under_the_finger(shown):
    async with shown() as ui:
        await ui.press("z", "v", "down")
        fresh = incident()
        seen = fresh.evidence.logs["/var/log/nginx/error.log"]
        more = replace(seen, value=replace(seen.value, tallies=(seen.value.tallies[0], replace(seen.value.tallies[1], count=999))))
        ui.session.on_incident(replace(fresh, evidence=replace(fresh.evidence, logs={"/var/log/nginx/error.log": more})))
        await ui.sees("  999")
        rows = [line for line in ui.rows() if "127.0.0.1:3000 502" in line or "  999" in line]
        assert "451" in rows[0]
        assert "▸" in rows[1]


async def test_first_and_last_of_the_class(shown):
    log = FakeLog()
    log.add("upstream_timeout_read", "/slow")
    log.add("connection_refused", "/late")
    async with shown(FakeSession(log=log), size=(120, 40)) as ui:
        await ui.press("less_than_sign")
        await ui.until(lambda: ui.app.log_pane.cursor == 0)
        await ui.press("greater_than_sign")
        await ui.until(lambda: ui.app.log_pane.cursor == 15)
        await ui.press("greater_than_sign")
        await ui.sees(">: this is the last refused that was read")
        await ui.press("b")
        await ui.until(lambda: ui.app.log_pane.cursor == 0, "a jump can be taken back")
        await ui.press("B")
        await ui.until(lambda: ui.app.log_pane.cursor == 15)


async def test_a_search_goes_to_hits_and_counts_them(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("home", "slash", *"/ca.t")
        await ui.sees("Search: /ca.t")
        assert "Help" not in ui.text(), "what is typed is no key"
        await ui.press("enter")
        await ui.sees("/: 1 of 5 /ca.t")
        await ui.press("n", "n")
        await ui.sees("/: 3 of 5")
        await ui.press("N")
        await ui.sees("/: 2 of 5")
        await ui.press("slash", "(", "enter")
        await ui.sees("/: not a regular expression at character 1")
        await ui.press("slash", *"nothere", "enter")
        await ui.sees("/: not found: nothere")
        await ui.press("3", "slash", *"proxy_read", "enter")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 25)
        await ui.press("2", "slash", *"4.13", "enter")
        await ui.until(lambda: ui.app.moment.chosen.node == "13")


async def test_what_is_typed_behind_the_key_of_a_search_is_not_lost(shown):
    """If this fails, a busy screen eats the first letters of a search: the keys lie there before the line is."""
    async with shown(size=(120, 40)) as ui:
        for key, character in (("slash", "/"), *((each, each) for each in "ca.tq")):
            ui.app.post_message(events.Key(key, character))
        await ui.sees("Search: ca.tq")
        await ui.press("x")
        await ui.sees("Search: ca.tqx")


async def test_a_filter_shows_only_what_fits_and_esc_ends_it(shown):
    log = FakeLog()
    log.add("upstream_timeout_read", "/slow")
    async with shown(FakeSession(log=log), size=(120, 40)) as ui:
        await ui.press("f", *"timeout", "enter")
        await ui.sees("only timeout", "/slow")
        assert "/cart" not in "\n".join(line[:61] for line in ui.rows()[6:22])
        log.add("upstream_timeout_read", "/more")
        ui.app.poll()
        await ui.sees("/more")
        await ui.press("escape")
        await ui.sees("/cart")
        await ui.press("f", *"nothing", "enter")
        await ui.sees("f: not found: nothing")


async def test_a_time_is_gone_to(shown):
    async with shown() as ui:
        await ui.press("T", *"03:13:45", "enter")
        await ui.until(lambda: ui.app.log_pane.cursor == 2)
        await ui.press("T", *"noon", "enter")
        await ui.sees("T: not a time: noon")


async def test_back_goes_over_panes_to_what_was_selected(shown):
    async with shown(size=(120, 40)) as ui:
        ui.session.log.add("connection_refused", "/api/", "10.0.4.12:8080")
        await ui.press("end", "up", "down")
        await ui.until(lambda: ui.app.moment.chosen.node == "12")
        await ui.press("2", "down")
        await ui.until(lambda: ui.app.moment.chosen.node == "13")
        await ui.press("3", "home")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 1)
        await ui.press("b")
        await ui.until(lambda: ui.app.focus_at == 2 and ui.app.moment.chosen.node == "13")
        ui.session.log.add("connection_refused", "/newer")
        await ui.press("b")
        await ui.until(lambda: ui.app.focus_at == 1 and ui.app.log_pane.cursor == 14 and ui.app.moment.chosen.node == "12")
        await ui.press("B", "B")
        await ui.until(lambda: ui.app.focus_at == 3 and ui.app.moment.chosen.where.line == 1)


def test_steps_in_one_pane_are_one_place_and_a_jump_is_a_new_one():
    trail = Trail()
    for record in range(5):
        trail.visit(Place(1, record=record))
    trail.jump = True
    trail.visit(Place(1, record=9))
    assert trail.go(-1) == Place(1, record=4)
    assert trail.go(-1) is None
    trail.visit(Place(2))
    assert trail.go(1) is None, "what lay ahead is forgotten"


async def test_a_re_ranking_moves_no_row_and_no_letter(shown):
    """Rows keep their order and offers their letters, whatever comes first now."""
    other = replace(FINDING, id="f2", fixes=(replace(POINT, id="other", title="something else"),), outages=())
    async with shown(FakeSession(incident((FINDING, other))), size=(120, 40)) as ui:
        await ui.press("2", "down")
        order = [hop.node.key for _, hop in ui.app.tree_pane.forest.rows(0, 99)]
        fresh = incident((other, FINDING))
        ui.session.on_incident(replace(fresh, facts=replace(fresh.facts, nodes=turned(fresh.facts.nodes))))
        await ui.until(lambda: ui.app.moment.incident.findings[0].id == "f2")
        assert [hop.node.key for _, hop in ui.app.tree_pane.forest.rows(0, 99)] == order
        assert [offer.fix.id for offer in ui.app.moment.offers] == [POINT.id, BACK.id, "other"]


async def test_the_worst_server_comes_first_when_the_tree_is_built(shown):
    base = incident()
    fine = replace(base.facts.nodes[0], key="server fine", label="fine.example.com:443", state="UP", why="")
    made = replace(base, facts=replace(base.facts, nodes=(fine, *base.facts.nodes)))
    async with shown(FakeSession(made), size=(120, 40)) as ui:
        assert ui.app.tree_pane.forest.hop(0).node.label == "app.example.com:443"


async def test_hops_fold_and_open(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("2", "home", "h")
        await ui.sees("server app.example.com:443  +14")
        assert "location /api/" not in "\n".join(line[61:] for line in ui.rows()[5:22])
        await ui.press("l")
        await ui.sees("location /api/ → http://api")


async def test_events_are_listed_newest_first(shown):
    async with shown(FakeSession(flips())) as ui:
        await ui.press("2", "E")
        await ui.sees("events, newest first", "UP → DOWN", "DOWN → UP", "was up")
        await ui.press("escape")
        await ui.sees("server app.example.com:443")


async def test_the_config_pane_tells_value_origin_and_drift(shown):
    async with shown(FakeSession(drifted())) as ui:
        await ui.press("3", "z", "d")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 25)
        await ui.sees("≠", "on disk, not loaded", "proxy_read_timeout in location /api/", "20s   line 25, location", "running   45s")
        await ui.press("d")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 25, "it is the only one")


async def test_definition_leads_from_the_pass_to_its_group(shown):
    async with shown(FakeSession(drifted())) as ui:
        await ui.press("3", "z", "slash", *"pass http://api", "enter", "o")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 6)
        await ui.press("b")
        await ui.until(lambda: ui.app.moment.chosen.where.line == 24)
        await ui.press("i")
        await ui.sees("Files of the configuration", SITE)


async def test_drift_that_is_not_there_is_said(shown):
    async with shown() as ui:
        await ui.press("3", "d")
        await ui.sees("d: nginx runs what is on disk")


async def test_the_palette_does_what_is_chosen(shown):
    async with shown() as ui:
        await ui.press("colon")
        await ui.sees("Every action", "stage the selected offer")
        await ui.press(*"lines or groups", "enter")
        await ui.sees("1 Log  groups")


async def test_a_click_selects_a_row(shown):
    async with shown(size=(120, 40)) as ui:
        row = next(n for n, line in enumerate(ui.rows()) if "10.0.4.13:8080" in line)
        await ui.pilot.click(offset=(80, row))
        await ui.until(lambda: ui.app.moment.chosen.node == "13")
        assert ui.app.focus_at == 2
        await ui.pilot.click(offset=(10, 8))
        await ui.until(lambda: ui.app.focus_at == 1 and ui.app.log_pane.cursor == 2)


async def test_a_recording_is_made_and_never_over_another_file(shown, tmp_path):
    path = tmp_path / "seen.tui502"
    async with shown() as ui:
        for says in ("R: recorded to", "that file is there already"):
            await ui.press("R")
            ui.app.prompt.text = str(path)
            await ui.press("enter")
            await ui.sees(says)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_view_as_plain_text_is_whole_and_masked(shown):
    log = FakeLog([b"line %d token=hunter22" % n for n in range(100)])
    async with shown(FakeSession(log=log)) as ui:
        text = ui.app.plain()
        assert "DOWN" in text
        assert "line 0" in text
        assert "hunter22" not in text
        await ui.press("D")
        await ui.sees("D: not on this terminal")


def test_under_sudo_it_starts_as_it_was_started():
    assert own_argv(["/x/tui502", "--read-only"], {}) == (sys.executable, "-m", "tui502", "--read-only")
    assert own_argv(["/x/tui502"], {"PEX": "/opt/tui502.pex"}) == (sys.executable, "/opt/tui502.pex")


async def test_the_question_takes_the_keys_from_a_line_being_typed(shown):
    """A search that is open when the question comes must not swallow its answer, nor become one."""
    async with shown() as ui:
        await ui.press("s", "slash", "x")
        ui.app.do("ask")
        await ui.asked()
        await ui.press("n")
        await ui.sees("no: nothing was changed")
        assert "apply" not in ui.session.calls


async def test_the_count_down_says_what_it_comes_to(shown):
    bad = progress(staged())
    worse = replace(bad, after=replace(bad.after, statuses=(502, 502)), ahead="PUT BACK")
    asked = replace(worse, question="does it work now?")
    told = ((bad, "then: VERIFIED"), (worse, "then: PUT BACK"), (asked, "then: asks you, else PUT BACK"), (replace(bad, ahead=""), "then: not known yet"))
    for seen, word in told:
        session = FakeSession()
        session.found = seen
        async with shown(session) as ui:
            await ui.sees(word)


async def test_a_log_that_cannot_be_read_says_what_closes_the_gap(shown):
    async with shown(FakeSession(log=FakeLog([], Gap("/var/log/nginx/error.log", "denied", "sudo tui502, or a user of group adm")))) as ui:
        await ui.sees("not readable", "without it", "no counts", "closes it", "group adm")


async def test_of_several_error_logs_it_is_said_which_is_shown(shown):
    class Two(FakeSession):
        second = FakeLog([b"of the second"])

        def logs(self):
            return (self.log, self.second)

    Two.second.path = "/var/log/nginx/blog.log"
    async with shown(Two(), size=(120, 40)) as ui:
        await ui.sees("error.log, 1 of 2: L")
        await ui.press("L")
        await ui.sees("blog.log, 2 of 2: L", "of the second")
        ui.session.on_incident(incident())
        await ui.pilot.pause()
        await ui.sees("of the second")


def test_the_sample_is_what_the_tests_say():
    assert CONF.split(b"\n")[24].strip() == b"proxy_read_timeout 20s;"
    assert NOW > 0
