"""A broken site, and a journal directory of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from site_to_mend import Site, running


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "state"
    monkeypatch.setenv("TUI502_STATE", str(place))
    return place


@pytest.fixture
def site(tmp_path: Path, state: Path) -> Iterator[Site]:
    directory = tmp_path / "nginx"
    directory.mkdir()
    with running(directory) as found:
        yield found


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """New workers are watched for a shorter time, in this process only."""
    monkeypatch.setattr("tui502.apply.reload.SETTLED", 0.2)
