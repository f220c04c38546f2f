"""What `tui502 demo` needs: the list of scenarios, and a lab to look at."""

from __future__ import annotations

from tui502.lab.scenarios import SCENARIOS, CannotStart, Lab, start

__all__ = ["FIRST", "CannotStart", "list_text", "open"]

FIRST = SCENARIOS[0].name
"""The scenario when none is named."""


def list_text() -> str:
    """The scenarios, a line each: name and title; no newline at the end."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    return "\n".join(f"{scenario.name:<{width}}  {scenario.title}" for scenario in SCENARIOS)


def open(name: str | None = None) -> Lab:
    """Start the lab of a scenario, by default `FIRST`; the caller must `stop` it. Raises CannotStart."""
    return start(name or FIRST)
