"""What is never done: each item of the list, in the ways it can be dressed, and the neighbours that are allowed."""

from __future__ import annotations

import pytest

from tui502.fix.edits import set_word
from tui502.fix.forbidden import forbidden
from tui502.model.config import walk
from tui502.model.findings import Command, Edit, Fix
from tui502.read.nginx_conf import parse


def fix(*edits: Edit, cause: str = "wrong_port", argv: str = "", undo: str = "") -> Fix:
    commands = (Command(tuple(argv.split()), "", "", "", tuple(undo.split()) or None, None),) if argv else ()
    return Fix("", cause, "", "", "", "config", edits, commands, ())


@pytest.mark.parametrize(
    "argv",
    [
        "chmod 777 /run/a.sock",
        "chmod -R 0666 /run",
        "chmod o+w /run/a",
        "chmod a+rw x",
        "sudo chmod ugo=rwx x",
        "chmod u+x,o+w x",
        "install -m 0777 a b",
        "setfacl -m o::rwx x",
        "setenforce 0",
        "sudo setenforce Permissive",
        "semanage permissive -a httpd_t",
        "iptables -F",
        "ip6tables -t nat --flush",
        "nft flush ruleset",
        "ufw disable",
        "systemctl stop firewalld",
        "systemctl disable --now nftables.service",
        "rm -rf /etc/nginx/sites-enabled/x",
        "unlink x",
        "truncate -s 0 x",
        "systemctl restart nginx",
        "systemctl stop nginx.service",
        "service nginx restart",
        "nginx -s stop",
        "/usr/sbin/nginx -s quit",
        "systemctl restart a b",
        "systemctl restart php*",
        "supervisorctl restart all",
        "python3 -m supervisor.supervisorctl -c /c restart all",
        "reboot",
        "systemctl reboot",
        "systemctl isolate rescue.target",
        "docker restart a b",
        "pkill node",
        "systemctl restart postgresql@15-main",
        "service mysql restart",
        "systemctl restart mariadb.service",
        "docker restart redis",
        "sh -c true",
        "bash x",
        "python3 -c pass",
        "env A=1 sh -c x",
        "perl -e 1",
        "nsenter -t 1 bash",
        "sudo -u root systemctl restart nginx",
    ],
)
def test_commands_that_are_never_run(argv: str) -> None:
    assert forbidden(fix(argv=argv), {})


@pytest.mark.parametrize(
    "argv",
    [
        "systemctl start app.service",
        "systemctl restart php8.2-fpm",
        "systemctl reload nginx",
        "supervisorctl -c /c/s.conf start app",
        "python3 -m supervisor.supervisorctl -c /c start app",
        "/v/bin/python /v/bin/supervisorctl -c /c start app",
        "docker start web",
        "docker restart web",
        "chmod 660 /run/a.sock",
        "chmod g+w /run/a.sock",
        "chown www-data /run/a",
        "setfacl -m u:www-data:rw x",
        "setsebool -P httpd_can_network_connect 1",
        "setenforce 1",
        "systemctl start nginx",
        "systemctl start postgresql",
        "nginx -s reload",
        "systemctl daemon-reload",
    ],
)
def test_commands_that_may_be_offered(argv: str) -> None:
    assert forbidden(fix(argv=argv), {}) == ""


def test_a_start_may_be_taken_back_and_some_causes_need_a_restart() -> None:
    assert forbidden(fix(argv="systemctl start nginx", undo="systemctl stop nginx"), {}) == ""
    assert forbidden(fix(argv="systemctl start nginx", undo="rm -rf /"), {})
    assert forbidden(fix(argv="systemctl restart nginx", cause="fd_limit"), {}) == ""


CONF = b"user www;\nhttp { server { proxy_ssl_verify on; proxy_read_timeout 30s; proxy_buffers 8 4k; root /a; } upstream u { server a:1 max_fails=3; } }\n"


def word(name: str, n: int, new: str) -> Edit:
    directive = next(one for one in walk(parse("/f", CONF)[0]) if one.name == name)
    return set_word(CONF, directive.where_of(n), new)


@pytest.mark.parametrize(
    "edit",
    [
        word("proxy_ssl_verify", 1, "off"),
        word("user", 1, "root"),
        word("proxy_read_timeout", 1, "60"),
        word("proxy_read_timeout", 1, "1m30s"),
        word("proxy_read_timeout", 1, "$x"),
        Edit("/f", CONF.index(b"max_fails"), CONF.index(b"=3") + 2, b"max_fails=3", b"max_fails=0"),
        Edit("/f", CONF.index(b"root"), CONF.index(b"root") + 8, b"root /a;", b""),
        Edit("/f", CONF.index(b"root"), CONF.index(b"root") + 8, b"root /a;", b"# root /a;\n"),
        Edit("/f", 0, 0, b"", b"proxy_connect_timeout 90s; "),
        Edit("/f", 0, 4, b"nope", b""),
    ],
)
def test_edits_that_are_never_made(edit: Edit) -> None:
    assert forbidden(fix(edit), {"/f": CONF})


@pytest.mark.parametrize(
    "edit",
    [word("proxy_read_timeout", 1, "10s"), word("server", 0, "server"), word("proxy_buffers", 2, "16k"), Edit("/f", 0, 0, b"", b"proxy_read_timeout 20s; ")],
)
def test_edits_that_may_be_offered(edit: Edit) -> None:
    assert forbidden(fix(edit), {"/f": CONF}) == ""


def test_a_line_that_hides_failures_already_may_be_edited_otherwise() -> None:
    """If this fails, a dead peer cannot be taken out of a group because of what somebody else wrote in its line."""
    conf = b"upstream u { server a:1 max_fails=0; server b:1; }\n"
    at = conf.index(b";")
    assert forbidden(fix(Edit("/f", at, at, b"", b" down")), {"/f": conf}) == ""
    at = conf.index(b"b:1") + 3
    assert forbidden(fix(Edit("/f", at, at, b"", b" max_fails=0")), {"/f": conf})


def test_a_longer_time_out_is_for_what_is_slow_only() -> None:
    assert forbidden(fix(word("proxy_read_timeout", 1, "120s"), cause="backend_slow"), {"/f": CONF}) == ""


def test_other_files_are_judged_by_their_text() -> None:
    """Pools and units are edited too."""
    pool = b"[www]\nlisten = /run/a.sock\nlisten.mode = 0660\n"
    at = pool.index(b"0660")
    assert forbidden(fix(Edit("/p", at, at + 4, b"0660", b"0666")), {"/p": pool})
    assert forbidden(fix(Edit("/p", at, at + 4, b"0660", b"0664")), {"/p": pool}) == ""
    assert forbidden(fix(Edit("/u", 0, 0, b"", b"SocketMode=0666\n")), {})
    assert forbidden(fix(Edit("/s", 0, 0, b"", b"SELINUX=permissive\n")), {})
