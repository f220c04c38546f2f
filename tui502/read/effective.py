"""What holds at a place of the configuration: the nearest level that sets a directive, and the logs that are written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tui502.model.config import Config, Directive, Where
from tui502.model.facts import Effective, LogTarget, Nginx
from tui502.read.families import PASSES
from tui502.read.routing.index import Index, index

_LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")
_HIDING = ("crit", "alert", "emerg")
"""Levels of error_log at which nginx's messages about upstreams (all of level error or warn) are not written."""

_OWN = ("try_files", "rewrite", "return", "set", "if", "break", "location", "listen", "server_name")
"""Directives that hold in their own block only."""

_NOT_FILES = ("syslog:", "memory:")


def chain(config: Config, at: Where) -> tuple[Directive, ...]:
    """The blocks around a place, outermost first; a place at the start of a block lies inside it. () at the main level and outside the configuration."""
    return _around(index(config), config.root, at) or ()


def _around(laid_out: Index, directives: tuple[Directive, ...], at: Where) -> tuple[Directive, ...] | None:
    """The blocks of these directives around a place, None when the place is in none of them."""
    for one in laid_out.written_in(directives, at.file, at.via):
        if one.start <= at.start < one.end:
            return (one, *(_around(laid_out, one.children, at) or ())) if one.opens >= 0 else ()
    for n, file in enumerate(at.via):
        for one in laid_out.written_in(directives, file, at.via[:n]):
            inner = _around(laid_out, one.children, at) if one.opens >= 0 else None
            if inner is not None:
                return (one, *inner)
    return None


def effective(config: Config, at: Where, name: str) -> Effective | None:
    """The value that a directive has at a place; None when no level sets it, so that nginx's default holds."""
    found = effective_all(config, at, name)
    return found[0] if found else None


def effective_all(config: Config, at: Where, name: str) -> tuple[Effective, ...]:
    """All settings of a directive at the nearest level that has one: such a level replaces the lists of the levels above (proxy_set_header …)."""
    laid_out = index(config)
    for block in _levels(config, at, name):
        found = laid_out.named(block, name) if block else [one for one in config.root if one.name == name and not one.data]
        if found:
            return tuple(Effective(name, " ".join(one.args), block.name if block else "main", one.where) for one in found)
    return ()


def _levels(config: Config, at: Where, name: str) -> Iterator[Directive | None]:
    """The blocks that count for a directive, nearest first, None for the main level. A pass goes down into `if` and `limit_except`, not into nested
    locations."""
    for block in reversed(chain(config, at)):
        yield block
        if name in _OWN or (name in PASSES and block.name not in ("if", "limit_except")):
            return
    yield None


def log_targets(config: Config, nginx: Nginx) -> tuple[LogTarget, ...]:
    """All logs that this configuration writes, each path and level once. The defaults compiled into nginx hold when the main level sets no
    error_log, and when http sets no access_log. Relative paths start at nginx's prefix."""
    found = [_error(nginx.prefix, args, None) for name, *args in nginx.given if name == "error_log" and args]
    if not found and not any(one.name == "error_log" for one in config.root):
        found.append(_error(nginx.prefix, (nginx.error_log,), None))
    for http in config.root:
        if http.name == "http" and http.opens >= 0 and not any(one.name == "access_log" for one in http.children):
            found.append(_access(nginx.prefix, (nginx.access_log or "logs/access.log",), None))
    for one, inside_http in _logs(config.root, False):
        if one.args and one.name == "error_log":
            found.append(_error(nginx.prefix, one.args, one.where))
        elif one.args and inside_http:
            found.append(_access(nginx.prefix, one.args, one.where))
    return _each_once(found)


def _each_once(found: Sequence[LogTarget]) -> tuple[LogTarget, ...]:
    """In the order in which each is named last."""
    alike: dict[tuple[str, str, str], list[LogTarget]] = {}
    for target in found:
        key = target.kind, target.path, target.level
        own = alike.pop(key, [])
        own.append(target)
        alike[key] = own
    return tuple(replace(first, also=tuple(each.where for each in others if each.where)) for first, *others in alike.values())


def _logs(directives: Sequence[Directive], inside_http: bool) -> Iterator[tuple[Directive, bool]]:
    """Every error_log and access_log, with whether it stands in http."""
    for one in directives:
        if one.name in ("error_log", "access_log"):
            if not one.data:
                yield one, inside_http
        elif one.children:
            yield from _logs(one.children, inside_http or one.name == "http")


def _error(prefix: str, args: Sequence[str], where: Where | None) -> LogTarget:
    levels = [arg for arg in args[1:] if arg in _LEVELS]
    level = levels[0] if levels else "error"
    path = args[0] if args[0] == "stderr" else _full(prefix, args[0])
    return LogTarget(path, "error", level, level in _HIDING or path == "/dev/null", where)


def _access(prefix: str, args: tuple[str, ...], where: Where | None) -> LogTarget:
    form = args[1] if len(args) > 1 and "=" not in args[1] else "combined"
    return LogTarget(args[0] if args[0] == "off" else _full(prefix, args[0]), "access", form, False, where)


def _full(prefix: str, path: str) -> str:
    return path if path.startswith(_NOT_FILES) else posixpath.join(prefix, path)
