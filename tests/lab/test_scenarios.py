"""Every scenario is the outage it says it is, and what it calls the fix mends it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tui502.lab.scenarios import SCENARIOS, CannotStart, Lab, Scenario, find, start


def set_port(lab: Lab) -> None:
    """Write the application's new port into the site's file and reload."""
    app = lab.host.partition(".")[0]
    site = Path(lab.directory, "conf/sites-enabled", lab.host)
    site.write_text(re.sub(r"(server [\d.]+):\d+", rf"\1:{lab.backends[app]}", site.read_text(), count=1))
    os.kill(lab.master_pid, signal.SIGHUP)


def start_application(lab: Lab) -> None:
    subprocess.run([*lab.supervisorctl, "start", lab.host.partition(".")[0]], check=True, stdout=subprocess.DEVNULL)


Eventually = Callable[[Callable[[], object]], bool]
FIXES: dict[str, Callable[[Lab], None]] = {"wrong-port": set_port, "backend-stopped": start_application}


def repaired(answer: tuple[int, bytes], name: bytes) -> bool:
    """Whether the application `name` itself answers, and none in its place."""
    return answer[0] == 200 and name in answer[1]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_outage_is_real_and_its_fix_mends_it(scenario: Scenario, nginx: str, eventually: Eventually) -> None:
    """A scenario that does not fail, fails elsewhere too, or is not mended by its fix teaches something wrong."""
    with start(scenario.name, nginx=nginx, clients=False) as lab:
        app, *others = (host.partition(".")[0].encode() for host in lab.hosts)
        assert lab.get()[0] == scenario.status
        for host, name in zip(lab.hosts[1:], others, strict=True):
            status, body = lab.get("/", host)
            assert (status, name in body) == (200, True)
        records = Path(lab.directory, "logs/error.log").read_text().splitlines()
        statuses = [line.split('" ')[1].split()[0] for line in Path(lab.directory, "logs/access.log").read_text().splitlines()]
        if scenario.expect == "left_alone":
            assert scenario.name not in FIXES
        else:
            assert len(records) >= 3
            assert all(f"server: {lab.host}," in record for record in records)
            assert statuses.index("502") >= 3
            FIXES[scenario.name](lab)
        assert eventually(lambda: repaired(lab.get(), app))


def test_wrong_port_has_another_application_beside_the_old_port() -> None:
    """Without it, "take any port that answers" would look right in the lab."""
    with start("wrong-port", clients=False) as lab:
        app, other = lab.backends
        old = int(re.findall(r"server [\d.]+:(\d+)", Path(lab.directory, "conf/sites-enabled", lab.host).read_text())[0])
        assert lab.backends[other] == old + 1
        assert lab.backends[app] != old


def test_labs_have_nothing_in_common() -> None:
    """A fixed port or address would let code learn the lab by heart, and two labs clash."""
    with start("healthy", clients=False) as one, start("healthy", clients=False) as two:
        assert one.address != two.address
        assert one.directory != two.directory
        assert (one.port, *one.backends.values()) != (two.port, *two.backends.values())
        assert (one.get()[0], two.get()[0]) == (200, 200)


def test_visitors_fill_the_logs(eventually: Eventually) -> None:
    """Without the stream neither log grows and no rate can be seen."""
    with start("wrong-port") as lab:
        access, error = (Path(lab.directory, "logs", name) for name in ("access.log", "error.log"))
        before = access.stat().st_size, error.stat().st_size
        assert eventually(lambda: access.stat().st_size > before[0] + 300 and error.stat().st_size > before[1])


def test_supervisord_is_found_by_its_command_line() -> None:
    """The product recognises supervisord by argv: "… supervisord … -c CONF"."""
    with start("healthy", clients=False) as lab:
        pid = Path(lab.directory, "run/supervisord.pid").read_text().strip()
        argv = Path("/proc", pid, "cmdline").read_bytes().decode().split("\0")
        assert any(Path(word).name in ("supervisord", "supervisor.supervisord") for word in argv)
        assert argv[argv.index("-c") + 1] == lab.supervisorctl[-1]
        said = subprocess.run([*lab.supervisorctl, "status"], capture_output=True, text=True, check=True).stdout
        assert {line.split()[0]: line.split()[1] for line in said.splitlines()} == dict.fromkeys(["nginx", *lab.backends], "RUNNING")


def test_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(CannotStart, match="wrong-port"):
        find("no-such")
    with pytest.raises(CannotStart, match="wrong-port"):
        start("no-such")


def test_each_entry_is_complete() -> None:
    """Names are what a person types, causes what the program reports."""
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
    for scenario in SCENARIOS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", scenario.name)
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", scenario.cause)
        assert scenario.title
        assert scenario.story
        assert scenario.fix
        assert scenario.path.startswith("/")
        assert (scenario.status == 200) == (scenario.expect == "left_alone")
