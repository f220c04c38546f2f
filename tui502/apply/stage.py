"""From offered fixes to a staged change: the exact bytes and commands, and the figures to measure it by. Nothing is touched."""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Callable, Iterable, Iterator

from tui502.apply.also_loaded import also_loaded
from tui502.apply.disk import hashes, sha
from tui502.apply.journal import new_id
from tui502.apply.new_file import new_file
from tui502.apply.window import patience, window
from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.fix.kinds import of_backend
from tui502.host import look, paths
from tui502.model.changes import Baseline, FileChange, StagedChange, Step, StepKind
from tui502.model.evidence import FileSeen, Gap, Look, View
from tui502.model.facts import Facts, Outage, Request
from tui502.model.findings import Command, Edit, Fix, Incident
from tui502.model.session import Refused
from tui502.read import log_places, starter
from tui502.read.access_log import formats_of
from tui502.read.counted import counted, visible
from tui502.read.looks.configuration import written_dirs
from tui502.read.nginx import options_of_test
from tui502.text import neutral

Read = Callable[[str], bytes]

COUNTED = 300.0
"""Seconds before a change over which failures are counted, as far as the logs go."""


def stage(fixes: tuple[Fix, ...], incident: Incident, read: Read | None = None, now: float | None = None) -> StagedChange:
    """The change that these fixes make together. `read` gives a file's bytes now (default: this host), `now` names the change (default: the clock).

    Raises Refused, with the reason and what to do.
    """
    if not fixes:
        raise Refused("no fix is chosen")
    for fix in fixes:
        if fix.kind == "advice":
            raise Refused(f"{neutral(fix.title)}: this is advice, there is nothing that could be carried out")
        if rival := next((other for other in fixes if other.id in fix.alternative_to), None):
            raise Refused(f"{neutral(fix.title)} and {neutral(rival.title)} are alternatives: choose one")
    files = _files(fixes, incident, read or reader(incident))
    files += tuple(_link_change(path, incident) for path in dict.fromkeys(path for fix in fixes for path in fix.unlinks))
    _refuse_doubles(files)
    if any(fix.reload for fix in fixes):
        _refuse_newer(incident, read or reader(incident))
    for fix in fixes:
        if reason := forbidden(fix, incident.facts.config.files):
            raise Refused(reason)
    findings = [finding for finding in incident.findings if any(fix.id in {own.id for own in finding.fixes} for fix in fixes)]
    outages = tuple(outage for outage in incident.facts.outages if any(outage.key in finding.outages for finding in findings))
    return assemble(fixes, files, incident, outages, now)


def assemble(fixes: tuple[Fix, ...], files: tuple[FileChange, ...], incident: Incident, outages: tuple[Outage, ...], now: float | None = None) -> StagedChange:
    """A change of these files and the fixes' commands on the nginx of this incident; `outages` must end by it."""
    view, nginx = incident.evidence.view.value, incident.facts.nginx
    reload = view is not None and any(fix.kind == "config" for fix in fixes)
    request = next((outage.request for outage in outages if outage.request), None)
    shared = _shared(incident.facts)
    return StagedChange(
        id=new_id(time.time() if now is None else now),
        view=view,
        exe=f"/proc/{view.pid}/exe" if view and (incident.evidence.euid == 0 or not view.exe) else (view.exe if view else nginx.exe) or "nginx",
        test_argv=("-t", *options_of_test(view, () if view else starter.argv(starter.service(incident.facts.units, incident.evidence.conf)), nginx.conf)),
        fixes=fixes,
        files=files,
        steps=steps(files, tuple(command for fix in fixes for command in fix.commands), view if reload else None, request, checks_of(fixes)),
        baseline=_baseline(incident, request, shared),
        foreign=also_loaded(incident, files) if reload and not all(fix.shows_all for fix in fixes) else {},
        exact=incident.facts.drift.exact,
        reload=reload,
        peer=next((fix.peer for fix in fixes if fix.peer), ""),
        error_logs=_error_logs(incident),
        keep_after=window(incident.facts, fixes, outages),
        mends=tuple(outage.key for outage in outages),
        listens=_listens(incident),
        dirs=written_dirs(incident.facts),
        frees=tuple(file.real for file in files if file.path in _broken(incident)),
        peers=_peers(fixes, outages, incident),
        conf=incident.facts.config.main,
        loads=hashes(incident.facts.config) if reload else {},
        access_logs=_written(incident, "access"),
        shared=shared,
        patience=patience(fixes),
        formats=formats_of(incident.facts.config, incident.facts.loaded, incident.facts.logs),
        other_logs=_other_logs(incident),
    )


def _baseline(incident: Incident, request: Request | None, shared: tuple[str, ...]) -> Baseline:
    """The failures before, as the logs count them; the replays are made right before the first write."""
    found = counted(incident.evidence, incident.facts.logs, COUNTED)
    return Baseline(request, (), visible(found.tries, found.bad, shared), found.requests, found.window, bad=found.bad)


def _shared(facts: Facts) -> tuple[str, ...]:
    """Peers of groups in which another one may answer instead."""
    groups = [[peer.address for peer in route.peers if not peer.down] for route in facts.routes.passes]
    return tuple(dict.fromkeys(neutral(address) for group in groups if len(group) > 1 for address in group))


def _peers(fixes: tuple[Fix, ...], outages: tuple[Outage, ...], incident: Incident) -> tuple[str, ...]:
    """Those that must answer afterwards, and all of the groups in which they are, or in which they take the place of a failing one."""
    mended = {fix.peer: None for fix in fixes if fix.peer}
    failing, names = {outage.target.peer for outage in outages}, {outage.target.upstream for outage in outages} - {""}
    passes = [route for route in incident.facts.routes.passes if route.group]
    groups = [route.peers for route in passes if route.group in names or any(peer.address in mended or peer.address in failing for peer in route.peers)]
    return tuple(dict.fromkeys((*mended, *(peer.address for group in groups for peer in group if not peer.down))))


def _broken(incident: Incident) -> frozenset[str]:
    """The files that make `nginx -t` fail now, as far as a repair of them is offered."""
    fixes = [fix for finding in incident.findings if finding.cause == "config_invalid" for fix in finding.fixes]
    return frozenset(path for fix in fixes for path in (*(edit.file for edit in fix.edits), *fix.unlinks))


def reader(incident: Incident) -> Read:
    """Reads files of this host, or of the private mount namespace nginx lives in where they are the same. Raises Refused."""
    view = incident.evidence.view.value

    def read(path: str) -> bytes:
        here = look.read_file(path)
        there = look.read_file(path, view) if view and not view.local else here
        if isinstance(here, Gap) or isinstance(there, Gap) or (here.dev, here.ino) != (there.dev, there.ino) or not paths.same_root(view):
            why = here.why if isinstance(here, Gap) else "it is another file inside of the container"
            raise Refused(f"{neutral(path)} cannot be changed from here ({why}): take the diff there")
        if here.kind != "file" or here.cut:
            raise Refused(f"{neutral(path)} is no regular file of a size that is edited")
        return here.data

    return read


def steps(
    files: tuple[FileChange, ...], commands: tuple[Command, ...], reloaded: View | None, request: Request | None, checks: tuple[tuple[str, ...], ...] = ()
) -> tuple[Step, ...]:
    """The steps in the order in which the runner takes them, numbered from 1."""
    return tuple(Step(n, *rest) for n, rest in enumerate(_steps(files, commands, reloaded, request, checks), 1))


def _steps(
    files: tuple[FileChange, ...], commands: tuple[Command, ...], reloaded: View | None, request: Request | None, checks: tuple[tuple[str, ...], ...]
) -> Iterator[tuple[StepKind, str, int | None, Command | None]]:
    yield "precheck", "nothing changed since it was staged", None, None
    yield "backup", "the journal holds what was there before", None, None
    for n, file in enumerate(files):
        yield "write", f"{file.verb} {'the link ' if file.link else ''}{neutral(file.path)}", n, None
    if reloaded or not all(map(of_backend, files)):
        yield "test", "nginx -t with the files in place", None, None
    for argv in checks:
        yield "test", f"{neutral(' '.join(argv))} with the files in place", None, Command(argv, "nothing", "", "nothing", None, None)
    for command in commands:
        yield "command", neutral(" ".join(command.argv)), None, command
    if reloaded:
        yield "reload", f"SIGHUP to nginx master {reloaded.pid}", None, None
    yield "verify", f"{request.method} {neutral(request.uri)} through nginx" if request else "what nginx logs", None, None
    yield "decide", "keep or put back", None, None


def _edits_by_file(fixes: Iterable[Fix]) -> dict[str, tuple[Edit, ...]]:
    found: dict[str, tuple[Edit, ...]] = {}
    for fix in fixes:
        for edit in fix.edits:
            if edit not in found.get(edit.file, ()):
                found[edit.file] = (*found.get(edit.file, ()), edit)
    return found


def _files(fixes: tuple[Fix, ...], incident: Incident, read: Read) -> tuple[FileChange, ...]:
    new = {path for fix in fixes for path in fix.creates}
    found: list[FileChange] = []
    for path, edits in _edits_by_file(fixes).items():
        made = [folder for file in found for folder in file.made]
        found.append(new_file(path, edits, incident.facts.config.main, made) if path in new else _file_change(path, edits, incident, read))
    return tuple(found)


def checks_of(fixes: Iterable[Fix]) -> tuple[tuple[str, ...], ...]:
    """The tests of other programs than nginx that these fixes need, each once."""
    return tuple(dict.fromkeys(argv for fix in fixes for argv in fix.checks))


def _file_change(path: str, edits: tuple[Edit, ...], incident: Incident, read: Read) -> FileChange:
    seen = incident.evidence.files.get(path)
    known: FileSeen | None = seen.value if seen else None
    if known is None or known.kind != "file" or known.cut:
        raise Refused(f"{neutral(path)} was not read, so it is not edited")
    if not known.real.isprintable():
        raise Refused(f"{neutral(path)} has a name that cannot be written down")
    before = read(known.real)
    if before != known.data:
        raise Refused(f"{neutral(path)} has changed on disk since it was looked at; look again (r), then stage")
    try:
        after = apply_edits(before, edits)
        check(before, after, edits)
    except EditRefused as problem:
        raise Refused(f"{neutral(path)}: {problem}") from problem
    return FileChange(path, known.real, before, after, sha(before))


def _link_change(path: str, incident: Incident) -> FileChange:
    """The removal of a symbolic link; what it leads to stays."""
    seen, view = incident.evidence.files.get(path), incident.evidence.view.value
    known = seen.value.link if seen and seen.value else ""
    real = posixpath.join(posixpath.realpath(posixpath.dirname(path)), posixpath.basename(path))
    held = look.read_link(real)
    if view and not view.local:
        there = look.read_file(path, view)
        if isinstance(there, Gap) or there.link != known or not paths.same_root(view):
            raise Refused(f"{neutral(path)} cannot be changed from here: it lies in another mount namespace")
    if not known or not isinstance(held, bytes) or os.fsdecode(held) != known:
        raise Refused(f"{neutral(path)} is not the link that was looked at; look again (r), then stage")
    if not real.isprintable() or not known.isprintable():
        raise Refused(f"{neutral(path)} has a name that cannot be written down")
    return FileChange(path, real, held, None, sha(held), link=True)


def _refuse_newer(incident: Incident, read: Read) -> None:
    """What a reload would load is shown as it was seen: it must still be that."""
    for path in incident.facts.drift.changed:
        seen = incident.evidence.files.get(path)
        if seen and seen.value and seen.value.kind == "file" and read(seen.value.real or path) != seen.value.data:
            raise Refused(f"{neutral(path)} has changed on disk since it was looked at; look again (r), then stage")


def _refuse_doubles(files: tuple[FileChange, ...]) -> None:
    reals = [file.real for file in files]
    if double := next((real for real in reals if reals.count(real) > 1), None):
        raise Refused(f"{neutral(double)} is edited under two names; stage one fix after the other")


def _error_logs(incident: Incident) -> tuple[str, ...]:
    own = [incident.facts.nginx.error_log] if incident.facts.nginx.error_log.startswith("/") else []
    return tuple(dict.fromkeys((*_written(incident, "error"), *own)))


def _written(incident: Incident, kind: str) -> tuple[str, ...]:
    """The logs of a kind that are files."""
    return tuple(dict.fromkeys(target.path for target in incident.facts.logs if target.kind == kind and target.path.startswith("/")))


def _other_logs(incident: Incident) -> tuple[Look, ...]:
    """The error logs that are no files of their own: a journal, a syslog daemon's, a container's."""
    found: dict[str, Look] = {}
    for target in incident.facts.logs:
        places = log_places.places(incident.evidence, incident.facts.nginx, target) if target.kind == "error" else ()
        if places and not isinstance(places, Gap) and not places[0].startswith("/"):
            found[target.key] = Look(target.key, "log", places, incident.facts.nginx.pid, 5.0, None, "what fails after the change")
    return tuple(found.values())


def _listens(incident: Incident) -> tuple[str, ...]:
    found = [listen for route in incident.facts.routes.passes for listen in route.listens]
    return tuple(dict.fromkeys(listen.address if not listen.port else f"{_concrete(listen.address)}:{listen.port}" for listen in found))


def _concrete(address: str) -> str:
    return {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "": "127.0.0.1", "[::]": "[::1]"}.get(address, address)  # noqa: S104 - where to ask


def backups(journal: str, change: StagedChange) -> tuple[str, ...]:
    """Where the journal keeps the old files."""
    return tuple(posixpath.join(journal, f"{n}.old") for n, file in enumerate(change.files, 1) if file.before is not None)
