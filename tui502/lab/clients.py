"""Visitors of the lab: `python -m tui502.lab.clients --to ADDRESS:PORT HOST/URI …` asks for one of the URIs about four times a second, for ever."""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Sequence

from tui502.lab.ask import get

PER_SECOND = 4
PATIENCE = 75.0
"""Seconds a visitor waits: longer than nginx's own time-outs, so that they are what ends a slow request."""


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tui502.lab.clients")
    parser.add_argument("--to", required=True)
    parser.add_argument("what", nargs="+")
    given = parser.parse_args(argv)
    address, _, port = given.to.rpartition(":")
    chance = random.SystemRandom()
    while True:
        host, slash, uri = chance.choice(given.what).partition("/")
        threading.Thread(target=get, args=(address, int(port), host, slash + uri, PATIENCE), daemon=True).start()
        time.sleep(chance.uniform(0.5, 1.5) / PER_SECOND)


if __name__ == "__main__":
    main()
