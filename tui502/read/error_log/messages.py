"""Every message template, found by the first word of a message."""

from __future__ import annotations

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
