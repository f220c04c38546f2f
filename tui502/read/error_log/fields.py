"""The fields at the end of a record: client, server, request, subrequest, upstream, host, referrer.

nginx escapes nothing: a client can write `", upstream: "http://other/` into its Referer. The fields are therefore read from left to right in
nginx's own order, each once, and what comes after `request` is never searched for another `upstream`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui502.read.error_log.phases import KNOWN

_CLIENT = re.compile(rb", (?:udp )?client: ")
_CLIENT_VALUE = re.compile(rb'(?s)(.*?)(?=, server: |, request: "|, upstream: "|, host: "|\Z)')
_LOOSE_SERVER = re.compile(rb"(?s)(.*?) server: ")
_SERVER_VALUE = re.compile(rb'(?s), server: (.*?)(?=, \w{1,20}: "|, bytes from/to |\Z)')
_FOLLOWERS = {
    "request": "subrequest|upstream|host|referrer",
    "subrequest": "upstream|host|referrer",
    "upstream": "host|referrer",
    "host": "referrer",
    "referrer": "referrer",
}
_ENDS = {name: re.compile(rb'(?s)"(?=, (?:%s): "|, bytes from/to |\s*\Z)' % after.encode()) for name, after in _FOLLOWERS.items()}
_PHRASES = "|".join(sorted(KNOWN, key=len, reverse=True)).encode()
_AFTER_QUOTED = re.compile(rb'"(?: while (?:' + _PHRASES + rb"))?(?=, (?:udp )?client: )")
_OTHER_TAIL = re.compile(rb", (?:resolver|server): [^\s,]+\s*\Z")
_HTTP = re.compile(rb"(?s).* HTTP/\d\.\d\Z")


@dataclass(frozen=True, slots=True)
class Fields:
    """Raw values, b"" where the field is missing. `cut` is the last field begun when the record ends inside it. `stream` says it is the stream module's."""

    client: bytes = b""
    server: bytes = b""
    request: bytes = b""
    subrequest: bytes = b""
    upstream: bytes = b""
    host: bytes = b""
    referrer: bytes = b""
    cut: str = ""
    stream: bool = False


def split(body: bytes) -> tuple[bytes, str, bytes]:
    """`body` (a record without its head) as message, phase and fields."""
    end = _fields_at(body)
    before = body[:end]
    at = before.rfind(b" while ")
    phrase = before[at + 7 :].rstrip(b"* \r\n").decode("latin-1") if at >= 0 else ""
    return (before[:at], phrase, body[end:]) if phrase in KNOWN else (before, "", body[end:])


def _fields_at(body: bytes) -> int:
    """Where the fields begin. A quotation still open at the first `, client: ` is text from elsewhere: the fields follow its real end."""
    client = _CLIENT.search(body)
    if client is None:
        other = _OTHER_TAIL.search(body)
        return other.start() if other else len(body)
    if body.count(b'"', 0, client.start()) % 2:
        quoted = _AFTER_QUOTED.search(body, client.start())
        if quoted:
            return quoted.end()
    return client.start()


def read_fields(tail: bytes) -> Fields:
    """The fields of `tail`, which begins with ", client: "."""
    begin = _CLIENT.match(tail)
    if begin is None:
        return Fields()
    client = _CLIENT_VALUE.match(tail, begin.end())
    at = client.end() if client else len(tail)
    found = {"client": tail[begin.end() : at].rstrip()}
    server = _SERVER_VALUE.match(tail, at)
    if server:
        found["server"], at = server.group(1).rstrip(), server.end()
    elif loose := _LOOSE_SERVER.match(found["client"]):
        found["client"], found["server"] = loose.group(1).rstrip(), found["client"][loose.end() :]
    cut = ""
    for name, end in _ENDS.items():
        opening = b", " + name.encode() + b': "'
        if cut or not tail.startswith(opening, at):
            continue
        start = at + len(opening)
        at, closed = _request_end(tail, start) if name == "request" else _value_end(tail, start, end)
        found[name] = tail[start:at]
        at, cut = (at + 1, "") if closed else (len(tail), name)
    return Fields(**found, cut=cut, stream=tail.startswith(b", bytes from/to ", at))


def _value_end(tail: bytes, start: int, end: re.Pattern[bytes]) -> tuple[int, bool]:
    """Where a quoted value ends, and whether its closing quote is there."""
    found = end.search(tail, start)
    return (found.start(), True) if found else (len(tail), False)


def _request_end(tail: bytes, start: int) -> tuple[int, bool]:
    """As _value_end for the request line: it ends with its protocol, which a quote inside the URI does not follow."""
    first = None
    for found in _ENDS["request"].finditer(tail, start):
        if _HTTP.match(tail, start, found.start()):
            return found.start(), True
        first = found if first is None else first
    return (first.start(), True) if first else (len(tail), False)
