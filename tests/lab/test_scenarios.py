"""Every scenario is the outage it says it is, and what it calls the fix mends it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.mend import FIXES, app, name_in_certificate, target
from tui502.lab import ask, certificates, place
from tui502.lab.scenarios import SCENARIOS, CannotStart, Lab, Scenario, find, start

Eventually = Callable[[Callable[[], object]], bool]
Living = Callable[[Path], list[str]]
ONE_PAGE = ("header-too-big", "header-too-big-fastcgi", "slow-backend", "early-close")


def repaired(lab: Lab) -> bool:
    """Whether the application itself answers, and none in its place, and everything that nginx may dial is there."""
    status, body = lab.get()
    listening = [ask.accepts_at(at[5:]) if at.startswith("unix:") else ask.accepts(lab.address, int(at.rpartition(":")[2])) for at in lab.targets.values()]
    return status == 200 and app(lab).encode() in body and all(listening)


def check_outage(lab: Lab, scenario: Scenario) -> None:
    """It fails in the way it says, only the first site, and it did not fail from the start."""
    assert lab.get()[0] == scenario.status
    assert (lab.get("/")[0] == 200) == (scenario.status == 200 or scenario.name in ONE_PAGE)
    for host in lab.hosts[1:]:
        status, body = lab.get("/", host)
        assert (status, host.partition(".")[0].encode() in body) == ((200, True) if scenario.status else (0, False))
    records = Path(lab.directory, "logs/error.log").read_text().splitlines()
    assert all(f"server: {lab.host}," in record for record in records)
    assert bool(records) == bool(scenario.symptom)
    assert any(re.search(scenario.symptom, record) for record in records) or not scenario.symptom
    statuses = [int(line.split('" ')[1].split()[0]) for line in Path(lab.directory, "logs/access.log").read_text().splitlines()]
    assert statuses[:7] == [200] * 7


def check(scenario: Scenario, nginx: str, base: Path, eventually: Eventually, living: Living) -> None:
    with start(scenario.name, nginx=nginx, clients=False, directory=str(base)) as lab:
        check_outage(lab, scenario)
        if mend := FIXES.get(scenario.name):
            mend(lab)
        assert eventually(lambda: repaired(lab))
    assert living(base) == []
    assert list(base.iterdir()) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_outage_is_real_and_its_fix_mends_it(scenario: Scenario, nginx: str, base: Path, eventually: Eventually, living: Living) -> None:
    """A scenario that does not fail, fails elsewhere too, is not mended by its fix or leaves something behind teaches something wrong."""
    check(scenario, nginx, base, eventually, living)


@pytest.mark.parametrize("name", ["wrong-socket-path", "socket-permission", "fastcgi-to-http", "http-to-fastcgi", "header-too-big-fastcgi"])
def test_scenarios_of_php_work_without_php(name: str, base: Path, eventually: Eventually, living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """PHP-FPM is installed on few machines; the demo must show the same outage with the lab's own responder."""
    monkeypatch.setenv("TUI502_LAB_PHP_FPM", "")
    check(find(name), place.nginx_exe(None), base, eventually, living)


def test_tls_works_without_openssl(monkeypatch: pytest.MonkeyPatch, base: Path, eventually: Eventually) -> None:
    """The packaged practice certificate takes the place of a made one."""
    monkeypatch.setenv("PATH", str(base))
    with start("tls-name", clients=False) as lab:
        assert lab.get()[0] == 502
        FIXES["tls-name"](lab)
        assert eventually(lambda: repaired(lab))
        assert name_in_certificate(lab) == certificates.PACKAGED_NAME


def test_wrong_port_has_another_application_beside_the_old_port() -> None:
    """Without it, "take any port that answers" would look right in the lab."""
    with start("wrong-port", clients=False) as lab:
        first, other = lab.backends
        old = int(re.findall(r"server [\d.]+:(\d+)", Path(lab.directory, "conf/sites-enabled", lab.host).read_text())[0])
        assert lab.backends[other] == old + 1
        assert lab.backends[first] != old


@pytest.mark.parametrize(("name", "accepted"), [("broken-test", False), ("wrong-port", True), ("not-loaded", True)])
def test_nginx_t_fails_only_where_it_is_said(name: str, accepted: bool, nginx: str) -> None:
    """A broken file that nginx accepts would be a scenario about nothing."""
    with start(name, clients=False, nginx=nginx) as lab:
        done = subprocess.run([nginx, "-t", "-p", lab.directory, "-c", lab.conf], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == accepted
        assert accepted or not any(host in done.stderr for host in lab.hosts)


def test_not_loaded_is_right_on_disk() -> None:
    """Its cause is that nginx runs another text than the file holds."""
    with start("not-loaded", clients=False) as lab:
        assert target(lab) in Path(lab.directory, "conf/sites-enabled", lab.host).read_text()


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
        assert (scenario.name in FIXES) == (scenario.fix != "nothing")
    assert len(SCENARIOS) >= 17
