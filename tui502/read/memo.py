"""Facts are read anew only when what they are read from has changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from operator import is_
from typing import Generic, Protocol, TypeVar
from weakref import WeakSet

T = TypeVar("T")

Inputs = tuple[object, ...]
_PLAIN = (str, int, float)


class Kept(Protocol):
    def forget(self) -> None: ...


_all: WeakSet[Kept] = WeakSet()


class Memo(Generic[T]):
    """Remembers the results for the newest few inputs. Inputs are compared by identity (texts and numbers by value): they are
    frozen, so the same objects mean the same result."""

    def __init__(self, keep: int = 2) -> None:
        self._known: deque[tuple[Inputs, T]] = deque(maxlen=keep)
        _all.add(self)

    def __call__(self, inputs: Inputs, read: Callable[[], T]) -> T:
        """The result of `read` for these inputs, which must be all that it depends on."""
        for known, result in tuple(self._known):
            if are_same(known, inputs):
                return result
        result = read()
        self._known.appendleft((inputs, result))
        return result

    def forget(self) -> None:
        self._known.clear()


class Shelf(Generic[T]):
    """The newest result for each of many things, as long as what that very result was read from stays the same. One that turns out equal stays the same
    object, so that what is read from it need not be read again."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Inputs, T]] = {}

    def __call__(self, key: Hashable, inputs: Callable[[T], Inputs], read: Callable[[], T]) -> T:
        """The result of `read` for `key`. `inputs` names, for a result, all that it depends on."""
        known = self._known.get(key)
        if known is not None and are_same(known[0], inputs(known[1])):
            return known[1]
        result = read()
        if known is not None and known[1] == result:
            result = known[1]
        self._known[key] = inputs(result), result
        return result

    def settled(self, key: Hashable, result: T) -> T:
        """A result that was made anyhow: that of before where it is equal."""
        known = self._known.get(key)
        if known is not None and known[1] == result:
            return known[1]
        self._known[key] = (), result
        return result


class Items:
    """The values of a mapping in the order of their keys: the same tuple as long as they are the same objects, whatever mapping holds them."""

    def __init__(self) -> None:
        self._mapping: Mapping[str, object] | None = None
        self._items: Inputs = ()
        _all.add(self)

    def __call__(self, mapping: Mapping[str, object]) -> Inputs:
        if mapping is not self._mapping:
            found = tuple(mapping[key] for key in sorted(mapping))
            items = self._items if are_same(self._items, found) else found
            self._mapping, self._items = mapping, items
            return items
        return self._items

    def forget(self) -> None:
        self._mapping, self._items = None, ()


def are_same(known: Inputs, inputs: Inputs) -> bool:
    """Are these the same objects, or texts and numbers of the same value?"""
    if len(known) != len(inputs):
        return False
    if all(map(is_, known, inputs)):
        return True
    return all(old is new or (isinstance(old, _PLAIN) and old == new) for old, new in zip(known, inputs, strict=True))


def forget() -> None:
    """As in a fresh interpreter: what is asked next is read anew."""
    for each in list(_all):
        each.forget()
