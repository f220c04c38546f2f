"""All that holds where a request ends, by the version of nginx."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.routing.real import parsed, version_of
from tests.real_nginx import system_nginx, wheel_nginx
from tui502.model.facts import Family, Request
from tui502.model.route import Known
from tui502.read.defaults import default, names
from tui502.read.in_effect import in_effect
from tui502.read.routing import way

TEXT = """http { proxy_read_timeout 5s; proxy_buffers 4 16k; proxy_set_header A 1; resolver 127.0.0.1;
 server { listen 80; proxy_read_timeout 7s; location / { proxy_set_header B "two words"; proxy_set_header C 3; proxy_pass http://127.0.0.1:1; } } }"""


def effective(version: str, family: Family = "http") -> dict[str, tuple[tuple[str, ...], str, tuple[int, ...]]]:
    config = parsed(TEXT)
    found = way(config, Request("GET", "http", "127.0.0.1", 80, "", "a", "/"), Known())
    return {one.name: (one.values, one.level, tuple(where.line for where in one.places)) for one in in_effect(config, found.blocks, family, version)}


def test_the_nearest_level_counts_and_lists_are_replaced() -> None:
    """If this fails, a person changes a value that another one overrides."""
    found = effective("1.22.1")
    assert found["proxy_read_timeout"] == (("7s",), "server", (2,))
    assert found["proxy_set_header"] == (('B "two words"', "C 3"), "location", (2, 2))
    assert found["resolver"] == (("127.0.0.1",), "http", (1,))
    assert found["proxy_connect_timeout"] == (("60s",), "default", ())
    assert found["proxy_busy_buffers_size"] == (("32k",), "default", ())
    assert "proxy_bind" not in found


def test_defaults_are_those_of_the_version() -> None:
    assert [effective(version)["proxy_http_version"][0] for version in ("1.22.1", "1.31.3")] == [("1.0",), ("1.1",)]
    assert [default("ssl_protocols", version) for version in ("1.22.1", "1.24.0", "1.28.0")] == [
        "TLSv1 TLSv1.1 TLSv1.2", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "TLSv1.2 TLSv1.3",
    ]  # fmt: skip
    assert "socket_rcvbuf" in names("proxy", "1.31.3")
    assert "socket_rcvbuf" not in names("proxy", "1.22.1")
    assert effective("1.22.1", "grpc")["grpc_ssl_name"][0] == ("the host in grpc_pass",)


@pytest.mark.parametrize("which", [system_nginx, wheel_nginx])
def test_every_directive_is_one_that_this_nginx_has(which) -> None:  # type: ignore[no-untyped-def]
    """If this fails, a default is told of a directive that this version does not have. The names of directives stand in the program; modules that are not
    built in are left out."""
    binary = which()
    program = Path(binary).read_bytes()
    for prefix in ("proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached"):
        known = [f"{prefix}_{name}" for name in names(prefix, version_of(binary))]
        assert f"{prefix}_pass\0".encode() not in program or [name for name in known if name.encode() + b"\0" not in program] == []
