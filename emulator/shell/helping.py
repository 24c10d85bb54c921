"""`?` and TAB for a line that is being typed, in exec and in the modes of the configuration."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..grammar import CONFIG, EXEC, Levels, completion, help_text
from ..grammar.help import NOTHING, end_row, table
from ..services.command_levels import CommandLevels
from ..terminal.filters import HELP, Filter, FilterError, parse_filter, split_pipe
from .aliases import expanded, explained_aliases, mode_name
from .headings import heading
from .own_words import DO, behind_do

if TYPE_CHECKING:
    from ..device import Router

PIPED_WORDS = ("show", "more", "dir")
MODIFIERS = ("|", "Output modifiers")
END = "<cr>"
CONFIGURING = {
    "default": "Set a command to its defaults",
    DO: "To run exec commands in config mode",
    "end": "Exit from configure mode",
    "no": "Negate a command or set its defaults",
}
"""What a line of the configuration may begin with, beside its commands."""
ALONE = frozenset({"end", "exit"})
"""Those of them behind which nothing comes."""


def is_piped(line: str, start: int = 0) -> bool:
    """Whether the exec command from the column `start` may have a filter behind it."""
    words = [*line[start:].lower().split(maxsplit=2)[:2], ""]
    if any(whole.startswith(words[0]) for whole in PIPED_WORDS):
        return bool(words[0])
    # `write terminal` is `show running-config`
    return "write".startswith(words[0]) and words[1][:1] == "t"


def without_filter(line: str, start: int) -> tuple[str, Filter | None]:
    """A line without its filter, and the filter; raises FilterError."""
    piped = split_pipe(line) if "|" in line else None
    if piped is None or not is_piped(line, start):
        return line, None
    try:
        return piped.command, parse_filter(piped.filter)
    except FilterError as wrong:
        raise FilterError(wrong.problem, piped.column + wrong.column, wrong.text) from None


class Helper:
    """Help for one session: `mode` is "exec" or a configuration mode."""

    __slots__ = ("_mode", "_privilege", "_router")

    def __init__(self, router: "Router", mode: str, privilege: int) -> None:
        self._router = router
        self._mode = mode
        self._privilege = privilege

    def help(self, line: str) -> str:
        """What `?` prints behind `line`: rows or words, and an empty line."""
        text = self._text(self._spelled(line))
        if not line.strip() and not text.startswith("%"):
            text = heading(self._mode, mode_name(self._mode)) + text
        aliases = self._aliases(line)
        if aliases:
            words = "" if text.startswith("%") else text.rstrip("\n")
            text = "  ".join(filter(None, (*aliases, words))) + "\n"
        return text if text.startswith("%") else text + "\n"

    def _text(self, line: str) -> str:
        mode, skip = self._place(line)
        if mode == EXEC and is_piped(line, skip):
            piped = split_pipe(line)
            if piped is not None:
                return _filter_help(piped.filter)
            return _with_modifiers(self._explained(mode, line, skip))
        return self._explained(mode, line, skip)

    def _explained(self, mode: str, line: str, skip: int) -> str:
        more = self._more(mode, skip)
        if line[-1:].isspace() and line.strip().lower() in ALONE & more.keys():
            return table([end_row(self._router.family)])
        grammar, levels = self._router.grammar, self._levels
        return help_text(
            grammar,
            mode,
            self._privilege,
            line,
            skip=skip,
            levels=levels,
            more=more,
        )

    def complete(self, line: str) -> str | None:
        """The line with its last word in full; None if there is no one way to complete it."""
        mode, skip = self._place(line)
        piped = split_pipe(line) if mode == EXEC and is_piped(line, skip) else None
        if piped is not None:
            return _completed_filter(line, piped.filter)
        return completion(
            self._router.grammar,
            mode,
            self._privilege,
            line,
            skip=skip,
            levels=self._levels,
            more=self._more(mode, skip),
        )

    @property
    def _levels(self) -> Levels | None:
        return self._router.feature(CommandLevels).levels

    def _more(self, mode: str, skip: int) -> Mapping[str, str]:
        """What the command line itself understands in a configuration mode."""
        if skip:
            return {}
        if mode == EXEC:
            # level 0 has five commands and no more
            return {} if self._privilege == 0 else {DO: 'Mode-independent "do-exec" prefix support'}
        own = "configure" if mode == CONFIG else f"{mode_name(mode)} configuration"
        return {**CONFIGURING, "exit": f"Exit from {own} mode"}

    def _spelled(self, line: str) -> str:
        """A line whose alias, if it has one and more behind it, is spelled out."""
        if self._mode != EXEC or " " not in line:
            return line
        return expanded(self._router, line)

    def _aliases(self, line: str) -> list[str]:
        """The aliases that a word which is being typed may be."""
        if not line or " " in line:
            return []
        return explained_aliases(self._router, self._mode, line)

    def _place(self, line: str) -> tuple[str, int]:
        """The mode whose commands `line` is made of, and where they begin in it."""
        start = behind_do(line)
        if start and line[start - 1].isspace():
            return EXEC, start
        if self._mode == EXEC:
            return EXEC, 0
        word, blank, _ = line.lstrip().partition(" ")
        behind = line.index(word) + len(word) if word else 0
        if blank and word.lower() in ("no", "default"):
            return self._mode, behind
        return self._mode, 0


def _with_modifiers(text: str) -> str:
    """The help on a command that may end here, with the filters that may follow it."""
    lines = text.splitlines()
    if not lines or lines[-1].split()[:1] != [END]:
        return text
    rows = []
    for line in lines:
        label, _, words = line[2:].partition("  ")
        rows.append((label.strip(), words.strip()))
    return table([*rows[:-1], MODIFIERS, rows[-1]])


def _completed_filter(line: str, typed: str) -> str | None:
    """A line with the keyword of its filter in full."""
    begun = typed.lstrip()
    names = [word for word in HELP if begun and word.startswith(begun.lower())]
    return f"{line[: len(line) - len(begun)]}{names[0]} " if len(names) == 1 else None


def _filter_help(typed: str) -> str:
    """The keywords that may stand behind the pipe."""
    words = typed.split()
    if len(words) > 1 or (words and typed[-1:].isspace()):
        return _pattern_help(words)
    begun = words[0].lower() if words else ""
    rows = [(word, text) for word, text in HELP.items() if word.startswith(begun)]
    if not rows:
        return NOTHING + "\n"
    return "  ".join(word for word, _ in rows) + "\n" if begun else table(list(rows))


def _pattern_help(words: list[str]) -> str:
    """What may stand behind a filter's keyword."""
    keyword = next((name for name in HELP if name.startswith(words[0].lower())), "")
    if keyword in ("append", "redirect", "tee"):
        rows = [
            ("URL", "URL to append output" if keyword == "append" else "URL to redirect output")
        ]
        if keyword == "tee" and len(words) == 1:
            rows.insert(0, ("/append", "Append output to URL"))
        return table(rows if len(words) == 1 else [(END, END)])
    rows = [("LINE", "Regular Expression")]
    if keyword == "section" and len(words) == 1:
        rows += [
            ("exclude", "Exclude entire section(s) of output"),
            ("include", "Include entire section(s) of output"),
        ]
    return table(rows)
