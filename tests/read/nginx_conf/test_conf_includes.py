"""Includes: what is joined, what is still wanted, and what would break nginx."""

from __future__ import annotations

import pytest

from tests.read.nginx_conf.files import Files, gone, seen
from tui502.model.config import Config
from tui502.model.evidence import Gap, Seen
from tui502.read.nginx_conf import includes, load

MAIN = "/etc/nginx/nginx.conf"


def names(config: Config) -> list[str]:
    return [one.name for one in config.walk()]


def test_files_and_directories_are_wanted_until_they_are_seen() -> None:
    """The planner asks for exactly what is named, step by step."""
    files: Files = {}
    assert load(MAIN, files, {}).wanted_files == (MAIN,)
    files[MAIN] = seen(b"include mime.types; http { include conf.d/*.conf; include /srv/x.conf; }")
    config = load(MAIN, files, {})
    assert config.wanted_files == ("/etc/nginx/mime.types", "/srv/x.conf")
    assert config.wanted_dirs == ("/etc/nginx/conf.d",)
    dirs = {"/etc/nginx/conf.d": Seen(1.0, 0.0, ("b.conf", "a.conf", ".hidden.conf", "a.conf~"))}
    assert load(MAIN, files, dirs).wanted_files == ("/etc/nginx/mime.types", "/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/b.conf", "/srv/x.conf")


def test_content_stands_behind_its_include_with_the_way_it_came() -> None:
    files = {MAIN: seen(b"http {\n include a;\n last;\n}\n"), "/etc/nginx/a": seen(b"first;\ninclude b;\n"), "/etc/nginx/b": seen(b"\nsecond;")}
    config = load(MAIN, files, {})
    assert names(config) == ["http", "include", "first", "include", "second", "last"]
    second = config.root[0].children[3]
    assert (second.file, second.line, second.via) == ("/etc/nginx/b", 2, (MAIN, "/etc/nginx/a"))
    assert list(config.files) == [MAIN, "/etc/nginx/a", "/etc/nginx/b"]
    assert (config.problems, config.wanted_files) == ((), ())


def test_the_same_file_twice_gives_nodes_of_their_own() -> None:
    """A snippet means something else in each place."""
    files = {MAIN: seen(b"http { server { include s; } server { include s; } }"), "/etc/nginx/s": seen(b"listen 80;")}
    one, two = load(MAIN, files, {}).root[0].children
    assert one.children[1].name == two.children[1].name == "listen"
    assert one.children[1] is not two.children[1]


def test_a_map_may_include_its_entries() -> None:
    files = {MAIN: seen(b"map $a $b { include m; x 1; }"), "/etc/nginx/m": seen(b"include 2; y 3;")}
    entries = load(MAIN, files, {}).root[0].children
    assert [(one.name, one.data) for one in entries] == [("include", False), ("include", False), ("y", True), ("x", True)]
    assert load(MAIN, files, {}).wanted_files == ("/etc/nginx/2",)


def test_everything_that_breaks_is_a_problem_and_the_rest_is_read() -> None:
    """One bad file must not hide the others."""
    files = {
        MAIN: seen(b"include loop; include none; include shut; include big; include odd; include dangling; include d; include bad; end;"),
        "/etc/nginx/loop": seen(b"in; include nginx.conf;"),
        "/etc/nginx/none": gone("absent"),
        "/etc/nginx/shut": gone("denied"),
        "/etc/nginx/big": seen(b"a", cut=True, size=99_999_999),
        "/etc/nginx/odd": seen(b"", kind="fifo"),
        "/etc/nginx/dangling": seen(b"", kind="link"),
        "/etc/nginx/d": seen(b"", kind="dir"),
        "/etc/nginx/bad": seen(b"before; ;"),
    }
    config = load(MAIN, files, {})
    kinds = [problem.kind for problem in config.problems]
    assert kinds == ["loop", "missing", "unreadable", "too_big", "unreadable", "missing", "directory", "syntax"]
    assert {"in", "before", "end"} <= set(names(config))
    loop, missing = config.problems[0].where, config.problems[1].where
    assert loop is not None
    assert missing is not None
    assert (loop.file, loop.via, missing.file) == ("/etc/nginx/loop", (MAIN,), MAIN)


def test_a_loop_through_a_link_is_found() -> None:
    """nginx crashes on it without a word."""
    files = {MAIN: seen(b"include again;", real="/real"), "/etc/nginx/again": seen(b"include again;", real="/real")}
    assert [problem.kind for problem in load(MAIN, files, {}).problems] == ["loop"]


def test_a_directory_that_cannot_be_listed_is_a_problem_one_that_is_not_there_is_none() -> None:
    files = {MAIN: seen(b"include x/*; include y/*;")}
    dirs: dict[str, Seen[tuple[str, ...]]] = {"/etc/nginx/x": Seen(1.0, 0.0, None, Gap("dir", "denied", ""))}
    dirs["/etc/nginx/y"] = Seen(1.0, 0.0, None, Gap("dir", "absent", ""))
    assert [(problem.kind, problem.file) for problem in load(MAIN, files, dirs).problems] == [("unreadable", "/etc/nginx/x")]


def test_a_name_that_is_no_text_is_found_under_its_bytes() -> None:
    config = load(MAIN, {MAIN: seen(b"include caf\xe9;")}, {})
    assert [path.encode("utf-8", "surrogateescape") for path in config.wanted_files] == [b"/etc/nginx/caf\xe9"]


def test_files_that_include_each_other_many_times_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two includes a file, 36 files deep, would be a hundred thousand million nodes."""
    monkeypatch.setattr(includes, "MOST", 3000)
    files = {MAIN: seen(b"include f0;")} | {f"/etc/nginx/f{n}": seen(b"include f%d; include f%d;" % (n + 1, n + 1)) for n in range(36)}
    config = load(MAIN, files | {"/etc/nginx/f36": seen(b"")}, {})
    assert [problem.kind for problem in config.problems] == ["too_big"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_that_nginx_takes_for_an_empty_file_is_one(device: str) -> None:
    """People point an include there to switch a part off."""
    files = {MAIN: seen(b"include off; a;"), "/etc/nginx/off": seen(b"", kind="device", real=device)}
    assert (names(load(MAIN, files, {})), load(MAIN, files, {}).problems) == (["include", "a"], ())
