"""The watch over a change on a real nginx: whose failures count, and what is taken for somebody else's doing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from site_to_mend import Site, change

from tests.real_nginx import eventually
from tui502.apply.decide import Observed
from tui502.apply.observe import Watch
from tui502.host.workers import workers
from tui502.model.changes import StagedChange
from tui502.model.evidence import Look


def mended(site: Site) -> StagedChange:
    """The right change, written and loaded."""
    staged = change(site, site.text(site.living))
    site.file.write_bytes(site.text(site.living))
    old = workers(site.view.pid)
    os.kill(site.view.pid, signal.SIGHUP)
    assert eventually(lambda: site.status() == 200 and not workers(site.view.pid) & old)
    return staged


def until(watch: Watch, holds: Callable[[Observed], object]) -> Observed:
    """Look until something holds."""
    seen: list[Observed] = []

    def looks() -> object:
        seen.append(watch.look(""))
        return holds(seen[-1])

    assert eventually(looks, 15), seen[-1]
    return seen[-1]


def logged(site: Site, text: str, level: str = "error", pid: int = 0) -> None:
    """Something is written to the error log as nginx would."""
    pid = pid or min(worker.pid for worker in workers(site.view.pid))
    with site.error_log.open("a") as log:
        log.write(f"{time.strftime('%Y/%m/%d %H:%M:%S')} [{level}] {pid}#0: {text}\n")


def failure(site: Site) -> str:
    return (
        f"*77 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: {site.name}, "
        f'request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:{site.dead}/", host: "{site.name}"'
    )


def test_a_real_failure_counts_however_many_replays_went_well(site: Site) -> None:
    """If this fails, good replays hide that visitors go on failing, and the change is called VERIFIED."""
    staged = mended(site)
    watch = Watch(staged, {}, time.monotonic() + 30)
    try:
        until(watch, lambda seen: len(seen.after.statuses) >= 5)
        logged(site, failure(site))
        seen = until(watch, lambda seen: sum(seen.after.failures.values()))
    finally:
        watch.close()
    assert seen.in_streak == {staged.mends[0]: 1}


def test_answers_are_counted_in_the_access_log_without_ours(site: Site) -> None:
    """If this fails, the decision does not know how many requests there were, or counts its own."""
    staged = replace(mended(site), access_logs=(str(site.directory / "access.log"),))
    watch = Watch(staged, {}, time.monotonic() + 30)
    try:
        seen = until(watch, lambda seen: len(seen.after.statuses) >= 2)
        assert (seen.after.requests, seen.after.bad) == (0, 0)
        with (site.directory / "access.log").open("a") as log:
            log.write('1.2.3.4 - - [22/Nov/2026:03:14:05 +0000] "GET / HTTP/1.1" 502 1 "-" "curl"\n' * 2)
            log.write('1.2.3.4 - - [22/Nov/2026:03:14:05 +0000] "GET / HTTP/1.1" 200 1 "-" "curl"\n')
        seen = until(watch, lambda seen: seen.after.requests)
    finally:
        watch.close()
    assert (seen.after.requests, seen.after.bad) == (3, 2)


def test_a_try_that_another_peer_saved_is_no_failure(site: Site) -> None:
    """If this fails, one peer of a group that flaps takes a good change back, although no client noticed."""
    staged = replace(mended(site), access_logs=(str(site.directory / "access.log"),), shared=(f"127.0.0.1:{site.dead}",))
    watch = Watch(staged, {}, time.monotonic() + 30)
    try:
        logged(site, failure(site))
        seen = until(watch, lambda seen: sum(seen.in_streak.values()))
    finally:
        watch.close()
    assert sum(seen.after.failures.values()) == 0


def test_without_an_access_log_the_number_of_requests_is_not_known(site: Site) -> None:
    """If this fails, a log that cannot be read says that nobody came."""
    watch = Watch(replace(mended(site), access_logs=(str(site.directory / "none.log"),)), {}, time.monotonic() + 30)
    try:
        assert watch.look("").after.requests is None
    finally:
        watch.close()


def test_our_own_failures_do_not_count(site: Site) -> None:
    """If this fails, our replays of a failing request make a site look worse."""
    watch = Watch(replace(change(site, None), reload=False), {}, time.monotonic() + 30)
    try:
        seen = until(watch, lambda seen: len(seen.after.statuses) >= 5)
    finally:
        watch.close()
    assert set(seen.after.statuses) == {502}
    assert seen.after.failures == {}


@pytest.mark.parametrize("forged", [False, True])
def test_only_the_master_says_that_a_worker_crashed(site: Site, forged: bool) -> None:
    """If this fails, text of an application hides a colleague's reload; or a crash is taken for one."""
    staged = mended(site)
    watch = Watch(staged, {}, time.monotonic() + 30)
    old = workers(site.view.pid)
    try:
        if forged:
            for worker in old:
                logged(site, f"worker process {worker.pid} exited on signal 11", "error", site.view.pid)
                logged(site, f"worker process {worker.pid} exited on signal 11", "alert")
            os.kill(site.view.pid, signal.SIGHUP)
        else:
            for worker in old:
                os.kill(worker.pid, signal.SIGKILL)
        assert eventually(lambda: workers(site.view.pid) and not workers(site.view.pid) & old)
        assert eventually(lambda: len(workers(site.view.pid)) == 2)
        good = len(watch.look("").after.statuses)
        seen = until(watch, (lambda seen: seen.foreign) if forged else (lambda seen: len(seen.after.statuses) > good + 3))
    finally:
        watch.close()
    assert bool(seen.foreign) == forged, seen.foreign
    assert seen.workers


def test_the_peer_that_must_answer_is_asked_however_many_listens_there_are(site: Site) -> None:
    """If this fails, a host with many sites is never VERIFIED, or called silent on listens that nobody asked."""
    listens = tuple(f"127.0.0.1:{port}" for port in range(20000, 20060))
    staged = replace(change(site, None), peer=f"127.0.0.1:{site.living}", listens=(*listens, f"127.0.0.1:{site.port}"))
    watch = Watch(staged, {f"127.0.0.1:{site.port}": True}, time.monotonic() + 30)
    try:
        seen = until(watch, lambda seen: seen.peer is not None)
    finally:
        watch.close()
    assert (seen.peer, seen.asks, seen.silent) == (True, True, ())


def test_every_peer_of_a_group_that_answered_must_answer(site: Site) -> None:
    """If this fails, a group counts as mended while another of its peers has died of the change."""
    living, dead = f"127.0.0.1:{site.living}", f"127.0.0.1:{site.dead}"
    for before, wanted in (({living: True, dead: True}, False), ({living: True, dead: False}, True)):
        watch = Watch(replace(change(site, None), peer=living, peers=(living, dead)), before, time.monotonic() + 30)
        try:
            assert until(watch, lambda seen: seen.peer is not None).peer is wanted
        finally:
            watch.close()


def test_a_peer_that_cannot_be_asked_proves_and_disproves_nothing(site: Site) -> None:
    """If this fails, a backend behind a host name is never VERIFIED."""
    watch = Watch(replace(change(site, None), peer="app.internal:3000"), {}, time.monotonic() + 30)
    try:
        assert watch.look("").asks
        seen = until(watch, lambda seen: not seen.asks)
    finally:
        watch.close()
    assert seen.peer is None


def test_a_master_without_workers_for_a_moment_is_not_worse_yet(site: Site) -> None:
    """If this fails, nginx that is just being stopped by somebody is judged, and its files changed."""
    watch = Watch(mended(site), {}, time.monotonic() + 30)
    try:
        assert watch.look("").workers
        os.kill(site.view.pid, signal.SIGSTOP)
        for worker in workers(site.view.pid):
            os.kill(worker.pid, signal.SIGKILL)
        assert eventually(lambda: not workers(site.view.pid))
        assert watch.look("").workers
        assert not until(watch, lambda seen: not seen.workers).foreign
    finally:
        os.kill(site.view.pid, signal.SIGCONT)
        watch.close()


def test_failures_are_counted_where_a_syslog_daemon_writes_them(site: Site, tmp_path: Path) -> None:
    """If this fails, nothing fails after a change on a host whose nginx logs to syslog."""
    file = tmp_path / "syslog"
    began = time.time()

    def say(text: str, at: float) -> None:
        told = time.localtime(at)
        with file.open("a") as log:
            stamp, pid = time.strftime("%Y/%m/%d %H:%M:%S", told), min(worker.pid for worker in workers(site.view.pid))
            log.write(f"{time.strftime('%b %d %H:%M:%S', told)} web nginx: {stamp} [error] {pid}#0: {text}\n")

    staged = mended(site)
    say(failure(site), began - 3600)
    look = Look("syslog:server=unix:/dev/log", "log", (f"syslog:nginx:{file}",), 0, 5.0, None, "what fails")
    watch = Watch(replace(staged, error_logs=(), other_logs=(look,)), {}, time.monotonic() + 30)
    try:
        seen = until(watch, lambda seen: not seen.after.uncounted)
        assert seen.after.failures == {}, "what failed before is no failure since"
        say(failure(site), time.time() + 1)
        seen = until(watch, lambda seen: sum(seen.after.failures.values()))
    finally:
        watch.close()
    assert seen.in_streak == {staged.mends[0]: 1}


def test_without_a_readable_error_log_failures_are_not_counted(site: Site) -> None:
    """If this fails, "0 failures" is said where nobody looked."""
    watch = Watch(replace(mended(site), error_logs=(str(site.directory / "none.log"),)), {}, time.monotonic() + 30)
    try:
        assert watch.look("").after.uncounted
    finally:
        watch.close()
