"""Record a practice outage as an incident for the tests: python -m tests.incidents.record NAME SCENARIO

The evidence stands in NAME/evidence.tui502 and what is found in it now in NAME/expected.json; read the latter before it is committed.
The recording holds the whole process table of this machine, so make it where only the lab runs:

    unshare --pid --fork --mount-proc --uts sh -c 'hostname web-01; exec python -m tests.incidents.record NAME SCENARIO'
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tui502 import engine
from tui502.collect import recording
from tui502.lab import scenarios
from tui502.model.findings import Incident
from tui502.report import as_json

HERE = Path(__file__).parent


def expected(incident: Incident) -> dict[str, Any]:
    """What an incident must go on saying: the verdict and, per finding, cause, certainty, sentence, the changed lines and the commands."""
    document = as_json.document(incident, 0)
    return {
        "verdict": document["verdict"],
        "findings": [
            {
                "cause": finding["cause"],
                "certainty": finding["certainty"],
                "summary": finding["summary"],
                "changes": [_changes(fix["diff"]) + [" ".join(argv) for argv in fix["commands"]] for fix in finding["fixes"]],
            }
            for finding in document["findings"]
        ],
        "ruled_out": [item["cause"] for item in document["ruled_out"]],
        "gaps": [gap["source"] for gap in document["gaps"]],
    }


def _changes(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if line.startswith(("-", "+"))]


def main() -> None:
    name, scenario = sys.argv[1:]
    folder = HERE / name
    folder.mkdir()
    with scenarios.start(scenario) as lab:
        evidence = engine.gather(conf=lab.conf)
    (folder / "evidence.tui502").write_bytes(recording.pack(evidence))
    kept = recording.load(str(folder / "evidence.tui502"))
    (folder / "expected.json").write_text(json.dumps(expected(engine.judged(kept)), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
