"""Names and own addresses as nginx has them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tui502.host import names
from tui502.host.paths import start_ticks
from tui502.model.evidence import Gap, View


def view_of(pid: int) -> View:
    return View(pid, start_ticks(pid), "/", 1, 0, "", (), "/", True)


def test_names_resolve_to_addresses() -> None:
    """If this fails, an upstream given by name is never found."""
    assert "127.0.0.1" in names.resolve("127.0.0.1")
    assert names.resolve("localhost") != ()


def test_a_name_without_addresses_is_a_gap_that_says_which() -> None:
    """If this fails, a name that is gone looks like one that was not asked for."""
    found = names.resolve("no such name")
    assert isinstance(found, Gap)
    assert (found.source, found.hint) == ("address of no such name", "getent ahosts 'no such name'")


def test_ipv4_stands_first_and_every_address_once() -> None:
    """nginx asks its IPv4 addresses first."""
    found = names.resolve("localhost")
    assert not isinstance(found, Gap)
    assert list(found) == sorted(dict.fromkeys(found), key=lambda address: ":" in address)


def test_a_foreign_root_is_asked_through_its_hosts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a name of a container is looked up in the hosts file of this host."""
    hosts = tmp_path / "hosts"
    hosts.write_text("# 10.9.9.9 app\n10.0.0.7 db app # the new one\nnonsense app\n10.0.0.8 APP\n10.0.0.7 app\n")
    monkeypatch.setattr(names, "same_root", lambda view: False)
    monkeypatch.setattr(names, "HOSTS", str(hosts))
    view = view_of(os.getpid())
    assert names.resolve("app", view) == ("10.0.0.7", "10.0.0.8")
    gap = names.resolve("other", view)
    assert isinstance(gap, Gap)
    assert (gap.why, gap.hint) == ("not_asked", f"sudo nsenter --target {os.getpid()} --all getent ahosts other")


def test_own_addresses_hold_loopback() -> None:
    """If this fails, a backend dialled at an address of this host is taken for one on another."""
    found = names.own_addresses()
    assert not isinstance(found, Gap)
    assert "127.0.0.1" in found
    assert all("%" not in address for address in found)


def test_another_network_that_may_not_be_entered_is_a_gap() -> None:
    """If this fails, our own addresses stand for those of a container."""
    view = replace(view_of(os.getpid()), net_ns=1, pid=2**22 + 1)
    assert isinstance(names.own_addresses(view), Gap)
