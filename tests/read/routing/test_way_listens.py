"""Addresses in a `listen` as nginx reads them, and as `ss` shows them then."""

from __future__ import annotations

import pytest

from tests.read.routing.test_way_rules import go, said, server


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.1:80", "127.0.0.1"), ("0x7f.1:80", "127.0.0.1"), ("2130706433:80", "127.0.0.1"), ("127.0.0x0.1:80", "127.0.0.1"),
        ("127.000.0.01:080", "127.0.0.1"), ("127..0.1:80", "127.0.0.1"), ("127.0.0.010:80", "127.0.0.10"), ("127.1", "127.0.0.1"),
        ("[0:0::1]:80", "[::1]"), ("[::1]", "[::1]"),
        ("unix:/run/s", "unix:/run/s"), ("UNIX:/run/s", "unix:/run/s"), ("LOCALHOST:80", "127.0.0.1"), ("127.0.0.1:79-81", "127.0.0.1"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_nginx_reads_it(written: str, address: str) -> None:
    """If this fails, the server that answers is another one than is shown: an exact address comes before all addresses."""
    both = server(1, "listen 80; listen [::]:80;") + server(2, f"listen {written};")
    assert said(go(both, address=address, port=0 if "/" in address else 80)) == "200 2"


@pytest.mark.parametrize("written", ["0:80", "0.0.0.0:80", "...:80", "*:80", "*", "00.0.0.0:80", "80-80"])
def test_all_addresses_can_be_written_in_many_ways(written: str) -> None:
    assert said(go(server(1, "listen 80;") + server(2, f"listen {written} default_server;"), address="10.1.2.3")) == "200 2"


@pytest.mark.parametrize("written", [":80", "::1:80", "0", "127.0.0.1:", "[::1:80", "127.0.0.1/x", "[fe80::1%lo]:80", "*:0", "9-1"])
def test_what_nginx_refuses_is_no_listen(written: str) -> None:
    assert "no server listens" in go(server(1, f"listen {written};"), address="127.0.0.1").undecided


def test_whether_localhost_means_ipv6_too_is_not_known() -> None:
    """If this fails, a request to [::1] is told to go to a server that does not listen there on this host."""
    both = server(1, "listen [::]:80;") + server(2, "listen localhost:80;")
    assert "whether that means [::1] too" in go(both, address="[::1]").undecided
    assert said(go(both.replace("localhost", "127.0.0.1"), address="[::1]")) == "200 1"
