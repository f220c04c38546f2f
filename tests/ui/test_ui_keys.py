"""The keys of the repair, by contract, and those that move and choose."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.ui_sample import BACK, FINDING, POINT, FakeSession, healthy, incident, progress, staged, turned
from tui502.ui.program import Program


async def test_the_first_offer_is_selected_and_the_head_says_what_to_press(shown):
    async with shown() as ui:
        await ui.sees("app.example.com is down", "SINCE", "PROVEN", "NEXT      s  ")
        assert ui.app.moment.chosen.fix == POINT.id


async def test_s_stages_and_shows_the_diff_and_touches_nothing(shown):
    async with shown() as ui:
        await ui.press("s")
        await ui.sees("A is staged, not tested", "-     server 127.0.0.1:3000;", "+     server 127.0.0.1:3001;", "none has touched a live file")
        assert ui.session.calls == ["start", f"stage {POINT.id}"]


async def test_t_without_a_staged_offer_says_why(shown):
    async with shown() as ui:
        await ui.press("t")
        await ui.sees("t: nothing is staged, s stages A")


async def test_a_tests_first_then_asks_and_y_applies(shown):
    async with shown() as ui:
        await ui.press("s", "a")
        await ui.asked()
        assert ui.session.calls[-1] == "test"
        await ui.sees("Apply to web-03?", "default: no", "[ no ]", "NEXT      y  apply")
        await ui.press("y")
        await ui.until(lambda: "apply" in ui.session.calls, "y in the question applies")
        await ui.sees("A is live", "K  keep now", "38/min  62 %", "0 of 23")


async def test_any_other_key_in_the_question_is_no(shown):
    async with shown() as ui:
        for key in ("enter", "n", "escape", "space", "s"):
            await ui.press("s", "a")
            await ui.asked()
            await ui.press(key)
            await ui.sees("no: nothing was changed")
            await ui.until(lambda: not ui.app.moment.asking)
        assert "apply" not in ui.session.calls


async def test_keys_typed_before_the_question_was_drawn_are_dropped(shown):
    """A `y` meant for the log, typed while the test ran, must never become a yes."""
    async with shown() as ui:
        await ui.press("s", "t")
        await ui.sees("A is tested")
        await ui.press("a", "y", "y")
        screen = await ui.asked()
        assert ui.app.screen is screen
        assert "apply" not in ui.session.calls


async def test_scroll_keys_scroll_and_are_no_answer(shown):
    async with shown() as ui:
        await ui.press("s", "a")
        await ui.asked()
        await ui.press("down", "pagedown", "up")
        assert ui.app.moment.asking


async def test_what_a_reload_loads_besides_needs_a_yes_of_its_own(shown):
    session = FakeSession()
    session.foreign = {f"/etc/nginx/conf.d/{n}": f"line {n}, proxy_read_timeout 20s" for n in range(1, 5)}
    async with shown(session, size=(80, 24)) as ui:
        await ui.press("s", "a")
        screen = await ui.asked()
        assert not screen.read
        await ui.press("y")
        assert screen.asked.first, "the end was not on the screen yet: y is no yes"
        await ui.sees("y: the rest must be seen before a yes, pgdn")
        await ui.press("pagedown")
        await ui.sees("proxy_read_timeout 20s", "Load what is not ours too?")
        await ui.press("y", "y")
        assert not screen.asked.first, "the second y came before the second question was drawn"
        assert "apply" not in session.calls
        await ui.asked()
        await ui.sees("yes, 03:14:07", "Apply?")
        await ui.press("y")
        await ui.until(lambda: "apply" in session.calls)


async def test_a_failed_test_opens_no_question(shown):
    session = FakeSession()
    session.passes = False
    async with shown(session) as ui:
        await ui.press("s", "a")
        await ui.sees("TEST FAILED", '[emerg] unexpected "}" in /etc/nginx/sites-enabled/blog:22')
        assert not ui.app.moment.asking
        await ui.press("a")
        await ui.sees("a: the test failed, nothing can be applied")


async def test_keep_and_put_back_work_from_every_pane_and_only_while_deciding(shown):
    session = FakeSession()
    async with shown(session, size=(120, 40)) as ui:
        await ui.press("K")
        await ui.sees("K: only in a count-down")
        await ui.press("U")
        await ui.sees("U: only while applying and in a count-down")
        session.on_progress(progress(staged()))
        await ui.sees("38 s left at most")
        await ui.press("1", "K")
        await ui.until(lambda: "keep" in session.calls)
        await ui.press("3", "U")
        await ui.until(lambda: "put_back" in session.calls)


async def test_q_asks_once_more_while_a_change_is_decided(shown):
    session = FakeSession()
    session.found = progress(staged())
    async with shown(session) as ui:
        await ui.sees("A is live")
        await ui.press("q")
        await ui.sees("q again leaves; the runner goes on")
        assert ui.app.is_running
        await ui.press("q")
        await ui.until(lambda: ui.app.return_value == 0)


async def test_the_receipt_stays_until_esc_and_u_asks_for_the_way_back(shown):
    session = FakeSession()
    session.found = progress(staged(), "done", "VERIFIED")
    async with shown(session) as ui:
        await ui.sees("VERIFIED", "tui502 undo 20261122-031431", "/var/lib/tui502/20261122-031431/1.old")
        await ui.press("u")
        await ui.asked()
        assert session.calls[-2:] == ["undo", "test"]
        await ui.press("n", "x")
        await ui.until(lambda: ui.app.moment.staged is None)


async def test_a_no_to_an_undo_leaves_nothing_staged(shown):
    """If this fails, the next outage finds an undo tested, and NEXT says to apply it."""
    session = FakeSession()
    session.found = progress(staged(), "done", "VERIFIED")
    session.undo = lambda receipt="": replace(staged(), undoes="20261122-031431")
    async with shown(session) as ui:
        await ui.press("u")
        await ui.asked()
        await ui.press("n")
        await ui.sees("no: nothing was changed")
        assert (ui.app.moment.staged, ui.app.moment.tested) == (None, None)


async def test_while_it_is_applied_the_head_does_not_fall_back_to_looking(shown):
    """If this fails, "no failure was seen" is said of a site that is down, because its new backend was not asked yet."""
    session = FakeSession()
    session.apply = lambda change, tested: change.id
    async with shown(session) as ui:
        await ui.press("s", "a")
        await ui.asked()
        await ui.press("y")
        await ui.sees("wait: the change begins")
        empty = incident(())
        session.on_incident(replace(empty, verdict="undecided", facts=replace(empty.facts, outages=())))
        await ui.until(lambda: not ui.app.moment.incident.findings)
        await ui.sees("DOWN", "app.example.com is down")
        session.on_progress(progress(staged(), "applying"))
        await ui.sees("DOWN", "U  stop here and put back what was written")
        session.on_progress(progress(staged(), "done", "PUT BACK"))
        await ui.sees("PUT BACK")


async def test_an_outage_that_comes_later_is_chosen(shown):
    """If this fails, NEXT says s although s says to choose first, because somebody had moved about while all was well."""
    async with shown(FakeSession(healthy())) as ui:
        await ui.press("2", "end")
        ui.session.on_incident(incident())
        await ui.until(lambda: ui.app.moment.chosen.fix == POINT.id)


async def test_esc_leaves_the_receipt(shown):
    session = FakeSession()
    session.found = progress(staged(), "done", "PUT BACK")
    async with shown(session) as ui:
        await ui.sees("PUT BACK", "unchanged when the time was up")
        await ui.press("escape")
        await ui.until(lambda: ui.app.moment.progress is None)
        session.on_progress(progress(staged(), "done", "PUT BACK"))
        await ui.pilot.pause()
        assert ui.app.moment.progress is None, "what was left does not come back"


async def test_equal_offers_select_none_and_full_stop_chooses(shown):
    either = replace(FINDING, fixes=(replace(POINT, alternative_to=(BACK.id,)), BACK))
    async with shown(FakeSession(incident((either,)))) as ui:
        await ui.sees("2 offers, none staged")
        assert ui.app.moment.chosen.fix == ""
        await ui.press("s")
        await ui.sees("s: choose A or B first")
        await ui.press("1", "full_stop")
        await ui.until(lambda: ui.app.moment.chosen.fix == POINT.id, "from every pane, since NEXT names the key")
        await ui.press("s")
        await ui.sees("A is staged")


async def test_a_command_shows_its_argv_before_a_yes(shown):
    only = replace(FINDING, fixes=(replace(BACK, alternative_to=()),))
    async with shown(FakeSession(incident((only,)))) as ui:
        await ui.press("s")
        await ui.sees("$ systemctl restart app.service", "cannot be undone")
        await ui.press("a")
        await ui.asked()
        await ui.sees("run      systemctl restart app.service")


async def test_nothing_offered_is_said_with_the_reason(shown):
    async with shown(FakeSession(healthy())) as ui:
        await ui.press("s")
        await ui.sees("s: nothing is offered: nothing fails")


async def test_read_only_and_recordings_change_nothing(shown):
    for session, why in ((FakeSession(read_only=True), "t: read-only"), (FakeSession(live=False), "t: a recording cannot be changed")):
        async with shown(session) as ui:
            await ui.press("s")
            await ui.sees("A is staged")
            await ui.press("t")
            await ui.sees(why)
            assert "test" not in session.calls


async def test_a_refusal_is_told(shown):
    session = FakeSession()
    session.refuses = "another change is being decided: keep it or put it back first"
    async with shown(session) as ui:
        await ui.press("s")
        await ui.sees("REFUSED: another change is being decided")
        assert ui.app.moment.staged is None


async def test_what_the_host_does_not_allow_is_told(shown):
    """If this fails, a full disk ends the screen in the middle of a count-down."""
    session = FakeSession()

    def keep() -> None:
        raise OSError(28, "No space left on device", "/var/lib/tui502/c1/asked.keep")

    session.keep = keep
    async with shown(session) as ui:
        session.on_progress(progress(staged()))
        await ui.until(lambda: ui.app.moment.deciding)
        await ui.press("K")
        await ui.sees("REFUSED: /var/lib/tui502/c1/asked.keep No space left")
        assert ui.app.moment.deciding


async def test_the_selection_is_shared(shown):
    """A log record leads to its peer, a node to its line, a line to its node."""
    async with shown(size=(120, 40)) as ui:
        ui.session.log.add("connection_refused", "/api/", "10.0.4.12:8080")
        await ui.press("1", "end", "up", "down")
        await ui.until(lambda: ui.app.moment.chosen.node == "12")
        assert ui.app.moment.chosen.where.line == 8
        await ui.sees("line 8 serves location /api/ (line 23) through group api")
        await ui.press("2", "up")
        await ui.until(lambda: ui.app.moment.chosen.node == "11")
        await ui.press("3", "home", "down", "down")
        await ui.until(lambda: ui.app.moment.chosen.node.endswith("127.0.0.1:3000"))
        assert ui.app.moment.chosen.fix == POINT.id


async def test_a_new_incident_moves_nothing_that_a_person_chose(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("2", "end")
        await ui.until(lambda: ui.app.moment.chosen.node == "13")
        fresh = incident()
        made = replace(fresh, facts=replace(fresh.facts, nodes=turned(fresh.facts.nodes)))
        ui.session.on_incident(made)
        await ui.until(lambda: ui.app.moment.incident is made)
        assert ui.app.moment.chosen.node == "13"


async def test_the_log_pauses_and_counts_what_came(shown):
    async with shown() as ui:
        await ui.sees("FOLLOW")
        await ui.press("space")
        ui.session.log.add("connection_refused", "/late")
        ui.app.tick()
        await ui.sees("PAUSED +1 new")
        assert "/late" not in ui.text()
        await ui.press("space")
        await ui.sees("FOLLOW", "/late")


async def test_a_record_opens_in_full_and_esc_closes_it(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("enter")
        await ui.sees("record 14 of 14", "refused", "look at", "client got 502, no retry")
        await ui.press("escape")
        await ui.until(lambda: not ui.app.pane.detail)


async def test_full_stop_says_when_nothing_else_matters(shown):
    async with shown(FakeSession(healthy())) as ui:
        await ui.press("2", "full_stop")
        await ui.sees(".: no other failing node")


async def test_help_is_of_the_focused_pane_and_the_selected_cause(shown):
    async with shown() as ui:
        await ui.press("question_mark")
        await ui.sees("Help  1 Log", "pause or follow")
        await ui.press("end")
        await ui.sees("Selected: wrong_port")
        await ui.press("escape")
        await ui.until(lambda: len(ui.app.screen_stack) == 1)


async def test_why_shows_clues_exclusions_and_gaps(shown):
    async with shown() as ui:
        await ui.press("0")
        await ui.sees("0 Why", "PROVEN", "refused 3 of 3", "backend_stopped", "not seen", "access log")
        await ui.press("escape")
        await ui.sees("1 Log")


async def test_copy_goes_out_masked(shown, monkeypatch):
    copied: list[str] = []
    monkeypatch.setattr(Program, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with shown() as ui:
        ui.session.log.add("connection_refused", "/x?token=hunter22")
        await ui.press("end", "y")
        await ui.sees("bytes by OSC 52")
        assert "hunter22" not in copied[0]
        assert "token=***" in copied[0]
