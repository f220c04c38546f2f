"""How often a file is included decides whether a repair in it touches other sites."""

from tests.builder import Host
from tui502.read.facts import read_facts
from tui502.read.inclusions import inclusions


def test_each_place_counts() -> None:
    """Also two in one file, and an empty file none."""
    host = Host(sites={"a": "server { include snip; } server { include snip; location / { include empty; } }", "b": "server { include /etc/nginx/snip; }"})
    host.extra_files = {"/etc/nginx/snip": b"# shared\nproxy_read_timeout 5s;\nroot /srv;\n", "/etc/nginx/empty": b"# nothing\n"}
    counts = inclusions(read_facts(host.evidence()).config)
    assert counts["/etc/nginx/snip"] == 3
    assert counts["/etc/nginx/nginx.conf"] == counts["/etc/nginx/sites-enabled/a"] == 1
    assert "/etc/nginx/empty" not in counts
