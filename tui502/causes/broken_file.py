"""Repairs of a configuration that nginx does not accept, where they are safe: a missing `;`, missing quotes, and the link of a site that nginx never
loaded."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tui502.causes.repoint import diff_of
from tui502.fix.diff import of_change
from tui502.fix.edits import EditRefused, apply_edits, end_directive, set_line
from tui502.fix.identity import with_id
from tui502.fix.words import quoted
from tui502.model.changes import FileChange
from tui502.model.config import Config, Where
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Edit, Fix
from tui502.read.mistake import missing
from tui502.read.nginx_conf import parse
from tui502.read.nginx_conf.lexer import value
from tui502.text import neutral, shorten

LF = b"\n"
_UNFINISHED = '";" is missing'
_BRACES = re.compile(rb"\b(?:location[ \t]+~\*?|rewrite|server_name)[ \t]+([^\s\"'#;{]+\{\d+(?:,\d*)?\}[^\s\"'#;]*)")


def semicolon(facts: Facts, cause: str) -> Fix | None:
    """Put in the `;` without which nginx stops reading, where the file can be read with it."""
    at = facts.nginx.test_where
    data = facts.config.files.get(at.file, b"") if at else b""
    if at is None:
        return None
    for where in _unfinished(facts.config, at):
        edit = end_directive(where)
        if len(data[where.start : where.end].split()) > 1 and not parse(at.file, apply_edits(data, (edit,)))[1]:
            words = shorten(neutral(b" ".join(data[where.start : where.end].split())), 50)
            place = f"{neutral(posixpath.basename(at.file))} line {data[: where.end].count(LF) + 1}"
            return _mended(facts, cause, edit, f"add the missing ; in {place}", f"nginx -t stops there: no ; ends `{words}`")
    return None


def quotes(facts: Facts, cause: str) -> Fix | None:
    """Put a regular expression with braces into quotes, where the file can be read with them: nginx takes its `{` for that of the block."""
    at = facts.nginx.test_where
    data = facts.config.files.get(at.file, b"") if at else b""
    line = data.split(LF)[at.line - 1].removesuffix(b"\r") if at and data.count(LF) >= at.line - 1 else b""
    found = _BRACES.search(line)
    if at is None or found is None:
        return None
    try:
        text = line[: found.start(1)] + quoted(value(found[1]).decode(), '"') + line[found.end(1) :]
        edit = set_line(at.file, data, at.line, text)
    except (EditRefused, UnicodeDecodeError):
        return None
    if parse(at.file, apply_edits(data, (edit,)))[1]:
        return None
    place, word = f"{neutral(posixpath.basename(at.file))} line {at.line}", shorten(neutral(found[1]), 50)
    return _mended(facts, cause, edit, f"put {word} into quotes in {place}", "nginx takes the { in it for the beginning of a block")


def _mended(facts: Facts, cause: str, edit: Edit, title: str, why: str) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=cause,
            title=title,
            why=why,
            risk="whether its author had finished is not known: what is loaded with it is his whole file",
            kind="config",
            edits=(edit,),
            commands=(),
            alternative_to=(),
            diff=diff_of((edit,), facts.config.files),
        )
    )


def _unfinished(config: Config, at: Where) -> Iterator[Where]:
    """Places at which a `;` is missing, in the file and at the lines where nginx stopped."""
    yield from (each.where for each in config.problems if each.file == at.file and each.where and each.kind == "syntax" and each.text.startswith(_UNFINISHED))
    yield from missing(config, at)


def unlink(evidence: Evidence, facts: Facts, cause: str) -> Fix | None:
    """Take a site that nginx has not loaded out of the configuration by removing its link; its file stays. None where nginx may serve it now, where a
    request that fails now goes through it, or where an include names just this file."""
    path = _linked(evidence, facts)
    if not path or _is_served(evidence, facts, path) or any(_leads_through(outage.target.where, path) for outage in facts.outages if outage.now):
        return None
    if any(one.name == "include" and one.args and posixpath.join(posixpath.dirname(facts.nginx.conf), one.args[0]) == path for one in facts.config.walk()):
        return None
    seen = evidence.files[path].value
    held = seen.link if seen else ""
    sites = [name for one in facts.config.walk() if one.name == "server_name" and one.file == path for name in one.args]
    site = neutral(sites[0]) if sites else neutral(posixpath.basename(path))
    now = "nginx has never loaded it" if facts.nginx.running else "nginx cannot start with it"
    return with_id(
        Fix(
            id="",
            cause=cause,
            title=f"leave {site} out: remove the link {neutral(path)}",
            why=f"nginx -t fails in that file, and {now}; the file itself stays where it is",
            risk=f"{site} is not served until {neutral(held)} is mended and linked again",
            kind="config",
            edits=(),
            commands=(),
            alternative_to=(),
            diff=of_change(FileChange(path, path, held.encode("utf-8", "surrogateescape"), None, "", link=True)),
            unlinks=(path,),
        )
    )


def _linked(evidence: Evidence, facts: Facts) -> str:
    """The link through which nginx reads what it stops at: that of the file it names, or one that leads nowhere."""
    at, said = facts.nginx.test_where, facts.nginx.test_said
    paths = [at.file] if at else []
    paths += [path for path, seen in evidence.files.items() if seen.value and seen.value.kind == "link" and f'"{neutral(path)}"' in said]
    return next((path for path in reversed(paths) if (seen := evidence.files.get(path)) and seen.value and seen.value.link), "")


def _is_served(evidence: Evidence, facts: Facts, path: str) -> bool:
    """May nginx run an earlier text of this file? Then removing the link would end a site that works."""
    if not facts.nginx.running:
        return False
    if facts.drift.exact and evidence.running.value is not None:
        return path in evidence.running.value
    return path not in facts.drift.changed


def _leads_through(where: Where | None, path: str) -> bool:
    return where is not None and (where.file == path or path in where.via)
