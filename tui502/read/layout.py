"""How a configuration is laid out over its files: where sites are edited and how they are enabled, and files that are not what they seem."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from tui502.model.config import Config, Where, walk
from tui502.model.evidence import FileSeen, Seen
from tui502.model.layout import Kind, Layout, Oddity, SiteDirectory
from tui502.read.nginx_conf.glob import Pattern, has_magic
from tui502.read.unread import unread
from tui502.text import neutral

Files = Mapping[str, Seen[FileSeen]]
Dirs = Mapping[str, Seen[tuple[str, ...]]]

_BACKUP = re.compile(r"(?:~|#|\.(?:bak|backup|old|orig|save|sav|swp|rej|tmp|disabled|off|dist|dpkg-\w+|rpm\w+|ucf-\w+|\d{6,}))\Z|\A#", re.I)
"""Names that editors, packages and people give to copies."""

_ENABLED, _AVAILABLE = "enabled", "available"
MOST_COMPARED = 16
"""Copies that are compared with their originals, and names that the pattern does not take, of which links are told."""


def layout(config: Config) -> Layout:
    """The layout in use, by the includes of http; see `standing`."""
    found: dict[str, SiteDirectory] = {}
    loaded = Counter(one.file for one in config.walk() if one.name == "server" and one.opens >= 0 and not one.data)
    for http in config.root:
        for one in walk(http.children if http.name == "http" else ()):
            if one.name == "include" and len(one.args) == 1 and not one.data and has_magic(posixpath.basename(one.args[0])):
                place = _directory(config, one.args[0], one.where, loaded)
                if place is not None:
                    found.setdefault(place.path + "/" + place.pattern, place)
    return _of(sorted(found.values(), key=lambda place: -len(place.files)))


def _of(sites: list[SiteDirectory], root: str = "") -> Layout:
    return Layout("main" if not sites else "sites" if sites[0].edit != sites[0].path else "directory", tuple(sites), root)


def standing(found: Layout, dirs: Dirs, root: str) -> Layout:
    """The layout as it stands: where no directory of originals is there, sites are edited where they are enabled."""
    gone = {path for path in wanted_dirs(found) if (seen := dirs.get(path)) and seen.gap and seen.gap.why == "absent"}
    return _of([replace(place, edit=place.path) if place.edit in gone else place for place in found.directories], "" if root == "/" else root)


def _directory(config: Config, written: str, where: Where, loaded: Mapping[str, int]) -> SiteDirectory | None:
    """A directory that holds files with servers, or is named for them; None for one of modules, maps, snippets."""
    path = posixpath.join(posixpath.dirname(config.main), written)
    directory, pattern = posixpath.split(path)
    if has_magic(directory):
        return None
    inside, reaches = f"{directory.rstrip('/')}/", Pattern(pattern)
    names = (each[len(inside) :] for each in config.files if each.startswith(inside))
    files = tuple(name for name in names if "/" not in name and reaches(name))
    named = re.search(r"(?:sites|vhosts|servers|conf\.d|http\.d)", posixpath.basename(directory))
    if not named and not any(loaded[f"{directory}/{name}"] for name in files):
        return None
    base = posixpath.basename(directory)
    edit = posixpath.join(posixpath.dirname(directory), base.replace(_ENABLED, _AVAILABLE)) if base.endswith(_ENABLED) else directory
    return SiteDirectory(directory, edit, pattern, where, files, _dark(config, directory, reaches))


def _dark(config: Config, directory: str, reaches: Pattern) -> str:
    """What nginx would read in a directory, and could not be read here."""
    found = unread(config)
    if directory in found:
        return found[directory]
    names = [path for path in found if posixpath.dirname(path) == directory and reaches(posixpath.basename(path))]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{neutral(posixpath.basename(names[0]))}{more}: {found[names[0]]}" if names else ""


def ending(place: SiteDirectory) -> str | None:
    """What a name must end in to be taken ('' where any is), None where the pattern asks for more than an ending."""
    tail = place.pattern.removeprefix("*")
    return None if tail == place.pattern or has_magic(tail) or "\\" in tail else tail


def link_name(place: SiteDirectory, name: str) -> str:
    """A name for a link to a site that the pattern takes; '' where that cannot be told."""
    return next((each for each in (name, name + (ending(place) or "")) if Pattern(place.pattern)(each)), "")


def wanted_dirs(found: Layout) -> tuple[str, ...]:
    """Directories whose names tell which sites are there and not enabled."""
    return tuple(dict.fromkeys(place.edit for place in found.directories if place.edit != place.path))


def wanted_files(found: Layout, files: Files, dirs: Dirs) -> tuple[str, ...]:
    """Originals that are compared with copies which stand where a link is expected; and what may be a link that the pattern does not take."""
    copies = (f"{place.edit}/{name}" for place in found.directories for name in _copies(place, files, dirs))
    missed = (f"{place.path}/{name}" for place in found.directories if place.edit != place.path for name in _missed(place, dirs))
    return (*tuple(dict.fromkeys(copies))[:MOST_COMPARED], *tuple(dict.fromkeys(missed))[:MOST_COMPARED])


def _missed(place: SiteDirectory, dirs: Dirs) -> Iterator[str]:
    """Names beside the sites that the pattern does not take."""
    reaches = Pattern(place.pattern)
    yield from (name for name in _names(dirs, place.path) if not reaches(name) and not name.startswith("."))


def _copies(place: SiteDirectory, files: Files, dirs: Dirs) -> Iterator[str]:
    """Names of loaded files that are no links, although the directory of originals has the same name."""
    originals = frozenset(_names(dirs, place.edit) if place.edit != place.path else ())
    yield from (name for name in place.files if name in originals and not _is_link(files, f"{place.path}/{name}"))


def _is_link(files: Files, path: str) -> bool:
    seen = files.get(path)
    return bool(seen and seen.value and seen.value.link)


def _names(dirs: Dirs, path: str) -> tuple[str, ...]:
    seen = dirs.get(path)
    return (seen.value or ()) if seen else ()


def odd_files(config: Config, found: Layout, files: Files, dirs: Dirs) -> tuple[Oddity, ...]:
    """Copies, backups that are loaded, sites that are not enabled, files that no include reaches, files loaded twice. Nothing is said not to be loaded while
    something that may load it could not be read."""
    read, whole = {*config.files, *(_target(files, path) for path in config.files)}, not unread(config)
    inside = (each for place in found.directories for each in (*_loaded(place, files, dirs), *(_left_out(place, read, files, dirs) if whole else ())))
    return (*inside, *_twice(config, files))


def _loaded(place: SiteDirectory, files: Files, dirs: Dirs) -> Iterator[Oddity]:
    for name in _copies(place, files, dirs):
        here, original = files[f"{place.path}/{name}"], files.get(f"{place.edit}/{name}")
        same = original.value.data == here.value.data if original and original.value and here.value else None
        state = {None: "", True: ", the same text so far", False: " and differs from it"}[same]
        yield _oddity("stale_copy", place, name, f"is a file of its own, no link to {neutral(place.edit)}/{neutral(name)}{state}")
    for name in place.files:
        if _BACKUP.search(name):
            yield _oddity("backup_loaded", place, name, "looks like a backup, and nginx loads it")


def _left_out(place: SiteDirectory, read: Set[str], files: Files, dirs: Dirs) -> Iterator[Oddity]:
    """`read` are the files that any include brings, and those that links among them lead to."""
    missed = tuple(_missed(place, dirs))
    for name in missed:
        path = f"{place.path}/{name}"
        if path not in read:
            linked = f"is a link to {neutral(_target(files, path))}, and " if _is_link(files, path) else "is "
            end = "" if _BACKUP.search(name) else ending(place)
            needed = f"; its name must end in {neutral(end)}" if end else ""
            yield _oddity("not_included", place, name, f'{linked}not loaded: "{neutral(place.pattern)}" does not reach it{needed}')
    if place.edit != place.path:
        there = (*place.files, *missed)
        linked_to = {*there, *(posixpath.basename(_target(files, f"{place.path}/{name}")) for name in there)}
        which = f' that "{neutral(place.pattern)}" reaches' if ending(place) != "" else ""
        for name in _names(dirs, place.edit):
            seen = name in linked_to or f"{place.edit}/{name}" in read
            if not seen and not name.startswith(".") and not _BACKUP.search(name):
                text = f"{neutral(place.edit)}/{neutral(name)} is not enabled: nothing in {neutral(place.path)}{which} leads to it"
                yield Oddity("not_enabled", f"{place.edit}/{name}", text, None, place.where)


def _oddity(kind: Kind, place: SiteDirectory, name: str, text: str) -> Oddity:
    path = f"{place.path}/{name}"
    return Oddity(kind, path, f"{neutral(path)} {text}", Where(path, 1, 0, 0, (place.where.file,)) if kind != "not_included" else None, place.where)


def _target(files: Files, path: str) -> str:
    """The file that a path leads to."""
    seen = files.get(path)
    return (seen.value.real if seen and seen.value else "") or path


def _twice(config: Config, files: Files) -> Iterator[Oddity]:
    """The same file under two names, both with servers of http."""
    first: dict[str, str] = {}
    with_servers = {one.file for one in config.walk() if one.name == "server" and one.opens >= 0}
    for path in config.files:
        if path in with_servers:
            other = first.setdefault(_target(files, path), path)
            if other != path:
                text = f"{neutral(path)} is the same file as {neutral(other)}: its servers are loaded twice"
                yield Oddity("loaded_twice", path, text, Where(path, 1, 0, 0), Where(other, 1, 0, 0))
