"""What `tui502 demo` needs: the list of scenarios, a lab to look at, and the drill in which nobody knows beforehand what was broken."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable

from tui502.lab.scenarios import SCENARIOS, CannotStart, Lab, Scenario, find, start

__all__ = ["FIRST", "CannotStart", "ask_afterwards", "list_text", "open", "quiz", "random_scenario"]

FIRST = SCENARIOS[0].name
"""The scenario when none is named."""
QUESTION = "What was it? (a scenario's name or the cause; Enter: tell me) "
WIDTH = 78


def list_text() -> str:
    """The scenarios, a line each: name and title; no newline at the end."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    return "\n".join(f"{scenario.name:<{width}}  {scenario.title}" for scenario in SCENARIOS)


def open(name: str | None = None) -> Lab:
    """Start the lab of a scenario, by default `FIRST`; the caller must `stop` it. Raises CannotStart."""
    return start(name or FIRST)


def random_scenario(seed: int | None = None) -> str:
    """The name of any scenario; the same for the same seed."""
    chance = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - a drill, no secret
    return chance.choice(SCENARIOS).name


def ask_afterwards(name: str, ask: Callable[[str], str] = input) -> str:
    """Ask what was broken in the scenario `name` and return what to say to the answer; a closed terminal answers nothing."""
    try:
        answer = ask(QUESTION)
    except EOFError:
        answer = ""
    return quiz(name, answer)


def quiz(name: str, answer: str) -> str:
    """Whether `answer` names the scenario `name` or its cause, and what it was."""
    scenario, said = find(name), _plain(answer)
    right = said in (_plain(scenario.name), _plain(scenario.cause))
    verdict = f"Right, it was {name}:" if right else f"No, it was {name}:" if said else f"It was {name}:"
    return "\n".join((f"{verdict} {scenario.title}.", *_told(scenario)))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _told(scenario: Scenario) -> list[str]:
    told = (scenario.story, f"What mends it: {scenario.fix}.", f"The cause is called {scenario.cause}.")
    return [line for text in told for line in textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")]
