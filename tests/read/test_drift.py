"""Whether nginx runs what is on disk: "same" must never be claimed of what was not seen."""

import time
from dataclasses import replace

from tests.builder import APP, CONF, MAIN, NOW, SITE, Host, file, seen, without
from tui502.model.evidence import Evidence, LogSeen, Tally
from tui502.read.facts import read_facts


def drift(host: Host):
    return read_facts(host.evidence()).drift


RELOADED = {SITE: NOW - 85000}
"""Changed after the master was started, before its workers were."""


def reloaded(evidence: Evidence) -> Evidence:
    """With a second worker that started with the first, as after a reload."""
    return replace(evidence, processes=seen((*evidence.processes.value, replace(evidence.processes.value[-1], pid=1205))))


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
    evidence = reloaded(Host().evidence())
    assert (read_facts(evidence).drift.state, read_facts(evidence).drift.exact) == ("same", False)
    evidence = replace(evidence, files={**evidence.files, SITE: seen(file(APP.encode(), NOW - 60))})
    found = read_facts(evidence).drift
    assert (found.state, found.changed, found.exact) == ("differs", (SITE,), False)


def test_file_put_in_place_with_an_old_time_still_shows():
    evidence = Host().evidence()
    renamed = replace(file(APP.encode()), ctime_ns=int((NOW - 60) * 1e9))
    assert read_facts(replace(evidence, files={**evidence.files, SITE: seen(renamed)})).drift.changed == (SITE,)


GONE = "/etc/nginx/sites-enabled/gone"


def states(found):
    return {file.path.rpartition("/")[2]: file.state for file in found.files}


def test_each_file_says_what_became_of_it():
    """A person must see which file a reload would change, and whose work that is."""
    host = Host(in_memory={**running(APP.replace("3000", "3005")), GONE: b"server {\n}\n"})
    host.sites["new"] = "server {\n}\n"
    found = drift(host)
    assert states(found) == {"nginx.conf": "same", "app": "differs", "new": "new", "gone": "gone"}
    assert (found.lines, {file.path: file.lines for file in found.files}[SITE]) == (3, 1)


def test_a_file_that_may_not_be_read_is_not_told_to_be_gone():
    evidence = without(Host(in_memory=running()).evidence(), SITE)
    found = read_facts(evidence).drift
    assert (found.state, found.changed, states(found)) == ("unknown", (), {"nginx.conf": "same", "app": "unknown"})
    assert "no right to read it" in found.why


def test_a_configuration_that_is_not_read_to_its_end_is_not_compared():
    """Else every start of the program shows for a moment that all sites are gone."""
    evidence = Host(in_memory=running()).evidence()
    found = read_facts(replace(evidence, files={CONF: evidence.files[CONF]})).drift
    assert (found.state, found.why) == ("unknown", "the configuration was not read")


def test_a_site_that_was_taken_away_is_not_told_by_the_times_of_the_others():
    """What is gone has no time; only its directory tells that something went."""
    evidence = reloaded(Host().evidence())
    folder = replace(file(b"", NOW - 60), kind="dir")
    found = read_facts(replace(evidence, files={**evidence.files, "/etc/nginx/sites-enabled": seen(folder)})).drift
    assert (found.state, states(found)["sites-enabled"]) == ("unknown", "unknown")
    assert "names came or went" in found.why
    old = replace(file(b"", NOW - 85000), kind="dir")
    assert read_facts(replace(evidence, files={**evidence.files, "/etc/nginx/sites-enabled": seen(old)})).drift.state == "same"


def test_a_lone_worker_may_have_taken_the_place_of_one_that_ended():
    """It is young then, and runs what was loaded long ago. If this fails, "all loaded" is said of a file that nginx does not run."""
    alone = drift(Host(changed=RELOADED))
    assert (alone.state, states(alone)) == ("unknown", {"nginx.conf": "same", "app": "unknown"})
    assert "in the place of one that ended" in alone.why
    never = drift(Host())
    assert (never.state, never.why) == ("same", "nothing was changed since nginx was started")


def test_workers_that_crashed_together_are_no_reload():
    evidence = reloaded(Host(changed=RELOADED).evidence())
    at = evidence.processes.value[-1].started
    for crash, state in ((at - 0.5, "unknown"), (at - 600, "same"), (at + 600, "same")):
        log = LogSeen("/var/log/nginx/error.log", 0, 9, 1, (Tally("worker_crash", "", "", "", 2, crash, crash, (2,), ()),), 0, ())
        assert read_facts(replace(evidence, logs={"error": seen(log)})).drift.state == state


def test_rights_that_were_changed_are_told_from_a_text_that_was():
    evidence = Host().evidence()
    written, touched = file(APP.encode(), NOW - 60), replace(file(APP.encode()), ctime_ns=int((NOW - 60) * 1e9))
    for seen_file, words in ((written, "written"), (touched, "or its rights")):
        found = read_facts(replace(evidence, files={**evidence.files, SITE: seen(seen_file)})).drift
        (changed,) = (each for each in found.files if each.path == SITE)
        assert words in changed.why
        assert changed.at == NOW - 60


def test_a_large_file_that_was_rewritten_holds_nothing_up():
    """The lines of a generated configuration are alike: to find the best partner of each would take minutes."""
    text = "".join(f"server {{\n    listen 80;\n    server_name x{n};\n    location / {{\n    }}\n}}\n" for n in range(3000))
    start = time.process_time()
    found = drift(Host(sites={"app": text}, in_memory=running(text.replace("x", "y"))))
    assert found.lines >= 3000
    assert time.process_time() - start < 5


def test_unknown_without_workers_or_nginx():
    assert read_facts(without(Host().evidence(), "processes")).drift.state == "unknown"
    assert drift(Host(running=False)).state == "unknown"
