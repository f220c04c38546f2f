"""nginx dials IPv4 and the backend serves IPv6 only, or the other way round.

**What happens.** An application told to listen on `localhost` or `::1` opens an IPv6 socket only; nginx connects to 127.0.0.1 (or the reverse), where nobody
listens. After an update of a runtime the same word may mean the other family. Where nginx itself is told `localhost`, that can mean both: it then dials both
in turn, and one of the two is refused.

**How it shows.** `connect() failed (111: Connection refused) while connecting to upstream`; with a name in the pass, on one of its two addresses.

**What tells it from its neighbours.** The listener table: the same port, the other family. Another address of the same family is `bound_elsewhere`,
another port `wrong_port`. A wildcard of IPv6 serves IPv4 too, unless its socket is for IPv6 only.

**What mends it.** A literal address the backend listens on, where the target is written. Risk: the next start may choose the other family again; a literal
address in the application's own configuration ends that.
"""

from __future__ import annotations

from tui502.causes import bound_elsewhere
from tui502.causes.cause import Cause, Opinion
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts

ID = "address_family"
RISK = "its next start may choose the other family again; a literal address in the application's own configuration ends that"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    return bound_elsewhere.opinion(ID, "family", evidence, facts, RISK)


CAUSE = Cause(ID, judge, __doc__ or "")
