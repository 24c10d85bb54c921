"""What came of a deployment, device by device and rekey by rekey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from ...errors import DeviceError, GetvpnError, RefusedError
from .models import Plan

DeviceState = Literal[
    "unchanged",
    "changed",
    "rolled back",
    "not begun",
    "failed",
    "half way",
]
"""`failed`: it is as it was, since nothing was entered. `half way`: look after it."""
Fault = Literal["", "refused", "check", "device"]
"""Whose fault it was: the device turned a line down, a check failed, or it could not be driven."""
RekeyState = Literal["sent", "failed", "left", "not sent"]
State = Literal["nothing to do", "planned", "refused", "declined", "done", "failed", "stopped"]
"""`planned`: a dry run. `refused`: obstacles. `declined`: somebody said no when asked."""
EXIT_REFUSED: Final = 1
EXIT_STOPPED: Final = 130


class CheckError(GetvpnError):
    """A device is not as it should be before or after its change."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceOutcome:
    """What became of a device; `said` is why, in a clause, where there is more to say.

    `backup` is the file with what it was before.
    """

    device: str
    state: DeviceState
    said: str = ""
    fault: Fault = ""
    seconds: float = 0.0
    backup: Path | None = None

    @property
    def well(self) -> bool:
        """Whether it is as intended."""
        return self.state in ("unchanged", "changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyOutcome:
    """What became of a rekey.

    `reached` are the members that have the new keys and the policy, `missed` those that do not and
    what they lack, `unseen` those that could not be asked and why.
    """

    group: str
    device: str
    state: RekeyState
    said: str = ""
    fault: Fault = ""
    reached: tuple[str, ...] = ()
    missed: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment and what came of it; `folder` holds its plan, journal and backups.

    `said` tells in what state the network was left. `obstacles` are those that nobody accepted.
    """

    plan: Plan
    state: State
    folder: Path
    said: str = ""
    obstacles: tuple[str, ...] = ()
    devices: Mapping[str, DeviceOutcome] = field(default_factory=dict)
    rekeys: Mapping[str, RekeyOutcome] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0: as intended, or planned; 1: refused, or a check failed; 3: a device failed."""
        faults = {each.fault for each in self.devices.values()}
        faults |= {each.fault for each in self.rekeys.values()}
        if "device" in faults or self.plan.unreached:
            return DeviceError.exit_code
        if self.state == "stopped":
            return EXIT_STOPPED
        if self.state in ("refused", "declined", "failed") or faults - {""}:
            return EXIT_REFUSED
        return 0


def fault_of(error: BaseException) -> Fault:
    """Whose fault an error tells of."""
    if isinstance(error, RefusedError):
        return "refused"
    return "device" if isinstance(error, DeviceError) else "check"


def clause(error: GetvpnError) -> str:
    """What an error says, without where."""
    return "; ".join((error.message, *error.advice))
