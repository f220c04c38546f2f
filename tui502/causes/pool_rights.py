"""Which settings of a PHP-FPM pool, or of a socket unit, let one more user connect to its socket: the fewest that do, and never everybody."""

from __future__ import annotations

from dataclasses import dataclass

from tui502.model.evidence import PathPart, Process
from tui502.model.facts import Pool
from tui502.read import access
from tui502.read.accounts import Accounts

DEFAULT_MODE = 0o660
"""What PHP-FPM gives a socket where listen.mode is not written; owner and group are those of its master then."""

OWNER, GROUP, MODE, ACL = "listen.owner", "listen.group", "listen.mode", "listen.acl_users"


@dataclass(frozen=True)
class Wanted:
    """Settings to write, in order; none where the pool's file lets the user in already, so that a restart is enough. `loses` is the group that could
    connect until now and cannot any more, or ''."""

    settings: tuple[tuple[str, str], ...]
    loses: str = ""


def wanted(pool: Pool, master: Process, worker: Process, user: str, names: Accounts) -> Wanted | None:
    """What lets `worker`, whose account is `user`, connect; None where the master has no right to give the socket away, or an owner is not known."""
    if pool.get(ACL) or pool.get("listen.acl_groups"):
        return _listed(pool, worker, user, names)
    made = _made(pool, master, names)
    if made is None:
        return None
    return let_in(made, worker, user, names, (OWNER, GROUP, MODE), gives=master.uid == 0)


def let_in(made: PathPart, worker: Process, user: str, names: Accounts, keys: tuple[str, str, str], *, gives: bool) -> Wanted | None:
    """The same for a socket that is made as `made`; `keys` are the names of the settings for owner, group and mode, `gives` says whether its maker may give it
    to another owner."""
    owner, group, mode = keys
    stands, bits = access.rights(made, worker.uid, worker.gids)
    if bits & 2:
        return Wanted(())
    if stands in ("owner", "group"):
        return Wanted(_mode(mode, made.mode, 0o600 if stands == "owner" else 0o060))
    if not gives:
        return None
    if made.uid == 0:
        return Wanted(((owner, user), *_mode(mode, made.mode, 0o600)))
    own = names.groups.get(worker.gids[0], str(worker.gids[0]))
    return Wanted(((group, own), *_mode(mode, made.mode, 0o060)), names.group(made.gid) if made.gid and made.mode & 0o020 else "")


def _made(pool: Pool, master: Process, names: Accounts) -> PathPart | None:
    """The socket as the pool's file would have it made."""
    uid = _number(pool.get(OWNER), names.uids, master.uid)
    gid = _number(pool.get(GROUP), names.gids, master.gids[0] if master.gids else None)
    mode = pool.get(MODE) or f"{DEFAULT_MODE:o}"
    if uid is None or gid is None or not mode.isdigit() or set(mode) - set("01234567"):
        return None
    return PathPart(pool.listen, "socket", int(mode, 8), uid, gid)


def _number(name: str, known: dict[str, int], default: int | None) -> int | None:
    return int(name) if name.isdigit() else known.get(name) if name else default


def _mode(key: str, mode: int, bits: int) -> tuple[tuple[str, str], ...]:
    """The mode with read and write for one class more, never writable for all; nothing where writing is allowed already."""
    return () if mode & bits & 0o222 else ((key, f"{(mode | bits) & 0o775:04o}"),)


def _listed(pool: Pool, worker: Process, user: str, names: Accounts) -> Wanted:
    """Where the pool has an access list, owner and group mean nothing."""
    users = [name for name in pool.get(ACL).split(",") if name.strip()]
    groups = {name.strip() for name in pool.get("listen.acl_groups").split(",")}
    if user in map(str.strip, users) or groups.intersection(names.groups.get(gid, "") for gid in worker.gids):
        return Wanted(())
    return Wanted(((ACL, ",".join((*map(str.strip, users), user))),))
