"""The rights of a socket that systemd makes: mended in a drop-in of its unit, and only where the unit is plainly a person's and as it was read."""

from __future__ import annotations

import pytest

from tests.builder import Host
from tui502.apply.backwards import backwards
from tui502.apply.stage import checks_of, steps
from tui502.causes import socket_permission
from tui502.fix.edits import apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.investigate import investigate
from tui502.model.evidence import PathPart
from tui502.model.findings import Fix
from tui502.read import keys
from tui502.read.facts import read_facts
from tui502.read.plan import plan

SOCK, UNIT = "/run/shop.sock", "/etc/systemd/system/shop.socket"
DROP_IN = f"{UNIT}.d/override.conf"
SITE = f"server {{ listen 80; server_name shop.example.com; location / {{ proxy_pass http://unix:{SOCK}; }} }}"
NAMES = {
    keys.GETENT_PASSWD: b"root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:\nshop:x:1001:1001::/home/shop:\n",
    keys.GETENT_GROUP: b"root:x:0:\nwww-data:x:33:\nshop:x:1001:\n",
}


def host(service: str = "active", *, mode: int = 0o660, uid: int = 0, gid: int = 0, **properties: str) -> Host:
    """gunicorn behind a socket unit; nginx's workers (33) may not write the socket."""
    host = Host(sites={"shop": SITE})
    host.unit("shop.service", service, pid=50 if service == "active" else 0)
    unit = {"SocketMode": "0660", "SocketUser": "", "SocketGroup": "", "Accept": "no", "DropInPaths": "", "NeedDaemonReload": "no", **properties}
    host.unit("shop.socket", Listen=f"{SOCK} (Stream)", Triggers="shop.service", FragmentPath=UNIT, **unit)
    host.process(1, "systemd")
    host.listen_unix(SOCK, 1)
    host.extra_files[UNIT] = b"[Socket]\nListenStream=/run/shop.sock\nSocketMode=0660\n"
    host.extra_commands |= NAMES
    host.fails(f"unix:{SOCK}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.connect(f"unix:{SOCK}", "connected")
    host.way(SOCK, PathPart(SOCK, "socket", mode, uid, gid))
    host.tried(SOCK, "denied")
    return host


def fix_of(found: Host) -> Fix:
    evidence = found.evidence()
    (finding,) = socket_permission.judge(evidence, read_facts(evidence)).findings
    (fix,) = finding.fixes
    return fix


def written(fix: Fix, before: bytes = b"") -> bytes:
    after = apply_edits(before, fix.edits)
    check(before, after, fix.edits)
    assert forbidden(fix, {fix.edits[0].file: before}) == ""
    return after


def test_its_owner_becomes_the_workers_in_a_new_drop_in() -> None:
    """If this fails, the commonest socket unit (0660, of root) is not mended, or more than its socket is opened."""
    fix = fix_of(host())
    assert (fix.kind, fix.title, fix.creates) == ("command", "shop.socket: SocketUser=www-data", (DROP_IN,))
    assert written(fix) == b"[Socket]\nSocketUser=www-data\n"
    assert fix.diff.startswith(f"--- /dev/null\n+++ {DROP_IN}\n")
    assert [command.argv[1:] for command in fix.commands] == [
        ("daemon-reload",),
        ("stop", "shop.socket"),
        ("stop", "shop.service"),
        ("start", "shop.socket"),
    ], "a client that connects while the service is stopped must not start it: systemd makes no socket whose service runs"
    assert [each.undo for each in backwards(fix.commands)] == [command.argv for command in fix.commands], "the way back goes in that order too"
    assert fix.commands[2].interrupts == "the requests that shop.service answers now"
    assert fix.commands[-1].ready.key == keys.access_key(f"unix:{SOCK}")
    assert fix.checks == (("systemd-analyze", "verify", UNIT),)
    assert not fix.loads
    assert [finding.cause for finding in investigate(host().evidence()).findings] == ["socket_permission"]
    kinds = [step.kind for step in steps((), fix.commands, None, None, checks_of((fix,)))]
    assert kinds == ["precheck", "backup", "test", *["command"] * 4, "verify", "decide"]


@pytest.mark.parametrize(
    ("rights", "properties", "expected"),
    [
        ({"mode": 0o600}, {"SocketMode": "0600"}, b"SocketUser=www-data\n"),
        ({"uid": 1001, "gid": 1001}, {"SocketUser": "shop"}, b"SocketGroup=www-data\n"),
        ({"uid": 1001, "gid": 33, "mode": 0o640}, {"SocketUser": "shop", "SocketGroup": "www-data", "SocketMode": "0640"}, b"SocketMode=0660\n"),
    ],
)
def test_fewest_settings(rights: dict[str, int], properties: dict[str, str], expected: bytes) -> None:
    """If this fails, a setting is written that is not needed, or the socket stays closed."""
    assert written(fix_of(host(**rights, **properties))) == b"[Socket]\n" + expected  # type: ignore[arg-type]


def test_a_service_that_does_not_run_is_stopped_all_the_same() -> None:
    """If this fails, one that somebody started since keeps the socket from being made, or the change says that it interrupts what does not run."""
    fix = fix_of(host("inactive"))
    assert [command.argv[1] for command in fix.commands] == ["daemon-reload", "stop", "stop", "start"]
    assert fix.commands[2].interrupts == "nothing, as long as shop.service does not run"


def test_a_drop_in_that_is_there_is_edited() -> None:
    """If this fails, a second drop-in contradicts the first."""
    found = host(DropInPaths=DROP_IN)
    found.extra_files[DROP_IN] = b"# ours\n[Socket]\nBacklog=128\n"
    fix = fix_of(found)
    assert (fix.creates, written(fix, found.extra_files[DROP_IN])) == ((), b"# ours\n[Socket]\nBacklog=128\nSocketUser=www-data\n")
    assert "+SocketUser=www-data" in fix.diff


def test_what_daemon_reload_loads_too_is_said() -> None:
    """If this fails, a colleague's unfinished unit is loaded unsaid."""
    found = host()
    found.unit("other.service", NeedDaemonReload="yes")
    assert "daemon-reload loads what was changed of other.service too" in fix_of(found).risk


@pytest.mark.parametrize(
    "why",
    ["pending edits", "another mode than the unit's", "an owner by hand", "not read", "ansible", "one each", "no such property", "two makers", "a database"],
)
def test_near_misses_get_advice(why: str) -> None:
    """If this fails, a unit is edited by hand that is not as it was read, or not a person's."""
    found = host()
    if why == "pending edits":
        found = host(NeedDaemonReload="yes")
    elif why == "another mode than the unit's":
        found = host(SocketMode="0666")
    elif why == "an owner by hand":
        found = host(uid=1001)
    elif why == "not read":
        del found.extra_files[UNIT]
    elif why == "ansible":
        found.extra_files[UNIT] = b"# Ansible managed\n" + found.extra_files[UNIT]
    elif why == "one each":
        found = host(Accept="yes")
    elif why == "no such property":
        del found.units["shop.socket"]["SocketMode"]
    elif why == "two makers":
        found.unit("other.socket", Listen=f"{SOCK} (Stream)", Triggers="other.service", SocketMode="0660")
    else:
        found.units["redis.service"] = {**found.units.pop("shop.service"), "Id": "redis.service"}
        found.units["shop.socket"]["Triggers"] = "redis.service"
    fix = fix_of(found)
    assert (fix.kind, fix.edits, fix.commands) == ("advice", (), ())


def test_the_files_of_the_unit_are_read() -> None:
    """If this fails, on a real host the repair is never offered."""
    found = host(DropInPaths=DROP_IN)
    del found.extra_files[UNIT]
    wanted = {look.args for look in plan(found.evidence()) if look.kind == "file"}
    assert {(UNIT,), (DROP_IN,)} <= wanted
