"""The nginx that this is about: its master, binary, workers and user, and what `nginx -t` said."""

from __future__ import annotations

import posixpath
import re
from typing import Literal

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Gap, Process, View
from tui502.model.facts import Nginx
from tui502.read import keys
from tui502.read.mistake import Place, place
from tui502.read.nginx_conf import parse
from tui502.text import neutral

_OPTION = re.compile(r"--([\w-]+)(?:=('[^']*'|\S+))?")
_TRAP = re.compile(r"^nginx -t was not run: nginx would (crash|hang)\b")
_LEVEL = re.compile(r"^(?:nginx: |\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )\[(emerg|alert|crit|error)\] (?:\d+#\d+: )?")
"""How a line of `nginx -t` begins: as on a console, or (once the configuration's own error log is open and is stderr) as in a log."""

_DEFAULTS = {
    "prefix": "/usr/local/nginx",
    "conf-path": "conf/nginx.conf",
    "error-log-path": "logs/error.log",
    "http-log-path": "logs/access.log",
    "pid-path": "logs/nginx.pid",
}
"""What nginx is built with where `configure` was told nothing."""


def nginx(evidence: Evidence, config: Config | None = None, starts: tuple[str, ...] = ()) -> Nginx:
    """What is known of nginx. `config` adds its user and pid file, and the place where the test stopped. `starts` is the command line with which its
    service starts it: it counts while no master runs."""
    view = evidence.view.value
    version, built = _binary(evidence)
    argv = _options(view.argv if view else starts)
    prefix = argv.get("-p") or built.get("prefix", _DEFAULTS["prefix"])
    if view and not prefix.startswith("/"):
        prefix = posixpath.join(view.cwd or "/", prefix)
    workers, leaving = _workers(evidence)
    test, trap, said = _test(evidence)
    at = _at(config, trap, said) if test == "failed" or trap else Place(None, None, "")
    master = _process(evidence, view.pid) if view else None
    given = _given(argv.get("-g", ""))
    return Nginx(
        running=view is not None,
        pid=view.pid if view else 0,
        exe=view.exe if view else starts[0] if starts else "",
        version=version,
        debug="debug" in built,
        prefix=prefix,
        conf=_path(prefix, evidence.conf or argv.get("-c") or built.get("conf-path") or _running_main(evidence) or _DEFAULTS["conf-path"]),
        error_log=_path(prefix, argv.get("-e") or built.get("error-log-path", _DEFAULTS["error-log-path"])),
        pid_file=_path(prefix, _top(given, config, "pid") or built.get("pid-path", _DEFAULTS["pid-path"])),
        user=_top(given, config, "user") or built.get("user", "nobody"),
        workers=tuple(worker.pid for worker in workers),
        leaving=tuple(worker.pid for worker in leaving),
        worker_uid=workers[0].uid if workers else None,
        since=master.started if master else 0.0,
        test=test,
        test_said=said,
        test_where=at.look,
        why_not="" if view else _why_not(evidence),
        access_log=_path(prefix, built.get("http-log-path", _DEFAULTS["http-log-path"])),
        given=given,
        test_named=at.named,
        test_why=at.why,
        trap=trap,
    )


def _running_main(evidence: Evidence) -> str:
    """The main file by the text that nginx holds in memory, where it stands first; '' where that is not known."""
    return next(iter(evidence.running.value or ()), "")


def options_of_test(view: View | None, starts: tuple[str, ...], conf: str) -> tuple[str, ...]:
    """The options with which this nginx is tested: the -e, -g and -p of its master, else of the command line with which its service starts it, and
    always the full path of its configuration: what is tested must not depend on what was built in."""
    given = _options(view.argv if view else starts)
    return ("-c", conf, *(word for name, value in given.items() if name != "-c" for word in (name, value)))


def worker_processes(evidence: Evidence) -> tuple[Process, ...]:
    """The workers of this master that take new connections, oldest first."""
    return _workers(evidence)[0]


def _options(argv: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    words = iter(argv[1:])
    for word in words:
        name, value = word[:2], word[2:]
        if name in ("-c", "-e", "-g", "-p"):
            found[name] = value or next(words, "")
    return found


def _binary(evidence: Evidence) -> tuple[str, dict[str, str]]:
    """(version, configure arguments) from `nginx -V`; empty when it could not be asked."""
    seen = evidence.commands.get(keys.NGINX_V)
    if not seen or not seen.value:
        return "", {}
    text = (seen.value.err or seen.value.out).decode("utf-8", "replace")
    version = re.search(r"^nginx version: [^/\s]+/(\S+)", text, re.M)
    line = re.search(r"^configure arguments:(.*)$", text, re.M)
    found = {name: (value or "").strip("'") for name, value in _OPTION.findall(line[1] if line else "")}
    if "with-debug" in found:
        found["debug"] = "yes"
    return neutral(version[1]) if version else "", found


def _path(prefix: str, path: str) -> str:
    return path if path.startswith(("stderr", "syslog:")) else posixpath.normpath(posixpath.join(prefix, path))


def _given(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of each directive that a command line gives with -g."""
    return tuple((one.name, *one.args) for one in parse("", text.encode("utf-8", "surrogateescape"))[0]) if text else ()


def _top(given: tuple[tuple[str, ...], ...], config: Config | None, name: str) -> str:
    """The first argument of a directive of the main level, '' when it is not there."""
    words = (*given, *((d.name, *d.args) for d in (config.root if config else ())))
    return next((args[0] for first, *args in words if first == name and args), "")


def _process(evidence: Evidence, pid: int) -> Process | None:
    return next((process for process in evidence.processes.value or () if process.pid == pid), None)


def _workers(evidence: Evidence) -> tuple[tuple[Process, ...], tuple[Process, ...]]:
    """(workers at work, workers shutting down), oldest first. nginx names them in their process title."""
    view = evidence.view.value
    if not view:
        return (), ()
    titled = [(" ".join(p.argv), p) for p in evidence.processes.value or () if p.ppid == view.pid]
    workers = sorted(((title, p) for title, p in titled if title.startswith("nginx: worker process")), key=lambda pair: (pair[1].started, pair[1].pid))
    return (
        tuple(p for title, p in workers if "is shutting down" not in title),
        tuple(p for title, p in workers if "is shutting down" in title),
    )


def _test(evidence: Evidence) -> tuple[Literal["ok", "failed", "not_run"], Literal["", "crash", "hang"], str]:
    """What `nginx -t` ended with, what it would have done where we left it alone for that, and its decisive line. A test that did not come to its end (out of
    time, killed, not started) says nothing about the configuration, and missing rights of ours are no fault of it: then it counts as not run, and what is
    said is a sentence that tells why."""
    seen = evidence.commands.get(keys.NGINX_T)
    if not seen or not seen.value:
        return "not_run", "", _not_run(evidence, seen.gap) if seen and seen.gap else ""
    if seen.value.code == 0:
        return "ok", "", ""
    text = seen.value.err.decode("utf-8", "replace")
    if trapped := _TRAP.match(text):
        return "not_run", "crash" if trapped[1] == "crash" else "hang", neutral(text)
    if unfinished_test(evidence):
        return "not_run", "", _ended(seen.value.code, seen.took)
    levels = [(match[1] != "emerg", line) for line in text.splitlines() if (match := _LEVEL.match(line))]
    worst = min(levels, key=lambda pair: pair[0], default=(False, ""))[1]
    said = neutral(_LEVEL.sub("", worst)) or f"it ended with {seen.value.code}"
    if evidence.euid and ("Permission denied" in worst or "(13:" in worst):
        return "not_run", "", f"nginx -t could not read everything: {said}"
    return "failed", "", said


def _not_run(evidence: Evidence, gap: Gap) -> str:
    """Why nginx was not asked, and how a person does it."""
    view, source = evidence.view.value, gap.source.removeprefix(keys.NGINX_T).removeprefix(": ")
    if view and view.root not in ("", "/"):
        source = f"this nginx has another root directory, {view.root}"
    why = source or {"denied": "the right is missing", "timeout": "there was no answer in time"}.get(gap.why, "")
    hint = f"by hand: {gap.hint}" if gap.hint and gap.why != "not_asked" else gap.hint
    told = f"{why} ({hint})" if why and hint else why or hint
    return neutral(f"nginx -t was not run: {told}" if told else "nginx -t was not run")


def _ended(code: int, took: float) -> str:
    if code == TIMED_OUT:
        return f"nginx -t came to no end within {max(1, round(took))} s"
    if code >= 0:
        return f"nginx -t ended with {code} and said nothing of the configuration"
    return f"nginx -t {'crashed' if -code in _CRASHES else 'was ended'} ({'' if -code in _CRASHES else 'by '}signal {-code})"


_CRASHES = (4, 6, 7, 8, 11)
"""SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: signal(7)."""


def _at(config: Config | None, trap: str, said: str) -> Place:
    """Where to look for what the test said; of what nginx must not be given, the include that brings it."""
    if not trap:
        return place(said, config)
    kind = {"crash": "loop", "hang": "unreadable"}[trap]
    found = next((each for each in (config.problems if config else ()) if each.kind == kind and each.where and neutral(each.file) in said), None)
    return Place(found.where, None, found.text) if found else Place(None, None, "")


TIMED_OUT = 124
"""What a test ends with whose time was up."""

OUT_OF_TIME = "its time was up"


def unfinished_test(evidence: Evidence) -> str:
    """Why `nginx -t` came to no verdict, '' where it did, or was not run. nginx itself ends with 1 when it refuses a configuration, and says so."""
    seen = evidence.commands.get(keys.NGINX_T)
    if not seen or not seen.value or seen.value.code == 0:
        return ""
    text = seen.value.err.decode("utf-8", "replace")
    code, lines = seen.value.code, text.splitlines()
    if _TRAP.match(text):
        return ""
    if code == TIMED_OUT:
        return OUT_OF_TIME
    if code < 0:
        return f"it was ended by signal {-code}"
    return "" if code == 1 and any(_LEVEL.match(line) or line.endswith("test failed") for line in lines) else f"it ended with {code}"


def _why_not(evidence: Evidence) -> str:
    gap = evidence.view.gap
    if gap and gap.why == "denied":
        return "no master process could be seen: the right to look is missing"
    if evidence.other_masters:
        others = ", ".join(str(view.pid) for view in evidence.other_masters[:5])
        asked = neutral(gap.source) if gap else "what was asked for"
        return f"no running master is {asked}; there {'is' if len(evidence.other_masters) == 1 else 'are'} {others}: ask for one with --pid"
    return "no master process of nginx runs" if evidence.view.at else "not looked at yet"
