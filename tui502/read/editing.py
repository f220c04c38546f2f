"""Who else works on the configuration: editors that have one of its files open."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Process, ProcessSeen
from tui502.read import keys

_EDITOR = re.compile(r"(?:vi|vim|vim\.\w+|nvim|view|nano|pico|emacs[\w.-]*|micro|joe|jed|mcedit|mg|ne|kak|hx|helix|sudoedit)\Z")
_SWAP = re.compile(r"\.(.+)\.sw[a-p]\Z")
"""What vim and nano keep beside a file that they have open."""

MOST = 16
"""Editors that are looked at closely."""


class Editing(NamedTuple):
    """An editor at work: `path` is the file as nginx's configuration names it; `user` and `terminal` are '' until the process was looked at."""

    pid: int
    program: str
    path: str
    user: str
    terminal: str


def editors(evidence: Evidence) -> tuple[Process, ...]:
    """The processes that are editors, oldest first."""
    found = (process for process in evidence.processes.value or () if process.argv and _EDITOR.match(_name(process)))
    return tuple(sorted(found, key=lambda process: (process.started, process.pid)))[:MOST]


def editing(evidence: Evidence, config: Config) -> tuple[Editing, ...]:
    """The editors that have a file of the configuration open, by their command line or by what they hold."""
    return tuple(item for process in editors(evidence) for item in _of(process, evidence, config))


def _of(process: Process, evidence: Evidence, config: Config) -> Iterator[Editing]:
    seen = evidence.details.get(keys.process_key(process.pid))
    more = seen.value if seen else None
    held = set(_held(process, more))
    for path in config.files:
        file = evidence.files.get(path)
        if {path, file.value.real if file and file.value else path} & held:
            yield Editing(process.pid, _name(process), path, more.user if more else "", more.terminal if more else "")


def _held(process: Process, more: ProcessSeen | None) -> Iterator[str]:
    for word in process.argv[1:]:
        if word.startswith("/") or (process.cwd and not word.startswith(("-", "+"))):
            yield posixpath.normpath(posixpath.join(process.cwd, word))
    for path in more.files if more else ():
        folder, name = posixpath.split(path)
        swap = _SWAP.match(name)
        yield posixpath.join(folder, swap[1]) if swap else path


def _name(process: Process) -> str:
    return posixpath.basename(process.argv[0])
