"""The failing request through a real nginx, plain and over TLS."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_nginx import RealNginx, eventually, free_port, running, system_nginx
from tui502.collect.replay import replay, server_name
from tui502.host.http import USER_AGENT


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNginx]:
    with running(tmp_path_factory.mktemp("nginx"), system_nginx()) as one:
        yield one


def test_the_answer_is_verbatim(nginx: RealNginx) -> None:
    """If this fails, a repair is verified by something else than what the visitor gets."""
    found = replay(f"127.0.0.1:{nginx.port}", "http", "GET", "example.test", "/a?b", 5)
    assert (found.end, found.speak, found.peer) == ("answered", "replay", f"127.0.0.1:{nginx.port}")
    assert found.received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found.received.endswith(b"\r\n\r\nhere\n")
    assert found.sent.startswith(b"GET /a?b HTTP/1.1\r\nHost: example.test\r\nUser-Agent: " + USER_AGENT.encode())
    assert found.connected is not None
    assert found.first_byte is not None
    assert eventually(lambda: USER_AGENT.encode() in (nginx.conf.parent / "access.log").read_bytes())


def test_a_listen_on_all_addresses_is_asked_on_the_loopback(nginx: RealNginx) -> None:
    """If this fails, a server that listens on a bare port is never replayed."""
    assert replay(f"*:{nginx.port}", "http", "HEAD", "h", "/", 5).received.endswith(b"\r\n\r\n")


def test_every_end(nginx: RealNginx, tmp_path: Path) -> None:
    """If this fails, an nginx that does not answer passes for one that answers."""
    with socket.socket() as dumb, socket.socket() as bound:
        dumb.bind(("127.0.0.1", 0))
        dumb.listen()
        bound.bind(("127.0.0.1", 0))
        silent, dead = (f"127.0.0.1:{one.getsockname()[1]}" for one in (dumb, bound))
        assert replay(silent, "http", "GET", "h", "/", 0.2).end == "timeout"
        assert replay(silent, "https", "GET", "h", "/", 0.2).end == "timeout"
        assert (replay(dead, "http", "GET", "h", "/", 1).end, replay(dead, "http", "GET", "h", "/", 1).errno) == ("refused", 111)
    assert replay(f"unix:{tmp_path}/none", "http", "GET", "h", "/", 1).end == "absent"
    assert replay(f"127.0.0.1:{nginx.port}", "https", "GET", "h", "/", 2).end == "error"


def test_only_harmless_requests_are_sent(nginx: RealNginx) -> None:
    """If this fails, looking at a host posts a form a second time."""
    for method, host in (("POST", "h"), ("DELETE", "h"), ("GET", "h\r\nCookie: x")):
        with pytest.raises(ValueError):
            replay(f"127.0.0.1:{nginx.port}", "http", method, host, "/", 1)


def test_tls_asks_for_the_name_and_accepts_any_certificate(tmp_path: Path) -> None:
    """If this fails, a site behind TLS is replayed at another server block, or not at all."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl program to make a certificate with")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=wrong.test"]
    subprocess.run([*command, "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")], check=True, capture_output=True)
    port = free_port()
    server = "server {{ listen 127.0.0.1:{port} ssl; server_name {name}; ssl_certificate {dir}/cert; ssl_certificate_key {dir}/key;"
    server += " return 200 '$ssl_server_name\\n'; }}\n"
    folder = tmp_path / "nginx"
    folder.mkdir()
    text = "".join(server.format(port=port, name=name, dir=tmp_path) for name in ("other.test", "wanted.test"))
    with running(folder, system_nginx(), included=text):
        found = replay(f"127.0.0.1:{port}", "https", "GET", "wanted.test:8443", "/", 5)
    assert (found.end, found.received[-12:]) == ("answered", b"wanted.test\n")


def test_an_address_is_no_server_name() -> None:
    """If this fails, nginx or a balancer refuses our handshake."""
    assert server_name("example.test:8443") == "example.test"
    assert (server_name("127.0.0.1:80"), server_name("[::1]:80"), server_name("[::1]")) == ("", "", "")
