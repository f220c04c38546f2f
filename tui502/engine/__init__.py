"""All that a front end may call: one investigation on this host, or of a recording, behind the same interface.

Nothing else of ours is imported before it is used: the first screen stands before the investigation begins.
"""

from tui502.engine.live import LiveSession
from tui502.engine.once import FIRST_VIEW, diagnose, diff_text, gather, history_text, judged, misfit, record, report_text
from tui502.engine.replay import ReplaySession
from tui502.engine.routed import configured, route

__all__ = [
    "FIRST_VIEW", "LiveSession", "ReplaySession", "configured", "diagnose", "diff_text", "gather", "history_text", "judged", "misfit", "record",
    "report_text", "route",
]  # fmt: skip
