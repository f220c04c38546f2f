"""A repair of what a tool writes is told, never carried out."""

from dataclasses import replace

from tests.builder import SITE, Host, moved, stopped
from tui502.causes.managed import RISK, advised
from tui502.causes.repoint import alternatives
from tui502.fix.forbidden import forbidden
from tui502.investigate import investigate


def test_a_mounted_config_map_is_not_edited() -> None:
    """The kubelet writes it anew within a minute; its text says nothing of that, its place does."""
    evidence = moved().evidence()
    site = evidence.files[SITE]
    real = "/etc/nginx/sites-enabled/..2026_11_24_10_00_00.123456789/app"
    evidence = replace(evidence, files={**evidence.files, SITE: replace(site, value=replace(site.value, real=real))})
    (fix,) = investigate(evidence).findings[0].fixes
    assert (fix.kind, fix.edits, fix.commands, fix.diff, fix.risk) == ("advice", (), (), "", RISK)
    assert fix.title == "in the ConfigMap or secret it is mounted from: point nginx at 127.0.0.1:3001"
    assert fix.why.endswith(f"{SITE} is written by the ConfigMap or secret it is mounted from")


def test_a_line_of_certbots_is_not_edited_but_its_neighbours_are() -> None:
    host = moved()
    host.sites["app"] = host.sites["app"].replace("listen 80;", "listen 80; # managed by Certbot")
    assert investigate(host.evidence()).findings[0].fixes[0].kind == "config"
    host.sites["app"] = host.sites["app"].replace("3000;", "3000; # managed by Certbot")
    assert investigate(host.evidence()).findings[0].fixes[0].kind == "advice"


def test_alternatives_know_each_other_by_their_new_names() -> None:
    """Otherwise both could be chosen, or none."""
    host = moved()
    finding = investigate(host.evidence()).findings[0]
    (edit,) = finding.fixes
    other = replace(edit, id="other", edits=(), title="something else")
    two = replace(finding, fixes=tuple(alternatives([edit, other])))
    host.sites["app"] = "# Ansible managed\n" + host.sites["app"]
    one, other = advised(host.evidence(), two).fixes
    assert (one.alternative_to, other.alternative_to) == ((other.id,), (one.id,))
    assert one.id != edit.id


def test_a_command_that_edits_nothing_stays() -> None:
    host = stopped()
    host.sites["app"] = "# Ansible managed\n" + host.sites["app"]
    assert investigate(host.evidence()).findings[0].fixes[0].kind == "command"


def test_the_transaction_itself_refuses_it() -> None:
    """Whoever staged it, and however."""
    fix = investigate(moved().evidence()).findings[0].fixes[0]
    text = Host().sites["app"].encode()
    assert forbidden(fix, {SITE: text}) == ""
    assert "is written by ansible" in forbidden(fix, {SITE: text.replace(b"# node, app.service", b"# Ansible managed  ")})
