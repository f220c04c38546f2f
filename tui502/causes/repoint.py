"""Repairs that write another address where a dead one stands, and those that exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui502.causes.managed import marker
from tui502.fix.diff import unified
from tui502.fix.edits import EditRefused, apply_edits, replace_address
from tui502.model.config import Where
from tui502.model.facts import Facts
from tui502.model.findings import Edit, Fix


def repointed(facts: Facts, places: Iterable[Where], old: str, new: str) -> tuple[tuple[Edit, ...], str] | None:
    """(the edits of all `places`, '') or, where a tool owns one of the files, ((), that tool). None where there is no place, or one cannot be edited."""
    places = tuple(places)
    owners = [owner for where in places if (owner := marker(facts.config.files.get(where.file, b"")))]
    if owners or not places:
        return ((), owners[0]) if owners else None
    edits = tuple(edit for where in places if (edit := _edit(facts, where, old, new)))
    return (edits, "") if len(edits) == len(places) else None


def _edit(facts: Facts, where: Where, old: str, new: str) -> Edit | None:
    data = facts.config.files.get(where.file)
    if data is None:
        return None
    try:
        return replace_address(data, where, old, new)
    except EditRefused:
        return None


def diff_of(edits: tuple[Edit, ...], files: Mapping[str, bytes]) -> str:
    """The unified diff of these edits on the files as they were seen."""
    out = []
    for file in dict.fromkeys(edit.file for edit in edits):
        out.append(unified(file, files[file], apply_edits(files[file], tuple(edit for edit in edits if edit.file == file))))
    return "".join(out)


def alternatives(fixes: list[Fix]) -> list[Fix]:
    """The same repairs, of which only one may be carried out."""
    ids = [fix.id for fix in fixes]
    return [replace(fix, alternative_to=tuple(each for each in ids if each != fix.id)) for fix in fixes] if len(fixes) > 1 else fixes
