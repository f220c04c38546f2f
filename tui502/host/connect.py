"""Connect to many peers at once, with non-blocking sockets on one epoll, and hold one short exchange with each.

A peer is named as nginx names it: "127.0.0.1:3000", "[::1]:80", "unix:/run/app.sock". A TCP listener whose accept queue is full is left alone.
"""

from __future__ import annotations

import errno
import resource
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping

from tui502.host.dial import ENDS, address_of, is_full, start_connect
from tui502.host.namespace import call_in_net_ns
from tui502.host.sockets import full_tcp
from tui502.host.talk import Ask, Talk
from tui502.model.evidence import Exchange, View

MOST_AT_ONCE = 1000
SPARE_FILES = 200
"""File descriptors that are left to the rest of the program."""

OnEnd = Callable[[str, Exchange], None]


def converse(asks: Mapping[str, Ask], on_end: OnEnd, view: View | None = None) -> None:
    """Hold all exchanges at once, but those with the same peer one after the other; `on_end(key, exchange)` as each ends.

    Raises OSError when the view's network cannot be entered.
    """
    call_in_net_ns(view, lambda: _Talks(on_end, view).hold(asks))


class _Talks:
    """The exchanges under way in one call of `converse`."""

    def __init__(self, on_end: OnEnd, view: View | None) -> None:
        self._on_end = on_end
        self._view = view
        self._full = full_tcp()
        self._live: dict[int, Talk] = {}
        self._chains: dict[str, deque[tuple[str, Ask]]] = {}
        self._most = max(16, min(MOST_AT_ONCE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))

    def hold(self, asks: Mapping[str, Ask]) -> None:
        for key, ask in asks.items():
            self._chains.setdefault(ask.peer, deque()).append((key, ask))
        waiting = deque(self._chains)
        with select.epoll() as epoll:
            try:
                while waiting or self._live:
                    while waiting and len(self._live) < self._most:
                        self._begin(waiting.popleft(), epoll)
                    self._turn(epoll)
            finally:
                for talk in self._live.values():
                    talk.sock.close()

    def _begin(self, peer: str, epoll: select.epoll) -> None:
        """Start the next exchange with `peer`; one that ends at once makes room for the one after it."""
        while self._chains[peer]:
            key, ask = self._chains[peer].popleft()
            if self._start(key, ask, epoll):
                return

    def _start(self, key: str, ask: Ask, epoll: select.epoll) -> bool:
        """Whether there is something to wait for."""
        start = time.monotonic()
        begun = self._dial(ask)
        if isinstance(begun, Exchange):
            self._on_end(key, begun)
            return False
        self._live[begun.fileno()] = Talk(key, ask, begun, start)
        epoll.register(begun.fileno(), select.EPOLLOUT)
        return True

    def _dial(self, ask: Ask) -> socket.socket | Exchange:
        """A socket whose connect is under way; how it ended where it ended at once."""
        try:
            family, address = address_of(ask.peer)
        except ValueError:
            return _ended(ask, "error", None)
        if is_full(family, address, self._full):
            return _ended(ask, "skipped", None)
        try:
            sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            return _ended(ask, "error", error.errno)
        try:
            code = start_connect(family, address, self._view, sock)
        except (OSError, ValueError) as error:
            code = error.errno if isinstance(error, OSError) and error.errno else errno.EINVAL
        if code in (0, errno.EINPROGRESS):
            return sock
        sock.close()
        return _ended(ask, ENDS.get(code, "error"), code)

    def _turn(self, epoll: select.epoll) -> None:
        now = time.monotonic()
        nearest = min((talk.ends_at for talk in self._live.values()), default=now)
        for fd, _ in epoll.poll(max(0.0, nearest - now) + 0.001) if self._live else ():
            self._step(self._live[fd], epoll)
        now = time.monotonic()
        if now >= nearest:
            for talk in [talk for talk in self._live.values() if talk.ends_at <= now]:
                self._finish(talk, "timeout", None, epoll)

    def _step(self, talk: Talk, epoll: select.epoll) -> None:
        sent = talk.sends
        try:
            end = talk.step()
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(talk, ENDS.get(error.errno or 0, "error"), error.errno, epoll)
            return
        if end:
            self._finish(talk, end, None, epoll)
        elif talk.sends != sent:
            epoll.modify(talk.sock.fileno(), select.EPOLLOUT if talk.sends else select.EPOLLIN)

    def _finish(self, talk: Talk, end: str, code: int | None, epoll: select.epoll) -> None:
        fd = talk.sock.fileno()
        epoll.unregister(fd)
        del self._live[fd]
        self._on_end(talk.key, talk.close(end, code))
        self._begin(talk.ask.peer, epoll)


def _ended(ask: Ask, end: str, code: int | None) -> Exchange:
    return Exchange(ask.peer, ask.speak, b"", b"", False, None, None, end, code)
