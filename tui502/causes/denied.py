"""What the causes share that keep nginx's workers from a unix socket: who is kept out, by what, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui502.causes import doubts, failing, words
from tui502.causes.failing import Dead
from tui502.model.evidence import Evidence, Look, PathPart, Process
from tui502.model.facts import Facts
from tui502.model.findings import Answer, Certainty, Clue
from tui502.read import access, keys
from tui502.read.access import Need, Refusal
from tui502.read.accounts import Accounts, accounts
from tui502.text import neutral

SYMPTOMS = ("socket_permission",)


@dataclass(frozen=True)
class Denied:
    """A socket that nginx dials and may not use: `refused` is all on the way that refuses, in the order in which the kernel meets it. `user` is the
    name of the workers' account as it is, not neutral; `worker` one of them."""

    dead: Dead
    refused: tuple[Refusal, ...]
    worker: Process
    user: str
    names: Accounts

    @property
    def first(self) -> PathPart:
        return self.refused[0].part

    @property
    def rights(self) -> str:
        """ "root root 0600", with "+" behind it where there is an access list."""
        return shown(self.first, self.names)


def shown(part: PathPart, names: Accounts) -> str:
    return f"{names.user(part.uid)} {names.group(part.gid)} {part.mode:04o}{'+' if part.acl else ''}"


def denied_peers(evidence: Evidence, facts: Facts, need: Need) -> Iterator[Denied]:
    """Sockets that fail now for want of the right `need`: "x" of a directory on the way, or "w" of the socket itself."""
    worker, names = access.worker(evidence), accounts(evidence)
    for dead in failing.failing_peers(evidence, facts, SYMPTOMS):
        seen = access.way(evidence, dead.peer)
        if worker is None or seen is None or not access.denied(evidence, dead.peer):
            continue
        refused = tuple(access.refusals(seen, worker.uid, worker.gids))
        if refused and refused[0].need == need:
            yield Denied(dead, refused, worker, account(facts, worker, names), names)


def account(facts: Facts, worker: Process, names: Accounts) -> str:
    """The name of the workers' account: as this host calls it, else as nginx does, else its number."""
    return names.users.get(worker.uid) or (facts.nginx.user if facts.nginx.pid != worker.pid and worker.uid else "") or str(worker.uid)


def certainty(evidence: Evidence, denied: Denied) -> Certainty:
    """Proven: the connect was tried as the worker, and refused, under the rights that refuse. By those rights alone it is likely."""
    own = evidence.exchanges.get(keys.connect_key(denied.dead.state.peer))
    same_user = evidence.euid == denied.worker.uid and bool(own and own.value and own.value.end == "denied")
    return "proven" if was_denied(evidence, denied) or same_user else "likely"


def was_denied(evidence: Evidence, denied: Denied) -> bool:
    """Was the connect tried as the worker, and refused? A try that came to nothing tells nothing."""
    attempt = access.tried(evidence, denied.dead.peer)
    return attempt is not None and attempt.end == "denied"


def clues(evidence: Evidence, facts: Facts, denied: Denied) -> Iterator[Clue]:
    dead, user, part = denied.dead, neutral(denied.user), denied.first
    if was_denied(evidence, denied):
        key = keys.access_key(dead.state.peer)
        yield Clue("probe", key, None, f"a connect as {user} is denied just now", evidence.access[key].at)
    key = keys.path_key(dead.peer.path)
    lacks = "cannot be entered" if denied.refused[0].need == "x" else "cannot be written"
    said = f"{neutral(part.path)} is {denied.rights}: {lacks} by {user}, who counts as {denied.refused[0].stands}"
    yield Clue("path", key, None, said, evidence.paths[key].at)
    yield from failing.log_clues(evidence, facts, dead.outages)
    yield failing.config_clue(dead)
    if certainty(evidence, denied) != "proven":
        yield doubts.against("probe", keys.access_key(dead.state.peer), "no connect was tried with the rights of nginx's worker: only the modes say so")


def summary(facts: Facts, denied: Denied, fact: str) -> str:
    return words.sentence(denied.dead.worst, fact, partly=failing.partly(denied.dead, facts), whole=failing.whole(denied.dead))


TRIED = (Answer("denied", "proven"), Answer("accepts", "ruled out"))
"""What that look may come to."""


def access_look(evidence: Evidence, denied: Denied) -> Look:
    """The connect with the rights of the workers."""
    return access.look(evidence, denied.dead.peer, denied.worker)
