"""`nginx -t` without a trace: the same answers as on the live files, nothing made, nothing changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real_nginx import system_nginx
from tui502.host import conf_copy, sandbox
from tui502.read.nginx_conf import first_arguments

CONF = """
error_log {at}/logs/error.log; pid {at}/run/nginx.pid;
events {{}}
http {{
    access_log {at}/logs/access.log;
    client_body_temp_path {at}/temp/a; proxy_temp_path {at}/temp/b; fastcgi_temp_path {at}/temp/c; uwsgi_temp_path {at}/temp/d; scgi_temp_path {at}/temp/e;
    proxy_cache_path {at}/cache keys_zone=one:1m;
    include sites-enabled/*.conf;
    include {at}/conf/extra/*.conf;  # include nginx.conf;
}}
"""


@dataclass(frozen=True)
class Tree:
    at: Path
    exe: str

    @property
    def conf(self) -> str:
        return str(self.at / "conf/nginx.conf")

    @property
    def site(self) -> str:
        return str(self.at / "conf/sites-available/shop.conf")

    def test(self, files: dict[str, bytes | None] | None = None) -> tuple[str, int, str]:
        dirs = tuple(str(self.at / name) for name in ("logs", "run", "temp", "cache", "conf"))
        method, seen = sandbox.test(self.exe, ("-t", "-c", self.conf, "-e", str(self.at / "logs/error.log")), files or {}, None, first_arguments, dirs)
        return method, seen.code, seen.err.decode()

    def copy(self, files: dict[str, bytes | None] | None = None) -> tuple[int, str]:
        seen = conf_copy.test(self.exe, ("nginx", "-t", "-c", self.conf, "-e", os.devnull), self.conf, files or {}, 20.0, first_arguments)
        return seen.code, seen.err.decode()

    def everything(self) -> dict[str, tuple[int, int, int]]:
        return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns, path.lstat().st_mode) for path in sorted(self.at.rglob("*"))}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name in ("conf/sites-available", "conf/sites-enabled", "conf/extra", "logs", "run", "temp", "cache"):
        (tmp_path / name).mkdir(parents=True)
    found = Tree(tmp_path, system_nginx())
    Path(found.conf).write_text(CONF.format(at=tmp_path))
    Path(found.site).write_text("server { listen 127.0.0.1:0; server_name shop; }\n".replace(":0", ":8099"))
    (tmp_path / "conf/sites-enabled/shop.conf").symlink_to(found.site)
    (tmp_path / "conf/extra/map.conf").write_text("map $uri $x { default 1; }\n")
    return found


def test_the_live_state_is_accepted_and_untouched(tree: Tree) -> None:
    """If this fails, looking at a host makes logs, directories or an empty pid file on it."""
    before = tree.everything()
    method, code, said = tree.test()
    assert (method in ("namespace", "copy"), code) == (True, 0), said
    assert tree.everything() == before


@pytest.mark.parametrize("how", ["test", "copy"])
@pytest.mark.parametrize(
    ("file", "content", "wanted"),
    [
        ("conf/sites-available/shop.conf", b"server { listen 127.0.0.1:8099; bogus; }\n", 'unknown directive "bogus" in {at}/conf/sites-enabled/shop.conf:1'),
        ("conf/extra/map.conf", b"\nbogus;\n", 'unknown directive "bogus" in {at}/conf/extra/map.conf:2'),
        ("conf/extra/new.conf", b"bogus;\n", 'unknown directive "bogus" in {at}/conf/extra/new.conf:1'),
        ("conf/sites-available/shop.conf", b"server { listen 127.0.0.1:8099; include ../extra/x; }\n", "{at}/conf/../extra/x"),
        ("conf/extra/map.conf", None, "test is successful"),
        ("conf/sites-available/shop.conf", b"server { listen 127.0.0.1:8099; access_log {at}/logs/new.log; }\n", "test is successful"),
    ],
)
def test_the_staged_state_is_what_is_tested(tree: Tree, how: str, file: str, content: bytes | None, wanted: str) -> None:
    """If this fails, a broken edit passes its test, through a link, a glob or an absolute include; or the live files change."""
    before = tree.everything()
    at = str(tree.at)
    staged: dict[str, bytes | None] = {f"{at}/{file}": content and content.replace(b"{at}", at.encode())}
    said = tree.test(staged)[2] if how == "test" else tree.copy(staged)[1]
    assert wanted.replace("{at}", at) in said, said
    assert tree.everything() == before


@pytest.mark.parametrize("how", ["test", "copy"])
@pytest.mark.parametrize(
    ("content", "code"), [(None, 0), (b"server { listen 127.0.0.1:8098; }\n", 0), (b"bogus;\n", 1)], ids=["removed", "back", "back and broken"]
)
def test_a_link_is_staged_without_the_file_it_leads_to(tree: Tree, how: str, content: bytes | None, code: int) -> None:
    """If this fails, a broken site that is taken out by its link is tested as if it were still there."""
    (tree.at / "conf/sites-available/old.conf").write_text("bogus;\n")
    link = tree.at / "conf/sites-enabled/old.conf"
    link.symlink_to("../sites-available/old.conf")
    before = tree.everything()
    assert tree.test()[1] == 1
    assert (tree.test({str(link): content}) if how == "test" else (0, *tree.copy({str(link): content})))[1] == code
    assert tree.everything() == before


@pytest.mark.parametrize("how", ["test", "copy"])
@pytest.mark.parametrize("to", ["up/{at}/conf/extra/deep/x.conf", "../conf/extra/deep/x.conf", "{at}/conf/../conf/extra/deep/x.conf", "far/../deep/x.conf"])
def test_an_include_that_climbs_stays_in_the_copy(tree: Tree, how: str, to: str) -> None:
    """If this fails, a configuration with ".." cannot be tested by a copy, or the copy writes over files of the host."""
    at = str(tree.at)
    (tree.at / "conf/extra/deep").mkdir()
    (tree.at / "conf/extra/deep/x.conf").write_text("server { listen 127.0.0.1:8098; }\n")
    (tree.at / "conf/extra/below").mkdir()
    (tree.at / "conf/far").symlink_to("extra/below")
    up = "../" * (at.count("/") + 9)
    Path(tree.site).write_text(f"include {to.replace('up/', up).replace('{at}', at.lstrip('/') if to.startswith('up/') else at)};\n")
    before = tree.everything()

    def said(content: bytes) -> str:
        staged: dict[str, bytes | None] = {f"{at}/conf/extra/deep/x.conf": content}
        return tree.test(staged)[2] if how == "test" else tree.copy(staged)[1]

    assert "test is successful" in said(b"server { listen 127.0.0.1:8097; }\n")
    assert 'unknown directive "bogus"' in said(b"bogus;\n")
    assert tree.everything() == before


def test_nothing_is_written_outside_the_copy(tmp_path: Path) -> None:
    """If this fails, a path with ".." that was overlooked makes the copy write into the host."""
    for path in (f"/{'../' * 30}{tmp_path}/x", "/a/../../x", "x", "/a/./x"):
        with pytest.raises(OSError, match="does not lie in the copy"):
            conf_copy._inside(f"{tmp_path}/root", path)
    assert conf_copy._inside("/r/root", "/etc/x") == "/r/root/etc/x"
    assert conf_copy._inside("/r/root", "/") == "/r/root/"


def test_an_include_loop_is_told_and_nginx_not_called(tree: Tree) -> None:
    """If this fails, nginx crashes in its own test and the person reads nothing."""
    Path(tree.site).write_text(f"include {tree.at}/conf/extra/again.conf;\n")
    (tree.at / "conf/extra/again.conf").write_text("include sites-enabled/shop.conf;\n")
    method, code, said = tree.test()
    assert (method, code) == ("lex", 1)
    assert "includes itself" in said


@pytest.mark.parametrize(
    "written", ['include # again\n "sites-enabled/shop.conf";', "\"include\" 'sites-enabled/shop.conf';", "include sites\\-enabled/shop.conf;"]
)
def test_an_include_is_found_however_it_is_written(tree: Tree, written: str) -> None:
    """If this fails, nginx is called on a loop after all, because its author likes comments or quotes."""
    name = "sites\\-enabled" if "\\" in written else "sites-enabled"
    (tree.at / "conf" / name).mkdir(exist_ok=True)
    if "\\" in written:
        (tree.at / "conf" / name / "shop.conf").symlink_to(tree.site)
    Path(tree.site).write_text(f"include {tree.at}/conf/extra/again.conf;\n")
    (tree.at / "conf/extra/again.conf").write_text(f"add_header X 'include nothing;'; # include none\n{written}\n")
    assert tree.test()[0] == "lex"


def test_a_pipe_as_configuration_is_told_and_nginx_not_called(tree: Tree) -> None:
    """If this fails, a FIFO in an include holds everything up for as long as nginx -t may take, as it would hold up nginx."""
    os.mkfifo(tree.at / "conf/extra/a.conf")
    assert tree.test() == ("lex", 1, f"nginx -t was not run: nginx would hang, {tree.at}/conf/extra/a.conf is a FIFO")
    (tree.at / "conf/extra/b.conf").write_text(f"include {tree.conf};\n")
    assert "includes itself" in tree.test()[2], "a loop behind it makes nginx crash"


def test_a_device_or_what_has_no_end_is_left_alone(tree: Tree) -> None:
    """If this fails, looking opens a watchdog or a tape, or fills the memory."""
    with (tree.at / "conf/extra/large.conf").open("wb") as large:
        large.truncate(2 << 30)
    assert tree.test() == ("lex", 1, f"left alone: {tree.at}/conf/extra/large.conf is 2048 MB long")
    (tree.at / "conf/extra/large.conf").unlink()
    (tree.at / "conf/extra/tty.conf").symlink_to("/dev/tty")
    assert tree.test() == ("lex", 1, f"left alone: {tree.at}/conf/extra/tty.conf is a device")


@pytest.mark.parametrize("device", ["null", "zero"])
def test_what_nginx_takes_for_an_empty_file_is_tested(tree: Tree, device: str) -> None:
    """If this fails, an include that was pointed to /dev/null, as people do to switch a part off, keeps everything from being tested."""
    (tree.at / "conf/extra/off.conf").symlink_to(f"/dev/{device}")
    method, code, said = tree.test()
    assert (method in ("namespace", "copy"), code) == (True, 0), said


def test_the_configuration_is_found_where_no_option_names_it(tree: Tree) -> None:
    """If this fails, an nginx that was started without -c is tested whatever its files would do to it."""
    assert sandbox._main(tree.exe, None, ("-t", "-c", "/a/b.conf")) == "/a/b.conf"
    assert sandbox._main(tree.exe, None, ("-t", "-p", "/a", "-cb.conf")) == "/a/b.conf"
    found = sandbox._main(tree.exe, None, ("-t",))
    assert found.startswith("/")
    assert found.endswith("nginx.conf")


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="a mount namespace over the whole root needs root")
def test_root_writes_nowhere_even_where_nobody_named_the_directory(tree: Tree) -> None:
    """If this fails, a log path that was overlooked is created by looking."""
    before = tree.everything()
    method, seen = sandbox.test(tree.exe, ("-t", "-c", tree.conf), {}, None, first_arguments)
    assert (method, seen.code) == ("namespace", 0), seen.err
    assert tree.everything() == before
