"""The staged state tested before a live file changes, and what that test does not prove."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace

from tui502.apply.checks import checked
from tui502.apply.traps import restart_needed
from tui502.fix.kinds import of_backend
from tui502.host import look, sandbox
from tui502.host.trust import may_test
from tui502.model.changes import FileChange, StagedChange, Tested
from tui502.model.evidence import CommandSeen, Gap
from tui502.read.nginx_conf import first_arguments
from tui502.text import neutral

_WARNING = re.compile(rb"\[warn\] (?:\d+#\d+: )?([^\n]+)")
_PLACE = re.compile(r" in \S+:\d+$")

NOTHING = "none is needed: no file is changed that nginx or another program could test"
NAMES = "that host names still resolve at the reload"
PORTS = "that no other process holds the port of a new listen"
"""What no test of nginx shows."""

_LISTEN = re.compile(rb"(?:^|[;{}\s])listen\s+[^;{}]+;")

BY_METHOD = {
    "namespace": (),
    "copy": ("that nginx may read and write the original paths: a copy of the configuration was tested",),
    "lex": ("anything but what could be read: nginx itself did not run",),
}


def test(change: StagedChange) -> Tested:
    """Test the staged state; touches no live file. May take as long as `sandbox.DEADLINE`, twice."""
    others = _by_others(change)
    if not change.reload and all(map(of_backend, change.files)):
        return others or Tested(change.id, "none", True, ("that the command succeeds",), (), (), NOTHING)
    own = _by_nginx(change)
    return _both(own, others) if others else own


def _by_others(change: StagedChange) -> Tested | None:
    """What other programs say of their files, as they are to be; None where none is asked."""
    wanted = dict.fromkeys(argv for fix in change.fixes for argv in fix.checks)
    staged = {file.real: file.after for file in change.files if of_backend(file)}
    found = [checked(argv, staged) for argv in wanted]
    if not found:
        return None
    ran = tuple(each for each in found if each.ran)
    unproven = tuple(f"what {each.name} would show: {each.said}" for each in found if not each.ran)
    said = "\n".join(f"{each.name}: {each.said or 'nothing new'}" for each in ran)
    return Tested(
        change=change.id,
        method="namespace" if ran else "none",
        ok=all(each.ok for each in ran),
        unproven=(*unproven, "that the command succeeds"),
        new_warnings=(),
        restart_needed=(),
        said=said or "no test could be made: the program that reads the file is asked once it is written, before anything is restarted",
        by=tuple(each.name for each in ran),
    )


def _both(own: Tested, others: Tested) -> Tested:
    """One answer of nginx's test and of the others'."""
    unproven = tuple(dict.fromkeys((*own.unproven, *others.unproven)))
    return replace(own, ok=own.ok and others.ok, unproven=unproven, said="\n".join((own.said, others.said)), by=(f"nginx -t ({own.method})", *others.by))


def _by_nginx(change: StagedChange) -> Tested:
    method, seen = nginx_t(change, {file.real: _content(file, change) for file in change.files})
    passed = seen.code == 0 and method != "lex"
    before = warnings(nginx_t(change, {})[1]) if passed and change.files else ()
    texts = [file for file in change.files if not file.link]
    denied = not passed and os.geteuid() != 0 and (b"(13: Permission denied)" in seen.err or method == "lex")
    return Tested(
        change=change.id,
        method="lex" if denied else method,
        ok=passed,
        unproven=(*BY_METHOD["lex" if denied else method], *((PORTS,) if _listens_anew(change) else ()), NAMES),
        new_warnings=tuple(text for text in warnings(seen) if text not in before),
        restart_needed=tuple(text for file in texts for text in restart_needed(file.path, file.before, file.after)) if change.reload else (),
        said=said(seen),
    )


def _content(file: FileChange, change: StagedChange) -> bytes | None:
    """What nginx is to find at the place of a staged file; at that of a link which comes back, the text it leads to."""
    if not file.link or file.after is None:
        return file.after
    real = posixpath.realpath(posixpath.join(posixpath.dirname(file.real), os.fsdecode(file.after)))
    staged = next((other for other in change.files if other.real == real and not other.link), None)
    if staged is not None:
        return staged.after
    seen = look.read_file(real)
    return seen.data if not isinstance(seen, Gap) and seen.kind == "file" else None


def _listens_anew(change: StagedChange) -> bool:
    return any(set(_LISTEN.findall(file.after or b"")) - set(_LISTEN.findall(file.before or b"")) for file in change.files)


def nginx_t(change: StagedChange, files: Mapping[str, bytes | None]) -> tuple[sandbox.Method, CommandSeen]:
    """`nginx -t` with `files` (real path → content) in the place of those on disk; another user's nginx is not run with our rights."""
    if not may_test(change.exe, change.view):
        return "lex", CommandSeen((change.exe, *change.test_argv), 1, b"", b"not run: this nginx is neither root's nor ours, test it as its user", False)
    return sandbox.test(change.exe, change.test_argv, files, change.view, first_arguments, change.dirs)


def trap(change: StagedChange) -> str:
    """Why nginx must not be told to read the files on disk: it would crash on them (an include loop) or wait for ever; '' where nothing speaks against it."""
    return sandbox.trap(change.exe, change.test_argv, {}, change.view, first_arguments)


def warnings(seen: CommandSeen) -> tuple[str, ...]:
    """The warnings of `nginx -t`, without their place, which an edit moves."""
    return tuple(_PLACE.sub("", neutral(text)) for text in _WARNING.findall(seen.err))


def said(seen: CommandSeen) -> str:
    """What nginx said, for a person; the end of it in its own words."""
    if seen.code < 0:
        return f"nginx -t crashed (signal {-seen.code})"
    if seen.code == 124:
        return "nginx -t did not end in time: does a name server not answer?"
    lines = [neutral(line) for line in (seen.err or seen.out).split(b"\n") if line.strip()]
    return "\n".join(lines[-20:])
