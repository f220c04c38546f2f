"""The scenarios, the first of which is shown when none is named. To add one, write its entry in the file of the hop that fails, and its line here."""

from __future__ import annotations

from tui502.lab import at_answer, at_connect, at_nginx, at_protocol
from tui502.lab.plan import CannotStart
from tui502.lab.scenario import Scenario
from tui502.lab.starter import Lab, start

__all__ = ["SCENARIOS", "CannotStart", "Lab", "Scenario", "find", "start"]

SCENARIOS: tuple[Scenario, ...] = (
    at_connect.WRONG_PORT,
    at_connect.BACKEND_STOPPED,
    at_connect.WRONG_SOCKET_PATH,
    at_connect.SOCKET_PERMISSION,
    at_connect.DIRECTORY_PERMISSION,
    at_protocol.FASTCGI_TO_HTTP,
    at_protocol.HTTP_TO_FASTCGI,
    at_protocol.HTTP_TO_TLS,
    at_protocol.TLS_TO_PLAIN,
    at_protocol.TLS_NAME,
    at_answer.HEADER_TOO_BIG,
    at_answer.HEADER_TOO_BIG_FASTCGI,
    at_answer.SLOW_BACKEND,
    at_answer.EARLY_CLOSE,
    at_nginx.ONE_OF_THREE,
    at_nginx.ALL_PEERS_DOWN,
    at_nginx.NOT_LOADED,
    at_nginx.BROKEN_TEST,
    at_nginx.NGINX_DOWN,
    at_nginx.RECOVERED,
    at_nginx.HEALTHY,
)


def find(name: str) -> Scenario:
    """The scenario of that name. Raises CannotStart."""
    for scenario in SCENARIOS:
        if scenario.name == name:
            return scenario
    raise CannotStart(f"there is no scenario {name!r}; there are {', '.join(each.name for each in SCENARIOS)}")
