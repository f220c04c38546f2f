"""Values in effect with nginx's own defaults, times and sizes as written."""

from __future__ import annotations

import pytest

from tests import answers
from tests.builder import Host
from tui502.read import names, values
from tui502.read.defaults import default
from tui502.read.facts import read_facts
from tui502.read.setting import setting


def effective(directives: str, name: str, family: str = "http", version: str = "1.22.1", **more: str):  # type: ignore[no-untyped-def]
    host = Host()
    host.sites["app"] = answers.site(directives, **more)
    facts = read_facts(host.evidence())
    return setting(facts.config, facts.routes.passes[0].where, family, name, version)  # type: ignore[arg-type]


def test_the_nearest_setting_else_the_default() -> None:
    """If this fails, a time-out or buffer is compared with a value that nginx does not use."""
    assert effective("proxy_pass http://127.0.0.1:1; proxy_read_timeout 5s;", "read_timeout").value == "5s"
    inherited = effective("proxy_pass http://127.0.0.1:1;", "buffer_size", server="    proxy_buffer_size 8k;\n")
    assert (inherited.value, inherited.set_at and inherited.set_at.level) == ("8k", "server")
    assert effective("proxy_pass http://127.0.0.1:1;", "read_timeout") == ("60s", None)
    assert effective("fastcgi_pass 127.0.0.1:1; proxy_buffer_size 8k;", "buffer_size", "fastcgi") == ("4k", None)
    assert effective("proxy_pass http://127.0.0.1:1;", "busy_buffers_size") == ("", None)


def test_what_depends_on_the_version() -> None:
    """If this fails, a request is judged by the protocol version of another nginx."""
    assert [default("http_version", version) for version in ("1.22.1", "1.29.6", "1.29.7", "1.31.3", "")] == ["1.0", "1.0", "1.1", "1.1", "1.0"]
    assert (values.numbers("1.22.1"), values.numbers("unknown")) == ((1, 22, 1), ())


@pytest.mark.parametrize(("text", "seconds"), [("60", 60), ("60s", 60), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("x", float("inf")), ("", float("inf"))])
def test_times(text: str, seconds: float) -> None:
    assert values.seconds(text) == seconds


@pytest.mark.parametrize(("text", "size"), [("4096", 4096), ("4k", 4096), ("1M", 1 << 20), ("x", 0), ("", 0), ("-1", 0)])
def test_sizes(text: str, size: int) -> None:
    assert values.size(text) == size
    assert (values.written(16384), values.written(1000)) == ("16k", "1000")


@pytest.mark.parametrize(
    ("directives", "expected", "asked"),
    [
        ("proxy_pass https://backend.example:8443/x;", "backend.example", ""),
        ("proxy_pass https://pool; proxy_ssl_server_name on;", "pool", "pool"),
        ("proxy_pass https://127.0.0.1:8443; proxy_ssl_server_name on;", "127.0.0.1", ""),
        ("proxy_pass https://pool; proxy_ssl_name a.example; proxy_ssl_server_name on;", "a.example", "a.example"),
        ("proxy_pass https://pool; proxy_ssl_name $host; proxy_ssl_server_name on;", "app.example.com", "app.example.com"),
        ("proxy_pass https://pool; proxy_ssl_name $upstream_name;", "", ""),
    ],
)
def test_the_name_that_nginx_expects_and_asks_for(directives: str, expected: str, asked: str) -> None:
    """If this fails, a handshake is tried otherwise than nginx does, and proves nothing."""
    host = Host()
    host.sites["app"] = answers.site(directives, before="upstream pool { server 127.0.0.1:3000; }\n")
    facts = read_facts(host.evidence())
    route = facts.routes.passes[0]
    assert (names.expected(facts, route), names.asked_for(facts, route)) == (expected, asked)


def test_a_name_that_tls_cannot_ask_for_is_none() -> None:
    for text in ("", "_", "*.a", "~^x$", "10.0.0.1", "[::1]", "a b", "a..b", "x" * 64 + ".a", "a" * 60_000 + "!"):
        assert not names.is_name(text), text[:80]
    assert names.is_name("api-1.internal.example")
