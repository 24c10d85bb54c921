"""What the command line says of a line that it does not carry out (texts of device transcripts)."""

from collections.abc import Sequence

from ..grammar import Ambiguous, Incomplete, Invalid, ParseResult
from ..terminal.filters import FilterError
from .configuring import INVALID

INCOMPLETE = "% Incomplete command.\n\n"
NO_SUCH_HOST = "% Unknown command or computer name, or unable to find computer address\n"
LOOKUP_ABORTED = " % Name lookup aborted\n"
SUBCOMMANDS = '% Type "show ?" for a list of subcommands\n'


def caret(prompt: str, column: int) -> str:
    """A mark below the character of the typed line that cannot be there."""
    return f"{' ' * (len(prompt) + column)}^\n{INVALID}\n\n"


def ambiguous(line: str) -> str:
    """A line with a word that begins several keywords."""
    return f'% Ambiguous command:  "{line.strip()}"\n'


def explained(found: ParseResult, command: str, line: str, start: int, *, prompt: str) -> str:
    """Why the exec command that stands in `line` from the column `start` is none."""
    if isinstance(found, Ambiguous):
        return ambiguous(line)
    if isinstance(found, Incomplete):
        words = command[start:].split()
        bare_show = len(words) == 1 and "show".startswith(words[0].lower())
        return SUBCOMMANDS if bare_show else INCOMPLETE
    if not isinstance(found, Invalid):
        raise TypeError(f"{found!r} is no failure")
    return caret(prompt, found.column)


def looking_up(name: str, servers: Sequence[str]) -> str:
    """What is said while a word that is no command is taken for a computer.

    `servers` are those that are asked for its address; without any, names are not looked up, and
    devices print what follows on the same line (unicon's notes on IOS-XE).
    """
    if not servers:
        return "% Bad IP address or host name"
    return f'Translating "{name}"...domain server {" ".join(f"({each})" for each in servers)}'


def filter_explained(wrong: FilterError, line: str, *, prompt: str) -> str:
    """Why what stands behind the pipe is no filter."""
    if wrong.problem == "pattern":
        return wrong.text + "\n"
    if wrong.problem == "ambiguous":
        return ambiguous(line)
    if wrong.problem == "incomplete":
        return INCOMPLETE
    return caret(prompt, wrong.column)
