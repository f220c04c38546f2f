"""A few lines of another program's log, around the moment in which nginx began to complain of it."""

from __future__ import annotations

from bisect import bisect_left

from tui502.collect.log_file import Segment, ident_of, open_log
from tui502.host.run import run
from tui502.model.evidence import Excerpt, Gap
from tui502.read.error_log.stream import LineStream
from tui502.read.neighbours import read_event

MOST = 200
"""Lines of an excerpt."""

AFTER = 80
"""Those of them that stand behind the moment: what led to it says more than what came of it."""

READ = 256 * 1024
"""Bytes at the end of a file that are looked through."""

FIELDS = "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,UNIT,_PID,_SYSTEMD_UNIT,_TRANSPORT"
"""What is taken of a message; journalctl before version 236 knows no such choice."""

MORE: tuple[str, ...] = ()
"""Further options of journalctl: which journals it reads, where not those of this host."""

SPAN = 900
"""Seconds around the moment in which messages of a journal are taken."""


def excerpt(place: str, real_path: str, moment: float, deadline: float, utc_offset: int) -> Excerpt | Gap:
    """Lines at `place` ("/path", which is `real_path` from here, or "journal:MATCH MATCH") around `moment` (epoch). Where no line of a file has a time that is
    understood, the last ones."""
    if place.startswith("journal:"):
        return _of_journal(place, moment, deadline)
    fd = open_log(real_path)
    if isinstance(fd, Gap):
        return Gap(place, fd.why, fd.hint)
    ident = ident_of(fd)
    file = Segment(fd, (0, 0) if isinstance(ident, Gap) else ident, LineStream())
    try:
        start = max(0, file.size() - READ)
        lines = file.read(start, READ).removesuffix(b"\n").split(b"\n")[bool(start) :]
    finally:
        file.close()
    known = [(event.at, n) for n, line in enumerate(lines) if (event := read_event(line, utc_offset, moment)) and event.at is not None]
    at = bisect_left(known, (moment, 0))
    end = min(len(lines), known[at][1] + AFTER) if at < len(known) else len(lines)
    first = max(0, end - MOST)
    return Excerpt(place, tuple(line[:4096] for line in lines[first:end]), bool(start) or end - first < len(lines))


def _of_journal(place: str, moment: float, deadline: float) -> Excerpt | Gap:
    since, until = f"--since=@{int(moment - SPAN)}", f"--until=@{int(moment + SPAN)}"
    asked = ("--all", "--no-pager", f"--lines={MOST}", since, until, *MORE, *place.removeprefix("journal:").split(" "))
    found = run(("journalctl", "--output=json", FIELDS, *asked), deadline)
    if not isinstance(found, Gap) and b"unrecognized option" in found.err:
        found = run(("journalctl", "--output=json", *asked), deadline)
    if isinstance(found, Gap):
        return found
    if found.code:
        return Gap(place, "denied" if b"ermission" in found.err else "unreadable", f"sudo journalctl {place.removeprefix('journal:')}")
    lines = tuple(found.out.splitlines())
    return Excerpt(place, lines, found.cut or len(lines) >= MOST)
