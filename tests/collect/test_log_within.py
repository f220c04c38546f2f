"""Lines of nginx that stand among others: in a syslog daemon's file, in the log of a container, in a file that somebody writes nginx's output to."""

from __future__ import annotations

import json
from pathlib import Path

from tests.collect.test_log_reader import append, line
from tui502.collect.log_held import HeldLog
from tui502.collect.log_open import open_log
from tui502.model.evidence import Look

ACCESS = b'1.1.1.1 - - [22/Nov/2026:12:00:00 +0000] "GET /a HTTP/1.1" 502 1 "-" "x"\n'


def opened(*places: str, kind: str = "log") -> HeldLog:
    log = open_log(Look("target", kind, places, 0, 3.0, None, ""), None)  # type: ignore[arg-type]
    assert isinstance(log, HeldLog)
    log.poll()
    return log


def raws(log: HeldLog) -> list[bytes]:
    return [raw for _, raw in log.raws(log.first(), 10_000)]


def docker(text: bytes, stream: str = "stderr") -> bytes:
    return json.dumps({"log": text.decode("latin-1"), "stream": stream, "time": "2026-11-22T12:00:00.1Z"}).encode() + b"\n"


def test_a_syslog_file_gives_only_the_lines_of_the_tag(tmp_path: Path) -> None:
    """If this fails, lines of cron count as parts of nginx's records, or other tags are taken for this nginx."""
    path = tmp_path / "syslog"
    mine = b"Nov 22 12:00:01 web nginx_web: " + line(1)
    append(path, b"Nov 22 12:00:00 web cron[7]: (root) CMD (x)\n", mine, b"Nov 22 12:00:02 web nginx: " + line(2), b"Nov 22 12:00:03 web nginx_web: " + ACCESS)
    log = opened(f"syslog:nginx_web:{path}")
    assert raws(log) == [mine[:-1]]
    assert [(tally.symptom, tally.count) for tally in log.seen().tallies] == [("connection_refused", 1)]
    assert log.lines(0, 1)[0].peer == "127.0.0.1:3000"
    append(path, b"<187>2026-11-22T12:00:04+00:00 web nginx_web[9]: " + line(4))
    assert log.poll()
    assert log.size() == 2
    access = opened(f"syslog:nginx_web:{path}", kind="access_log")
    assert raws(access) == [ACCESS[:-1]]
    assert [(tally.symptom, tally.count) for tally in access.seen().tallies] == [("502", 1)]
    log.close()
    access.close()


def test_the_first_place_that_gives_lines_is_taken(tmp_path: Path) -> None:
    """If this fails, an nginx whose lines come into /var/log/messages is read from a /var/log/syslog that does not have them."""
    one, two = tmp_path / "one", tmp_path / "two"
    append(one, b"Nov 22 12:00:00 web cron[7]: x\n")
    log = opened(f"syslog:nginx:{one}", f"syslog:nginx:{two}")
    assert (log.size(), log.gap()) == (0, None)
    assert "no line of nginx was found yet" in log.notes()[0]
    append(two, b"Nov 22 12:00:02 web nginx: " + line(2))
    log.poll()
    assert (log.size(), log.seen().place) == (1, f"{two}, as nginx")
    append(one, b"Nov 22 12:00:02 web nginx: " + line(3))
    assert not log.poll()
    log.close()


def test_a_file_that_is_full_of_others_is_read_back_for_a_while(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    append(path, b"Nov 22 12:00:02 web nginx: " + line(2), *[b"Nov 22 12:00:02 web other: %d\n" % n for n in range(20_000)])
    log = opened(f"syslog:nginx:{path}")
    assert log.size() == 1
    log.close()


def test_older_lines_come_on_demand_from_rotated_files_too(tmp_path: Path) -> None:
    """If this fails, O shows nothing of a syslog file."""
    path = tmp_path / "messages"
    append(tmp_path / "messages.1", *[b"Nov 22 12:00:02 web nginx: " + line(second) for second in range(100)])
    append(path, *[b"Nov 22 12:00:02 web nginx: " + line(second) for second in range(100, 1000)])
    log = opened(f"syslog:nginx:{path}")
    assert 0 < log.size() < 500
    shown = log.raws(0, 1)
    log.read_older()
    while log.go_back():
        pass
    assert log.raws(0, 1) == shown
    assert [int(raw.split(b"*")[1].split()[0]) for raw in raws(log)] == list(range(1000))
    assert sum(tally.count for tally in log.seen().tallies) == 1000
    log.close()


def test_a_container_log_of_docker(tmp_path: Path) -> None:
    """Streams are told apart, what was split is put together, a trace stays with its record."""
    path = tmp_path / "x-json.log"
    trace = b'2026/11/22 12:00:09 [error] 7#7: *1 FastCGI sent in stderr: "PHP message: boom\n'
    append(path, docker(ACCESS, "stdout"), docker(line(1)), docker(trace), docker(ACCESS, "stdout"), docker(b"#0 /srv/x.php(3)\n"), b'{"log": broken\n')
    append(path, docker(line(2)[:60]), docker(line(2)[60:]), docker(b"10-listen-on-ipv6: info\n", "stdout"))
    log = opened(f"container:{path}")
    assert raws(log) == [line(1)[:-1], trace[:-1], b"#0 /srv/x.php(3)", line(2)[:-1]]
    access = opened(f"container:{path}", kind="access_log")
    assert raws(access) == [ACCESS[:-1]] * 2
    path.rename(tmp_path / "x-json.log.1")
    append(path, docker(line(3)))
    assert log.poll()
    assert raws(log)[-1] == line(3)[:-1]
    assert "rotated: the path leads to a new file" in log.notes()
    log.close()
    access.close()


def test_a_container_log_of_kubernetes(tmp_path: Path) -> None:
    path = tmp_path / "c.log"
    head = b"2026-11-22T12:00:00.1Z stderr "
    append(path, b"2026-11-22T12:00:00.1Z stdout F " + ACCESS, head + b"P " + line(1)[:50] + b"\n", head + b"F " + line(1)[50:])
    log = opened(f"container:{path}")
    assert raws(log) == [line(1)[:-1]]
    log.close()


def test_output_that_somebody_writes_to_a_file(tmp_path: Path) -> None:
    """supervisord and its like: records and access lines in one file."""
    path = tmp_path / "out.log"
    append(path, b"starting\n", line(1), ACCESS, b'2026/11/22 12:00:09 [error] 7#7: *1 FastCGI sent in stderr: "a\n', b"#0 b\n")
    log = opened(f"output:{path}")
    assert [found.symptom for found in log.lines(0, 9)] == ["connection_refused", "fastcgi_stderr", ""]
    log.close()


def test_no_file_is_a_gap_until_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "gone.log"
    log = opened(f"container:{path}")
    gap = log.gap()
    assert gap is not None
    assert (gap.source, gap.why) == ("target", "absent")
    append(path, docker(line(1)))
    log.poll()
    assert (log.gap(), log.size()) == (None, 1)
    log.close()


def test_memory_is_bounded_and_numbers_stay(tmp_path: Path) -> None:
    """If this fails, a flood fills the memory of the host that has a fault already."""
    path = tmp_path / "out.log"
    append(path, line(0))
    log = opened(f"output:{path}")
    flood = b"".join(line(second % 60) for second in range(20_000))
    for _ in range(9):
        append(path, flood)
        while log.poll():
            pass
    assert log.size() == 180_001
    assert sum(piece.size() for piece in log._pieces) <= 26 * 1024 * 1024
    assert log.lines(0, 3) == []
    assert log.lines(180_000, 3)[0].number == 180_000
    assert sum(tally.count for tally in log.seen().tallies) == 180_001
    log.close()


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    append(path, line(0))
    before = len(list(Path("/proc/self/fd").iterdir()))
    log = opened(f"output:{path}", f"output:{tmp_path / 'other'}")
    log.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not log.poll()
