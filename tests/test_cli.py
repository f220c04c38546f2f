"""The command line: exit codes, what goes where, and bad input."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builder import Host
from tests.incidents.record import HERE
from tui502.cli.parse import parser
from tui502.cli.texts import told
from tui502.investigate import investigate

WRONG_PORT, HEALTHY = (str(HERE / name / "evidence.tui502") for name in ("wrong-port", "healthy"))


def tui502(*argv: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tui502", *argv], input=stdin, capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})


@pytest.mark.parametrize("argv", [(), ("demo",), ("replay", WRONG_PORT)])
def test_without_a_terminal_it_says_so(argv: tuple[str, ...]) -> None:
    """If this fails, a pipe or cron job hangs or gets escape sequences."""
    done = tui502(*argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no terminal" in done.stderr


def test_version_and_help_need_nothing() -> None:
    assert tui502("--version").stdout.startswith("tui502 ")
    assert "demo" in tui502("--help").stdout


def test_the_runner_is_no_public_command() -> None:
    assert "_runner" not in tui502("--help").stdout


@pytest.mark.parametrize(("recorded", "code", "verdict"), [(WRONG_PORT, 1, "cause_found"), (HEALTHY, 0, "no_fault")])
def test_a_replayed_diagnosis_has_the_exit_code_of_its_verdict(recorded: str, code: int, verdict: str) -> None:
    """If this fails, scripts that rely on the exit code are wrong."""
    done = tui502("replay", recorded, "--json")
    assert done.returncode == code
    document = json.loads(done.stdout)
    assert (document["schema"], document["verdict"]) == (1, verdict)


def test_a_cause_was_found_also_where_something_else_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a script takes a named cause for none because another site fails for a reason that nobody knows."""
    host = Host(test=b'nginx: [emerg] unknown directive "bogus" in /etc/nginx/sites-enabled/app:1\n', test_code=1)
    host.fails("127.0.0.1:3000", symptom="invalid_header", count=40)
    found = investigate(host.evidence())
    assert (found.verdict, [finding.cause for finding in found.findings]) == ("undecided", ["config_invalid"])
    assert told(found, 0.0, as_json=False) == 1
    assert told(replace(found, findings=()), 0.0, as_json=True) == 3
    assert "nginx -t" in capsys.readouterr().out


def test_a_damaged_recording_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x1f\x8bnothing")
    done = tui502("replay", str(tmp_path / "x"))
    assert done.returncode == 2
    assert "no recording, or is damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_told_in_a_line() -> None:
    done = tui502("replay", "/nonexistent/x")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize(
    ("argv", "said"),
    [(("replay", "/nonexistent/x"), "/nonexistent/x: no such file"), (("fix", "--keep-after", "abc"), "'abc' is no number of seconds between 1 and 86400")],
)
def test_what_is_wrong_with_a_word_is_said(argv: tuple[str, ...], said: str) -> None:
    """If this fails, a person reads of "regular files" and "_seconds" and still does not know what to type."""
    done = tui502(*argv)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_file_is_not_recorded_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    done = tui502("record", str(tmp_path / "x"))
    assert (done.returncode, (tmp_path / "x").read_text()) == (2, "mine")


def test_a_report_of_a_recording_is_markdown() -> None:
    done = tui502("report", WRONG_PORT)
    assert done.returncode == 0
    assert done.stdout.startswith("# ")


def test_explain_reads_standard_input() -> None:
    """If this fails, a line pasted from anywhere cannot be asked about; unknown lines pass through."""
    line = (
        "2026/11/22 03:14:05 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.24, server: a, "
        'request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:3000/", host: "a"\n'
    )
    done = tui502("explain", "--json", stdin="something else\n" + line)
    second, first = map(json.loads, done.stdout.splitlines())
    assert (first["symptom"], first["peer"], second["symptom"]) == ("connection_refused", "127.0.0.1:3000", None)


LOG = b"2026/11/22 03:14:05 [error] 7#7: *1 no live upstreams while connecting to upstream\n" * 20000


def test_explain_reads_packed_logs(tmp_path: Path) -> None:
    """If this fails, older logs have to be unpacked by hand; a damaged one says nothing of what can be read."""
    packed = gzip.compress(LOG)
    for name, data, code in (("whole.gz", packed, 0), ("cut.gz", packed[:-9], 2)):
        (tmp_path / name).write_bytes(data)
        done = tui502("explain", "--json", str(tmp_path / name))
        assert (done.returncode, "damaged" in done.stderr) == (code, code == 2)
        assert json.loads(done.stdout.splitlines()[0])["symptom"] == "no_live_upstream"


def test_explain_stops_when_nobody_reads(tmp_path: Path) -> None:
    """If this fails, `explain | head` ends in a traceback, or works on for minutes."""
    (tmp_path / "log").write_bytes(LOG)
    command = [sys.executable, "-m", "tui502", "explain", str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "1: no_live_upstream · 502\n".encode()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("path", ["/", "/none/x.log"])
def test_explain_of_what_is_no_log(path: str) -> None:
    done = tui502("explain", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tui502: {path}: ")


def test_nothing_is_fixed_where_nothing_is_offered(tmp_path: Path) -> None:
    """If this fails, `fix` does something where no nginx runs."""
    (tmp_path / "nginx.conf").write_text("events {}\n")
    done = tui502("fix", "--yes", "--conf", str(tmp_path / "nginx.conf"), "--no-probe", env={"TUI502_STATE": str(tmp_path)})
    assert done.returncode == 4
    assert "REFUSED" in done.stderr


def test_a_missing_configuration_is_no_traceback(tmp_path: Path) -> None:
    done = tui502("diagnose", "--conf", str(tmp_path / "none.conf"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.conf: there is no such file" in done.stderr


DEMO = [("demo", "--random", "wrong-port"), ("demo", "--random", "--list")]
WRONG = [("fix", "--yes", "--dry-run"), ("fix", "--keep-after", "0"), ("nonsense",), ("--pid", "x"), *DEMO]


@pytest.mark.parametrize("argv", WRONG)
def test_a_wrong_word_is_usage(argv: tuple[str, ...]) -> None:
    assert tui502(*argv).returncode == 2


@pytest.mark.parametrize("option", [("--conf", "/x"), ("--nginx", "/x"), ("--pid", "7"), ("--read-only",), ("--no-probe",)])
@pytest.mark.parametrize("command", [("fix",), ("undo",), ("diagnose",), ("record", "file"), ("report",)])
def test_an_option_holds_before_and_behind_the_command(option: tuple[str, ...], command: tuple[str, ...]) -> None:
    """If this fails, `tui502 --conf F fix --yes` changes another nginx than the one that was named."""
    before, behind = (vars(parser().parse_args([*words])) for words in ((*option, *command), (*command, *option)))
    name = option[0].lstrip("-").replace("-", "_")
    assert before == behind
    assert before[name] in ("/x", 7, True)
