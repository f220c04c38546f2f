"""What passes `nginx -t` and is refused by the reload, or needs a restart: found by comparing a file before and after."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.config import Directive, walk
from tui502.read.nginx_conf import parse
from tui502.text import neutral

ONCE = {"pid": "the path of the pid file", "user": "the user of the workers", "load_module": "the loaded modules"}
"""Directives of the main level that a reload does not change cleanly."""


def restart_needed(file: str, before: bytes | None, after: bytes | None) -> tuple[str, ...]:
    """In words, what a reload may refuse of this change (each of them reproduced on nginx 1.22 and 1.31)."""
    old, new = (tuple(walk(parse(file, data or b"")[0])) for data in (before, after))
    return tuple(dict.fromkeys((*_listens(old, new), *_zones(old, new), *_caches(old, new), *_once(old, new))))


def _listens(old: tuple[Directive, ...], new: tuple[Directive, ...]) -> Iterator[str]:
    """An address of a port gives way to another of the same port: nginx's own socket is in the way."""
    was, now = ({_listen(each.args[0]) for each in tree if each.name == "listen" and each.args and not each.data} for tree in (old, new))
    for address, port in sorted(now - was):
        if any(other == port and before != address and "*" in (before, address) for before, other in was - now):
            yield f"listen {address}:{port} takes the place of another address of that port: nginx can do that only when it is restarted"
        elif port:
            yield f"listen {address}:{port} is new: the reload is refused if another process holds it"


def _listen(word: str) -> tuple[str, str]:
    if word.isdigit():
        return "*", word
    address, _, port = word.rpartition(":")
    return (address, port) if port.isdigit() else (word, "" if word.startswith("unix:") else "80")


def _zones(old: tuple[Directive, ...], new: tuple[Directive, ...]) -> Iterator[str]:
    was = _keys(old)
    for name, key in _keys(new).items():
        if was.get(name, key) != key:
            yield f"zone {neutral(name)} gets another key: nginx refuses that until it is restarted; another name for the zone works"


def _keys(tree: tuple[Directive, ...]) -> dict[str, str]:
    found = {}
    for each in tree:
        if each.name in ("limit_req_zone", "limit_conn_zone"):
            name = next((word[5:].partition(":")[0] for word in each.args if word.startswith("zone=")), "")
            found[name] = each.args[0] if each.args else ""
    return found


def _caches(old: tuple[Directive, ...], new: tuple[Directive, ...]) -> Iterator[str]:
    was = _stores(old)
    for name, place in _stores(new).items():
        if was.get(name, place) != place:
            yield f"cache {neutral(name)} gets another path or levels: nginx refuses that until it is restarted; another name for the zone works"


def _stores(tree: tuple[Directive, ...]) -> dict[str, tuple[str, str]]:
    found = {}
    for each in tree:
        if each.name.endswith("_cache_path") and each.args:
            words = {word.partition("=")[0]: word.partition("=")[2] for word in each.args[1:]}
            found[words.get("keys_zone", "").partition(":")[0]] = (each.args[0], words.get("levels", ""))
    return found


def _once(old: tuple[Directive, ...], new: tuple[Directive, ...]) -> Iterator[str]:
    for name, what in ONCE.items():
        was, now = ([each.args for each in tree if each.name == name] for tree in (old, new))
        if was != now:
            yield f"{name} changes: {what} may need a restart to take effect"
