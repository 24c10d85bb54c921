"""An option of verbs that look at members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Verb = TypeVar("Verb", bound=Callable[..., object])


def without_option(verb: Verb) -> Verb:
    """Add `--without`: members that are known to be down."""
    return click.option(
        "--without",
        multiple=True,
        metavar="MEMBER",
        help="Do not expect this member to take part: it is known to be down. Several times for "
        "several.",
    )(verb)
