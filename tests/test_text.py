"""Hostile text and secrets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.text import mask, neutral, neutral_lines, shorten


@given(st.binary())
def test_nothing_that_steers_a_terminal_is_left(raw: bytes) -> None:
    """If this fails, a log line can move the cursor, change colours or turn text round."""
    text = neutral(raw)
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_what_is_neutralised_stays_visible() -> None:
    """If this fails, a person cannot see that somebody tried."""
    assert neutral(b"a\x1b[31m\x07\x7f") == "a␛[31m␇␡"
    assert neutral("x\u202ey\u200bz") == "x·y·z"


def test_lines_split_at_line_feeds_only() -> None:
    """If this fails, line numbers differ from those of nginx and editors."""
    assert neutral_lines(b"a\r\nb\x0cc\n\xe2\x80\xa8d") == ["a␍", "b␌c", "·d"]


@pytest.mark.parametrize(
    "secret",
    [
        b"Authorization: Bearer SECRETSECRET",
        b'proxy_set_header Authorization "Basic SECRETSECRET";',
        b"Cookie: session=SECRETSECRET; theme=dark",
        b"GET /x?token=SECRETSECRET&y=1",
        b"GET /x?access_token=SECRETSECRET HTTP/1.1",
        b"DB_PASSWORD=SECRETSECRET",
        b"password: SECRETSECRET",
        b"postgres://app:SECRETSECRET@db/app",
        b"-----BEGIN RSA PRIVATE KEY-----\nSECRETSECRET\n-----END RSA PRIVATE KEY-----",
        b"-----BEGIN PRIVATE KEY-----\nSECRETSECRET cut off",
        b"fastcgi_param APP_SECRET SECRETSECRET;",
        b'fastcgi_param DB_PASSWORD "SECRETSECRET";',
        b"--api-key=SECRETSECRET",
        b"--password SECRETSECRET",
    ],
)
def test_secrets_are_masked(secret: bytes) -> None:
    """If this fails, a recording or report carries a secret."""
    assert b"SECRETSECRET" not in mask(secret)


PIECES = [b"password=", b"Authorization: ", b"token", b"://a:b@", b'"', b";", b"-----BEGIN PRIVATE KEY-----"]


@given(st.lists(st.one_of(st.binary(), st.sampled_from(PIECES))).map(b"".join))
def test_masking_twice_is_masking_once(raw: bytes) -> None:
    """If this fails, recording a replayed incident gives another file."""
    assert mask(mask(raw)) == mask(raw)


@pytest.mark.parametrize("plain", [b"server 127.0.0.1:3000;", b"proxy_set_header Host $host;", b"location /token/ {", b"upstream secret_app {"])
def test_what_is_no_secret_stays(plain: bytes) -> None:
    """If this fails, a recording loses what the diagnosis rests on."""
    assert mask(plain) == plain


def test_cuts_are_where_the_information_is_least() -> None:
    """If this fails, the telling end of a path or URI is cut."""
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcdef", 4, "tail") == "…def"
    assert shorten("abcdefgh", 5, "ends") == "ab…gh"
    assert shorten("abc", 3) == "abc"
