"""Units of systemd, from `systemctl show` (properties of each unit, a blank line between units)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Unit
from tui502.read import serves
from tui502.read.times import from_local

_ARGV = re.compile(r"argv\[\]=(.*?) ; ignore_errors=", re.S)
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def units(show: bytes, files: Mapping[str, Seen[FileSeen]], utc_offset: int) -> tuple[Unit, ...]:
    """The services in the output of `systemctl show`; a socket unit adds its addresses to the service that it triggers.

    `files` give environment files where they were read; `utc_offset` turns the times, which systemd writes in local time.
    """
    blocks = [properties(block) for block in show.decode("utf-8", "replace").split("\n\n") if block.strip()]
    sockets: dict[str, list[str]] = {}
    for block in blocks:
        if one(block, "Id").endswith(".socket"):
            for name in one(block, "Triggers").split():
                sockets.setdefault(name, []).extend(listens(block))
    return tuple(_unit(block, sockets.get(one(block, "Id"), []), files, utc_offset) for block in blocks if one(block, "Id").endswith(".service"))


def properties(block: str) -> dict[str, list[str]]:
    """What `systemctl show` says of one unit: each property with its values, of which most have one."""
    found: dict[str, list[str]] = {}
    for line in block.splitlines():
        name, mark, value = line.partition("=")
        if mark:
            found.setdefault(name, []).append(value)
    return found


def one(block: dict[str, list[str]], name: str) -> str:
    """The value of a property, '' where it has none."""
    return block.get(name, [""])[0]


def _unit(block: dict[str, list[str]], sockets: list[str], files: Mapping[str, Seen[FileSeen]], utc_offset: int) -> Unit:
    name, state = one(block, "Id"), one(block, "ActiveState")
    command = (_ARGV.findall(" ".join(block.get("ExecStart", []))) or [""])[0]
    environment = " ".join(block.get("Environment", []))
    variables = {**serves.pairs(environment), **_from_files(block, files)}
    argv = tuple(_filled(word, variables) for word in command.split())
    since = one(block, "ActiveEnterTimestamp" if state == "active" else "InactiveEnterTimestamp") or one(block, "StateChangeTimestamp")
    masked = one(block, "LoadState") == "masked"
    return Unit(
        name=name,
        manager="systemd",
        state=state,
        sub=one(block, "SubState"),
        result=one(block, "Result"),
        masked=masked,
        restarts=_number(one(block, "NRestarts")),
        since=_time(since, utc_offset),
        main_pid=_number(one(block, "MainPID")),
        user=one(block, "User"),
        directory=one(block, "WorkingDirectory").lstrip("!-"),
        exec_start=command,
        environment=environment,
        path=one(block, "FragmentPath"),
        serves=tuple(dict.fromkeys((*serves.of_command(argv), *serves.of_environment(variables), *sockets))),
        start=() if masked else ("systemctl", "start", name),
        stop=("systemctl", "stop", name),
        restart=() if masked else ("systemctl", "restart", name),
        needs_daemon_reload=one(block, "NeedDaemonReload") == "yes",
        enabled=one(block, "UnitFileState"),
    )


def _filled(word: str, variables: Mapping[str, str]) -> str:
    """`word` with $NAME and ${NAME} as systemd would fill them in; unknown names stay."""
    return re.sub(r"\$\{(\w+)\}|\$(\w+)", lambda found: variables.get(found[1] or found[2], found[0]), word)


def environment_files(out: bytes) -> tuple[str, ...]:
    """The files that units take their environment from, as far as they are named in full."""
    found = re.findall(rb"^EnvironmentFiles=(/[^\n]*?)(?: \(ignore_errors=\w+\))?$", out, re.MULTILINE)
    return tuple(dict.fromkeys(path.decode("utf-8", "surrogateescape") for path in found if b"*" not in path))


def _from_files(block: dict[str, list[str]], files: Mapping[str, Seen[FileSeen]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in block.get("EnvironmentFiles", []):
        seen = files.get(value.partition(" (")[0])
        if seen and seen.value:
            lines = seen.value.data.decode("utf-8", "replace").splitlines()
            found |= serves.pairs("\n".join(line for line in lines if not line.lstrip().startswith(("#", ";"))))
    return found


def listens(block: dict[str, list[str]]) -> list[str]:
    """Addresses of a socket unit: "/run/app.sock (Stream)", "127.0.0.1:3000 (Stream)", "[::]:80 (Stream)"."""
    words = [value.partition(" (")[0] for value in block.get("Listen", []) if "(Stream)" in value or "(" not in value]
    return [f"unix:{word}" if word.startswith("/") else word if ":" in word else f":{word}" for word in words if word]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _time(text: str, utc_offset: int) -> float:
    """ "Sun 2026-11-22 03:02:09 CET" or "@1795312929" as epoch seconds; 0.0 for "n/a" and what is no time."""
    if text.startswith("@") and text[1:].isdigit():
        return float(text[1:])
    found = _DATE.search(text)
    if not found:
        return 0.0
    return from_local(found[0], "%Y-%m-%d %H:%M:%S", 0 if text.endswith((" UTC", " GMT")) else utc_offset)
