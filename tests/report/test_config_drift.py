"""`tui502 config`: what nginx does not run of what lies on disk, file by file."""

from dataclasses import replace

from tests.builder import APP, CONF, MAIN, NOW, SITE, Host, file, seen, without
from tui502.investigate import investigate
from tui502.read.facts import read_facts
from tui502.report import as_json, config_json, config_text

OLD = "/etc/nginx/sites-enabled/old"
KEY = 'proxy_set_header Authorization "Bearer s3cr3t-t0k3n";\n'


def test_each_file_that_is_not_what_runs_is_told_with_its_diff():
    """If it fails, a person reloads without knowing whose change that loads."""
    host = Host(in_memory={CONF: MAIN.encode(), SITE: APP.replace("3000", "3005").encode(), OLD: b"server {\n}\n"})
    host.sites["new"] = "server {\n    listen 81;\n}\n"
    facts = read_facts(host.evidence())
    drift = {each["path"].rpartition("/")[2]: each for each in config_json.document(facts)["drift"]}
    assert {name: each["state"] for name, each in drift.items()} == {"app": "differs", "new": "new", "old": "gone"}
    assert "-    server 127.0.0.1:3005;\n+    server 127.0.0.1:3000;" in drift["app"]["diff"]
    assert (drift["app"]["lines"], drift["app"]["changed_at"][:10]) == (1, "2026-11-20")
    assert "--- /dev/null" in drift["new"]["diff"]
    assert "+++ /dev/null" in drift["old"]["diff"]
    assert f"# still running: {OLD}: nginx runs its text, and no include on disk leads to it" in config_text.text(facts)


def test_what_is_wrong_in_a_file_is_said_with_its_place():
    """If it fails, "the block is not closed" stands there and nobody knows in which of the files."""
    host = Host()
    host.sites["app"] = "server {\n    listen 81;\n"
    assert f'# {SITE}:1: the block "server" is not closed' in config_text.text(read_facts(host.evidence()))


def test_what_could_not_be_told_is_said_and_secrets_stay_secret():
    host = Host(in_memory={CONF: MAIN.encode(), SITE: APP.encode()})
    facts = read_facts(without(host.evidence(), SITE))
    (told,) = config_json.document(facts)["drift"]
    assert (told["state"], told["why"], told["diff"]) == ("unknown", "there is no right to read it", "")
    host.sites["app"] = APP + KEY
    (told,) = config_json.document(read_facts(host.evidence()))["drift"]
    assert "Authorization" in told["diff"]
    assert "s3cr3t" not in told["diff"]


def test_a_file_that_was_only_touched_is_not_told_to_differ() -> None:
    """If it fails, a script reloads, or alarms, because somebody saved a file without a change."""
    evidence = Host().evidence()
    evidence = replace(evidence, files={**evidence.files, SITE: seen(file(APP.encode(), NOW - 60))})
    found = config_json.document(read_facts(evidence))
    (told,) = found["drift"]
    assert (found["running_config"], told["state"]) == ("unknown", "unknown")
    assert (found["running_config_why"], "was written after" in told["why"]) == ("files are newer than nginx's workers", True)
    nginx = as_json.document(investigate(evidence), 1)["nginx"]
    assert (nginx["running_config"], nginx["running_config_why"]) == ("unknown", "files are newer than nginx's workers")
    exact = config_json.document(read_facts(Host(in_memory={CONF: MAIN.encode(), SITE: b""}).evidence()))
    assert (exact["running_config"], exact["drift"][0]["state"]) == ("differs", "differs")


def test_another_root_directory_is_named_where_paths_are() -> None:
    """If it fails, a person edits the file of that name on the host, and nginx in its chroot never sees it."""
    evidence = Host().evidence()
    view = evidence.view.value
    assert view is not None
    evidence = replace(evidence, view=seen(replace(view, root="/srv/jail", local=False)))
    facts = read_facts(without(evidence, "nginx -t"))
    told = config_text.text(facts)
    assert "# all paths are those below /srv/jail, the root directory of this nginx" in told
    edit, enable = "edit /srv/jail/etc/nginx/sites-available/NAME", "(ln -s /etc/nginx/sites-available/NAME /srv/jail/etc/nginx/sites-enabled/)"
    assert edit in told
    assert enable in told
    assert "# nginx -t was not run: this nginx has another root directory, /srv/jail (by hand: closes nginx -t)" in told
    assert (config_json.document(facts)["root"], config_json.document(read_facts(Host().evidence()))["root"]) == ("/srv/jail", "/")
