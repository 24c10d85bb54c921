"""Checks that many settings share: lines that are printed in both senses, or always."""

from collections.abc import Callable

from ..config.edit import Edit
from ..config.store import Entry

Shown = Callable[[Entry, str], "str | None"]


def both_ways(*, on: bool) -> Callable[[Edit], None]:
    """A switch that IOS prints whether it is on or off; `on` is what `default` goes back to."""

    def check(edit: Edit) -> None:
        if edit.reset:
            edit.negated = not on
        if edit.negated:
            edit.text = f"no {edit.setting.name}"
        elif edit.reset:
            edit.text = edit.setting.name

    return check


def keeps_no(edit: Edit) -> None:
    """Something that is on without a line: `no` is kept as a line, `default` keeps none."""
    if edit.negated:
        edit.text = f"no {edit.setting.name}"


def as_delivered(edit: Edit) -> None:
    """A line that the platform is delivered with: `no` is kept, `default` brings the line back."""
    name = edit.setting.name
    delivered = delivered_line(edit.router.platform.factory, name)
    if delivered is None or not (edit.negated or edit.reset):
        return
    edit.text = f"no {name}" if edit.negated else delivered


def delivered_line(factory: str, name: str) -> str | None:
    """The global line of a platform's own configuration that begins with these words."""
    for line in factory.splitlines():
        if line == name or line.startswith(f"{name} "):
            return line
    return None


def not_removed(edit: Edit) -> None:
    """A line that stays whatever is typed: `no` puts back what was there."""
    before = edit.before
    if edit.removing and before is not None:
        edit.text, edit.values, edit.negated = before.text, before.values, before.negated


def positive_only(*families: str) -> Shown:
    """Print the `no …` of a switch except in these families."""

    def shown(entry: Entry, family: str) -> str | None:
        return None if entry.negated and family in families else entry.text

    return shown


def hidden(_entry: Entry, _family: str) -> None:
    """Never print the line."""


def when_filled(entry: Entry, family: str) -> str | None:
    """Print a block only when something in it is printed."""
    children = entry.block.entries.values() if entry.block is not None else ()
    for child in children:
        shown = child.setting.shown
        if shown is None or shown(child, family) is not None:
            return entry.text
    return None
