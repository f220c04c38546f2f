"""What ties a service or a process to a backend: its own words about the address, its name, its directory. A port that merely answers is no tie."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache

from tui502.model.evidence import Process
from tui502.model.facts import Pass, Unit
from tui502.read.addresses import names_it
from tui502.text import neutral

_COMMON = frozenset(
    (
        "www", "web", "app", "apps", "server", "backend", "service", "site", "http", "https", "upstream", "api", "prod", "production",
        "staging", "live", "main", "default", "com", "net", "org", "example", "gunicorn", "uwsgi", "uvicorn", "node", "nodejs", "puma",
        "unicorn", "php", "fpm", "python", "flask", "django", "rails", "java", "tomcat", "srv",
    )
)  # fmt: skip
"""Words that many services bear: they tie only where nothing else is left of a name."""


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
        segment = route.location.lstrip("^~= ").strip("/").split("/")[0]
        if segment and re.fullmatch(r"[\w-]+", segment):
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
    """Does its start command, environment or socket unit hold this address to listen on?"""
    return any(names_it(served, address) for served in unit.serves)


def of_process(process: Process, directories: Iterable[str], called: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Reasons why this process is that backend: it works where the stopped service of the backend would, or in a directory of its name."""
    directory = process.cwd
    if not directory.startswith("/") or directory.count("/") < 2:
        return ()
    if directory in directories:
        return (f"works in {neutral(directory)}, as the service of this backend",)
    parts = [part for part in directory.split("/")[-3:] if part not in ("current", "releases", "app", "src", "public", "html")]
    for text, words in called.items():
        if any(_words(part) == words and not words <= _COMMON for part in parts):
            return (f"works in {neutral(directory)}, the name of {text}",)
    return ()


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
def _words(name: str) -> frozenset[str]:
    """The telling words of a name: "shop-api" and "shop_web" are both {shop}; a name of common words only keeps them all."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word and not word.isdigit()]
    return frozenset(word for word in words if word not in _COMMON) or frozenset(words)
