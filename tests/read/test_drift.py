"""Whether nginx runs what is on disk: "same" must never be claimed of what was not seen."""

from dataclasses import replace

from tests.builder import APP, CONF, MAIN, NOW, SITE, Host, file, seen, without
from tui502.read.facts import read_facts


def drift(host: Host):
    return read_facts(host.evidence()).drift


def running(site: str = APP) -> dict[str, bytes]:
    return {CONF: MAIN.encode(), SITE: site.encode()}


def test_same_text_in_memory():
    found = drift(Host(in_memory=running()))
    assert (found.state, found.exact, found.lines) == ("same", True, 0)


def test_changed_line_is_counted_once():
    found = drift(Host(in_memory=running(APP.replace("3000", "3005"))))
    assert (found.state, found.changed, found.lines) == ("differs", (SITE,), 1)


def test_new_and_removed_files_differ():
    host = Host(in_memory={**running(), "/etc/nginx/sites-enabled/gone": b"server {\n}\n"})
    host.sites["new"] = "server {\n}\n"
    assert set(drift(host).changed) == {"/etc/nginx/sites-enabled/gone", "/etc/nginx/sites-enabled/new"}


def test_times_decide_where_the_memory_is_closed():
    evidence = Host().evidence()
    assert (read_facts(evidence).drift.state, read_facts(evidence).drift.exact) == ("same", False)
    evidence = replace(evidence, files={**evidence.files, SITE: seen(file(APP.encode(), NOW - 60))})
    found = read_facts(evidence).drift
    assert (found.state, found.changed, found.exact) == ("differs", (SITE,), False)


def test_file_put_in_place_with_an_old_time_still_shows():
    evidence = Host().evidence()
    renamed = replace(file(APP.encode()), ctime_ns=int((NOW - 60) * 1e9))
    assert read_facts(replace(evidence, files={**evidence.files, SITE: seen(renamed)})).drift.changed == (SITE,)


def test_unknown_without_workers_or_nginx():
    assert read_facts(without(Host().evidence(), "processes")).drift.state == "unknown"
    assert drift(Host(running=False)).state == "unknown"
