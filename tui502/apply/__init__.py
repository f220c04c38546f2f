"""Changes the host safely: journal, runner, decision, recovery."""
