"""What stands behind a line of the configuration: states of nodes, the node itself, what the line serves, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tui502.read.memo import Memo
from tui502.ui.render.node_index import index

if TYPE_CHECKING:
    from tui502.model.config import Problem
    from tui502.model.facts import Facts, Nginx, Node, Pass, State

_WORST = ("DOWN", "DENIED", "FAILING", "FULL", "SLOW", "DEGRADED", "BENCHED", "STARTING", "FLAPPING", "STALE", "UNSEEN", "UP")
_served: Memo[Mapping[tuple[str, int], Pass]] = Memo()
_marked: Memo[dict[tuple[str, int, int], str]] = Memo()
_problems: Memo[Mapping[str, Mapping[int, Problem]]] = Memo()


def mark(facts: Facts, path: str, first: int, last: int) -> str:
    """The worst state of the nodes, and of what could not be read, in the lines from `first` to `last` (from 1) of a file; '' where all is well or nothing
    stands there."""
    known = _marked((facts.nodes, facts.config.problems, facts.nginx), dict)
    at = (path, first, last)
    if at not in known:
        found = index(facts.nodes)
        states = {node.state for line in found.lines(path, first, last) for node in found.at(path, line)}
        states |= {_state(problem) for line, problem in problems(facts, path).items() if first <= line <= last}
        known[at] = min((state for state in states if state in _WORST), key=_WORST.index, default="UP")
    return known[at] if known[at] != "UP" else ""


def marked(facts: Facts, path: str, line: int, by: int) -> Iterable[int]:
    """The lines below (1) or above (-1) a line that have a mark, the nearest first."""
    first, last = (line + 1, 1 << 60) if by > 0 else (0, line - 1)
    lines = sorted({*index(facts.nodes).lines(path, first, last), *(each for each in problems(facts, path) if first <= each <= last)})
    return (each for each in lines[::by] if mark(facts, path, each, each))


def problems(facts: Facts, path: str) -> Mapping[int, Problem]:
    """What is wrong with the configuration in a file, by the line at which a person should look; also what only `nginx -t` found."""
    known, nginx = facts.config.problems, facts.nginx
    return _problems((known, nginx), lambda: _by_file((*known, *_tested(nginx)))).get(path, {})


def _tested(nginx: Nginx) -> Iterable[Problem]:
    from tui502.model.config import Problem

    if nginx.refuses and nginx.test_where:
        yield Problem("test", nginx.test_where.file, nginx.test_where, nginx.test_why or "nginx -t fails here")


def said_of(facts: Facts, path: str, line: int) -> str:
    """What `nginx -t` says, at the line that it names and at the one to look at; '' elsewhere."""
    nginx = facts.nginx
    look, named = ((where.file, where.line) if where else None for where in (nginx.test_where, nginx.test_named))
    if not nginx.refuses or (path, line) not in (look, named):
        return ""
    return nginx.test_said if look is None or (path, line) == look else f"{nginx.test_said}; look at line {look[1]}"


def _by_file(known: Iterable[Problem]) -> Mapping[str, Mapping[int, Problem]]:
    found: dict[str, dict[int, Problem]] = {}
    for problem in known:
        if problem.where:
            found.setdefault(problem.where.file, {}).setdefault(problem.where.line, problem)
    return found


def _state(problem: Problem) -> State:
    """A mistake stops nginx; what an include could not bring in was not seen."""
    return "DOWN" if problem.kind in ("syntax", "name", "test") else "UNSEEN"


def node_at(facts: Facts, path: str, line: int) -> Node | None:
    """The node that a line stands for; the most exact one when several do."""
    return min(index(facts.nodes).at(path, line), key=lambda node: (node.where.end - node.where.start if node.where else 0, node.kind != "peer"), default=None)


def serves(facts: Facts, path: str, line: int) -> str:
    """What the directive at a place serves: "line 3 serves location / (line 18) through group app", or ''."""
    passes = facts.routes.passes
    pass_ = _served((passes,), lambda: _by_line(passes)).get((path, line))
    if pass_ is None:
        return ""
    at = f" (line {pass_.location_where.line})" if pass_.location_where else ""
    group = f" through group {pass_.group}" if pass_.group else f" → {pass_.target}"
    return f"line {line} serves location {pass_.location}{at}{group}"


def _by_line(passes: Iterable[Pass]) -> Mapping[tuple[str, int], Pass]:
    """The first pass that has its own place, its location or a peer in a line."""
    found: dict[tuple[str, int], Pass] = {}
    for one in passes:
        for place in (one.where, one.location_where, *(peer.where for peer in one.peers)):
            if place:
                found.setdefault((place.file, place.line), one)
    return found
