"""Which `*_pass` there are, what they dial, and which of them answers a request."""

from tui502.read.routing.locate import Located, locate, located
from tui502.read.routing.passes import routes

__all__ = ["Located", "locate", "located", "routes"]
