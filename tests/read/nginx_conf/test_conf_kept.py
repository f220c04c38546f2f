"""What was read before is taken again, and only where nothing changed."""

from __future__ import annotations

import gc
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.read.nginx_conf.files import Files, gone, seen
from tui502.model.evidence import Seen
from tui502.read.nginx_conf import Trees, load

MAIN = "/n/main"
LINES = (b"a 1;", b"include a;", b"include b;", b"include d/*;", b"http {", b"}", b"map $x $y {", b";", b"b 2;", b"include main;", b"caf\xe9\xc2\xa0 1;")
TEXTS = st.lists(st.sampled_from(LINES), max_size=6).map(b"\n".join)
NAMES = st.sampled_from([MAIN, "/n/a", "/n/b", "/n/d/x", "/n/d/y"])
Steps = list[tuple[str, bytes, bool]]


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, TEXTS, st.booleans()), max_size=12))
def test_what_is_kept_changes_nothing(steps: Steps) -> None:
    """If it fails, the screen shows a file as it was before somebody changed it."""
    trees, files = Trees(), Files()
    dirs: dict[str, Seen[tuple[str, ...]]] = {"/n/d": Seen(1.0, 0.0, ("x", "y"))}
    for path, text, there in steps:
        files = {**files, path: seen(text) if there else gone("absent")}
        assert load(MAIN, files, dirs, trees) == load(MAIN, files, dirs)


def test_one_changed_file_costs_one_file() -> None:
    """A host with ten thousand sites is looked at again every few seconds."""
    site = b"".join(b"server {\n listen %d;\n location / { proxy_pass http://u; }\n}\n" % n for n in range(40))
    files: Files = {MAIN: seen(b"http { include d/*; }")} | {f"/n/d/{n}": seen(site + b"#%d" % n) for n in range(400)}
    dirs: dict[str, Seen[tuple[str, ...]]] = {"/n/d": Seen(1.0, 0.0, tuple(str(n) for n in range(400)))}
    trees = Trees()
    gc.disable()
    start = time.process_time()
    before = load(MAIN, files, dirs, trees)
    first = time.process_time() - start
    files["/n/d/7"] = seen(site + b"location / {}")
    start = time.process_time()
    after = load(MAIN, files, dirs, trees)
    again = time.process_time() - start
    gc.enable()
    kept = {id(one) for one in before.walk()}
    new = [one for one in after.walk() if id(one) not in kept]
    assert {one.file for one in new} == {MAIN, "/n/d/7"}
    assert again < first / 4


def test_the_same_file_in_two_places_is_kept_for_each() -> None:
    """A snippet means something else in each place, and each has nodes of its own."""
    files = {MAIN: seen(b"server { include s; } server { include s; include s; }"), "/n/s": seen(b"listen 80;")}
    trees = Trees()
    load(MAIN, files, {}, trees)
    files[MAIN] = replace(files[MAIN], at=2.0)
    root = load(MAIN, files, {}, trees).root
    listens = [one for server in root for one in server.children if one.name == "listen"]
    assert len({id(one) for one in listens}) == 3


def test_words_that_were_cut_stay_cut() -> None:
    files = {MAIN: seen(b"include s;"), "/n/s": seen(b"listen 80;")}
    trees = Trees()
    words = load(MAIN, files, {}, trees).root[1].words
    assert load(MAIN, {**files, MAIN: seen(b"include s; ")}, {}, trees).root[1].words is words
