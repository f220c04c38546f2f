"""A small HTTP application: `python -m tui502.lab.backend --name NAME --bind ADDRESS:PORT [--user USER]`.

It answers every path with 200 and says its own name in the body, the title and the Server header, so that one application is never taken for another.
It ends with the process that started it.
"""

from __future__ import annotations

import argparse
import os
import pwd
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from tui502.lab.processes import die_with_parent


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind without the reverse lookup of the own address that HTTPServer does: it may wait for a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


def handler(name: str) -> type[BaseHTTPRequestHandler]:
    """The request handler of the application `name`."""

    class Handler(BaseHTTPRequestHandler):
        server_version = name
        sys_version = ""
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = f"<!doctype html><html><head><title>{name}</title></head><body><h1>{name}</h1></body></html>\n".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET

    return Handler


def drop_to(user: str) -> None:
    """Go on as `user`, for good."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def main(argv: Sequence[str] | None = None) -> None:
    parent = os.getppid()
    parser = argparse.ArgumentParser(prog="tui502.lab.backend")
    parser.add_argument("--name", required=True)
    parser.add_argument("--bind", required=True)
    parser.add_argument("--user")
    given = parser.parse_args(argv)
    address, _, port = given.bind.rpartition(":")
    with Server((address, int(port)), handler(given.name)) as server:
        if given.user:
            drop_to(given.user)
        die_with_parent(parent)
        server.serve_forever()


if __name__ == "__main__":
    main()
