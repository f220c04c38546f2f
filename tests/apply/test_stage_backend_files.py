"""A repair in a file of the backend's: nginx neither tests nor reloads for it, the program that reads the file does."""

from tests.causes.test_socket_permission import CONF, denied
from tui502.apply.stage import stage
from tui502.investigate import investigate


def test_pool_file_is_written_tested_by_php_fpm_and_loaded_by_a_restart() -> None:
    """If this fails, a pool's file is judged as nginx's, and a broken site elsewhere holds up the repair."""
    host = denied()
    incident = investigate(host.evidence())
    change = stage(incident.findings[0].fixes, incident, lambda _: host.extra_files[CONF], 1.0)
    assert [step.kind for step in change.steps] == ["precheck", "backup", "write", "test", "command", "verify", "decide"]
    assert change.steps[3].command is not None
    assert change.steps[3].command.argv == ("/usr/sbin/php-fpm", "-t", "-y", CONF)
    assert (change.reload, change.files[0].path, change.foreign) == (False, CONF, {})
