"""The tests that other programs make of their own files: PHP-FPM of its pools, systemd of its units."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from tui502.apply.work import Stop
from tui502.host import sandbox
from tui502.host.run import PATH, run
from tui502.host.trust import may_check
from tui502.model.evidence import CommandSeen
from tui502.text import neutral

VERIFY = ("verify",)
"""The first argument of systemd-analyze."""


@dataclass(frozen=True)
class Checked:
    """How a test ended. `ran` is False where it could not be made without writing a live file; `said` is for a person."""

    argv: tuple[str, ...]
    ran: bool
    ok: bool
    said: str

    @property
    def name(self) -> str:
        """ "php-fpm8.2 -t -y /etc/php/8.2/fpm/php-fpm.conf"."""
        return " ".join((self.argv[0].rpartition("/")[2], *map(neutral, self.argv[1:])))


def checked(argv: tuple[str, ...], files: Mapping[str, bytes | None]) -> Checked:
    """Run a test with `files` (real path → content) in the place of those on disk; touches no live file.

    systemd ends well although it passes over a setting that it does not know, and badly for what was wrong before: of it counts what it says anew.
    """
    seen = _run(argv, files)
    if isinstance(seen, str):
        return Checked(argv, False, False, seen)
    if argv[1:2] != VERIFY:
        return Checked(argv, True, seen.code == 0, "\n".join(_lines(seen)))
    before = _run(argv, {}) if files else seen
    known = _lines(before) if isinstance(before, CommandSeen) else []
    new = [line for line in _lines(seen) if line not in known]
    return Checked(argv, True, not new and seen.code >= 0, "\n".join(new))


def in_place(argv: tuple[str, ...]) -> str:
    """The same with the files where they lie; how it went. Raises Stop when it fails."""
    done = checked(argv, {})
    if not done.ran:
        return f"not made: {done.said}"
    if not done.ok:
        raise Stop(f"{done.name}: {done.said}")
    return f"{done.name} passed"


def _run(argv: tuple[str, ...], files: Mapping[str, bytes | None]) -> CommandSeen | str:
    """What the program did, or why it was not run. Without a sandbox it is run where it is, as a service's start runs it, if nothing is to be laid over."""
    if not (path := shutil.which(argv[0], path=PATH)):
        return f"{neutral(argv[0])} is not on this host"
    if not may_check((path, *argv[1:])):
        return f"{neutral(path)} is neither root's nor ours: test it as its user"
    try:
        return sandbox.check(path, argv, files)
    except sandbox.NoSandbox as problem:
        if files:
            return f"no private view of the files can be made here ({neutral(str(problem))})"
    seen = run(argv, sandbox.DEADLINE)
    return seen if isinstance(seen, CommandSeen) else f"{neutral(seen.source)}: {seen.why}"


def _lines(seen: CommandSeen) -> list[str]:
    return [neutral(line) for line in (seen.err + b"\n" + seen.out).split(b"\n") if line.strip()][-20:]
