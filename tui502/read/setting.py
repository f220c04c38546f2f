"""What holds for the backends of a family at a place of the configuration, nginx's own default included."""

from __future__ import annotations

from typing import NamedTuple

from tui502.model.config import Config, Where
from tui502.model.facts import Effective, Family
from tui502.read.defaults import default
from tui502.read.effective import effective
from tui502.read.families import PREFIXES


class Setting(NamedTuple):
    """A value in effect, and where it is set: None for nginx's own default. `value` is '' where nothing is set and there is no default."""

    value: str
    set_at: Effective | None


def setting(config: Config, at: Where, family: Family, name: str, version: str) -> Setting:
    """The value of `<prefix of the family>_<name>` at a place, for a version of nginx ("1.22.1")."""
    found = effective(config, at, f"{PREFIXES[family]}_{name}")
    return Setting(found.value, found) if found else Setting(default(name, version), None)
