"""A TLS client over memory, for one exchange: it asks as nginx does (no ALPN, a server name only when told to) and verifies nothing."""

from __future__ import annotations

import ssl

from tui502.model.evidence import Handshake

RAW_CAP = 16 << 10
"""Bytes on the wire that are kept: enough for the first records of a server."""


class TlsTalk:
    """Bytes from the wire go in through `take`, which gives the bytes to be sent; what the server said inside stands in `plain`.

    `send` is sent as soon as the handshake has finished. `ended` says that the handshake failed, or that the server closed the TLS connection.
    """

    def __init__(self, name: str, send: bytes) -> None:
        self._name, self._send = name, send
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = _context().wrap_bio(self._in, self._out, server_hostname=name or None)
        self._failure = ""
        self.raw = bytearray()
        self.plain = bytearray()
        self.finished = False
        self.ended = False

    def begin(self) -> bytes:
        """The first bytes to be sent: the ClientHello."""
        return self.take(b"")

    def take(self, data: bytes) -> bytes:
        """Go on with these bytes from the wire; what is to be sent now."""
        self.raw += data[: RAW_CAP - len(self.raw)]
        self._in.write(data)
        try:
            if not self.finished:
                self._object.do_handshake()
                self.finished = True
                if self._send:
                    self._object.write(self._send)
            if data:
                self._read()
        except ssl.SSLWantReadError:
            return self._out.read()
        except ssl.SSLError as error:
            self.ended = True
            self._failure = self._failure or ("" if isinstance(error, ssl.SSLZeroReturnError) else error.reason or "TLS failed")
        return self._out.read()

    def _read(self) -> None:
        """Raises SSLWantReadError when there is no more."""
        while data := self._object.read(1 << 16):
            self.plain += data
        self.ended = True

    def seen(self) -> Handshake:
        if not self.finished:
            return Handshake(self._name, "", "", b"", self._failure)
        cipher = self._object.cipher()
        certificate = self._object.getpeercert(binary_form=True) or b""
        return Handshake(self._name, self._object.version() or "", cipher[0] if cipher else "", certificate, self._failure)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context
