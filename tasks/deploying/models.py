"""A deployment as data: what is changed where, in which order, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from ..comparing.plan import Command
from ..ssh.device import Device

Role = Literal["key server", "member"]
Means = Literal["napalm", "lines"]
"""`napalm` where the device has an archive and takes a change on trial, else line by line."""
MEANS: Final[tuple[Means, ...]] = ("napalm", "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one device is told; `commands` and `inverse` hold secrets.

    `inverse` leads back from the intended configuration to the running one; it is empty where
    nothing of the change can be in force yet. `groups` are the groups that the device serves or is
    a member of, `effects` plain sentences on what the lines do to traffic and registrations,
    `unified` the difference without secrets. `resumed` is set where an earlier deployment was
    broken off on the device: without `commands` only its end is missing. `touched` is how global
    lines begin that it changes though no intent speaks of them.
    """

    device: str
    role: Role
    groups: tuple[str, ...]
    means: Means
    commands: tuple[Command, ...] = field(repr=False)
    inverse: tuple[Command, ...] = field(default=(), repr=False)
    effects: tuple[str, ...] = ()
    unified: tuple[str, ...] = ()
    resumed: bool = False
    touched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Devices that are changed before those of the next stage; a stage that fails is the last.

    They are changed one after another, or all `together`.
    """

    name: str
    devices: tuple[str, ...]
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekey:
    """A `crypto gdoi ks rekey` that makes a changed policy take effect, on the primary.

    It is sent when the stage `after` has gone well, before all stages if that is None. `replace` is
    for `replace-now`: members drop their keys at once, with loss. One that is `left` is not sent.
    `called` is what the primary calls the group, where that is another name.
    """

    group: str
    device: str
    why: str
    called: str = ""
    after: str | None = None
    replace: bool = False
    left: bool = False

    @property
    def command(self) -> str:
        """What is entered on the primary."""
        name = self.called or self.group
        return f"crypto gdoi ks group {name} rekey{' replace-now' * self.replace}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of a deployment.

    `obstacles` are the reasons for which it must not be carried out; with any of them nothing is
    changed. Those that are `passing` may be gone in a while. `unchanged` are devices that are as
    intended, `unreached` those that could not be asked and why, `notes` what a person should know
    beside all this.
    """

    stages: tuple[Stage, ...]
    changes: dict[str, Change]
    rekeys: tuple[Rekey, ...] = ()
    unchanged: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    passing: frozenset[str] = frozenset()
    unreached: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes and all(rekey.left for rekey in self.rekeys)


class Way(Protocol):
    """How lines reach one device, and are taken back; made for one device and one change.

    Methods raise the kinds of `DeviceError`. After a RefusedError from `apply` the lines before the
    refused one may be in force: `undo` takes them back. Each may be called again by a process that
    came after one that was killed.
    """

    def apply(self) -> None:
        """Put the change in force, on trial where the device can do that."""

    def keep(self) -> None:
        """End the trial, and save the configuration so that it survives a restart."""

    def undo(self) -> None:
        """Bring the configuration back that was there before, and check that it is there."""


OpenDevice = Callable[[str], Device]
"""A session on a device of the inventory, by its name."""
