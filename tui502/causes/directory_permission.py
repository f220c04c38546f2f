"""A directory on the way to the socket cannot be entered by nginx's workers.

**What happens.** To reach a socket a process must be able to enter every directory above it: the right x, which is another than reading. The application
keeps its socket in its home or in a directory of its own that is closed to other accounts.

**How it shows.** `connect() to unix:… failed (13: Permission denied)`, the same line as for the socket itself, whose own rights may be wide open.

**What tells it from its neighbours.** The first directory without x for the workers, links followed, is this cause; the socket's own rights count only behind
it (`socket_permission`). Where every directory lets them in, it is neither. Proof is a connect tried with the workers' own rights.

**What mends it.** x on that one directory for that one account (an access list), or for its group; or a socket below /run. For everybody only where the
directory is nobody's private one. Risk: whatever below it is readable for others can be reached by then; and a directory that is made anew loses it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tui502.causes import denied, failing
from tui502.causes.cause import Cause, Opinion
from tui502.causes.denied import Denied
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence, PathPart
from tui502.model.facts import Facts
from tui502.model.findings import Command, Finding, Fix
from tui502.read import keys
from tui502.read.access import Refusal
from tui502.read.looks.sockets import SETFACL
from tui502.text import neutral

ID = "directory_permission"
_NAME = re.compile(r"[a-z_][\w.-]*\Z", re.I | re.ASCII)
_PRIVATE = re.compile(r"/root|/home/[^/]+|/(?:var/)?tmp/systemd-private-[^/]*|/etc/(?:ssl/)?private")
_REMADE = ("/run/", "/var/run/", "/tmp/", "/dev/shm/")  # noqa: S108 - recognised, not used


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    return Opinion(tuple(_finding(evidence, facts, each) for each in denied.denied_peers(evidence, facts, "x")))


def _finding(evidence: Evidence, facts: Facts, found: Denied) -> Finding:
    dead = found.dead
    fact = f"nginx ({neutral(found.user)}) may not enter {neutral(found.first.path)} on the way to {neutral(dead.peer.path)}"
    return Finding(
        id=failing.finding_id(ID, dead.state.peer, found.first.path),
        cause=ID,
        certainty=denied.certainty(evidence, found),
        target=dead.worst.target,
        summary=denied.summary(facts, found, fact),
        clues=tuple(denied.clues(evidence, facts, found)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=(_fix(evidence, facts, found),),
        decider=None if denied.was_denied(evidence, found) else denied.access_look(evidence, found),
        answers=() if denied.was_denied(evidence, found) else denied.TRIED,
    )


def _fix(evidence: Evidence, facts: Facts, found: Denied) -> Fix:
    """The right to enter every directory that refuses; advice where one of them is private and cannot be opened for nginx alone."""
    closed = [each for each in found.refused if each.need == "x"]
    ways = [_ways(evidence, found, each) for each in closed]
    possible = all(ways)
    commands = [_command(found, each, way) for each, several in zip(closed, ways, strict=True) for way in several]
    names = " and ".join(neutral(each.part.path) for each in closed)
    if possible:
        commands[-1] = replace(commands[-1], ready=denied.access_look(evidence, found))
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"let {neutral(found.user)} enter {names}" if possible else f"move the socket out of {neutral(found.first.path)}, to a directory below /run",
            why=f"{neutral(found.first.path)} is {found.rights}, and nginx connects as {neutral(found.user)}",
            risk=_risk(found, closed, ways) if possible else "the application and nginx must both be told the new path",
            kind="command" if possible else "advice",
            edits=(),
            commands=tuple(commands) if possible else (),
            alternative_to=(),
            peer=found.dead.state.peer,
        )
    )


_Way = tuple[tuple[str, ...], tuple[str, ...], str]
"""A command, the one that undoes it, and whom it lets in."""


def _ways(evidence: Evidence, found: Denied, refused: Refusal) -> tuple[_Way, ...]:
    """For that account alone where access lists can be set, else for the smallest class that it can belong to; none where that would be too much."""
    part, path, user = refused.part, refused.part.path, neutral(found.user)
    if not path.isprintable():
        return ()
    if refused.stands == "owner":
        return ((("chmod", "u+x", path), ("chmod", "u-x", path), user),)
    tools = (evidence.paths.get(keys.path_key(tool)) for tool in SETFACL)
    if any(seen and seen.value and seen.value.end == "found" for seen in tools):
        who = found.user if _NAME.match(found.user) else str(found.worker.uid)
        undo = ("setfacl", "-x", f"u:{who}", path) if part.acl else ("setfacl", "-b", path)
        return ((("setfacl", "-m", f"u:{who}:x", path), undo, user),)
    if part.acl:
        return ()
    if refused.stands == "group":
        return ((("chmod", "g+x", path), ("chmod", "g-x", path), f"group {found.names.group(part.gid)}"),)
    if not part.mode & 0o2070:
        return _for_own_group(found, part)
    return () if _is_private(found, part) else ((("chmod", "o+x", path), ("chmod", "o-x", path), "every account of this host"),)


def _for_own_group(found: Denied, part: PathPart) -> tuple[_Way, ...]:
    """A directory whose group may do nothing there loses nothing when it is handed to the workers' group."""
    new, old = (found.names.groups.get(gid, str(gid)) for gid in (found.worker.gids[0], part.gid))
    whom = f"group {neutral(new)}"
    return (("chgrp", new, part.path), ("chgrp", old, part.path), whom), (("chmod", "g+x", part.path), ("chmod", "g-x", part.path), whom)


def _is_private(found: Denied, part: PathPart) -> bool:
    """Somebody's home, or a place that is closed to all others on purpose."""
    return bool(_PRIVATE.fullmatch(part.path)) or part.path in found.names.homes


def _command(found: Denied, refused: Refusal, way: _Way) -> Command:
    path, (argv, undo, whom) = neutral(refused.part.path), way
    return Command(
        argv=argv,
        changes=f"gives {path} to {whom}" if argv[0] == "chgrp" else f"lets {whom} enter {path}, not list it",
        needs=f"{path} is {denied.shown(refused.part, found.names)} now",
        interrupts="nothing",
        undo=undo,
        ready=None,
    )


def _risk(found: Denied, closed: list[Refusal], ways: list[tuple[_Way, ...]]) -> str:
    whom = dict.fromkeys(way[2] for several in ways for way in several)
    parts = [f"{' and '.join(whom)} can then reach what lies below and is open to others"]
    if any(each.part.path.startswith(_REMADE) for each in closed):
        parts.append("the right is lost when the directory is made anew, at boot or by its service (RuntimeDirectoryMode=)")
    if rest := next((each for each in found.refused if each.need == "w"), None):
        parts.append(f"{neutral(rest.part.path)} itself refuses too: that is the next thing to mend")
    return "; ".join(parts)


CAUSE = Cause(ID, judge, __doc__ or "")
