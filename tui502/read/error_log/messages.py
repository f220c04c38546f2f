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


_WORDS = frozenset(word.encode() for word in _BY_FIRST_WORD)
_INNER = (b" could not be resolved", b" is not enough for cache key")
"""What stands in every message that begins with a name of the site's own."""

_PLAIN_WORD = re.compile(rb"[0-9/]{10} [0-9:]{8} \[[a-z]+\] \d+#\d+: (?:\*\d+ )?([A-Za-z_]+)[ \n]")


def unheard(raw: bytes) -> bool:
    """A cheap test that tells most records of no interest: `raw` begins with a word that no message begins with."""
    word = _PLAIN_WORD.match(raw)
    return word is not None and word[1] not in _WORDS and not any(inner in raw for inner in _INNER)


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
