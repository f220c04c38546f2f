"""The log pane's parts without a screen: what a filter shows, how far a search looks, which columns fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.ui_sample import NOW, FakeLog, incident
from tui502.model.session import LogLine
from tui502.ui.panes.filtered import Filtered
from tui502.ui.panes.log_notes import LogNotes
from tui502.ui.panes.matches import Matches
from tui502.ui.panes.seek import Seek, at_or_after, moment_of
from tui502.ui.render import grouping, groups, log, log_empty, log_names, log_rows
from tui502.ui.render.log_marks import Between, Note
from tui502.ui.render.log_title import day, reading
from tui502.ui.render.marks import HIT, marked
from tui502.ui.render.spans import cell_len, row, text_of, width_of

ENDLESS = float("inf")


def a_log(words: str) -> FakeLog:
    return FakeLog([word.encode() for word in words])


def shown(found: Filtered) -> str:
    return "".join(line.raw.decode() for line in found.lines(found.first(), 99))


@given(st.text("ab", max_size=30), st.text("ab", max_size=10), st.text("ab", max_size=10), st.integers(0, 3))
def test_a_filter_shows_hits_and_what_stands_around_whatever_comes_when(first, older, newer, around):
    """If this fails, records are missing from a filtered log, or stand there twice."""
    base = a_log(first)
    found = Filtered(base, "a", lambda text: text == "a", None, around)
    while found.matches.look(0.0):
        pass
    before = {position: found.lines(position, 1)[0].raw for position in range(found.first(), found.size())}
    base.read_back(*a_log(older).kept)
    base.kept += [replace(line, number=line.number + len(first)) for line in a_log(newer).kept]
    while found.matches.look(0.0):
        pass
    whole = older + first + newer
    wanted = [n for n in range(len(whole)) if "a" in whole[max(0, n - around) : n + around + 1]]
    numbers = [found.matches.number(position) + len(older) for position in range(found.first(), found.size())]
    assert set(wanted) >= {n for n in range(len(whole)) if whole[n] == "a"}
    assert [n for n in numbers if whole[n] == "a"] == [n for n in wanted if whole[n] == "a"]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(wanted)
    assert all(found.lines(position, 1)[0].raw == raw for position, raw in before.items()), "no position changes"
    if not older and not newer:
        assert numbers == wanted


def test_lines_around_a_hit_come_from_both_sides():
    found = Filtered(a_log("..x....x.x.."), "x", lambda text: text == "x", None, 1)
    found.matches.look(ENDLESS)
    assert shown(found) == ".x..x.x."
    assert [found.is_hit(position) for position in range(found.first(), found.size())] == [each == "x" for each in ".x..x.x."]
    assert [found.raws(position, 1)[0][0] for position in range(found.first(), 0)] == list(range(found.first(), 0))


def test_the_nearest_shown_record_is_the_same_or_the_next():
    base = a_log("x.x..x")
    found = Matches(base, lambda text: text == "x")
    found.look(ENDLESS)
    assert [found.number(found.nearest(n)) for n in range(6)] == [0, 2, 2, 5, 5, 5]
    base.kept.append(replace(base.kept[0], number=6))
    found.look(ENDLESS)
    assert found.number(found.nearest(6)) == 6
    assert (found.has(6), found.has(5), found.has(4)) == (True, True, False)


def test_a_slice_ends_and_the_next_goes_on():
    """If this fails, a search through a big log holds up every key."""
    base = FakeLog([b"x"] * 9000)
    found = Matches(base, lambda text: text == "x")
    assert found.look(0.0)
    assert len(found.hits) == 2000
    while found.look(0.0):
        pass
    assert len(found.hits) == 9000
    seek = Seek(base, 0, 1, lambda line: line.number == 8000)
    assert seek.look(0.0)
    assert seek.found is None
    while seek.look(0.0):
        pass
    assert seek.found is not None
    assert seek.found.number == 8000


def test_a_seek_goes_both_ways_and_stops_at_the_ends():
    base = a_log("x..x")
    base.read_back(*a_log("x.").kept)
    for at, by, number in ((1, 1, 3), (2, -1, 0), (-1, -1, -2), (4, 1, None), (-3, -1, None)):
        seek = Seek(base, at, by, lambda line: line.raw == b"x")
        assert not seek.look(ENDLESS)
        assert (seek.found and seek.found.number) == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("03:14", NOW - 7),
        ("03:14:07", NOW),
        ("03:14:08", NOW + 1 - 86400),
        ("23:00", NOW - 14_847 - 86400 + 86_400 - 0),
        ("11-21 03:14:07", NOW - 86400),
        ("2026-11-20 03:14:07", NOW - 2 * 86400),
        ("11-23 03:14:07", NOW + 86400 - 365 * 86400),
        ("noon", None),
        ("24:00", None),
        ("13-01 00:00", None),
        ("02-30 00:00", None),
    ],
)
def test_a_time_is_the_last_one_before_the_newest_record(text, moment):
    """If this fails, a time leads to another day than the one a person means."""
    assert moment_of(text, NOW, 0) == (moment if text != "23:00" else NOW - 7 - 14 * 60 - 4 * 3600)


def test_a_time_of_another_zone_is_local():
    assert moment_of("04:14:07", NOW, -3600) == NOW


def test_the_first_record_at_a_time_is_found_by_halves():
    base = FakeLog()
    base.read_back(LogLine(0, NOW - 9000, "error", "", "", "", "", b"old"), LogLine(0, 0.0, "", "", "", "", "", b"  more of it"))
    assert at_or_after(base, 0.0) == -2
    assert at_or_after(base, base.kept[3].at) == 3
    assert at_or_after(base, base.kept[3].at - 0.5) == 3
    assert at_or_after(base, NOW + 999) is None


PEERS = ("127.0.0.1:3000", "[2001:db8:85a3::8a2e:370:7334]:8080", "unix:/run/php/pools/of/a/deep/tree/app.example.com.sock")


@pytest.mark.parametrize("width", range(60, 220, 7))
@pytest.mark.parametrize("peer", PEERS)
def test_a_record_keeps_what_is_never_lost(width, peer):
    """Time, letter, class and peer stand at every width; addresses are never cut, of a socket's path only the middle goes."""
    line = replace(FakeLog().kept[1], peer=peer)
    columns = log_rows.columns([line], width, log_rows.Columns())
    (shown,) = log_rows.record(line, width, 0, columns, log.Ends())
    text = text_of(shown)
    assert cell_len(text) <= width
    assert text.startswith(" 03:13:43 E refused  ")
    if peer.startswith("unix:"):
        assert text[21:].startswith("unix:/run")
        assert "…/app.example.com.sock " in text
    else:
        assert peer in text


def test_wide_rows_gain_server_and_client_address():
    line = FakeLog().kept[1]
    seen = [text_of(log_rows.record(line, width, 0, log_rows.columns([line], width, log_rows.Columns()), log.Ends())[0]) for width in (60, 80, 101, 140)]
    assert "app.example.com" not in seen[0]
    assert "GET /cart  app.example.com" in seen[1]
    assert [("app.example.com" in text, "203.0.113.24" in text) for text in seen[2:]] == [(True, True), (True, True)]
    assert seen[3].index("app.example.com") > seen[2].index("app.example.com"), "the request has the room that is left"


def test_columns_never_get_narrower_while_a_log_is_shown():
    short, long = FakeLog().kept[1], replace(FakeLog().kept[1], peer=PEERS[1])
    before = log_rows.columns([short, long], 140, log_rows.Columns())
    assert log_rows.columns([short], 140, before) == before


def test_a_wrapped_record_loses_nothing():
    line = replace(FakeLog().kept[1], request=f"GET /{'abc/' * 60} HTTP/1.1")
    for width in (60, 140):
        first, *rest = map(text_of, log_rows.record(line, width, 0, log_rows.Columns(), log.Ends(), wrapped=True))
        assert "".join((first[44:], *rest)).replace(" ", "") == f"GET/{'abc/' * 60}"
        assert all(cell_len(each) <= width for each in (first, *rest))
    raw = log_rows.raw_record(replace(line, raw=b"x" * 150), 60, selected=True, wrapped=True)
    assert [len(text_of(each)) for each in raw] == [60, 60, 33]
    assert text_of(log_rows.raw_record(replace(line, raw=b"0123456789" * 9), 20, skip=16)[0]) == " …7890123456789012345"[:19] + "…"


@pytest.mark.parametrize("width", [44, 52, 60, 70, 80, 100, 140])
@pytest.mark.parametrize("peer", PEERS)
def test_groups_keep_count_class_and_peer(width, peer):
    base = incident()
    seen = base.evidence.logs["/var/log/nginx/error.log"]
    tallies = tuple(replace(tally, peer=peer) if n == 0 else tally for n, tally in enumerate(seen.value.tallies))
    made = replace(base, evidence=replace(base.evidence, logs={"/var/log/nginx/error.log": replace(seen, value=replace(seen.value, tallies=tallies))}))
    found = grouping.groups(made, "/var/log/nginx/error.log")
    columns = groups.columns(found, log.Ends(), width)
    rows = [text_of(groups.group_row(group, made, width, columns, log.Ends())) for group in found]
    heads = [text_of(line) for line in groups.heads(made, columns)]
    assert all(cell_len(line) <= width for line in (*rows, *heads))
    assert all(f" {group.total} " in line and log.class_of(group.symptom) in line for group, line in zip(found, rows, strict=True))
    if not peer.startswith("unix:") and width >= 52:
        assert peer in rows[0], "an address is never cut"
    if width >= 100:
        assert "first" in heads[0]


def test_a_large_count_moves_the_rest_and_cuts_nothing():
    base = incident()
    seen = base.evidence.logs["/var/log/nginx/error.log"]
    many = (replace(seen.value.tallies[0], count=1_234_567), seen.value.tallies[1])
    made = replace(base, evidence=replace(base.evidence, logs={"/var/log/nginx/error.log": replace(seen, value=replace(seen.value, tallies=many))}))
    found = grouping.groups(made, "/var/log/nginx/error.log")
    for width in (60, 80):
        columns = groups.columns(found, log.Ends(), width)
        rows = [text_of(groups.group_row(group, made, width, columns, log.Ends())) for group in found]
        assert all(cell_len(line) <= width and "…" not in line for line in rows)
        assert rows[0].index("127.0.0.1:3000") == rows[1].index("10.0.4.12:8080") == text_of(groups.heads(made, columns)[0]).index("peer")


def test_what_the_client_got_is_what_was_seen():
    """The status where every failure reached a client, "saved" where none did, "?" where nothing tells or both happened."""
    base, line = incident(), replace(FakeLog().kept[1], peer="10.0.4.12:8080")
    for saved, visible, got in ((0, 5, "502"), (5, 0, "saved"), (2, 3, "?"), (None, 5, "?")):
        outage = replace(base.facts.outages[0], target=replace(base.facts.outages[0].target, peer=line.peer), saved=saved, client_visible=visible)
        ends = log.Ends().with_facts(replace(base.facts, outages=(outage,)))
        assert log.client(line, ends) == got
    assert log.client(replace(line, request=""), log.Ends()) == "-"


def test_what_is_lost_first_is_what_says_least():
    found = grouping.groups(incident(), "/var/log/nginx/error.log")
    seen = [groups.columns(found, log.Ends(), width) for width in (90, 75, 66, 57, 46, 45)]
    assert [(each.last, each.first, each.spark, each.outcome) for each in seen] == [
        (True, True, 20, True),
        (False, True, 20, True),
        (False, False, 20, True),
        (False, False, 10, True),
        (False, False, 10, False),
        (False, False, 0, False),
    ]


def test_hits_are_marked_over_the_borders_of_parts():
    line = marked(row("GET ", ("/ca", "key"), "rt"), re.compile("T /c|art"))
    assert [(span.text, span.role) for span in line] == [("GE", ""), ("T ", HIT), ("/c", "key" + HIT), ("a", "key" + HIT), ("rt", HIT)]
    assert width_of(line) == 9


def test_progress_is_told_in_bytes_and_a_day_when_it_is_another():
    status = replace(FakeLog().status, reading=True, done=12_345_678, total=214_000_000)
    assert reading(status) == "reads back 12 of 214 MB"
    assert reading(replace(status, done=500_000, total=1_500_000)) == "reads back 0.5 of 1.5 MB"
    assert reading(replace(status, reading=False)) == ""
    assert (day(NOW - 86400, NOW, 0), day(NOW, NOW, 0), day(0.0, NOW, 0)) == ("  2026-11-21", "", "")


def test_what_happens_to_a_log_stands_where_it_was_seen():
    """If this fails, nobody reads that a log was rotated, or reads it again with every frame."""
    log, notes = FakeLog(), LogNotes()
    assert not notes.look(log, NOW)
    log.said = ("removed",)
    assert notes.look(log, NOW)
    assert not notes.look(log, NOW + 1)
    log.add("connection_refused", "/")
    log.said = ("removed", "rotated", "rotated")
    assert notes.look(log, NOW + 2)
    assert notes.all == (Note(14, NOW, "removed"), Note(15, NOW + 2, "rotated"), Note(15, NOW + 2, "rotated"))
    log.said = log.said[1:]
    assert not notes.look(log, NOW + 3), "what is said no more is no news"


def test_notes_and_onset_stand_between_their_records():
    before, line = FakeLog().kept[:2]
    between = Between(line.at, (Note(1, NOW, "rot\x1bated"), Note(2, NOW, "removed")))
    assert [text_of(each) for each in between.above(before, line)] == [" 03:14:07 · rot␛ated", " ▼ 03:13:43 began"]
    assert [text_of(each) for each in between.below(2)] == [" 03:14:07 · removed"]
    assert between.above(line, replace(line, number=5)) == between.below(2), "began once only"
    assert Between(line.at - 1).above(None, line) == [], "the log begins later than the failures: nobody saw where"


def test_logs_have_the_shortest_names_that_tell_them_apart():
    paths = ("/var/log/nginx/error.log", "/srv/shop/error.log", "/srv/shop/php.log", "syslog:server=unix:/dev/log,tag=shop", "stderr")
    assert list(log_names.names(paths).values()) == ["nginx/error.log", "shop/error.log", "php.log", "syslog shop", "stderr"]
    assert log_names.shortened("/srv/shop/php.log: removed", log_names.names(paths)) == "php.log: removed"


@pytest.mark.parametrize("width", range(80, 200, 8))
def test_a_source_has_a_column_only_where_there_are_several(width):
    names = {"/a/one.log": "one.log", "/a/two.log": "two.log"}
    one, two = (replace(FakeLog().kept[n], source=source) for n, source in enumerate(names))
    assert log_rows.columns([one], width, log_rows.Columns(), names).source == 0
    columns = log_rows.columns([one, two], width, log_rows.Columns(), names)
    (shown,) = log_rows.record(one, width, 0, columns, log.Ends(), source="one.log")
    assert cell_len(text_of(shown)) <= width
    assert text_of(shown).rstrip().endswith("one.log") == bool(columns.source) == (width >= 80)
    assert log_rows.columns([one], width, columns, names) == columns


def test_an_empty_log_says_what_of_the_others_cannot_be_read():
    base = incident()
    target = replace(base.facts.logs[0], path="memory:32m")
    made = replace(base, facts=replace(base.facts, logs=(target, replace(base.facts.logs[0], level="emerg", hides=True))))
    text = "\n".join(text_of(each) for each in log_empty.rows(made, "/var/log/nginx/error.log", None, ("rotated",), 120))
    for words in ("the log is empty", "rotated", "memory:32m: it stands in the memory", "gdb", "emerg: this level leaves out"):
        assert words in text
