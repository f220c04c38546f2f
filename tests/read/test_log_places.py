"""Where a log is to be read, by what its directive says and what nginx has open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host
from tui502.investigate import investigate
from tui502.model.evidence import Evidence, FileSeen, Gap, OpenFile, PathPart, PathSeen, Seen
from tui502.model.facts import LogTarget, Nginx
from tui502.read import keys
from tui502.read.facts import read_facts
from tui502.read.log_places import gaps, held_of, places, wanted, wanted_paths

ID = "0d7b55f3049ecb82ccb13033d0c1011acec4c10ac7024a004b1e08776f4ef121"
FILE = "/var/log/nginx/error.log"


def master(evidence: Evidence) -> Nginx:
    return read_facts(evidence).nginx


def target(path: str, kind: str = "error", level: str = "error", hides: bool = False) -> LogTarget:
    return LogTarget(path, kind, level, hides, None)  # type: ignore[arg-type]


def opened(evidence: Evidence, *files: OpenFile, cgroup: str = "") -> Evidence:
    pid = master(evidence).pid
    processes = tuple(replace(each, cgroup=cgroup) if each.pid == pid else each for each in evidence.processes.value or ())
    return replace(evidence, open_files=Seen(1.0, 0.0, files), processes=Seen(1.0, 0.0, processes))


def where(evidence: Evidence, path: str, kind: str = "error") -> tuple[str, ...] | Gap:
    return places(evidence, master(evidence), target(path, kind))


@pytest.fixture
def evidence() -> Evidence:
    return Host().evidence()


def test_a_log_that_lost_its_name_is_read_through_nginx(evidence: Evidence) -> None:
    """After a rotation without USR1, or rm: if this fails, everything that nginx logs is invisible."""
    pid, (worker, *_) = master(evidence).pid, master(evidence).workers
    seen = opened(
        evidence,
        OpenFile(pid, 4, f"{FILE} (deleted)", "file", 8, 77),
        OpenFile(worker, 5, f"{FILE}.1", "file", 8, 78),
        OpenFile(worker, 6, FILE, "file", 8, 79),
        OpenFile(worker, 7, "/var/log/nginx/error.log.d/x", "file", 8, 80),
        OpenFile(1, 7, f"{FILE}-1", "file", 8, 81),
    )
    found = where(seen, FILE)
    assert found == (FILE, f"held:{pid}/4:8:77", f"held:{worker}/5:8:78")
    configured = (target(FILE), target(f"{FILE}.1"))
    assert places(seen, master(seen), configured[0], configured) == (FILE, f"held:{pid}/4:8:77")
    assert held_of(found) == (f"{pid}/4:8:77", f"{worker}/5:8:78")
    assert where(evidence, FILE) == (FILE,)


@pytest.mark.parametrize("path", ["stderr", "/dev/stderr", "/proc/self/fd/2", FILE])
def test_standard_error_is_read_where_it_leads(evidence: Evidence, path: str) -> None:
    """The log of the official image is a link to /dev/stderr. If this fails, an nginx in a container or under systemd has no error log."""
    pid = master(evidence).pid
    if path == FILE:
        way = PathSeen(FILE, (PathPart(FILE, "link", 0o777, 0, 0, "/dev/stderr"),), "found", "")
        evidence = replace(evidence, paths={keys.path_key(FILE): Seen(1.0, 0.0, way)})
    journal = OpenFile(pid, 2, "socket:[5]", "socket", 8, 5, "/run/systemd/journal/stdout")
    assert where(opened(evidence, journal, cgroup="/system.slice/nginx.service"), path) == ("journal:_SYSTEMD_UNIT=nginx.service _TRANSPORT=stdout",)
    assert where(opened(evidence, journal), path) == (f"journal:_PID={pid} _TRANSPORT=stdout",)
    pipe = OpenFile(pid, 2, "pipe:[5]", "pipe", 8, 5, "", (70,))
    boxed = opened(evidence, pipe, OpenFile(70, 9, "/var/log/out.log", "file", 8, 9), cgroup=f"/system.slice/docker-{ID}.scope")
    assert where(boxed, path) == (
        f"container:/var/lib/docker/containers/{ID}/{ID}-json.log", f"journal:CONTAINER_ID_FULL={ID} _UID=0", "output:/var/log/out.log",
    )  # fmt: skip
    boxed = replace(boxed, dirs={**boxed.dirs, "/var/log/containers": Seen(1.0, 0.0, (f"web_shop_nginx-{ID}.log", "other-aa.log"))})
    found = where(boxed, path)
    assert isinstance(found, tuple)
    assert f"container:/var/log/containers/web_shop_nginx-{ID}.log" in found
    assert where(opened(evidence, OpenFile(pid, 2, "/srv/err", "file", 8, 9)), path) == (f"output:/proc/{pid}/fd/2",)


@pytest.mark.parametrize(("opens", "kind"), [("/dev/null", "device"), ("/dev/pts/1", "device"), ("pipe:[7]", "pipe")])
def test_standard_error_that_nobody_keeps_is_a_gap(evidence: Evidence, opens: str, kind: str) -> None:
    found = where(opened(evidence, OpenFile(master(evidence).pid, 2, opens, kind, 8, 5)), "stderr")
    assert isinstance(found, Gap)
    assert found.source.endswith(opens)


def test_what_was_not_looked_at_is_no_gap_and_what_was_denied_is(evidence: Evidence) -> None:
    assert where(evidence, "stderr") == ()
    denied = replace(evidence, open_files=Seen(1.0, 0.0, gap=Gap("x", "denied", "sudo tui502")))
    found = where(denied, "stderr")
    assert isinstance(found, Gap)
    assert (found.why, found.hint) == ("denied", "sudo tui502")


def test_syslog_goes_to_the_journal_or_to_the_files_that_the_daemon_names(evidence: Evidence) -> None:
    """If this fails, an nginx that logs to syslog has no error log."""
    path = "syslog:server=unix:/dev/log,tag=shop,nohostname"
    journal = "journal:SYSLOG_IDENTIFIER=shop _UID=0 _UID=33"
    files = ("syslog:shop:/var/log/syslog", "syslog:shop:/var/log/messages")
    assert where(evidence, path) == (*files, journal)
    way = PathSeen("/dev/log", (PathPart("/dev/log", "link", 0o777, 0, 0, "/run/systemd/journal/dev-log"),), "found", "")
    linked = replace(evidence, paths={keys.path_key("/dev/log"): Seen(1.0, 0.0, way)})
    assert where(linked, path) == (journal, *files)
    conf = b"# *.* /var/log/no\n:programname, isequal, \"shop\" -/var/log/shop/web.log\n*.* action(type=\"omfile\" file=\"/var/log/all.log\")\n"
    named = {"/etc/rsyslog.d/50.conf": Seen(1.0, 0.0, FileSeen("", conf, False, "file", 0, 0, 0, 1, 1, 1, len(conf), 0, 0))}
    listed: dict[str, Seen[tuple[str, ...]]] = {"/etc/rsyslog.d": Seen(1.0, 0.0, ("50.conf", "x.bak"))}
    configured = replace(evidence, files={**evidence.files, **named}, dirs={**evidence.dirs, **listed})
    assert where(configured, "syslog:server=127.0.0.1:514") == (
        "syslog:nginx:/var/log/shop/web.log", "syslog:nginx:/var/log/all.log", "syslog:nginx:/var/log/syslog", "syslog:nginx:/var/log/messages",
    )  # fmt: skip
    assert wanted(configured, master(configured), [target(path)]) == (("/etc/rsyslog.conf", "/etc/rsyslog.d/50.conf"), ("/etc/rsyslog.d",))
    assert wanted_paths(evidence, [target(path)]) == ("/dev/log",)


def test_what_anybody_may_write_into_the_journal_is_not_taken_for_nginx(evidence: Evidence) -> None:
    """`logger -t nginx` of any user. If this fails, he can make up failures of a backend. Without a process it is not known who nginx is."""
    processes = tuple(replace(each, uid=1000) if each.pid == master(evidence).pid else each for each in evidence.processes.value or ())
    found = where(replace(evidence, processes=Seen(1.0, 0.0, processes)), "syslog:server=unix:/run/systemd/journal/syslog")
    assert found[0] == "journal:SYSLOG_IDENTIFIER=nginx _UID=0 _UID=33 _UID=1000"  # type: ignore[index]
    gone = places(replace(evidence, processes=Seen(1.0, 0.0, ())), replace(master(evidence), worker_uid=None), target("syslog:server=unix:/dev/log"))
    assert "journal:SYSLOG_IDENTIFIER=nginx" in gone  # type: ignore[operator]


@pytest.mark.parametrize("tag", ["x --cursor-file=/x", "-D", "", "a" * 33, "a:b", "a\n", "\xe4"])
def test_a_tag_that_nginx_does_not_take_is_a_gap(evidence: Evidence, tag: str) -> None:
    """It would become words of journalctl, run as root."""
    assert isinstance(where(evidence, f"syslog:server=unix:/dev/log,tag={tag}"), Gap)


@pytest.mark.parametrize("name", ["x --rotate y.service", "--rotate.service", "x\ny.service", "\xe4.service"])
def test_a_cgroup_that_is_no_unit_is_not_asked_for(evidence: Evidence, name: str) -> None:
    """Anybody names the cgroups below his own. If this fails, he names options of a journalctl that root runs."""
    pid = master(evidence).pid
    journal = OpenFile(pid, 2, "socket:[5]", "socket", 8, 5, "/run/systemd/journal/stdout")
    assert where(opened(evidence, journal, cgroup=f"/user.slice/{name}"), "stderr") == (f"journal:_PID={pid} _TRANSPORT=stdout",)


def test_a_file_that_a_daemon_is_said_to_write_lies_below_var_log(evidence: Evidence) -> None:
    conf = b"*.* /var/log/../../etc/shadow\n"
    named = {"/etc/rsyslog.conf": Seen(1.0, 0.0, FileSeen("", conf, False, "file", 0, 0, 0, 1, 1, 1, len(conf), 0, 0))}
    found = where(replace(evidence, files={**evidence.files, **named}), "syslog:server=127.0.0.1:514")
    assert found == ("syslog:nginx:/var/log/syslog", "syslog:nginx:/var/log/messages")


def test_syslog_of_another_host_is_a_gap(evidence: Evidence) -> None:
    found = where(evidence, "syslog:server=10.9.9.9,facility=local7")
    assert isinstance(found, Gap)
    assert "sent away" in found.source
    own = replace(evidence, addresses=Seen(1.0, 0.0, ("10.9.9.9",)))
    assert isinstance(where(own, "syslog:server=10.9.9.9:514"), tuple)


def test_what_can_be_read_nowhere_is_said_with_what_closes_it(evidence: Evidence) -> None:
    targets = [target("memory:32m"), target("/dev/null"), target("/x.log", level="crit", hides=True), target("/l/$host.log", "access"), target("off", "access")]
    found = list(gaps(evidence, master(evidence), targets))
    assert [gap.hint for gap in found][1:] == ["error_log /var/log/nginx/error.log;", "error_log /x.log error;", "ls -t /l/*.log"]
    assert f"gdb --batch -p {master(evidence).workers[0]} " in found[0].hint
    assert where(evidence, "off", "access") == ()


def test_error_and_access_log_of_one_syslog_stand_apart() -> None:
    """If this fails, the one's tallies take the place of the other's."""
    assert {target("syslog:server=unix:/dev/log").key, target("syslog:server=unix:/dev/log", "access").key} == {
        "syslog:server=unix:/dev/log", "access syslog:server=unix:/dev/log",
    }  # fmt: skip
    assert target("/var/log/a.log", "access").key == "/var/log/a.log"


def test_a_level_that_hides_upstreams_is_a_gap_of_the_incident() -> None:
    """Said where the verdict says what was not seen: otherwise silence passes for health."""
    host = Host()
    evidence = host.evidence()
    conf = next(path for path, seen in evidence.files.items() if seen.value and b"error_log" in seen.value.data)
    seen = evidence.files[conf]
    assert seen.value
    data = seen.value.data.replace(b"error.log;", b"error.log crit;")
    assert data != seen.value.data
    quiet = replace(evidence, files={**evidence.files, conf: replace(seen, value=replace(seen.value, data=data))})
    assert any("this level leaves out" in gap.source for gap in investigate(quiet).gaps)
    assert not any("this level leaves out" in gap.source for gap in investigate(evidence).gaps)
