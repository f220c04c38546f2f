"""Pilots for the screen: a program over a made-up session, at a fixed time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui.ui_sample import NOW, FakeSession
from tui502.ui.program import Program
from tui502.ui.screens.question import QuestionScreen

DEADLINE = 30.0


class Driver:
    """Presses keys and reads the screen."""

    def __init__(self, app: Program, session: FakeSession, pilot: Pilot[int]) -> None:
        self.app = app
        self.session = session
        self.pilot = pilot

    def rows(self) -> list[str]:
        return ["".join(segment.text for segment in line) for line in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())

    async def until(self, what: Callable[[], object], why: str = "") -> None:
        """Wait until something is so; fails at a deadline with the screen."""
        end = time.monotonic() + DEADLINE
        while not what():
            assert time.monotonic() < end, f"{why}\n{self.text()}"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text() for text in texts), f"waited for {texts}")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def asked(self) -> QuestionScreen:
        """Wait until the question is on the screen and hears keys."""
        await self.until(lambda: isinstance(self.app.screen, QuestionScreen) and self.app.screen.armed, "waited for the question")
        assert isinstance(self.app.screen, QuestionScreen)
        return self.app.screen


@pytest.fixture
def shown() -> Callable[..., object]:
    """A program that shows a session: `async with shown(session, size=(80, 24)) as driver`."""

    @asynccontextmanager
    async def run(session: FakeSession | None = None, size: tuple[int, int] = (80, 24), ascii: bool = False) -> AsyncIterator[Driver]:
        session = session or FakeSession()
        app = Program(session, ascii=ascii, clock=lambda: NOW)
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, session, pilot)
            await driver.until(lambda: app.moment.incident is not None, "waited for the incident")
            yield driver

    return run
