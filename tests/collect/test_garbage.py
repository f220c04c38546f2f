"""The search for cycles: kept away from what stays, never given up."""

from __future__ import annotations

import gc

import pytest

from tui502.collect import garbage


def _work() -> None:
    with garbage.not_searched():
        for _ in range(500):
            cycle: list[object] = []
            cycle.append(cycle)


def test_garbage_is_found_again_after_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a screen that stays open on a large host grows without end."""
    monkeypatch.setattr(garbage, "LONG", -1.0)
    try:
        for _ in range(garbage.MOST):
            _work()
        frozen = gc.get_freeze_count()
        for _ in range(20):
            _work()
        assert gc.get_freeze_count() <= frozen
        assert gc.isenabled()
    finally:
        gc.unfreeze()
