"""The files of the configuration as a tree of includes; what an include names but could not be read stands in it too, and what nginx runs although no
include leads to it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui502.read.memo import Memo
from tui502.report.config_text import how
from tui502.report.status import not_loaded
from tui502.text import neutral
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui502.model.config import Config
    from tui502.model.facts import Drift, Facts


_entries: Memo[list[Entry]] = Memo()


class Entry(NamedTuple):
    """A row of the tree, and the file and line it leads to."""

    text: str
    file: str
    line: int


def entries(facts: Facts) -> list[Entry]:
    """How sites are laid out, the tree of files, and what surprises in them; made once for each configuration."""
    return _entries((facts.config, facts.drift, facts.loaded, facts.layout, facts.oddities), lambda: _all(facts))


def _all(facts: Facts) -> list[Entry]:
    layout = [Entry(how(place, facts.layout.root), place.where.file, place.where.line) for place in facts.layout.directories]
    odd = [Entry(f"· {neutral(one.text)}", one.where.file, one.where.line) for one in facts.oddities if one.where is not None]
    return [*layout, *tree(facts.config, facts.drift, facts.loaded.config if facts.loaded else None), *odd]


def tree(config: Config, drift: Drift, running: Config | None = None) -> list[Entry]:
    """The main file first, below each file what it includes, in the order of reading; then the files that only `running` has."""
    above = _above(config)
    below: dict[str, list[str]] = {}
    for path in config.files:
        if path != config.main:
            below.setdefault(above.get(path, config.main), []).append(path)
    return [*_rows(config, drift, below, config.main, 0, frozenset()), *_gone(config, drift, running)]


def _gone(config: Config, drift: Drift, running: Config | None) -> Iterator[Entry]:
    """The files that nginx runs and no include on disk leads to; a row leads to the text that it runs, else to the main file."""
    for one in drift.files:
        if one.state == "gone":
            text = f"  {neutral(one.path)}   gone, still running   {quantity(one.lines, 'line')}"
            yield Entry(text, one.path if running is not None and one.path in running.files else config.main, 1)


def _above(config: Config) -> Mapping[str, str]:
    """File → the file whose include brought it in first; a file without directives is missing."""
    found: dict[str, str] = {}
    last = None
    for one in config.walk():
        if one.source is not last and one.via:
            last = one.source
            found.setdefault(one.file, one.via[-1])
    return found


def _rows(config: Config, drift: Drift, below: Mapping[str, list[str]], path: str, depth: int, inside: frozenset[str]) -> Iterator[Entry]:
    data = config.files.get(path)
    if data is not None:
        lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
        changed = f"   {not_loaded(drift)}" if path in drift.changed else ""
        yield Entry(f"{'  ' * depth}{neutral(path)}{changed}   {quantity(lines, 'line')}", path, 1)
    for problem in config.problems:
        if problem.kind not in ("syntax", "name") and problem.where is not None and problem.where.file == path:
            yield Entry(f"{'  ' * (depth + 1)}? {problem.text}", path, problem.where.line)
        elif problem.kind in ("syntax", "name") and problem.file == path and problem.where is not None:
            yield Entry(f"{'  ' * (depth + 1)}× {problem.text}", path, problem.where.line)
    for each in below.get(path, ()):
        if each not in inside:
            yield from _rows(config, drift, below, each, depth + 1, inside | {path})
