"""Every message template, found by the first word of a message."""

from __future__ import annotations

import re
from collections import defaultdict

from tui502.read.error_log.template import Template, matched
from tui502.read.error_log.templates import answers, backends, clients, config, forks, host, http2, names, peers, tls

TEMPLATES: tuple[Template, ...] = (
    *peers.TEMPLATES,
    *answers.TEMPLATES,
    *tls.TEMPLATES,
    *backends.TEMPLATES,
    *http2.TEMPLATES,
    *names.TEMPLATES,
    *host.TEMPLATES,
    *clients.TEMPLATES,
    *config.TEMPLATES,
    *forks.TEMPLATES,
)


def _by_first_word() -> dict[str, tuple[Template, ...]]:
    found: dict[str, list[Template]] = defaultdict(list)
    for template in TEMPLATES:
        word, blank, _ = template.literal.partition(" ")
        found[word if blank or not template.steps else ""].append(template)
    return {word: tuple(templates) for word, templates in found.items()}


_BY_FIRST_WORD = _by_first_word()


def _starts() -> dict[bytes, tuple[bytes, ...]]:
    """How messages begin that begin with this plain word: their first literal text, up to where another system would write another number."""
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for template in TEMPLATES:
        start = template.literal.partition("(")[0].encode()
        found[start.partition(b" ")[0]].append(start)
    return {word: tuple(dict.fromkeys(starts)) for word, starts in found.items()}


_STARTS = _starts()
_INNER = (b" could not be resolved", b" is not enough for cache key", b" in upstream ")
"""What stands in every message that begins with a name of the site's own, or with a complaint about an address."""

_PLAIN = re.compile(rb"[0-9/]{10} [0-9:]{8} \[(?!emerg)[a-z]+\] \d+#\d+: (?:\*\d+ )?")
_WORD = re.compile(rb"(?s)([A-Za-z_]+)(?= |\n|\Z)(?![ -~]{0,200}(?:[^ -~\n]|\n.))")
"""A plain word that begins a line of plain text: nothing in the part that is compared would be taken apart or made harmless first."""


def unheard(text: bytes, at: int = 0) -> bool:
    """A cheap test that tells most messages of no interest: does the one that begins in `text` at `at` begin as none that is known?"""
    word = _WORD.match(text, at)
    if word is None or any(inner in text for inner in _INNER):
        return False
    starts = _STARTS.get(word[1])
    return not (starts and text.startswith(starts, at))


def unheard_record(raw: bytes) -> bool:
    """`unheard` for the message of a record; False for one that has no plain head."""
    head = _PLAIN.match(raw)
    return head is not None and unheard(raw, head.end())


def best(message: str) -> tuple[Template, ...]:
    """The templates of which the most literal text stands in `message`; several when they differ by phase only, none for an unknown message."""
    found: list[Template] = []
    longest = 0
    word = message.partition(" ")[0]
    for template in (*_BY_FIRST_WORD.get(word, ()), *_BY_FIRST_WORD[""]):
        score = matched(template, message)
        if score > longest:
            found, longest = [template], score
        elif score == longest > 0:
            found.append(template)
    return tuple(found)
