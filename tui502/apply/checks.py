"""The tests that other programs make of their own files: PHP-FPM of its pools, systemd of its units."""

from __future__ import annotations

import re
import shutil
from collections import Counter
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

SHOWN = 20
"""Lines of an answer that a person is shown, the last of them."""

_LINE = re.compile(r":\d+: ")
"""The number of a line, which an edit above it moves."""

_ENDS = (0, 1)
"""How systemd-analyze ends when it was neither killed nor out of time."""


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
    return _judged(argv, _run(argv, files), said_before(argv))


def said_before(argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a test of systemd says of the files as they lie there now; None where it cannot be told, and for other tests, which need no comparison."""
    seen = _run(argv, {}) if argv[1:2] == VERIFY else ""
    return None if isinstance(seen, str) or seen.code not in _ENDS else _lines(seen)


def in_place(argv: tuple[str, ...], before: tuple[str, ...] | None) -> str:
    """The same with the files where they lie; how it went. `before`: what `said_before` gave before they were written. Raises Stop when it fails."""
    done = _judged(argv, _run(argv, {}), before)
    if not done.ran:
        return f"not made: {done.said}"
    if not done.ok:
        raise Stop(f"{done.name}: {done.said}")
    return f"{done.name} passed"


def _judged(argv: tuple[str, ...], seen: CommandSeen | str, before: tuple[str, ...] | None) -> Checked:
    """What an answer comes to."""
    if isinstance(seen, str):
        return Checked(argv, False, False, seen)
    if argv[1:2] != VERIFY:
        return Checked(argv, True, seen.code == 0, _shown(_lines(seen)))
    if before is None:
        return Checked(argv, False, False, "what it says without the change is not known")
    if seen.code not in _ENDS:
        return Checked(argv, True, False, f"it ended with {seen.code}")
    new = _new(_lines(seen), before)
    return Checked(argv, True, not new, _shown(new))


def _run(argv: tuple[str, ...], files: Mapping[str, bytes | None]) -> CommandSeen | str:
    """What the program did, or why it was not run. Without a sandbox it is run where it is, as a service's start runs it, if nothing is to be laid over."""
    if not (path := shutil.which(argv[0], path=PATH)):
        return f"{neutral(argv[0])} is not on this host"
    if not may_check((path, *argv[1:])):
        return f"{neutral(path)} or a file that it is given is neither root's nor ours: test it as its user"
    try:
        return sandbox.check(path, argv, files)
    except sandbox.NoSandbox as problem:
        if files:
            return f"no private view of the files can be made here ({neutral(str(problem))})"
    seen = run(argv, sandbox.DEADLINE)
    return seen if isinstance(seen, CommandSeen) else f"{neutral(seen.source)}: {seen.why}"


def _lines(seen: CommandSeen) -> tuple[str, ...]:
    """All that it said."""
    return tuple(neutral(line) for line in (seen.err + b"\n" + seen.out).split(b"\n") if line.strip())


def _new(lines: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that were not said before, or not as often; in which line of its file something stands does not count."""
    known = Counter(_LINE.sub(": ", line) for line in before)
    found = []
    for line in lines:
        bare = _LINE.sub(": ", line)
        known[bare] -= 1
        if known[bare] < 0:
            found.append(line)
    return tuple(found)


def _shown(lines: tuple[str, ...]) -> str:
    return "\n".join(lines[-SHOWN:])
