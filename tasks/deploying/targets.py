"""What a device is to be, and how it differs from that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ...inventory.models import Intent
from ...inventory.resolve import each_view
from ...inventory.views import MemberView, ServerView
from ..comparing.entered import entered
from ..comparing.plan import Command
from ..diff import difference, inverse, way_back
from ..render import Secrets, known, render
from .models import Role

View = ServerView | MemberView


class Compared(Protocol):
    """What a device lacks of what it is to be; see `Difference`."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The lines that mend it, in their order."""

    @property
    def unchecked(self) -> tuple[int, ...]:
        """Lines with keys that cannot be compared."""

    @property
    def lost(self) -> tuple[str, ...]:
        """Groups that a key server would stop to serve."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know."""

    @property
    def different(self) -> bool:
        """Whether there is any difference."""

    def unified(self, *, context: int = 3) -> tuple[str, ...]:
        """Both in the unified form, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A device and what it is to be: its view, and its rendered text, which holds secrets."""

    view: View
    text: str = field(repr=False)

    @property
    def role(self) -> Role:
        """What it is in the network."""
        return role_of(self.view)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that it is to serve or to be a member of."""
        return tuple(group.name for group in self.view.groups)

    def compared(self, running: str) -> Compared:
        """How a running configuration differs from it."""
        return difference(self.view, self.text, running)

    def then(self, running: str, commands: Sequence[Command]) -> str:
        """A running configuration once the lines of a difference are entered."""
        return entered(running, commands, self.view)

    def intended(self, _running: str) -> str:
        """What a running configuration is to be, as far as that is said."""
        return self.text

    def inverse(self, running: str) -> tuple[Command, ...]:
        """The lines that lead back to `running` once those of the difference were entered."""
        return inverse(self.view, self.text, running)

    def back(self, now: str, before: str) -> tuple[Command, ...]:
        """The lines that lead from `now`, anywhere on the way, back to `before`."""
        return way_back(self.view, self.text, now, before)

    @property
    def touched(self) -> tuple[str, ...]:
        """How global lines begin that may change though no intent speaks of them."""
        return ()


def role_of(view: View) -> Role:
    """What a device is in the network."""
    return "key server" if isinstance(view, ServerView) else "member"


def targets(
    intent: Intent, secrets: Secrets | None, devices: Iterable[str] | None = None
) -> dict[str, Target]:
    """What the devices are to be, by name; see `render` for errors."""
    names = None if devices is None else known(intent, devices)
    texts = render(intent, secrets, names, conceal=secrets is None)
    return {
        view.name: Target(view=view, text=texts[view.name]) for view in each_view(intent, names)
    }
