"""Tables of nginx's directives by their families: what they do, where newer ones may stand."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.read.known.answers import ANSWERS
from tui502.read.known.clients import CLIENTS
from tui502.read.known.common import COMMON
from tui502.read.known.newer import NEWER
from tui502.read.known.ordinary import CHANGED, IN_GROUP, ORDINARY
from tui502.read.known.other_proxies import OTHER_PROXIES
from tui502.read.known.process import PROCESS
from tui502.read.known.upstream import UPSTREAM

WORDS: Mapping[str, str] = {**COMMON, **CLIENTS, **ANSWERS, **PROCESS, **OTHER_PROXIES}
"""What directives without a family of backends do."""

__all__ = ["CHANGED", "IN_GROUP", "NEWER", "ORDINARY", "UPSTREAM", "WORDS"]
