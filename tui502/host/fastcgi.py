"""The bytes of a FastCGI request of ours (responder role, id 1, the connection closed afterwards), and when its answer is whole."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tui502.host.http import METHODS, USER_AGENT, escape, is_host

VERSION = 1
BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN = 1, 3, 4, 5
_HEAD = struct.Struct(">BBHHBx")
"""version, type, request id, length of the content, length of the padding."""

_LONGEST = 0xFFFF


def request(method: str, host: str, uri: str, more: Mapping[str, str]) -> bytes:
    """A request without a body. `more` adds parameters or replaces ours; without SCRIPT_FILENAME among them no script is run: PHP-FPM answers 404.
    Raises ValueError for a method we never send, for a host that is none, and for parameters that are too long."""
    if method not in METHODS:
        raise ValueError(f"{method} is never sent")
    if not is_host(host):
        raise ValueError("no host name")
    path, _, query = escape(uri).partition("?")
    name, _, port = host.partition(":")
    given = {
        "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_SOFTWARE": USER_AGENT, "REQUEST_METHOD": method, "REQUEST_URI": escape(uri),
        "SCRIPT_NAME": path, "DOCUMENT_URI": path, "QUERY_STRING": query, "CONTENT_TYPE": "", "CONTENT_LENGTH": "", "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "0", "SERVER_ADDR": "127.0.0.1", "SERVER_PORT": port or "80", "SERVER_NAME": name, "HTTP_HOST": host, "HTTP_USER_AGENT": USER_AGENT,
        "HTTP_ACCEPT": "*/*", **more,
    }  # fmt: skip
    params = b"".join(_pair(key.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape")) for key, value in given.items())
    if len(params) > _LONGEST:
        raise ValueError("the parameters are too long")
    begin = struct.pack(">HB5x", 1, 0)
    return b"".join((_record(BEGIN_REQUEST, begin), _record(PARAMS, params), _record(PARAMS, b""), _record(STDIN, b"")))


def _record(kind: int, content: bytes) -> bytes:
    return _HEAD.pack(VERSION, kind, 1, len(content), 0) + content


def _pair(name: bytes, value: bytes) -> bytes:
    return _length(len(name)) + _length(len(value)) + name + value


def _length(n: int) -> bytes:
    return bytes((n,)) if n < 0x80 else struct.pack(">I", n | 0x80000000)


def is_whole(received: bytes | bytearray) -> bool:
    """Whether the answer holds the record that ends the request."""
    at = 0
    while len(received) - at >= _HEAD.size:
        version, kind, _, length, padding = _HEAD.unpack_from(received, at)
        if version != VERSION:
            return False
        at += _HEAD.size + length + padding
        if kind == END_REQUEST:
            return bool(at <= len(received))
    return False
