"""A small FastCGI responder, for where PHP-FPM is not installed: `python -m tui502.lab.fastcgi --name NAME --pool FILE [--header PATH=BYTES …]`.

It reads the same pool file: `listen`, `listen.owner`, `listen.group`, `listen.mode` and `user`, answers every path like the applications that speak
HTTP, and closes the connection of anybody who does not speak FastCGI. The protocol: FastCGI Specification 1.0; one request a connection.
"""

from __future__ import annotations

import argparse
import configparser
import grp
import os
import pwd
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer, ThreadingMixIn, UnixStreamServer
from typing import BinaryIO

from tui502.lab import manners
from tui502.lab.backend import drop_to
from tui502.lab.manners import Manners
from tui502.lab.processes import die_with_parent

VERSION, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
HEAD = struct.Struct(">BBHHBx")
"""Version, type, request id, content length, padding length."""
MOST = 65528
"""Bytes in one record."""


class NotFastCGI(Exception):
    """The other side speaks something else, or left."""


def records(stream: BinaryIO) -> dict[int, bytes]:
    """The streams of one request by record type, read to the end of its standard input. Raises NotFastCGI."""
    found: dict[int, bytes] = {}
    while True:
        head = stream.read(HEAD.size)
        if len(head) < HEAD.size or head[0] != VERSION:
            raise NotFastCGI
        _, kind, _, length, padding = HEAD.unpack(head)
        content = stream.read(length + padding)[:length]
        found[kind] = found.get(kind, b"") + content
        if kind == STDIN and not length:
            return found


def pairs(data: bytes) -> dict[str, str]:
    """The name-value pairs of a PARAMS stream: two lengths of one or four bytes, then both texts."""
    found, at = {}, 0
    while at < len(data):
        sizes = []
        for _ in range(2):
            long = data[at] > 127
            sizes.append(int.from_bytes(data[at : at + 4], "big") & 0x7FFFFFFF if long else data[at])
            at += 4 if long else 1
        name, value = data[at : at + sizes[0]], data[at + sizes[0] : at + sum(sizes)]
        at += sum(sizes)
        found[name.decode("latin-1")] = value.decode("latin-1")
    return found


def record(kind: int, content: bytes) -> bytes:
    return HEAD.pack(VERSION, kind, 1, len(content), 0) + content


def response(name: str, uri: str, behaves: Manners) -> bytes:
    """The records that answer a request for `uri`."""
    lines = [*behaves.header_lines(uri), ("X-Powered-By", name), ("Content-Type", "text/html; charset=utf-8")]
    out = "".join(f"{field}: {value}\r\n" for field, value in lines).encode() + b"\r\n" + manners.page(name)
    parts = [record(STDOUT, out[at : at + MOST]) for at in range(0, len(out), MOST)]
    return b"".join([*parts, record(STDOUT, b""), record(END_REQUEST, bytes(8))])


def handler(name: str, behaves: Manners) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            try:
                asked = pairs(records(self.rfile).get(PARAMS, b""))  # type: ignore[arg-type]
                self.wfile.write(response(name, asked.get("REQUEST_URI", "/"), behaves))
            except (NotFastCGI, OSError):
                return

    return Handler


class Tcp(ThreadingMixIn, TCPServer):
    daemon_threads = allow_reuse_address = True
    request_queue_size = 128


class Unix(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def pool(file: str) -> Mapping[str, str]:
    """The settings of the one pool in `file`."""
    parser = configparser.RawConfigParser()
    parser.read_string(Path(file).read_text())
    return parser[parser.sections()[0]]


def listen(settings: Mapping[str, str], handles: type[StreamRequestHandler]) -> Tcp | Unix:
    """A server as the pool says. As with PHP-FPM, only root can give the socket away."""
    target = settings["listen"]
    if not target.startswith("/"):
        address, _, port = target.rpartition(":")
        return Tcp((address, int(port)), handles)
    Path(target).unlink(missing_ok=True)
    server = Unix(target, handles)
    if os.geteuid() == 0:
        owner, group = settings.get("listen.owner"), settings.get("listen.group")
        os.chown(target, pwd.getpwnam(owner).pw_uid if owner else -1, grp.getgrnam(group).gr_gid if group else -1)
    Path(target).chmod(int(settings.get("listen.mode", "0660"), 8))
    return server


def main(argv: Sequence[str] | None = None) -> None:
    parent = os.getppid()
    parser = argparse.ArgumentParser(prog="tui502.lab.fastcgi")
    parser.add_argument("--name", required=True)
    parser.add_argument("--pool", required=True)
    manners.add_options(parser)
    given = parser.parse_args(argv)
    settings = pool(given.pool)
    with listen(settings, handler(given.name, manners.given(given))) as server:
        if os.geteuid() == 0 and "user" in settings:
            drop_to(settings["user"])
        die_with_parent(parent)
        server.serve_forever()


if __name__ == "__main__":
    main()
