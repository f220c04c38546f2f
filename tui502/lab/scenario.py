"""What a scenario is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui502.lab.bench import Bench
from tui502.lab.plan import Layout, Plan


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to break a site. `story` is how it breaks, `cause` the id of the cause, `fix` what mends it, in words; `path` is the request of the first site
    that must answer 200 in the end, and answers `status` once it is broken (0: nothing). `symptom`: a regular expression found in the record
    that nginx then writes, '' where it writes none. `expect`: "left_alone" where nothing must be changed, or nothing on this side mends it."""

    name: str
    title: str
    story: str
    cause: str
    fix: str
    path: str
    status: int
    symptom: str
    expect: Literal["repaired", "left_alone"]
    build: Callable[[Plan], Layout]
    break_: Callable[[Bench], None]
