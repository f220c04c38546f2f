"""What a person may type to name the request that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.read.asked_url import AskedUrl, parse


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://App.Example.com:8443/cart?x=1#top", AskedUrl("https", "app.example.com", 8443, "/cart?x=1")),
        ("app.example.com/cart", AskedUrl("", "app.example.com", 0, "/cart")),
        ("app.example.com", AskedUrl("", "app.example.com", 0, "/")),
        ("localhost:8080", AskedUrl("", "localhost", 8080, "/")),
        ("//app.example.com./x", AskedUrl("", "app.example.com", 0, "/x")),
        ("/cart", AskedUrl("", "", 0, "/cart")),
        ("[0:0::1]:80/x", AskedUrl("", "[::1]", 80, "/x")),
        ("HTTP://h?a=b", AskedUrl("http", "h", 0, "/?a=b")),
        (" bücher.example/ü b ", AskedUrl("", "xn--bcher-kva.example", 0, "/%C3%BC%20b")),
        ("h/\udcff", AskedUrl("", "h", 0, "/%FF")),
        ("h/a%20b/%zz", AskedUrl("", "h", 0, "/a%20b/%zz")),
    ],
)
def test_what_people_type_is_understood(typed: str, meant: AskedUrl) -> None:
    """If this fails, somebody has to know the one right form while his site is down."""
    assert parse(typed) == meant
    assert parse(meant.text) == meant


def test_credentials_are_not_sent() -> None:
    """If this fails, a password goes through nginx, into its logs and into our recording."""
    assert parse("https://ben:secret@app.example.com/x").text == "https://app.example.com/x"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ftp://h/", "is no request that nginx answers with 502"), ("mailto:a@b", "is no request that nginx"), ("javascript:alert(1)", "is no request that"),
        ("http://", "names no host"), ("http:///x", "names no host"), (":80/x", "names no host"), ("", "names no request"), ("#x", "names no request"),
        ("h/\x1b[2J", "␛[2J holds control characters"), ("h\n", "holds control characters"), ("h:99999", "99999 is no port"), ("h:0/", "0 is no port"),
        ("a..b", "is no name of a host"), ("-a.b", "is no name of a host"), ("http://a b/", "is no name of a host"), ("me@h/x", "is no name of a host"),
        ("http://[::1", "names no host"), ("http://[::g]/", "is no name of a host"), ("h/" + "x" * 3000, "is longer than 2000 characters"),
    ],
)  # fmt: skip
def test_what_names_no_request_is_told(typed: str, said: str) -> None:
    """If this fails, a mistyped URL is dropped in silence, and the answer is about something else."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        parse(typed)
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_request_or_told(text: str) -> None:
    """If this fails, some pasted text ends the program with a traceback, or smuggles a second line into the request."""
    try:
        found = parse(text)
    except ValueError:
        return
    assert found.uri.isascii()
    assert found.uri.startswith("/")
    assert not set(found.text) & set(" \r\n\t")
    assert parse(found.text) == found
