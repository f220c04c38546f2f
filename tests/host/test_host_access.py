"""The way to a socket with everybody's rights, and the connect tried with another user's: what is seen here decides who is blamed."""

from __future__ import annotations

import errno
import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui502.host.access import ACL, look_along, try_as
from tui502.model.evidence import AccessSeen, Gap, PathSeen
from tui502.read.access import refusals, state_of

OTHER = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that everybody can reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def listening(folder: Path) -> Iterator[Path]:
    path = folder / "run" / "app.sock"
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen()
        path.chmod(0o660)
        yield path


def way(path: Path) -> PathSeen:
    seen = look_along(str(path), None)
    assert isinstance(seen, PathSeen)
    return seen


def me() -> tuple[int, tuple[int, ...]]:
    return os.geteuid(), (os.getegid(), *os.getgroups())


def attempt(path: Path, uid: int, gids: tuple[int, ...]) -> AccessSeen:
    seen = try_as(f"unix:{path}", uid, gids, "state", 10.0, None)
    assert isinstance(seen, AccessSeen)
    return seen


def test_every_directory_and_the_socket_itself(listening: Path) -> None:
    seen = way(listening)
    assert [part.path for part in seen.parts] == [*reversed([str(parent) for parent in listening.parents]), str(listening)]
    assert (seen.end, seen.parts[-1].kind, seen.parts[-1].mode, seen.parts[-1].uid) == ("found", "socket", 0o660, os.geteuid())


def test_chain_of_links_is_followed_and_shown(listening: Path, folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to(listening.parent)
    seen = way(folder / "a" / "app.sock")
    assert [(part.path, part.target) for part in seen.parts if part.kind == "link"] == [(f"{folder}/a", "b"), (f"{folder}/b", str(listening.parent))]
    assert seen.parts[-1].path == str(listening)


@pytest.mark.parametrize(("name", "stopped"), [("run/other.sock", "run/other.sock"), ("gone/app.sock", "gone")])
def test_first_name_that_is_missing(listening: Path, folder: Path, name: str, stopped: str) -> None:
    """If this fails, a missing directory looks like a missing socket."""
    seen = way(folder / name)
    assert (seen.end, seen.stopped) == ("absent", f"{folder}/{stopped}")


def test_loop_of_links(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    assert way(folder / "loop" / "x").end == "loop"


def test_no_absolute_path_is_a_gap() -> None:
    assert isinstance(look_along("run/app.sock", None), Gap)


def test_own_connect(listening: Path) -> None:
    assert (attempt(listening, *me()).end, attempt(listening, *me()).errno) == ("connected", None)


def test_missing_and_left_over_are_told_apart(listening: Path, folder: Path) -> None:
    assert attempt(folder / "none.sock", *me()).end == "absent"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(folder / "old.sock"))
    assert attempt(folder / "old.sock", *me()).end == "refused"


def test_path_longer_than_an_address(folder: Path) -> None:
    """The kernel takes 107 bytes; nginx in a deep directory does not care."""
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    assert attempt(deep / "app.sock", *me()).end == "absent"


@pytest.mark.skipif(os.geteuid() == 0, reason="root can become anybody")
def test_without_the_right_to_become_somebody_it_is_a_gap(listening: Path) -> None:
    seen = try_as(f"unix:{listening}", os.geteuid() - 1, (os.getegid(),), "", 10.0, None)
    assert isinstance(seen, Gap)
    assert seen.why == "denied"


@as_root
def test_other_user_is_denied_although_root_is_not(listening: Path) -> None:
    """If this fails, root sees every socket answer and calls a denied site healthy."""
    assert attempt(listening, 0, (0,)).end == "connected"
    assert (attempt(listening, OTHER, (OTHER,)).end, attempt(listening, OTHER, (OTHER,)).errno) == ("denied", errno.EACCES)


@as_root
def test_supplementary_group_lets_in(listening: Path) -> None:
    os.chown(listening, 0, 12345)
    assert attempt(listening, OTHER, (OTHER, 12345)).end == "connected"


@as_root
@pytest.mark.parametrize("uid", [OTHER, 1000])
@pytest.mark.parametrize("gids", [(OTHER,), (777, OTHER), (778,)])
@pytest.mark.parametrize(
    ("folder_mode", "socket_mode", "owner", "group", "acl"),
    [
        (0o755, 0o660, 0, 0, ()), (0o755, 0o660, OTHER, 0, ()), (0o755, 0o060, OTHER, 777, ()), (0o755, 0o606, 0, 777, ()), (0o700, 0o666, 0, 0, ()),
        (0o711, 0o666, 0, 0, ()), (0o710, 0o666, 0, 777, ()), (0o755, 0o060, 0, 0, ((1, 6, 0), (2, 6, OTHER), (4, 0, 0), (16, 6, 0), (32, 0, 0))),
        (0o755, 0o020, 0, 777, ((1, 6, 0), (2, 6, OTHER), (4, 6, 0), (16, 4, 0), (32, 6, 0))),
        (0o755, 0o020, 0, 777, ((1, 6, 0), (4, 4, 0), (8, 6, 777), (8, 4, 778), (16, 6, 0), (32, 6, 0))),
    ],
)  # fmt: skip
def test_reading_the_rights_agrees_with_the_kernel(
    listening: Path, uid: int, gids: tuple[int, ...], folder_mode: int, socket_mode: int, owner: int, group: int, acl: tuple[tuple[int, int, int], ...]
) -> None:
    """Owner, group, others and access lists: what is computed must be what a connect gets."""
    listening.chmod(socket_mode)
    os.chown(listening, owner, group)
    os.chown(listening.parent, owner, group)
    listening.parent.chmod(folder_mode)
    if acl:
        entries = b"".join(struct.pack("<HHI", tag, bits, 0xFFFFFFFF if tag in (1, 4, 16, 32) else who) for tag, bits, who in acl)
        try:
            os.setxattr(listening, ACL, struct.pack("<I", 2) + entries)
        except OSError as error:
            pytest.skip(f"no access lists here: {error}")
    refused = next(refusals(way(listening), uid, gids), None)
    assert attempt(listening, uid, gids).end == ("denied" if refused else "connected")


def test_state_changes_with_every_right(listening: Path) -> None:
    """What was tried under other rights must not be believed."""
    before = state_of(way(listening))
    assert state_of(way(listening)) == before
    listening.parent.chmod(0o700)
    assert state_of(way(listening)) != before
