"""What ties a service or a process to a backend: its own words about the address, its name, its directory. A port that merely answers is no tie."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tui502.model.evidence import Process
from tui502.model.facts import Pass, Unit
from tui502.read.addresses import names_it, split
from tui502.read.memo import Memo
from tui502.text import neutral

_COMMON = frozenset(
    (
        "www", "web", "app", "apps", "server", "backend", "service", "site", "http", "https", "upstream", "api", "prod", "production",
        "staging", "live", "main", "default", "com", "net", "org", "example", "gunicorn", "uwsgi", "uvicorn", "node", "nodejs", "puma",
        "unicorn", "php", "fpm", "python", "flask", "django", "rails", "java", "tomcat", "srv",
    )
)  # fmt: skip
"""Words that many services bear: they tie only where nothing else is left of a name."""

_CALLERS = re.compile(r"curl|wget|http|nc|ncat|netcat|telnet|(?:wait-for(?:-it)?|wait4x)(?:\.sh)?|ab|hey|wrk|siege|ssh|autossh|cloudflared|ngrok")
"""Programs that call the addresses in their command line."""

_WITH_PATH = re.compile(r"[a-z]+://[^\s/]+/[^\s\"']+")
_WRAPPERS = frozenset(("env", "nice", "ionice", "timeout", "flock", "exec", "sudo"))


def names(passes: Iterable[Pass]) -> dict[str, frozenset[str]]:
    """How these passes call their backend, in words → the words of the name: the upstream group, the site, the first part of a location."""
    found: dict[str, frozenset[str]] = {}
    for route in passes:
        if route.group:
            found[f"group {neutral(route.group)}"] = _words(route.group)
        for name in route.names:
            label = _label(name)
            if label:
                found[neutral(name)] = _words(label)
        segment = _segment(route.location)
        if segment:
            found[f"location {neutral(route.location)}"] = _words(segment)
    return {text: words for text, words in found.items() if words}


def of_unit(unit: Unit, addresses: Iterable[str], called: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Reasons why this service is the backend behind `addresses`, strongest first: "names 127.0.0.1:3000", "bears the name of app.example.com" …"""
    named = next((address for address in addresses if names_address(unit, address)), "") if unit.serves else ""
    own = [_words(base) for base in _bases(unit.name)]
    bears = next((text for text, words in called.items() if words in own), "")
    reasons = (f"names {neutral(named)}" if named else "", f"bears the name of {bears}" if bears else "")
    return tuple(f"{neutral(unit.name)} {reason}" for reason in reasons if reason)


def names_address(unit: Unit, address: str) -> bool:
    """Does its start command, environment or socket unit hold this address to listen on? One that its command only calls is none."""
    return any(names_it(served, address) for served in unit.serves) and not _calls(unit.exec_start, unit.environment, split(address)[1])


def names_surely(unit: Unit, address: str) -> bool:
    """The same, written as an address or a port: a bare number among the words of a command may be anything."""
    port = split(address)[1]
    bare = re.search(rf"(?<!\S){port}(?!\S)", unit.exec_start) and not re.search(rf"(?i)(?::|port[\s=:\"']*|-p\s*){port}\b", unit.exec_start)
    return names_address(unit, address) and not (port and bare and str(port) not in unit.environment)


@lru_cache(4096)
def _calls(command: str, environment: str, port: int) -> bool:
    """Is a port in a command only called by it: a check, a wait, a tunnel, or an address with a path behind it?"""
    words = [word for word in command.split() if "=" not in word]
    while words and posixpath.basename(words[0]) in _WRAPPERS:
        words = [word for word in words[1:] if not word.startswith("-") and not word[0].isdigit()]
    if words and _CALLERS.fullmatch(posixpath.basename(words[0])):
        return True
    text = f"{command} {environment}"
    return bool(port) and str(port) in text and str(port) not in _WITH_PATH.sub(" ", text)


@dataclass(frozen=True)
class Services:
    """Services in order, found by the words of their names, and by the ports and paths that they name."""

    order: Mapping[str, int]
    by_words: Mapping[frozenset[str], tuple[Unit, ...]]
    by_place: Mapping[int | str, tuple[Unit, ...]]

    def naming(self, addresses: Iterable[str]) -> list[Unit]:
        """Those that name one of these addresses as their own."""
        found = {unit.name: unit for address in addresses for unit in self.by_place.get(_place(address), ()) if names_address(unit, address)}
        return sorted(found.values(), key=lambda unit: self.order[unit.name])

    def of(self, addresses: tuple[str, ...], called: dict[str, frozenset[str]]) -> list[Unit]:
        """Those that something ties to the backend behind `addresses`: see `of_unit`."""
        found = {unit.name: unit for words in called.values() for unit in self.by_words.get(words, ())}
        found |= {unit.name: unit for unit in self.naming(addresses)}
        return sorted(found.values(), key=lambda unit: self.order[unit.name])


def _place(address: str) -> int | str:
    _, port, path = split(address)
    return path or port


_services: Memo[Services] = Memo()


def services(units: tuple[Unit, ...]) -> Services:
    """The same services, to be found quickly."""
    return _services((units,), lambda: _indexed(units))


def _indexed(units: tuple[Unit, ...]) -> Services:
    by_words: dict[frozenset[str], dict[str, Unit]] = {}
    by_place: dict[int | str, dict[str, Unit]] = {}
    for unit in units:
        for base in _bases(unit.name):
            by_words.setdefault(_words(base), {})[unit.name] = unit
        for served in unit.serves:
            by_place.setdefault(_place(served), {})[unit.name] = unit
    return Services(
        {unit.name: n for n, unit in enumerate(units)},
        {words: tuple(found.values()) for words, found in by_words.items()},
        {place: tuple(found.values()) for place, found in by_place.items()},
    )


def bears_exactly(unit: Unit, passes: Iterable[Pass]) -> bool:
    """Is the whole name of this service that of the group or site of one of these passes, or of its location where that says more than "api"?"""
    own = _all_words(_bases(unit.name)[0])
    for route in passes:
        segment = _segment(route.location)
        called = [route.group, *map(_label, route.names), *([segment] if _words(segment) - _COMMON else [])]
        if own and own in map(_all_words, filter(None, called)):
            return True
    return False


def of_process(process: Process, directories: Iterable[str], called: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Reasons why this process is that backend: it works where the stopped service of the backend would, or in a directory of its name."""
    directory = process.cwd
    if not directory.startswith("/") or directory.count("/") < 2:
        return ()
    if directory in directories:
        return (f"works in {neutral(directory)}, as the service of this backend",)
    found = words_of_directory(directory)
    return next(((f"works in {neutral(directory)}, the name of {text}",) for text, words in called.items() if words in found), ())


@lru_cache(4096)
def words_of_directory(directory: str) -> tuple[frozenset[str], ...]:
    """The telling words of the last parts of a directory of an application: ({shop},) of /srv/shop/current."""
    if not directory.startswith("/") or directory.count("/") < 2:
        return ()
    parts = (_words(part) for part in directory.split("/")[-3:] if part not in ("current", "releases", "app", "src", "public", "html"))
    return tuple(words for words in parts if not words <= _COMMON)


def _segment(location: str) -> str:
    """The first part of a location, where it is a name: "shop" of "/shop/cart"."""
    segment = location.lstrip("^~= ").strip("/").split("/")[0]
    return segment if re.fullmatch(r"[\w-]+", segment) else ""


def _label(name: str) -> str:
    """The part of a server name that says which site it is: "shop" of shop.example.com, "example" of www.example.com and example.com."""
    labels = [label for label in name.strip(".").split(".") if label not in ("*", "")]
    if not labels or name.startswith("~") or name == "_":
        return ""
    if labels[0] == "www" and len(labels) > 2:
        return labels[1]
    return labels[0]


@lru_cache(4096)
def _bases(unit: str) -> tuple[str, ...]:
    """Names within a service's name: "shop@1.service" → shop; "shop:web_00" → shop, web; "shop (/a/supervisord.conf)" → shop."""
    base = posixpath.basename(unit.partition(" (")[0]).removesuffix(".service")
    return tuple(re.sub(r"_\d+$", "", part) for part in (base.partition("@")[0].split(":") if ":" in base else [base.partition("@")[0]]))


@lru_cache(4096)
def _all_words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[^a-z0-9]+", name.lower()) if word)


@lru_cache(4096)
def _words(name: str) -> frozenset[str]:
    """The telling words of a name: "shop-api" and "shop_web" are both {shop}; a name of common words only keeps them all."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word and not word.isdigit()]
    return frozenset(word for word in words if word not in _COMMON) or frozenset(words)
