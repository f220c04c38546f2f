"""nginx's workers may not write the socket of the backend.

**What happens.** To connect to a unix socket a process needs the right to write its file. The file belongs to an owner and group, with a mode, of which none
lets the account of nginx's workers in: a pool made for another web server, a unit with another group, a socket made under a narrow umask.

**How it shows.** `connect() to unix:… failed (13: Permission denied)`, with level crit.

**What tells it from its neighbours.** A directory on the way that cannot be entered is `directory_permission`: the kernel meets it first. Where owner, group,
mode and access list let the workers in, SELinux or AppArmor is what is left, which this cause does not claim. Proof is a connect tried with the workers'
own rights.

**What mends it.** Who makes the socket must make it so: `listen.owner`, `listen.group` and `listen.mode` of a PHP-FPM pool (a restart, since a reload keeps the
old socket), `SocketUser`, `SocketGroup` and `SocketMode` of a socket unit (in a drop-in; systemd makes the socket anew while its service does not run), the
umask or group of another service. A chmod by hand is gone at the next restart, and a socket that everybody may write lets every user of the host run code as
the application.
"""

from __future__ import annotations

from tui502.causes import denied, failing, socket_unit
from tui502.causes.cause import Cause, Opinion
from tui502.causes.denied import Denied
from tui502.causes.pool_rights import Wanted, wanted
from tui502.causes.repoint import diff_of
from tui502.fix.identity import with_id
from tui502.fix.ini import set_key
from tui502.fix.words import EditRefused
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Pool, Unit
from tui502.model.findings import Command, Edit, Finding, Fix, RuledOut
from tui502.read import access, php_fpm
from tui502.read import units as services
from tui502.text import neutral

ID = "socket_permission"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [_finding(evidence, facts, each) for each in denied.denied_peers(evidence, facts, "w")]
    return Opinion(tuple(found), tuple(_let_in(evidence, facts)))


def _let_in(evidence: Evidence, facts: Facts) -> list[RuledOut]:
    """Sockets that the log calls denied although their rights let the workers in."""
    process = access.worker(evidence)
    found = []
    for dead in failing.failing_peers(evidence, facts, denied.SYMPTOMS):
        seen = access.way(evidence, dead.peer)
        if process and seen and seen.end == "found" and access.refusal(evidence, dead.peer) is None and any(each.symptoms for each in dead.outages):
            path = neutral(dead.peer.path)
            why = f"owner, group and mode let nginx use {path}: SELinux, AppArmor or nginx's own unit forbids it, which getenforce and the audit log decide"
            found.append(RuledOut(ID, why, ()))
    return found


def _finding(evidence: Evidence, facts: Facts, found: Denied) -> Finding:
    dead = found.dead
    return Finding(
        id=failing.finding_id(ID, dead.state.peer),
        cause=ID,
        certainty=denied.certainty(evidence, found),
        target=dead.worst.target,
        summary=denied.summary(facts, found, f"nginx ({neutral(found.user)}) may not write {neutral(found.first.path)} ({found.rights})"),
        clues=tuple(denied.clues(evidence, facts, found)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=(_fix(evidence, facts, found),),
        decider=None if denied.was_denied(evidence, found) else denied.access_look(evidence, found),
        answers=() if denied.was_denied(evidence, found) else denied.TRIED,
    )


def _fix(evidence: Evidence, facts: Facts, found: Denied) -> Fix:
    pool = next((each for each in facts.pools if each.master and each.listen in found.dead.aliases), None)
    if pool is None and (own := socket_unit.fix(evidence, facts, found, ID)):
        return own
    if pool is None:
        return _advice(found, f"have {_maker(found)} make {neutral(found.first.path)} writable for {neutral(found.user)}", _how(evidence, facts, found))
    unit = next((each for each in facts.units if php_fpm.runs(each, pool) and each.state in services.RUNS and each.restart), None)
    master = next((each for each in evidence.processes.value or () if each.pid == pool.master), None)
    change = wanted(pool, master, found.worker, found.user, found.names) if master else None
    data = _data(evidence, pool)
    settings = ", ".join(f"{key} = {neutral(value)}" for key, value in change.settings) if change else ""
    title = f"pool {neutral(pool.name)}: {settings or 'make its socket anew'}"
    edits = _edits(pool, data, change) if change else None
    if change is None or unit is None or edits is None:
        where = f"in {neutral(pool.file)}, then restart PHP-FPM"
        return _advice(found, title if settings else f"pool {neutral(pool.name)}: let {neutral(found.user)} use its socket", f"do it {where}")
    return _pool_fix(evidence, facts, found, pool, unit, title, edits, change)


def _pool_fix(
    evidence: Evidence, facts: Facts, found: Denied, pool: Pool, unit: Unit, title: str, edits: tuple[Edit, ...], change: Wanted
) -> Fix:  # fmt: skip
    pools = sum(1 for each in facts.pools if each.master == pool.master)
    name = neutral(unit.name)
    risk = f"{name} restarts: what its {pools} pools answer at that moment is cut short" if pools > 1 else f"{name} restarts: what it answers is cut short"
    if change.loses:
        risk += f"; members of group {change.loses} can connect no longer"
    restart = Command(
        argv=unit.restart,
        changes=f"restarts {name}, which makes its sockets anew (a reload would keep the old ones)",
        needs=f"{name} is {unit.state} now",
        interrupts=f"the requests that {name} answers now, of all its pools",
        undo=unit.restart,
        ready=denied.access_look(evidence, found),
    )
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=title,
            why=f"{neutral(found.first.path)} is {found.rights}, and nginx connects as {neutral(found.user)}",
            risk=risk,
            kind="command",
            edits=edits,
            commands=(restart,),
            alternative_to=(),
            peer=found.dead.state.peer,
            diff=diff_of(edits, {pool.file: _data(evidence, pool)}) if edits else "",
            checks=_checks(pool),
        )
    )


def _checks(pool: Pool) -> tuple[tuple[str, ...], ...]:
    """The master's own test of its files, by the program that the restart starts: with a broken one PHP-FPM would not come back."""
    exe = pool.exe.removesuffix(" (deleted)")
    return ((exe, "-t", "-y", pool.conf),) if exe.startswith("/") else ()


def _edits(pool: Pool, data: bytes, change: Wanted) -> tuple[Edit, ...] | None:
    """One edit a setting; new lines at the same place become one."""
    edits: dict[tuple[int, int], Edit] = {}
    try:
        for key, value in change.settings:
            edit = set_key(pool.file, data, pool.name, key, value, "listen")
            known = edits.get((edit.start, edit.end))
            edits[edit.start, edit.end] = Edit(pool.file, edit.start, edit.end, edit.old, (known.new if known else b"") + edit.new)
    except EditRefused:
        return None
    return tuple(edits.values())


def _data(evidence: Evidence, pool: Pool) -> bytes:
    seen = evidence.files.get(pool.file)
    return seen.value.data if seen and seen.value else b""


def _maker(found: Denied) -> str:
    state = found.dead.state
    return neutral(state.unit or state.process) or "its owner"


def _how(evidence: Evidence, facts: Facts, found: Denied) -> str:
    """The setting of whoever makes this socket."""
    listener = next((each for each in evidence.listeners.value or () if f"unix:{each.path}" in found.dead.aliases), None)
    if listener and 1 in listener.pids:
        return "SocketUser=, SocketGroup= and SocketMode=0660 in a drop-in of its socket unit, then restart that"
    ways = {"uwsgi": "chmod-socket = 660 and chown-socket in its ini", "gunicorn": "--umask 007 and the group of its unit"}
    return next((way for name, way in ways.items() if name in found.dead.state.process), "its umask, user or group, or a setting of its own for the socket")


def _advice(found: Denied, title: str, how: str) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=title,
            why=f"{neutral(found.first.path)} is {found.rights}, and nginx connects as {neutral(found.user)}: {how}",
            risk="a chmod by hand is gone when the socket is made anew; one for everybody lets every user in",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=found.dead.state.peer,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
