"""Who writes a file: a tool that would overwrite an edit by hand, or be contradicted by it. By where the file lies and by what its comments say of it."""

from __future__ import annotations

import re

from tui502.text import neutral

HEAD = 4096
"""Bytes at the start of a file in which a mark of the whole file is looked for."""

_TOOLS = (
    rb"(ansible|puppet|chef|salt(?:stack)?|cfengine|rudder|terraform|pulumi|juju|cloud-init|nixos|confd|consul-template|docker-gen|gitlab-ctl"
    rb"|plesk|cpanel|ispconfig|hestia(?:cp)?|vesta(?:cp)?|virtualmin|directadmin|cyberpanel|froxlor|runcloud|ajenti|yunohost|opnsense|pfsense)\b"
)
_WRITTEN = rb"(?:managed|generated|created|written|maintained|controlled|deployed|provisioned|built|templated)"
_FORBIDS = rb"do(?: not|n't) (?:manually |directly )?(?:edit|modify|change)|overwrit|will be (?:lost|erased)"
_BY_TOOL = re.compile(
    rb"^[ \t]*[#;][^\n]*?(?:(?<!not )\b" + _WRITTEN + rb"[ \t]+(?:automatically[ \t]+)?(?:by|with|via|from|using)[ \t]+(?:the[ \t]+)?\W{0,3}" + _TOOLS
    + rb"|\b" + _TOOLS + rb"[- \t]+(?:is[ \t]+)?(?:auto-?)?" + _WRITTEN + rb"|\b" + _TOOLS + rb"(?=[^\n]*(?:" + _FORBIDS + rb")))",
    re.I | re.M,
)  # fmt: skip
_BY_SOME = re.compile(
    rb"^[ \t]*[#;][^\n]*?\b(?:do(?: not|n't) (?:(?:manually |directly )?(?:edit|modify)|change this)\b|auto(?:matically|[ -])? ?generated|generated auto"
    rb"|this file (?:is|was) (?:auto\w*[ -])?(?:generated|managed|re-?created)\b"
    rb"|(?:changes|edits|modifications)[^\n]{0,60} (?:be|are|get) (?:lost|overwritten|erased|deleted|discarded)|will be overwritten)",
    re.I | re.M,
)
_BLOCK = re.compile(rb"^[ \t]*[#;][ \t]*BEGIN ANSIBLE MANAGED BLOCK.*?(?:^[ \t]*[#;][ \t]*END ANSIBLE MANAGED BLOCK[^\n]*|\Z)", re.M | re.S)
_LINE = re.compile(rb"#[ \t]*managed by (certbot)\b", re.I)
_PLACES = (
    (re.compile(r"/\.\.(?:data|\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+)/"), "the ConfigMap or secret it is mounted from"),
    (re.compile(r"/(?:nix|gnu)/store/"), "the system's own configuration"),
    (re.compile(r"/var/www/vhosts/system/"), "plesk"),
    (re.compile(r"/home/dokku/"), "dokku"),
    (re.compile(r"/data/nginx/(?:proxy|redirection|dead)_host/"), "nginx proxy manager"),
    (re.compile(r"/etc/nginx/conf\.d/users/"), "cpanel"),
)


def owner(path: str, real: str, data: bytes) -> str:
    """The tool that owns the whole file, by its place (`real`: links resolved) or the comments at its head: "ansible", "the tool that writes it", or ''."""
    for pattern, name in _PLACES:
        if pattern.match(path) or pattern.search(real):
            return name
    head = _BLOCK.sub(b"", data[:HEAD])
    if found := _BY_TOOL.search(head):
        return neutral(next(name for name in found.groups() if name)).lower()
    return "the tool that writes it" if _BY_SOME.search(head) else ""


def owner_of(data: bytes, start: int, end: int) -> str:
    """The tool that owns the bytes [start, end) of a file that is not wholly its own: a block of Ansible's, a line of certbot's; or ''. What is put in at the
    end of a line touches no line."""
    if b"BEGIN ANSIBLE" in data and any(found.start() < max(end, start + 1) and start < found.end() for found in _BLOCK.finditer(data)):
        return "ansible"
    first = data.rfind(b"\n", 0, start) + 1
    last = data.find(b"\n", max(end - 1, start))
    adds = start == end and (start == len(data) or data[start : start + 1] in b"\r\n")
    return "certbot" if not adds and _LINE.search(data[first : last if last >= 0 else len(data)]) else ""
