"""Secrets masked: what stands where passwords, tokens and keys stand in configuration, headers, queries, commands and logs.

Lines stay lines: a secret of several lines leaves as many behind, so that line numbers hold. What is masked already stays as it is."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

STARS = b"***"

_NAME = rb"(?:passw(?:or)?d|passphrase|secret|token(?!s)|api[_-]?key|access[_-]?key|private[_-]?key|(?<![a-z])credentials?|setcredential|signature)"
_SHORT = rb"(?<![a-z$])(?:pass|pwd|pw|auth|jwt|sig)(?![a-z])"
_HEADER = rb"(?<![a-z])(?:authorization|cookie|x-[\w-]{0,30}(?:token|key|secret|auth|signature))"
_NONE = rb"(?![\"']?\*\*\*|(?:\d{1,2}|on|off|true|false|yes|no|null|nil|none)(?![\w.-])|(?:\"\$\w+\"|'\$\w+'|\$\w+)(?:[\s;),]|\Z))"
"""Values that are no secrets: switches, small numbers, a variable alone."""

_VALUE = _NONE + rb"(?:\"(?:[^\"\\\n]|\\.)+\"|'(?:[^'\\\n]|\\.)+'|[\"'][^\s\"';]+|(?:[^\s;&\"',$(){}\\]|\\.)(?:[^\s;&\"',){}\\]|\\.|&(?!\w+=)|,(?![\s\"']))*)"
_COMPARES = rb"(?:[!=]?=|!?~(?:\*(?!\*))?)[ \t]{0,8}"


class _Rule(NamedTuple):
    """Between the groups `head` and `tail` stands a secret, if `is_one` says so. A text without any of `traces`, in lower case, holds none."""

    traces: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    is_one: Callable[[re.Match[bytes]], bool] = bool


def _rule(traces: Sequence[bytes], head: bytes, secret: bytes, tail: bytes = b"", flags: int = re.I) -> _Rule:
    return _Rule(tuple(traces), re.compile(b"(?P<head>" + head + b")(?P<secret>" + secret + b")(?P<tail>" + tail + b")", re.S | re.M | flags))


def _is_basic(found: re.Match[bytes]) -> bool:
    """Are these the credentials of "Authorization: Basic …", a name and a password?"""
    raw = found["secret"]
    try:
        return b":" in base64.b64decode(raw + b"=" * (-len(raw) % 4), b"-_" if b"-" in raw or b"_" in raw else None, validate=True)
    except binascii.Error:
        return False


def _is_named(found: re.Match[bytes]) -> bool:
    """Is it a key and its value, not the end of a path and what is said of it?"""
    word = re.compile(rb"[\w./-]{0,64}\Z").search(found.string, max(0, found.start() - 64), found.start())
    return word is None or b"/" not in word[0]


_TELLING = rb"[\"']?\$(?:http_authorization|(?:http|arg|cookie)_\w{0,32}(?:auth|key)|\w{0,64}?" + _NAME + rb"\w{0,32})[\"']?"
_BODY = rb"(?:[^{}\"']|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')*"


@cache
def _rules() -> tuple[_Rule, ...]:
    """Made at the first use: of many starts of the program only some mask anything."""
    return (
        _rule([b"-----begin"], rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----", rb".*?", rb"-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z"),
        _rule([b"://"], rb"://[^/\s:@\"']{0,256}:", rb"[^/\s@\"']+", rb"@"),
        _rule([b"://"], rb"://", rb"[^/\s:@\"']{16,}", rb"@"),
        _rule([b"authorization", b"cookie", b"x-"], rb"(?P<quote>[\"'])" + _HEADER + rb"\s*:", rb"(?:(?!(?P=quote))[^\\\n]|\\.)+"),
        _rule([b"authorization", b"cookie", b"x-"], rb"(?<![\"'])" + _HEADER + rb"\s*:", rb"[^\r\n\"]+(?:\"[^\"\r\n]*\"[^\"\r\n]*)*"),
        _rule([b"authorization", b"cookie", b"x-"], _HEADER + rb"[\"'](?:\s*,\s*|\]?\s*=\s*)", _VALUE),
        _rule([b"_header", b"_trailer", b"_param"],
              rb"\b(?:\w{0,24}_set_header|\w{0,24}add_header|add_trailer|\w{0,24}_param)\s+[\"']?[\w-]{0,64}?(?:authorization|cookie|[_-]key|"
              + _NAME + rb"|" + _SHORT + rb")[\w-]{0,32}[\"']?\s+", _VALUE),
        _rule([b"set", b"var"], rb"\b(?:set|perl_set|js_var)\s+\$\w{0,64}?" + _NAME + rb"\w{0,32}\s+", _VALUE),
        _rule([b"set_"], rb"\bset_(?:hmac|encrypt|decrypt)\w{0,24}\s+\$\w{1,64}\s+", _VALUE),
        _rule([b"pass", b"secret", b"key", b"token", b"_md5", b"_iv"],
              rb"(?:^|[;{}])[-+ \t]*\w{0,40}(?:passw(?:or)?d|secret|api_?key|jwt_key|session_(?:key|iv)|token|secure_link_md5)[ \t]+", _VALUE, rb"(?=\s*;)"),
        _rule([b"auth"], rb"\bredis2?_query\s+auth\s+|\bauth\(\s*", _VALUE),
        _rule([b"pass", b"pwd", b"pw", b"secret", b"token", b"key", b"credential", b"signature", b"auth", b"jwt", b"sig"],
              rb"(?P<quote>[\"'])[\w.\[\]-]{0,64}?(?:" + _NAME + rb"|" + _SHORT + rb")[\w.-]{0,32}=", rb"(?:(?!(?P=quote))[^\\\n]|\\.)+", rb"(?P=quote)"),
        _rule([b"pass", b"secret", b"token", b"key", b"credential", b"signature"], _NAME + rb"[\w.-]{0,32}[\"'\]]{0,2}[ \t]{0,8}" + _COMPARES, _VALUE),
        _rule([b"pass", b"secret", b"token", b"key", b"credential", b"signature"],
              _NAME + rb"[\w.-]{0,32}(?:[\"']\s{0,8}:\s{0,8}|\s{0,8}:\s{1,8})", _VALUE)._replace(is_one=_is_named),
        _rule([b"pass", b"pwd", b"pw", b"auth", b"jwt", b"sig"], _SHORT + rb"[\"'\]]{0,2}[ \t]{0,8}" + _COMPARES, _VALUE),
        _rule([b"$http_auth", b"$cookie_", b"$arg_", b"$http_x"],
              rb"\$(?:http_authorization|cookie_\w*(?:auth|key|sess|sid)\w*|(?:arg|http)_\w*(?:key|auth|sig|code|hash))[\"']?[ \t]{0,8}" + _COMPARES, _VALUE),
        _rule([b"?", b"&"], rb"[?&](?:key|code|hmac|md5|sid|session_?id|otp|ticket)=", _VALUE),
        _rule([b"pass", b"secret", b"token", b"key", b"credential"], rb"(?<![\w-])--?[\w-]{0,32}" + _NAME + rb"[\w-]{0,32}[ \t]+(?!-)", _VALUE),
        _rule([b"$", b"}"], rb":(?:\$(?:apr1|1|2[abxy]|5|6|y|gy|argon2\w{0,4}|scrypt)\$|\{(?:S?SHA|PLAIN|S?MD5|CRYPT)\d{0,3}\})", rb"[^\s:\"']+"),
        _rule([b"basic"], rb"\bbasic(?:\s|\\ )+", rb"[\w+/-]{4,}={0,2}")._replace(is_one=_is_basic),
        _rule([b"bearer"], rb"\bbearer(?:\s|\\ )+", rb"(?=[^\s\"';]{0,200}\d)[\w.~+/-]{8,}=*"),
        _rule([b"eyj", b"gh", b"glpat-", b"xox", b"sk_", b"akia", b"aiza"], b"",
              rb"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|\b(?:gh[opsur]_|github_pat_)\w{20,}|\bglpat-[\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bsk_(?:live|test)_\w{10,}"
              rb"|\bAKIA[0-9A-Z]{16}|\bAIza[\w-]{30,}", flags=0),
        _rule([b"connect(", b"__construct(", b"mysqli("],
              rb"(?:PDO->__construct|mysqli?(?:->__construct|->real_connect|_real_connect|_connect)?|pg_connect)\(", rb"[^()\n]{1,400}", rb"\)"),
    )  # fmt: skip


_OPTION = re.compile(rb"--?[\w-]{0,32}" + _NAME + rb"[\w-]{0,32}\Z", re.I)
_MAPS = ((_TELLING + rb"\s+\$\w+", "key"), (rb"\S+\s+" + _TELLING, "value"))
_WORD = rb"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s;\"'#]+)"
_ENTRY = re.compile(rb"#[^\n]*|(?P<key>" + _WORD + rb")(?P<gap>\s+)(?P<value>" + _WORD + rb")(?=\s*;)")
_KEPT = (b"default", b"include", b'""', b"''")


def mask(raw: bytes) -> bytes:
    """`raw` with its secrets replaced by "***": credentials in headers, passwords and tokens in directives, queries, commands and logs, private keys."""
    masked = b""
    while masked != raw:
        masked, raw = raw, _masked_once(raw)
    return raw


def mask_words(words: Sequence[str]) -> Iterator[str]:
    """The words of a command, each masked, and the one behind an option that names a secret ("--password")."""
    hides = False
    for word in words:
        raw = word.encode("utf-8", "surrogateescape")
        yield STARS.decode() if hides and raw and not raw.startswith(b"-") else mask(raw).decode("utf-8", "surrogateescape")
        hides = _OPTION.match(raw) is not None


def _masked_once(raw: bytes) -> bytes:
    lower = raw.lower()
    for rule in _rules():
        if any(trace in lower for trace in rule.traces):
            raw = rule.pattern.sub(_replacing(rule), raw)
    for head, part in _MAPS if b"map" in lower else ():
        raw = re.sub(rb"(?i)(?P<head>\bmap\s+" + head + rb"\s*\{)(?P<body>" + _BODY + rb")(?P<tail>\})", _entries(part), raw)
    return raw


def _replacing(rule: _Rule) -> Callable[[re.Match[bytes]], bytes]:
    def replaced(found: re.Match[bytes]) -> bytes:
        return found["head"] + _stars(found["secret"]) + found["tail"] if rule.is_one(found) else found[0]

    return replaced


def _stars(secret: bytes) -> bytes:
    """What is written in its place: quotes and line feeds are kept."""
    mark = secret[:1] if len(secret) > 1 and secret[:1] == secret[-1:] and secret[:1] in (b'"', b"'") else b""
    return mark + STARS + b"\n" * secret.count(b"\n") + mark


def _entries(part: str) -> Callable[[re.Match[bytes]], bytes]:
    """In a map whose source is a secret ("key"), or whose result is one ("value"): these words masked."""

    def entry(found: re.Match[bytes]) -> bytes:
        word, start, end = found[part], found.start(part) - found.start(), found.end(part) - found.start()
        return found[0] if word is None or word in _KEPT else found[0][:start] + _stars(word) + found[0][end:]

    return lambda found: found["head"] + _ENTRY.sub(entry, found["body"]) + found["tail"]
