"""Recorded real outages, judged offline by the same code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.incidents.record import HERE, expected
from tui502.collect import recording
from tui502.investigate import investigate

INCIDENTS = sorted(folder.parent for folder in HERE.glob("*/expected.json"))


@pytest.mark.parametrize("folder", INCIDENTS, ids=lambda folder: folder.name)
def test_the_same_is_found_as_on_the_day(folder: Path) -> None:
    """If this fails, a change of the code judges a real outage otherwise than before."""
    evidence = recording.load(str(folder / "evidence.tui502"))
    assert expected(investigate(evidence)) == json.loads((folder / "expected.json").read_text())


@pytest.mark.parametrize("folder", INCIDENTS, ids=lambda folder: folder.name)
def test_recording_what_was_replayed_gives_the_same_file(folder: Path) -> None:
    """If this fails, a recording changes by being looked at."""
    raw = (folder / "evidence.tui502").read_bytes()
    assert recording.pack(recording.unpack(raw)) == raw


def test_there_are_incidents() -> None:
    """If this fails, the tests above hold nothing."""
    assert len(INCIDENTS) >= 6
