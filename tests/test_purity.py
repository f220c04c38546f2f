"""The pure stages open nothing: an audit hook in a fresh interpreter sees every file, socket and process they would touch."""

import subprocess
import sys

PROGRAM = """
import sys
import tui502.text, tui502.investigate, tui502.read.plan, tui502.report.verdict, tui502.report.as_json, tui502.report.as_text, tui502.report.as_markdown
from tui502.collect.recording import load
incident_file = sys.argv[1]
evidence = load(incident_file)
import crossplane, difflib, json, hashlib, msgspec, encodings.idna
from tui502.investigate import investigate
from tui502.report import as_json, as_markdown, as_text, verdict
from tui502.read.plan import plan
investigate(evidence); plan(evidence)

touched = []
def hook(event, args):
    if event.split(".")[0] in ("open", "socket", "subprocess", "os", "shutil", "glob", "ctypes", "pathlib") and event not in ("os.fspath",):
        touched.append((event, args))
sys.addaudithook(hook)
incident = investigate(evidence)
plan(evidence)
verdict.head(incident, None, None, None, 80)
as_json.document(incident, 0)
as_text.text(incident)
as_markdown.report(incident, ())
print(touched)
"""


def test_judging_touches_nothing(any_recording: str) -> None:
    """If this fails, a stage that must be pure reads the host: a replayed incident would then be judged by the machine it is replayed on."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, any_recording], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
