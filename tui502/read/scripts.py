"""Which script a FastCGI backend is told to run for a request: SCRIPT_FILENAME as nginx computes it on the way of that request."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config, Where
from tui502.model.facts import Facts, Pass, Request
from tui502.model.route import FileKind, Known
from tui502.read.effective import effective_all
from tui502.read.memo import Memo
from tui502.read.routing.way import values

SCRIPT = "SCRIPT_FILENAME"
_NAME = "$fastcgi_script_name"
_MOST_FILES = 8
"""Files whose presence is tried both ways."""

_known: Memo[dict[tuple[str, Request, str], tuple[str, ...]]] = Memo()


def given(config: Config, at: Where) -> str:
    """SCRIPT_FILENAME as it is written for this place ("$document_root$fastcgi_script_name"), '' where it is not given."""
    found = [one.value.split(" ", 1) for one in effective_all(config, at, "fastcgi_param")]
    return next((value[1] for value in reversed(found) if len(value) == 2 and value[0] == SCRIPT), "")


def parameters(facts: Facts, route: Pass, request: Request) -> tuple[str, ...]:
    """NAME=VALUE of what tells a backend which script to run for this request, () where that cannot be computed."""
    expression = given(facts.config, route.where)
    return told(facts, route, request, expression) if expression else ()


def told(facts: Facts, route: Pass, request: Request, expression: str) -> tuple[str, ...]:
    """The same where SCRIPT_FILENAME were this expression."""
    known = _known((facts.config, facts.nginx.version, facts.nginx.prefix), dict)
    key = route.key, request, expression
    if key not in known:
        known[key] = _told(facts, route, request, expression, {})
    return known[key]


def _told(facts: Facts, route: Pass, request: Request, expression: str, files: Mapping[str, FileKind]) -> tuple[str, ...]:
    """A file that decides the way is taken to be absent, and if the request does not come to this pass then, to be there: it did come there."""
    way, (path, name) = values(facts.config, request, Known(files, None, facts.nginx.version, facts.nginx.prefix), (expression, _NAME))
    if way.answer == "pass" and way.pass_ is not None and way.pass_.where == route.where:
        return (f"{SCRIPT}={path}", f"SCRIPT_NAME={name}", f"DOCUMENT_URI={name}") if path and name else ()
    unseen = next((each for each in way.wanted if each not in files), None)
    if unseen is None or len(files) >= _MOST_FILES:
        return ()
    kinds: tuple[FileKind, ...] = ("absent", "file")
    return next((found for kind in kinds if (found := _told(facts, route, request, expression, {**files, unseen: kind}))), ())
