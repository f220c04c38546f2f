"""Where to look when `nginx -t` fails: the place in which the mistake was made, which is seldom the one that nginx names; and why it is wrong there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tui502.model.config import Config, Directive, Problem, Where, Word
from tui502.read.nginx_conf import missing_semicolon
from tui502.text import neutral, shorten

_NAMED = re.compile(r" in (\S+):(\d+)\s*$")
_QUOTED = re.compile(r'"([^"]+)"')
_AROUND = re.compile(r"is not allowed here|^unexpected |is outside location|cannot be inside|is duplicate|^duplicate ")
"""What nginx says of a directive that is right by itself and stands in the wrong block: a brace before it is missing, or is one too many."""

_VARIABLE = re.compile(r'^unknown "(\w+)" variable')
_ZONE = re.compile(r'^zero size shared memory zone "(.+?)"|"\w+_cache" zone "(.+?)" is unknown')
_BIND = re.compile(r"^bind\(\) to (\S+) failed")
_INCREASE = re.compile(r"you should increase (?:either )?(\w+)")
_NO_EVENTS = 'no "events" section in configuration'


class Place(NamedTuple):
    """`look` is where a person should look first, `named` where nginx says it stopped (None: it names no place), `why` what is wrong at `look` in our
    words, '' where only nginx's own are known."""

    look: Where | None
    named: Where | None
    why: str


def place(said: str, config: Config | None) -> Place:
    """The place of what `nginx -t` said (without its level)."""
    found = _NAMED.search(said)
    if found is None:
        return _without(said, config) if config else Place(None, None, "")
    named = _line(config, found[1], int(found[2]))
    if config is None:
        return Place(named, named, "")
    if problem := _problem(config, named, said):
        return Place(problem.where, named, problem.text)
    if unfinished := next(missing(config, named), None):
        return Place(unfinished, named, missing_words(config, unfinished))
    if _is_close(config, named) and (elsewhere := _without(said, config)).look:
        return elsewhere._replace(named=named)
    ending = next((d for d in _of_file(config, named.file) if named.start < _head_end(d) <= named.end and d.line != named.line), None)
    return Place(ending.where if ending else named, named, "")


def _problem(config: Config, named: Where, said: str) -> Problem | None:
    """The break that explains it: that at which nginx names this line, or one before it that makes the right directive stand in the wrong block."""
    broken = [each for each in config.problems if each.file == named.file and each.where and each.kind in ("syntax", "name")]
    same = (each for each in broken if each.where and named.line == (each.nginx_line or each.where.line))
    before = (each for each in broken if each.where and each.kind == "syntax" and each.where.line < named.line < each.nginx_line and _AROUND.search(said))
    return next(same, None) or next(before, None)


def missing(config: Config, at: Where) -> Iterator[Where]:
    """The directives around a line that lack their `;`, each up to where it is missing."""
    for directive in _of_file(config, at.file):
        if directive.line <= at.line <= directive.source.line_at(directive.end - 1):
            found = missing_semicolon(directive)
            if found:
                yield found


def missing_words(config: Config, where: Where) -> str:
    """What is said of a place that `missing` found."""
    return f'";" is probably missing after "{shorten(neutral(b" ".join(config.files[where.file][where.start : where.end].split())), 60)}"'


def _of_file(config: Config, file: str) -> Iterator[Directive]:
    return (directive for directive in config.walk() if directive.file == file)


def _head_end(directive: Directive) -> int:
    return directive.opens + 1 if directive.opens >= 0 else directive.end


def _is_close(config: Config, where: Where) -> bool:
    """Whether a line holds nothing but the end of a block: nginx names it for what it finds wrong when it puts all together."""
    return config.files.get(where.file, b"")[where.start : where.end].strip() == b"}"


def _line(config: Config | None, file: str, line: int) -> Where:
    """A line as a place."""
    data = config.files.get(file, b"") if config else b""
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            start = len(data)
            break
    stop = data.find(b"\n", start)
    return Where(file, line, start, len(data) if stop < 0 else stop)


def _without(said: str, config: Config) -> Place:
    """The place of a message that names none: the words of the configuration that it speaks of."""
    if said.startswith(_NO_EVENTS):
        return Place(_line(config, config.main, 1), None, 'the main file has no "events { }", without which nginx does not start')
    if found := _VARIABLE.search(said):
        uses = re.compile(rf"\$(?:{found[1]}(?!\w)|\{{{found[1]}\}})")
        return _at(config, lambda _, word: bool(uses.search(word.value)), f"${found[1]} is used here", "and nothing gives it a value")
    if found := _ZONE.search(said):
        zone = found[1] or found[2]
        return _at(config, lambda _, word: zone in re.split("[=:]", word.value), f"the zone {zone} is used here", "and nothing defines it")
    if found := _BIND.search(said):
        listens = _listens(found[1])
        return _at(config, lambda one, word: one.name == "listen" and word is one.words[1] and word.value in listens, f"{found[1]} is listened on here", "")
    if found := _INCREASE.search(said):
        name = found[1]
        return _at(config, lambda one, word: one.name == name and word is one.words[1], "it is set here", "and too small")
    named = (_quoted(config, text) for text in _QUOTED.findall(said))
    return next((each for each in named if each.look), Place(None, None, ""))


def _quoted(config: Config, text: str) -> Place:
    """The word that nginx, which makes paths whole, quotes."""
    same = _at(config, lambda _, word: bool(word.value) and (word.value == text or ("/" in text and text.endswith("/" + word.value))), "", "")
    return same._replace(why="")


def _listens(address: str) -> tuple[str, ...]:
    """How a `listen` may be written that binds this address."""
    host, _, port = address.rpartition(":")
    every = (port, f"*:{port}") if host == "0.0.0.0" else ()  # noqa: S104 - read in a message, bound by nobody
    return (address, *every, *((host,) if port == "80" else ()))


def _at(config: Config, fits: Callable[[Directive, Word], bool], here: str, why: str) -> Place:
    """The first word that fits, with how many other lines have one."""
    found = [(one, n) for one in config.walk() for n, word in enumerate(one.words[1:], 1) if fits(one, word)]
    if not found:
        return Place(None, None, "")
    lines = len({(one.file, one.words[n].line) for one, n in found}) - 1
    more = f" and in {lines} other line{'' if lines == 1 else 's'}" if lines else ""
    one, n = found[0]
    return Place(one.where_of(n), None, neutral(f"{here}{more}{', ' + why if why else ''}"))
