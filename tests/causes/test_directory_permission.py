"""directory_permission: opens a directory, so it must be the one that refuses, for as few as can be, and never somebody's private one for all."""

from dataclasses import replace

import pytest

from tests.builder import ERRORS, Host, seen, without
from tui502.causes import directory_permission
from tui502.investigate import investigate
from tui502.model.evidence import PathPart, PathSeen
from tui502.model.findings import Finding
from tui502.read import keys
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}
SOCK, DIR = "/srv/shop/run/app.sock", "/srv/shop/run"
SITE = "server { listen 80; server_name shop.example.com; location / { proxy_pass http://unix:%s; } }"
OPEN = PathPart(SOCK, "socket", 0o666, 1001, 1001)
NAMES = {
    keys.GETENT_PASSWD: b"root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:\nshop:x:1001:1001::/srv/home:\n",
    keys.GETENT_GROUP: b"root:x:0:\nwww-data:x:33:\nshop:x:1001:\n",
}


def closed(mode: int = 0o750, uid: int = 1001, gid: int = 1001, *, path: str = DIR, socket: PathPart = OPEN, acl: bytes = b"", setfacl: bool = False) -> Host:
    host = Host(sites={"shop": SITE % SOCK})
    host.process(9, "gunicorn")
    host.listen_unix(SOCK, 9)
    host.extra_commands |= NAMES
    host.fails(f"unix:{SOCK}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.connect(f"unix:{SOCK}", "connected")
    host.way(SOCK, PathPart(path, "dir", mode, uid, gid, "", acl), socket)
    host.tried(SOCK, "denied")
    if setfacl:
        host.paths[keys.path_key("/usr/bin/setfacl")] = seen(PathSeen("/usr/bin/setfacl", (), "found", ""))
    return host


def findings(host: Host) -> tuple[Finding, ...]:
    evidence = host.evidence()
    return directory_permission.judge(evidence, read_facts(evidence)).findings


def argvs(host: Host) -> list[tuple[str, ...]]:
    (fix,) = findings(host)[0].fixes
    assert (fix.kind == "advice") == (not fix.commands)
    return [command.argv for command in fix.commands]


def test_first_closed_directory_is_proven() -> None:
    (finding,) = findings(closed())
    assert finding.certainty == "proven"
    assert finding.summary == "shop.example.com is down: nginx (www-data) may not enter /srv/shop/run on the way to /srv/shop/run/app.sock"
    assert [each.cause for each in investigate(closed().evidence()).findings] == ["directory_permission"]


@pytest.mark.parametrize(
    ("host", "argv", "undo"),
    [
        (closed(setfacl=True), ("setfacl", "-m", "u:www-data:x", DIR), ("setfacl", "-b", DIR)),
        (closed(setfacl=True, acl=b"x"), ("setfacl", "-m", "u:www-data:x", DIR), ("setfacl", "-x", "u:www-data", DIR)),
        (closed(0o640, 33), ("chmod", "u+x", DIR), ("chmod", "u-x", DIR)),
        (closed(0o640, 33, setfacl=True), ("chmod", "u+x", DIR), ("chmod", "u-x", DIR)),
        (closed(0o740, 1001, 33), ("chmod", "g+x", DIR), ("chmod", "g-x", DIR)),
        (closed(), ("chmod", "o+x", DIR), ("chmod", "o-x", DIR)),
    ],
)
def test_smallest_right_that_mends_it(host: Host, argv: tuple[str, ...], undo: tuple[str, ...]) -> None:
    (fix,) = findings(host)[0].fixes
    assert [(command.argv, command.undo) for command in fix.commands] == [(argv, undo)]
    assert fix.commands[0].ready.key == keys.access_key(f"unix:{SOCK}")
    assert "1001" not in fix.commands[0].needs


def test_directory_of_its_owner_alone_is_opened_for_one_group() -> None:
    """Its group may do nothing there, so nobody loses a right, and others get none."""
    assert argvs(closed(0o700)) == [("chgrp", "www-data", DIR), ("chmod", "g+x", DIR)]
    assert [command.undo for command in findings(closed(0o700))[0].fixes[0].commands] == [("chgrp", "shop", DIR), ("chmod", "g-x", DIR)]


def test_everybody_is_let_in_with_a_warning() -> None:
    assert "every account of this host" in findings(closed())[0].fixes[0].risk


@pytest.mark.parametrize("path", ["/home/shop", "/root", "/srv/home"])
def test_home_is_not_opened_for_everybody(path: str) -> None:
    """/srv/home is a home because the accounts say so."""
    global_sock = f"{path}/app.sock"
    host = Host(sites={"shop": SITE % global_sock})
    host.extra_commands |= NAMES
    host.fails(f"unix:{global_sock}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.connect(f"unix:{global_sock}", "connected")
    host.way(global_sock, PathPart(path, "dir", 0o750, 1001, 1001))
    host.tried(global_sock, "denied")
    assert argvs(host) == []
    assert "below /run" in findings(host)[0].fixes[0].title


def test_access_list_without_its_tool_is_left_alone() -> None:
    """chmod would change its mask, and so the rights of others."""
    assert argvs(closed(acl=b"x")) == []


def test_two_closed_directories_are_opened_together() -> None:
    host = closed(setfacl=True)
    host.way(SOCK, PathPart("/srv/shop", "dir", 0o750, 1001, 1001), PathPart(DIR, "dir", 0o750, 1001, 1001), OPEN)
    host.tried(SOCK, "denied")
    assert [argv[-1] for argv in argvs(host)] == ["/srv/shop", DIR]
    (fix,) = findings(host)[0].fixes
    assert [command.ready is None for command in fix.commands] == [True, False]


def test_socket_that_refuses_too_is_said() -> None:
    assert "itself refuses too" in findings(closed(socket=PathPart(SOCK, "socket", 0o600, 1001, 1001)))[0].fixes[0].risk


def test_directory_that_is_made_anew_is_said() -> None:
    sock = "/run/shop/app.sock"
    host = Host(sites={"shop": SITE % sock})
    host.fails(f"unix:{sock}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.way(sock, PathPart("/run/shop", "dir", 0o750, 1001, 1001))
    host.tried(sock, "denied")
    assert "RuntimeDirectoryMode" in findings(host)[0].fixes[0].risk


def test_link_into_a_closed_directory() -> None:
    host = closed()
    parts = (PathPart("/", "dir", 0o755, 0, 0), PathPart("/srv", "link", 0o777, 0, 0, "/data"), PathPart("/data", "dir", 0o700, 0, 0))
    host.paths[keys.path_key(SOCK)] = seen(PathSeen(SOCK, (*parts, OPEN), "found", ""))
    host.tried(SOCK, "denied")
    assert "may not enter /data" in findings(host)[0].summary


@pytest.mark.parametrize("host", [closed(0o755), closed(0o711), closed(0o750, gid=33), closed(0o755, socket=PathPart(SOCK, "socket", 0o600, 0, 0))])
def test_directories_that_let_nginx_in_are_silent(host: Host) -> None:
    assert findings(host) == ()


def test_root_workers_are_silent() -> None:
    host = closed()
    host.access.clear()
    evidence = host.evidence()
    workers = tuple(replace(each, uid=0, gids=(0,)) if each.argv == ("nginx: worker process",) else each for each in evidence.processes.value)
    evidence = replace(evidence, processes=seen(workers))
    assert directory_permission.judge(evidence, read_facts(evidence)).findings == ()


@pytest.mark.parametrize("gone", [f"connect unix:{SOCK}", f"access unix:{SOCK}", "listeners", "processes", ERRORS, keys.path_key(SOCK), keys.GETENT_PASSWD])
def test_less_evidence_never_makes_more_certain(gone: str) -> None:
    whole, less = investigate(closed().evidence()), investigate(without(closed().evidence(), gone))
    before = {finding.id: RANK[finding.certainty] for finding in whole.findings}
    assert all(RANK[finding.certainty] <= before[finding.id] for finding in less.findings)


def test_hostile_directory_gets_no_command() -> None:
    """A newline or an escape sequence in an argv would be drawn, and copied."""
    sock = "/srv/a\x1b[2Jb/app.sock"
    host = Host(sites={"shop": SITE % sock})
    host.fails(f"unix:{sock}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.way(sock, PathPart("/srv/a\x1b[2Jb", "dir", 0o750, 1001, 1001))
    host.tried(sock, "denied")
    for finding in findings(host):
        assert finding.fixes[0].commands == ()
        assert "\x1b" not in finding.summary + finding.fixes[0].title + finding.fixes[0].why
