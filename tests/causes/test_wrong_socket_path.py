"""wrong_socket_path: points nginx at another socket, so it must be the backend's, and only when nothing should make the dialled one."""

from dataclasses import replace

import pytest

from tests.builder import ERRORS, Host, seen, without
from tui502.causes import managed, wrong_socket_path
from tui502.fix.edits import apply_edits
from tui502.investigate import investigate
from tui502.model.evidence import Evidence, PathPart
from tui502.model.findings import Finding
from tui502.read import keys
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}
OLD, NEW = "/run/php/php8.1-fpm.sock", "/run/php/php8.2-fpm.sock"
SITE = "server {\n    listen 80;\n    server_name blog.example.com;\n    location / {\n        fastcgi_pass unix:%s;\n    }\n}\n"
CONF_81 = "/etc/php/8.1/fpm/php-fpm.conf"


def upgraded() -> Host:
    """PHP 8.2 listens; the site still dials the socket of 8.1, which is gone."""
    host = Host(sites={"blog": SITE % OLD})
    host.unit("php8.2-fpm.service", pid=50)
    host.process(50, "php-fpm8.2", argv=("php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)",), cgroup="/system.slice/php8.2-fpm.service")
    host.listen_unix(NEW, 50)
    host.fails(f"unix:{OLD}", symptom="socket_missing", server="blog.example.com", host="blog.example.com")
    host.connect(f"unix:{OLD}", "absent")
    host.connect(f"unix:{NEW}", "connected")
    host.way(OLD, end="absent")
    host.way(NEW)
    return host


def findings(host: Host) -> tuple[Finding, ...]:
    evidence = host.evidence()
    return wrong_socket_path.judge(evidence, read_facts(evidence)).findings


def test_upgrade_of_php_is_proven() -> None:
    (finding,) = findings(upgraded())
    assert finding.certainty == "proven"
    assert finding.summary == "blog.example.com fails: nginx dials unix:/run/…/php8.1-fpm.sock, but php-fpm8.2 listens on php8.2-fpm.sock"
    assert finding.outages == (f"socket_missing unix:{OLD} blog.example.com",)


def test_fix_changes_the_path_and_nothing_else() -> None:
    (fix,) = findings(upgraded())[0].fixes
    assert apply_edits((SITE % OLD).encode(), fix.edits) == (SITE % NEW).encode()
    assert (fix.kind, fix.peer, fix.tie) == ("config", f"unix:{NEW}", "php8.2-fpm.sock is php8.1-fpm.sock but for the version")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("proxy_pass http://unix:/run/app/app.sock;", "proxy_pass http://unix:/run/app/web.sock;"),
        ("proxy_pass http://unix:/run/app/app.sock:/api/;", "proxy_pass http://unix:/run/app/web.sock:/api/;"),
        ("uwsgi_pass unix:///run/app/app.sock;", None),
    ],
)
def test_every_way_to_write_a_socket(before: str, after: str | None) -> None:
    host = Host(sites={"crm": f"server {{ listen 80; server_name crm.example.com; location / {{ {before} }} }}"})
    host.unit("crm.service", pid=9)
    host.process(9, "gunicorn", cgroup="/system.slice/crm.service")
    host.listen_unix("/run/app/web.sock", 9)
    peer = read_facts(host.evidence()).peers[0].peer
    host.fails(peer, symptom="socket_missing", server="crm.example.com", host="crm.example.com")
    host.connect(peer, "absent")
    found = findings(host)
    if after is None:
        assert all(not fix.edits or b"web.sock" in fix.edits[0].new for each in found for fix in each.fixes)
    else:
        (fix,) = found[0].fixes
        assert after.encode() in apply_edits(host.sites["crm"].encode(), fix.edits)


def test_server_of_a_group() -> None:
    host = upgraded()
    host.sites["blog"] = f"upstream php {{ server unix:{OLD}; }}\n" + (SITE % OLD).replace(f"unix:{OLD}", "php")
    (fix,) = findings(host)[0].fixes
    assert f"server unix:{NEW};".encode() in apply_edits(host.sites["blog"].encode(), fix.edits)


def test_leftover_of_the_old_version_is_still_a_wrong_path() -> None:
    host = upgraded()
    host.tallies.clear()
    host.fails(f"unix:{OLD}", server="blog.example.com", host="blog.example.com")
    host.connect(f"unix:{OLD}", "refused")
    host.way(OLD)
    assert [each.cause for each in investigate(host.evidence()).findings] == ["wrong_socket_path"]


def test_two_versions_are_alternatives_and_none_is_preferred() -> None:
    host = upgraded()
    host.process(60, "php-fpm8.3", argv=("php-fpm: master process (/etc/php/8.3/fpm/php-fpm.conf)",))
    host.listen_unix("/run/php/php8.3-fpm.sock", 60)
    (finding,) = findings(host)
    assert finding.certainty == "possible"
    assert {fix.peer for fix in finding.fixes} == {f"unix:{NEW}", "unix:/run/php/php8.3-fpm.sock"}
    assert all(fix.alternative_to for fix in finding.fixes)


def with_pool_of_81(host: Host, state: str) -> Evidence:
    """PHP 8.1 is still installed: its pool makes the dialled socket; its service is in `state` ('' for removed, its files left behind)."""
    host.extra_files[CONF_81] = b"[www]\nlisten = /run/php/php8.1-fpm.sock\n"
    if state:
        command = "{ path=/usr/sbin/php-fpm8.1 ; argv[]=/usr/sbin/php-fpm8.1 --nodaemonize ; ignore_errors=no ; }"
        host.unit("php8.1-fpm.service", state, ExecStart=command)
    evidence = host.evidence()
    return replace(evidence, dirs={**evidence.dirs, "/etc/php": seen(("8.1", "8.2"))})


@pytest.mark.parametrize("state", ["inactive", "failed", "activating", "active"])
def test_service_that_should_make_the_socket_is_another_cause(state: str) -> None:
    """The same line in the log: PHP 8.1 was stopped, not replaced. Moving the site to 8.2 would run it on another PHP."""
    evidence = with_pool_of_81(upgraded(), state)
    opinion = wrong_socket_path.judge(evidence, read_facts(evidence))
    assert opinion.findings == ()
    assert "the path is right" in opinion.ruled_out[0].why
    named = [each.cause for each in investigate(evidence).findings]
    assert named == (["backend_stopped"] if state in ("inactive", "failed") else [])


def test_files_left_by_a_removed_version_make_no_socket() -> None:
    """Debian keeps /etc/php/8.1 after the package is removed."""
    evidence = with_pool_of_81(upgraded(), "")
    assert [each.cause for each in investigate(evidence).findings] == ["wrong_socket_path"]


def test_deleted_file_is_another_cause() -> None:
    """Its owner listens behind the path still: the table says so."""
    host = upgraded()
    host.listen_unix(OLD, 50)
    assert findings(host) == ()


@pytest.mark.parametrize("there", ["/run/php/api.sock", "/run/mysqld/mysqld.sock", "/run/php/php8.2-fpm-forum.sock"])
def test_socket_that_is_merely_there_is_silent(there: str) -> None:
    host = upgraded()
    host.listeners.clear()
    host.listen_unix(there, 50)
    assert findings(host) == ()


def test_file_that_a_tool_owns_gets_advice() -> None:
    host = upgraded()
    host.sites["blog"] = "# Ansible managed: do not edit\n" + SITE % OLD
    (fix,) = managed.advised(host.evidence(), findings(host)[0]).fixes
    assert (fix.kind, fix.edits) == ("advice", ())


def test_new_socket_that_would_be_denied_is_said() -> None:
    host = upgraded()
    host.way(NEW, PathPart(NEW, "socket", 0o600, 0, 0))
    assert "may not use" in findings(host)[0].fixes[0].risk


def test_renaming_everything_changes_nothing() -> None:
    host = Host(sites={"kiosk": (SITE % "/srv/k/php5.6-fpm-kiosk.sock").replace("blog.example.com", "kiosk.corp.test")})
    host.process(71, "php-fpm", argv=("php-fpm: pool kiosk",))
    host.listen_unix("/var/lib/x/php9.9-fpm-kiosk.sock", 71)
    host.fails("unix:/srv/k/php5.6-fpm-kiosk.sock", symptom="socket_missing", server="kiosk.corp.test", host="kiosk.corp.test")
    host.connect("unix:/srv/k/php5.6-fpm-kiosk.sock", "absent")
    host.connect("unix:/var/lib/x/php9.9-fpm-kiosk.sock", "connected")
    (finding,) = findings(host)
    assert (finding.certainty, finding.fixes[0].peer) == ("proven", "unix:/var/lib/x/php9.9-fpm-kiosk.sock")


@pytest.mark.parametrize("gone", [f"connect unix:{OLD}", f"connect unix:{NEW}", "listeners", "processes", ERRORS, keys.path_key(OLD), keys.path_key(NEW)])
def test_less_evidence_never_makes_more_certain(gone: str) -> None:
    whole, less = investigate(upgraded().evidence()), investigate(without(upgraded().evidence(), gone))
    before = {finding.id: RANK[finding.certainty] for finding in whole.findings}
    assert all(finding.cause in ("wrong_socket_path", "config_invalid") and RANK[finding.certainty] <= before[finding.id] for finding in less.findings)


@pytest.mark.parametrize("gone", [f"connect unix:{OLD}", f"connect unix:{NEW}"])
def test_unseen_proof_weakens(gone: str) -> None:
    assert investigate(without(upgraded().evidence(), gone)).findings[0].certainty == "likely"


def test_hostile_names_are_neutral() -> None:
    host = upgraded()
    host.listeners.clear()
    host.listen_unix("/run/php/php8.2\x1b[2J-fpm.sock", 50)
    for finding in findings(host):
        assert "\x1b" not in finding.summary + "".join(clue.text for clue in finding.clues) + "".join(fix.title + fix.why + fix.tie for fix in finding.fixes)
