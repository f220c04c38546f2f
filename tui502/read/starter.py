"""The service that runs nginx, known by the program that it starts: while nginx is down it alone tells which binary and which configuration is meant."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from tui502.model.facts import Unit
from tui502.read import serves

_PROGRAM = re.compile(r"(?:nginx|openresty|angie|tengine|freenginx)(?:-debug|-?\d[\d.]*)?\Z")
_WRAPPER = re.compile(r"(?:env|nice|ionice|chrt|taskset|setpriv|su-exec|gosu|tini|dumb-init|exec|sudo)\Z")
"""Programs that start the one named behind them."""


def argv(unit: Unit | None) -> tuple[str, ...]:
    """The command line with which a service starts nginx, from nginx's own name on; () when it starts something else."""
    words = serves.words(unit.exec_start) if unit else []
    while words and _WRAPPER.match(posixpath.basename(words[0])):
        words = words[1:]
        while words and (words[0].startswith("-") or "=" in words[0]):
            words = words[1:]
    return tuple(words) if words and _PROGRAM.match(posixpath.basename(words[0])) else ()


def service(units: Iterable[Unit], conf: str) -> Unit | None:
    """The service that runs the nginx of the configuration file `conf`, that of the system's nginx where '' is asked for. None when several would do.
    A masked unit starts nothing and is known by its name alone."""
    units = tuple(units)
    found = [(unit, _option(argv(unit), "-c")) for unit in units if argv(unit)]
    wanted = [unit for unit, own in found if own == conf] or [unit for unit, own in found if not own] or ([] if conf else [unit for unit, _ in found])
    wanted = wanted or [unit for unit in units if _PROGRAM.match(unit.name.removesuffix(".service")) and not unit.exec_start]
    return wanted[0] if len(wanted) == 1 else None


def _option(words: tuple[str, ...], name: str) -> str:
    for n, word in enumerate(words):
        if word == name and n + 1 < len(words):
            return words[n + 1]
        if word.startswith(name) and len(word) > len(name):
            return word[len(name) :]
    return ""
