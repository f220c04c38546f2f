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
VERDICT = r"PROVEN[\s\S]*NEXT +s  stage the fix[\s\S]*s stage"
SCENES = {
    "wrong-port": (
        ("verdict", "", VERDICT),
        ("log", "1vz", r"1 Log  groups[\s\S]*meaning"),
        ("upstreams", "z2z", r"2 Upstreams[^\n]*zoomed|2 Upstreams ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━"),
        ("configuration", "z3z", r"3 Config[\s\S]*line \d+ serves location"),
        ("diff", "zs", r"STAGED[\s\S]*t test"),
        ("question", "a", r"y  yes, apply"),
        ("receipt", "y", r"(?m)^VERIFIED [\s\S]*esc leave"),
    ),
    "early-close": (("why", "0", r"for [\s\S]*against"),),
}
"""By practice outage: picture, keys that lead to it, what is on the screen when it is complete."""


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
    for scenario, steps in SCENES.items():
        with tempfile.TemporaryDirectory() as state, Terminal("demo", scenario, env={"TUI502_STATE": state}) as terminal:
            terminal.wait(r"(?m)^(PROVEN|LIKELY) ", 60)
            for name, keys, complete in steps:
                terminal.take()
                for key in keys:
                    terminal.keys(key)
                    terminal.take(1.0)
                terminal.wait(complete, 60)
                (FOLDER / f"{name}.svg").write_text(picture(terminal.screen, f"tui502: {name}"))
            terminal.keys("q")
            terminal.ended()


if __name__ == "__main__":
    main()
