"""A record of an nginx error log, taken apart. Grammar: TIME [LEVEL] PID#TID: *CONNECTION MESSAGE (ERRNO: TEXT) while PHASE, FIELDS."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from tui502.read.error_log.fields import read_fields, split
from tui502.read.error_log.grammar import HEAD, RECORD_CAP, epoch
from tui502.read.error_log.peer import peer_of
from tui502.read.error_log.wrapped import unwrap
from tui502.text import neutral

_WRAPPED = re.compile(rb"[ \t\r]*\n[> \t]*")
_ERRNO = re.compile(r"(?<!resolved)(?<!DNS error)(?<!verify error:) \((\d{1,9}): ([^()]*(?:\([^()]*\)[^()]*)*)\)?(?:, ignored)?\Z")
_CONNECTION = re.compile(rb"\*(?P<connection>\d+) ")
_FOREIGN = ("FastCGI sent in stderr:", "[lua]")
_DIALLED = re.compile(
    r"connect\(\) to (.+?) failed|proxy_connect: [^(]*\(peer:([^)]+)\)|lua tcp socket connect timed out, when connecting to (\S+)"
    r"|(?:check [^:]* with peer|(?:dis|en)able check peer): (\S+)"
)
WRAPPED_CAP = 4 * RECORD_CAP
"""Bytes of a record that are looked at with all that stands around it: a journal may write each byte as a number."""


@dataclass(frozen=True, slots=True)
class Record:
    """`at` is epoch seconds or None, `time` what is written; `pid`, `tid`, `connection` are 0 and texts "" where the record does not have them.

    `message` is the text between connection and phase, errno included; `errno` the number as printed (host-dependent), None for DNS rcodes and X509 codes.
    `peer` is the address as the configuration has it, or the group where no peer could be chosen. All texts are neutral, `raw` is not.
    """

    raw: bytes
    time: str
    at: float | None
    level: str
    pid: int
    tid: int
    connection: int
    message: str
    errno: int | None
    phase: str
    client: str
    server: str
    request: str
    subrequest: str
    upstream: str
    host: str
    referrer: str
    peer: str
    stream: bool


def parse(raw: bytes, utc_offset: int = 0, sockets: Collection[str] = ()) -> Record:
    """`raw` (one record, see `records`) taken apart. Any bytes will do: what has no head is all message. `sockets`: see `peer_of`."""
    plain = unwrap(raw[:WRAPPED_CAP])[:RECORD_CAP]
    head = HEAD.match(plain) or _CONNECTION.match(plain)
    body = plain[head.end() if head else 0 :].strip()
    message, phase, tail = split(_WRAPPED.sub(b" ", body).removeprefix(b"**"))
    fields = read_fields(tail)
    text = neutral(message)
    upstream = neutral(fields.upstream.lstrip())
    part = head.groupdict() if head else {}
    time = part.get("time") or b""
    return Record(
        raw=raw,
        time=time.decode("ascii"),
        at=epoch(time, utc_offset),
        level=(part.get("level") or b"").decode("ascii"),
        pid=_number(part.get("pid")),
        tid=_number(part.get("tid")),
        connection=_number(part.get("connection")),
        message=text,
        errno=_errno(text),
        phase=phase,
        client=neutral(fields.client),
        server=neutral(fields.server),
        request=neutral(fields.request),
        subrequest=neutral(fields.subrequest),
        upstream=upstream,
        host=neutral(fields.host),
        referrer=neutral(fields.referrer),
        peer=dialled_peer(text, phase, upstream, fields.cut == "upstream", sockets),
        stream=fields.stream,
    )


def _number(digits: bytes | None) -> int:
    return int(digits[:18]) if digits else 0


def _errno(message: str) -> int | None:
    """The errno at the end of a message; not a number that belongs to quoted text of an application."""
    found = None if message.startswith(_FOREIGN) else _ERRNO.search(message)
    return int(found.group(1)) if found else None


def dialled_peer(message: str, phase: str, upstream: str, cut: bool, sockets: Collection[str] = ()) -> str:
    """The peer of an `upstream:` field; where that is missing, or cut within the address, the address that the message names."""
    upstream = upstream.lstrip()
    peer = peer_of(upstream, message.startswith("upstream timed out"), sockets)
    if cut and upstream in (peer, upstream.partition("://")[0] + "://" + peer):
        peer = ""
    dialled = _DIALLED.match(message) if not peer and phase != "resolving" else None
    return dialled[dialled.lastindex or 0] if dialled else peer
