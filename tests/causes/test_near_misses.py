"""Hosts that look like an outage of one cause and are another: what is said of them must be weaker, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import answers
from tests.answers import PEER, ok, struck
from tests.builder import ERRORS, MASTER, NOW, Host, moved, seen, stopped
from tests.causes.test_config_not_loaded import NEW, mended
from tests.causes.test_socket_permission import SOCK, denied
from tests.causes.test_stale_socket import GUNICORN, killed
from tui502.causes import backend_slow, backend_stopped, nginx_down, protocol_mismatch, socket_permission, stale_socket, tls_expected, tls_unexpected
from tui502.investigate import investigate
from tui502.model.evidence import AccessSeen, Evidence, Gap, Listener, Seen
from tui502.read import keys
from tui502.read.facts import read_facts

NEVER_STARTED = "{{ path=/x ; argv[]={} ; ignore_errors=no ; start_time=[n/a] }}"
ADDRESS = "HOST=127.0.0.1 PORT=3000"


def opinion(cause, host: Host | Evidence):  # type: ignore[no-untyped-def]
    evidence = host.evidence() if isinstance(host, Host) else host
    return cause.judge(evidence, read_facts(evidence))


def findings(cause, host: Host | Evidence):  # type: ignore[no-untyped-def]
    return opinion(cause, host).findings


def dead(**units: tuple[str, str]) -> Host:
    """Nobody listens on 3000; services by name: (state, environment)."""
    host = Host()
    for name, (state, environment) in units.items():
        host.unit(f"{name}.service", state, Environment=environment, Result="success" if state == "inactive" else "exit-code")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    host.replay(502)
    return host


# backend_stopped


@pytest.mark.parametrize(
    "command", ["/usr/bin/curl -fsS http://127.0.0.1:3000/health", "/usr/bin/env A=b wait-for-it 127.0.0.1:3000", "/opt/check http://127.0.0.1:3000/up"]
)
def test_a_service_that_calls_the_address_does_not_serve_it(command):
    """A check that a timer starts is always inactive; to start it mends nothing."""
    host = dead()
    host.unit("watch.service", "inactive", ExecStart=NEVER_STARTED.format(command))
    assert investigate(host.evidence()).findings == ()


@pytest.mark.parametrize(
    ("command", "certainty"), [("/usr/bin/work 3000", "likely"), ("/usr/bin/work --port 3000", "proven"), ("/usr/bin/work 0.0.0.0:3000", "proven")]
)
def test_a_bare_number_is_no_port_for_sure(command, certainty):
    host = dead()
    host.unit("jobs.service", "inactive", ExecStart=NEVER_STARTED.format(command))
    assert findings(backend_stopped, host)[0].certainty == certainty


@pytest.mark.parametrize("state", ["active", "activating"])
def test_another_service_of_that_address_is_at_work(state):
    """The stopped one would take its port."""
    host = dead(app=(state, ADDRESS), legacy=("inactive", ADDRESS))
    found = opinion(backend_stopped, host)
    assert (found.findings, "app.service" in found.ruled_out[0].why) == ((), True)


def test_a_failed_service_of_that_address_leaves_it_open():
    assert findings(backend_stopped, dead(app=("failed", ADDRESS), legacy=("inactive", ADDRESS)))[0].certainty == "possible"


def test_a_namesake_that_is_told_to_listen_elsewhere_is_not_started():
    assert findings(backend_stopped, dead(app=("inactive", "PORT=4000"))) == ()


def test_a_running_namesake_that_listens_nowhere_makes_it_likely():
    """It may be about to listen, or hang."""
    host = dead(legacy=("inactive", ADDRESS))
    host.unit("app.service", pid=9)
    host.process(9, "node", cgroup="/system.slice/app.service")
    assert findings(backend_stopped, host)[0].certainty == "likely"


@pytest.mark.parametrize("name", ["app", "app-2"])
def test_a_namesake_of_another_installation_changes_nothing(name):
    """The same names twice on a host, on addresses of their own: the stopped one names the dialled address and bears the name."""
    host = dead(**{name: ("inactive", ADDRESS)})
    host.supervised("/srv/other/supervisord.conf", "[program:app]\ncommand=/opt/app\n", "app   RUNNING   pid 60, uptime 1:00:00\n")
    host.process(60, "node", ppid=900)
    host.listen("127.0.0.9:3001", 60)
    host.ask("127.0.0.9:3001", 200)
    assert [(each.cause, each.certainty) for each in investigate(host.evidence()).findings] == [("backend_stopped", "proven")]
    host.listen("127.0.0.1:3001", 60)
    host.ask("127.0.0.1:3001", 200)
    assert {each.certainty for each in investigate(host.evidence()).findings} == {"likely"}


def test_what_merely_bears_the_name_is_not_started_along():
    """Two peers of a group, one whose service names it and one guessed."""
    host = stopped()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3005;")
    host.unit("app@2.service", "inactive")
    host.fails("127.0.0.1:3005")
    host.connect("127.0.0.1:3005", "refused")
    found = investigate(host.evidence()).findings
    assert max(len(fix.commands) for finding in found for fix in finding.fixes) == 1


# sockets


def test_a_service_that_was_just_started_may_still_make_its_socket():
    host = killed("active", ActiveEnterTimestamp="Sun 2026-11-22 03:14:02 CET")
    assert findings(stale_socket, host) == ()
    host.units["shop.service"]["ActiveEnterTimestamp"] = "Sun 2026-11-22 03:02:09 CET"
    assert len(findings(stale_socket, host)) == 1


def test_a_running_namesake_that_listens_elsewhere_is_not_restarted():
    host = killed("active")
    host.units["shop.service"]["ExecStart"] = GUNICORN.replace("unix:/run/shop/shop.sock", "127.0.0.1:8000")
    (finding,) = findings(stale_socket, host)
    assert [fix.kind for fix in finding.fixes] == ["advice"]


def test_a_try_that_came_to_nothing_is_no_proof():
    host = denied()
    key = keys.access_key(f"unix:{SOCK}")
    host.access[key] = seen(replace(host.access[key].value, end="error"))
    assert isinstance(host.access[key].value, AccessSeen)
    (finding,) = findings(socket_permission, host)
    assert (finding.certainty, finding.decider is not None) == ("likely", True)
    assert not any("denied just now" in clue.text for clue in finding.clues)


@pytest.mark.parametrize(("status", "certainty"), [(200, "proven"), (404, "possible"), (None, "likely")])
def test_another_socket_that_answers_badly_is_not_the_backend(status, certainty):
    old, new = "unix:/run/shop/app.sock", "unix:/srv/shop/web.sock"
    host = Host(sites={"shop": f"server {{ listen 80; server_name shop.example.com; location / {{ proxy_pass http://{old}; }} }}"})
    host.unit("shop.service", pid=60)
    host.process(60, "gunicorn", cgroup="/system.slice/shop.service")
    host.listen_unix(new[5:], 60)
    host.fails(old, symptom="socket_missing", server="shop.example.com", host="shop.example.com")
    host.connect(old, "absent")
    host.connect(new, "connected")
    if status:
        host.ask(new, status, host="shop.example.com")
    (finding,) = investigate(host.evidence()).findings
    assert (finding.cause, finding.certainty) == ("wrong_socket_path", certainty)


# nginx itself


def down(**other: object) -> Evidence:
    host = Host(running=False)
    host.unit("nginx.service", "inactive", ExecStart=NEVER_STARTED.format("/usr/sbin/nginx"))
    host.process(1, "systemd")
    return replace(host.evidence(), **other)  # type: ignore[arg-type]


def test_another_master_than_the_one_that_was_asked_for_runs():
    """A wrong --pid or --conf is no outage."""
    master = Host().evidence().view.value
    found = opinion(nginx_down, down(other_masters=(master,)))
    assert (found.findings, str(MASTER) in found.ruled_out[0].why) == ((), True)
    assert opinion(nginx_down, down(other_masters=(master,), conf="/srv/none.conf")).findings == ()


def test_the_service_of_just_that_configuration_is_down_beside_other_masters():
    master = Host().evidence().view.value
    host = Host(running=False)
    host.unit("edge.service", "inactive", ExecStart=NEVER_STARTED.format("/usr/sbin/nginx -c /etc/nginx/nginx.conf"))
    evidence = replace(host.evidence(), other_masters=(master,), conf="/etc/nginx/nginx.conf")
    assert findings(nginx_down, evidence)[0].certainty == "proven"


def test_somebody_unseen_on_its_port_may_be_nginx():
    """Another pid namespace, or a host that hides processes: nothing is offered."""
    evidence = down(listeners=seen((Listener("inet", "0.0.0.0", 80, "", 1, 0, 511, (), 0),)))
    (finding,) = findings(nginx_down, evidence)
    assert (finding.certainty, finding.fixes) == ("possible", ())


def test_hidden_processes_are_no_proof():
    """With hidepid a user sees his own processes only, and not the first one."""
    assert findings(nginx_down, down(euid=1000))[0].certainty == "proven"
    assert findings(nginx_down, down(euid=1000, processes=seen(())))[0].certainty == "likely"


def test_errors_in_the_access_log_alone_are_no_fault_of_nobody():
    """The error log goes to syslog, or the application itself says 502."""
    host = Host(requests={"200": 900, "502": 400})
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    assert investigate(host.evidence()).verdict == "undecided"
    host.requests = {"200": 900}
    assert investigate(host.evidence()).verdict == "no_fault"
    evidence = host.evidence()
    alone = tuple(each for each in evidence.processes.value or () if each.ppid != MASTER)
    assert investigate(replace(evidence, processes=seen(alone))).findings == ()


def test_a_test_that_was_not_made_leaves_it_open_whether_all_is_well():
    host = Host(test_code=124, test=b"", requests={"200": 900})
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    assert investigate(host.evidence()).findings[0].certainty == "likely"


def test_a_replay_from_before_the_last_failure_is_no_recovery():
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected", ago=3000.0)
    host.fails(ago=1000.0)
    host.replay(200, ago=1200.0)
    assert [finding.certainty for finding in investigate(host.evidence()).findings] == ["likely"]


def test_an_old_address_of_a_name_is_perhaps_no_change_of_a_file():
    """The name may have meant it when nginx was started: nothing was mended on disk."""
    disk = NEW.replace("127.0.0.1:3001", "backend.example.com:3001")
    host = mended(exact=False, disk=disk)
    host.connect("backend.example.com:3001", "connected")
    found = [each for each in investigate(host.evidence()).findings if each.cause == "config_not_loaded"]
    assert [each.certainty for each in found] == ["possible"]


# how a backend answers


@pytest.mark.parametrize(
    "received", [b"HTTP/1.1 400 X\r\n\r\nThis combination of host and port requires TLS.\r\n", b"HTTP/1.1 301 X\r\nLocation: https://app.example.com/\r\n\r\n"]
)
def test_plain_http_that_asks_for_tls_is_not_dialled_in_plain_http(received):
    """The handshake fails for another reason, which must not be mended by giving up TLS."""
    host = struck(f"proxy_pass https://{PEER};", "tls_handshake")
    answers.https(host)
    answers.http(host, received)
    (finding,) = findings(tls_unexpected, host)
    assert (finding.certainty, [fix.kind for fix in finding.fixes]) == ("possible", ["advice"])


def test_plain_http_that_was_never_asked_is_no_proof():
    """Its queue was full: that the port answers no HTTP was not seen."""
    host = struck(f"proxy_pass http://{PEER};", "premature_close")
    answers.put(host, keys.http_key(PEER, "GET", "app.example.com", "/cart"), "http", b"", "skipped")
    answers.handshake(host)
    assert [each.certainty for each in findings(tls_expected, host)] == ["likely"]


def test_what_a_former_process_answered_says_nothing_of_this_one():
    host = struck(f"proxy_pass http://{PEER};", "premature_close")
    answers.http(host)
    answers.handshake(host)
    key = keys.tls_key(PEER, "")
    host.exchanges[key] = replace(host.exchanges[key], at=NOW - 7200)
    assert findings(tls_expected, host) == ()


def test_a_stranger_on_the_port_of_the_backend_is_not_made_the_backend():
    """PHP-FPM is gone, and something else has taken its port."""
    host = struck(f"fastcgi_pass {PEER};", "protocol_mismatch")
    answers.fastcgi(host, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    answers.http(host, ok())
    assert findings(protocol_mismatch, host)[0].fixes[0].kind == "config"
    host.units.clear()
    host.processes.clear()
    host.unit("portainer.service", pid=1872)
    host.process(1872, "portainer", cgroup="/system.slice/portainer.service")
    (fix,) = findings(protocol_mismatch, host)[0].fixes
    assert (fix.kind, "may be a stranger" in fix.title) == ("advice", True)


def test_a_queue_that_was_not_seen_is_not_empty():
    host = struck(f"proxy_pass http://{PEER};\n        proxy_read_timeout 2s;", "upstream_timeout_read")
    answers.http(host, ok(), after=4.1)
    answers.http(host, ok(), uri="/", after=0.01)
    assert findings(backend_slow, host)[0].certainty == "proven"
    host.gaps["listeners"] = Gap("listeners", "denied", "")
    assert [each.certainty for each in findings(backend_slow, host)] == ["likely"]


def test_an_error_log_that_was_not_read_names_no_cause_for_sure():
    evidence = moved().evidence()
    evidence = replace(evidence, logs={**evidence.logs, ERRORS: Seen(NOW, 0.0, None, Gap(ERRORS, "denied", ""))})
    assert all(each.certainty != "proven" for each in investigate(evidence).findings)
