"""A text that a person wrote in place of the offered one: staged, tested and applied like every change, and held to the same rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from incident_of import incident_of
from site_to_mend import Site
from test_stage import finished

from tui502.apply import disk, launch, own_text, stage, tester
from tui502.apply.own_text import stage_text, unreadable
from tui502.model.changes import StagedChange
from tui502.model.findings import Incident
from tui502.model.session import Refused


def offered(site: Site) -> tuple[StagedChange, Incident]:
    incident = incident_of(site)
    return stage.stage(incident.findings[0].fixes, incident), incident


def test_it_is_tested_and_applied_like_every_other(site: Site, state: object) -> None:
    """If this fails, what a person wrote is not what is tested, or not what is written."""
    change, incident = offered(site)
    text = (change.files[0].after or b"").replace(b"# the shop\n", b"# the shop, moved by hand\n# and a note\n")
    made = stage_text(change, 0, text, incident)
    assert site.file.read_bytes() == change.files[0].before, "nothing is touched"
    assert made.id != change.id, "the test of the offered text says nothing of this one"
    assert (made.files[0].after, made.mends, made.peer) == (text, change.mends, change.peer)
    assert made.fixes[0].id != change.fixes[0].id
    assert made.fixes[0].title == "your own text of shop.conf"
    tested = tester.test(made)
    assert tested.ok, tested.said
    receipt = finished(launch.apply(made, tested))
    assert receipt.outcome == "VERIFIED", receipt.why
    assert site.file.read_bytes() == text
    assert site.status() == 200


def test_what_nginx_would_not_take_fails_its_test(site: Site, state: object) -> None:
    change, incident = offered(site)
    text = (change.files[0].after or b"").replace(b"server_name", b"server_nome")
    tested = tester.test(stage_text(change, 0, text, incident))
    assert not tested.ok
    assert "server_nome" in tested.said


def test_another_target_need_not_answer_where_the_offered_one_was(site: Site) -> None:
    """If this fails, a person's own repair is put back because an address that is in no file any more does not answer."""
    change, incident = offered(site)
    assert change.peer == f"127.0.0.1:{site.living}"
    text = (change.files[0].after or b"").replace(b"127.0.0.1:%d" % site.living, b"localhost:%d" % site.living)
    made = stage_text(change, 0, text, incident)
    assert (made.peer, made.fixes[0].peer) == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"    location", b"    } location", r"line 7: unexpected \"\}\"|line \d: .*\}"),
        (b"    server_name", b"    proxy_ssl_verify off;\n    server_name", "verification of certificates off"),
        (b"proxy_pass", b"proxy_read_timeout 900s; proxy_pass", "waits longer for something that is down"),
        (b"    server_name shop.test;\n    location / { proxy_pass", b"    #", r"line \d|deletes configuration"),
    ],
)
def test_what_cannot_be_read_or_is_never_done_is_refused(site: Site, old: bytes, new: bytes, says: str) -> None:
    change, incident = offered(site)
    text = (change.files[0].after or b"").replace(old, new)
    assert text != change.files[0].after
    with pytest.raises(Refused, match=says):
        stage_text(change, 0, text, incident)


def test_the_text_on_disk_and_a_file_that_has_changed_are_refused(site: Site) -> None:
    change, incident = offered(site)
    with pytest.raises(Refused, match="the one on disk"):
        stage_text(change, 0, change.files[0].before or b"", incident)
    site.file.write_bytes(site.file.read_bytes() + b"# theirs\n")
    with pytest.raises(Refused, match="has changed on disk"):
        stage_text(change, 0, b"# mine\n", incident)
    back = replace(change, undoes="20260101-000000")
    with pytest.raises(Refused, match="only where a file is changed by a repair"):
        stage_text(back, 0, b"# mine\n", incident)


def test_the_runner_holds_it_to_the_same_rules(site: Site, state: object) -> None:
    """What is never done is refused again before the first write, whatever staged it."""
    change, incident = offered(site)
    made = stage_text(change, 0, (change.files[0].after or b"") + b"# mine\n", incident)
    bad = replace(made.fixes[0], edits=(replace(made.fixes[0].edits[0], new=made.fixes[0].edits[0].new + b"\nproxy_ssl_verify off;\n"),))
    receipt = finished(launch.apply(replace(made, fixes=(bad,)), replace(tester.test(made), change=made.id)))
    assert (receipt.outcome, disk.on_disk(change.files[0])) == ("REFUSED", change.files[0].sha_before)


def test_a_broken_file_may_stay_broken_but_not_break_earlier() -> None:
    broken = b"server {\n    listen 80;\n}}\n"
    assert unreadable(broken, b"server {\n    listen 81;\n}}\n") == ""
    assert unreadable(broken, b"server {\n    listen 81;\n}\n") == ""
    assert unreadable(broken, b"}\nserver {}\n").startswith("line 1: ")
    assert unreadable(b"a 1;\n", b"x" * (own_text.LARGEST + 1)) == "it is longer than 4 MB"
    assert unreadable(b"[www]\nuser = a\n", b"[www]\nuser = b\n") == ""
    assert unreadable(b"[www]\nuser = a\n", b"server {}\n") == "it has no section"
