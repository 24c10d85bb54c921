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
    r"""What writes lines with `write`, by default to stdout: at once, also where that is a file.

    What the encoding of stdout lacks is written as `\x…`: no run ends for a letter.
    """

    def say(*lines: str) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if write is not None:
            write(text)
        else:
            encoding = sys.stdout.encoding or "utf-8"
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()

    return say
