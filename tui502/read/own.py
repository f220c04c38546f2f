"""How our own requests are known in nginx's logs, so that they are left out of every count.

The access log has their User-Agent. The error log has neither that nor a number of the request; what it does have of a request is its Referer: what we
send through nginx bears one of the site itself, with a mark at its end. Where a URI is so long that nginx cuts the record before it (2048 bytes), our
record cannot be told from others.
"""

from __future__ import annotations

import re

MARK = "?tui502+diagnosis"
"""The end of the Referer of a request that we send through nginx (`collect.replay`)."""

RAW_MARK = MARK.encode()

ANSWER_MARK = b"(+diagnosis)"
"""Stands in the User-Agent of all that we send."""

_AGENT = re.compile(rb'tui502/[^\s"\\]{1,40} \(\+diagnosis\)(?=["\\\t|\s]|\Z)')


def is_answer(line: bytes) -> bool:
    """Does a line of an access log tell of a request of ours?"""
    return ANSWER_MARK in line and bool(_AGENT.search(line))


def is_ours(referrer: str) -> bool:
    """Is this the Referer of a request of ours? A client that writes the mark elsewhere (in its URI, say) is not taken for us."""
    return referrer.endswith(MARK)
