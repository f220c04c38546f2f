"""Which logs of other programs are looked into: only of peers that fail."""

from __future__ import annotations

from tests.builder import Host
from tui502.read.backend_logs import KERNEL, key, wanted
from tui502.read.facts import read_facts
from tui502.read.plan import plan


def places(host: Host) -> list[str]:
    evidence = host.evidence()
    return [place for place, _ in wanted(evidence, read_facts(evidence))]


def test_nothing_is_looked_into_while_nothing_fails() -> None:
    """Looking is quiet."""
    host = Host()
    host.service("app.service", 50, "127.0.0.1:3000")
    assert places(host) == []
    assert not any(look.kind == "excerpt" for look in plan(host.evidence()))


def test_the_units_behind_a_peer_that_fails_and_the_kernel() -> None:
    """If this fails, a worker that was killed for want of memory is not found in the journal."""
    host = Host()
    host.service("app.service", 50, "127.0.0.1:3000")
    host.service("other.service", 51, "127.0.0.1:3999")
    host.fails(symptom="premature_close")
    assert places(host) == ["journal:_SYSTEMD_UNIT=app.service + UNIT=app.service", KERNEL]
    looks = {look.key: look for look in plan(host.evidence())}
    assert looks[key(KERNEL)].args[0] == KERNEL


def test_all_of_a_group_in_which_nobody_is_left() -> None:
    host = Host()
    host.service("app.service", 50, "127.0.0.1:3000")
    host.fails("app", symptom="no_live_upstream")
    assert "journal:_SYSTEMD_UNIT=app.service + UNIT=app.service" in places(host)


def test_the_error_log_of_the_master_that_runs_a_pool() -> None:
    """If this fails, "server reached pm.max_children" is not found."""
    site = "server { listen 80; server_name p.example.com; location / { fastcgi_pass unix:/run/php/www.sock; } }"
    host = Host(sites={"p": site})
    host.process(60, "php-fpm8.2", argv=("php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)",))
    host.extra_files["/etc/php/8.2/fpm/php-fpm.conf"] = b"[global]\nerror_log = /var/log/php8.2-fpm.log\n[www]\nlisten = /run/php/www.sock\n"
    host.fails("unix:/run/php/www.sock", symptom="listen_queue_full", server="p.example.com")
    assert "/var/log/php8.2-fpm.log" in places(host)
