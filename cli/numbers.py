"""Numbers on the command line."""

from __future__ import annotations

from math import isnan
from typing import Any

import click

DAY_S = 86_400.0


class Range(click.FloatRange):
    """A range of numbers. `nan`, which no end of a range shuts out, is in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number. Fails for what is no number in the range."""
        found: float = super().convert(value, param, ctx)
        if isnan(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


def days(*, min_open: bool = False) -> Range:
    """A number of days that leads to no time that nobody can write, which a century does not."""
    return Range(min=0, max=36_500, min_open=min_open)
