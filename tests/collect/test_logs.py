"""Logs followed by a thread of their own: what is no longer wanted goes without disturbing it."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from tests.real_nginx import eventually
from tui502.collect.log_file import Segment
from tui502.collect.log_reader import FileLog
from tui502.collect.logs import LogWatch
from tui502.model.evidence import Look, View


def look(path: Path) -> Look:
    return Look(str(path), "log", (str(path),), 0, 3.0, None, "")


class Gate:
    """A reader whose `poll` after it was closed is an error, as use of a closed file is."""

    def __init__(self, watch: list[LogWatch]) -> None:
        self.watch, self.closed, self.polled = watch, False, threading.Event()
        self.followed_when_closed = True

    def poll(self) -> None:
        self.polled.set()

    def extend(self) -> bool:
        return False

    def go_back(self) -> bool:
        return False

    def awaits(self) -> bool:
        return False

    def gap(self) -> None:
        return None

    def seen(self) -> str:
        return "seen"

    def close(self) -> None:
        self.followed_when_closed = self in self.watch[0].readers()
        self.closed = True


def test_a_log_is_closed_only_when_nobody_follows_it_any_more(tmp_path: Path) -> None:
    """If this fails, the following thread and the screen use a descriptor that was closed, or that is another file's by now."""
    watch: list[LogWatch] = []
    made: list[Gate] = []

    def opened(look: Look, view: View | None) -> Any:
        made.append(Gate(watch))
        return made[-1]

    watch.append(LogWatch(lambda *_: None, lambda error: None, opened))
    watch[0].want([look(tmp_path / "a")], None)
    assert made[0].polled.wait(5)
    watch[0].want([look(tmp_path / "b")], None)
    watch[0].stop()
    assert (made[0].closed, made[0].followed_when_closed) == (True, False)
    assert watch[0].readers() == (made[1],)


def test_a_log_that_is_changed_for_another_ends_nothing(tmp_path: Path) -> None:
    """If this fails, another nginx or configuration ends the whole investigation."""
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text("x\n" * 1000)
    failures: list[BaseException] = []
    told: list[str] = []
    watch = LogWatch(lambda look, seen: told.append(look.key), failures.append)
    for n in range(300):
        watch.want([look(paths[n % 3])], None)
    assert eventually(lambda: str(paths[299 % 3]) in told)
    watch.stop()
    assert failures == []


def test_whoever_stops_leaves_nothing_open(tmp_path: Path) -> None:
    """If this fails, each nginx that is looked at leaves descriptors, and a journalctl that goes on printing."""
    watch: list[LogWatch] = []
    gate = Gate(watch)
    watch.append(LogWatch(lambda *_: None, lambda error: None, lambda look, view: gate))
    watch[0].want([look(tmp_path / "a")], None)
    assert gate.polled.wait(5)
    watch[0].stop()
    assert eventually(lambda: gate.closed)


def test_a_closed_log_is_asked_without_harm(tmp_path: Path) -> None:
    """If this fails, whoever still holds a reader that was closed meanwhile gets an error, or opens the file anew and keeps it."""
    path = tmp_path / "log"
    path.write_text("one\n")
    reader = FileLog(str(path), str(path), 0)
    reader.poll()
    reader.close()
    path.rename(tmp_path / "log.1")
    path.write_text("two\nthree\n")
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert not reader.poll()
    assert (reader.size(), reader.lines(0, 10), reader.extend()) == (1, [], False)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_size_of_a_closed_segment_is_what_was_read(tmp_path: Path) -> None:
    """If this fails, a file that was closed between two looks counts as an error of the system."""
    (tmp_path / "x").write_text("abc")
    segment = Segment(os.open(tmp_path / "x", os.O_RDONLY), (0, 0), None)  # type: ignore[arg-type]
    assert segment.size() == 3
    segment.end = 2
    segment.close()
    assert segment.size() == 2


def record(second: int) -> str:
    return f"2026/11/22 12:00:{second:02d} [error] 1#1: *{second} connect() failed (111: Connection refused) while connecting to upstream\n"


def test_several_error_logs_are_read_as_one_before_each_by_itself(tmp_path: Path) -> None:
    """If this fails, the log pane shows one site's log only, or jumps to another reader whenever a look is repeated."""
    one, two, late = (tmp_path / name for name in ("a.log", "b.log", "c.log"))
    one.write_text(record(1) + record(3))
    two.write_text(record(2))
    late.write_text(record(9))
    watch = LogWatch(lambda *_: None, lambda error: None)
    watch.want([look(one)], None)
    assert [reader.path for reader in watch.readers()] == [str(one)]
    watch.want([look(one), look(two)], None)
    merged = watch.readers()[0]
    assert [reader.path for reader in watch.readers()] == ["all error logs", str(one), str(two)]
    assert eventually(lambda: merged.size() == 3)
    assert [line.at % 60 for line in merged.lines(0, 9)] == [1, 2, 3]
    watch.want([look(one), look(two), look(late)], None)
    assert watch.readers()[0] is merged
    assert eventually(lambda: merged.size() == 4)
    watch.want([look(one)], None)
    assert [reader.path for reader in watch.readers()] == [str(one)]
    watch.stop()


def test_a_log_that_nginx_is_seen_to_hold_keeps_its_reader(tmp_path: Path) -> None:
    """If this fails, every rotation empties the log pane and gives its lines other numbers."""
    path = tmp_path / "error.log"
    path.write_text(record(1))
    watch = LogWatch(lambda *_: None, lambda error: None)
    watch.want([look(path)], None)
    (reader,) = watch.readers()
    with path.open("ab") as nginx:
        path.rename(tmp_path / "error.log.1")
        found = os.fstat(nginx.fileno())
        held = f"held:{os.getpid()}/{nginx.fileno()}:{found.st_dev}:{found.st_ino}"
        watch.want([Look(str(path), "log", (str(path), held), 0, 3.0, None, "")], None)
        assert watch.readers() == (reader,)
        nginx.write(record(2).encode())
        nginx.flush()
        assert eventually(lambda: reader.size() == 2)
    watch.stop()
