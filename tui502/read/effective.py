"""What holds at a place of the configuration: the nearest level that sets a directive, and the logs that are written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from tui502.model.config import Config, Directive, Where
from tui502.model.facts import Effective, LogTarget, Nginx
from tui502.read.routing.targets import PASSES

_LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")
_HIDING = ("crit", "alert", "emerg")
"""Levels of error_log at which nginx's messages about upstreams (all of level error or warn) are not written."""

_OWN = ("try_files", "rewrite", "return", "set", "if", "break", "internal", "alias", "location", "listen", "server_name")
"""Directives that hold in their own block only."""

_NOT_FILES = ("syslog:", "memory:")


def chain(config: Config, at: Where) -> tuple[Directive, ...]:
    """The blocks around a place, outermost first; a place at the start of a block lies inside it. () at the main level and outside the configuration."""
    return _around(config.root, at) or ()


def _around(directives: Sequence[Directive], at: Where) -> tuple[Directive, ...] | None:
    """The blocks of these directives around a place, None when the place is in none of them."""
    for one in directives:
        if one.file == at.file and one.via == at.via:
            if one.start <= at.start < one.end:
                return (one, *(_around(one.children, at) or ())) if one.opens >= 0 else ()
        elif one.opens >= 0 and at.via[: len(one.via) + 1] == (*one.via, one.file):
            inner = _around(one.children, at)
            if inner is not None:
                return (one, *inner)
    return None


def effective(config: Config, at: Where, name: str) -> Effective | None:
    """The value that a directive has at a place; None when no level sets it, so that nginx's default holds."""
    found = effective_all(config, at, name)
    return found[0] if found else None


def effective_all(config: Config, at: Where, name: str) -> tuple[Effective, ...]:
    """All settings of a directive at the nearest level that has one: such a level replaces the lists of the levels above (proxy_set_header …)."""
    blocks = chain(config, at)
    for block, children in _levels(config, blocks, name):
        found = [one for one in children if one.name == name and not one.data]
        if found:
            level = "main" if block is None else block.name
            return tuple(Effective(name, " ".join(one.args), level, one.where) for one in found)
    return ()


def _levels(config: Config, blocks: tuple[Directive, ...], name: str) -> Iterator[tuple[Directive | None, Sequence[Directive]]]:
    """The levels that count for a directive, nearest first. A pass goes down into `if` and `limit_except`, not into nested locations."""
    for block in reversed(blocks):
        yield block, block.children
        if name in _OWN or (name in PASSES and block.name not in ("if", "limit_except")):
            return
    yield None, config.root


def log_targets(config: Config, nginx: Nginx) -> tuple[LogTarget, ...]:
    """All logs that this configuration writes, each path and level once. The defaults compiled into nginx hold when the main level sets no
    error_log, and when http sets no access_log. Relative paths start at nginx's prefix."""
    found: list[LogTarget] = []
    if not any(one.name == "error_log" for one in config.root):
        found.append(_error(nginx.prefix, (nginx.error_log,), None))
    for http in config.root:
        if http.name == "http" and http.opens >= 0 and not any(one.name == "access_log" for one in http.children):
            found.append(_access(nginx.prefix, (nginx.access_log or "logs/access.log",), None))
    for one, inside_http in _logs(config.root, False):
        if one.args and one.name == "error_log":
            found.append(_error(nginx.prefix, one.args, one.where))
        elif one.args and inside_http:
            found.append(_access(nginx.prefix, one.args, one.where))
    return tuple({(target.kind, target.path, target.level): target for target in reversed(found)}.values())[::-1]


def _logs(directives: Sequence[Directive], inside_http: bool) -> Iterator[tuple[Directive, bool]]:
    """Every error_log and access_log, with whether it stands in http."""
    for one in directives:
        if one.name in ("error_log", "access_log"):
            if not one.data:
                yield one, inside_http
        elif one.children:
            yield from _logs(one.children, inside_http or one.name == "http")


def _error(prefix: str, args: tuple[str, ...], where: Where | None) -> LogTarget:
    levels = [arg for arg in args[1:] if arg in _LEVELS]
    level = levels[0] if levels else "error"
    path = args[0] if args[0] == "stderr" else _full(prefix, args[0])
    return LogTarget(path, "error", level, level in _HIDING or path == "/dev/null", where)


def _access(prefix: str, args: tuple[str, ...], where: Where | None) -> LogTarget:
    form = args[1] if len(args) > 1 and "=" not in args[1] else "combined"
    return LogTarget(args[0] if args[0] == "off" else _full(prefix, args[0]), "access", form, False, where)


def _full(prefix: str, path: str) -> str:
    return path if path.startswith(_NOT_FILES) else posixpath.join(prefix, path)
