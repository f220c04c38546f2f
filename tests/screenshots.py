"""The pictures in screenshots/, from the running program on a practice outage: python -m tests.screenshots"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text

from tests.program.terminal import Terminal

FOLDER = Path(__file__).parent.parent / "screenshots"
STEPS = (
    ("verdict", "", r"PROVEN[\s\S]*NEXT +s  stage the fix[\s\S]*s stage"),
    ("diff", "s", r"STAGED[\s\S]*t test"),
    ("question", "a", r"y  yes, apply"),
    ("receipt", "y", r"(?m)^VERIFIED [\s\S]*esc leave"),
)
"""Picture, key that leads to it, what is on the screen when it is complete."""


def picture(screen: pyte.Screen, title: str) -> str:
    """The screen of the emulator as SVG."""
    console = Console(width=screen.columns, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for number in range(screen.lines):
        row = screen.buffer[number]
        line = Text(end="\n")
        for column in range(screen.columns):
            line.append(row[column].data, _style(row[column]))
        console.print(line, no_wrap=True, crop=True)
    return console.export_svg(title=title, theme=MONOKAI, unique_id="tui502")


def _style(cell: pyte.screens.Char) -> Style:
    return Style(color=_colour(cell.fg), bgcolor=_colour(cell.bg), bold=cell.bold, reverse=cell.reverse, underline=cell.underscore)


def _colour(name: str) -> str | None:
    """pyte's name of a colour as rich's: "brown" is what the standard calls yellow, six hex digits are true colour."""
    if name == "default":
        return None
    if len(name) == 6 and all(char in "0123456789abcdef" for char in name):
        return f"#{name}"
    return {"brown": "yellow"}.get(name, name.replace("bright", "bright_").replace("bright_brown", "bright_yellow"))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as state, Terminal("demo", "wrong-port", env={"TUI502_STATE": state}) as terminal:
        for name, key, complete in STEPS:
            terminal.take()
            terminal.keys(key)
            terminal.wait(complete, 60)
            (FOLDER / f"{name}.svg").write_text(picture(terminal.screen, f"tui502: {name}"))
        terminal.keys("q")
        terminal.ended()


if __name__ == "__main__":
    main()
