"""The four panes and "why": plain widgets that draw rows line by line."""
