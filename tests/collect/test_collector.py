"""The collector: looks until nothing is wanted, live until it is stopped, and never held up by the slowest."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_nginx import eventually, running, system_nginx
from tui502.collect import collector as module
from tui502.collect.collector import Collector, initial
from tui502.model.evidence import Evidence, Look, Seen, View

Looks = tuple[Look, ...]


def look(key: str, kind: str, *args: str, every: float | None = None, deadline: float = 3.0, view: int = 0) -> Look:
    return Look(key, kind, args, view, deadline, every, "")  # type: ignore[arg-type]


def nobody() -> tuple[View, ...]:
    return ()


def quiet(**kwargs: object) -> Collector:
    return Collector(masters=nobody, **kwargs)  # type: ignore[arg-type]


class Live:
    """A collector that runs in a thread, and what it delivers."""

    def __init__(self, collector: Collector, plan: Callable[[Evidence], Looks]) -> None:
        self.delivered: queue.Queue[Evidence] = queue.Queue()
        self.all: list[Evidence] = []
        self.collector = collector
        self.stop = threading.Event()
        self.failed: list[BaseException] = []
        self.thread = threading.Thread(target=self._run, args=(plan,), daemon=True)

    def _run(self, plan: Callable[[Evidence], Looks]) -> None:
        try:
            self.collector.run(plan, self._deliver, self.stop)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.failed.append(error)

    def _deliver(self, evidence: Evidence) -> None:
        self.all.append(evidence)
        self.delivered.put(evidence)

    def until(self, condition: Callable[[Evidence], object], seconds: float = 10.0) -> Evidence:
        end = time.monotonic() + seconds
        while True:
            evidence = self.delivered.get(timeout=max(0.01, end - time.monotonic()))
            if condition(evidence):
                return evidence


@contextmanager
def live(collector: Collector, plan: Callable[[Evidence], Looks]) -> Iterator[Live]:
    one = Live(collector, plan)
    one.thread.start()
    try:
        yield one
    finally:
        one.stop.set()
        one.thread.join(5)
        assert not one.thread.is_alive()


def test_what_moves_is_looked_at_again_after_a_slow_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the answer of a slow page is judged by a log from half a minute before."""
    monkeypatch.setattr(module, "STALE", 0.1)
    log = tmp_path / "error.log"
    log.write_text("one\n")

    def plan(evidence: Evidence) -> tuple[Look, ...]:
        if "slow" in evidence.commands and log.read_text() == "one\n":
            log.write_text("one\ntwo\n")
        return (look(str(log), "log", str(log)), look("slow", "command", "sleep", "0.3", deadline=30))

    seen = quiet().gather(plan, 20.0).logs[str(log)].value
    assert seen is not None
    assert seen.newest[-1].endswith(b"two")
    assert quiet().gather(lambda evidence: (look("quick", "command", "true"),), 20.0).commands["quick"].value


def test_it_asks_until_nothing_new_is_wanted(tmp_path: Path) -> None:
    """If this fails, an include of an include is never read."""
    (tmp_path / "a").write_text("b")
    (tmp_path / "b").write_text("c")
    (tmp_path / "c").write_text("")

    def plan(evidence: Evidence) -> Looks:
        known = [seen.value.data.decode() for seen in evidence.files.values() if seen.value]
        return tuple(look(str(tmp_path / name), "file", str(tmp_path / name), every=1.0) for name in ("a", *known) if name)

    started = time.monotonic()
    evidence = quiet().gather(plan)
    assert time.monotonic() - started < 3
    assert [Path(path).name for path in evidence.files] == ["a", "b", "c"]
    assert evidence.view.gap
    assert (evidence.view.gap.why, evidence.view.at > 0) == ("absent", True)
    assert evidence.processes.value


def test_a_hung_look_holds_up_nothing_but_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, one dead name server or file server delays the first verdict."""
    release = threading.Event()
    carry_out = module.carry_out

    def hanging(one: Look, view: View | None, *, probing: bool) -> Seen[object]:
        if one.kind == "name":
            release.wait(20)
        return carry_out(one, view, probing=probing)

    monkeypatch.setattr(module, "carry_out", hanging)
    (tmp_path / "f").touch()

    def plan(evidence: Evidence) -> Looks:
        return (*(look(f"host{n}", "name", "127.0.0.1", deadline=0.2) for n in range(10)), look("f", "file", str(tmp_path / "f")))

    started = time.monotonic()
    evidence = quiet().gather(plan)
    release.set()
    assert time.monotonic() - started < 5
    assert evidence.files["f"].value
    assert {seen.gap.why for seen in evidence.names.values() if seen.gap} == {"timeout"}
    assert len(evidence.names) == 10


def test_the_deadline_of_the_whole_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, `diagnose` does not come back."""
    started = time.monotonic()
    evidence = quiet().gather(lambda evidence: (look("slow", "command", "sleep", "60", deadline=30),), 0.5)
    assert time.monotonic() - started < 3
    assert evidence.commands["slow"].gap
    assert evidence.commands["slow"].gap.why == "timeout"


def test_without_probing_nothing_is_sent() -> None:
    """If this fails, --no-probe connects to backends all the same."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        peer = f"127.0.0.1:{server.getsockname()[1]}"
        evidence = quiet(probing=False).gather(lambda evidence: (look("c", "exchange", peer, "connect", "", "", ""),))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert evidence.exchanges["c"].gap
    assert (evidence.exchanges["c"].gap.why, evidence.probing) == ("not_asked", False)


def test_an_error_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a bug in a look leaves the screen waiting for ever without a word."""

    def broken(one: Look, view: View | None, *, probing: bool) -> Seen[object]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(module, "carry_out", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        quiet().gather(lambda evidence: ())


def test_live_news_come_as_they_happen_and_nothing_comes_without_news(tmp_path: Path) -> None:
    """If this fails, a change on disk is not seen, or the screen redraws while nothing changes."""
    path = tmp_path / "f"
    path.write_text("one")
    (tmp_path / "g").touch()

    def plan(evidence: Evidence) -> Looks:
        return (look("f", "file", str(path), every=0.05), look("g", "file", str(tmp_path / "g"), every=0.05))

    with live(quiet(), plan) as one:
        first = one.until(lambda e: "f" in e.files and "g" in e.files and e.listeners.value)
        path.write_text("two!")
        second = one.until(lambda e: e.files["f"].value.data == b"two!")  # type: ignore[union-attr]
        assert second.files["g"] is first.files["g"]
        assert second.view is first.view
        assert second.taken_at > first.taken_at
    assert all(a is not b and vars(a) != vars(b) for a, b in zip(one.all, one.all[1:], strict=False))


def test_a_look_that_a_person_takes_is_carried_out_and_stays_known(tmp_path: Path) -> None:
    """If this fails, the look that would decide between two causes is named and never taken, or its answer is forgotten at the next plan."""
    (tmp_path / "f").write_text("wished")
    (tmp_path / "g").write_text("1")
    collector = quiet()
    with live(collector, lambda evidence: (look("g", "file", str(tmp_path / "g"), every=0.05),)) as one:
        one.until(lambda e: "g" in e.files)
        collector.take(look("f", "file", str(tmp_path / "f")))
        one.until(lambda e: "f" in e.files)
        (tmp_path / "g").write_text("22")
        later = one.until(lambda e: e.files["g"].value.data == b"22")  # type: ignore[union-attr]
        assert later.files["f"].value
        assert later.files["f"].value.data == b"wished"


def test_probe_now_asks_again_at_once() -> None:
    """If this fails, `r` does nothing until the next round."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        peer = f"127.0.0.1:{bound.getsockname()[1]}"
        collector = quiet()
        with live(collector, lambda evidence: (look(f"connect {peer}", "exchange", peer, "http", "GET", "h", "/"),)) as one:
            assert one.until(lambda e: e.exchanges).exchanges[f"connect {peer}"].value.end == "refused"  # type: ignore[union-attr]
            bound.listen()
            collector.again(peer)
            bound.accept()[0].close()
            again = one.until(lambda e: e.exchanges[f"connect {peer}"].value.end in ("closed", "reset"))  # type: ignore[union-attr]
            assert ("refused", "closed") in {(flip.was, flip.now) for flip in again.flips} or ("refused", "reset") in {(f.was, f.now) for f in again.flips}


def test_a_backend_that_comes_back_is_noticed_and_asked() -> None:
    """If this fails, the screen shows a repaired backend as dead until somebody presses a key."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        peer = f"127.0.0.1:{bound.getsockname()[1]}"
        with live(quiet(), lambda evidence: (look("c", "exchange", peer, "connect", "", "", ""),)) as one:
            one.until(lambda e: e.exchanges and e.listeners.value is not None)
            bound.listen()
            evidence = one.until(lambda e: e.exchanges["c"].value.end == "connected")  # type: ignore[union-attr]
        assert [(flip.peer, flip.was, flip.now) for flip in evidence.flips if flip.peer == peer] == [
            (peer, "gone", "listening"), (peer, "refused", "connected"),
        ]  # fmt: skip


def test_a_strange_listener_is_no_reason_to_ask_anybody() -> None:
    """If this fails, every program that starts on the host makes us send requests to ailing backends."""
    asked = 0
    with socket.socket() as server, socket.socket() as strange:
        server.bind(("127.0.0.1", 0))
        strange.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        peer, other = (f"127.0.0.1:{one.getsockname()[1]}" for one in (server, strange))
        with live(quiet(), lambda evidence: (look("c", "exchange", peer, "connect", "", "", ""),)) as one:
            one.until(lambda e: e.exchanges and e.listeners.value is not None)
            strange.listen()
            one.until(lambda e: any(flip.peer == other for flip in e.flips))
        with contextlib.suppress(TimeoutError):
            while True:
                server.accept()[0].close()
                asked += 1
    assert asked == 1


def test_deliveries_are_few_however_much_happens(tmp_path: Path) -> None:
    """If this fails, a busy start judges and draws a hundred times a second."""
    for n in range(200):
        (tmp_path / str(n)).touch()

    def plan(evidence: Evidence) -> Looks:
        return tuple(look(str(n), "file", str(tmp_path / str(n))) for n in range(min(200, len(evidence.files) + 5)))

    started = time.monotonic()
    with live(quiet(), plan) as one:
        one.until(lambda e: len(e.files) == 200, 20)
        took = time.monotonic() - started
    assert len(one.all) <= took / module.DELIVER_EVERY + 3


def test_it_is_idle_while_nothing_is_due() -> None:
    """If this fails, a screen left open overnight takes a core."""
    with live(quiet(), lambda evidence: ()) as one:
        one.until(lambda e: e.listeners.value is not None and e.processes.value is not None)
        before, ended = time.process_time(), threading.Event()
        ended.wait(1.0)
        assert time.process_time() - before < 0.3


def test_what_takes_long_is_done_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a host with ten thousand sites keeps a core busy and the screen waits."""
    monkeypatch.setattr(module.time, "monotonic", lambda: 100.0)
    assert module._rested(99.0, 0.1) == 103.0
    assert module._rested(99.95, 0.1) == pytest.approx(100.05)
    assert module._rested(99.95, 0.0) == 99.95


def test_stopping_waits_for_no_hung_look() -> None:
    """If this fails, quitting takes as long as the slowest command."""
    with live(quiet(), lambda evidence: (look("c", "command", "sleep", "3", deadline=3),)) as one:
        one.until(lambda e: e.processes.value)
        started = time.monotonic()
        one.stop.set()
        one.thread.join(5)
    assert time.monotonic() - started < 2.5


def test_a_real_nginx_is_followed_through_its_death(tmp_path: Path) -> None:
    """If this fails, an nginx that stops or restarts is shown with the state of the former one."""

    def plan(evidence: Evidence) -> Looks:
        view = evidence.view.value
        return (look("nginx", "nginx", every=0.1), *((look("running", "running", view=view.pid),) if view else ()))

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with running(tmp_path / "one", system_nginx()) as nginx:
        collector = Collector(conf=str(nginx.conf))
        with live(collector, plan) as one:
            evidence = one.until(lambda e: e.view.value and e.running.at)
            assert evidence.view.value
            assert evidence.view.value.pid == nginx.pid
            assert evidence.conf == str(nginx.conf)
            os.kill(nginx.pid, 15)
            assert eventually(lambda: os.waitid(os.P_PID, nginx.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT))
            os.waitpid(nginx.pid, 0)
            gone = one.until(lambda e: e.view.value is None)
            assert gone.running.at == 0
            assert gone.view.gap
            assert gone.view.gap.source == f"nginx with {nginx.conf}"


def test_logs_are_followed(tmp_path: Path) -> None:
    """If this fails, the log pane stands still."""
    pytest.importorskip("tui502.collect.log_reader", reason="the log reader is not there")
    log = tmp_path / "error.log"
    log.write_text("2024/05/01 10:00:00 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1\n")
    collector = quiet()
    with live(collector, lambda evidence: (look(str(log), "log", str(log), every=1.0),)) as one:
        first = one.until(lambda e: e.logs).logs[str(log)]
        assert first.value
        assert [reader.path for reader in collector.readers()] == [str(log)]
        with log.open("a") as file:
            file.write("2024/05/01 10:00:01 [error] 1#1: *2 another\n")
        assert one.until(lambda e: e.logs[str(log)].value.end > first.value.end)  # type: ignore[union-attr]
    assert quiet().gather(lambda evidence: (look(str(log), "log", str(log)),)).logs[str(log)].value


def test_the_beginning_is_empty_and_says_so() -> None:
    """If this fails, "not looked yet" passes for "nothing there"."""
    evidence = initial("/etc/nginx/nginx.conf", True, "http://x/")
    assert (evidence.view.at, evidence.listeners.at, evidence.files, evidence.url) == (0.0, 0.0, {}, "http://x/")


def test_local_times_are_told_in_seconds_behind_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, every time of an error log is wrong by twice the time zone."""
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        assert initial("", True).utc_offset == -7200
    finally:
        monkeypatch.undo()
        time.tzset()
