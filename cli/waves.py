"""How many members a procedure changes at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from ..tasks.deploying.waves import Wave

Verb = TypeVar("Verb", bound=Callable[..., object])


def wave_option(verb: Verb) -> Verb:
    """Add `--wave`."""
    return click.option(
        "--wave",
        default="20%",
        show_default=True,
        metavar="N|N%",
        help="Change so many members at a time.",
    )(verb)


def wave_of(text: str) -> Wave:
    """The wave that was asked for. Raises UsageError."""
    from ..tasks.deploying.waves import Wave

    return Wave.of(text)
