"""Which listening unix socket may be the backend of a peer whose own socket is missing or dead. Each needs a tie: being there is none."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from tui502.model.evidence import Listener, Process
from tui502.model.facts import Candidate, Pass, Pool, Unit
from tui502.read import ties
from tui502.read.hosted import Asked, Hosted, status_of
from tui502.text import neutral

_VERSION = re.compile(r"[-_.]?\d+(?:\.\d+)*(?=[-_.]|fpm|\Z)|(?<=php)\d+(?:\.\d+)*")
_SUFFIX = re.compile(r"\.(?:sock|socket|s)\Z")
_SHARED = frozenset(("run", "tmp", "var", "php", "php-fpm", "sockets", "sock", "lock", "shm"))
"""Names of directories in which the sockets of many services lie."""


def unix_candidates(
    host: Hosted, asked: Asked, passes: tuple[Pass, ...], aliases: tuple[str, ...], called: dict[str, frozenset[str]], expected: tuple[str, ...],
    pools: tuple[Pool, ...],
) -> tuple[Candidate, ...]:  # fmt: skip
    """Listening unix sockets tied to the backend at `aliases` (its dead addresses, the configured one first), most ties first.

    What another peer dials already is none, but for a pool of PHP-FPM, which many sites share.
    """
    found: list[Candidate] = []
    listening = {pool.listen: pool for pool in reversed(pools)}
    for item, process, unit in host.sockets:
        address = f"unix:{item.path}"
        if address in aliases:
            continue
        if _is_fpm(process):
            reasons = list(_ties_of_pool(item, listening.get(address), passes, aliases[0], called))
        else:
            reasons = [] if address in host.routed else list(_ties_of_service(host, item, process, host.units.get(unit), aliases, called, expected))
        if reasons:
            found.append(_candidate(asked, address, process, unit, reasons))
    return tuple(sorted(found, key=lambda each: (-len(each.ties), each.address)))


def _candidate(asked: Asked, address: str, process: Process | None, unit: str, reasons: list[str]) -> Candidate:
    answered = next((seen.value for seen in asked.get(address, ()) if seen.value and status_of(seen.value) is not None), None)
    return Candidate(
        address=address,
        pid=process.pid if process else 0,
        process=neutral(process.name) if process else "",
        unit=neutral(unit),
        ties=tuple(dict.fromkeys(reasons)),
        status=status_of(answered) if answered else None,
        title="",
        server="",
    )


def _is_fpm(process: Process | None) -> bool:
    return process is not None and (process.name.startswith("php-fpm") or " ".join(process.argv[:1]).startswith("php-fpm:"))


def _ties_of_pool(item: Listener, pool: Pool | None, passes: tuple[Pass, ...], dialled: str, called: dict[str, frozenset[str]]) -> Iterator[str]:
    """A socket of PHP-FPM: the same name in another version, the pool's name in the dialled one, the name of the site or group."""
    if not any(route.family == "fastcgi" for route in passes):
        return
    here, there = posixpath.basename(item.path), posixpath.basename(dialled.removeprefix("unix:"))
    if "php" in there and family(here) == family(there):
        yield f"{neutral(here)} is {neutral(there)} but for the version"
    if pool is None:
        return
    name = neutral(pool.name)
    if _SUFFIX.sub("", there) == pool.name or ((words := _telling(there)) and words == _telling(pool.name)):
        yield f"pool {name} bears the name of {neutral(there)}"
    elif text := next((text for text, words in called.items() if words == _telling(pool.name)), ""):
        yield f"pool {name} bears the name of {text}"


@lru_cache(4096)
def family(name: str) -> str:
    """The base name of a PHP socket without its version: "php8.1-fpm.sock", "php81-fpm.sock" and "php-fpm.sock" are all "php-fpm.sock"."""
    return _VERSION.sub("", name)


@lru_cache(4096)
def _telling(name: str) -> frozenset[str]:
    """The words of a socket's or pool's name that say whose it is: "php8.2-fpm-shop.sock" → {shop}, "www" and "php-fpm.sock" → {}."""
    words = [word for word in re.split(r"[^a-z0-9]+", _SUFFIX.sub("", name.lower())) if word and not word.isdigit()]
    return frozenset(word for word in words if not re.fullmatch(r"php\d*|fpm\d*|www|default|cgi|fastcgi|pool|sock", word))


def _ties_of_service(
    host: Hosted, item: Listener, process: Process | None, unit: Unit | None, aliases: tuple[str, ...], called: dict[str, frozenset[str]],
    expected: tuple[str, ...],
) -> Iterator[str]:  # fmt: skip
    if unit:
        yield from ties.of_unit(unit, aliases, called)
    if process:
        directories = {host.units[name].directory for name in expected if ties.names_address(host.units[name], aliases[0])} - {"", "/"}
        yield from ties.of_process(process, directories, called)
    folder = posixpath.dirname(item.path)
    name = posixpath.basename(folder)
    if name in _SHARED or folder not in [posixpath.dirname(alias.removeprefix("unix:")) for alias in aliases]:
        return
    alone = sum(1 for each in host.listeners if each.family == "unix" and posixpath.dirname(each.path) == folder) == 1
    if alone and _telling(name) and any(words <= _telling(name) for words in called.values()):
        yield f"lies in {neutral(folder)} too, alone"
