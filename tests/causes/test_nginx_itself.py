"""nginx_down and config_invalid: what keeps nginx from serving, or from loading a repair."""

from dataclasses import replace

import pytest

from tests.builder import MAIN, NOW, SITE, Host, file, moved, seen, without
from tui502.causes import config_invalid, nginx_down
from tui502.investigate import investigate
from tui502.model.evidence import Gap, Seen
from tui502.read.facts import read_facts
from tui502.report import site, verdict
from tui502.text import neutral

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
    assert [edit.new for edit in finding.fixes[0].edits] == [b";"]
    assert finding.fixes[0].title == "add the missing ; in blog line 3"


PLACES = [
    ("server {\n    listen 80;\n    location / {\n        return 404;\n}\n", b'unexpected end of file, expecting "}"', 6, 3, '"location /" is not closed'),
    ("server {\n    listen 80\n    server_name b.example.org;\n}\n", b'invalid parameter "server_name"', 3, 2, '";" is probably missing after "listen 80"'),
    ("server {\n    \u00a0listen 80;\n}\n", b'unknown directive "\xc2\xa0listen"', 2, 2, "U+00A0 looks like a blank"),
]


@pytest.mark.parametrize(("text", "said", "named", "line", "words"), PLACES, ids=["brace", "semicolon", "blank"])
def test_the_place_to_look_at_stands_beside_what_nginx_says(text, said, named, line, words):
    """nginx names where it noticed the mistake; sent there, a person finds a line that is right."""
    host = Host()
    host.sites["blog"] = text
    host.test, host.test_code = b"nginx: [emerg] %s in /etc/nginx/sites-enabled/blog:%d\n" % (said, named), 1
    (finding,) = judge(config_invalid, host).findings
    own, look = [clue for clue in finding.clues if clue.source in ("test", "config")]
    assert neutral(said) in own.text
    assert (look.where.file, look.where.line) == ("/etc/nginx/sites-enabled/blog", line)
    assert words in look.text


def test_a_mistake_elsewhere_is_not_taken_for_the_place_that_nginx_names():
    """It stops at the first one; another, further down, is another."""
    host = broken(Host())
    host.test = b"nginx: [emerg] invalid port in /etc/nginx/sites-enabled/app:2\n"
    assert read_facts(host.evidence()).nginx.test_where.line == 2


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
    both, alone = found.findings[0].fixes[0], found.findings[1].fixes[0]
    assert set(alone.edits) < set(both.edits)
    assert both.title == "point nginx at 127.0.0.1:3001; add the missing ; in blog line 3"
    head = verdict.head(found, None, None, None, 120)
    assert head.known == "nginx -t fails in blog line 3: no reload can work before that is mended, which the fix does too"
    assert head.next.startswith("s  stage the fix: point nginx at 127.0.0.1:3001")


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
    first = found.findings[0].fixes[0]
    assert ([edit.new for edit in first.edits], [command.argv for command in first.commands]) == ([b";"], [("systemctl", "start", "nginx.service")])
    assert site.word(found) == "DOWN"


def test_a_start_is_offered_only_where_it_can_work():
    """A test that fails, or was not made, and a port that is held, keep nginx from starting."""
    for spoil in (lambda host: broken(host), lambda host: host.gaps.update({"nginx -t": Gap("nginx -t", "denied", "")})):
        host = Host(running=False)
        host.unit("nginx.service", "inactive")
        spoil(host)
        evidence = host.evidence()
        evidence = without(evidence, "nginx -t") if "nginx -t" in host.gaps else evidence
        assert nginx_down.judge(evidence, read_facts(evidence)).findings[0].fixes == ()


def test_a_port_that_somebody_holds_is_named():
    host = Host(running=False)
    host.unit("nginx.service", "failed", Result="exit-code")
    host.service("apache2.service", 77, "127.0.0.1:80", process="apache2")
    (finding,) = judge(nginx_down, host).findings
    assert finding.summary == "nginx does not run: apache2 (pid 77) holds port 80"
    assert finding.fixes[0].kind == "advice"
    host.listeners = [replace(host.listeners[0], port=8080), replace(host.listeners[0], family="inet6", address="::1")]
    (finding,) = judge(nginx_down, host).findings
    assert finding.fixes[0].kind == "command"


def test_the_service_is_known_by_what_it_starts_and_not_by_its_name():
    """Renaming the unit must change nothing; that of another configuration is not it."""
    host = Host(running=False)
    host.unit("edge.service", "inactive", ExecStart="{ path=/opt/n/sbin/nginx ; argv[]=/opt/n/sbin/nginx -c /etc/nginx/nginx.conf ; ignore_errors=no }")
    host.unit("other.service", "inactive", ExecStart="{ path=/usr/sbin/nginx ; argv[]=/usr/sbin/nginx -c /srv/other.conf ; ignore_errors=no }")
    evidence = replace(host.evidence(), conf="/etc/nginx/nginx.conf")
    facts = read_facts(evidence)
    (finding,) = nginx_down.judge(evidence, facts).findings
    assert finding.fixes[0].commands[0].argv == ("systemctl", "start", "edge.service")
    assert finding.fixes[0].commands[0].undo is None
    assert facts.nginx.exe == "/opt/n/sbin/nginx"


def test_a_request_that_nobody_serves_is_the_proof_of_the_start():
    """Nothing is logged while nginx is down: the front page of a site it should serve is asked for."""
    host = Host(running=False)
    host.unit("nginx.service", "inactive", InactiveEnterTimestamp="Sun 2026-11-22 03:02:09 CET")
    (outage,) = investigate(host.evidence()).facts.outages
    assert (outage.request.uri, outage.request.host, outage.now) == ("/", "app.example.com", True)
    assert outage.first == NOW - 718


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


CRM = "server {\n    listen 443 ssl;\n    server_name crm.example.org;\n    ssl_certificate /etc/ssl/crm.pem;\n    ssl_certificate_key /etc/ssl/crm.key;\n}\n"
CERTIFICATE = b'nginx: [emerg] cannot load certificate "/etc/ssl/crm.pem": BIO_new_file() failed\nnginx: configuration file /etc/nginx/nginx.conf test failed\n'
LINK = "/etc/nginx/sites-enabled/crm"


def without_certificate(*, loaded: bool = False, link: str = "../sites-available/crm", host: Host | None = None) -> Host:
    host = host or moved()
    host.sites["crm"] = CRM
    host.links[LINK] = link
    host.test, host.test_code = CERTIFICATE, 1
    host.in_memory = {"/etc/nginx/nginx.conf": MAIN.encode(), SITE: host.sites["app"].encode(), **({LINK: CRM.encode()} if loaded else {})}
    return host


def test_a_site_that_was_never_loaded_can_be_left_out():
    """Its file has no mistake that could be mended: the link goes, the file stays, and the first site can be mended."""
    found = investigate(without_certificate().evidence())
    assert [finding.cause for finding in found.findings] == ["wrong_port", "config_invalid"]
    (alone,) = found.findings[1].fixes
    assert (alone.kind, alone.unlinks, alone.edits) == ("config", (LINK,), ())
    assert alone.diff == f"--- {LINK}\n+++ /dev/null\n@@ -1 +0,0 @@\n-link to ../sites-available/crm\n"
    assert found.findings[0].fixes[0].unlinks == (LINK,)


def test_a_site_that_nginx_serves_is_not_left_out():
    """Its certificate went later: a reload without it would end a site that works."""
    found = investigate(without_certificate(loaded=True).evidence())
    assert [fix.kind for fix in found.findings[1].fixes] == ["advice"]
    assert found.findings[0].fixes[0].unlinks == ()


def test_a_file_that_is_no_link_is_never_removed():
    found = investigate(without_certificate(link="").evidence())
    assert all(not fix.unlinks for finding in found.findings for fix in finding.fixes)


def test_without_the_running_text_only_a_newer_file_is_left_out():
    """A file as old as the workers may be loaded."""
    host = without_certificate()
    host.in_memory = None
    assert all(not fix.unlinks for fix in investigate(host.evidence()).findings[1].fixes)
    host.changed[LINK] = NOW - 60
    assert investigate(host.evidence()).findings[1].fixes[0].unlinks == (LINK,)


def test_the_site_that_fails_is_not_left_out():
    """That would end the failures by ending the site."""
    host = without_certificate()
    host.links[SITE] = "../sites-available/app"
    host.test = b'nginx: [emerg] unknown directive "bogus" in /etc/nginx/sites-enabled/app:1\n'
    host.in_memory = {"/etc/nginx/nginx.conf": MAIN.encode()}
    assert all(SITE not in fix.unlinks for finding in investigate(host.evidence()).findings for fix in finding.fixes)


def test_a_link_that_leads_nowhere_is_removed():
    host = without_certificate()
    del host.sites["crm"]
    host.test = b'nginx: [emerg] open() "/etc/nginx/sites-enabled/crm" failed (2: No such file or directory) in /etc/nginx/nginx.conf:7\n'
    evidence = host.evidence()
    dangling = replace(file(b""), kind="link", link="../sites-available/crm")
    evidence = replace(evidence, files={**evidence.files, LINK: seen(dangling)}, dirs={"/etc/nginx/sites-enabled": seen(("app", "crm"))})
    found = investigate(evidence)
    assert found.findings[1].fixes[0].unlinks == (LINK,)


def test_a_file_of_a_tool_gets_advice():
    host = broken(moved())
    host.sites["blog"] = "# Ansible managed: do not edit\n" + BLOG.replace("org\n", "org\n    root /srv\n")
    host.test = BROKEN.replace(b":4", b":6")
    found = investigate(host.evidence())
    assert [fix.kind for fix in found.findings[1].fixes] == ["advice"]
    assert len(found.findings[0].fixes[0].edits) == 1


TRAPS = [("crash", b"%s includes itself", "include sites-enabled/blog;\n", "blog", 1), ("hang", b"%s is a FIFO", "", "nginx.conf", 0)]


@pytest.mark.parametrize(("trap", "said", "text", "name", "line"), TRAPS)
def test_what_nginx_must_not_be_given_is_told_as_ours_and_not_as_its_words(trap, said, text, name, line):
    """If this fails, nginx is quoted with what it never said, or a reload that would end it is offered."""
    host = Host(test=b"nginx -t was not run: nginx would %s, " % trap.encode() + said % b"/etc/nginx/sites-enabled/blog", test_code=1)
    host.sites["blog"] = text
    evidence = host.evidence()
    if trap == "hang":
        old = evidence.files["/etc/nginx/sites-enabled/blog"]
        evidence = replace(evidence, files={**evidence.files, "/etc/nginx/sites-enabled/blog": replace(old, value=replace(old.value, kind="fifo"))})
    facts = read_facts(evidence)
    assert (facts.nginx.test, facts.nginx.trap, facts.nginx.refuses) == ("not_run", trap, True)
    (finding,) = config_invalid.judge(evidence, facts).findings
    assert finding.target.where.file.endswith(name)
    assert finding.target.where.line == line or not line
    assert finding.summary.startswith(f"nothing can be loaded: nginx would {trap}, ")
    told = [finding.summary, *(clue.text for clue in finding.clues), *(text for fix in finding.fixes for text in (fix.title, fix.why))]
    assert not any("nginx -t says" in text or "nginx -t fails" in text for text in told)
    assert not any(gap.source.startswith("nginx -t") for gap in investigate(evidence).gaps)


def test_the_place_to_look_at_comes_first_and_the_line_that_nginx_names_beside_it():
    """In the head, in what is to be done next and in the advice: sent to nginx's line alone, a person finds nothing wrong."""
    host = Host()
    host.sites["blog"] = "server {\n    location / {\n        return 200;\n}\nserver {\n}\n"
    host.test, host.test_code = b'nginx: [emerg] "server" directive is not allowed here in /etc/nginx/sites-enabled/blog:5\n', 1
    found = investigate(host.evidence())
    finding = next(each for each in found.findings if each.cause == "config_invalid")
    assert finding.target.where.line == 2
    assert finding.summary.endswith("/etc/nginx/sites-enabled/blog:2 (it names line 5)")
    assert finding.fixes[0].title == "mend blog line 2 (nginx names line 5)"
    assert finding.fixes[0].why.startswith('the block "location /" is not closed')
    assert 'nginx -t says: "server" directive' in finding.fixes[0].why
