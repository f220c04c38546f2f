"""Boxes that lie over the panes: the question and the help."""
