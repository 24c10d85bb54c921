"""Plans and outcomes as data, for files and for programs; no secret is in them."""

from __future__ import annotations

import hashlib
import re
from typing import Final, TypedDict

from ..comparing.text import concealed, lines
from .models import Change, Means, Plan, Role
from .outcome import Deployment, DeviceState, Fault, RekeyOutcome, RekeyState, State

VERSION: Final = 1


class StageData(TypedDict):
    """Devices that are changed before those of the next stage."""

    name: str
    """The stage."""
    devices: list[str]
    """Its devices."""
    together: bool
    """Whether they are changed at the same time, and not one after another."""


class ChangeData(TypedDict):
    """What is changed on a device."""

    device: str
    """The device."""
    role: Role
    """What it is."""
    groups: list[str]
    """The groups that it is about."""
    means: Means
    """How it is changed: by lines that are entered, or by NAPALM."""
    commands: list[str]
    """The lines that it is told, indented by the modes they are entered in, without secrets."""
    effects: list[str]
    """What that does to traffic and keys."""
    unified: list[str]
    """The change as lines of a unified diff, without secrets."""
    resumed: bool
    """Whether an earlier deployment has begun it."""


class RekeyData(TypedDict):
    """A rekey that has to follow, for members to hear of a change."""

    group: str
    """The group."""
    device: str
    """The key server that sends it."""
    command: str
    """The command."""
    why: str
    """Why it is needed."""
    after: str | None
    """The stage behind which it comes; None: before all stages."""
    left: bool
    """Whether it is left to others (`--no-rekey`)."""


class ObstacleData(TypedDict):
    """What forbids a deployment."""

    handle: str
    """A short name, by which it can be accepted (`--accept`)."""
    text: str
    """The obstacle, in words."""


class PlanData(TypedDict):
    """What a deployment would do."""

    version: int
    """The version of this form, 1."""
    stages: list[StageData]
    """The stages, in order."""
    devices: list[ChangeData]
    """The devices that are changed."""
    rekeys: list[RekeyData]
    """The rekeys that follow."""
    unchanged: list[str]
    """Devices that are as intended."""
    unreached: dict[str, str]
    """Devices that could not be looked at: why, by device."""
    obstacles: list[ObstacleData]
    """What forbids it."""
    notes: list[str]
    """What people should know."""


class DeployedDevice(TypedDict):
    """What came of a device."""

    device: str
    """The device."""
    state: DeviceState
    """How it stands: `failed` is as it was, `half way` needs somebody to look after it."""
    said: str
    """Why, in words, where there is more to say."""
    fault: Fault
    """What went wrong: the device turned a line down, a check failed, the device failed."""
    seconds: float
    """How long it took, in seconds."""
    backup: str | None
    """The file with the configuration from before; None: there is none."""


class DeployedRekey(TypedDict):
    """What came of a rekey."""

    group: str
    """The group."""
    device: str
    """The key server."""
    state: RekeyState
    """How it stands."""
    said: str
    """Why, in words, where there is more to say."""
    fault: Fault
    """What went wrong: the device turned the command down, a check failed, the device failed."""
    reached: list[str]
    """Members that have the new keys and the policy."""
    missed: dict[str, str]
    """Members that do not: what they lack, by member."""
    unseen: dict[str, str]
    """Members of which nobody can tell: why, by member."""


class ReportData(TypedDict):
    """What came of a deployment."""

    version: int
    """The version of this form, 1."""
    state: State
    """How it ended: `planned` is a dry run, `refused` has obstacles, `declined` a no when asked."""
    said: str
    """In what state the network was left, in words."""
    exit_code: int
    """The exit code of the command."""
    folder: str
    """Where plan, journal and backups are kept."""
    obstacles: list[ObstacleData]
    """What forbade it."""
    devices: list[DeployedDevice]
    """The devices."""
    rekeys: list[DeployedRekey]
    """The rekeys."""


class DeploymentData(TypedDict):
    """A plan, and what came of it."""

    plan: PlanData
    """What was to be done."""
    report: ReportData
    """What was done."""


_COUNTED: Final = re.compile(r"\b\d+(?= (?:s|min|members|of)\b)")


def handle(obstacle: str) -> str:
    """A short name for an obstacle, by which it can be accepted.

    It stays the same while only a count of seconds or members in it changes.
    """
    return hashlib.sha256(_COUNTED.sub("#", obstacle).encode()).hexdigest()[:6]


def told_lines(change: Change) -> list[str]:
    """The lines that a device is told, indented by the modes they are entered in, no secrets."""
    return [concealed(line) for line in lines(change.commands)]


def plan_data(plan: Plan) -> PlanData:
    """A plan as data."""
    return {
        "version": VERSION,
        "stages": [
            {"name": stage.name, "devices": list(stage.devices), "together": stage.together}
            for stage in plan.stages
        ],
        "devices": [_change(change) for change in plan.changes.values()],
        "rekeys": [
            {
                "group": rekey.group,
                "device": rekey.device,
                "command": rekey.command,
                "why": rekey.why,
                "after": rekey.after,
                "left": rekey.left,
            }
            for rekey in plan.rekeys
        ],
        "unchanged": list(plan.unchanged),
        "unreached": dict(plan.unreached),
        "obstacles": [{"handle": handle(each), "text": each} for each in plan.obstacles],
        "notes": list(plan.notes),
    }


def deployment_data(deployment: Deployment) -> DeploymentData:
    """A deployment as data: its plan, and what came of it."""
    return {"plan": plan_data(deployment.plan), "report": report_data(deployment)}


def report_data(deployment: Deployment) -> ReportData:
    """What came of a deployment as data."""
    return {
        "version": VERSION,
        "state": deployment.state,
        "said": deployment.said,
        "exit_code": deployment.exit_code,
        "folder": str(deployment.folder),
        "obstacles": [{"handle": handle(each), "text": each} for each in deployment.obstacles],
        "devices": [
            {
                "device": each.device,
                "state": each.state,
                "said": each.said,
                "fault": each.fault,
                "seconds": each.seconds,
                "backup": None if each.backup is None else str(each.backup),
            }
            for each in deployment.devices.values()
        ],
        "rekeys": [_rekey(each) for each in deployment.rekeys.values()],
    }


def _change(change: Change) -> ChangeData:
    return {
        "device": change.device,
        "role": change.role,
        "groups": list(change.groups),
        "means": change.means,
        "commands": told_lines(change),
        "effects": list(change.effects),
        "unified": list(change.unified),
        "resumed": change.resumed,
    }


def _rekey(outcome: RekeyOutcome) -> DeployedRekey:
    return {
        "group": outcome.group,
        "device": outcome.device,
        "state": outcome.state,
        "said": outcome.said,
        "fault": outcome.fault,
        "reached": list(outcome.reached),
        "missed": dict(outcome.missed),
        "unseen": dict(outcome.unseen),
    }
