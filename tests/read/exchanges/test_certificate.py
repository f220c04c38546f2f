"""Names in certificates: made by openssl, read by us."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_servers import NAME, PAIR
from tui502.read.exchanges.certificate import certificate, covers

DER = ssl.PEM_cert_to_DER_cert((PAIR / "certificate.pem").read_text())


def made(directory: Path, *more: str) -> bytes:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl program here")
    argv = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-keyout", "/dev/null", *more]
    subprocess.run([*argv, "-out", str(directory / "c.pem")], check=True, capture_output=True)
    return ssl.PEM_cert_to_DER_cert((directory / "c.pem").read_text())


def test_names_addresses_issuer_and_dates(tmp_path: Path) -> None:
    """If this fails, the name that is offered for proxy_ssl_name is not the one in the certificate."""
    read = certificate(made(tmp_path, "-subj", "/O=Acme/CN=first.example", "-addext", "subjectAltName=DNS:API.internal,DNS:*.pool.example,IP:10.0.0.7,IP:::1"))
    assert read is not None
    assert read.names == ("api.internal", "*.pool.example", "10.0.0.7", "::1")
    assert (read.issuer, read.own) == ("first.example", True)
    assert 29 * 86400 < read.not_after - read.not_before < 31 * 86400


def test_without_alternative_names_the_common_name_counts(tmp_path: Path) -> None:
    read = certificate(made(tmp_path, "-subj", "/CN=Old.Example"))
    assert read is not None
    assert read.names == ("old.example",)


def test_a_hostile_name_is_harmless() -> None:
    """If this fails, a certificate steers the terminal."""
    read = certificate(DER.replace(NAME.encode(), b"\x1b[31mred\x07" + b"x" * (len(NAME) - 9)))
    assert read is not None
    assert "\x1b" not in read.names[0]


@pytest.mark.parametrize(
    ("names", "wanted", "does"),
    [
        (("a.example",), "A.example.", True), (("*.example",), "a.example", True), (("*.example",), "a.b.example", False), (("*.example",), "example", False),
        (("a.example",), "b.example", False), ((), "a", False), (("*.a",), "x", False),
    ],
)  # fmt: skip
def test_which_names_are_covered(names: tuple[str, ...], wanted: str, does: bool) -> None:
    assert covers(names, wanted) is does


DAMAGED = st.builds(lambda at, byte: DER[:at] + bytes((byte,)) + DER[at + 1 :], st.integers(0, len(DER) - 1), st.integers(0, 255))


@given(st.one_of(st.binary(max_size=200), DAMAGED))
def test_no_bytes_break_the_reader(der: bytes) -> None:
    """If this fails, a hostile backend ends the diagnosis."""
    certificate(der)
