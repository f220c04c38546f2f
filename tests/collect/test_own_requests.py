"""Our own requests through a real nginx are left out of what its logs are counted for."""

from __future__ import annotations

import http.client
from pathlib import Path

from tests.real_nginx import eventually, free_port, running, system_nginx
from tui502.collect.log_reader import FileLog
from tui502.collect.replay import replay
from tui502.model.facts import Request
from tui502.read.error_log import classify
from tui502.read.requests import own_records

GROUP = """upstream group {{ server 127.0.0.1:{dead}; server 127.0.0.1:{dead_too}; }}
server {{ listen 127.0.0.1:{port}; server_name shop.test; location / {{ proxy_pass http://group; }} }}
"""


def visit(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/cart", headers={"Host": "shop.test", "User-Agent": "Mozilla/5.0"})
    assert connection.getresponse().status == 502
    connection.close()


def counted(log: Path, kind: str, symptom: str = "") -> int:
    reader = FileLog(str(log), str(log), 0, kind)
    reader.poll()
    found = sum(tally.count for tally in reader.seen().tallies if not symptom or tally.symptom == symptom)
    reader.close()
    return found


def test_only_visitors_are_counted(tmp_path: Path) -> None:
    """If this fails, our replays of a failing request are counted as failures, and renew when it failed last. In a group one request of ours leaves
    several records."""
    port = free_port()
    included = GROUP.format(dead=free_port(), dead_too=free_port(), port=port)
    with running(tmp_path, system_nginx(), included=included):
        for _ in range(3):
            visit(port)
            replay(f"127.0.0.1:{port}", "http", "GET", "shop.test", "/cart", 5)
        errors, answers = tmp_path / "error.log", tmp_path / "access.log"
        assert eventually(lambda: answers.read_bytes().count(b"/cart") == 6)
        assert counted(answers, "access_log", "502") == 3
        lines = [line for line in errors.read_bytes().splitlines() if b"upstream" in line]
        assert counted(errors, "log") == sum(b"tui502" not in line for line in lines) > 0
        ours = [line for line in lines if b"tui502+diagnosis" in line]
        assert len(ours) >= 3
        seen = FileLog(str(errors), str(errors), 0)
        seen.poll()
        request = Request("GET", "http", "127.0.0.1", port, "", "shop.test", "/cart")
        told = [classify(record).symptom for record in own_records(request, (seen.seen(),))]
        assert len(told) == len(ours)
        assert set(told) <= {"connection_refused", "no_live_upstream"}
        seen.close()
