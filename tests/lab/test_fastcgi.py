"""The lab's FastCGI responder: what PHP-FPM would answer, for where it is not installed."""

from __future__ import annotations

import io
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.lab import fastcgi, manners


def encoded(pairs: dict[str, str]) -> bytes:
    """A PARAMS stream as a web server writes it: lengths up to 127 in one byte, others in four."""
    out = b""
    for name, value in pairs.items():
        for text in (name, value):
            out += bytes([len(text)]) if len(text) < 128 else (len(text) | 1 << 31).to_bytes(4, "big")
        out += name.encode("latin-1") + value.encode("latin-1")
    return out


LATIN = st.text(st.characters(max_codepoint=255), max_size=300)


@given(st.dictionaries(LATIN, LATIN))
def test_pairs_of_any_length_are_read(pairs: dict[str, str]) -> None:
    assert fastcgi.pairs(encoded(pairs)) == pairs


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01", fastcgi.record(fastcgi.PARAMS, b"x")])
def test_what_is_no_request_is_not_waited_for(sent: bytes) -> None:
    with pytest.raises(fastcgi.NotFastCGI):
        fastcgi.records(io.BytesIO(sent))


def test_large_header_takes_more_than_one_record() -> None:
    """A record holds 64 KiB."""
    behaves = manners.parse(["--header", "/big=150000"])
    data, out = io.BytesIO(fastcgi.response("shop", "/big?a", behaves)), b""
    while head := data.read(fastcgi.HEAD.size):
        _, kind, _, length, _ = fastcgi.HEAD.unpack(head)
        content = data.read(length)
        out += content if kind == fastcgi.STDOUT else b""
    assert len(out.partition(b"\r\n\r\n")[0]) > 150000
    assert out.endswith(manners.page("shop"))


@pytest.mark.parametrize("mode", ["0600", "0666"])
def test_pool_file_says_where_it_listens_and_who_may_connect(base: Path, mode: str) -> None:
    """The same file tells PHP-FPM; comments and blank lines are PHP's."""
    file, path = base / "pool.conf", base / "app.sock"
    file.write_text(f"; a comment\n[shop]\nlisten = {path}\nlisten.mode = {mode}\n\npm = static\n")
    with fastcgi.listen(fastcgi.pool(str(file)), fastcgi.handler("shop", manners.parse(()))) as server:
        assert path.stat().st_mode & 0o777 == int(mode, 8)
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(path))
            client.sendall(fastcgi.record(fastcgi.PARAMS, encoded({"REQUEST_URI": "/"})) + fastcgi.record(fastcgi.STDIN, b""))
            assert manners.page("shop") in client.makefile("rb").read()
        thread.join()
