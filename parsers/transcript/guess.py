"""The command of a single output that comes without one."""

from pathlib import Path

from .capture import CONFIG_COMMAND, TECH_COMMAND, resolved
from .content import has_tech_headings, is_configuration, opening
from .log import split_screen
from .names import place
from .screen import read_screen


def guess_command(path: str | Path, text: str) -> str | None:
    """The command whose output `text` is, or None when nothing says so.

    Looked at in this order: the echo in the text, the name of the file, of its folder, and
    whether the text begins as no other command's output does. Raises ParseError when the text
    is over the size limit of `parsers.text`.
    """
    screen = read_screen(text, str(path))
    echoes = [capture.command for capture in split_screen(screen, str(path)).captures]
    known = next((command for command in echoes if resolved(command) is not None), None)
    if known is not None:
        return known
    named = place(Path(path)).command
    if named is not None and resolved(named) is not None:
        return named
    if has_tech_headings(screen.lines):
        return TECH_COMMAND
    if is_configuration(screen.lines):
        return CONFIG_COMMAND
    return opening(screen.lines) or named or next(iter(echoes), None)
