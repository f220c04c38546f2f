"""Messages of systemd's journal, as `journalctl` prints them in a process of its own."""

from __future__ import annotations

import shlex
import time

from tui502.collect.log_entries import Entry, Kept, of_journal
from tui502.host.following import Following, follow
from tui502.model.evidence import Gap
from tui502.read import journal_place

FIRST = 2000
"""Messages that are asked for at first, and in one step back."""

AT_ONCE = 2 * 1024 * 1024
"""Bytes that are taken in one go; the rest waits in the pipe, and journalctl with it."""

LONGEST = 8 * 1024 * 1024
"""Bytes of a line that are waited for; a longer message is left out."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before journalctl is started again that ended by itself."""

FIELDS = "--output-fields=MESSAGE,_PID,_TRANSPORT,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER"
"""What is taken of a message; journalctl before version 236 knows no such choice."""

NOT_ALL = (b"not seeing messages from other users", b"insufficient permissions", b"Permission denied")
"""What journalctl says to those who may not read everything."""

NONE = (b"No journal files", b"No such boot ID")
"""What it says where there is no journal."""


class Printed:
    """The lines of a `journalctl -o json`, as far as they are whole."""

    def __init__(self, program: Following) -> None:
        self.program = program
        self._part = b""

    def entries(self) -> list[tuple[Entry, str]]:
        data = self._part + self.program.read(AT_ONCE)
        whole, feed, self._part = data.rpartition(b"\n")
        if len(self._part) > LONGEST:
            self._part = b""
        return [found for line in whole.split(b"\n") if line and (found := of_journal(line))] if feed else []


class JournalSource:
    """The messages that fit `matches` ("_SYSTEMD_UNIT=nginx.service"); `more` are further options of journalctl, such as a directory of journals.
    Raises ValueError where a match is none, but an option or a path."""

    def __init__(self, matches: tuple[str, ...], access: bool, more: tuple[str, ...] = ()) -> None:
        self.place = f"the journal, {' '.join(matches)}"
        self.gap: Gap | None = None
        self._matches = journal_place.checked(matches)
        self._more = more
        self._fields: tuple[str, ...] = (FIELDS,)
        self._kept, self._access = Kept(access), access
        self._printed: Printed | None = None
        self._back: Printed | None = None
        self._first = self._last = ""
        self._found_back: list[tuple[Entry, str]] = []
        self._failed = self._n = 0
        self._start_at = self._begun = 0.0
        self._caught_up = False
        self._notes: tuple[str, ...] = ()

    def new(self) -> bytes:
        """What journalctl printed since. It is run once over what is there, so that it is known when that was all, and then goes on from there."""
        if self._printed is None:
            self._start()
        if self._printed is None:
            return b""
        program = self._printed.program
        ended = program.code() is not None
        found = self._printed.entries()
        if found:
            self._first, self._last = found[0][1] if not self._last else self._first, found[-1][1]
            self.gap, self._failed = None, 0
            self._n += len(found)
        elif ended:
            self._ended(program)
        else:
            self.gap = self._denied(program.said())
        return self._kept.lines([entry for entry, _ in found])

    def awaits(self) -> bool:
        return (not self._caught_up and self._printed is not None) or self._back is not None

    def has_older(self) -> bool:
        return bool(self._first)

    def older(self) -> bytes | None:
        """What stands before, 2000 messages at a time."""
        if not self._first:
            return None
        if self._back is None:
            started = follow(self._argv("--reverse", f"--lines={FIRST}", f"--after-cursor={self._first}"))
            if isinstance(started, Gap):
                return None
            self._back, self._found_back = Printed(started), []
        ended = self._back.program.code() is not None
        self._found_back += (more := self._back.entries())
        if more or not ended:
            return b""
        self._back.program.close()
        self._back, found = None, self._found_back[::-1]
        if not found:
            self._first = ""
            return None
        self._first = found[0][1]
        return Kept(self._access).lines([entry for entry, _ in found])

    def notes(self) -> tuple[str, ...]:
        return self._notes

    def close(self) -> None:
        for printed in (self._printed, self._back):
            if printed:
                printed.program.close()
        self._printed, self._back, self._start_at = None, None, float("inf")

    def command(self) -> str:
        """What a person would type to see the same."""
        return shlex.join(("sudo", "journalctl", *self._more, *self._matches))

    def _argv(self, *options: str) -> tuple[str, ...]:
        return ("journalctl", "--output=json", "--all", "--no-pager", *self._fields, *options, *self._more, "--", *self._matches)

    def _start(self) -> None:
        if time.monotonic() < self._start_at:
            return
        since = f"--after-cursor={self._last}" if self._last else f"--since=@{int(self._begun)}"
        if not self._caught_up:
            self._begun = time.time()
        started = follow(self._argv("--follow", since, "--lines=all") if self._caught_up else self._argv(f"--lines={FIRST}"))
        if isinstance(started, Gap):
            self.gap = Gap(self.place, started.why, self.command() if started.why == "denied" else "")
            self._wait()
        else:
            self._printed = Printed(started)

    def _ended(self, program: Following) -> None:
        """It ended by itself: why, and when it is started again."""
        said, code = program.said(), program.code()
        program.close()
        self._printed = None
        self.gap = self._denied(said)
        if code == 0 and not any(words in said for words in NONE) and not self._caught_up:
            self._caught_up = True
            self._first = self._first if self._n >= FIRST else ""
            self._start()
            return
        if self._fields and b"unrecognized option" in said:
            self._fields = ()
            return
        self.gap = self.gap or Gap(self.place, "absent" if any(words in said for words in NONE) else "unreadable", self.command())
        if self._caught_up:
            self._notes = (*self._notes, f"journalctl ended ({code}) and is started again where it stopped")[-3:]
        self._wait()

    def _denied(self, said: bytes) -> Gap | None:
        return Gap(self.place, "denied", self.command()) if any(words in said for words in NOT_ALL) else None

    def _wait(self) -> None:
        self._start_at = time.monotonic() + PAUSES[min(self._failed, len(PAUSES) - 1)]
        self._failed += 1
