"""The lab's applications are told apart by what they say."""

from __future__ import annotations

import http.client
import threading

import pytest

from tui502.lab.backend import Server, handler


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_backend_says_its_name_everywhere(method: str) -> None:
    """Body, title and Server header are what a person compares before a site is pointed at another port."""
    with Server(("127.0.0.1", 0), handler("shop")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request(method, "/any/path?q=1", body=b"abc" if method == "POST" else None)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        server.shutdown()
        thread.join()
    assert (answer.status, answer.getheader("Server", "").strip()) == (200, "shop")
    assert body == b"" if method == "HEAD" else b"<title>shop</title>" in body and b"<h1>shop</h1>" in body
