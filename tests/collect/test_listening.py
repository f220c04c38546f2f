"""Which of several nginx takes a request: found by its real listening sockets."""

from __future__ import annotations

import os
import socket

import pytest

from tui502.collect.listening import master_of
from tui502.model.evidence import View


def _view(pid: int) -> View:
    return View(pid, 1.0, "/", 0, os.stat("/proc/self/ns/net").st_ino, "", (), "/", True)  # noqa: PTH116


def test_the_one_that_listens_on_the_port_is_meant() -> None:
    """If this fails, another nginx is told to have no server for the request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        here, other = _view(os.getpid()), _view(1)
        assert master_of(f"http://127.0.0.1:{port}/", (other, here)) == here.pid
        assert master_of(f"http://127.0.0.1:{port}/", (here,)) == 0, "a lone one needs no choice"
        assert master_of(f"http://127.0.0.1:{port}/", (here, here)) == 0, "two that listen there cannot be told apart"
        assert master_of("/path", (other, here)) == 0
        assert master_of("", (other, here)) == 0
    assert master_of(f"http://127.0.0.1:{port}/", (other, here)) == 0


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="ht!tp"):
        master_of("ht!tp://x", (_view(1), _view(2)))
