"""Several error logs read as one, on real files: in the order of time, nothing lost, nothing renumbered."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collect.test_log_journal import add
from tests.collect.test_log_reader import append, line
from tests.real_nginx import eventually
from tui502.collect import log_merged
from tui502.collect.log_held import HeldLog
from tui502.collect.log_journal import JournalSource
from tui502.collect.log_merged import MergedLog
from tui502.collect.log_reader import FileLog


def follow(*paths: Path) -> tuple[MergedLog, list[FileLog]]:
    readers = [FileLog(str(path), str(path), 0) for path in paths]
    for reader in readers:
        reader.poll()
    merged = MergedLog(readers)
    merged.poll()
    return merged, readers


def look(merged: MergedLog, readers: list[FileLog]) -> bool:
    for reader in readers:
        reader.poll()
    return merged.poll()


def read_back(merged: MergedLog, readers: list[FileLog]) -> None:
    """Do all that `read_older` asks for, as the thread that follows does."""
    merged.read_older()
    goes_on = True
    while goes_on:
        steps = [reader.go_back() for reader in readers]
        goes_on = merged.go_back() or any(steps)


def seconds(merged: MergedLog) -> list[int]:
    """The seconds of all lines, in their order."""
    return [int(raw.split(b"*")[1].split()[0]) for _, raw in merged.raws(merged.first(), merged.size() - merged.first())]


def test_lines_stand_in_the_order_of_time_each_with_its_log(tmp_path: Path) -> None:
    """If this fails, what failed first is told wrongly where sites have their own error logs."""
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    append(one, line(1), line(3), line(5), line(5))
    append(two, line(2), line(3), line(6))
    merged, _ = follow(one, two)
    shown = merged.lines(0, 99)
    assert [found.number for found in shown] == list(range(7))
    assert [(found.raw.split(b"*")[1].split()[0], found.source) for found in shown] == [
        (b"1", str(one)), (b"2", str(two)), (b"3", str(one)), (b"3", str(two)), (b"5", str(one)), (b"5", str(one)), (b"6", str(two)),
    ]  # fmt: skip
    assert merged.lines(3, 2) == shown[3:5]
    assert (merged.first(), merged.size(), merged.gap()) == (0, 7, None)


def test_what_comes_keeps_the_numbers_that_are_given(tmp_path: Path) -> None:
    """If this fails, the cursor of the log pane stands on another record than before."""
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    append(one, line(10))
    append(two, line(11))
    merged, readers = follow(one, two)
    before = merged.lines(0, 9)
    append(two, line(14), line(9))
    append(one, line(12), line(13))
    assert look(merged, readers)
    assert not look(merged, readers)
    assert merged.lines(0, 2) == before
    assert seconds(merged) == [10, 11, 12, 13, 14, 9]


def test_further_lines_of_a_record_stay_with_it(tmp_path: Path) -> None:
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    append(one, b'2026/11/22 12:00:01 [error] 1#1: *1 FastCGI sent in stderr: "a\n', b"#0 b\n", line(3))
    append(two, line(1), line(2))
    merged, _ = follow(one, two)
    assert [found.symptom for found in merged.lines(0, 9)] == ["fastcgi_stderr", "", "connection_refused", "connection_refused", "connection_refused"]


def test_a_busy_log_hides_nothing_of_the_others_for_ever(tmp_path: Path) -> None:
    """A log of which only the end was read: older lines of the others come in their place once it is read back. If this fails, they are lost."""
    busy, quiet = tmp_path / "a.log", tmp_path / "b.log"
    append(busy, *(line(second) for second in range(3000)))
    append(quiet, line(5), line(1500), line(2999))
    merged, readers = follow(busy, quiet)
    first = seconds(merged)
    assert first == sorted(first)
    assert first.count(2999) == 2
    assert 1500 not in first
    shown = merged.lines(0, 5)
    read_back(merged, readers)
    assert merged.lines(0, 5) == shown
    assert seconds(merged) == sorted([*range(3000), 5, 1500, 2999])
    assert (merged.back().whole, merged.back().reading) == (True, False)


def test_older_files_are_merged_too(tmp_path: Path) -> None:
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    append(tmp_path / "a.log.1", line(1), line(3))
    append(tmp_path / "b.log.1", line(2), line(4))
    append(one, line(7))
    append(two, line(8))
    merged, readers = follow(one, two)
    read_back(merged, readers)
    assert seconds(merged) == [1, 2, 3, 4, 7, 8]
    assert merged.first() == -4


def test_a_log_that_is_found_later_is_added(tmp_path: Path) -> None:
    """If this fails, a reload that adds an error log makes the pane jump, or leaves the new log out."""
    one, two, late = tmp_path / "a.log", tmp_path / "b.log", tmp_path / "c.log"
    append(one, line(1))
    append(two, line(2))
    append(late, line(3))
    merged, readers = follow(one, two)
    before = merged.lines(0, 9)
    readers.append(FileLog(str(late), str(late), 0))
    merged.add(readers[2:])
    assert look(merged, readers)
    assert merged.lines(0, 2) == before
    assert seconds(merged) == [1, 2, 3]


class Late(FileLog):
    """A log that is asked while another one is found."""

    found = staticmethod(lambda: None)

    def size(self) -> int:
        self.found()
        return super().size()


def test_a_log_that_is_found_while_the_others_are_asked_waits(tmp_path: Path) -> None:
    """The reader of the logs adds it from another thread. If this fails, a reload ends the whole investigation."""
    paths = [tmp_path / name for name in ("a.log", "b.log", "c.log")]
    for n, path in enumerate(paths):
        append(path, line(n))
    readers = [FileLog(str(paths[0]), str(paths[0]), 0), Late(str(paths[1]), str(paths[1]), 0), FileLog(str(paths[2]), str(paths[2]), 0)]
    for reader in readers:
        reader.poll()
    merged = MergedLog(readers[:2])

    def add() -> None:
        if len(merged.readers) == 2:
            merged.add(readers[2:])

    readers[1].found = add  # type: ignore[attr-defined]
    merged.poll()
    assert seconds(merged) == [0, 1]
    merged.poll()
    assert seconds(merged) == [0, 1, 2]


def test_the_oldest_is_let_go_of_and_nothing_renumbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two logs that take turns: if this fails, memory grows by hundreds of megabytes a day."""
    monkeypatch.setattr(log_merged, "MOST_RUNS", 20)
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    append(tmp_path / "a.log.1", line(0))
    append(one, line(0))
    append(two, line(1))
    merged, readers = follow(one, two)
    for second in range(2, 59, 2):
        append(one, line(second))
        append(two, line(second + 1))
        look(merged, readers)
    assert (len(merged._runs) <= 20, merged.first() > 0) == (True, True)
    assert merged.size() == 60
    assert seconds(merged) == list(range(merged.first(), 60))
    read_back(merged, readers)
    assert seconds(merged) == list(range(merged.first(), 60))
    assert (merged.back().whole, merged.back().reading) == (True, False)
    assert log_merged.FULL in merged.back().notes
    assert merged.back().back_to == merged.lines(merged.first(), 1)[0].at


def test_all_logs_unreadable_is_a_gap_one_is_none(tmp_path: Path) -> None:
    one, two = tmp_path / "a.log", tmp_path / "b.log"
    merged, readers = follow(one, two)
    gap = merged.gap()
    assert gap is not None
    assert gap.why == "absent"
    append(two, line(1))
    look(merged, readers)
    assert merged.gap() is None
    two.unlink()
    look(merged, readers)
    assert merged.notes() == (f"{two}: removed",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 50), max_size=30), min_size=2, max_size=4), st.integers(0, 2**32))
def test_no_line_is_lost_or_doubled(tmp_path_factory: object, steps: list[list[int]], seed: int) -> None:
    """Whatever comes into which log when: every line stands once, those of one log in its order."""
    folder = tmp_path_factory.mktemp("logs")  # type: ignore[attr-defined]
    paths = [folder / f"{n}.log" for n in range(len(steps))]
    chance = random.Random(seed)
    left = [[(n, second) for second in each] for n, each in enumerate(steps)]
    for path in paths:
        path.touch()
    merged, readers = follow(*paths)
    while any(left):
        for n in range(len(left)):
            some = chance.randint(0, 5)
            append(paths[n], *(line(second) for _, second in left[n][:some]))
            left[n] = left[n][some:]
        look(merged, readers)
    shown = merged.lines(0, 10_000)
    for n, path in enumerate(paths):
        assert [int(found.raw.split(b"*")[1].split()[0]) for found in shown if found.source == str(path)] == steps[n]
    assert [found.number for found in shown] == list(range(sum(map(len, steps))))


@pytest.mark.skipif(not shutil.which("journalctl"), reason="no systemd on this host")
def test_a_journal_takes_its_place_among_files(tmp_path: Path) -> None:
    """journalctl needs a moment to begin: if it is not waited for, its old lines stand behind all others."""
    add(tmp_path, "begun")
    path = tmp_path / "error.log"
    append(path, line(1).replace(b"2026/11/22", b"2026/11/23"), line(1).replace(b"2026/11/22 12", b"2026/11/24 23"))
    journal = HeldLog("syslog:x", (JournalSource(("SYSLOG_IDENTIFIER=nginx_web",), False, (f"--directory={tmp_path}",)),), 0, "log")
    readers = [FileLog(str(path), str(path), 0), journal]
    merged = MergedLog(readers)

    def is_there() -> bool:
        for reader in readers:
            reader.poll()
        merged.poll()
        return merged.size() == 44

    assert eventually(is_there)
    shown = merged.lines(0, 99)
    assert [found.source for found in shown] == [str(path), *["syslog:x"] * 42, str(path)]
    journal.close()
