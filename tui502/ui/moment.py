"""What the screen is a function of: one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui502.model.changes import Progress, Receipt, StagedChange, Tested
    from tui502.model.config import Where
    from tui502.model.findings import Finding, Fix, Incident


class Chosen(NamedTuple):
    """The shared selection, by identity: ids of finding and fix, key of a node, place in the configuration."""

    finding: str = ""
    fix: str = ""
    node: str = ""
    where: Where | None = None


OWN = "your own text"
"""What a staged change is called when a person has edited it."""

NOTHING = Chosen()
"""No selection."""


class Offer(NamedTuple):
    """An offered fix with the letter it is known by on the screen."""

    letter: str
    finding: Finding
    fix: Fix


@dataclass(frozen=True, eq=False)
class Moment:
    """All that is shown. `now` is epoch seconds (that of the recording, when there is one); `busy` is a job of the session under way
    ("staging", "testing", "applying"), `asking` that the question is open; `refusal` why the last change was not made; `diff` the staged text;
    `letters` the offers that are staged, as they were lettered then;
    `order` the ids of fixes in the order in which they stay although their findings are ranked anew, () for that of the findings;
    `watched` is the time since which it is watched, 0 for not at all; `before` what was known when the question was answered."""

    incident: Incident | None = None
    progress: Progress | None = None
    staged: StagedChange | None = None
    tested: Tested | None = None
    tested_at: float = 0.0
    diff: str = ""
    letters: str = ""
    order: tuple[str, ...] = ()
    chosen: Chosen = NOTHING
    now: float = 0.0
    busy: str = ""
    asking: bool = False
    refusal: str = ""
    live: bool = True
    read_only: bool = False
    watched: float = 0.0
    before: Incident | None = None

    @property
    def utc_offset(self) -> int:
        return self.incident.evidence.utc_offset if self.incident else 0

    @property
    def host(self) -> str:
        return self.incident.evidence.host if self.incident else ""

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All offers, lettered from A: those that stood there before in their order, then in the order of the findings."""
        if self.incident is None:
            return ()
        pairs = [(finding, fix) for finding in self.incident.findings for fix in finding.fixes]
        places = {fix: n for n, fix in enumerate(self.order)}
        pairs.sort(key=lambda pair: places.get(pair[1].id, len(places)))
        return tuple(Offer(_letter(n), finding, fix) for n, (finding, fix) in enumerate(pairs))

    def ordered(self, incident: Incident) -> tuple[str, ...]:
        """The fixes of a new incident in the order in which they stand now, new ones last."""
        now = [fix.id for finding in incident.findings for fix in finding.fixes]
        kept = [offer.fix.id for offer in self.offers if offer.fix.id in now]
        return (*kept, *(fix for fix in now if fix not in kept))

    @property
    def offer(self) -> Offer | None:
        """The selected offer."""
        return next((offer for offer in self.offers if offer.fix.id == self.chosen.fix), None)

    @property
    def receipt(self) -> Receipt | None:
        return self.progress.receipt if self.progress else None

    @property
    def deciding(self) -> bool:
        return self.progress is not None and self.progress.phase == "deciding"

    @property
    def changing(self) -> bool:
        """A change is being applied or decided."""
        return self.progress is not None and self.progress.phase != "done"

    @property
    def repairing(self) -> bool:
        """From staging until the receipt is left."""
        return self.staged is not None or self.progress is not None


def _letter(n: int) -> str:
    return chr(ord("A") + n) if n < 26 else f"{chr(ord('A') + n // 26 - 1)}{chr(ord('A') + n % 26)}"
