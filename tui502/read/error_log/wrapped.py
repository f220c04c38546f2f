"""What stands around a line of a log when another program carried it, and how that is taken off: syslog on the wire and in files, journald, docker,
Kubernetes, docker compose, grep and quoted mail.

Sources: RFC 3164, RFC 5424, rsyslog's escapes of control characters (#012), systemd's JSON of a journal (numbers for what is no clean text), docker's
json-file driver, the Container Runtime Interface ("stderr P" goes on in the next line).
"""

from __future__ import annotations

import re

from tui502.read.error_log.wrapped_object import Line, from_object

_ISO = rb"\d{4}-\d\d-\d\dT\d\d:\d\d\S{0,30}"
_DAY = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?"
_FULL = rb"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [A-Z0-9+:-]{1,8}"
_STAMP = rb"(?:" + _DAY + rb"|" + _ISO + rb"|" + _FULL + rb"|\d{10}\.\d{6})"
_COLOUR = rb"(?:\x1b\[[\d;]{0,12}m)?"
_VALUE = rb'"(?:log|MESSAGE)" ?: ?'

_WRAPS = (
    rb"(?P<cri>(?P<cri_time>%s) (?P<stream>std(?:out|err)) (?P<part>[FP])(?::\S{1,20})? )" % _ISO,
    rb"(?P<syslog>(?:<\d{1,3}>)?(?P<time>%s) (?:\S{1,255} )?(?P<tag>[^\s:\[]{1,99})(?:\[(?P<pid>\d{1,9})\])?: )" % _STAMP,
    rb"(?P<rfc5424><\d{1,3}>1 (?P<r_time>\S{1,40}) \S{1,255} (?P<r_tag>\S{1,255}) (?P<r_pid>\S{1,255}) \S{1,255} (?:-|\[[^\n]{0,999}\]) )",
    rb"(?P<dated>(?P<d_time>%s) )" % _ISO,
    rb"(?P<named>(?P<name>[^\s|{\"]{1,64}) {0,64}\|%s {1,9}|\[(?P<pod>pod/\S{1,255})\] )" % _COLOUR,
    rb"(?P<found>(?:[^\s:\"'{\[]{1,255}:)?\d{1,9}[ :]|/[^\s:\"']{1,255}:)",
)
_WRAP = re.compile(b"|".join(_WRAPS))
_UNNAMED = re.sub(rb"\?P<\w+>", b"?:", b"|".join(_WRAPS))

PREFIX = rb"(?:> ?){0,9}(?:(?!\{|\[(?!pod/)|\d{3,4}/)(?:" + _UNNAMED + rb")){0,3}(?:\{(?:[^\n]{0,4096}?[, ])??" + _VALUE + rb'")?'
"""What may stand before a record on its first line. The text of JSON objects is not unescaped by it."""

BYTES = rb'\{[^\n]{0,4096}?"MESSAGE" ?: ?\[ ?(?:(?:4[89]|5[0-7]) ?, ?){4}47 ?,'
"""Begins an object of the journal whose message is written as numbers, and begins with a year and "/"."""

_QUOTED = re.compile(rb"(?:> ?){1,9}")
_OWN_TIME = re.compile(rb"\d{4}/\d\d/\d\d ")
_OCTAL = re.compile(rb"#(0[0-3][0-7]|(?<!\d#)177)")
"""After a digit "#177" may be the number of a thread; no such number begins with 0."""

_NESTED = 3


def unwrap(raw: bytes) -> bytes:
    """A record without what stands around its lines, and without its last line feed. A plain record stays as it is."""
    if _OWN_TIME.match(raw):
        return raw
    first, *others = raw.removesuffix(b"\n").split(b"\n")
    opened = open_line(first)
    text, partial = opened.text, opened.partial
    for raw_line in others:
        line = open_line(raw_line)
        if line.kind != opened.kind or line.source != opened.source:
            line = Line(raw_line)
        text += line.text if partial else b"\n" + line.text
        partial = line.partial
    return text


def open_line(raw: bytes) -> Line:
    """`raw` (one line) and what its wrapping says."""
    quoted = _QUOTED.match(raw)
    line = Line(raw[quoted.end() :], "mail") if quoted else Line(raw)
    for _ in range(_NESTED):
        if _OWN_TIME.match(line.text):
            break
        inner = from_object(line.text) if line.text.startswith(b"{") else _opened(line.text)
        if inner is None:
            break
        line = _within(line, inner) if line.kind else inner
    return line


def _within(outer: Line, inner: Line) -> Line:
    return Line(
        inner.text,
        f"{outer.kind} {inner.kind}".strip(),
        b" ".join(filter(None, (outer.source, inner.source))),
        inner.time or outer.time,
        inner.tag or outer.tag,
        inner.pid or outer.pid,
        inner.unit or outer.unit,
        inner.partial or outer.partial,
    )


def _opened(raw: bytes) -> Line | None:
    found = _WRAP.match(raw)
    if found is None:
        return None
    kind, text = found.lastgroup, raw[found.end() :]
    if kind == "cri":
        return Line(text, kind, found["stream"], _ascii(found["cri_time"]), partial=found["part"] == b"P")
    if kind == "syslog":
        return _message(text, kind, found["time"], found["tag"], found["pid"] or b"")
    if kind == "rfc5424":
        return _message(text, kind, found["r_time"], found["r_tag"], found["r_pid"])
    if kind == "dated":
        return Line(text, kind, time=_ascii(found["d_time"]))
    return Line(text, kind or "", found["name"] or found["pod"] or b"")


def _message(text: bytes, kind: str, time: bytes, tag: bytes, pid: bytes) -> Line:
    """A message of syslog."""
    if b"#" in text:
        text = _OCTAL.sub(_character, text)
    return Line(text, kind, tag + b" " + pid, _ascii(time), tag.decode("utf-8", "replace"), int(pid) if pid.isdigit() else 0)


def _ascii(raw: bytes) -> str:
    return raw.decode("ascii", "replace")


def _character(code: re.Match[bytes]) -> bytes:
    return bytes([int(code[1], 8)])
