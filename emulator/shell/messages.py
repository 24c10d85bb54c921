"""What the command line says of a line that it does not carry out (texts of device transcripts)."""

from ..grammar import Ambiguous, Incomplete, Invalid, ParseResult
from ..terminal.filters import FilterError
from .configuring import INVALID

INCOMPLETE = "% Incomplete command.\n\n"
NO_SUCH_HOST = "% Unknown command or computer name, or unable to find computer address\n"
SUBCOMMANDS = '% Type "show ?" for a list of subcommands\n'


def caret(prompt: str, column: int) -> str:
    """A mark below the character of the typed line that cannot be there."""
    return f"{' ' * (len(prompt) + column)}^\n{INVALID}\n\n"


def ambiguous(line: str) -> str:
    """A line with a word that begins several keywords."""
    return f'% Ambiguous command:  "{line.strip()}"\n'


def explained(
    found: ParseResult, command: str, line: str, start: int, *, prompt: str, lookup: bool
) -> str:
    """Why the exec command that stands in `line` from the column `start` is none.

    `lookup` tells whether names are looked up: a lone unknown word is taken for a computer.
    """
    words = command[start:].split()
    if isinstance(found, Ambiguous):
        return ambiguous(line)
    if isinstance(found, Incomplete):
        bare_show = len(words) == 1 and "show".startswith(words[0].lower())
        return SUBCOMMANDS if bare_show else INCOMPLETE
    if not isinstance(found, Invalid):
        raise TypeError(f"{found!r} is no failure")
    if len(words) == 1 and not start and found.column <= len(words[0]):
        return unknown_host(words[0], lookup=lookup)
    return caret(prompt, found.column)


def unknown_host(name: str, *, lookup: bool) -> str:
    """A word that is neither a command nor a computer."""
    if not lookup:
        return f"% Bad IP address or host name\n{NO_SUCH_HOST}"
    return f'Translating "{name}"...domain server (255.255.255.255)\n{NO_SUCH_HOST}'


def filter_explained(wrong: FilterError, line: str, *, prompt: str) -> str:
    """Why what stands behind the pipe is no filter."""
    if wrong.problem == "pattern":
        return wrong.text + "\n"
    if wrong.problem == "ambiguous":
        return ambiguous(line)
    if wrong.problem == "incomplete":
        return INCOMPLETE
    return caret(prompt, wrong.column)
