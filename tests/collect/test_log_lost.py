"""Logs that were renamed, removed or cut while nginx writes to them: read where nginx has them open, on real files and of a real nginx."""

from __future__ import annotations

import http.client
import os
import subprocess
from pathlib import Path

from tests.collect.test_log_reader import append, count, line
from tests.real_nginx import CONF, eventually, free_port, running, system_nginx
from tui502.collect.collector import Collector
from tui502.collect.log_reader import HELD, FileLog
from tui502.read.plan import plan


def held(file: object) -> str:
    """An open file of ours, as a descriptor of nginx is named."""
    fd = file.fileno()  # type: ignore[attr-defined]
    found = os.fstat(fd)
    return f"{os.getpid()}/{fd}:{found.st_dev}:{found.st_ino}"


def raws(reader: FileLog) -> list[bytes]:
    return [raw + b"\n" for _, raw in reader.raws(reader.first(), 9999)]


def test_a_log_renamed_before_we_looked_is_read_with_the_new_one(tmp_path: Path) -> None:
    """logrotate without USR1: if this fails, everything since the rotation is invisible."""
    path, old = tmp_path / "error.log", tmp_path / "error.log.1"
    append(path, line(1))
    with path.open("ab") as nginx:
        path.rename(old)
        path.touch()
        reader = FileLog(str(path), str(path), 0, held=(held(nginx),))
        reader.poll()
        assert raws(reader) == [line(1)]
        append(old, line(2))
        append(path, line(3))
        assert reader.poll()
        assert (raws(reader), count(reader)) == ([line(1), line(2), line(3)], 3)
        assert reader.notes() == (HELD,)
        assert reader.gap() is None
        reader.read_older()
        while reader.go_back():
            pass
        assert raws(reader) == [line(1), line(2), line(3)]
        reader.close()


def test_a_log_removed_before_we_looked_is_read_through_nginx(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    with path.open("ab") as nginx:
        path.unlink()
        reader = FileLog(str(path), str(path), 0, held=(held(nginx),))
        reader.poll()
        assert (raws(reader), reader.gap()) == ([line(1)], None)
        nginx.write(line(2))
        nginx.flush()
        reader.poll()
        append(path, line(3))
        reader.poll()
        assert raws(reader) == [line(1), line(2), line(3)]
        reader.close()


def test_a_log_removed_while_we_look_is_no_gap_once_nginx_is_seen_to_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    reader = FileLog(str(path), str(path), 0)
    with path.open("ab") as nginx:
        reader.poll()
        path.unlink()
        reader.poll()
        assert reader.gap() is not None
        reader.also([held(nginx)])
        nginx.write(line(2))
        nginx.flush()
        reader.poll()
        assert (raws(reader), reader.gap(), count(reader)) == ([line(1), line(2)], None, 2)
        reader.close()


def test_a_descriptor_that_is_another_file_by_now_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(1))
    with (tmp_path / "other").open("ab") as other:
        reader = FileLog(str(path), str(path), 0, held=(f"{held(other)}9", "999999999/3:1:1"))
        reader.poll()
        assert (raws(reader), reader.notes()) == ([line(1)], ())
        reader.close()


def test_a_log_cut_and_longer_again_between_two_looks_is_read_from_its_start(tmp_path: Path) -> None:
    """copytruncate under load: if this fails, the first records after it are lost and half a line is shown."""
    path = tmp_path / "error.log"
    append(path, line(1))
    reader = FileLog(str(path), str(path), 0)
    reader.poll()
    with path.open("r+b") as out:
        out.truncate(0)
        out.writelines(line(second, 4000) for second in range(2, 9))
    reader.poll()
    assert raws(reader) == [line(second, 4000) for second in range(2, 9)]
    assert (reader.notes(), count(reader)) == (("truncated: read again from its start",), 8)
    reader.close()


def test_a_clock_that_goes_back_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    append(path, line(50))
    reader = FileLog(str(path), str(path), 0)
    reader.poll()
    append(path, line(10), line(11))
    reader.poll()
    (tally,) = reader.seen().tallies
    assert (raws(reader), tally.count, tally.last - tally.first) == ([line(50), line(10), line(11)], 3, 40.0)
    reader.close()


def test_notes_are_bounded(tmp_path: Path) -> None:
    """A log that is rotated every second tells of it, but not for ever more."""
    path = tmp_path / "error.log"
    append(path, line(1))
    reader = FileLog(str(path), str(path), 0)
    for turn in range(60):
        reader.poll()
        path.write_bytes(b"")
        reader.poll()
        append(path, line(turn))
        reader.poll()
        path.unlink()
        reader.poll()
        append(path, line(turn))
    assert len(reader.notes()) == 20
    reader.close()


def test_what_a_real_nginx_prints_is_read_where_somebody_writes_it(tmp_path: Path) -> None:
    """Under supervisord and its like standard error is a pipe: if this fails, such an nginx has no error log."""
    listen, backend, out = free_port(), free_port(), tmp_path / "taken.log"
    conf = tmp_path / "nginx.conf"
    site = f"server {{ listen 127.0.0.1:{listen}; location / {{ proxy_pass http://127.0.0.1:{backend}; }} }}"
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "one.conf").write_text(site)
    conf.write_text(CONF.format(dir=tmp_path, port=free_port(), user="").replace(f"error_log {tmp_path}/error.log;", "error_log stderr;"))
    with out.open("ab") as taken, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=taken) as taker:
        with subprocess.Popen([system_nginx(), "-c", str(conf)], stdin=subprocess.DEVNULL, stderr=taker.stdin) as nginx:
            try:
                assert eventually(lambda: status_of(listen) == 502)
                assert eventually(lambda: b"connect() failed" in out.read_bytes())
                seen = Collector(conf=str(conf), pid=nginx.pid, probing=False).gather(plan).logs["stderr"]
                assert seen.value is not None, seen.gap
                assert seen.value.place == str(out)
                assert {tally.symptom for tally in seen.value.tallies} == {"connection_refused"}
            finally:
                nginx.terminate()
        taker.communicate()


def status_of(port: int) -> int:
    """What nginx answers there, 0 while nobody listens."""
    ask = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        ask.request("GET", "/")
        return ask.getresponse().status
    except ConnectionRefusedError:
        return 0
    finally:
        ask.close()


def test_what_a_real_nginx_writes_after_its_log_was_removed(tmp_path: Path) -> None:
    """From the search for nginx to the tallies: if this fails, `rm error.log` hides an outage."""
    listen, backend = free_port(), free_port()
    site = f"server {{ listen 127.0.0.1:{listen}; location / {{ proxy_pass http://127.0.0.1:{backend}; }} }}\n"
    with running(tmp_path, system_nginx(), included=site) as nginx:
        log = tmp_path / "error.log"
        log.unlink()
        assert status_of(listen) == 502
        assert not log.exists()
        evidence = Collector(conf=str(nginx.conf), pid=nginx.pid, probing=False).gather(plan)
        seen = evidence.logs[str(log)]
        assert seen.value is not None, seen.gap
        assert [(tally.symptom, tally.count) for tally in seen.value.tallies] == [("connection_refused", 1)]
        assert HELD in seen.value.notes
