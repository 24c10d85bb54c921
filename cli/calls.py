"""Advice that names calls of `getvpn runs`, with the options that they need to find the run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from click.core import ParameterSource

from ..errors import GetvpnError
from .fleet import FleetRequest

_CALL: Final = re.compile(r"'getvpn runs(?: ([a-z]+)([^']*))?'")
_WITH_DEVICES: Final = frozenset(("resume", "abort"))
_OF_FLEETS: Final = frozenset(("rate", "retries", "processes", "per_group"))
"""What one run does not heed."""


def to_copy(text: str) -> str:
    """The text, in which calls of `getvpn runs` have the options of the call that is on.

    They get the journal that was named, and those that log in to devices how that is done. A
    password in the address of a journal is left out.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return text
    journal, access = _journal(context), "".join(_access(context))

    def whole(call: re.Match[str]) -> str:
        action, rest = call.group(1), call.group(2)
        if action is None:
            return f"'getvpn runs{journal}'"
        devices = access if action in _WITH_DEVICES else ""
        return f"'getvpn runs{journal} {action}{rest}{devices}'"

    return _CALL.sub(whole, text)


@contextmanager
def hints_to_copy() -> Iterator[None]:
    """Let what the hints of errors name be such calls."""
    try:
        yield
    except GetvpnError as error:
        error.hint = error.hint and to_copy(error.hint)
        raise


def _journal(context: click.Context) -> str:
    """`--journal` as it was given to the verb, or in front of its action."""
    own, parent = context.params, context.parent
    url = own.get("journal") or (parent.params.get("journal") if parent is not None else None)
    if not url:
        return ""
    from ..tasks.database.engine import shown_url

    return f" --journal {_word(shown_url(url))}"


def _access(context: click.Context) -> Iterator[str]:
    """The options of the verb that tell of devices and logins, as far as they were given."""
    for option in context.command.params:
        name = option.name or ""
        if name not in FleetRequest.__slots__ or name in _OF_FLEETS:
            continue
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        yield f" {option.opts[0]}"
        value = context.params[name]
        if value is not True:
            yield f" {_word(str(value))}"


def _word(text: str) -> str:
    """A word for the shell, without the quotes that are around the call."""
    if shlex.quote(text) == text:
        return text
    return '"' + re.sub(r'(["$`\\])', r"\\\1", text) + '"'
