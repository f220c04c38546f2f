"""What there is to type, as data: from it the parser is made (`cli.parse`), and whatever else tells of the command line.

A new command is one entry in COMMANDS and a function `def name(args) -> int` in the module that its `run` names.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Takes = Literal["", "text", "file", "program", "pid", "seconds", "url", "scenario", "fix", "change"]

ABOUT = "Find out why nginx answers 502 Bad Gateway, and carry the repair through. Without a command: the screen, on this host."


class Word:
    """An option ("--conf") or a word that stands alone ("FILE"). `takes` says what may stand there, "" that an option has no value; `shown` is how help
    calls that value. A word that stands alone may be left out unless it is `required`. What was not said is `default`."""

    __slots__ = ("about", "default", "name", "required", "shown", "takes")

    def __init__(self, name: str, about: str, takes: Takes = "", shown: str = "", *, default: str | float | bool = "", required: bool = False) -> None:
        self.name, self.about, self.takes, self.shown = name, about, takes, shown
        self.default = default if takes else False
        self.required = required

    @property
    def field(self) -> str:
        """Its name in what the parser gives."""
        return self.name.lstrip("-").replace("-", "_").lower()


class Either:
    """Options of which one at most may be said."""

    __slots__ = ("words",)

    def __init__(self, *words: Word) -> None:
        self.words = words


class Command:
    """A command: `run` is "module:function" below `tui502.cli`, loaded when it is called."""

    __slots__ = ("about", "name", "run", "words")

    def __init__(self, name: str, run: str, about: str, *words: Word | Either) -> None:
        self.name, self.run, self.about, self.words = name, run, about, words


HOST = (
    Word("--conf", "main configuration file (default: that of the running nginx)", "file", "F"),
    Word("--nginx", "nginx binary (default: that of the running nginx)", "program", "BIN"),
    Word("--pid", "the nginx master to look at, where there are several", "pid", "N", default=0),
    Word("--read-only", "change nothing, whatever is pressed"),
    Word("--no-probe", "send nothing to anybody"),
)
"""Which nginx, and how far one may go. These and the next may stand before the command or behind it."""

DRAWING = (
    Word("--ascii", "draw with ASCII only"),
    Word("--no-mouse", "leave the mouse to the terminal"),
    Word("--log-file", "write what tui502 itself does to F", "file", "F"),
)
JSON = Word("--json", "as JSON, for programs")
YES = Word("--yes", "do not ask")
FILE, ID = "FILE", "ID"

SCREEN = Command("", "screens:screen", ABOUT, *HOST, *DRAWING)

COMMANDS = (
    Command(
        "demo", "screens:demo", "a broken site of your own, then the screen on it (no root, nothing outside a temporary directory)",
        Word("SCENARIO", "one of --list", "scenario"),
        Either(Word("--list", "say which scenarios there are"), Word("--random", "any scenario: find out which it is, and be asked afterwards")),
        *DRAWING,
    ),
    Command("diagnose", "texts:diagnose", "the same investigation as text", Word("URL", "the request that fails", "url"), JSON, *HOST),
    Command("explain", "texts:explain", "what each error-log record means", Word(FILE, "an error log (default: standard input)", "file", default="-"), JSON),
    Command(
        "route", "configured:route", "which server, location, pass, group and settings answer a request",
        Word("URL", "the request", "url", required=True),
        Word("--address", "where it comes in (default: what the URL says, else an address that is listened on)", "text", "IP"),
        Word("--host", "the name in its Host header and its TLS handshake (default: that in the URL)", "text", "NAME"),
        JSON, *HOST,
    ),
    Command("config", "configured:config", "the whole configuration as nginx reads it, with files and lines", JSON, *HOST),
    Command(
        "fix", "changes:fix", "stage, test, apply and verify one offered fix without the screen",
        Word(ID, "as diagnose names it", "fix"),
        Either(Word("--dry-run", "stage and test, change nothing"), Word("--yes", "do not ask; needs an ID unless exactly one proven fix exists")),
        Word("--keep-after", "decide after at most S seconds", "seconds", "S", default=0.0),
        *HOST,
    ),
    Command("history", "texts:history", "what was changed here"),
    Command("undo", "changes:undo", "take the last change back", Word(ID, "as history names it", "change"), YES, *HOST),
    Command("record", "texts:record", "an incident to a file, secrets masked", Word(FILE, "is made", "file", required=True), *HOST),
    Command(
        "replay", "screens:replay", "a recorded incident back to the screen",
        Word(FILE, "a recording", "file", required=True), Word("--json", "the diagnosis instead of the screen"), *DRAWING,
    ),
    Command("report", "texts:report", "an incident as Markdown, to hand over", Word(FILE, "a recording; without it, this host now", "file"), *HOST),
)  # fmt: skip
