"""Edits of systemd's unit files and drop-ins, and new drop-ins."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from tui502.fix.settings import added, replaced
from tui502.fix.words import EditRefused
from tui502.model.findings import Edit
from tui502.read.unit_text import lines

NAME = "override.conf"
"""The drop-in that `systemctl edit` makes, which is where people look."""

LAST = "zz-tui502.conf"
"""The name of a drop-in that must come behind others; they are read in the order of their names."""

_LISTS = re.compile(
    r"(?:Exec\w+|Listen\w+|Environment(?:File)?|PassEnvironment|UnsetEnvironment|SupplementaryGroups|RestrictAddressFamilies|IPAddress\w+|BindPaths|BindReadOnlyPaths"
    r"|(?:ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|TemporaryFileSystem|(?:Runtime|State|Cache|Logs|Configuration)Directory|CapabilityBoundingSet"
    r"|AmbientCapabilities|SystemCall(?:Filter|Architectures|Log)|Device\w+|(?:Load|Set|Import)Credential\w*|After|Before|Wants|Requires|Requisite|BindsTo|PartOf|Conflicts"
    r"|Condition\w+|Assert\w+|Documentation|WantedBy|RequiredBy|Alias|Also|Symlinks|Sockets|OpenFile|LogExtraFields|Restart\w*ExitStatus)\Z"
)
"""Settings that add up instead of taking each other's place."""

_KEY = re.compile(r"[A-Z][A-Za-z0-9]*\Z", re.ASCII)
_SECTION = re.compile(r"(?:Unit|Install|Service|Socket|Slice|Mount|Timer|Path)\Z")


def drop_in(unit: str, known: Iterable[str]) -> str:
    """The file in which a setting of a unit is changed: its own drop-in of the administrator's, behind all that are `known` (paths of drop-ins)."""
    names = {posixpath.basename(path) for path in known}
    name = NAME if all(other <= NAME for other in names) else LAST
    if any(other > name for other in names):
        raise EditRefused("another drop-in would have the last word")
    return f"/etc/systemd/system/{unit}.d/{name}"


def set_keys(file: str, data: bytes, section: str, values: Mapping[str, str]) -> tuple[Edit, ...]:
    """Give these settings of a section their values: in their place where they are written (the last one counts), else on new lines at its end; a file that
    is empty or not there gets its title too. Raises EditRefused, also for settings that are lists."""
    texts = {key: _written(section, key, value) for key, value in values.items()}
    if not data:
        body = b"".join(b"%s=%s\n" % (key.encode(), text) for key, text in texts.items())
        return (Edit(file, 0, 0, b"", f"[{section}]\n".encode() + body),)
    own = [entry for entry in lines(data) if entry.section == section]
    last = {entry.key: entry for entry in own}
    if any(b"\\" in data[entry.start : entry.end] for key, entry in last.items() if key in texts):
        raise EditRefused("the value goes over several lines")
    new = [b"%s=%s" % (key.encode(), text) for key, text in texts.items() if key not in last]
    if new and not own:
        raise EditRefused(f"the file has no section {section}")
    edits = tuple(replaced(file, data, last[key], text) for key, text in texts.items() if key in last)
    return (*edits, added(file, data, own[-1], new)) if new else edits


def _written(section: str, key: str, text: str) -> bytes:
    if not _SECTION.match(section) or not _KEY.match(key):
        raise EditRefused("there is no such setting")
    if _LISTS.match(key):
        raise EditRefused(f"{key} is a list: what is added to it or taken from it is for a person to decide")
    if not is_clean(text.encode()):
        raise EditRefused("the value cannot be written in such a file")
    return text.encode()


def is_clean(raw: bytes) -> bool:
    """Whether systemd takes the value for what is written: no escape, no specifier, nothing that cannot be seen."""
    text = raw.decode("utf-8", "replace")
    return bool(text) and text == text.strip() and text.isprintable() and "%" not in text and "\\" not in text
