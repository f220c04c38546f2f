"""nginx's access logs, read by the `log_format` in which they are written.

`form` makes a format into a pattern of its lines, `segments` says which of its variables can be told, `tries` what became of a request by the lists of
`$upstream_…`, `tallies` counts, `written` finds the formats in a configuration. A line of an unknown format: `heuristic`. nginx escapes line feeds, so that
one line is one request; only with `escape=none` a client may forge lines.
"""

from tui502.read.access_log.form import Form, form
from tui502.read.access_log.heuristic import status
from tui502.read.access_log.moments import moment
from tui502.read.access_log.tallies import LINE_CAP, AccessTallies
from tui502.read.access_log.tries import ANSWERED, FAILED, GATEWAY, HIDDEN, KINDS, SAVED, TRIED, UNASKED
from tui502.read.access_log.written import formats_of, forms, untold

__all__ = [
    "ANSWERED", "FAILED", "GATEWAY", "HIDDEN", "KINDS", "LINE_CAP", "SAVED", "TRIED", "UNASKED", "AccessTallies", "Form", "form",
    "formats_of", "forms", "moment", "status", "untold",
]  # fmt: skip
