"""nginx_down and config_invalid: what keeps nginx from serving, or from loading a repair."""

from dataclasses import replace

from tests.builder import NOW, Host, moved, seen, without
from tui502.causes import config_invalid, nginx_down
from tui502.investigate import investigate
from tui502.model.evidence import Gap, Seen
from tui502.read.facts import read_facts

BROKEN = b'nginx: [emerg] unexpected "}" in /etc/nginx/sites-enabled/blog:4\nnginx: configuration file /etc/nginx/nginx.conf test failed\n'
BLOG = "server {\n    listen 80;\n    server_name blog.example.org\n}\n"


def broken(host: Host) -> Host:
    host.sites["blog"] = BLOG
    host.test, host.test_code = BROKEN, 1
    return host


def judge(cause, host: Host):
    evidence = host.evidence()
    return cause.judge(evidence, read_facts(evidence))


def test_failing_test_is_proven_and_names_the_place():
    (finding,) = judge(config_invalid, broken(Host())).findings
    assert finding.certainty == "proven"
    assert finding.summary.startswith("nothing can be loaded: nginx -t fails at /etc/nginx/sites-enabled/blog:")
    assert finding.fixes[0].kind == "advice"


def test_passing_test_rules_it_out():
    found = judge(config_invalid, Host())
    assert found.findings == ()
    assert found.ruled_out[0].cause == "config_invalid"


def test_test_that_was_not_run_says_nothing():
    evidence = without(Host().evidence(), "nginx -t")
    found = config_invalid.judge(evidence, read_facts(evidence))
    assert (found.findings, found.ruled_out) == ((), ())


def test_wrong_port_stands_first_and_names_the_broken_file():
    """Clients fail for the port; the person must still see at once why the repair cannot be loaded."""
    found = investigate(broken(moved()).evidence())
    assert [finding.cause for finding in found.findings] == ["wrong_port", "config_invalid"]
    assert any(clue.source == "test" and "sites-enabled/blog" in clue.text for clue in found.findings[0].clues)
    assert found.findings[1].explains == (found.findings[0].id,)


def test_stopped_nginx():
    host = Host(running=False)
    host.unit("nginx.service", "inactive", InactiveEnterTimestamp="Sun 2026-11-22 03:02:09 CET")
    (finding,) = judge(nginx_down, host).findings
    assert finding.certainty == "proven"
    assert finding.summary == "nginx does not run since 03:02:09: nginx.service is stopped"
    assert finding.fixes[0].commands[0].argv == ("systemctl", "start", "nginx.service")


def test_nginx_that_cannot_start_is_mended_first():
    """Starting it would fail: no such offer, and the broken line stands first."""
    host = broken(Host(running=False))
    host.unit("nginx.service", "failed", Result="exit-code")
    found = investigate(host.evidence())
    assert [finding.cause for finding in found.findings] == ["config_invalid", "nginx_down"]
    assert found.findings[0].explains == (found.findings[1].id,)
    assert found.findings[1].fixes == ()


def test_last_words_of_a_failed_start_are_said():
    host = Host(running=False, newest=(b"2026/11/22 03:02:08 [emerg] 9#9: bind() to 0.0.0.0:80 failed (98: Address already in use)",))
    host.unit("nginx.service", "failed", Result="exit-code")
    (finding,) = judge(nginx_down, host).findings
    assert "bind() to 0.0.0.0:80 failed (98: Address already in use)" in finding.summary


def test_running_nginx_is_ruled_out():
    assert judge(nginx_down, Host()).findings == ()
    assert judge(nginx_down, Host()).ruled_out[0].why == "master 1187 runs with 1 worker"


def test_nothing_is_claimed_without_the_right_to_look():
    evidence = replace(Host(running=False).evidence(), view=Seen(NOW, 0.0, None, Gap("nginx", "denied", "sudo tui502")))
    assert nginx_down.judge(evidence, read_facts(evidence)).findings == ()


def test_host_without_nginx_is_undecided():
    evidence = replace(Host(running=False).evidence(), files={}, dirs={}, commands={})
    found = investigate(evidence)
    assert (found.verdict, found.findings) == ("undecided", ())


def test_before_anything_was_seen():
    never = Seen(0.0, 0.0)
    bare = replace(Host(running=False).evidence(), files={}, dirs={}, commands={}, exchanges={}, logs={})
    evidence = replace(bare, view=never, processes=never, listeners=seen(()), running=never)
    assert investigate(evidence).findings == ()
