"""What `tui502 demo` shows."""

from __future__ import annotations

import pytest

from tui502.lab import demo
from tui502.lab.scenarios import SCENARIOS


def test_list_has_a_line_for_each_scenario() -> None:
    """--list is how a person finds the names."""
    lines = demo.list_text().splitlines()
    assert [line.split()[0] for line in lines] == [scenario.name for scenario in SCENARIOS]
    assert all(scenario.title in line and len(line) <= 80 for scenario, line in zip(SCENARIOS, lines, strict=True))


def test_random_scenario_is_any_and_repeatable() -> None:
    """A drill that always draws the same is none; a seed lets a team share one."""
    assert {demo.random_scenario(seed) for seed in range(400)} == {scenario.name for scenario in SCENARIOS}
    assert demo.random_scenario(7) == demo.random_scenario(7)
    assert demo.random_scenario() in {scenario.name for scenario in SCENARIOS}


@pytest.mark.parametrize("answer", ["header-too-big", " Header too BIG ", "header_too_big"])
def test_right_answer_is_the_name_or_the_cause(answer: str) -> None:
    assert demo.quiz("header-too-big-fastcgi", answer).startswith("Right, it was header-too-big-fastcgi:")


@pytest.mark.parametrize(("answer", "begins"), [("wrong port", "No, it was tls-name:"), ("", "It was tls-name:"), (" ?", "It was tls-name:")])
def test_whatever_is_answered_it_is_told(answer: str, begins: str) -> None:
    told = demo.quiz("tls-name", answer)
    assert told.startswith(begins)
    assert "proxy_ssl_name" in told
    assert all(len(line) <= 80 for line in told.splitlines())


def test_closed_terminal_is_told_too() -> None:
    def closed(question: str) -> str:
        raise EOFError

    assert demo.ask_afterwards("healthy", closed).startswith("It was healthy:")
    assert demo.ask_afterwards("healthy", lambda question: "healthy").startswith("Right")


def test_open_without_a_name_starts_the_first() -> None:
    with demo.open() as lab:
        assert lab.name == SCENARIOS[0].name
        assert lab.get()[0] == 502
