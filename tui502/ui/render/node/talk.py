"""What was said with a peer: the last exchange as it went over the wire, and what nginx logged of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.log import class_of
from tui502.ui.render.node.lines import fact, harmless
from tui502.ui.render.spans import Row, cell, row, wrap
from tui502.ui.render.times import clock, took

if TYPE_CHECKING:
    from tui502.model.evidence import Exchange, Seen
    from tui502.ui.moment import Moment
    from tui502.ui.render.node.behind import Behind

_LINES = 12
"""Lines of a request, and of an answer, that are shown."""

_OTHERS = 4
"""Further exchanges that have a row."""

_ENDS = {
    "connected": "accepts a connection", "answered": "answered", "refused": "refused", "absent": "no such socket", "denied": "denied",
    "timeout": "no answer in time", "reset": "reset", "closed": "closed before any byte", "unreachable": "no route", "full": "its accept queue is full",
    "skipped": "not asked: its queue was full", "error": "an error",
}  # fmt: skip
_SPEAK = {"http": "HTTP", "https": "HTTP over TLS", "tls": "a TLS handshake", "fastcgi": "FastCGI", "connect": "a mere connect"}


def rows(found: Behind, moment: Moment, width: int) -> list[Row]:
    """All that was asked, a row each, the most telling first and in full: that which was asked as nginx asks."""
    from tui502.read.exchanges.telling import telling

    asked = [seen for seen in found.asked() if seen.value]
    if not asked:
        why = "not asked: --no-probe" if not found.incident.evidence.probing else "nothing was asked yet"
        return fact("asked", why, width)
    first = telling(asked, {route.family for route in found.passes}) or asked[0]
    out = _exchange(first, moment, width)
    for seen in [each for each in asked if each is not first][:_OTHERS]:
        out += fact("", _summary(seen, moment), width)
    return out


def _summary(seen: Seen[Exchange], moment: Moment) -> str:
    """When, what was asked, how it ended."""
    said = seen.value
    if said is None:
        return ""
    first = harmless(said.sent.split(b"\r\n")[0].removesuffix(b" HTTP/1.1")) if said.speak in ("http", "https") else ""
    what = " ".join(part for part in (first, f"in {_SPEAK[said.speak]}" if first else _SPEAK.get(said.speak, said.speak)) if part)
    errno = f", errno {said.errno}" if said.errno else ""
    moments = (("connected in", said.connected), ("first byte after", said.first_byte))
    times = [f"{name} {took(at) if at >= 0.001 else f'{at * 1000:.1f} ms'}" for name, at in moments if at is not None]
    return ", ".join((f"{clock(seen.at, moment.utc_offset)}  {what}: {_ENDS.get(said.end, said.end)}{errno}", *times))


def _exchange(seen: Seen[Exchange], moment: Moment, width: int) -> list[Row]:
    said = seen.value
    if said is None:
        return []
    out = fact("asked", _summary(seen, moment), width)
    if said.tls:
        out += fact("TLS", neutral(_handshake(said)), width)
    if said.speak in ("http", "https"):
        out += [*_head(said.sent, "> ", width), *_head(said.received, "< ", width)]
    elif said.received:
        out += fact("answer", f"{len(said.received)} bytes: {harmless(said.received[:400])}", width)
    return out


def _handshake(said: Exchange) -> str:
    from tui502.read.exchanges.certificate import certificate

    if said.tls is None:
        return ""
    made = certificate(said.tls.certificate) if said.tls.certificate else None
    named = f" for {said.tls.name}" if said.tls.name else ""
    words = f"{said.tls.version} {said.tls.cipher}{named}" if said.tls.version else f"no handshake{named}: {said.tls.failure}"
    return f"{words}; its certificate is for {', '.join(made.names[:4])}" if made and made.names else words


def _head(data: bytes, sign: str, width: int) -> list[Row]:
    """The first line and the headers, each on a row; what follows is counted."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n") if head else []
    out = [row("   ", (sign, "key"), cell(harmless(line), width - 6)) for line in lines[:_LINES]]
    if len(lines) > _LINES:
        out.append(row("   ", (sign, "key"), f"and {len(lines) - _LINES} more lines"))
    return [*out, row("   ", (sign, "key"), f"then {len(body)} bytes")] if body else out


def logged(found: Behind, moment: Moment, width: int) -> list[Row]:
    """What nginx logged of this peer: a row a class, and the newest record as it stands."""
    if found.state is None:
        return []
    out: list[Row] = []
    newest: tuple[float, bytes] = (0.0, b"")
    for seen in found.incident.evidence.logs.values():
        for tally in seen.value.tallies if seen.value else ():
            if tally.peer and neutral(tally.peer) == neutral(found.state.peer):
                times = f"{clock(tally.first, moment.utc_offset)} to {clock(tally.last, moment.utc_offset)}"
                often = "once" if tally.count == 1 else f"{tally.count} times"
                out += fact("logged", neutral(f"{often} {class_of(tally.symptom)}, {times}, for {tally.server or 'no server'}"), width)
                newest = max(newest, (tally.last, tally.samples[-1] if tally.samples else b""))
    return [*out, *(row("   ", line) for line in wrap(harmless(newest[1]), max(20, width - 4)) if newest[1])]
