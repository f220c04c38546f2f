"""Hostile text made harmless, and secrets masked. Everything read from a host passes here before it is drawn, printed or saved."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that draw nothing or steer the terminal: controls, format marks (bidi, zero width), surrogates, private, unassigned, separators."""

_PLAIN = re.compile(r"[ -~]*\Z")
_HEADER = rb"(?i:\b(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token))"
_NAME = rb"(?i:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key)"
_VALUE = rb"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\s;&\"',$]+)"
_NAMES_A_VALUE = rb"\b(?:\w+_param|\w+_set_header|add_header|env|set|secure_link_secret)"
_SECRETS = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        rb"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
        rb"(://[^/\s:@\"']{1,256}:)[^/\s@\"']+(@)",
        rb"(" + _HEADER + rb"\s*:)[^\r\n\"]+()",
        rb"(" + _HEADER + rb"\s+)" + _VALUE + rb"()",
        rb"(" + _NAME + rb"[\"']?(?:\s{0,8}=\s{0,8}|\s{0,8}:\s{1,8}|(?<=[\"'])\s{0,8}:\s{0,8}))" + _VALUE + rb"()",
        rb"((?:" + _NAMES_A_VALUE + rb"\s+\S{0,64}?|--?[\w-]{0,32})" + _NAME + rb"[\w-]{0,32}\s+)" + _VALUE + rb"()",
    )
)
"""What stands between the two groups is a secret: a private key, a URL's password, a header's credentials, the value of a telling name."""


def neutral(raw: bytes | str) -> str:
    """`raw` as one line of text that can steer nothing: undecodable bytes, controls and marks become visible stand-ins, tabs a space.

    C0 controls show as their Unicode pictures (ESC as "␛"), all else that draws nothing or turns text round as "·".
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return text if _PLAIN.match(text) else "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code == 9:
        return " "
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    category = unicodedata.category(char)
    return "·" if category in _INVISIBLE or category in ("Mn", "Me") else char


def neutral_lines(raw: bytes | str) -> list[str]:
    """`raw` split at line feeds only, each line neutral."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return [neutral(line) for line in text.split("\n")]


def mask(raw: bytes) -> bytes:
    """`raw` with secrets replaced by "***": credentials in headers, passwords and tokens in directives and query strings, private keys."""
    masked = b""
    while masked != raw:
        masked, raw = raw, _masked_once(raw)
    return raw


def _masked_once(raw: bytes) -> bytes:
    for secret in _SECRETS:
        raw = secret.sub(rb"\1***\2", raw)
    return raw


def shorten(text: str, width: int, keep: str = "head") -> str:
    """`text` cut to `width` characters with "…" where the information is least: keep "head", "tail" or "ends"."""
    if len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    if keep == "tail":
        return "…" + text[len(text) - width + 1 :]
    if keep == "ends":
        left = width // 2
        return text[:left] + "…" + text[len(text) - (width - left - 1) :]
    return text[: width - 1] + "…"
