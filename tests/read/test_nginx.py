"""Which nginx, from which files, as whom: a wrong answer sends every later look to the wrong place."""

from dataclasses import replace

import pytest

from tests.builder import CONF, MASTER, NOW, WORKER, Host, seen, without
from tui502.investigate import investigate
from tui502.model.evidence import CommandSeen, Gap, Process, Seen
from tui502.read import keys
from tui502.read.facts import read_facts
from tui502.read.nginx import nginx, options_of_test


def test_paths_come_from_the_binary():
    found = nginx(Host().evidence())
    assert (found.version, found.conf, found.error_log, found.pid_file) == ("1.22.1", CONF, "/var/log/nginx/error.log", "/run/nginx.pid")
    assert found.debug
    assert found.running


def test_options_of_the_master_outweigh_the_binary():
    evidence = Host().evidence()
    view = replace(evidence.view.value, argv=("/usr/sbin/nginx", "-p", "/srv/ng", "-c", "conf/x.conf", "-e", "e.log", "-g", "daemon off;"))
    found = nginx(replace(evidence, view=seen(view)))
    assert (found.prefix, found.conf, found.error_log) == ("/srv/ng", "/srv/ng/conf/x.conf", "/srv/ng/e.log")
    assert options_of_test(view, (), found.conf) == ("-c", "/srv/ng/conf/x.conf", "-p", "/srv/ng", "-e", "e.log", "-g", "daemon off;")


def test_directives_of_the_command_line_hold_before_the_file():
    """Containers and units say `-g "error_log …"`: a log that is not found there is a site that "works"."""
    evidence = Host().evidence()
    view = replace(evidence.view.value, argv=("/usr/sbin/nginx", "-p", "/srv/ng", "-g", "daemon off; pid 'a b.pid'; user web; error_log e.log info; # x"))
    facts = read_facts(replace(evidence, view=seen(view)))
    assert (facts.nginx.pid_file, facts.nginx.user) == ("/srv/ng/a b.pid", "web")
    assert ("/srv/ng/e.log", "info") in [(log.path, log.level) for log in facts.logs]


def test_workers_that_leave_are_told_apart():
    """Their start would make an old configuration look loaded."""
    host = Host()
    host.processes.append(Process(1300, NOW - 10, MASTER, 33, (), "nginx", "", ("nginx:", "worker", "process", "is", "shutting", "down"), "", ""))
    found = nginx(host.evidence())
    assert (found.workers, found.leaving, found.worker_uid) == ((WORKER,), (1300,), 33)


def test_user_comes_from_the_configuration():
    assert read_facts(Host().evidence()).nginx.user == "www-data"


def test_not_running_is_said():
    found = nginx(Host(running=False).evidence())
    assert not found.running
    assert found.pid == 0
    assert "no master process" in found.why_not


def test_failed_test_names_file_and_line():
    text = b'nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/sites-enabled/app:9\nnginx: configuration file /etc/nginx/nginx.conf test failed\n'
    found = read_facts(Host(test=text, test_code=1).evidence()).nginx
    assert found.test == "failed"
    assert (found.test_where.file, found.test_where.line) == ("/etc/nginx/sites-enabled/app", 9)


def test_failed_test_without_a_place_is_found_by_what_it_quotes():
    """nginx names no file for a missing certificate; the person needs the file."""
    crm = "server {\n    listen 443 ssl;\n    server_name crm.example.com;\n    ssl_certificate /etc/ssl/crm.pem;\n}\n"
    text = b'nginx: [emerg] cannot load certificate "/etc/ssl/crm.pem": BIO_new_file() failed (SSL: error:80000002)\n'
    host = Host(test=text, test_code=1)
    host.sites["old-crm"] = crm
    where = read_facts(host.evidence()).nginx.test_where
    assert (where.file, where.line) == ("/etc/nginx/sites-enabled/old-crm", 4)


def test_our_missing_rights_are_no_fault_of_the_configuration():
    text = b'nginx: [emerg] cannot load certificate key "/etc/ssl/k.key": BIO_new_file() failed (13: Permission denied)\n'
    assert nginx(Host(euid=1000, test=text, test_code=1).evidence()).test == "not_run"
    assert nginx(Host(test=text, test_code=1).evidence()).test == "failed"


@pytest.mark.parametrize(
    ("code", "text", "said"), [(-11, b"", "signal 11"), (-9, b"", "signal 9"), (124, b"", "no end within"), (127, b"libssl.so.3: not found", "127")]
)
def test_a_test_without_an_end_is_no_fault_of_the_configuration(code, text, said):
    """A silent DNS server, or the kernel short of memory, ends it; the gap says so."""
    evidence = Host(test=text, test_code=code).evidence()
    found = nginx(evidence)
    assert (found.test, said in found.test_said) == ("not_run", True)
    incident = investigate(evidence)
    assert "config_invalid" not in [finding.cause for finding in incident.findings]
    assert any(gap.source.startswith("nginx -t: ") for gap in incident.gaps)


def test_other_masters_are_said():
    """A pid or file on the command line that fits none of them is a slip of the person, no outage."""
    evidence = Host(running=False).evidence()
    view = Host().evidence().view.value
    evidence = replace(evidence, other_masters=(view,), view=replace(evidence.view, gap=Gap("nginx with pid 99", "absent", "")))
    assert nginx(evidence).why_not == f"no running master is nginx with pid 99; there is {MASTER}: ask for one with --pid"


def test_nothing_known_is_no_error():
    evidence = without(Host(running=False).evidence(), "processes")
    evidence = replace(evidence, commands={keys.NGINX_V: Seen(NOW, 0.0, None, Gap("nginx -V", "absent", ""))})
    assert nginx(evidence).version == ""


def test_hostile_output_is_neutral():
    evidence = Host().evidence()
    said = CommandSeen(("nginx", "-t"), 1, b"", b"nginx: [emerg] \x1b[31mboom\n", False)
    assert "\x1b" not in nginx(replace(evidence, commands={**evidence.commands, keys.NGINX_T: seen(said)})).test_said
