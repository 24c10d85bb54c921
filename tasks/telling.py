"""How people are told: texts that a terminal may colour, and where runbooks write them.

A style is the name of a colour (`red`, `green`, `yellow`, `cyan`), `bold`, or both: `bold red`.
"""

import sys
from collections.abc import Callable
from typing import Protocol

Paint = Callable[[str, str], str]
"""Gives a text in a style."""
Write = Callable[[str], object]
"""Takes a text to show, whose lines are all ended."""


class Say(Protocol):
    """Takes lines to show."""

    def __call__(self, *lines: str) -> None:
        """Show them at once."""


def plain(text: str, style: str) -> str:
    """Leave a text as it is."""
    del style
    return text


def say_to(write: Write | None) -> Say:
    """What writes lines with `write`, by default to stdout: at once, also where that is a file."""

    def say(*lines: str) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if write is not None:
            write(text)
        else:
            sys.stdout.write(text)
            sys.stdout.flush()

    return say
