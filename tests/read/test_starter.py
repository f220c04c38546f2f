"""Which service runs nginx: told by what it starts, whatever it is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host
from tui502.model.facts import Unit
from tui502.read import starter
from tui502.read.facts import read_facts


def unit(name: str, command: str) -> Unit:
    host = Host()
    host.unit("a.service")
    return replace(read_facts(host.evidence()).units[0], name=name, exec_start=command)


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("/usr/sbin/nginx -g 'daemon on; master_process on;'", ("/usr/sbin/nginx", "-g", "daemon on; master_process on;")),
        ("/opt/o/bin/openresty -p /srv/o", ("/opt/o/bin/openresty", "-p", "/srv/o")),
        ("/usr/bin/env nginx-1.31 -c /a", ("nginx-1.31", "-c", "/a")),
        ("/usr/bin/nginx-exporter --port 9", ()),
        ("/usr/bin/tail -f /var/log/nginx", ()),
        ("/usr/bin/nginx-prometheus-exporter -c /a", ()),
        ("", ()),
    ],
)
def test_the_command_line_begins_with_nginx(command: str, argv: tuple[str, ...]) -> None:
    """An exporter or a reader of logs must not be taken for nginx."""
    assert starter.argv(unit("x.service", command)) == argv


def test_the_configuration_decides_between_several() -> None:
    system, own, other = (
        unit("a", "/usr/sbin/nginx -g 'daemon off;'"), unit("b", "/usr/sbin/nginx -c /srv/b.conf"), unit("c", "/usr/sbin/nginx -c/srv/c.conf"),
    )  # fmt: skip
    assert starter.service((system, own, other), "/srv/c.conf") == other
    assert starter.service((system, own, other), "/srv/b.conf") == own
    assert starter.service((system, own, other), "") == system
    assert starter.service((own, other), "") is None
    assert starter.service((own,), "") == own
    assert starter.service((own, other), "/srv/d.conf") is None


def test_a_masked_unit_is_known_by_its_name() -> None:
    masked = unit("nginx.service", "")
    assert starter.service((unit("app.service", "/usr/bin/node app.js"), masked), "") == masked
