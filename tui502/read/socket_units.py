"""Socket units of systemd: which of them makes a unix socket, and with what rights."""

from __future__ import annotations

from dataclasses import dataclass

from tui502.model.evidence import Evidence
from tui502.read import keys, systemd

DEFAULT_MODE = "0666"
"""SocketMode= where it is not written (systemd.socket(5))."""


@dataclass(frozen=True)
class SocketUnit:
    """A socket unit as systemd has loaded it. `listens` are the addresses it listens on, `service` is what it starts ('' for none or several), `mode`, `user`
    and `group` are its SocketMode=, SocketUser= and SocketGroup=, `files` the unit's own file and its drop-ins. `pending`: its files were changed since."""

    name: str
    state: str
    listens: tuple[str, ...]
    service: str
    mode: str
    user: str
    group: str
    files: tuple[str, ...]
    pending: bool
    accepts: bool


def maker(evidence: Evidence, path: str) -> SocketUnit | None:
    """The socket unit that makes the socket at `path`; None where none or several do, or systemctl did not say with what rights."""
    seen = evidence.commands.get(keys.SYSTEMD_SHOW)
    if not seen or not seen.value:
        return None
    blocks = [block for block in seen.value.out.split(b"\n\n") if b".socket" in block and path.encode() in block]
    found = [unit for block in blocks if (unit := _unit(block.decode("utf-8", "replace"))) and f"unix:{path}" in unit.listens]
    return found[0] if len(found) == 1 else None


def _unit(text: str) -> SocketUnit | None:
    block = systemd.properties(text)
    if not systemd.one(block, "Id").endswith(".socket") or "SocketMode" not in block or systemd.one(block, "LoadState") != "loaded":
        return None
    started = systemd.one(block, "Triggers").split()
    return SocketUnit(
        name=systemd.one(block, "Id"),
        state=systemd.one(block, "ActiveState"),
        listens=tuple(systemd.listens(block)),
        service=started[0] if len(started) == 1 else "",
        mode=systemd.one(block, "SocketMode") or DEFAULT_MODE,
        user=systemd.one(block, "SocketUser"),
        group=systemd.one(block, "SocketGroup"),
        files=tuple(filter(None, (systemd.one(block, "FragmentPath"), *systemd.one(block, "DropInPaths").split()))),
        pending=systemd.one(block, "NeedDaemonReload") == "yes",
        accepts=systemd.one(block, "Accept") == "yes",
    )
