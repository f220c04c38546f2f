"""The log pane by keys: wrap, sideways, filter, search, older records."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.ui_sample import NOW, FakeLog, FakeSession, incident
from tui502.model.session import LogLine

LONG = "/" + "/".join(f"part{n}" for n in range(30))


def old(n: int, symptom: str = "upstream_timeout_read", at: float = NOW - 90_000) -> LogLine:
    return LogLine(0, at + n, "error", symptom, "10.0.4.13:8080", "app.example.com", f"GET /old/{n} HTTP/1.1", f"old record {n}".encode())


async def test_w_wraps_and_cuts(shown):
    log = FakeLog()
    log.add("connection_refused", LONG)
    async with shown(FakeSession(log=log), size=(200, 60)) as ui:
        await ui.sees("GET /part0")
        assert "part29" not in ui.text()
        await ui.press("w")
        await ui.sees("part29")
        assert "▸03:14:09" in ui.text(), "the cursor is on the first row of its record"
        await ui.press("up", "up")
        await ui.sees("part29")
        await ui.press("w")
        await ui.until(lambda: "part29" not in ui.text())


async def test_a_click_on_a_wrapped_row_chooses_its_record(shown):
    log = FakeLog()
    log.add("connection_refused", LONG)
    async with shown(FakeSession(log=log), size=(200, 60)) as ui:
        await ui.press("1", "w", "up")
        row = next(n for n, line in enumerate(ui.rows()) if "part29" in line)
        await ui.pilot.click(offset=(50, row))
        await ui.until(lambda: ui.app.log_pane.cursor == 14)


async def test_a_record_taller_than_the_pane_shows_its_begin(shown):
    log = FakeLog()
    log.add("connection_refused", LONG * 9)
    async with shown(FakeSession(log=log)) as ui:
        await ui.press("w")
        await ui.sees("▸03:14:09 E refused  127.0.0.1:3000   502   GET")


async def test_h_and_l_go_sideways_and_keep_the_place(shown):
    log = FakeLog()
    log.add("connection_refused", LONG)
    async with shown(FakeSession(log=log), size=(120, 40)) as ui:
        await ui.press("1", "l", "l", "l", "l", "l")
        await ui.sees("…part6/part7")
        assert ui.app.log_pane.cursor == 14
        await ui.press("w", "h")
        await ui.sees("left: long lines are wrapped, w cuts them")


async def test_a_filter_counts_and_shows_what_stands_around(shown):
    log = FakeLog()
    log.add("upstream_timeout_read", "/slow", "10.0.4.13:8080")
    log.add("connection_refused", "/late")
    async with shown(FakeSession(log=log), size=(120, 40)) as ui:
        await ui.press("f", *"timeout", "enter")
        await ui.sees("only timeout", "FOLLOW", "/slow")
        assert "/late" not in ui.text()
        await ui.press("f")
        await ui.sees("f: all records again", "/late")
        await ui.press("f", *"/slow +1", "enter")
        await ui.sees("only /slow, 1 around", "/slow", "/late")
        assert "/login" not in ui.text()
        log.add("upstream_timeout_read", "/slow/too", "10.0.4.13:8080")
        await ui.sees("/slow/too")
        await ui.press("escape")
        await ui.sees("/login")


async def test_a_filter_keeps_the_record_under_the_cursor(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("1", "home", "down", "down", "down", "down")
        assert ui.app.log_pane.cursor == 4
        await ui.press("f", *"/cart", "enter")
        await ui.until(lambda: ui.app.log_pane.filtered is not None)
        assert ui.app.log_pane.whole_number(ui.app.log_pane.cursor) == 4
        await ui.press("down", "f")
        await ui.until(lambda: ui.app.log_pane.cursor == 7)


async def test_a_filter_that_finds_nothing_changes_nothing(shown):
    async with shown() as ui:
        await ui.press("f", *"nowhere", "enter")
        await ui.sees("f: not found: nowhere", "/cart")


async def test_a_search_through_many_records_is_counted_whole(shown):
    """It goes on in slices; a key pressed meanwhile ends it, and nothing moves under that key."""
    log = FakeLog([b"line %d" % n for n in range(30_000)])
    async with shown(FakeSession(log=log)) as ui:
        await ui.press("slash", *"line 2999", "enter")
        await ui.sees("of 11 line 2999")
        assert ui.app.log_pane.cursor in (2999, *range(29_990, 30_000))


async def test_hits_are_underlined(shown):
    async with shown(size=(120, 40)) as ui:
        await ui.press("slash", *"/ca.t", "enter")
        await ui.sees("of 5 /ca.t")
        marked = [
            segment.text for strip in ui.app.screen._compositor.render_strips() for segment in strip if segment.style is not None and segment.style.underline
        ]
        assert marked
        assert set(marked) == {"/cart"}
        await ui.press("escape")
        await ui.until(lambda: ui.app.log_pane.marks is None)


async def test_o_reads_older_records_and_moves_nothing(shown):
    session = FakeSession()
    session.log.status = replace(session.log.status, files=2, total=2_000_000)
    async with shown(session, size=(120, 40)) as ui:
        await ui.press("1", "up", "O")
        await ui.sees("O: reads 2 older files, newest first; O or ctrl+c stops", "reads back 0.0 of 2.0 MB")
        cursor = ui.app.log_pane.cursor
        session.log.read_back(*(old(n) for n in range(30)))
        session.log.status = replace(session.log.status, done=1_000_000)
        ui.app.tick()
        await ui.sees("reads back 1.0 of 2.0 MB")
        assert ui.app.log_pane.cursor == cursor
        await ui.press("O")
        await ui.sees("O: stopped, O goes on; not read: 2 older files")
        assert not session.log.status.reading
        await ui.press("home")
        await ui.sees("/old/0", "2026-11-21")
        assert ui.app.log_pane.cursor == -30
        await ui.press("enter")
        await ui.sees("record 1 of 44")
        await ui.press("escape", "O", "ctrl+c")
        await ui.until(lambda: not session.log.status.reading, "ctrl+c cancels what runs")
        assert ui.app.is_running
        await ui.press("O")
        session.log.status = replace(session.log.status, reading=False, files=0, whole=True, notes=("error.log.2.xz: packed as xz",))
        await ui.sees("O: all older records are read; not read: error.log.2.xz: packed as xz")
        await ui.press("O")
        await ui.sees("O: all that is there was read")


async def test_first_and_last_of_the_class_reach_into_older_records(shown):
    session = FakeSession()
    session.log.read_back(old(0), old(1, "connection_refused"), old(2))
    async with shown(session, size=(120, 40)) as ui:
        await ui.press("less_than_sign")
        await ui.until(lambda: ui.app.log_pane.cursor == -2)
        await ui.press("greater_than_sign")
        await ui.until(lambda: ui.app.log_pane.cursor == 13)
        await ui.press("T", *"11-21 00:00", "enter")
        await ui.until(lambda: ui.app.log_pane.cursor == -3)


async def test_groups_say_how_far_the_log_is_read(shown):
    session = FakeSession()
    session.log.status = replace(session.log.status, files=2, back_to=NOW - 11_644)
    async with shown(session) as ui:
        await ui.press("z", "v")
        await ui.sees("read back to 00:00:03, all 468 records; 2 older files not read, O reads them")


async def test_a_long_address_is_whole_in_the_groups(shown):
    base = incident()
    peer = "[2001:db8:85a3::8a2e:370:7334]:8080"
    seen = base.evidence.logs["/var/log/nginx/error.log"]
    log = replace(seen.value, tallies=(replace(seen.value.tallies[0], peer=peer), seen.value.tallies[1]))
    made = replace(base, evidence=replace(base.evidence, logs={"/var/log/nginx/error.log": replace(seen, value=log)}))
    for size in ((80, 24), (60, 15)):
        async with shown(FakeSession(made), size=size) as ui:
            await ui.press("z", "v")
            await ui.sees(peer, "timeout  10.0.4.12:8080")


async def test_keys_of_lines_say_so_elsewhere(shown):
    async with shown() as ui:
        for pressed in (["v"], ["escape", "enter"]):
            await ui.press(*pressed)
            for key in ("w", "x"):
                await ui.press(key)
                await ui.sees(f"{key}: only over lines, esc goes back to them")


async def test_a_recording_has_no_older_files(shown):
    async with shown(FakeSession(live=False)) as ui:
        await ui.press("1", "O")
        await ui.sees("O: a recording holds the newest records only")
