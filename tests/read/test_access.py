"""Who may go where, by rights alone."""

import struct

import pytest

from tui502.model.evidence import PathPart, PathSeen
from tui502.read.access import refusals, rights


def way(*parts: PathPart, end: str = "found") -> PathSeen:
    return PathSeen("/run/app/a.sock", parts, end, "")


ROOT, RUN = PathPart("/", "dir", 0o755, 0, 0), PathPart("/run", "dir", 0o755, 0, 0)


def refused(*parts: PathPart, uid: int = 33, gids: tuple[int, ...] = (33,)) -> list[tuple[str, str, str]]:
    return [(each.part.path, each.need, each.stands) for each in refusals(way(ROOT, RUN, *parts), uid, gids)]


def test_socket_needs_write_and_nothing_else() -> None:
    assert refused(PathPart("/run/a", "socket", 0o002, 0, 0)) == []
    assert refused(PathPart("/run/a", "socket", 0o775, 0, 0)) == [("/run/a", "w", "others")]


def test_directory_needs_x_not_r() -> None:
    assert refused(PathPart("/run/app", "dir", 0o711, 0, 0), PathPart("/run/app/a", "socket", 0o666, 0, 0)) == []
    assert refused(PathPart("/run/app", "dir", 0o744, 0, 0), PathPart("/run/app/a", "socket", 0o666, 0, 0)) == [("/run/app", "x", "others")]


def test_only_the_first_class_counts() -> None:
    """An owner without the right is refused although others have it: adding the group or "others" would mend nothing."""
    assert refused(PathPart("/run/a", "socket", 0o066, 33, 0)) == [("/run/a", "w", "owner")]
    assert refused(PathPart("/run/a", "socket", 0o606, 0, 33)) == [("/run/a", "w", "group")]


def test_all_that_refuses_in_the_order_of_the_way() -> None:
    found = refused(PathPart("/run/x", "dir", 0o700, 0, 0), PathPart("/run/x/y", "dir", 0o755, 0, 0), PathPart("/run/x/y/a", "socket", 0o600, 0, 0))
    assert [path for path, _, _ in found] == ["/run/x", "/run/x/y/a"]


def test_root_and_links_refuse_nothing() -> None:
    assert refused(PathPart("/run/a", "socket", 0, 5, 5), uid=0) == []
    assert refused(PathPart("/run/l", "link", 0, 5, 5, "a"), PathPart("/run/a", "socket", 0o666, 5, 5)) == []


def test_what_was_not_reached_refuses_nothing() -> None:
    """The way ended in the dark: the last thing seen is no socket."""
    assert list(refusals(PathSeen("/run/a", (ROOT, RUN), "denied", "/run/a"), 33, (33,))) == []


@pytest.mark.parametrize("acl", [b"", b"\x02\x00\x00", struct.pack("<I", 3) + bytes(8), b"\xff" * 13])
def test_odd_access_list_is_none(acl: bytes) -> None:
    assert rights(PathPart("/a", "socket", 0o060, 0, 33, "", acl), 33, (33,)) == ("group", 6)
