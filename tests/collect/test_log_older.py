"""Rotated files read on request, newest first: their lines get numbers below 0, their records are counted, and nothing is read twice."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.collect.test_log_reader import append, count, follow, line
from tests.real_nginx import eventually
from tui502.collect.log_packed import SPAN, PackedSegment
from tui502.collect.log_reader import FileLog
from tui502.collect.log_rotated import rotated
from tui502.collect.logs import LogWatch
from tui502.model.evidence import Look


def pack(path: Path, data: bytes, written: float) -> None:
    path.write_bytes(gzip.compress(data, 1))
    os.utime(path, (written, written))


def plain(path: Path, data: bytes, written: float) -> None:
    path.write_bytes(data)
    os.utime(path, (written, written))


def all_back(reader: FileLog) -> None:
    reader.read_older()
    while reader.go_back():
        pass


def numbered(reader: FileLog) -> list[bytes]:
    """All lines, each with its number where it belongs."""
    found = reader.lines(reader.first(), reader.size() - reader.first())
    assert [one.number for one in found] == list(range(reader.first(), reader.size()))
    return [one.raw + b"\n" for one in found]


def made(folder: Path) -> tuple[Path, list[bytes]]:
    """A log with three rotated files, one of them packed in two members."""
    lines = [line(second) for second in range(400)]
    pack(folder / "error.log.3.gz", b"".join(lines[:50]), 1000)
    (folder / "error.log.3.gz").write_bytes(gzip.compress(b"".join(lines[:50])) + gzip.compress(b"".join(lines[50:100])))
    os.utime(folder / "error.log.3.gz", (1000, 1000))
    plain(folder / "error.log-20261121", b"".join(lines[100:200]), 2000)
    plain(folder / "error.log.1", b"".join(lines[200:300]), 3000)
    plain(folder / "error.log.0", b"", 4000)
    plain(folder / "other.log.1", line(999), 2500)
    path = folder / "error.log"
    append(path, *lines[300:])
    return path, lines


def test_only_the_files_of_this_log_are_its_older_ones(tmp_path: Path) -> None:
    """If this fails, another log's failures count as this one's."""
    path, _ = made(tmp_path)
    for name in ("error.log.old", "error.log.bak.1", "my-error.log.1", "error.log.1.txt", "error.logs.1"):
        plain(tmp_path / name, b"x\n", 100)
    (tmp_path / "error.log.7").mkdir()
    (tmp_path / "error.log.8").symlink_to("/etc/passwd")
    plain(tmp_path / "error-20261120.log.xz", b"x", 500)
    assert [Path(one.path).name for one in rotated(str(path))] == ["error.log.1", "error.log-20261121", "error.log.3.gz", "error-20261120.log.xz"]


def test_older_lines_stand_before_the_others_and_are_counted(tmp_path: Path) -> None:
    path, lines = made(tmp_path)
    reader = follow(path)
    assert (reader.first(), reader.size(), reader.back().files, reader.back().reading) == (0, 100, 3, False)
    before = reader.lines(0, 100)
    all_back(reader)
    assert numbered(reader) == lines
    assert reader.lines(0, 100) == before, "nothing is renumbered"
    assert count(reader) == 400
    back = reader.back()
    assert (back.reading, back.files, back.notes) == (False, 0, ())
    assert back.done == back.total == sum((tmp_path / name).stat().st_size for name in ("error.log.3.gz", "error.log-20261121", "error.log.1"))
    assert back.back_to == before[0].at - 300
    all_back(reader)
    assert (count(reader), reader.first()) == (400, -300), "asked again, nothing is read twice"


def test_what_stands_before_the_window_comes_first(tmp_path: Path) -> None:
    path, lines = tmp_path / "error.log", [line(second) for second in range(30000)]
    append(path, *lines)
    plain(tmp_path / "error.log.1", line(70000), 1000)
    reader = follow(path)
    newest = reader.size()
    reader.read_older()
    assert reader.go_back()
    assert reader.back().reading
    assert 0 < reader.back().done < reader.back().total
    assert reader.first() < 0
    assert reader.lines(-1, 1)[0].raw + b"\n" == lines[-newest - 1]
    while reader.go_back():
        pass
    assert numbered(reader) == [line(70000), *lines]
    assert count(reader) == 30001


def test_it_is_stopped_and_goes_on(tmp_path: Path) -> None:
    """If this fails, a person who asked for gigabytes must wait for them."""
    path, lines = made(tmp_path)
    reader = follow(path)
    reader.read_older()
    assert reader.go_back()
    reader.stop_older()
    assert not reader.go_back()
    at = reader.first()
    assert not reader.back().reading
    assert not reader.go_back()
    assert (reader.first(), reader.back().files) == (at, 3)
    all_back(reader)
    assert numbered(reader) == lines
    assert count(reader) == 400


def test_progress_never_goes_back(tmp_path: Path) -> None:
    path, _ = made(tmp_path)
    pack(tmp_path / "error.log.4.gz", b"".join(line(second) for second in range(50000)), 500)
    reader = follow(path)
    reader.read_older()
    seen = [reader.back().done]
    while reader.go_back():
        seen.append(reader.back().done)
        assert reader.back().done <= reader.back().total
    assert seen == sorted(seen)
    assert count(reader) == 50400


def test_what_was_followed_is_never_read_again(tmp_path: Path) -> None:
    """A log that is rotated and packed while it is followed: its records were counted already."""
    path, lines = made(tmp_path)
    reader = follow(path)
    append(path, line(500))
    reader.poll()
    path.rename(tmp_path / "error.log.2")
    append(path, line(501))
    reader.poll()
    (tmp_path / "error.log.9.gz").write_bytes(gzip.compress((tmp_path / "error.log.2").read_bytes()))
    all_back(reader)
    assert numbered(reader) == [*lines, line(500), line(501)]
    assert count(reader) == 402


@pytest.mark.parametrize("harm", ["cut", "garbled", "no gzip", "xz"])
def test_a_damaged_file_gives_what_it_has_and_says_so(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    data = gzip.compress(b"".join(line(second) for second in range(30000)), 1)
    broken = {
        "cut": data[: len(data) // 2],
        "garbled": data[: len(data) // 2] + b"\xff" * 999 + data[len(data) // 2 + 999 :],
        "no gzip": b"no gzip\n" * 99,
        "xz": b"x",
    }
    plain(tmp_path / f"error.log.1.{'xz' if harm == 'xz' else 'gz'}", broken[harm], 1000)
    plain(tmp_path / "error.log.2", line(7), 500)
    reader = follow(path)
    all_back(reader)
    assert reader.lines(reader.first(), 1)[0].raw + b"\n" == line(7), "the file after it is read"
    assert (reader.size() - reader.first() > 5000) == (harm in ("cut", "garbled"))
    (note,) = reader.back().notes
    assert note.startswith("error.log.1.")
    assert note in reader.notes()


def test_packed_text_is_read_at_any_offset(tmp_path: Path) -> None:
    """If this fails, a page of an old log shows another page."""
    for size in (0, 1, SPAN - 1, SPAN, 2 * SPAN + 17):
        text = (b"".join(b"%d\n" % n for n in range(size // 4 + 1)))[:size]
        (tmp_path / "x.gz").write_bytes(gzip.compress(text, 1))
        segment = PackedSegment(os.open(tmp_path / "x.gz", os.O_RDONLY), (0, 0), None)  # type: ignore[arg-type]
        while segment.unpack():
            pass
        assert (segment.size(), segment.why) == (size, "")
        for at in (0, SPAN - 3, SPAN, size // 2, max(0, size - 5), size):
            assert segment.read(at, 1000) == text[at : at + 1000]
        assert segment.read(0, size) == text
        segment.close()
        assert segment.read(0, 10) == b""


def test_a_line_longer_than_a_block_costs_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(5))
    plain(tmp_path / "error.log.1", line(1) + b"x" * 600_000 + b"\n" + line(2) + line(3)[:-1], 1000)
    reader = follow(path)
    all_back(reader)
    raws = [raw for _, raw in reader.raws(reader.first(), 99)]
    assert [raws[0], *raws[2:]] == [line(1)[:-1], line(2)[:-1], line(3)[:-1], line(5)[:-1]]
    assert set(raws[1]) == {ord("x")}


def test_the_thread_that_follows_reads_back(tmp_path: Path) -> None:
    """If this fails, O waits for ever, or reads where keys are answered."""
    path, lines = made(tmp_path)
    watch = LogWatch(lambda *_: None, lambda error: None)
    watch.want([Look(str(path), "log", (str(path),), 0, 3.0, None, "")], None)
    (reader,) = watch.readers()
    reader.read_older()
    assert eventually(lambda: reader.first() == -300 and not reader.back().reading)
    watch.stop()
    assert numbered(reader) == lines


def test_closed_while_it_reads(tmp_path: Path) -> None:
    path, _ = made(tmp_path)
    reader = follow(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    reader.read_older()
    for _ in range(3):
        reader.go_back()
    reader.close()
    assert not reader.go_back()
    assert len(list(Path("/proc/self/fd").iterdir())) < before
