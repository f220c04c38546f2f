"""A small HTTP application: `python -m tui502.lab.backend --name NAME --bind ADDRESS:PORT|unix:PATH [--user USER] …`.

It answers every path with 200 and says its own name in the body, the title and the Server header, so that one application is never taken for another.
`--slow PATH=SECONDS`, `--header PATH=BYTES` and `--close PATH` spoil single paths, `--tls CERTIFICATE KEY` makes it speak TLS. A socket belongs to USER and
has mode 0660. It ends with the process that started it.
"""

from __future__ import annotations

import argparse
import os
import pwd
import socket
import ssl
import sys
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from tui502.lab import manners
from tui502.lab.manners import Manners
from tui502.lab.processes import die_with_parent

SOCKET_MODE = 0o660


class ClosesEarly(Exception):
    """The application fails over this request: there will be no answer."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    tls: ssl.SSLContext | None = None

    def server_bind(self) -> None:
        """Bind without the reverse lookup of the own address that HTTPServer does: it may wait for a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """With TLS the handshake takes place at the first read, in the thread of that connection."""
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line in the application's log."""
        error = sys.exc_info()[1]
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} ERROR {type(error).__name__}: {error}", file=sys.stderr, flush=True)


class UnixServer(Server):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        path = Path(str(self.server_address))
        path.unlink(missing_ok=True)
        self.socket.bind(str(path))
        path.chmod(SOCKET_MODE)
        self.server_name, self.server_port = "localhost", 0


def handler(name: str, behaves: Manners) -> type[BaseHTTPRequestHandler]:
    """The request handler of the application `name`."""

    class Handler(BaseHTTPRequestHandler):
        server_version = name
        sys_version = ""
        protocol_version = "HTTP/1.1"
        default_request_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            """Answer 400 to what does not begin like HTTP, at its first byte; http.server would wait for the end of a line."""
            first = self.rfile.peek(1)[:1]  # type: ignore[attr-defined]
            if not first or first.isalpha():
                return super().handle_one_request()
            self.command, self.requestline, self.request_version = "", "", self.protocol_version
            self.send_error(400)
            self.close_connection = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if manners.path_of(self.path) in behaves.close:
                raise ClosesEarly(f"{self.command} {self.path}: unexpected end of the price list")
            behaves.wait_for(self.path)
            body = manners.page(name)
            self.send_response(200)
            for field, value in behaves.header_lines(self.path):
                self.send_header(field, value)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET

        def address_string(self) -> str:
            """Whoever connects to a socket has no address."""
            return str(self.client_address[0]) if self.client_address else "unix"

    return Handler


def drop_to(user: str) -> None:
    """Go on as `user`, for good."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def listen(bind: str, handles: type[BaseHTTPRequestHandler]) -> Server:
    """A server that listens on ADDRESS:PORT or unix:PATH."""
    address, _, port = bind.rpartition(":")
    return UnixServer(port, handles) if address == "unix" else Server((address, int(port)), handles)  # type: ignore[arg-type]


def main(argv: Sequence[str] | None = None) -> None:
    parent = os.getppid()
    parser = argparse.ArgumentParser(prog="tui502.lab.backend")
    parser.add_argument("--name", required=True)
    parser.add_argument("--bind", required=True)
    parser.add_argument("--user")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    manners.add_options(parser)
    given = parser.parse_args(argv)
    with listen(given.bind, handler(given.name, manners.given(given))) as server:
        if given.tls:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(*given.tls)
        if given.user:
            if isinstance(server, UnixServer):
                account = pwd.getpwnam(given.user)
                os.chown(str(server.server_address), account.pw_uid, account.pw_gid)
            drop_to(given.user)
        die_with_parent(parent)
        server.serve_forever()


if __name__ == "__main__":
    main()
