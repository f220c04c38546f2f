"""What became of the named request, in words and for programs."""

from __future__ import annotations

from tests.builder import SITE, Host
from tui502.investigate import investigate
from tui502.report import as_json, as_markdown, as_text, asked


def clauses(host: Host) -> list[str]:
    return asked.clauses(investigate(host.evidence()))


def test_nothing_is_said_where_nothing_was_named() -> None:
    incident = investigate(Host().evidence())
    assert asked.clauses(incident) == []
    assert asked.document(incident) is None
    assert "ASKED" not in as_text.text(incident)


def test_the_answer_and_the_way_are_told() -> None:
    """If this fails, somebody who named a request is not told whether it fails now."""
    host = Host(url="http://app.example.com/cart")
    host.replay(502)
    assert clauses(host) == ["http://app.example.com/cart was answered 502 just now", "location / passes it to http://app"]
    text = as_text.text(investigate(host.evidence()))
    assert "ASKED     http://app.example.com/cart was answered 502 just now" in text
    assert "was answered 502 just now" in as_markdown.report(investigate(host.evidence()), ())


def test_the_default_server_is_told() -> None:
    """If this fails, a site that is missing here is taken for one that is broken."""
    host = Host(url="http://other.example.org/")
    assert f"no server bears other.example.org: the default server of *:80 answers (app.example.com, {SITE}:5)" in clauses(host)
    document = asked.document(investigate(host.evidence()))
    assert document
    (request,) = document["requests"]
    assert (request["default_server"], request["server"]["names"], request["status"]) == (True, ["app.example.com"], None)


def test_a_name_that_leads_elsewhere_is_told() -> None:
    """If this fails, the wrong host is looked at for an hour."""
    host = Host(url="http://app.example.com/", names={"app.example.com": ("203.0.113.9",)}, own=("127.0.0.1", "10.0.0.5"))
    assert any("app.example.com is 203.0.113.9 by this host's resolver, which is no address of this host" in text for text in clauses(host))
    host.names = {"app.example.com": ("203.0.113.9", "10.0.0.5")}
    assert not any("resolver" in text for text in clauses(host))
    host.own = ()
    assert not any("resolver" in text for text in clauses(host)), "the addresses of this host are not known"


def test_why_it_was_not_sent_is_told() -> None:
    assert clauses(Host(url="https://app.example.com/")) == ["https://app.example.com/ was not sent: no server of this nginx listens on port 443 for https"]
    assert "http://app.example.com/ was not sent (--no-probe)" in clauses(Host(url="app.example.com", probing=False))
    assert "http://app.example.com/ was not sent: nginx does not run" in clauses(Host(url="app.example.com", running=False))


def test_a_secret_in_the_query_is_masked() -> None:
    """If this fails, a token that was pasted with the URL stands in the report that is handed on."""
    incident = investigate(Host(url="http://app.example.com/?token=hunter2").evidence())
    assert "hunter2" not in as_text.text(incident) + as_json.document_text(incident, 0) + as_markdown.report(incident, ())
