"""Files of sites that lie where sites are kept and that no include reaches: which of them name a host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from tui502.model.config import Directive, walk
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.layout import Oddity, SiteDirectory
from tui502.read.landed import has
from tui502.read.nginx_conf import parse
from tui502.read.routing.listens import names

MOST = 256
"""Files that are read for it: those that bear the name first."""

UNREACHED = ("not_enabled", "not_included")


class Unreached(NamedTuple):
    """A server block with the name, in a file that no include reaches; `place` is the directory of sites it belongs to."""

    oddity: Oddity
    server: Directive
    place: SiteDirectory | None


def files(facts: Facts, host: str) -> tuple[str, ...]:
    """Files in which the host may be named."""
    found = [each.what for each in facts.oddities if each.kind in UNREACHED]
    return tuple(sorted(found, key=lambda path: not (set(posixpath.basename(path).split(".")) & set(host.split("."))))[:MOST])


def naming(evidence: Evidence, facts: Facts, host: str) -> Iterator[Unreached]:
    """The server blocks of those files, as far as they were read, that have this name."""
    wanted = set(files(facts, host))
    for oddity in facts.oddities:
        seen = evidence.files.get(oddity.what) if oddity.kind in UNREACHED and oddity.what in wanted else None
        if seen and seen.value and seen.value.kind == "file" and host.encode("utf-8", "replace") in seen.value.data.lower():
            tree, _ = parse(oddity.what, seen.value.data)
            servers = (one for one in walk(tree) if one.name == "server" and one.opens >= 0 and not one.data)
            yield from (Unreached(oddity, one, _place(facts, oddity)) for one in servers if any(has(name, host) for name in names(one)))


def _place(facts: Facts, oddity: Oddity) -> SiteDirectory | None:
    directory = posixpath.dirname(oddity.what)
    return next((place for place in facts.layout.directories if directory == (place.edit if oddity.kind == "not_enabled" else place.path)), None)
