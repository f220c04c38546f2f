"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.incidents.record import HERE

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("EXAMPLES", "same"))
"""The same examples in every run, so that a red run means a change of the code; EXAMPLES=new draws new ones, and more."""


@pytest.fixture
def any_recording() -> str:
    """A recorded incident with a cause and a fix in it."""
    return str(HERE / "wrong-port" / "evidence.tui502")
