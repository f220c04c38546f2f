"""`tui502 config --json`: the whole configuration as a tree, with its layout and what in it surprises. Schema 1; additions are allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tui502.model.config import Config, Directive, Problem, Where, walk
from tui502.model.facts import Facts, FileDrift
from tui502.model.layout import Layout, Oddity
from tui502.read import times
from tui502.read.lines import unified
from tui502.read.nginx_conf import parse
from tui502.report.clean import clean, clean_lines
from tui502.report.unaccepted import unaccepted
from tui502.text import mask, neutral

SCHEMA = 1


def document_text(facts: Facts) -> str:
    """The document as ASCII JSON; nothing in it can steer a terminal."""
    return json.dumps(document(facts), indent=1)


def document(facts: Facts) -> dict[str, Any]:
    """The document: `directives` in the order in which nginx reads them, what an include brings standing behind it; secrets are masked."""
    config = facts.config
    hidden = _hidden(config)
    return {
        "schema": SCHEMA,
        "nginx": {"running": facts.nginx.running, "pid": facts.nginx.pid, "version": facts.nginx.version},
        "conf": neutral(config.main),
        "root": neutral(facts.layout.root) or "/",
        "running_config": facts.drift.outright(facts.drift.state),
        "running_config_why": clean(facts.drift.why),
        "test": facts.nginx.test,
        "files": [{"path": neutral(path), "bytes": len(data)} for path, data in config.files.items()],
        "drift": [_drift(facts, each) for each in facts.drift.files if each.state != "same"],
        "problems": [_problem(each) for each in (*config.problems, *unaccepted(facts))],
        "layout": _layout(facts.layout),
        "oddities": [_oddity(each) for each in facts.oddities],
        "directives": [_directive(each, hidden) for each in config.root],
    }


def _drift(facts: Facts, file: FileDrift) -> dict[str, Any]:
    """A file that is not known to be what nginx runs; `diff` leads from the running text to that on disk, where the former is known."""
    running = facts.loaded.config.files.get(file.path) if facts.loaded else None
    disk = facts.config.files.get(file.path)
    texts = [None if text is None else mask(text) for text in (running, disk)] if facts.drift.exact else [None, None]
    changed_at = times.iso(file.at) if file.at else None
    return {
        "path": neutral(file.path), "state": facts.drift.outright(file.state), "why": clean(file.why), "changed_at": changed_at, "lines": file.lines,
        "diff": unified(file.path, texts[0], texts[1]),
    }  # fmt: skip


def _place(where: Where | None) -> dict[str, Any]:
    return {"file": neutral(where.file) if where else None, "line": where.line if where else None}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"kind": problem.kind, "text": clean(problem.text), **_place(problem.where)}


def _layout(layout: Layout) -> dict[str, Any]:
    found = [
        {
            "path": neutral(each.path), "edit": neutral(each.edit), "pattern": neutral(each.pattern), "sites": len(each.files),
            "not_known": clean(each.dark) or None, **_place(each.where),
        }
        for each in layout.directories
    ]  # fmt: skip
    return {"style": layout.style, "directories": found}


def _oddity(oddity: Oddity) -> dict[str, Any]:
    other = _place(oddity.other) if oddity.other else None
    return {"kind": oddity.kind, "what": neutral(oddity.what), "text": clean(oddity.text), **_place(oddity.where), "other": other}


Hidden = Mapping[tuple[str, int], tuple[str, ...]]


def _hidden(config: Config) -> Hidden:
    """(file, offset) → the words of the directives whose file holds secrets, these masked. A file is masked as a whole: a key goes over many lines."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for path, data in config.files.items():
        masked = mask(data)
        if masked != data:
            before, behind = list(walk(parse(path, data)[0])), list(walk(parse(path, masked)[0]))
            same = len(before) == len(behind)
            for n, one in enumerate(before):
                found[path, one.start] = tuple(word.value for word in behind[n].words) if same else (one.name, "***")
    return found


def _directive(directive: Directive, hidden: Hidden) -> dict[str, Any]:
    words = hidden.get((directive.file, directive.start)) or tuple(word.value for word in directive.words)
    name, *args = (neutral(word) for word in words)
    found: dict[str, Any] = {"directive": name, "args": args, "file": neutral(directive.file), "line": directive.line}
    if directive.lua is not None:
        found["lua"] = "\n".join(clean_lines(directive.lua))
    elif directive.opens >= 0:
        found["block"] = [_directive(each, hidden) for each in directive.children]
    return found
