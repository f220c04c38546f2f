"""stale_socket: the file is there and nobody listens. On a unix socket "refused" means just that; what differs is who should listen."""

import pytest

from tests.builder import ERRORS, Host, without
from tui502.causes import stale_socket
from tui502.investigate import investigate
from tui502.model.evidence import PathPart
from tui502.model.findings import Finding
from tui502.read import keys
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}
SOCK = "/run/shop/shop.sock"
SITE = "server { listen 80; server_name shop.example.com; location / { proxy_pass http://unix:%s; } }"
GUNICORN = "{ path=/x ; argv[]=/usr/bin/gunicorn -b unix:/run/shop/shop.sock app ; ignore_errors=no ; }"


def killed(state: str = "failed", **properties: str) -> Host:
    """shop.service, which names the socket, is in `state`; its socket was left behind."""
    host = Host(sites={"shop": SITE % SOCK})
    if state:
        host.unit("shop.service", state, ExecStart=GUNICORN, Result="signal" if state == "failed" else "success", **properties)
    host.fails(f"unix:{SOCK}", server="shop.example.com", host="shop.example.com")
    host.connect(f"unix:{SOCK}", "refused")
    host.way(SOCK)
    return host


def findings(host: Host) -> tuple[Finding, ...]:
    evidence = host.evidence()
    return stale_socket.judge(evidence, read_facts(evidence)).findings


def test_leftover_of_a_killed_service_is_proven() -> None:
    (finding,) = findings(killed())
    assert finding.certainty == "proven"
    assert finding.summary == "shop.example.com is down: /run/shop/shop.sock is a leftover, nobody listens on it; shop.service is failed"


def test_it_is_one_finding() -> None:
    """If this fails, the same start is offered twice under two names."""
    for state in ("failed", "inactive"):
        assert [each.cause for each in investigate(killed(state).evidence()).findings] == ["stale_socket"]


@pytest.mark.parametrize(("state", "verb", "undo"), [("failed", "start", "stop"), ("inactive", "start", "stop"), ("active", "restart", "restart")])
def test_owner_is_started_or_restarted(state: str, verb: str, undo: str) -> None:
    (fix,) = findings(killed(state))[0].fixes
    (command,) = fix.commands
    assert (command.argv, command.undo) == (("systemctl", verb, "shop.service"), ("systemctl", undo, "shop.service"))
    assert command.ready.key == keys.connect_key(f"unix:{SOCK}")
    assert (command.interrupts == "nothing") == (verb == "start")


def test_the_file_is_never_removed() -> None:
    for state in ("failed", "inactive", "active", ""):
        assert not any("rm" in command.argv or "unlink" in command.argv for each in findings(killed(state)) for fix in each.fixes for command in fix.commands)


def test_program_of_supervisord_that_runs_without_its_socket() -> None:
    host = killed("")
    host.supervised("/etc/s.conf", f"[program:shop]\ncommand=/usr/bin/gunicorn -b unix:{SOCK} app\n", "shop   RUNNING   pid 77, uptime 0:12:00\n")
    (fix,) = findings(host)[0].fixes
    assert fix.commands[0].argv[-2:] == ("restart", "shop")


def test_nobody_known_owns_it() -> None:
    (finding,) = findings(killed(""))
    assert (finding.certainty, finding.fixes[0].kind) == ("proven", "advice")


def test_masked_owner_gets_advice() -> None:
    (finding,) = findings(killed("inactive", LoadState="masked"))
    assert finding.fixes[0].kind == "advice"


def test_pool_of_a_stopped_php_is_its_owner() -> None:
    host = killed("")
    host.sites["shop"] = host.sites["shop"].replace("proxy_pass http://unix:", "fastcgi_pass unix:")
    host.unit("php-fpm.service", "failed", ExecStart="{ path=/x ; argv[]=/usr/sbin/php-fpm --nodaemonize ; ignore_errors=no ; }")
    host.extra_files["/etc/php-fpm.conf"] = f"[www]\nlisten = {SOCK}\n".encode()
    (finding,) = findings(host)
    assert finding.fixes[0].commands[0].argv == ("systemctl", "start", "php-fpm.service")


def test_missing_file_is_another_cause() -> None:
    host = killed("inactive")
    host.way(SOCK, end="absent")
    host.connect(f"unix:{SOCK}", "absent")
    assert findings(host) == ()
    assert [each.cause for each in investigate(host.evidence()).findings] == ["backend_stopped"]


@pytest.mark.parametrize("kind", ["file", "dir", "fifo"])
def test_what_is_no_socket_is_no_leftover(kind: str) -> None:
    host = killed()
    host.way(SOCK, PathPart(SOCK, kind, 0o666, 0, 0))
    assert findings(host) == ()


def test_refused_port_is_silent() -> None:
    host = Host()
    host.unit("app.service", "failed", Environment="PORT=3000")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    assert findings(host) == ()


def test_starting_owner_is_left_alone() -> None:
    assert findings(killed("activating")) == ()


def test_somebody_listens_again() -> None:
    host = killed()
    host.process(9, "gunicorn")
    host.listen_unix(SOCK, 9)
    host.connect(f"unix:{SOCK}", "connected")
    assert findings(host) == ()


def test_yesterdays_leftover_that_nobody_asks_for() -> None:
    host = killed()
    host.tallies.clear()
    assert findings(host) == ()


@pytest.mark.parametrize("gone", [f"connect unix:{SOCK}", "listeners", "processes", "systemctl show", ERRORS, keys.path_key(SOCK)])
def test_less_evidence_never_makes_more_certain(gone: str) -> None:
    whole, less = investigate(killed().evidence()), investigate(without(killed().evidence(), gone))
    before = {finding.cause: RANK[finding.certainty] for finding in whole.findings}
    assert all(RANK[finding.certainty] <= before.get(finding.cause, 1) for finding in less.findings)
