"""Which addresses a service listens on, as far as its start command, environment or socket unit say so.

Only what is written as an address of its own counts: databases, caches and other targets that a backend dials are left out by the name of
their option or variable, and by the scheme of their URL.
"""

from __future__ import annotations

import re
import shlex

_DIALLED = re.compile(
    r"(?i)(?:^|[_\W-])(?:db|database|postgres|pg|mysql|mariadb|redis|mongo|smtp|mail|amqp|rabbit|kafka|cache|memcache|elastic|broker|"
    r"upstream|backend|target|remote|proxy|statsd|sentry|ldap)"
)
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*)://(?:[^/@\s]*@)?([^\s/'\"]*)")
_HOST_PORT = re.compile(r"(?<![\w.:/@-])(\[[0-9a-fA-F:]+\]|\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|):(\d{2,5})(?![\w.:])")
_UNIX = re.compile(r"(?:unix:(?://)?)?(/(?:run|tmp|var|srv|opt|home|dev/shm)/[^\s,;'\"=]*\.sock(?:et)?)\b")
_PORT_OPTION = re.compile(r"(?i)^-{0,2}[\w.-]*port[=:]?(\d{2,5})?$")
_PORT_NAME = re.compile(r"(?:^|_)PORT$")
_LISTEN_NAME = re.compile(r"(?:^|_)(?:LISTEN|BIND|ADDR|ADDRESS|URLS?|SOCKET|HOST|LISTEN_ADDR|LISTEN_ADDRESS|BIND_ADDR)$")


def of_command(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses in an argv: host:port words, socket paths, and the values of options that end in "port"."""
    found: list[str] = []
    before = ""
    for word in argv[1:]:
        option = before or word
        if not _DIALLED.search(option.partition("=")[0]):
            found += _in_word(word, before)
        before = word if word.startswith("-") and "=" not in word else ""
    return tuple(dict.fromkeys(found))


def of_environment(pairs: dict[str, str]) -> tuple[str, ...]:
    """Addresses in environment variables: PORT (with HOST beside it), LISTEN, BIND, …_ADDR, …_SOCKET and the like."""
    found: list[str] = []
    for name, value in pairs.items():
        if _DIALLED.search(name):
            continue
        if _PORT_NAME.search(name) and value.isdigit():
            host = pairs.get(name[: -len("PORT")] + "HOST", "")
            found.append(f"[{host}]:{value}" if ":" in host else f"{host}:{value}")
        elif _LISTEN_NAME.search(name):
            found += of_text(value)
    return tuple(dict.fromkeys(found))


def of_text(text: str) -> tuple[str, ...]:
    """Every address in a text that is known to hold addresses to listen on."""
    urls = [place if ":" in place else "" for scheme, place in _URL.findall(text) if scheme in ("http", "https", "tcp")]
    rest = _URL.sub(" ", text)
    found = [f"{host}:{port}" for host, port in _HOST_PORT.findall(" ".join((rest, *urls)))]
    return tuple(dict.fromkeys((*found, *(f"unix:{path}" for path in _UNIX.findall(rest)))))


def words(text: str) -> list[str]:
    """`text` split as a command line, quotes resolved; a text whose quotes do not close is split at blanks."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def pairs(text: str) -> dict[str, str]:
    """NAME=value words as systemd writes them."""
    return {name: value for name, mark, value in (word.partition("=") for word in words(text)) if mark}


def _in_word(word: str, option: str) -> list[str]:
    found = list(of_text(word.partition("=")[2] if word.startswith("-") and "=" in word else word))
    port = _PORT_OPTION.match(word)
    if port and port[1]:
        found.append(f":{port[1]}")
    elif word.isdigit() and 80 <= int(word) <= 65535 and (not option or option == "-p" or _PORT_OPTION.match(option)):
        found.append(f":{word}")
    return found
