"""protocol_mismatch: the pass is rewritten for the protocol that the target itself was seen to speak, with what belongs to it."""

from __future__ import annotations

import pytest

from tests import answers
from tests.answers import PEER, ok, script_answer, struck
from tests.builder import Host, file, seen
from tui502.causes import backend_closes_early, protocol_mismatch, tls_expected
from tui502.fix.edits import apply_edits
from tui502.fix.forbidden import forbidden
from tui502.read.facts import read_facts

HTTP_400 = b"HTTP/1.1 400 Bad Request\r\n\r\n"


def opinion(host: Host, cause=protocol_mismatch):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return cause.judge(evidence, read_facts(evidence))


def judged(host: Host, cause=protocol_mismatch):  # type: ignore[no-untyped-def]
    return opinion(host, cause).findings


def after(host: Host, fix) -> str:  # type: ignore[no-untyped-def]
    data = host.sites["app"].encode()
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return apply_edits(data, fix.edits).decode()


def speaks_http(directives: str = f"fastcgi_pass {PEER};", symptom: str = "protocol_mismatch", **more: str) -> Host:
    host = struck(directives, symptom, **more)
    answers.fastcgi(host, HTTP_400)
    answers.http(host, ok())
    return host


def speaks_fastcgi(directives: str = f"proxy_pass http://{PEER};", symptom: str = "premature_close", **more: str) -> Host:
    host = struck(directives, symptom, **more)
    answers.http(host)
    answers.hung_up_on(host)
    answers.fastcgi(host, script_answer(404))
    return host


def test_an_http_server_behind_fastcgi_pass_is_proven():
    (finding,) = judged(speaks_http())
    assert (finding.certainty, finding.summary) == ("proven", f"app.example.com is down: nginx speaks FastCGI to {PEER}, which speaks HTTP")
    assert [clue.text for clue in finding.clues][:2] == [f"{PEER} answers FastCGI with HTTP", f"{PEER} answers 200 in HTTP"]
    assert finding.fixes[0].there == "GET /cart answers 200 in HTTP"


def test_proxy_pass_takes_its_place_with_the_host_it_needs():
    host = speaks_http(f"include fastcgi_params;\n        fastcgi_pass {PEER};")
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace(
        f"fastcgi_pass {PEER};", f"proxy_pass http://{PEER};\n        proxy_set_header Host $host;"
    )


def test_headers_that_are_set_already_stay_alone():
    """A line of its own would take away all that the levels above set."""
    host = speaks_http(server="    proxy_set_header X-Real-IP $remote_addr;\n")
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace("fastcgi_pass ", "proxy_pass http://")


def test_a_group_keeps_its_name():
    host = speaks_http("fastcgi_pass pool;", before=f"upstream pool {{ server {PEER}; }}\n")
    assert "proxy_pass http://pool;" in after(host, judged(host)[0].fixes[0])


def test_a_server_that_waits_for_more_is_found_by_asking_in_http():
    host = speaks_http(symptom="upstream_timeout_read")
    answers.fastcgi(host, b"", end="timeout")
    (finding,) = judged(host)
    assert finding.certainty == "proven"


@pytest.mark.parametrize("name", ["uwsgi_pass", "scgi_pass"])
def test_where_only_the_other_protocol_was_tried_it_is_likely(name):
    host = struck(f"{name} {PEER};", "premature_close")
    answers.http(host, ok())
    (finding,) = judged(host)
    assert finding.certainty == "likely"
    assert f"proxy_pass http://{PEER};" in after(host, finding.fixes[0])


def test_fastcgi_behind_proxy_pass_is_proven():
    (finding,) = judged(speaks_fastcgi())
    assert (finding.certainty, finding.summary) == ("proven", f"app.example.com is down: nginx speaks HTTP to {PEER}, which speaks FastCGI")


def test_without_a_root_there_is_advice_only():
    (fix,) = judged(speaks_fastcgi())[0].fixes
    assert (fix.kind, fix.edits) == ("advice", ())


def test_parameters_that_are_there_need_the_pass_only():
    server = "    root /srv/app;\n    fastcgi_param SCRIPT_FILENAME $document_root/index.php;\n"
    host = speaks_fastcgi(server=server)
    answers.fastcgi(host, script_answer(), script="/srv/app/index.php")
    (fix,) = judged(host)[0].fixes
    assert after(host, fix) == host.sites["app"].replace("proxy_pass http://", "fastcgi_pass ")
    assert fix.there == "GET /cart answers 200 in FastCGI"


def with_parameter_files(host: Host, *names: str) -> Host:
    evidence = host.evidence

    def more():  # type: ignore[no-untyped-def]
        found = evidence()
        found.files.update({f"/etc/nginx/{name}": seen(file(b"fastcgi_param QUERY_STRING $query_string;\n")) for name in names})
        return found

    host.evidence = more  # type: ignore[method-assign]
    return host


def test_the_script_that_answered_is_the_one_that_is_written():
    """/srv/app/cart is no script (404); the front controller is."""
    host = with_parameter_files(speaks_fastcgi(server="    root /srv/app;\n"), "fastcgi_params", "fastcgi.conf")
    answers.fastcgi(host, script_answer(404), script="/srv/app/cart")
    answers.fastcgi(host, script_answer(), script="/srv/app/index.php")
    (fix,) = judged(host)[0].fixes
    assert after(host, fix) == host.sites["app"].replace(
        f"proxy_pass http://{PEER};",
        f"fastcgi_pass {PEER};\n        include fastcgi_params;\n        fastcgi_param SCRIPT_FILENAME $document_root/index.php;",
    )


def test_without_the_file_of_parameters_there_is_advice_only():
    host = speaks_fastcgi(server="    root /srv/app;\n")
    answers.fastcgi(host, script_answer(), script="/srv/app/index.php")
    assert judged(host)[0].fixes[0].kind == "advice"


def test_no_script_that_answers_means_advice_only():
    host = with_parameter_files(speaks_fastcgi(server="    root /srv/app;\n"), "fastcgi_params")
    answers.fastcgi(host, script_answer(404), script="/srv/app/cart")
    answers.fastcgi(host, script_answer(404), script="/srv/app/index.php")
    assert judged(host)[0].fixes[0].kind == "advice"


def test_a_target_with_a_uri_means_advice_only():
    """fastcgi_pass cannot replace the URI."""
    host = speaks_fastcgi(f"proxy_pass http://{PEER}/v1/;", server="    root /srv/app;\n    fastcgi_param SCRIPT_FILENAME $document_root/index.php;\n")
    answers.fastcgi(host, script_answer(), script="/srv/app/index.php")
    assert judged(host)[0].fixes[0].kind == "advice"


def test_something_else_altogether_gets_advice():
    host = struck(f"proxy_pass http://{PEER};", "invalid_header")
    answers.http(host, b"SSH-2.0-OpenSSH_9.2\r\n")
    (finding,) = judged(host)
    assert finding.summary.endswith("which speaks SSH")
    assert finding.fixes[0].kind == "advice"


def test_a_stopped_service_that_names_the_address_makes_the_pass_right():
    """Another process has taken its port."""
    host = speaks_http()
    host.unit("php.service", "inactive", Environment=f"LISTEN={PEER}")
    found = opinion(host)
    assert found.findings == ()
    assert "php.service" in found.ruled_out[0].why


def test_an_application_that_hangs_up_in_every_protocol_is_silent():
    host = speaks_fastcgi()
    answers.fastcgi(host, b"")
    assert judged(host) == ()


def test_fastcgi_that_answers_as_asked_is_silent():
    """The invalid header is in what the script sends."""
    host = speaks_http(symptom="invalid_header")
    answers.fastcgi(host, script_answer())
    assert judged(host) == ()


def test_the_same_line_by_three_causes():
    """upstream prematurely closed connection: TLS wanted, FastCGI spoken, or an application that hangs up. Each is named by its own cause alone."""
    php, tls, broken = speaks_fastcgi(), speaks_fastcgi(), speaks_fastcgi()
    answers.handshake(tls)
    answers.fastcgi(tls, b"")
    answers.fastcgi(broken, b"")
    answers.http(broken, ok(), uri="/")
    causes = (protocol_mismatch, tls_expected, backend_closes_early)
    assert [[len(judged(host, cause)) for cause in causes] for host in (php, tls, broken)] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
