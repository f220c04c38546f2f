"""What became of a request, by what nginx wrote of its tries at backends.

`$upstream_status` and `$upstream_addr` hold one value a try: ", " stands before the next peer, " : " before the next group after an internal redirect. nginx
writes 502 and 504 there for its own failures too; a try whose answer came has a `$upstream_header_time`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

GATEWAY = ("502", "504")

ANSWERED = "answered"
"""The backend gave the status that the client got."""

FAILED = "failed"
"""The newest try failed, and nginx made the answer."""

TRIED = "tried"
"""A backend was asked and the status is 502 or 504; who made it is not written in the line."""

SAVED = "saved"
"""A try failed and another one was answered."""

HIDDEN = "hidden"
"""All tries failed and the client got something else all the same: an error page with another status, an old copy."""

UNASKED = "unasked"
"""502 or 504 and no backend was asked."""

KINDS = (ANSWERED, FAILED, TRIED, SAVED, HIDDEN, UNASKED)

_SEPARATOR = re.compile(r", | : ")


class Outcome(NamedTuple):
    """`kind` of `KINDS`, '' where it is not written. `peers` are those at which tries failed, of an answered request the one that answered, joined by ", "."""

    kind: str
    peers: str


def outcome(status: str, upstream_status: str | None, upstream_addr: str | None, header: str | None) -> Outcome:
    """The outcome of a request by what its line has; None for what stands in no line of that format. `header` is "-" where the newest try had none."""
    if upstream_status is None:
        return Outcome("", "")
    if upstream_status in ("", "-"):
        asked = upstream_addr not in (None, "", "-")
        return Outcome("" if status not in GATEWAY else TRIED if asked else UNASKED, _items(upstream_addr, 1)[0] if asked and status in GATEWAY else "")
    codes = _SEPARATOR.split(upstream_status)
    peers = _items(upstream_addr, len(codes))
    failed = ", ".join(dict.fromkeys(peer for peer, code in zip(peers, codes, strict=True) if code in GATEWAY and peer))
    if codes[-1] not in GATEWAY:
        if status in GATEWAY:
            return Outcome(TRIED, peers[-1])
        return Outcome(SAVED, failed) if any(code in GATEWAY for code in codes) else Outcome(ANSWERED, peers[-1])
    if not status.startswith("5"):
        return Outcome(HIDDEN, failed)
    if header == "-":
        return Outcome(FAILED, failed)
    return Outcome(ANSWERED, peers[-1]) if header is not None and codes[-1] == status else Outcome(TRIED, failed)


def _items(text: str | None, n: int) -> list[str]:
    """The values of `n` tries; all '' where they are not known."""
    found = _SEPARATOR.split(text) if text else []
    return found if len(found) == n else [""] * n
