"""Re-use must be exact: what is kept too long is a wrong diagnosis, what is not kept makes the screen slow."""

from __future__ import annotations

from tui502.read import memo
from tui502.read.memo import Items, Memo, Shelf


def test_the_same_objects_are_read_once() -> None:
    known: Memo[list[int]] = Memo()
    one = [1]
    first = known((one, "a", 2.0), lambda: [7])
    assert known((one, "".join(("a",)), 2.0), lambda: [8]) is first
    assert known(([1], "a", 2.0), lambda: [9]) == [9]
    assert known((one, "a", 3.0), lambda: [10]) == [10]


def test_the_oldest_inputs_are_forgotten() -> None:
    known: Memo[int] = Memo(2)
    parts = [object(), object(), object()]
    for n, part in enumerate(parts):
        known((part,), lambda n=n: n)  # type: ignore[misc]
    assert known((parts[2],), lambda: 99) == 2
    assert known((parts[0],), lambda: 99) == 99


def test_a_shelf_asks_the_result_what_it_was_read_from() -> None:
    """A result may depend on more than one knows beforehand."""
    shelf: Shelf[tuple[str, ...]] = Shelf()
    parts = {"a": object(), "b": object()}

    def read() -> tuple[str, ...]:
        return tuple(sorted(parts))

    first = shelf("x", lambda names: tuple(parts.get(name) for name in names), read)
    assert shelf("x", lambda names: tuple(parts.get(name) for name in names), read) is first
    del parts["b"]
    assert shelf("x", lambda names: tuple(parts.get(name) for name in names), read) == ("a",)


def test_an_equal_result_stays_the_same_object() -> None:
    shelf: Shelf[list[int]] = Shelf()
    first = shelf.settled("x", [1])
    assert shelf.settled("x", [1]) is first
    assert shelf.settled("x", [2]) == [2]


def test_items_are_the_same_tuple_whatever_mapping_holds_them() -> None:
    items, one, two = Items(), object(), object()
    first = items({"b": two, "a": one})
    assert first == (one, two)
    assert items({"a": one, "b": two}) is first
    assert items({"a": one}) == (one,)


def test_forget_makes_everything_be_read_anew() -> None:
    known: Memo[int] = Memo()
    part = object()
    known((part,), lambda: 1)
    memo.forget()
    assert known((part,), lambda: 2) == 2
