"""Pure: edits on spans, diffs, and what is never done."""
