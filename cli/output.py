"""Where text goes: the result of a verb to stdout, everything else to stderr.

A verb that is asked for a machine format writes only that to stdout, since nothing but
`result` writes there.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import click

COLOR_CHOICES = ("auto", "always", "never")


def result(text: str) -> None:
    """Write what the verb was asked for to stdout.

    ANSI styles are taken out when colour is off: see `colored`.
    """
    click.echo(text)


def note(text: str) -> None:
    """Write what a person should know beside the result to stderr."""
    click.echo(text, err=True)


def color_setting(choice: str, environ: Mapping[str, str]) -> bool | None:
    """Turn `--color` and the environment into click's setting.

    True or False is fixed; None leaves it to whether a stream is a terminal. `--color` outranks
    the variable NO_COLOR, which counts when it is not empty (no-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return None


def colored() -> bool:
    """Tell whether `result` keeps ANSI styles, for a verb that can spare making them."""
    context = click.get_current_context(silent=True)
    fixed = context.color if context else None
    return sys.stdout.isatty() if fixed is None else fixed


def paint(text: str, style: str) -> str:
    """Give a text in a style of `tasks.telling`, where `result` keeps it."""
    if not style or not colored():
        return text
    words = style.split()
    color = next((word for word in words if word != "bold"), None)
    return click.style(text, fg=color, bold="bold" in words or None)


def fill_missing() -> None:
    """Let a standard stream that whoever called has closed be empty, and lose what is written.

    Otherwise it is None, and the next file or connection gets its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, stream)


def escape_unencodable() -> None:
    r"""Let stdout and stderr write `\x…` for what their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_stdout() -> None:
    """Drop what stdout still buffers, so that leaving the process does not fail over it."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
