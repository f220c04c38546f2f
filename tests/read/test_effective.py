"""What holds at a place, and which logs are written."""

from __future__ import annotations

from dataclasses import replace

from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Nginx
from tui502.read.effective import chain, effective, effective_all, log_targets
from tui502.read.nginx_conf import load

NGINX = Nginx(True, 1, "/n", "1.22.1", False, "/srv/nginx", "/n.conf", "/srv/nginx/logs/error.log", "", "", (), (), None, 0.0, "ok", "", None, "")


def config(text: str, **more: str) -> Config:
    texts = {"/n.conf": text} | {"/" + name: body for name, body in more.items()}
    files = {path: FileSeen(path, body.encode(), False, "file", 0o644, 0, 0, 1, 1, 1, len(body), 0, 0) for path, body in texts.items()}
    return load("/n.conf", {path: Seen(1.0, 0.0, file) for path, file in files.items()}, {})


TEXT = """
proxy_x main;
http { proxy_read_timeout 5s; proxy_set_header A 1; proxy_set_header B 2;
 server { proxy_read_timeout 3s; include site; } }
"""
SITE = "location / { proxy_set_header C 3; proxy_pass http://a; if ($x) { set $y 1; } location /in { deny all; } }"


def test_the_nearest_level_wins_and_says_where_it_stands() -> None:
    read = config(TEXT, site=SITE)
    inside = next(one for one in read.walk() if one.name == "set").where
    assert [block.name for block in chain(read, inside)] == ["http", "server", "location", "if"]
    found = effective(read, inside, "proxy_read_timeout")
    assert found is not None
    assert (found.value, found.level, found.where.file, found.where.line) == ("3s", "server", "/n.conf", 4)
    assert [one.value for one in effective_all(read, inside, "proxy_set_header")] == ["C 3"]
    main = effective(read, inside, "proxy_x")
    assert main is not None
    assert main.level == "main"
    assert effective(read, inside, "proxy_send_timeout") is None


def test_a_pass_goes_down_into_if_but_not_into_nested_locations() -> None:
    read = config(TEXT, site=SITE)
    inside = next(one for one in read.walk() if one.name == "set").where
    nested = next(one for one in read.walk() if one.name == "deny").where
    found = effective(read, inside, "proxy_pass")
    assert found is not None
    assert found.value == "http://a"
    assert effective(read, nested, "proxy_pass") is None


def logs(text: str, nginx: Nginx = NGINX) -> list[tuple[str, str, str, bool]]:
    return [(one.kind, one.path, one.level, one.hides) for one in log_targets(config(text), nginx)]


def test_defaults_hold_where_nothing_is_set() -> None:
    """Else the log to follow is not found on a plain installation."""
    assert logs("http { }") == [("error", "/srv/nginx/logs/error.log", "error", False), ("access", "/srv/nginx/logs/access.log", "combined", False)]
    assert logs("events {}") == [("error", "/srv/nginx/logs/error.log", "error", False)]
    debian = replace(NGINX, error_log="stderr", access_log="/var/log/nginx/access.log")
    assert logs("http { }", debian) == [("error", "stderr", "error", False), ("access", "/var/log/nginx/access.log", "combined", False)]


def test_a_log_of_the_command_line_is_written_beside_those_of_the_file() -> None:
    """Else `nginx -g "error_log …"` is taken for a site without failures."""
    given = replace(NGINX, given=(("daemon", "off"), ("error_log", "g.log", "info")))
    assert logs("events {}", given) == [("error", "/srv/nginx/g.log", "info", False)]
    assert logs("error_log /e;", given) == [("error", "/srv/nginx/g.log", "info", False), ("error", "/e", "error", False)]


def test_every_level_and_form() -> None:
    text = """error_log e.log warn; error_log /var/e2.log; http { access_log off; error_log syslog:server=unix:/dev/log,tag=x info;
        server { error_log /var/e2.log crit; access_log /a.log main buffer=4k; location / { error_log /dev/null; access_log b.log if=$x; error_log off; } } }
        stream { error_log s.log; access_log t.log basic; }"""
    assert logs(text) == [
        ("error", "/srv/nginx/e.log", "warn", False),
        ("error", "/var/e2.log", "error", False),
        ("access", "off", "combined", False),
        ("error", "syslog:server=unix:/dev/log,tag=x", "info", False),
        ("error", "/var/e2.log", "crit", True),
        ("access", "/a.log", "main", False),
        ("error", "/dev/null", "error", True),
        ("access", "/srv/nginx/b.log", "combined", False),
        ("error", "/srv/nginx/off", "error", False),
        ("error", "/srv/nginx/s.log", "error", False),
    ]
