"""Facts are read anew only when what they are read from has changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Remembers the results for the newest few inputs. Inputs are compared by identity (texts by value): they are
    frozen, so the same objects mean the same result."""

    def __init__(self, keep: int = 2) -> None:
        self._known: deque[tuple[tuple[object, ...], T]] = deque(maxlen=keep)

    def __call__(self, inputs: tuple[object, ...], read: Callable[[], T]) -> T:
        """The result of `read` for these inputs, which must be all that it depends on."""
        for known, result in tuple(self._known):
            if len(known) == len(inputs) and all(old is new or (isinstance(old, str) and old == new) for old, new in zip(known, inputs, strict=True)):
                return result
        result = read()
        self._known.append((inputs, result))
        return result
