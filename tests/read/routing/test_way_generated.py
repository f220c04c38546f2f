"""The ways that we tell beside those that real nginx goes, on configurations and requests made by chance."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.read.routing.generated import HOSTS, URIS, http
from tests.read.routing.real import UNDECIDED, answer, foretold, serving, version_of
from tests.real_nginx import free_port, system_nginx, wheel_nginx
from tui502.model.facts import Request

BUDGET = 2.5
"""Seconds for each nginx."""

SEED = 502


def free_ports() -> tuple[int, int, int, int, int]:
    found: dict[int, None] = {}
    while len(found) < 5:
        found[free_port()] = None
    a, b, c, d, e = found
    return a, b, c, d, e


def requests(chance: random.Random, ports: tuple[int, ...]) -> list[Request]:
    found = []
    for _ in range(60):
        address = chance.choice(("127.0.0.1", "127.0.0.1", "127.0.0.2"))
        method = chance.choice(("GET", "GET", "GET", "POST"))
        found.append(Request(method, "http", address, chance.choice(ports[:2]), "", chance.choice(HOSTS), chance.choice(URIS)))
    return found


def files(directory: Path) -> None:
    for name in ("files/sub", "a", "img"):
        (directory / "html" / name).mkdir(parents=True)
    for name in ("files/one.txt", "a/b.txt", "img/x.png", "files/sub/one.txt", "one.txt"):
        (directory / "html" / name).write_text(f"file {name}")


@pytest.mark.parametrize("which", [system_nginx, wheel_nginx])
def test_ways_are_those_that_nginx_goes(which, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A wrong way would send a person to the wrong line; where we cannot tell we must say so, and seldom have to."""
    binary = which()
    version, end = version_of(binary), time.monotonic() + BUDGET
    wrong: list[tuple[str, ...]] = []
    asked = undecided = n = 0
    while time.monotonic() < end and n < 60:
        n += 1
        chance = random.Random(f"{SEED} {n}")
        ports = free_ports()
        directory = tmp_path / str(n)
        files(directory)
        text = http(chance, ports)
        with serving(directory, binary, text, ports[2]) as read:
            for request in requests(chance, ports) if read else ():
                said = foretold(read, request, directory, version, frozenset({f"127.0.0.1:{ports[4]}"}))
                asked, undecided = asked + 1, undecided + said.startswith(UNDECIDED)
                if not said.startswith(UNDECIDED) and _differ(answer(request), said):
                    wrong.append((str(directory), str(request), answer(request), said))
    assert wrong == []
    assert asked > 300
    assert undecided < asked / 10


def _differ(real: str, said: str) -> bool:
    """A listing of a directory is told by its status."""
    return real != said and not (real.startswith("200") and said == "200")
