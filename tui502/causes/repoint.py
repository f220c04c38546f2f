"""Repairs that write another address where a dead one stands, and those that exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui502.causes import words
from tui502.causes.failing import Dead, unit_of
from tui502.fix.edits import EditRefused, apply_edits, replace_address
from tui502.fix.identity import with_id
from tui502.model.config import Where
from tui502.model.evidence import Evidence
from tui502.model.facts import Candidate, Facts, Pass
from tui502.model.findings import Edit, Fix
from tui502.read import addresses, lookup, ties
from tui502.read.lines import unified
from tui502.text import neutral

Places = Mapping[Where, str]
"""The words that write a dead address, and that address as each of them has it."""


def fix(cause: str, facts: Facts, dead: Dead, candidate: Candidate, places: Places, *, risk: str, there: str) -> Fix | None:
    """The address of `candidate` at all `places`; None where there is no place, or one cannot be edited. `there` says what was seen to answer at that
    address."""
    edits = repointed(facts, places, candidate.address)
    if not edits:
        return None
    shown = neutral(candidate.address)
    return with_id(
        Fix(
            id="",
            cause=cause,
            title=f"point nginx at {shown}",
            why=f"nothing listens on {dead.shown}; {words.who(candidate.process, candidate.unit)} listens on {shown}",
            risk=risk,
            kind="config",
            edits=edits,
            commands=(),
            alternative_to=(),
            tie="; ".join(candidate.ties),
            there=neutral(there),
            peer=candidate.address,
            diff=diff_of(edits, facts.config.files),
        )
    )


def places(dead: Dead, passes: Iterable[Pass]) -> Places:
    """Where these passes, as far as they belong to servers that fail, write the dead address."""
    servers = {outage.target.server for outage in dead.outages}
    found: dict[tuple[str, int], tuple[Where, str]] = {}
    for route in passes:
        if servers.intersection(map(neutral, route.names or ("",))):
            for peer in route.peers:
                if peer.address == dead.state.peer:
                    found.setdefault((peer.where.file, peer.where.start), (peer.where, addresses.written(peer)))
    return dict(found.values())


def tied(facts: Facts, evidence: Evidence, dead: Dead, candidate: Candidate) -> list[Pass]:
    """The passes to the dead peer that something ties this listener to."""
    unit, process = unit_of(facts, candidate.unit), lookup.process(evidence, candidate.pid)
    directories = {known.directory for name in dead.state.expected_units if (known := lookup.units(facts).get(name))} - {"", "/"}

    def is_tied(route: Pass) -> bool:
        called = ties.names((route,))
        if is_same_word(route, dead, candidate) or (unit and ties.of_unit(unit, dead.aliases, called)):
            return True
        return bool(process and ties.of_process(process, directories, called))

    return [route for route in dead.passes if is_tied(route)]


def is_same_word(route: Pass, dead: Dead, candidate: Candidate) -> bool:
    """Is the listener what a name in this pass means too, beside the dead address?"""
    dialled = {peer.address: peer for peer in route.peers}
    one, other = dialled.get(dead.state.peer), dialled.get(candidate.address)
    return one is not None and other is not None and one.where == other.where


def repointed(facts: Facts, places: Places, new: str) -> tuple[Edit, ...]:
    """The edits of all `places`; none where there is no place, or one cannot be edited."""
    edits = tuple(edit for where, old in places.items() if (edit := _edit(facts, where, old, new)))
    return edits if len(edits) == len(places) else ()


def _edit(facts: Facts, where: Where, old: str, new: str) -> Edit | None:
    data = facts.config.files.get(where.file)
    if data is None:
        return None
    try:
        return replace_address(data, where, old, new)
    except EditRefused:
        return None


def diff_of(edits: tuple[Edit, ...], files: Mapping[str, bytes], new: tuple[str, ...] = ()) -> str:
    """The unified diff of these edits on the files as they were seen; `new` are those that are not there yet."""
    out = []
    for file in dict.fromkeys(edit.file for edit in edits):
        out.append(unified(file, None if file in new else files[file], apply_edits(files[file], tuple(edit for edit in edits if edit.file == file))))
    return "".join(out)


def alternatives(fixes: list[Fix]) -> list[Fix]:
    """The same repairs, of which only one may be carried out."""
    ids = [fix.id for fix in fixes]
    return [replace(fix, alternative_to=tuple(each for each in ids if each != fix.id)) for fix in fixes] if len(fixes) > 1 else fixes
