"""What all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.incidents.record import HERE

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


@pytest.fixture
def any_recording() -> str:
    """A recorded incident with a cause and a fix in it."""
    return str(HERE / "wrong-port" / "evidence.tui502")
