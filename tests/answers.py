"""What a backend answered when it was asked directly, put into a host built by hand."""

from __future__ import annotations

import ssl

from tests.builder import Host
from tests.small_servers import NAME, PAIR, record
from tui502.model.evidence import Exchange, Handshake
from tui502.read import keys

PEER, SITE = "127.0.0.1:3000", "app.example.com"
DER = ssl.PEM_cert_to_DER_cert((PAIR / "certificate.pem").read_text())
HELLO = b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"


def certificate_for(name: str) -> bytes:
    """A certificate for a name as long as NAME."""
    assert len(name) == len(NAME)
    return DER.replace(NAME.encode(), name.encode())


def put(
    host: Host, key: str, speak: str, received: bytes, end: str = "answered", *, head: int = 0, after: float = 0.004, peer: str = PEER,
    sent: bytes = b"", tls: Handshake | None = None, ago: float = 1.0,
) -> None:  # fmt: skip
    first = after if received else None
    host._exchange(key, Exchange(peer, speak, sent, received, False, 0.0002, first, end, None, ended=after, head=head, tls=tls), ago)


def http(host: Host, received: bytes = b"", end: str = "answered", *, uri: str = "/cart", after: float = 0.004, head: int = 0, peer: str = PEER,
         site: str = SITE) -> None:  # fmt: skip
    """Asked in HTTP; without bytes it was closed."""
    end = "closed" if end == "answered" and not received else end
    put(host, keys.http_key(peer, "GET", site, uri), "http", received, end, head=head, after=after, peer=peer)


def ok(status: int = 200) -> bytes:
    return b"HTTP/1.1 %d X\r\nServer: x\r\n\r\nhello" % status


def fastcgi(host: Host, received: bytes, *, script: str = "", uri: str = "/cart", end: str = "", peer: str = PEER, head: int = 0, after: float = 0.004) -> None:
    told = (f"SCRIPT_FILENAME={script}",) if script else ()
    key = keys.fastcgi_key(peer, "GET", SITE, uri, told)
    sent = b"SCRIPT_FILENAME" if script else b""
    put(host, key, "fastcgi", received, end or ("answered" if received else "closed"), sent=sent, head=head, peer=peer, after=after)


def script_answer(status: int = 200) -> bytes:
    return record(6, b"Status: %d X\r\nContent-Type: text/html\r\n\r\nhello" % status) + record(3, bytes(8))


def handshake(host: Host, name: str = "", *, certificate: bytes = DER, alert: int = 0, received: bytes = b"", peer: str = PEER) -> None:
    """Asked in TLS: finished, or refused with an alert, or answered by what is no TLS."""
    if alert or received:
        put(host, keys.tls_key(peer, name), "tls", received or b"\x15\x03\x03\x00\x02\x02" + bytes((alert,)), tls=Handshake(name, "", "", b"", "X"), peer=peer)
    else:
        put(host, keys.tls_key(peer, name), "tls", HELLO, tls=Handshake(name, "TLSv1.3", "X", certificate, ""), peer=peer)


def hung_up_on(host: Host, name: str = "", *, peer: str = PEER) -> None:
    """Asked in TLS, and closed."""
    put(host, keys.tls_key(peer, name), "tls", b"", "closed", tls=Handshake(name, "", "", b"", ""), peer=peer)


def https(host: Host, received: bytes = b"", *, name: str = "", certificate: bytes = DER, alert: int = 0, plain: bytes = b"", uri: str = "/cart",
          after: float = 0.004, peer: str = PEER) -> None:  # fmt: skip
    """A request inside TLS, or what came instead of a handshake."""
    key = keys.https_key(peer, "GET", SITE, uri, name)
    if received:
        put(host, key, "https", received, tls=Handshake(name, "TLSv1.3", "X", certificate, ""), after=after, peer=peer)
    else:
        raw = b"\x15\x03\x03\x00\x02\x02" + bytes((alert,)) if alert else plain
        put(host, key, "https", raw, "answered" if raw else "closed", tls=Handshake(name, "", "", b"", "X"), peer=peer)


def site(directives: str, before: str = "", location: str = "/", server: str = "") -> str:
    """A site whose one location holds these directives."""
    return f"{before}server {{\n    listen 80;\n    server_name {SITE};\n{server}    location {location} {{\n        {directives}\n    }}\n}}\n"


def struck(directives: str, symptom: str, **more: str) -> Host:
    """A host whose backend listens while requests fail over it in this way."""
    host = Host()
    host.sites["app"] = site(directives, **more)
    host.service("app.service", 1872, PEER)
    host.connect(PEER, "connected")
    host.fails(symptom=symptom)
    host.replay(504 if "timeout" in symptom else 502)
    return host
