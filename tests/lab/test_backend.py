"""The lab's applications are told apart by what they say, and spoil the pages they are told to spoil."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui502.lab import ask, certificates, manners
from tui502.lab.backend import Server, handler, listen


@contextmanager
def serving(*options: str, bind: str = "127.0.0.1:0", tls: bool = False) -> Iterator[Server]:
    """The application "shop" with these words on its command line."""
    with listen(bind, handler("shop", manners.parse(options))) as server:
        if tls:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(certificates.PACKAGED / "certificate.pem", certificates.PACKAGED / "key.pem")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_backend_says_its_name_everywhere(method: str) -> None:
    """Body, title and Server header are what a person compares before a site is pointed at another port."""
    with serving() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request(method, "/any/path?q=1", body=b"abc" if method == "POST" else None)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
    assert (answer.status, answer.getheader("Server", "").strip()) == (200, "shop")
    assert body == b"" if method == "HEAD" else b"<title>shop</title>" in body and b"<h1>shop</h1>" in body


def test_only_the_page_that_is_named_is_spoilt(capfd: pytest.CaptureFixture[str]) -> None:
    """Each: the named page slow, without answer, with a large header; its query does not matter, other pages are fine."""
    with serving("--slow", "/slow=0.3", "--close", "/gone", "--header", "/big=9000") as server:
        begun = time.monotonic()
        assert ask.get("127.0.0.1", server.server_port, "shop", "/slow?a=b")[0] == 200
        assert time.monotonic() - begun >= 0.3
        assert ask.get("127.0.0.1", server.server_port, "shop", "/gone?a=b") == (0, b"")
        assert "ERROR ClosesEarly: GET /gone?a=b" in capfd.readouterr().err
        assert len(header_of(server, "/big")) >= 9000
        assert len(header_of(server, "/")) < 400


def header_of(server: Server, uri: str) -> bytes:
    return exchange(socket.create_connection(("127.0.0.1", server.server_port), 5), f"GET {uri} HTTP/1.0\r\n\r\n".encode()).partition(b"\r\n\r\n")[0]


def exchange(connection: socket.socket, sent: bytes) -> bytes:
    """All that comes back until the other side closes."""
    received = b""
    with connection:
        connection.sendall(sent)
        while more := connection.recv(65536):
            received += more
    return received


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"\x01\x01\x00\x01\x00\x08\x00\x00"], ids=["TLS", "FastCGI"])
def test_other_protocols_are_answered_with_http_at_once(sent: bytes) -> None:
    """An application that waits for the end of a line would turn a wrong protocol into a time-out."""
    with serving() as server:
        assert exchange(socket.create_connection(("127.0.0.1", server.server_port), 5), sent).startswith(b"HTTP/1.1 400 ")


def test_tls_is_spoken_with_the_packaged_certificate() -> None:
    trusts = ssl.create_default_context(cafile=certificates.PACKAGED / "certificate.pem")
    with serving(tls=True) as server:
        connection = trusts.wrap_socket(socket.create_connection(("127.0.0.1", server.server_port), 5), server_hostname=certificates.PACKAGED_NAME)
        assert b"<h1>shop</h1>" in exchange(connection, b"GET / HTTP/1.0\r\n\r\n")


def test_application_on_a_socket_replaces_a_stale_one(base: Path) -> None:
    path = base / "http.sock"
    for _ in range(2):
        with serving(bind=f"unix:{path}"):
            assert path.stat().st_mode & 0o777 == 0o660
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(path))
            assert b"<h1>shop</h1>" in exchange(client, b"GET / HTTP/1.0\r\n\r\n")
