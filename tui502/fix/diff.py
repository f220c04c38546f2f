"""A unified diff for people: what cannot be seen in a text is made visible."""

from __future__ import annotations

from difflib import SequenceMatcher

from tui502.model.changes import FileChange
from tui502.text import neutral

_NO_NEWLINE = "\\ No newline at end of file"


def unified(path: str, before: bytes | None, after: bytes | None, context: int = 2) -> str:
    """The unified diff of a file, '' when nothing differs; None stands for "not there". Lines end at LF only; CR shows as ␍, a tab inside a changed
    line as →, a no-break space as ⍽, a byte order mark as ⟪BOM⟫, everything else that steers a terminal as its stand-in."""
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    name = neutral(path.encode("utf-8", "surrogateescape"))
    out = [f"--- {'/dev/null' if before is None else name}", f"+++ {'/dev/null' if after is None else name}"]
    for group in _groups(old, new, context):
        out.append(f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@")
        for tag, a, b, c, d in group:
            if tag == "equal":
                out += _shown(" ", old[a:b])
            else:
                out += _shown("-", old[a:b]) + _shown("+", new[c:d])
    return "\n".join(out) + "\n"


def of_change(file: FileChange) -> str:
    """The unified diff of a staged file; a symbolic link shows as one line that says where it leads."""
    if not file.link:
        return unified(file.path, file.before, file.after)
    before, after = (None if held is None else b"link to " + held + b"\n" for held in (file.before, file.after))
    return unified(file.path, before, after)


_Code = tuple[str, int, int, int, int]


def _groups(old: list[bytes], new: list[bytes], context: int) -> list[list[_Code]]:
    """The changes with `context` lines around them. What both texts begin and end with is not compared, so that a small change in a big file is quick."""
    same = min(len(old), len(new))
    head = next((n for n in range(same) if old[n] != new[n]), same)
    tail = next((n for n in range(same - head) if old[-1 - n] != new[-1 - n]), same - head)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    codes: list[_Code] = [("equal", 0, head, 0, head)] if head else []
    codes += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]
    if tail:
        codes.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return _cut(codes, context)


def _cut(codes: list[_Code], context: int) -> list[list[_Code]]:
    """Opcodes as hunks: equal parts shortened to `context` lines at the edges, split where they are longer than twice that."""
    hunks: list[list[_Code]] = [[]]
    for n, (tag, a, b, c, d) in enumerate(codes):
        if tag != "equal":
            hunks[-1].append((tag, a, b, c, d))
            continue
        first, last = n == 0, n == len(codes) - 1
        if not first and not last and b - a <= 2 * context:
            hunks[-1].append((tag, a, b, c, d))
            continue
        if not first and context:
            hunks[-1].append((tag, a, min(b, a + context), c, min(d, c + context)))
        if not first and not last:
            hunks.append([])
        if not last and context:
            hunks[-1].append((tag, max(a, b - context), b, max(c, d - context), d))
    return [hunk for hunk in hunks if any(tag != "equal" for tag, *_ in hunk)]


def _lines(data: bytes | None) -> list[bytes]:
    """The lines with their LF; the last may have none."""
    if not data:
        return []
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _span(start: int, end: int) -> str:
    length = end - start
    first = start + 1 if length else start
    return f"{first}" if length == 1 else f"{first},{length}"


def _shown(sign: str, lines: list[bytes]) -> list[str]:
    out = []
    for line in lines:
        out.append(sign + _visible(line.removesuffix(b"\n"), sign != " "))
        if not line.endswith(b"\n"):
            out.append(_NO_NEWLINE)
    return out


def _visible(line: bytes, changed: bool) -> str:
    """A line as text: leading tabs become four blanks, so that columns stay; what is odd is marked."""
    text = line.decode("utf-8", "replace")
    text = text.replace("\u00a0", "⍽").replace("\ufeff", "⟪BOM⟫").replace("\r", "␍")
    body = text.lstrip("\t")
    text = ("→   " if changed else "    ") * (len(text) - len(body)) + body.replace("\t", "→" if changed else " ")
    return neutral(text)
