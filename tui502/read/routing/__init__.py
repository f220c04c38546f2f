"""Which `*_pass` there are, what they dial, and the way of a request to one of them."""

from tui502.read.routing.locate import Located, locate, located
from tui502.read.routing.passes import routes
from tui502.read.routing.way import way

__all__ = ["Located", "locate", "located", "routes", "way"]
