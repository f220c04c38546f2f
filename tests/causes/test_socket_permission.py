"""socket_permission: the fix rewrites a pool's file and restarts PHP-FPM, so it must be the one setting that is missing, and never for everybody."""

import pytest

from tests.builder import ERRORS, Host, without
from tui502.causes import managed, socket_permission
from tui502.causes.pool_rights import wanted
from tui502.fix.edits import apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.investigate import investigate
from tui502.model.config import Where
from tui502.model.evidence import PathPart, Process
from tui502.model.facts import Pool, PoolSetting
from tui502.model.findings import Finding, Fix
from tui502.read import keys
from tui502.read.accounts import Accounts
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}
SOCK, CONF = "/run/php/shop.sock", "/etc/php-fpm.conf"
SITE = "server { listen 80; server_name shop.example.com; location / { fastcgi_pass unix:%s; } }"
POOL = "[shop]\nuser = shop\nlisten = /run/php/shop.sock\nlisten.owner = root\nlisten.group = root\nlisten.mode = 0600\npm = static\n"
UNIT = "{ path=/x ; argv[]=/usr/sbin/php-fpm --nodaemonize ; ignore_errors=no ; }"
NAMES = {
    keys.GETENT_PASSWD: b"root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:\nshop:x:1001:1001::/home/shop:\n",
    keys.GETENT_GROUP: b"root:x:0:\nwww-data:x:33:\nshop:x:1001:\n",
}


def denied(pool: str = POOL, **rights: int) -> Host:
    """A pool whose socket nginx's workers (33) may not write; tried, and denied."""
    host = Host(sites={"shop": SITE % SOCK})
    host.unit("php-fpm.service", pid=50, ExecStart=UNIT)
    title, group = (f"php-fpm: master process ({CONF})",), "/system.slice/php-fpm.service"
    host.processes.append(Process(50, 1.0, 1, 0, (0,), "php-fpm", "/usr/sbin/php-fpm", title, "/", group))
    host.listen_unix(SOCK, 50)
    host.extra_files[CONF] = pool.encode()
    host.extra_commands |= NAMES
    host.fails(f"unix:{SOCK}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    host.connect(f"unix:{SOCK}", "connected")
    host.way(SOCK, PathPart(SOCK, "socket", rights.get("mode", 0o600), rights.get("uid", 0), rights.get("gid", 0)))
    host.tried(SOCK, "denied")
    return host


def findings(host: Host) -> tuple[Finding, ...]:
    evidence = host.evidence()
    return socket_permission.judge(evidence, read_facts(evidence)).findings


def written(host: Host, fix: Fix) -> str:
    data = host.extra_files[CONF]
    after = apply_edits(data, fix.edits)
    check(data, after, fix.edits)
    assert forbidden(fix, {CONF: data}) == ""
    return after.decode()


def test_denied_as_the_worker_is_proven() -> None:
    (finding,) = findings(denied())
    assert finding.certainty == "proven"
    assert finding.summary == "shop.example.com is down: nginx (www-data) may not write /run/php/shop.sock (root root 0600)"
    assert [each.cause for each in investigate(denied().evidence()).findings] == ["socket_permission"]


def test_fix_sets_the_owner_tests_and_restarts() -> None:
    host = denied()
    (fix,) = findings(host)[0].fixes
    assert written(host, fix) == POOL.replace("listen.owner = root", "listen.owner = www-data")
    assert (fix.kind, fix.title) == ("command", "pool shop: listen.owner = www-data")
    assert fix.checks == (("/usr/sbin/php-fpm", "-t", "-y", CONF),)
    assert [command.argv for command in fix.commands] == [("systemctl", "restart", "php-fpm.service")]
    assert fix.commands[0].ready.key == keys.access_key(f"unix:{SOCK}")
    assert not fix.loads
    assert "-listen.owner = root" in fix.diff


def test_settings_that_are_not_written_are_added_behind_listen() -> None:
    host = denied("[shop]\nlisten = /run/php/shop.sock\npm = static\n", mode=0o660)
    (fix,) = findings(host)[0].fixes
    assert written(host, fix) == "[shop]\nlisten = /run/php/shop.sock\nlisten.owner = www-data\npm = static\n"


def test_two_new_lines_at_one_place() -> None:
    host = denied("[shop]\nlisten = /run/php/shop.sock\nlisten.mode = 0060\n", mode=0o060)
    (fix,) = findings(host)[0].fixes
    assert written(host, fix) == "[shop]\nlisten = /run/php/shop.sock\nlisten.owner = www-data\nlisten.mode = 0660\n"


def test_right_file_and_an_older_socket_need_a_restart_only() -> None:
    """The file was mended and PHP-FPM only reloaded, which keeps the old socket."""
    (fix,) = findings(denied(POOL.replace("= root", "= www-data")))[0].fixes
    assert (fix.edits, len(fix.commands), len(fix.checks), fix.title) == ((), 1, 1, "pool shop: make its socket anew")


def test_supervisord_restarts_its_own_program() -> None:
    host = denied()
    host.units.clear()
    host.supervised("/etc/s.conf", f"[program:shop-php]\ncommand=/usr/sbin/php-fpm -F -y {CONF}\n", "shop-php   RUNNING   pid 50, uptime 0:12:00\n")
    (fix,) = findings(host)[0].fixes
    assert fix.commands[-1].argv[-2:] == ("restart", "shop-php")


def test_file_that_a_tool_owns_gets_advice() -> None:
    host = denied("; Ansible managed, do not edit\n" + POOL)
    (fix,) = managed.advised(host.evidence(), findings(host)[0]).fixes
    assert (fix.kind, fix.edits, fix.commands) == ("advice", (), ())


def test_without_a_known_service_it_is_advice() -> None:
    host = denied()
    host.units.clear()
    (fix,) = findings(host)[0].fixes
    assert (fix.kind, "listen.owner = www-data" in fix.title) == ("advice", True)


def test_other_backends_get_advice_and_never_chmod() -> None:
    host = denied()
    host.sites["shop"] = host.sites["shop"].replace("fastcgi_pass unix:", "proxy_pass http://unix:")
    host.extra_files.clear()
    host.processes.clear()
    host.process(50, "uwsgi")
    (fix,) = findings(host)[0].fixes
    assert (fix.kind, "chmod-socket = 660" in fix.why) == ("advice", True)


def test_socket_of_systemd_gets_advice_for_its_unit() -> None:
    host = denied()
    host.extra_files.clear()
    host.processes.clear()
    host.listeners.clear()
    host.process(1, "systemd")
    host.listen_unix(SOCK, 1)
    assert "SocketMode=0660" in findings(host)[0].fixes[0].why


def test_closed_directory_above_is_another_cause() -> None:
    host = denied()
    host.way(SOCK, PathPart("/run/php", "dir", 0o700, 0, 0), PathPart(SOCK, "socket", 0o600, 0, 0))
    host.tried(SOCK, "denied")
    assert findings(host) == ()
    assert [each.cause for each in investigate(host.evidence()).findings] == ["directory_permission"]


def test_rights_that_let_nginx_in_leave_selinux() -> None:
    """The same line in the log, every mode right, and a connect with the worker's uid works: no setting of the pool mends that."""
    host = denied(mode=0o660, gid=33)
    host.tried(SOCK, "connected")
    opinion = socket_permission.judge(host.evidence(), read_facts(host.evidence()))
    assert opinion.findings == ()
    assert "SELinux" in opinion.ruled_out[0].why
    assert investigate(host.evidence()).verdict == "undecided"


def test_denied_port_is_silent() -> None:
    host = Host()
    host.fails(symptom="socket_permission")
    host.connect("127.0.0.1:3000", "denied")
    assert findings(host) == ()


def test_past_denial_is_silent() -> None:
    """Mended meanwhile: the connect of root came after the last failure, and the rights let nginx in."""
    host = denied(mode=0o660, gid=33)
    host.access.clear()
    host.tallies.clear()
    host.fails(f"unix:{SOCK}", symptom="socket_permission", server="shop.example.com", host="shop.example.com", ago=30.0)
    assert findings(host) == ()
    assert not any(outage.now for outage in read_facts(host.evidence()).outages)


def test_rights_alone_are_likely_and_the_trial_decides() -> None:
    host = denied()
    host.access.clear()
    (finding,) = findings(host)
    assert (finding.certainty, finding.decider.kind, finding.decider.args[1:3]) == ("likely", "access", ("33", "33"))


def test_our_own_denial_is_the_trial_where_we_are_the_worker() -> None:
    host = denied()
    host.access.clear()
    host.euid = 33
    host.connect(f"unix:{SOCK}", "denied")
    assert findings(host)[0].certainty == "proven"


@pytest.mark.parametrize("gone", [f"connect unix:{SOCK}", f"access unix:{SOCK}", "listeners", "processes", "systemctl show", ERRORS, keys.path_key(SOCK), CONF])
def test_less_evidence_never_makes_more_certain(gone: str) -> None:
    whole, less = investigate(denied().evidence()), investigate(without(denied().evidence(), gone))
    before = {finding.id: RANK[finding.certainty] for finding in whole.findings}
    assert all(RANK[finding.certainty] <= before[finding.id] for finding in less.findings)


ACCOUNTS = Accounts({0: "root", 33: "www-data", 1001: "shop", 998: "nginx"}, {0: "root", 33: "www-data", 1001: "shop", 998: "nginx"},
                    {"root": 0, "www-data": 33, "shop": 1001, "nginx": 998}, {"root": 0, "www-data": 33, "shop": 1001, "nginx": 998}, frozenset())  # fmt: skip


def process(uid: int, *gids: int) -> Process:
    return Process(1, 0.0, 0, uid, gids, "", "", (), "", "")


def settings(text: str, master: int = 0, uid: int = 33, gids: tuple[int, ...] = (33,)) -> tuple[tuple[tuple[str, str], ...], str] | None:
    where = Where("f", 1, 0, 0)
    pairs = (line.split("=") for line in text.split())
    pool = Pool("shop", "c", "f", 1, "", f"unix:{SOCK}", tuple(PoolSetting(f"listen.{key}", value, where) for key, value in pairs))
    found = wanted(pool, process(master, master), process(uid, *gids), ACCOUNTS.users[uid], ACCOUNTS)
    return (found.settings, found.loses) if found else None


@pytest.mark.parametrize(
    ("pool", "expected", "loses"),
    [
        ("", (("listen.owner", "www-data"),), ""),
        ("mode=0060", (("listen.owner", "www-data"), ("listen.mode", "0660")), ""),
        ("owner=shop group=shop", (("listen.group", "www-data"),), "shop"),
        ("owner=shop group=shop mode=0600", (("listen.group", "www-data"), ("listen.mode", "0660")), ""),
        ("owner=shop group=root", (("listen.group", "www-data"),), ""),
        ("owner=shop group=www-data mode=0640", (("listen.mode", "0660"),), ""),
        ("owner=www-data mode=0440", (("listen.mode", "0640"),), ""),
        ("owner=shop group=www-data mode=0606", (("listen.mode", "0664"),), ""),
        ("owner=shop group=www-data", (), ""),
        ("acl_users=nginx", (("listen.acl_users", "nginx,www-data"),), ""),
        ("acl_users=nginx,www-data", (), ""),
        ("acl_groups=www-data owner=root", (), ""),
    ],
)
def test_fewest_settings_that_let_the_worker_in(pool: str, expected: tuple[tuple[str, str], ...], loses: str) -> None:
    assert settings(pool) == (expected, loses)


@pytest.mark.parametrize("pool", ["owner=ghost", "group=ghost", "mode=rw", "mode=0999"])
def test_what_is_not_understood_is_not_edited(pool: str) -> None:
    assert settings(pool) is None


def test_master_without_root_gives_nothing_away() -> None:
    """It cannot set another owner: PHP-FPM would not start."""
    assert settings("", master=1001) is None
    assert settings("mode=0440", master=1001, uid=1001, gids=(1001,)) == ((("listen.mode", "0640"),), "")
