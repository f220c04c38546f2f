"""Messages of nginx made up from the templates in messages.txt, with all that stands around them in a log. It knows the grammar of the log and nothing of our
reader of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ERRNOS = {
    "1": ("Operation not permitted",), "2": ("No such file or directory",), "4": ("Interrupted system call",), "11": ("Resource temporarily unavailable",),
    "12": ("Cannot allocate memory", "Out of memory"), "13": ("Permission denied",), "20": ("Not a directory",), "22": ("Invalid argument",),
    "23": ("Too many open files in system",), "24": ("Too many open files", "No file descriptors available"), "32": ("Broken pipe",),
    "36": ("File name too long", "Filename too long"), "40": ("Too many levels of symbolic links", "Symbolic link loop"),
    "91": ("Protocol wrong type for socket",), "97": ("Address family not supported by protocol",), "98": ("Address already in use", "Address in use"),
    "99": ("Cannot assign requested address", "Address not available"), "100": ("Network is down",), "101": ("Network is unreachable", "Network unreachable"),
    "104": ("Connection reset by peer",), "105": ("No buffer space available",), "107": ("Transport endpoint is not connected", "Socket not connected"),
    "110": ("Connection timed out", "Operation timed out"), "111": ("Connection refused",), "112": ("Host is down",),
    "113": ("No route to host", "Host is unreachable"),
}  # fmt: skip
"""The text of each errno in glibc and, where it differs, in musl."""

VALUES = {
    "n": ("7", "0", "65536", "1"), "errno": ("5", "71", "121"), "addr": ("127.0.0.1:3000", "unix:/run/shop/app.sock", "[2001:db8::1]:80", "10.0.0.1:1"),
    "host": ("api.example", "db-1.internal", "_x.example"), "name": ("zone_one", "backend", "a b"), "path": ("/var/lib/nginx/1/00/1", "/srv/a (2)/b"),
    "value": ("chunked, x", "100", ""), "header": ("X-A", "Content-Length"), "text": ("some words", "PHP message: (2: x), y", "a: b"),
    "hex": ("0A00010B", "1408F10B"), "sslerr": ("error:0A000126:SSL routines::unexpected eof while reading", "error:02:x::y error:0A:z::w"),
    "pid": ("12", "4194304"), "process": ("cache manager process", "cache loader process"), "file": ("/etc/nginx/a.conf", "/app/x.lua"),
    "urlerr": (
        "no host", "invalid host", "invalid port", "invalid port range", "no path in the unix domain socket", "too long path in the unix domain socket",
        "invalid IPv6 address",
    ),
    "func": ("", "ssl3_get_record"), "reason": ("tlsv1 alert internal error", "sslv3 alert bad certificate"), "service": ("_http._tcp",),
    "opt": ("SO_KEEPALIVE", "SO_RCVBUF"), "uri": ("/x", "/a%20b?c=d"), "proto": ("UDP", "TCP"),
    "key": ("k", "a:1"), "module_buffer_size": ("proxy_buffer_size",),
}  # fmt: skip

PEERS = (
    ("http://127.0.0.1:3000/cart?a=1", "127.0.0.1:3000"), ("fastcgi://unix:/run/shop/app.sock:", "unix:/run/shop/app.sock"),
    ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
    ("http://unix:/run/a.sock:/x?t=1:2", "unix:/run/a.sock"), ("uwsgi://10.0.0.1:3031", "10.0.0.1:3031"), ("grpcs://10.0.0.1:443", "10.0.0.1:443"),
    ("memcached://127.0.0.1:11211", "127.0.0.1:11211"),
)  # fmt: skip
TIMED_OUT = (
    ("http://127.0.0.1:3000/", "127.0.0.1:3000"),
    ("http://unix:/run/a.sock/x", "unix:/run/a.sock"),
    ("fastcgi://unix:/run/a.sock", "unix:/run/a.sock"),
)
"""In this one message nginx leaves out the colon after the path of a socket."""

REQUESTS = ("GET /cart HTTP/1.1", "POST /a,b HTTP/2.0", "GET / HTTP/1.0")
ANY_PHASE = ("", "reading response header from upstream", "reading upstream", "sending to client")
_PLACEHOLDER = re.compile(r"%(module_buffer_size|[a-z]+)")
_ERRNO = re.compile(r"(?<=\()(\d+)(?=: %errtext)")


@dataclass(frozen=True)
class Instance:
    """A record and what has to be read from it. `statuses` are all that are right, none when the status is not to be looked at."""

    raw: str
    symptom: str
    statuses: tuple[str, ...]
    level: str
    phase: str
    peer: str
    server: str
    request: str


@dataclass(frozen=True)
class Row:
    symptom: str
    statuses: tuple[str, ...]
    level: str
    phase: str
    kind: str
    message: str


def rows() -> Iterator[Row]:
    block: list[str] = []
    for line in (Path(__file__).parent / "messages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            block = line[3:].split(" · ")
        elif line and not line.startswith("#"):
            symptom, status, level, phase, kind = block
            yield Row(symptom, tuple(status.replace("-", "").split("/")), level, phase.replace("-", ""), kind, line.replace("␠", " "))


def instances(row: Row) -> Iterator[Instance]:
    """Some records of a row; a phase of "*" gives one for several phases."""
    for turn in range(4):
        for phase in ANY_PHASE if row.phase == "*" else (row.phase,):
            yield _instance(row, phase, turn)


def _instance(row: Row, phase: str, turn: int) -> Instance:
    message = filled(row.message, turn)
    request = REQUESTS[turn % len(REQUESTS)]
    upstream, peer = _peer(row, turn)
    server = "shop.example" if turn % 2 else ""
    while_ = f" while {phase}" if phase else ""
    head = f"2026/11/22 12:04:{turn:02d} [{row.level}] 31#32: "
    to_client = f', client: 198.51.100.{turn}, server: {server}, request: "{request}"'
    tails = {
        "upstream": f'{to_client}, upstream: "{upstream}", host: "shop.example"',
        "group": f'{to_client}, upstream: "http://backend/x", host: "shop.example"',
        "request": f'{to_client}, host: "shop.example", referrer: "http://x/?a=1, upstream: "',
        "client": ", client: 198.51.100.7, server: 0.0.0.0:443",
        "stream": ', client: 198.51.100.7, server: 0.0.0.0:443, upstream: "172.21.0.2:443", bytes from/to client:0/0, bytes from/to upstream:0/0',
        "resolver": ", resolver: 10.0.0.53:53",
        "syslog": ", server: unix:/dev/log",
        "config": " in /etc/nginx/conf.d/shop.conf:12",
        "alone": "",
    }
    connection = "" if row.kind in ("alone", "config", "resolver", "syslog") else f"*{turn + 1} "
    peers = {"upstream": peer, "group": "backend", "stream": "172.21.0.2:443"}
    dialled = re.match(r"connect\(\) to (\S+) failed|(?:check [^:]*with|enable check|disable check) peer: (\S+)", message)
    named = next(filter(None, dialled.groups()), "") if dialled and row.kind not in ("resolver", "config") else ""
    sees_server = {"client": "0.0.0.0:443", "stream": "0.0.0.0:443"}.get(row.kind, server if row.kind in ("upstream", "group", "request") else "")
    return Instance(
        head + connection + message + while_ + tails[row.kind],
        row.symptom,
        row.statuses if row.phase == phase or not phase else (),
        row.level,
        phase,
        peers.get(row.kind, named),
        sees_server,
        request if row.kind in ("upstream", "group", "request") else "",
    )


def _peer(row: Row, turn: int) -> tuple[str, str]:
    choice = TIMED_OUT if row.message.startswith("upstream timed out") else PEERS
    return choice[turn % len(choice)]


def filled(message: str, turn: int) -> str:
    """`message` with a value for every placeholder; an errno with its text in one C library or the other."""
    known = _ERRNO.search(message)
    texts = ERRNOS[known[1]] if known else ("Protocol error", "Remote I/O error")
    message = message.replace("%errtext", texts[turn % len(texts)])
    return _PLACEHOLDER.sub(lambda found: VALUES[found[1]][turn % len(VALUES[found[1]])], message)
