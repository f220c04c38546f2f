"""Repairs of one location: its pass rewritten, directives set in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui502.causes.repoint import diff_of
from tui502.fix.edits import EditRefused, append, apply_edits, check, insert_after, set_args, set_word, written
from tui502.fix.identity import with_id
from tui502.model.config import Directive
from tui502.model.facts import Facts, Pass
from tui502.model.findings import Edit, Fix
from tui502.read import names
from tui502.read.effective import chain
from tui502.read.families import PREFIXES
from tui502.read.inclusions import inclusions
from tui502.read.routing.targets import host_part
from tui502.text import neutral

_SCHEME = re.compile(r"[A-Za-z]+://")


@dataclass(frozen=True, slots=True)
class Repair:
    """What a fix says of itself; `advice` stands in its place where it cannot be carried out by an edit. `waits`: see `Fix`."""

    cause: str
    title: str
    why: str
    risk: str
    peer: str
    there: str = ""
    advice: str = ""
    waits: float = 0.0


def pass_directive(facts: Facts, route: Pass) -> Directive | None:
    around = chain(facts.config, route.where)
    return next((child for child in around[-1].children if child.where == route.where), None) if around else None


def location_of(facts: Facts, route: Pass) -> Directive | None:
    """The location that a pass belongs to, also where it stands in an `if` inside."""
    return next((block for block in reversed(chain(facts.config, route.where)) if block.name == "location"), None)


def settings(facts: Facts, route: Pass, wanted: Mapping[str, str]) -> tuple[Edit, ...]:
    """Give these directives their values in the location of a pass: where it sets one, the value is replaced, the others become lines behind the pass.
    Raises EditRefused where that cannot be done."""
    location, dialling = location_of(facts, route), pass_directive(facts, route)
    if location is None or dialling is None:
        raise EditRefused("the location is not known")
    edits: list[Edit] = []
    lines: list[str] = []
    for name, value in wanted.items():
        there = [child for child in location.children if child.name == name and child.opens < 0]
        if not there:
            lines.append(written(name, *value.split(" ")))
        elif " ".join(there[-1].args) != value:
            edits += set_args(facts.config.files[there[-1].file], there[-1], value.split(" "))
    if lines:
        beside = dialling in location.children and dialling.file == location.file
        data = facts.config.files[location.file]
        text = "\n".join(lines)
        edits.append(insert_after(data, dialling, text) if beside else append(data, location, text))
    return tuple(edits)


def asking_for(facts: Facts, route: Pass, name: str) -> dict[str, str]:
    """What must be set so that nginx asks for this name in TLS and expects it in the certificate; what holds already is left out."""
    wanted = {"ssl_server_name": "on"} if not names.asks(facts, route) else {}
    if names.expected(facts, route) != name:
        wanted["ssl_name"] = name
    return {f"{PREFIXES[route.family]}_{key}": value for key, value in wanted.items()}


def retarget(facts: Facts, route: Pass, scheme: str) -> Edit:
    """Give the target of a pass another scheme ("https://", '' for none), its default port written out where the new scheme has another one."""
    dialling = pass_directive(facts, route)
    if dialling is None or not dialling.args:
        raise EditRefused("the pass is not known")
    return set_word(facts.config.files[dialling.file], dialling.where_of(1), target(route, scheme))


def place(route: Pass) -> str:
    """The address or group in the target of a pass, without scheme and URI."""
    return _parts(route)[0]


def _parts(route: Pass) -> tuple[str, str]:
    """(address or group, what follows) in the target of a pass."""
    found = _SCHEME.match(route.target)
    rest = route.target[found.end() :] if found else route.target
    where = host_part(rest, bool(found))
    return where, rest[len(where) :]


def target(route: Pass, scheme: str) -> str:
    """The target of a pass with another scheme. Raises EditRefused for one with a URI that the new kind of pass cannot have."""
    where, behind = _parts(route)
    if not route.group and not where.lower().startswith("unix:") and not re.search(r":\d+\Z", where):
        where += f":{route.peers[0].port}"
    if scheme:
        return scheme + where + behind
    if behind:
        raise EditRefused("the target replaces the URI")
    return where


def fix(facts: Facts, repair: Repair, edits: Iterable[Edit]) -> Fix:
    """The repair as a fix: edits where they read well, else advice."""
    edits = tuple(dict.fromkeys(edits))
    if not edits or not _reads(facts, edits):
        title = repair.advice or repair.title
        return with_id(Fix("", repair.cause, title, repair.why, repair.risk, "advice", (), (), (), there=repair.there, peer=repair.peer))
    risk = "; ".join((repair.risk, *_shared(facts, edits)))
    return with_id(
        Fix(
            "", repair.cause, repair.title, repair.why, risk, "config", edits, (), (), there=repair.there, peer=repair.peer,
            diff=diff_of(edits, facts.config.files), waits=repair.waits,
        )
    )  # fmt: skip


def _shared(facts: Facts, edits: tuple[Edit, ...]) -> list[str]:
    """What is said of edits in files that other sites include too."""
    counts = inclusions(facts.config)
    files = [file for file in dict.fromkeys(edit.file for edit in edits) if counts.get(file, 0) > 1]
    return [f"{neutral(file)} is included {counts[file]} times, and changes for all of them" for file in files]


def _reads(facts: Facts, edits: tuple[Edit, ...]) -> bool:
    """Whether each file after its edits differs by them alone."""
    for file in {edit.file for edit in edits}:
        own = tuple(edit for edit in edits if edit.file == file)
        before = facts.config.files[file]
        try:
            check(before, apply_edits(before, own), own)
        except EditRefused:
            return False
    return True
