"""Logs in systemd's journal, through the real journalctl on journals that systemd-journal-remote wrote: one with 40 refused connects of nginx, a record with
line feeds and raw bytes, a line of an access log and the output of another service; one with three refused connects more."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_nginx import eventually
from tui502.collect import log_journal
from tui502.collect.log_held import HeldLog
from tui502.collect.log_journal import JournalSource
from tui502.collect.log_open import open_log
from tui502.host.following import Following, follow
from tui502.model.evidence import Gap, Look

JOURNALS = Path(__file__).parent / "journals"
NGINX = "SYSLOG_IDENTIFIER=nginx_web"

pytestmark = pytest.mark.skipif(not shutil.which("journalctl"), reason="no systemd on this host")


def add(folder: Path, name: str) -> None:
    """Put a journal into the folder, whole at once."""
    part = folder / "part"
    part.write_bytes(gzip.decompress((JOURNALS / f"{name}.journal.gz").read_bytes()))
    part.rename(folder / f"{name}.journal")


def source(folder: Path, *matches: str, access: bool = False) -> JournalSource:
    return JournalSource(matches, access, (f"--directory={folder}",))


def opened(folder: Path, *matches: str, access: bool = False) -> HeldLog:
    log = HeldLog("syslog:x", (source(folder, *matches, access=access),), 0, "access_log" if access else "log")
    log.poll()
    assert eventually(lambda: not (log.poll() or log.awaits()))
    return log


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add(tmp_path, "begun")
    return tmp_path


def test_records_of_nginx_are_read_and_counted(folder: Path) -> None:
    """If this fails, an nginx that logs to syslog under systemd is said to have no errors."""
    log = opened(folder, NGINX)
    assert (log.size(), log.gap(), log.notes()) == (42, None, ())
    first, second = log.lines(40, 2)
    assert (first.symptom, first.peer, second.symptom) == ("fastcgi_stderr", "unix:/x.sock", "")
    assert second.raw.startswith(b"#0 b\x1b\xff")
    seen = log.seen()
    assert {tally.symptom: tally.count for tally in seen.tallies} == {"connection_refused": 40, "fastcgi_stderr": 1}
    assert seen.place == f"the journal, {NGINX}"
    log.close()


def test_error_and_access_lines_of_one_journal_are_told_apart(folder: Path) -> None:
    """If this fails, access lines pass for parts of error records, or are counted as errors."""
    for matches, access, lines in (
        ((NGINX,), True, [b'1.1.1.1 - - [24/Nov/2026:14:00:51 +0000] "GET / HTTP/1.1" 502 150 "-" "curl"']),
        (("_SYSTEMD_UNIT=web.service",), True, [b'1.1.1.1 - - [24/Nov/2026:14:00:53 +0000] "GET /b HTTP/1.1" 200 150 "-" "curl"']),
        (
            ("_SYSTEMD_UNIT=web.service",),
            False,
            [b'2026/11/24 14:00:52 [error] 80#80: *1 FastCGI sent in stderr: "PHP message: boom', b"#0 /srv/x.php(3): f()"],
        ),
    ):
        log = opened(folder, *matches, access=access)
        assert [raw for _, raw in log.raws(0, 9)] == lines
        log.close()


def test_what_comes_later_is_followed(folder: Path) -> None:
    log = opened(folder, NGINX)
    add(folder, "later")
    assert eventually(lambda: log.poll() and log.size() == 45)
    assert b"*102 connect" in log.raws(44, 1)[0][1]
    log.close()


def test_older_messages_are_read_when_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, O shows nothing of a journal, or the same lines twice."""
    monkeypatch.setattr(log_journal, "FIRST", 10)
    log = opened(folder, NGINX)
    shown = log.raws(0, 1)
    assert log.size() < 42
    log.read_older()
    assert eventually(lambda: not log.go_back())
    assert log.size() - log.first() == 42
    assert log.raws(0, 1) == shown
    assert b"*0 connect" in log.raws(log.first(), 1)[0][1]
    assert (log.back().whole, sum(tally.count for tally in log.seen().tallies)) == (True, 41)
    log.close()


def test_journalctl_that_dies_is_started_again_where_it_stopped(folder: Path) -> None:
    log = opened(folder, NGINX)
    assert eventually(lambda: len(children()) == 1)
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    assert eventually(lambda: log.poll() and bool(log.notes()))
    assert "started again" in log.notes()[0]
    add(folder, "later")
    assert eventually(lambda: log.poll() and log.size() == 45)
    log.close()
    assert children() == []


def test_no_journalctl_outlives_us(folder: Path) -> None:
    """If this fails, each tui502 that is killed leaves a process behind."""
    program = (
        "import sys, time\nfrom tui502.collect.log_journal import JournalSource\n"
        "source = JournalSource(('SYSLOG_IDENTIFIER=none',), False, ('--directory=' + sys.argv[1],))\n"
        "source.new()\nwhile source.awaits():\n    source.new()\n"
        "print(source._printed.program._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    ours = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE)
    try:
        assert ours.stdout is not None
        child = int(ours.stdout.readline())
        assert eventually(lambda: b"--follow" in Path(f"/proc/{child}/cmdline").read_bytes())
    finally:
        ours.kill()
        ours.communicate()
    assert eventually(lambda: not Path(f"/proc/{child}/cmdline").exists() or Path(f"/proc/{child}/cmdline").read_bytes() == b"")


def test_no_journal_is_a_gap_with_the_command(tmp_path: Path) -> None:
    log = HeldLog("syslog:x", (source(tmp_path, NGINX),), 0, "log")
    assert eventually(lambda: log.poll() and log.gap() is not None)
    gap = log.gap()
    assert gap is not None
    assert (gap.source, gap.why) == ("syslog:x", "absent")
    assert gap.hint.startswith("sudo journalctl --directory=")
    log.close()


def test_those_who_may_not_read_it_all_are_told(tmp_path: Path) -> None:
    """journalctl's own words to a user of no group: from the source of systemd 252."""
    said = b"Hint: You are currently not seeing messages from other users and the system.\n"
    gap = source(tmp_path, NGINX)._denied(said)
    assert gap is not None
    assert gap.why == "denied"


def test_a_program_is_read_without_waiting_for_it() -> None:
    """If this fails, a slow journalctl holds up every other log."""
    started = follow(("sleep", "30"))
    assert isinstance(started, Following)
    assert (started.read(100), started.said(), started.code()) == (b"", b"", None)
    started.close()
    assert started.code() == -signal.SIGKILL
    assert isinstance(follow(("no-such-program",)), Gap)


@pytest.mark.parametrize("match", ["--cursor-file=/x", "-D", "/usr/sbin/nginx", "+", "A=b --rotate", "A=", "A=-b", "a=b", "A=b\0", "A=b\n", "A=b\xa0-D"])
def test_what_is_no_match_never_becomes_a_word_of_journalctl(match: str) -> None:
    """If this fails, whoever may write a configuration or name a cgroup has root make files anywhere."""
    with pytest.raises(ValueError, match="no match"):
        JournalSource((match,), False)
    with pytest.raises(ValueError, match="no match"):
        open_log(Look("x", "log", (f"journal:{match}",), 0, 1.0, None, ""), None)


def test_matches_stand_behind_all_options(folder: Path) -> None:
    argv = source(folder, NGINX)._argv("--lines=1")
    assert argv[-2:] == ("--", NGINX)


def test_a_program_is_started_without_code_of_ours_between_fork_and_exec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may hold a lock just then. If this fails, a child hangs for ever now and then."""
    asked: list[dict[str, object]] = []
    real = subprocess.Popen.__init__
    monkeypatch.setattr(subprocess.Popen, "__init__", lambda self, *args, **options: (asked.append(options), real(self, *args, **options))[1])
    started = follow(("true",))
    assert isinstance(started, Following)
    assert eventually(lambda: started.code() == 0)
    started.close()
    assert asked[0].get("preexec_fn") is None


def children() -> list[int]:
    """The journalctls that this process has started and that run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
                if parent == os.getpid() and (entry / "cmdline").read_bytes().startswith(b"/usr/bin/journalctl"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
