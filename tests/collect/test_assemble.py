"""Answers are put into the evidence without disturbing what did not change."""

from __future__ import annotations

import dataclasses
from typing import Any

from tui502.collect.assemble import MOST_FLIPS, is_same, late, put_all, reaches, turned
from tui502.collect.collector import initial
from tui502.model.evidence import CommandSeen, Exchange, Flip, Gap, Listener, Look, Seen


def look(key: str, kind: str) -> Look:
    return Look(key, kind, (), 0, 2.0, None, "")  # type: ignore[arg-type]


def seen(value: Any, at: float = 5.0) -> Seen[Any]:
    return Seen(at, 0.1, value)


def talk(end: str, connected: float = 0.1) -> Exchange:
    return Exchange("127.0.0.1:80", "connect", b"", b"", False, connected, None, end, None)


def listener(port: int, queue: int = 0) -> Listener:
    return Listener("inet", "127.0.0.1", port, "", port, queue, 128, (), 1)


def test_every_kind_of_answer_has_its_place() -> None:
    """If this fails, a look is carried out again and again because its answer is never found."""
    names = {"file": "files", "dir": "dirs", "exchange": "exchanges", "replay": "exchanges", "name": "names", "log": "logs", "access_log": "logs"}
    names |= {"command": "commands", "test": "commands"}
    for kind, name in names.items():
        found = put_all(initial("", True), [(look("k", kind), seen(("x",)))], 9.0)
        assert getattr(found, name) == {"k": seen(("x",))}
    for kind in ("processes", "running"):
        assert getattr(put_all(initial("", True), [(look("k", kind), seen(("x",)))], 9.0), kind) == seen(("x",))


def test_what_is_equal_keeps_its_object() -> None:
    """If this fails, every probe makes all facts be read anew, and the screen redraws while nothing changes."""
    one, two = look("a", "command"), look("b", "command")
    before = put_all(initial("", True), [(one, seen(CommandSeen(("x",), 0, b"1", b"", False))), (two, seen(CommandSeen(("x",), 0, b"2", b"", False)))], 9.0)
    assert put_all(before, [(one, seen(CommandSeen(("x",), 0, b"1", b"", False), at=8.0))], 10.0) is before
    after = put_all(before, [(one, seen(CommandSeen(("x",), 0, b"new", b"", False)))], 10.0)
    assert after.commands["b"] is before.commands["b"]
    assert after.commands["a"].value.out == b"new"  # type: ignore[union-attr]
    assert (after.files, after.taken_at) == (before.files, 10.0)
    assert after.files is before.files
    assert before.commands["a"].value.out == b"1"  # type: ignore[union-attr]


def test_timings_alone_are_no_change_of_an_exchange() -> None:
    """If this fails, every repeated probe counts as news."""
    assert is_same(seen(talk("connected", 0.1)), seen(talk("connected", 0.2)))
    assert not is_same(seen(talk("connected")), seen(talk("refused")))
    assert not is_same(seen(talk("connected")), Seen(0, 0, gap=Gap("x", "timeout", "")))


def test_a_flip_is_noted_once() -> None:
    """If this fails, a backend that died and came back leaves no trace."""
    key = look("connect 127.0.0.1:80", "exchange")
    evidence = put_all(initial("", True), [(key, seen(talk("connected")))], 1.0)
    assert evidence.flips == ()
    evidence = put_all(evidence, [(key, seen(talk("refused"), 7.0))], 2.0)
    evidence = put_all(evidence, [(key, seen(talk("refused"), 8.0))], 3.0)
    assert evidence.flips == (Flip(7.0, "127.0.0.1:80", "connected", "refused"),)


def test_a_listener_that_comes_or_goes_is_a_flip() -> None:
    """If this fails, a backend that was restarted is not noticed."""
    key = look("listeners", "listeners")
    evidence = put_all(initial("", True), [(key, seen((listener(80), listener(81))))], 1.0)
    assert evidence.flips == ()
    evidence = put_all(evidence, [(key, seen((listener(81, queue=3), listener(82)), 7.0))], 2.0)
    assert evidence.flips == (Flip(7.0, "127.0.0.1:80", "listening", "gone"), Flip(7.0, "127.0.0.1:82", "gone", "listening"))
    evidence = put_all(dataclasses.replace(evidence, flips=evidence.flips * MOST_FLIPS), [(key, seen((), 8.0))], 3.0)
    assert len(evidence.flips) == MOST_FLIPS


def test_a_late_look_is_a_gap_that_says_so() -> None:
    """If this fails, "not seen in time" passes for "not there"."""
    assert late(look("k", "name"), 3.0) == Seen(3.0, 2.0, gap=Gap("k", "timeout", ""))


def test_which_peers_a_listener_concerns() -> None:
    """If this fails, a restarted backend is probed only when somebody asks for it."""
    assert reaches("127.0.0.1:80", "127.0.0.1:80")
    assert reaches("0.0.0.0:80", "127.0.0.1:80")
    assert reaches("[::]:80", "127.0.0.1:80")
    assert not reaches("0.0.0.0:81", "127.0.0.1:80")
    assert not reaches("127.0.0.2:80", "127.0.0.1:80")
    assert reaches("unix:/a", "unix:/a")
    assert not reaches("unix:/a", "unix:/b")


def test_a_request_that_is_answered_again_makes_what_its_backend_said_old() -> None:
    """If this fails, an application that was mended without a restart is still said to close the connection."""

    def replayed(status: int) -> Seen[Exchange]:
        return seen(Exchange("127.0.0.1:80", "replay", b"", b"HTTP/1.1 %d X\r\n\r\n" % status, False, 0.1, 0.1, "answered", None))

    one = Look("replay /", "replay", ("127.0.0.1:80", "http", "GET", "app.example.com", "/"), 0, 2.0, None, "")
    assert turned({"replay /": replayed(502)}, [(one, replayed(200))]) == {"app.example.com"}
    assert turned({"replay /": replayed(502)}, [(one, replayed(504))]) == set()
    assert turned({}, [(one, replayed(200))]) == set(), "what was not asked before cannot turn"
