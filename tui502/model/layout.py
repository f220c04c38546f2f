"""How a configuration is laid out over its files, and what in it surprises: facts for causes and screens, no findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui502.model.config import Where

Style = Literal["sites", "directory", "main"]
Kind = Literal[
    "duplicate_name", "unreachable", "shadowed", "default_by_order", "no_listen", "plain_443", "no_ipv6", "unused_upstream",
    "stale_copy", "backup_loaded", "loaded_twice", "not_enabled", "not_included",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteDirectory:
    """A directory whose files nginx includes where servers stand. `pattern` is what of it, `where` the include. Sites are edited in `edit` and enabled by a
    link in `path`; where `edit` is `path` itself, a file there is enabled as it is. `files` are the names that are loaded, in order; `dark` says what of it
    could not be read, and why."""

    path: str
    edit: str
    pattern: str
    where: Where
    files: tuple[str, ...]
    dark: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """`style`: "sites" (sites-available, linked into sites-enabled), "directory" (conf.d and the like), "main" (servers stand in the main file alone).
    `directories` are those for sites, the one with most of them first. `root` is the directory that nginx takes for "/", where that is not ours, else ''."""

    style: Style
    directories: tuple[SiteDirectory, ...]
    root: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that surprises. `what` is the name, address, file or group it is about, `text` a sentence for a person.
    `where` is the place it is about, `other` the one that it has to do with (the server that has the name already …).

    duplicate_name: nginx ignores a name that another server has · unreachable: no request can reach the server · shadowed: requests to one address never
    see servers on its wildcard · default_by_order: the first file decides who takes unknown names · no_listen · plain_443: no TLS on port 443 ·
    no_ipv6: others listen on [::] too · unused_upstream · stale_copy: a file, not a link, in the directory of links · backup_loaded: nginx reads a backup ·
    loaded_twice · not_enabled: there to be linked, but is not · not_included: beside the sites, but no include reaches it."""

    kind: Kind
    what: str
    text: str
    where: Where | None
    other: Where | None = None
