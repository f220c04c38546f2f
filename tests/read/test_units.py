"""Services of both managers in one form, and the addresses they say they listen on: a missed one hides the cause, a wrong one offers a false start."""

from dataclasses import replace

import pytest

from tests.builder import NOW, Host, seen
from tui502.model.evidence import Process
from tui502.read import serves
from tui502.read.units import by_main_pid, owner, units, wanted

CONF = "/etc/supervisor/supervisord.conf"
PROGRAMS = """[supervisord]
nodaemon=true
[program:shop]
command=/usr/bin/python3 server.py --bind 127.0.0.1:%(ENV_X)s --port 8123
directory=/srv/shop
environment=PORT="8123",HOST="127.0.0.1"
[program:worker]
command=/usr/bin/worker
process_name=%(program_name)s_%(process_num)02d
numprocs=2
autostart=false
"""
STATUS = """shop                             RUNNING   pid 1872, uptime 1 day, 0:12:00
worker:worker_00                 STOPPED   Nov 22 03:02 AM
worker:worker_01                 FATAL     Exited too quickly (process log may have details)
"""


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        ("gunicorn --workers 2 --bind 127.0.0.1:8001 app:app", ("127.0.0.1:8001",)),
        ("gunicorn -b unix:/run/shop/shop.sock app:app", ("unix:/run/shop/shop.sock",)),
        ("java -Dserver.port=8080 -jar x.jar", (":8080",)),
        ("python3 -m http.server 8090", (":8090",)),
        ("node server.js --port 3000", (":3000",)),
        ("node server.js --port=3000", (":3000",)),
        ("uwsgi --http [::1]:9000", ("[::1]:9000",)),
        ("oauth2-proxy --upstream=http://127.0.0.1:8080/ --http-address=127.0.0.1:4180", ("127.0.0.1:4180",)),
        ("app --redis 127.0.0.1:6379 --listen :7000", (":7000",)),
        ("app --workers 4 --timeout 8000", ()),
    ],
)
def test_addresses_of_a_command(argv, found):
    assert serves.of_command(tuple(argv.split())) == found


def test_addresses_of_an_environment():
    """What a backend dials is not what it serves."""
    found = serves.of_environment(
        {"HOST": "127.0.0.1", "PORT": "8085", "DB_PORT": "5432", "REDIS_URL": "redis://127.0.0.1:6379", "ASPNETCORE_URLS": "http://localhost:5000"}
    )
    assert found == ("127.0.0.1:8085", "localhost:5000")


def test_systemd_unit():
    host = Host()
    host.unit(
        "api.service", "inactive", Environment='HOST=127.0.0.1 "PORT=8085"', WorkingDirectory="/srv/api", UnitFileState="disabled",
        ExecStart="{ path=/usr/bin/python3 ; argv[]=/usr/bin/python3 /srv/api/server.py ${PORT} ; ignore_errors=no ; start_time=[n/a] }",
        InactiveEnterTimestamp="Sun 2026-11-22 03:02:09 CET",
    )  # fmt: skip
    (unit,) = units(host.evidence())
    assert (unit.state, unit.serves, unit.directory, unit.enabled) == ("inactive", (":8085", "127.0.0.1:8085"), "/srv/api", "disabled")
    assert unit.since == NOW - 718
    assert unit.start == ("systemctl", "start", "api.service")


def test_socket_unit_gives_its_service_an_address():
    host = Host()
    host.unit("app.service", "inactive")
    host.unit("app.socket", Listen="/run/app.sock (Stream)", Triggers="app.service")
    assert units(host.evidence())[0].serves == ("unix:/run/app.sock",)


def test_environment_file_counts():
    host = Host()
    host.unit("app.service", EnvironmentFiles="/etc/default/app (ignore_errors=yes)")
    host.extra_files["/etc/default/app"] = b"# PORT=1\nPORT=8085\n"
    assert units(host.evidence())[0].serves == (":8085",)


def test_masked_unit_cannot_be_started():
    host = Host()
    host.unit("app.service", "inactive", LoadState="masked")
    (unit,) = units(host.evidence())
    assert unit.masked
    assert unit.start == ()


def test_supervised_programs():
    host = Host()
    host.supervised(CONF, PROGRAMS, STATUS)
    shop, first, second = units(host.evidence())
    assert (shop.state, shop.main_pid, shop.directory, shop.enabled) == ("RUNNING", 1872, "/srv/shop", "enabled")
    assert set(shop.serves) == {":8123", "127.0.0.1:8123"}
    assert shop.since == NOW - 2 - 86400 - 720
    assert shop.start == ("/usr/bin/supervisorctl", "-c", CONF, "start", "shop")
    assert (first.name, first.state, first.enabled) == ("worker:worker_00", "STOPPED", "disabled")
    assert first.since == NOW - 727  # 03:02:00
    assert (second.state, second.since) == ("FATAL", 0.0)


def test_included_files_of_supervisord_are_wanted():
    """Debian keeps every program in conf.d."""
    host = Host()
    host.supervised(CONF, "[supervisord]\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n", STATUS)
    evidence = host.evidence()
    assert wanted(evidence) == ((), ("/etc/supervisor/conf.d",))
    evidence.dirs["/etc/supervisor/conf.d"] = seen(("shop.conf", "x.bak"))
    assert wanted(evidence)[0] == ("/etc/supervisor/conf.d/shop.conf",)
    host.extra_files["/etc/supervisor/conf.d/shop.conf"] = b"[program:shop]\ncommand=x --port 8123\n"
    evidence = host.evidence()
    evidence.dirs["/etc/supervisor/conf.d"] = seen(("shop.conf",))
    assert units(evidence)[0].serves == (":8123",)


def test_damaged_configuration_still_gives_states():
    host = Host()
    host.supervised(CONF, "what is this\n[program:shop]\ncommand=x --port 1234\n  = \n", STATUS)
    assert [unit.state for unit in units(host.evidence())] == ["RUNNING", "STOPPED", "FATAL"]


def test_owner_of_a_process():
    """supervisord's child lies in supervisor.service's control group, but belongs to its program."""
    host = Host()
    host.unit("supervisor.service")
    host.supervised(CONF, PROGRAMS, STATUS)
    found = units(host.evidence())
    known, mains = {unit.name: unit for unit in found}, by_main_pid(found)

    def process(pid: int, ppid: int, cgroup: str) -> Process:
        return Process(pid, 0.0, ppid, 0, (), "python3", "", ("python3",), "/", cgroup)

    table = {1872: process(1872, 900, "/system.slice/supervisor.service"), 1880: process(1880, 1872, "/system.slice/supervisor.service")}
    assert owner(table[1880], table, known, mains) == "shop"
    assert owner(process(5, 1, "/system.slice/system-php.slice/php@8.service"), table, known, mains) == "php@8.service"
    assert owner(process(6, 1, "/user.slice/session-1.scope"), table, known, mains) == ""


def test_programs_of_one_name_under_two_supervisords_are_told_apart():
    """Starting the wrong one would start somebody else's application."""
    host = Host()
    for pid, conf in ((900, "/srv/a/s.conf"), (901, "/srv/b/s.conf")):
        host.supervised(conf, "[program:shop]\ncommand=x --port 8123\n", "shop   STOPPED   Nov 22 03:02 AM\n")
        host.processes[-1] = replace(host.processes[-1], pid=pid)
    first, second = units(host.evidence())
    assert (first.name, second.name) == ("shop (/srv/a/s.conf)", "shop (/srv/b/s.conf)")
    assert first.start[-3:] == ("/srv/a/s.conf", "start", "shop")
