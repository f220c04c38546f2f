"""Where a syslog daemon of this host writes what nginx sends it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tui502.model.evidence import Evidence, Gap
from tui502.read import journal_place, keys

DEV_LOG = "/dev/log"
JOURNALS = ("/run/systemd/journal/dev-log", "/run/systemd/journal/socket", "/run/systemd/journal/syslog")
RSYSLOG, RSYSLOG_DIR = "/etc/rsyslog.conf", "/etc/rsyslog.d"
USUAL = ("/var/log/syslog", "/var/log/messages")
"""Where the distributions let a daemon write what has no file of its own."""

_FILE = re.compile(r'(?:^|[\s;"=-])(/var/log/[\w./-]+)')
_TAG = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
"""What nginx takes for a tag (ngx_syslog.c)."""

_LOOPBACK = re.compile(r"(?:127\.[\d.]+|localhost|\[?::1\]?)(?::\d+)?\Z")


def parameters(path: str) -> dict[str, str]:
    """The parameters of "syslog:server=…,tag=…"; the tag is "nginx" where none is given, as nginx has it."""
    found = dict(part.partition("=")[::2] for part in path.removeprefix("syslog:").split(","))
    return {"tag": "nginx", "server": "", **found}


def places(evidence: Evidence, path: str, kind: str, uids: tuple[int | None, ...]) -> tuple[str, ...] | Gap:
    """The journal by the tag and by those who send (`uids` of nginx's processes), and the daemon's files; a gap where it is sent to another host."""
    found = parameters(path)
    server, tag = found["server"], found["tag"]
    view = evidence.view.value
    is_local = _is_here(evidence, server) if not server.startswith("unix:") else bool(view and view.local)
    if not _TAG.fullmatch(tag):
        return Gap(f"{kind}_log {path}: nginx takes no such tag", "unreadable", "")
    if not is_local:
        return Gap(f"{kind}_log {path}: it is sent away from what can be seen here", "unreadable", f"grep {tag}: in the logs of {server}")
    files = tuple(f"syslog:{tag}:{name}" for name in dict.fromkeys((*_configured(evidence), *USUAL)))
    journal = journal_place.place(f"SYSLOG_IDENTIFIER={tag}", *journal_place.of_users(uids))
    if server.startswith("unix:"):
        return (journal, *files) if _is_journal(evidence, server.removeprefix("unix:")) else (*files, journal)
    return files


def wanted(evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files, directories) that say where the daemon writes."""
    return (RSYSLOG, *(posixpath.join(RSYSLOG_DIR, name) for name in _listed(evidence) if name.endswith(".conf"))), (RSYSLOG_DIR,)


def _is_here(evidence: Evidence, server: str) -> bool:
    if _LOOPBACK.match(server):
        return True
    host = server.rpartition(":")[0] if server.count(":") == 1 else server
    return host.strip("[]") in (evidence.addresses.value or ())


def _is_journal(evidence: Evidence, path: str) -> bool:
    """Whether the socket is the journal's: the link says so."""
    seen = evidence.paths.get(keys.path_key(path))
    parts = seen.value.parts if seen and seen.value else ()
    return path in JOURNALS or any(part.path in JOURNALS or part.target in JOURNALS for part in parts)


def _configured(evidence: Evidence) -> Iterator[str]:
    """The files that rsyslog's configuration names, those of its own directory first: there somebody gave a program a file of its own."""
    for file in (*wanted(evidence)[0][1:], RSYSLOG):
        seen = evidence.files.get(file)
        for line in (seen.value.data if seen and seen.value else b"").decode("utf-8", "replace").splitlines():
            if not line.lstrip().startswith("#"):
                yield from (name for name in _FILE.findall(line) if ".." not in name.split("/"))


def _listed(evidence: Evidence) -> tuple[str, ...]:
    seen = evidence.dirs.get(RSYSLOG_DIR)
    return (seen.value if seen else None) or ()
