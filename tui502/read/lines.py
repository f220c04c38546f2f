"""Which lines of one text became which of another: the one place where texts are compared line by line, and a unified diff of them for people, in which
what cannot be seen in a text is made visible."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from tui502.text import neutral

_NO_NEWLINE = "\\ No newline at end of file"

QUICK = 2000
"""Lines between the first and the last change above which lines that stand there often are no anchors: with them the time grows with the square."""

Code = tuple[str, int, int, int, int]
"""As difflib has it: "equal", "replace", "delete" or "insert"; begin and end in the old text; begin and end in the new one."""


def opcodes(old: Sequence[bytes], new: Sequence[bytes]) -> list[Code]:
    """The whole way from one text to the other. What both begin and end with is not compared, so that a small change in a big file is quick."""
    same = min(len(old), len(new))
    head = next((n for n in range(same) if old[n] != new[n]), same)
    tail = next((n for n in range(same - head) if old[-1 - n] != new[-1 - n]), same - head)
    middle, other = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, middle, other, autojunk=len(middle) + len(other) > QUICK)
    codes: list[Code] = [("equal", 0, head, 0, head)] if head else []
    codes += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]
    return [*codes, ("equal", len(old) - tail, len(old), len(new) - tail, len(new))] if tail else codes


def differing(before: bytes, after: bytes) -> int:
    """Lines on one side that have no partner on the other; a changed line counts once."""
    codes = opcodes(before.split(b"\n"), after.split(b"\n"))
    return sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal")


def unified(path: str, before: bytes | None, after: bytes | None, context: int = 2) -> str:
    """The unified diff of a file, '' when nothing differs; None stands for "not there". Lines end at LF only; CR shows as ␍, a tab inside a changed
    line as →, a no-break space as ⍽, a byte order mark as ⟪BOM⟫, everything else that steers a terminal as its stand-in."""
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    name = neutral(path.encode("utf-8", "surrogateescape"))
    out = [f"--- {'/dev/null' if before is None else name}", f"+++ {'/dev/null' if after is None else name}"]
    for group in _cut(opcodes(old, new), context):
        out.append(f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@")
        for tag, a, b, c, d in group:
            if tag == "equal":
                out += _shown(" ", old[a:b])
            else:
                out += _shown("-", old[a:b]) + _shown("+", new[c:d])
    return "\n".join(out) + "\n"


def _cut(codes: list[Code], context: int) -> list[list[Code]]:
    """Opcodes as hunks: equal parts shortened to `context` lines at the edges, split where they are longer than twice that."""
    hunks: list[list[Code]] = [[]]
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
