"""`tui502 config`: the configuration as nginx reads it, line by line, every include replaced by what it brings; then its layout and what surprises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tui502.model.config import Config, Directive, Problem
from tui502.model.facts import Facts
from tui502.model.layout import Layout, Oddity, SiteDirectory
from tui502.read.layout import ending
from tui502.read.routing.listens import http_blocks
from tui502.report.clean import clean, clean_lines
from tui502.report.status import not_loaded
from tui502.report.unaccepted import unaccepted
from tui502.text import neutral

_NUMBER = 5
_TAB = 8
MOST_ODD = 20
"""Surprises of one kind that stand in the head; JSON has all."""

_LOADED = {"gone": "still running", "unknown": "loaded? not seen"}


def text(facts: Facts) -> str:
    """The text; secrets are masked."""
    config = facts.config
    lines = [f"# nginx {facts.nginx.version or 'of unknown version'}, {neutral(config.main)}: {_files(len(config.files))}"]
    lines += [f"# all paths are those below {neutral(facts.layout.root)}, the root directory of this nginx"] if facts.layout.root else []
    lines += [f"# {_at(problem)}{clean(problem.text)}" for problem in (*config.problems, *unaccepted(facts))]
    drift = facts.drift
    lines += [f"# {_LOADED.get(each.state) or not_loaded(drift)}: {neutral(each.path)}: {clean(each.why)}" for each in drift.files if each.state != "same"]
    lines += _layout(config, facts.layout)
    lines += _odd(facts.oddities)
    lines += _file(config, config.main, _includes(config), "", ())
    return "\n".join(lines)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _odd(oddities: tuple[Oddity, ...]) -> Iterator[str]:
    """What surprises, each kind up to a number; then how many more there are of it."""
    told: Counter[str] = Counter()
    for one in oddities:
        told[one.kind] += 1
        if told[one.kind] <= MOST_ODD:
            yield f"# {_at(one)}{clean(one.text)}"
    yield from (f"# {count - MOST_ODD} more of the kind {kind}: --json lists all" for kind, count in told.items() if count > MOST_ODD)


def _at(one: Oddity | Problem) -> str:
    """Where it stands; of an oddity whose text begins with the file, nothing."""
    where = one.where
    if where is None or (isinstance(one, Oddity) and one.text.startswith(neutral(where.file))):
        return ""
    return f"{neutral(where.file)}:{where.line}: "


def _layout(config: Config, layout: Layout) -> Iterator[str]:
    if not layout.directories:
        files = tuple(dict.fromkeys(server.file for server in http_blocks(config, "server")))
        more = f" and {_files(len(files) - MOST_ODD)} more" if len(files) > MOST_ODD else ""
        yield f"# sites stand in {', '.join(map(neutral, files[:MOST_ODD]))}{more}" if files else "# no site is written"
    for place in layout.directories:
        yield f"# {how(place, layout.root)}"


def how(place: SiteDirectory, root: str = "") -> str:
    """Where a person edits a site and how it is enabled, in a line. `root`: see `Layout`; what a link holds is meant below it."""
    path, edit, end = neutral(root + place.path), neutral(root + place.edit), ending(place)
    known = str(len(place.files)) if place.files or not place.dark else ""
    count = "; ".join(filter(None, (known, f"not known: {place.dark}" if place.dark else "")))
    if place.edit != place.path:
        name, asked = f"NAME{neutral(end or '')}", f', under a name that "{neutral(place.pattern)}" takes' if end is None else ""
        return f"sites: edit {edit}/{name}, enable it by a link in {path} (ln -s {neutral(place.edit)}/{name} {path}/{asked}); enabled: {count}"
    return f"sites: a file {path}/{neutral(place.pattern)} is enabled as it stands; there: {count}"


Brought = Mapping[tuple[str, tuple[str, ...], int], tuple[str, ...]]


def _includes(config: Config) -> Brought:
    """(file, the files that led to it, line) of every include → the files that it brings."""
    found: dict[tuple[str, tuple[str, ...], int], dict[str, None]] = {}
    last: dict[tuple[str, ...], Directive] = {}
    for one in config.walk():
        if one.name == "include" and not one.data:
            last[(*one.via, one.file)] = one
        if one.via and (include := last.get(one.via)) is not None:
            found.setdefault((include.file, include.via, include.line), {})[one.file] = None
    return {place: tuple(files) for place, files in found.items()}


def _file(config: Config, path: str, brought: Brought, indent: str, via: tuple[str, ...]) -> Iterator[str]:
    """A file with what its includes bring, each behind the line of its include."""
    yield f"{indent}# {neutral(path)}"
    for number, line in enumerate(clean_lines(config.files[path].decode("utf-8", "replace").expandtabs(_TAB)), 1):
        yield f"{indent}{number:>{_NUMBER}}  {line}"
        for each in brought.get((path, via, number), ()):
            yield from _file(config, each, brought, indent + "  ", (*via, path))
