"""Carry out one look: a table from its kind to what is done on the host. Every look has a deadline, and what cannot be seen is a Gap with a hint."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable
from typing import Any

from tui502.collect.exchange import exchanges
from tui502.collect.replay import replay
from tui502.host import access, names
from tui502.host import look as host
from tui502.host.masters import are_hidden, find_masters
from tui502.host.memory import running_configuration
from tui502.host.open_files import open_files
from tui502.host.paths import gap_of, same_root
from tui502.host.processes import processes
from tui502.host.run import run
from tui502.host.sockets import Holders, listeners
from tui502.host.trust import may_test, stranger
from tui502.model.evidence import CommandSeen, Exchange, Gap, Look, Seen, View

PROBES = ("exchange", "replay", "test", "access")
"""Kinds of look that others can notice: they connect, or bind a port for a moment."""

TICK = 0.01
"""Seconds between two questions for what a log says that is read by another program."""

_HOLDERS = Holders()


def carry_out(look: Look, view: View | None, *, probing: bool = True) -> Seen[Any]:
    """The result of one look, with the view its paths and addresses are meant from (None: our own).

    The value by kind: nginx: tuple[View, ...] (all masters) · processes, listeners, file, command, exchange, log as in Evidence · dir, name,
    addresses: tuple[str, ...] · open_files: tuple[OpenFile, ...] · test: CommandSeen · replay: Exchange ·
    running: Mapping[str, bytes]. Never raises OSError. A look at a file, directory, name or process table can outlast its deadline (the kernel or resolver
    decides): the caller must not wait for it.
    """
    if not probing and look.kind in PROBES:
        return Seen(time.time(), 0.0, gap=Gap(look.key, "not_asked", "run it without --no-probe"))
    started = time.monotonic()
    try:
        found = TABLE[look.kind](look, view)
    except OSError as error:
        found = gap_of(look.key, error, "sudo tui502")
    took = time.monotonic() - started
    return Seen(time.time(), took, gap=found) if isinstance(found, Gap) else Seen(time.time(), took, found)


def _nginx(look: Look, view: View | None) -> tuple[View, ...] | Gap:
    """Every master that can be seen. None among hidden processes is no sign that none runs."""
    return find_masters() or (Gap("nginx among the processes of others", "denied", "sudo tui502") if are_hidden() else ())


def _processes(look: Look, view: View | None) -> object:
    return processes()


def _process(look: Look, view: View | None) -> object:
    from tui502.host.details import details

    return details(int(look.args[0]), float(look.args[1]))


def _listeners(look: Look, view: View | None) -> object:
    return listeners(view, _HOLDERS)


def _file(look: Look, view: View | None) -> object:
    return host.read_file(look.args[0], view)


def _dir(look: Look, view: View | None) -> object:
    return host.list_dir(look.args[0], view)


def _name(look: Look, view: View | None) -> object:
    return names.resolve(look.args[0], view)


def _addresses(look: Look, view: View | None) -> object:
    return names.own_addresses(view)


def _running(look: Look, view: View | None) -> object:
    return running_configuration(view) if view else Gap(look.key, "absent", "")


def _command(look: Look, view: View | None) -> CommandSeen | Gap:
    """A program of this host. One that lies in a container is never run from outside: it would have our rights there."""
    if view is not None and not same_root(view):
        return Gap(look.key, "not_asked", _by_hand(view, look.args))
    return run(_present(look.args, view), look.deadline)


def _test(look: Look, view: View | None) -> CommandSeen | Gap:
    """`nginx -t` in the sandbox; not of another user's nginx, whose words and configuration would be carried out with our rights."""
    from tui502.host import sandbox
    from tui502.read.nginx_conf import first_arguments

    argv, dirs = _split(_present(look.args, view))
    other = stranger(view) if view is not None else None
    hint = shlex.join(("sudo", *(("-u", f"#{other}") if other is not None else ()), *argv))
    if view is not None and not same_root(view):
        return Gap(look.key, "denied", _by_hand(view, _split(look.args)[0]))
    if not may_test(argv[0], view):
        return Gap(look.key, "denied", hint)
    method, seen = sandbox.test(argv[0], argv[1:], {}, view, first_arguments, dirs, look.deadline)
    if method == "lex" and seen.err.startswith(b"not run: "):
        return Gap(look.key, "denied", hint)
    if method == "lex" and seen.err.startswith(sandbox.LEFT_ALONE):
        return Gap(f"{look.key}: {os.fsdecode(seen.err.removeprefix(sandbox.LEFT_ALONE))}", "not_asked", hint)
    return seen


def _by_hand(view: View, argv: tuple[str, ...]) -> str:
    """The command line that runs `argv` where this master lives: in its namespaces and below its root directory (nsenter(1))."""
    program = argv[0].removesuffix(" (deleted)")
    under = program.removeprefix(view.root) if view.root not in ("", "/") and program.startswith(f"{view.root}/") else program
    return shlex.join(("sudo", "nsenter", "--target", str(view.pid), "--all", "--root", under, *argv[1:]))


def _present(argv: tuple[str, ...], view: View | None) -> tuple[str, ...]:
    """`argv` with the master's binary named in a way that works after an upgrade has replaced its file, and where its name may not be seen."""
    if view is not None and argv[0] == view.exe and (not view.exe or view.exe.endswith(" (deleted)")):
        return (f"/proc/{view.pid}/exe", *argv[1:])
    return argv


def _split(args: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(argv, directories that the test would write to): they follow behind "--"."""
    at = args.index("--") if "--" in args else len(args)
    return args[:at], args[at + 1 :]


def _exchange(look: Look, view: View | None) -> Exchange | Gap:
    found: list[Seen[Exchange]] = []
    exchanges([look], view, lambda _, seen: found.append(seen))
    seen = found[0]
    return seen.value or seen.gap or Gap(look.key, "unreadable", "")


def _replay(look: Look, view: View | None) -> Exchange | Gap:
    address, scheme, method, host_name, uri = look.args
    try:
        return replay(address, scheme, method, host_name, uri, look.deadline, view)
    except ValueError:
        return Gap(look.key, "not_asked", shlex.join(("curl", "-X", method, f"{scheme}://{host_name}{uri}")))


def _path(look: Look, view: View | None) -> object:
    return access.look_along(look.args[0], view)


def _access(look: Look, view: View | None) -> object:
    peer, uid, gids, state = look.args
    return access.try_as(peer, int(uid), tuple(map(int, gids.split(","))), state, look.deadline, view)


def _open_files(look: Look, view: View | None) -> object:
    return open_files(map(int, look.args))


def _log(look: Look, view: View | None) -> object:
    """A log read back as far as its deadline allows."""
    from tui502.collect.log_open import open_log

    reader = open_log(look, view)
    end = time.monotonic() + look.deadline
    try:
        reader.poll()
        while time.monotonic() < end and reader.awaits():
            time.sleep(TICK)
            reader.poll()
        while time.monotonic() < end and reader.extend():
            if reader.awaits():
                time.sleep(TICK)
        return reader.gap() or reader.seen()
    finally:
        reader.close()


def behind_utc() -> int:
    """What local times are behind UTC by, in seconds (so negative east of Greenwich)."""
    return -time.localtime().tm_gmtoff


TABLE: dict[str, Callable[[Look, View | None], Any]] = {
    "nginx": _nginx,
    "processes": _processes,
    "process": _process,
    "listeners": _listeners,
    "file": _file,
    "dir": _dir,
    "name": _name,
    "addresses": _addresses,
    "running": _running,
    "command": _command,
    "test": _test,
    "exchange": _exchange,
    "replay": _replay,
    "log": _log,
    "access_log": _log,
    "path": _path,
    "access": _access,
    "open_files": _open_files,
}
