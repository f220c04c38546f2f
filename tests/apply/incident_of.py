"""The incident of a broken site, made of what a look at it would give."""

from __future__ import annotations

from site_to_mend import Site

from tui502.host import look
from tui502.model.evidence import SCHEMA, Evidence, FileSeen, Gap, Seen
from tui502.model.facts import Drift, Facts, LogTarget, Nginx, Outage, Request, Target
from tui502.model.findings import Edit, Finding, Fix, Incident
from tui502.read import nginx_conf, routing


def incident_of(site: Site, drift: Drift = Drift("same", (), True, "")) -> Incident:  # noqa: B008 - a frozen value
    """One finding, whose fix points nginx at the backend that lives."""
    conf, file = str(site.directory / "nginx.conf"), str(site.file)
    names = tuple(sorted(path.name for path in site.file.parent.iterdir()))
    files = {path: Seen(1.0, 0.0, seen(path)) for path in (conf, file, *(str(site.file.parent / name) for name in names))}
    absent: Seen[object] = Seen(1.0, 0.0, gap=Gap("", "not_asked", ""))
    evidence = Evidence(
        SCHEMA,
        1.0,
        0,
        "host",
        0,
        "",
        True,
        Seen(1.0, 0.0, site.view),
        (),
        files,
        {},
        {},
        {},
        absent,
        absent,
        {},
        {},
        absent,
        (),
        False,  # type: ignore[arg-type]
    )
    config = nginx_conf.load(conf, files, {str(site.directory / "sites"): Seen(1.0, 0.0, names)})
    nginx = Nginx(
        True, site.view.pid, site.view.exe, "", True, str(site.directory), conf, str(site.error_log), f"{site.directory}/nginx.pid", "root", (), (), None, 0.0,
        "ok", "", None, "",
    )  # fmt: skip
    request = Request("GET", "http", "127.0.0.1", site.port, "", site.name, "/")
    target = Target(site.name, "", "/", "", "", f"127.0.0.1:{site.dead}", None)
    key = f"connection_refused 127.0.0.1:{site.dead} {site.name}"
    outage = Outage(key, target, ("connection_refused",), 5, 1.0, None, 1.0, 2.0, True, request, 502)
    facts = Facts(nginx, config, routing.routes(config), (LogTarget(str(site.error_log), "error", "error", False, None),), drift, (), (), (outage,), ())
    finding = Finding("f1", "wrong_port", "proven", target, "", (), (key,), (), (repair(site),), None)
    return Incident(evidence, facts, "cause_found", (finding,), (), ())


def seen(path: str) -> FileSeen:
    found = look.read_file(path)
    assert isinstance(found, FileSeen)
    return found


def repair(site: Site) -> Fix:
    data, old = site.file.read_bytes(), str(site.dead).encode()
    start = data.index(old)
    edit = Edit(str(site.file), start, start + len(old), old, str(site.living).encode())
    return Fix("a" * 12, "wrong_port", "point nginx at the backend", "", "", "config", (edit,), (), (), peer=f"127.0.0.1:{site.living}")
