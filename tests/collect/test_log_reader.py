"""Logs followed through rotation, truncation, loss and junk, on real files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tui502.collect.log_reader import WINDOW, FileLog
from tui502.collect.log_recorded import RecordedLog


def line(second: int, peer: int = 3000) -> bytes:
    return (
        f"2026/11/22 12:{second // 60 % 60:02d}:{second % 60:02d} [error] 1#1: *{second} connect() failed (111: Connection refused) "
        f'while connecting to upstream, client: 1.1.1.1, server: s, request: "GET /{second} HTTP/1.1", '
        f'upstream: "http://127.0.0.1:{peer}/{second}", host: "s"\n'
    ).encode()


def append(path: Path, *lines: bytes) -> None:
    with path.open("ab") as out:
        out.writelines(lines)


def follow(path: Path, kind: str = "log") -> FileLog:
    reader = FileLog(str(path), str(path), 0, kind)
    reader.poll()
    return reader


def count(reader: FileLog) -> int:
    return sum(tally.count for tally in reader.seen().tallies)


def test_lines_and_tallies_of_a_small_log(tmp_path: Path) -> None:
    """If this fails, the log pane shows other lines than the file holds."""
    path = tmp_path / "error.log"
    append(path, *(line(second) for second in range(5)))
    reader = follow(path)
    assert reader.size() == 5
    shown = reader.lines(3, 10)
    assert [one.number for one in shown] == [3, 4]
    assert (shown[0].level, shown[0].symptom, shown[0].peer, shown[0].server, shown[0].request) == (
        "error",
        "connection_refused",
        "127.0.0.1:3000",
        "s",
        "GET /3 HTTP/1.1",
    )
    assert shown[0].raw == line(3).removesuffix(b"\n")
    assert shown[0].at == shown[1].at - 1
    assert count(reader) == 5
    assert (reader.seen().start, reader.seen().end) == (0, path.stat().st_size)
    assert not reader.poll()


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1), line(2)[:50])
    reader = follow(path)
    assert (reader.size(), count(reader)) == (1, 1)
    append(path, line(2)[50:])
    assert reader.poll()
    assert [one.raw for one in reader.lines(0, 9)] == [line(1)[:-1], line(2)[:-1]]
    assert count(reader) == 2


def test_lines_of_one_record_are_shown_as_such(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, b'2026/11/22 12:00:00 [error] 1#1: *1 FastCGI sent in stderr: "a\n', b"#0 b\n", line(1))
    first, second, third = follow(path).lines(0, 9)
    assert (first.symptom, second.level, second.symptom, third.symptom) == ("fastcgi_stderr", "", "", "connection_refused")
    assert second.at == first.at


def test_big_log_opens_at_its_end_and_history_follows(tmp_path: Path) -> None:
    """If this fails, opening a big log takes long, or what stands before the window is counted twice or never."""
    path = tmp_path / "error.log"
    lines = [line(second) for second in range(60000)]
    append(path, *lines)
    reader = follow(path)
    assert 0 < reader.size() < WINDOW / 150
    assert count(reader) == reader.size()
    first = reader.lines(0, 1)[0]
    assert first.raw + b"\n" == lines[-reader.size()]
    assert reader.extend()
    assert count(reader) > reader.size()
    while reader.extend():
        pass
    assert count(reader) == 60000
    assert reader.seen().start == 0
    assert reader.lines(0, 1)[0] == first
    assert reader.seen().newest[-1] + b"\n" == lines[-1]


def test_history_stops_at_its_cap(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, *(line(second) for second in range(60000)))
    reader = FileLog(str(path), str(path), 0, history=1)
    reader.poll()
    assert reader.extend()
    assert not reader.extend()
    assert 0 < reader.seen().start < path.stat().st_size


def test_rotation_by_rename_follows_both_files(tmp_path: Path) -> None:
    """nginx writes to the renamed file until USR1: if this fails, the failures of that moment are lost."""
    path, old = tmp_path / "error.log", tmp_path / "error.log.1"
    append(path, line(1))
    reader = follow(path)
    path.rename(old)
    append(old, line(2))
    reader.poll()
    assert reader.size() == 2
    append(path, line(3))
    append(old, line(4))
    reader.poll()
    append(old, line(5))
    reader.poll()
    assert sorted(one.raw + b"\n" for one in reader.lines(0, 9)) == [line(second) for second in (1, 2, 3, 4, 5)]
    assert [one.number for one in reader.lines(0, 9)] == [0, 1, 2, 3, 4]
    assert count(reader) == 5
    assert "rotated: the path leads to a new file" in reader.notes()
    assert reader.gap() is None


def test_many_rotations_keep_few_files_open(tmp_path: Path) -> None:
    """If this fails, a long session runs out of descriptors or gives old numbers to new lines."""
    path = tmp_path / "error.log"
    append(path, line(0))
    reader = follow(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for turn in range(1, 8):
        path.rename(tmp_path / f"old.{turn}")
        append(path, line(turn))
        reader.poll()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2
    assert reader.size() == 8
    assert [one.number for one in reader.lines(0, 99)] == [5, 6, 7]
    assert count(reader) == 8


def test_truncation_reads_again_from_the_start(tmp_path: Path) -> None:
    """copytruncate: if this fails, everything after it is invisible, or old numbers show new text."""
    path = tmp_path / "error.log"
    append(path, line(1), line(2), line(3))
    reader = follow(path)
    path.write_bytes(line(4))
    reader.poll()
    assert [(one.number, one.raw + b"\n") for one in reader.lines(0, 9)] == [(3, line(4))]
    assert count(reader) == 4
    assert reader.notes() == ("truncated: read again from its start",)


def test_log_that_comes_later_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    reader = follow(path)
    gap = reader.gap()
    assert gap is not None
    assert gap.why == "absent"
    assert (reader.size(), reader.lines(0, 5)) == (0, [])
    append(path, *(line(second) for second in range(2000)))
    assert reader.poll()
    assert reader.gap() is None
    assert reader.size() == 2000


def test_removed_log_is_said_and_its_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    reader = follow(path)
    path.unlink()
    reader.poll()
    reader.poll()
    assert reader.notes() == ("removed",)
    assert reader.gap() is not None
    assert len(reader.lines(0, 5)) == 1


@pytest.mark.parametrize("kind", ["directory", "fifo", "device", "loop"])
def test_what_is_no_file_is_a_gap_at_once(tmp_path: Path, kind: str) -> None:
    """If this fails, a FIFO as error_log makes the program hang."""
    path = tmp_path / "error.log"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    reader = FileLog("error.log", "/dev/zero" if kind == "device" else str(path), 0)
    reader.poll()
    gap = reader.gap()
    assert gap is not None
    assert (gap.source, gap.why) == ("error.log", "unreadable")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_denied_log_is_a_gap_until_it_may_be_read(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    path.chmod(0)
    reader = follow(path)
    gap = reader.gap()
    assert gap is not None
    assert gap.why == "denied"
    path.chmod(0o600)
    reader.poll()
    assert (reader.gap(), reader.size()) == (None, 1)


def test_huge_hole_opens_at_once(tmp_path: Path) -> None:
    """If this fails, a 5 GB log holds up the first screen."""
    path = tmp_path / "error.log"
    with path.open("wb") as out:
        out.truncate(5 * 1024**3)
        out.seek(0, os.SEEK_END)
    began = time.process_time()
    reader = follow(path)
    append(path, b"\n", line(1))
    reader.poll()
    assert reader.lines(reader.size() - 1, 1)[0].peer == "127.0.0.1:3000"
    assert time.process_time() - began < 1
    assert count(reader) == 1


def test_lines_far_apart_are_found_by_number(tmp_path: Path) -> None:
    """If this fails, scrolling shows the wrong place."""
    path = tmp_path / "error.log"
    reader = follow(path)
    append(path, *(line(second) for second in range(9000)))
    while reader.poll():
        pass
    assert reader.size() == 9000
    for number in (0, 999, 1000, 4321, 8999):
        assert reader.lines(number, 2)[0].raw + b"\n" == line(number)
    assert [one.number for one in reader.lines(900, 3000)] == list(range(900, 3900))
    assert reader.lines(9000, 5) == []


def test_access_log_shows_and_counts_statuses(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    append(path, b'1.1.1.1 - - [22/Nov/2026:12:00:00 +0000] "GET /a HTTP/1.1" 502 1 "-" "x"\n' * 2)
    reader = follow(path, "access_log")
    (tally,) = reader.seen().tallies
    assert (tally.symptom, tally.count) == ("502", 2)
    assert (reader.lines(0, 1)[0].symptom, reader.lines(0, 1)[0].request) == ("502", "GET /a HTTP/1.1")


def test_lines_of_an_access_log_are_read_by_its_own_format(tmp_path: Path) -> None:
    """If this fails, a custom format shows its bytes as the status, and nobody sees which peer was asked."""
    path = tmp_path / "access.log"
    append(path, b'{"at":"2026-11-22T12:00:00+00:00","code":"504","to":"127.0.0.1:3000","for":"shop.test","asked":"GET /a HTTP/1.1"}\n', b"junk\n")
    text = '{"at":"$time_iso8601","code":"$status","to":"$upstream_addr","for":"$server_name","asked":"$request"}'
    reader = FileLog(str(path), str(path), 0, "access_log", formats=(f"json {text}",))
    reader.poll()
    told, junk = reader.lines(0, 2)
    assert (told.at, told.symptom, told.peer, told.server, told.request) == (1795348800.0, "504", "127.0.0.1:3000", "shop.test", "GET /a HTTP/1.1")
    assert (junk.symptom, junk.raw) == ("", b"junk")
    reader.close()


def test_every_rotation_is_told_and_a_log_that_comes_back(tmp_path: Path) -> None:
    """If this fails, the second rotation of a night looks as if nothing had happened."""
    path = tmp_path / "error.log"
    append(path, line(1))
    reader = follow(path)
    for turn in range(2):
        path.rename(tmp_path / f"old{turn}")
        append(path, line(2))
        reader.poll()
    path.rename(tmp_path / "away")
    reader.poll()
    (tmp_path / "away").rename(path)
    reader.poll()
    assert reader.notes() == ("rotated: the path leads to a new file",) * 2 + ("removed", "can be read again")
    reader.close()


def test_recorded_log_reads_like_a_live_one(tmp_path: Path) -> None:
    """If this fails, a replayed incident shows an empty or another log."""
    path = tmp_path / "error.log"
    append(path, b'2026/11/22 12:00:00 [error] 1#1: *1 FastCGI sent in stderr: "a\n', b"#0 b\n", line(1))
    live = follow(path)
    recorded = RecordedLog(live.seen())
    assert recorded.size() == live.size() == 3
    assert recorded.lines(0, 9) == live.lines(0, 9)
    assert (recorded.path, recorded.notes(), recorded.gap()) == (str(path), (), None)


def test_a_time_to_come_in_an_access_log_of_unknown_format_is_not_its_own(tmp_path: Path) -> None:
    """If this fails, a client moves what is counted into another century."""
    path = tmp_path / "access.log"
    append(path, b'198.51.100.7 "GET /[24/Nov/2999:16:00:00 +0000] HTTP/1.1" 502 157\n')
    (tally,) = follow(path, "access_log").seen().tallies
    assert (tally.count, tally.first, tally.last) == (1, 0.0, 0.0)
