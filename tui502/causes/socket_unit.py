"""The repair of a socket that systemd makes: its rights, in a drop-in of its socket unit."""

from __future__ import annotations

from tui502.causes import denied
from tui502.causes.denied import Denied
from tui502.causes.pool_rights import Wanted, let_in
from tui502.causes.repoint import diff_of
from tui502.fix.identity import with_id
from tui502.fix.never_run import never_run
from tui502.fix.unit_files import drop_in, set_keys
from tui502.fix.words import EditRefused
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Command, Edit, Fix
from tui502.read import units as services
from tui502.read.managed import owner
from tui502.read.socket_units import SocketUnit, maker
from tui502.text import neutral

RELOAD = ("systemctl", "daemon-reload")
_KEYS = ("SocketUser", "SocketGroup", "SocketMode")


def fix(evidence: Evidence, facts: Facts, found: Denied, cause: str) -> Fix | None:
    """None where the socket is not a unit's, or the unit is not as it should be for a repair by hand: a tool writes it, edits of it wait to be loaded, or the
    socket has other rights than the unit gives."""
    unit = maker(evidence, found.dead.peer.path)
    service = next((each for each in facts.units if unit and each.name == unit.service), None)
    if unit is None or service is None or not _is_plain(evidence, unit, found):
        return None
    change = let_in(found.first, found.worker, found.user, found.names, _KEYS, gives=True)
    edits = _edits(evidence, unit, change) if change and change.settings else ()
    runs = service.state not in (*services.STOPPED, *services.FAILED)
    commands = (_reload(), _close(unit), _stop(unit, runs), _open(evidence, unit, found))
    if change is None or not edits or any(never_run(command.argv, cause) for command in commands):
        return None
    path = edits[0].file
    new = path not in unit.files
    seen = evidence.files.get(path)
    data = {path: seen.value.data if seen and seen.value and not new else b""}
    return with_id(
        Fix(
            id="",
            cause=cause,
            title=f"{neutral(unit.name)}: {', '.join(f'{key}={neutral(value)}' for key, value in change.settings)}",
            why=f"{neutral(found.first.path)} is {found.rights}, and nginx connects as {neutral(found.user)}",
            risk=_risk(facts, unit, change, runs),
            kind="command",
            edits=edits,
            commands=commands,
            alternative_to=(),
            peer=found.dead.state.peer,
            diff=diff_of(edits, data, new=(path,) if new else ()),
            creates=(path,) if new else (),
            checks=(("systemd-analyze", "verify", unit.files[0]),),
        )
    )


def _is_plain(evidence: Evidence, unit: SocketUnit, found: Denied) -> bool:
    """Is the socket as this unit makes it, and the unit as its files say, all of which were read and are a person's?"""
    part = found.first
    as_made = f"{part.mode:o}" == unit.mode.lstrip("0") and not part.acl and (bool(unit.user) or part.uid == 0)
    texts = [seen.value for path in unit.files if (seen := evidence.files.get(path)) and seen.value]
    owned = any(owner(path, text.real, text.data) for path, text in zip(unit.files, texts, strict=False))
    return as_made and unit.state == "active" and not unit.pending and not unit.accepts and bool(texts) and len(texts) == len(unit.files) and not owned


def _edits(evidence: Evidence, unit: SocketUnit, change: Wanted) -> tuple[Edit, ...]:
    """The settings in the unit's drop-in, as one edit where that is new."""
    try:
        path = drop_in(unit.name, unit.files[1:])
        seen = evidence.files.get(path) if path in unit.files else None
        return set_keys(path, seen.value.data if seen and seen.value else b"", "Socket", dict(change.settings))
    except EditRefused:
        return ()


def _reload() -> Command:
    return Command(RELOAD, "has systemd read the files of its units again, which restarts nothing", "", "nothing", RELOAD, None)


def _close(unit: SocketUnit) -> Command:
    """Before the service is stopped: a client that connects in between would start it again, and systemd refuses to make a socket whose service runs."""
    argv, name = ("systemctl", "stop", unit.name), neutral(unit.name)
    return Command(
        argv=argv,
        changes=f"{name} listens no longer, so that no client starts {neutral(unit.service)} meanwhile",
        needs=f"{name} is {unit.state} now",
        interrupts=f"connections to it until {name} is started again",
        undo=argv,
        ready=None,
    )


def _stop(unit: SocketUnit, runs: bool) -> Command:
    """Also where the service did not run: somebody may have started it since."""
    argv, name = ("systemctl", "stop", unit.service), neutral(unit.service)
    return Command(
        argv=argv,
        changes=f"stops {name}: systemd does not make a socket anew while its service runs",
        needs=f"{name} {'runs' if runs else 'does not run'} now, and {neutral(unit.name)} starts it with the next request",
        interrupts=f"the requests that {name} answers now" if runs else f"nothing, as long as {name} does not run",
        undo=argv,
        ready=None,
    )


def _open(evidence: Evidence, unit: SocketUnit, found: Denied) -> Command:
    argv, name = ("systemctl", "start", unit.name), neutral(unit.name)
    return Command(
        argv=argv,
        changes=f"{name} makes its sockets anew; the next request starts {neutral(unit.service)}",
        needs=f"{name} was stopped before",
        interrupts="nothing",
        undo=argv,
        ready=denied.access_look(evidence, found),
    )


def _risk(facts: Facts, unit: SocketUnit, change: Wanted, runs: bool) -> str:
    name = neutral(unit.service)
    parts = [f"{name} is stopped and comes back with the next request: what it answers now is cut short" if runs else f"the next request starts {name}"]
    if change.loses:
        parts.append(f"members of group {change.loses} can connect no longer")
    if pending := [neutral(each.name) for each in facts.units if each.needs_daemon_reload]:
        parts.append(f"daemon-reload loads what was changed of {', '.join(pending)} too, for their next start")
    return "; ".join(parts)
