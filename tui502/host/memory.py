"""The configuration text that a running nginx holds in memory: exact where the build keeps it (--with-debug), a Gap on any doubt.

The layouts are those of the nginx sources (core/ngx_cycle.h) on 64-bit little-endian machines: `ngx_cycle` points to a structure with `config_dump`, an
array of {name, buffer}, and `conf_file`, the name of the main file.
"""

from __future__ import annotations

import os
import posixpath
import struct
from collections.abc import Mapping

from tui502.host.masters import main_conf
from tui502.host.paths import gap_of, is_same_process
from tui502.model.evidence import Gap, View

SOURCE = "running configuration"
LAYOUTS = ((272, 536), (264, 528))
"""Bytes at which `config_dump` and `conf_file` stand: since 1.19.2, and from 1.11.9 to 1.19.1 (`connections_reuse_time` is missing there)."""

ELEMENT = 24
"""sizeof(ngx_conf_dump_t): a name of 16 bytes and a pointer."""

MOST_FILES, MOST_BYTES, LONGEST_NAME = 100_000, 256 << 20, 4096
SHT_DYNSYM, PT_LOAD, ET_EXEC, ET_DYN = 11, 1, 2, 3


class Doubt(Exception):
    """The memory does not look as expected; the text says what."""


def running_configuration(view: View) -> Mapping[str, bytes] | Gap:
    """Path → text of every configuration file that the master loaded, in its order. Needs root (ptrace) rights. Reads only, stops nothing. A path is that of
    the include; what it has before that, the directory of the main file, is made absolute and free of "." and ".."."""
    try:
        address = _symbol(view)
        fd = os.open(f"/proc/{view.pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _configuration(fd, address, view)
        finally:
            os.close(fd)
    except OSError as error:
        return gap_of(SOURCE, error, "sudo tui502")
    except (Doubt, struct.error, OverflowError) as doubt:
        return Gap(SOURCE, "unreadable", f"{doubt}: only the times of the files tell what is loaded")


def _configuration(fd: int, address: int, view: View) -> Mapping[str, bytes] | Gap:
    cycle = _word(fd, address)
    elements, count, conf_file = _array(fd, cycle)
    if not count:
        return Gap(SOURCE, "absent", "")
    table = _bytes(fd, elements, count * ELEMENT)
    texts: dict[str, bytes] = {}
    left, base = MOST_BYTES, ""
    for length, name, buffer in struct.iter_unpack("<QQQ", table):
        path = posixpath.join(view.cwd, _name(fd, length, name))
        base = base or posixpath.dirname(path)
        path = posixpath.normpath(base) + path[len(base) :] if path.startswith(f"{base}/") else path
        start, end = struct.unpack("<QQ", _bytes(fd, buffer, 16))
        left -= end - start
        if end < start or left < 0:
            raise Doubt("a text without an end")
        texts[path] = _bytes(fd, start, end - start)
    if next(iter(texts)) not in _main_files(fd, cycle + conf_file, view):
        raise Doubt("the first file is not the main one")
    if _word(fd, address) != cycle or not is_same_process(view):
        raise Doubt("reloaded meanwhile")
    return texts


def _array(fd: int, cycle: int) -> tuple[int, int, int]:
    """Where the array of configuration files stands, how many there are, and where in the structure the main one's name is. A build that keeps no texts
    has an array all the same: without elements."""
    for dump, conf_file in LAYOUTS:
        elements, count, size, room = struct.unpack("<QQQQ", _bytes(fd, cycle + dump, 32))
        if size == ELEMENT and count <= min(room, MOST_FILES):
            return elements, count, conf_file
    raise Doubt("no array of configuration files")


def _main_files(fd: int, at: int, view: View) -> set[str]:
    """What the main file is called: by the command line, else by the name that stands at `at`."""
    told = main_conf(view)
    if told:
        return {told}
    length, name = struct.unpack("<QQ", _bytes(fd, at, 16))
    return {posixpath.normpath(posixpath.join(view.cwd, _name(fd, length, name)))}


def _name(fd: int, length: int, address: int) -> str:
    if not 0 < length <= LONGEST_NAME:
        raise Doubt("a name of no sensible length")
    raw = _bytes(fd, address, length)
    if b"\0" in raw:
        raise Doubt("a name that is no path")
    return os.fsdecode(raw)


def _word(fd: int, address: int) -> int:
    return int.from_bytes(_bytes(fd, address, 8), "little")


def _bytes(fd: int, address: int, size: int) -> bytes:
    data = os.pread(fd, size, address) if size else b""
    if len(data) != size:
        raise Doubt("memory ends early")
    return data


def _symbol(view: View) -> int:
    """The address of `ngx_cycle` in the process, from the dynamic symbols of its executable. Raises Doubt, OSError."""
    fd = os.open(f"/proc/{view.pid}/exe", os.O_RDONLY | os.O_CLOEXEC)
    try:
        header = _bytes(fd, 0, 64)
        if header[:6] != b"\x7fELF\x02\x01":
            raise Doubt("not a 64-bit little-endian program")
        kind = struct.unpack_from("<H", header, 16)[0]
        value = _dynamic_symbol(fd, header, b"ngx_cycle")
        return value if kind == ET_EXEC else value + _load_base(fd, header, view)
    finally:
        os.close(fd)


def _dynamic_symbol(fd: int, header: bytes, name: bytes) -> int:
    (table,), (size, count) = struct.unpack_from("<Q", header, 40), struct.unpack_from("<HH", header, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", _bytes(fd, table + n * size, size)) for n in range(count)]
    for section in sections:
        if section[1] == SHT_DYNSYM and section[6] < len(sections):
            strings = _bytes(fd, sections[section[6]][4], min(sections[section[6]][5], 16 << 20))
            for at, _, _, index, value, _ in struct.iter_unpack("<IBBHQQ", _bytes(fd, section[4], section[5] // 24 * 24)):
                if index and strings[at : at + len(name) + 1] == name + b"\0":
                    return int(value)
    raise Doubt("no symbol ngx_cycle")


def _load_base(fd: int, header: bytes, view: View) -> int:
    """Where a position-independent program lies: its first mapping less the address of its first segment."""
    (table,), (size, count) = struct.unpack_from("<Q", header, 32), struct.unpack_from("<HH", header, 54)
    segments = [struct.unpack_from("<IIQQ", _bytes(fd, table + n * size, size)) for n in range(count)]
    first = min((address - offset for kind, _, offset, address in segments if kind == PT_LOAD), default=None)
    inode = os.fstat(fd).st_ino
    with open(f"/proc/{view.pid}/maps", "rb") as maps:
        for line in maps:
            span, _, offset, _, ino, *path = line.split(None, 5)
            mine = int(ino) == inode or os.fsdecode(b"".join(path)).rstrip() == view.exe
            if first is not None and mine and int(offset, 16) == 0:
                return int(span.split(b"-")[0], 16) - int(first)
    raise Doubt("the program is not mapped")
