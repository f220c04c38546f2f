"""header_too_big: the fix is sized from the header that was measured, of the right family, and in a set that nginx accepts."""

from __future__ import annotations

import pytest

from tests import answers
from tests.answers import PEER, ok, script_answer, struck
from tests.builder import Host, without
from tui502.causes import header_too_big
from tui502.fix.edits import apply_edits
from tui502.fix.forbidden import forbidden
from tui502.read import keys
from tui502.read.facts import read_facts

PASS = f"proxy_pass http://{PEER};"


def judged(host: Host):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return header_too_big.judge(evidence, read_facts(evidence)).findings


def after(host: Host, fix) -> str:  # type: ignore[no-untyped-def]
    data = host.sites["app"].encode()
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return apply_edits(data, fix.edits).decode()


def big(directives: str = PASS, head: int = 9300, **more: str) -> Host:
    host = struck(directives, "header_too_big", **more)
    answers.http(host, ok(), head=head)
    return host


def test_a_measured_header_is_proof():
    (finding,) = judged(big())
    assert finding.certainty == "proven"
    assert finding.summary.endswith("the answer has 9300 bytes of headers, nginx takes 4096 (proxy_buffer_size)")
    assert [clue.text for clue in finding.clues][:2] == ["GET /cart asked directly: 9300 bytes of headers", "proxy_buffer_size is 4k, nginx's default"]
    assert "smaller headers in the application are better" in finding.fixes[0].risk


def test_the_header_of_what_may_be_another_page_is_no_proof():
    (finding,) = judged(big(f"if (-f /srv/busy) {{ rewrite ^ /busy break; }} {PASS}"))
    assert finding.certainty == "likely"
    assert [clue.text for clue in finding.clues_of("against") if "another URI" in clue.text]


def test_the_buffers_fit_each_other():
    """proxy_buffer_size 16k alone makes nginx refuse the file: busy (32k) would not fit seven buffers of 4k."""
    host = big()
    assert f"{PASS}\n        proxy_buffer_size 16k;\n        proxy_buffers 8 16k;\n    }}" in after(host, judged(host)[0].fixes[0])


@pytest.mark.parametrize(
    ("head", "set_", "lines"),
    [
        (5000, "", {"proxy_buffer_size": "8k"}),
        (6600, "", {"proxy_buffer_size": "16k", "proxy_buffers": "8 16k"}),
        (9300, "proxy_buffers 16 32k;", {"proxy_buffer_size": "16k"}),
        (9300, "proxy_busy_buffers_size 8k;", {"proxy_buffer_size": "16k", "proxy_buffers": "8 16k", "proxy_busy_buffers_size": "32k"}),
        (9300, "proxy_buffers 16 16k; proxy_busy_buffers_size 64k;", {"proxy_buffer_size": "16k"}),
        (9300, "proxy_buffers 2 4k;", {"proxy_buffer_size": "16k", "proxy_buffers": "4 16k"}),
        (40000, "proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_temp_file_write_size 32k;",
         {"proxy_buffer_size": "64k", "proxy_buffers": None, "proxy_temp_file_write_size": "128k"}),
    ],
)  # fmt: skip
def test_only_what_must_change_changes(head, set_, lines):
    host = big(f"{PASS} {set_}", head=head)
    facts = read_facts(host.evidence())
    found = header_too_big.wanted(facts, facts.routes.passes[0], head)
    assert found == {key: value for key, value in lines.items() if value}


def test_every_set_that_is_offered_agrees():
    """The rules of nginx: largest buffer <= busy <= all buffers but one."""
    for head in (4097, 6553, 6554, 9000, 13107, 13108, 30000, 60000):
        for set_ in ("", "proxy_buffers 4 8k;", "proxy_buffers 2 64k;", "proxy_busy_buffers_size 8k;", "proxy_buffers 32 4k; proxy_busy_buffers_size 16k;"):
            host = big(f"{PASS} {set_}", head=head)
            facts = read_facts(host.evidence())
            wanted = header_too_big.wanted(facts, facts.routes.passes[0], head)
            given = set_.partition(";")[0].removeprefix("proxy_buffers ") if "buffers " in set_ else "8 4k"
            number, each = map(header_too_big.size, wanted.get("proxy_buffers", given).split())
            busy = wanted.get("proxy_busy_buffers_size") or (set_.partition("busy_buffers_size ")[2].strip(";") if "busy" in set_ else "")
            largest = max(header_too_big.size(wanted["proxy_buffer_size"]), each)
            assert header_too_big.size(wanted["proxy_buffer_size"]) >= head * 1.25
            assert largest <= (header_too_big.size(busy) or 2 * largest) <= (number - 1) * each, (head, set_, wanted)


def test_what_the_location_sets_is_replaced_and_what_the_server_sets_stays():
    host = big(f"{PASS}\n        proxy_buffer_size 8k;", server="    proxy_buffers 16 16k;\n")
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace("proxy_buffer_size 8k", "proxy_buffer_size 16k")
    host = big(server="    proxy_buffer_size 8k;\n    proxy_buffers 16 16k;\n")
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace(PASS, f"{PASS}\n        proxy_buffer_size 16k;")


def test_the_family_of_the_pass_decides():
    host = struck(f"fastcgi_pass {PEER};", "header_too_big", server="    root /srv;\n    fastcgi_param SCRIPT_FILENAME $document_root/index.php;\n")
    answers.fastcgi(host, script_answer(), script="/srv/index.php", head=9300)
    (finding,) = judged(host)
    assert finding.certainty == "proven"
    assert "fastcgi_buffer_size 16k;\n        fastcgi_buffers 8 16k;" in after(host, finding.fixes[0])


def test_a_header_that_fits_when_asked_without_cookies_is_not_measured():
    (finding,) = judged(big(head=300))
    assert (finding.certainty, finding.fixes[0].kind, finding.fixes[0].edits) == ("likely", "advice", ())
    host = big()
    evidence = without(host.evidence(), keys.http_key(PEER, "GET", "app.example.com", "/cart"))
    (finding,) = header_too_big.judge(evidence, read_facts(evidence)).findings
    assert finding.certainty == "likely"


def test_a_pass_inside_if_gets_its_lines_in_the_location():
    host = big(f"if ($arg_x) {{ {PASS} }}")
    text = after(host, judged(host)[0].fixes[0])
    assert text.index("proxy_buffer_size 16k;") > text.index(f"if ($arg_x) {{ {PASS} }}") + len(f"if ($arg_x) {{ {PASS} }}") - 1


def test_a_large_header_that_nothing_complains_of_is_silent():
    host = big()
    host.tallies.clear()
    host.fails(symptom="premature_close")
    assert judged(host) == ()


def test_yesterday_is_silent():
    host = big()
    host.tallies.clear()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("replay")}
    host.fails(symptom="header_too_big", ago=80000.0)
    assert judged(host) == ()
