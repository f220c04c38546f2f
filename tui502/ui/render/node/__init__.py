"""The detail of a node of the tree: all that is known of a peer, a listener, a process, a service, or of what leads there."""

from tui502.ui.render.node.page import rows, title

__all__ = ["rows", "title"]
