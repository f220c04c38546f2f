"""Small real servers on the loopback, one connection after the other: each gets the socket of a client and answers as it likes."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import tui502.lab

PAIR = Path(tui502.lab.__file__).parent / "practice_tls"
NAME = "backend.practice.test"
"""The name in the certificate of `PAIR`."""

Answer = Callable[[socket.socket], None]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address of a server that handles each connection with `answer` and closes it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        thread = threading.Thread(target=_accept, args=(server, answer), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _accept(server: socket.socket, answer: Answer) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client, suppress(OSError):
            client.settimeout(10)
            answer(client)


def http(client: socket.socket) -> None:
    """An HTTP server: 200 to what looks like a request, 400 to everything else."""
    asked = client.recv(65536)
    status, body = (b"200 OK", b"fine") if asked.startswith((b"GET ", b"HEAD ")) else (b"400 Bad Request", b"what")
    client.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nSet-Cookie: %s\r\n\r\n%s" % (status, len(body), b"a" * 100, body))


def fastcgi(client: socket.socket) -> None:
    """A FastCGI application that says which script it was asked for; it hangs up on everything else, as PHP-FPM does."""
    asked = client.recv(65536)
    if asked[:2] != b"\x01\x01":
        return
    script = asked.partition(b"SCRIPT_FILENAME")[2][:30]
    head = b"Content-Type: text/plain\r\n\r\n" if script else b"Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\n"
    client.sendall(record(7, b"a word to the log") + record(6, head + b"body") + record(6, b"") + record(3, bytes(8)))


def record(kind: int, content: bytes) -> bytes:
    padding = -len(content) % 8
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), padding) + content + bytes(padding)


def closes(client: socket.socket) -> None:
    """Read the request, and hang up."""
    client.recv(65536)


def tls(*, needs: str = "", inside: Answer = http) -> Answer:
    """A TLS server with the certificate for NAME; with `needs` it refuses who does not ask for that name (alert 112)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PAIR / "certificate.pem", PAIR / "key.pem")

    def check(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> int | None:
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if needs and name != needs else None

    context.sni_callback = check  # type: ignore[assignment]

    def answer(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True) as protected:
            inside(protected)

    return answer
