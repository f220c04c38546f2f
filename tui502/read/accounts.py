"""The names of users and groups, as getent told them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.read import access, keys
from tui502.text import neutral


@dataclass(frozen=True)
class Accounts:
    """Numbers and names both ways; `homes` are the home directories of the users that were asked for."""

    users: dict[int, str]
    groups: dict[int, str]
    uids: dict[str, int]
    gids: dict[str, int]
    homes: frozenset[str]

    def user(self, uid: int) -> str:
        """The name of a user, else his number, in neutral text."""
        return neutral(self.users.get(uid, str(uid)))

    def group(self, gid: int) -> str:
        return neutral(self.groups.get(gid, str(gid)))


def accounts(evidence: Evidence) -> Accounts:
    """What getent told so far."""
    people = [row for row in _rows(evidence, keys.GETENT_PASSWD) if len(row) > 5 and row[2].isdigit()]
    teams = [row for row in _rows(evidence, keys.GETENT_GROUP) if len(row) > 2 and row[2].isdigit()]
    return Accounts(
        users={int(row[2]): row[0] for row in reversed(people)},
        groups={int(row[2]): row[0] for row in reversed(teams)},
        uids={row[0]: int(row[2]) for row in people},
        gids={row[0]: int(row[2]) for row in teams},
        homes=frozenset(row[5] for row in people) - {"", "/", "/nonexistent"},
    )


def wanted(evidence: Evidence, facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(users, groups) by number or name whose other half must be known: where a worker is refused, he, the owners on the way, those the pool names."""
    users: set[str] = set()
    groups: set[str] = set()
    process = access.worker(evidence)
    for peer in {peer.address: peer for route in facts.routes.passes for peer in route.peers if peer.path}.values():
        seen = access.way(evidence, peer)
        if process and seen and access.denied(evidence, peer):
            users |= {str(process.uid), *(str(part.uid) for part in seen.parts)}
            groups |= {*map(str, process.gids), *(str(part.gid) for part in seen.parts)}
            for pool in facts.pools:
                if pool.listen in access.aliases(evidence, peer):
                    users |= {pool.get("listen.owner"), pool.get("user")}
                    groups |= {pool.get("listen.group"), pool.get("group")}
    return tuple(sorted(users - {""})), tuple(sorted(groups - {""}))


def _rows(evidence: Evidence, key: str) -> Iterator[list[str]]:
    seen = evidence.commands.get(key)
    lines = seen.value.out.decode("utf-8", "replace").splitlines() if seen and seen.value else ()
    return (line.split(":") for line in lines)
