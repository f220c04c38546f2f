"""What waits at the backend puts the decision about a longer time-out off, and nothing else does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from site_to_mend import Site, change

from tui502.apply.queued import MOST, Queued
from tui502.model.changes import StagedChange


@contextmanager
def busy_backend(waiting: int) -> Iterator[str]:
    """A listener at which connections wait until somebody accepts them."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        clients = [socket.create_connection(listener.getsockname(), 5) for _ in range(waiting)]
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for client in clients:
                client.close()


def longer(site: Site, peer: str, waits: float = 60.0) -> StagedChange:
    staged = change(site, site.text(site.living), keep_after=75.0)
    return replace(staged, fixes=tuple(replace(fix, peer=peer, waits=waits) for fix in staged.fixes))


def test_what_waits_puts_the_decision_off(site: Site) -> None:
    """If this fails, a longer time-out is taken back while old requests still keep every worker busy."""
    with busy_backend(3) as peer:
        queued = Queued(longer(site, peer), 1000.0)
        assert queued.until(1000.0, 1075.0) == 1075.0
        assert queued.waiting == 3
        assert queued.until(1060.0, 1075.0) == 1135.0
        assert queued.until(5000.0, 1135.0) == 1000.0 + 75.0 + MOST, "but not for ever"


def test_an_empty_queue_and_another_repair_change_nothing(site: Site) -> None:
    """If this fails, every decision takes longer."""
    with busy_backend(0) as peer:
        queued = Queued(longer(site, peer), 1000.0)
        assert (queued.until(1060.0, 1075.0), queued.waiting) == (1075.0, 0)
    with busy_backend(3) as peer:
        queued = Queued(longer(site, peer, waits=0.0), 1000.0)
        assert (queued.until(1060.0, 1075.0), queued.waiting) == (1075.0, 0)
