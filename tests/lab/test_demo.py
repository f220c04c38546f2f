"""What `tui502 demo` shows."""

from __future__ import annotations

from tui502.lab import demo
from tui502.lab.scenarios import SCENARIOS


def test_list_has_a_line_for_each_scenario() -> None:
    """--list is how a person finds the names."""
    lines = demo.list_text().splitlines()
    assert [line.split()[0] for line in lines] == [scenario.name for scenario in SCENARIOS]
    assert all(scenario.title in line and len(line) <= 80 for scenario, line in zip(SCENARIOS, lines, strict=True))


def test_open_without_a_name_starts_the_first() -> None:
    with demo.open() as lab:
        assert lab.name == SCENARIOS[0].name
        assert lab.get()[0] == 502
