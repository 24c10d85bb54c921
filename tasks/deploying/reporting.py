"""Plans and outcomes as data, for files and for programs; no secret is in them."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from ..comparing.text import concealed, lines
from .models import Change, Plan
from .outcome import Deployment, RekeyOutcome

VERSION: Final = 1
_COUNTED: Final = re.compile(r"\b\d+(?= (?:s|min|members|of)\b)")


def handle(obstacle: str) -> str:
    """A short name for an obstacle, by which it can be accepted.

    It stays the same while only a count of seconds or members in it changes.
    """
    return hashlib.sha256(_COUNTED.sub("#", obstacle).encode()).hexdigest()[:6]


def told_lines(change: Change) -> list[str]:
    """The lines that a device is told, indented by the modes they are entered in, no secrets."""
    return [concealed(line) for line in lines(change.commands)]


def plan_data(plan: Plan) -> dict[str, Any]:
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


def report_data(deployment: Deployment) -> dict[str, Any]:
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


def _change(change: Change) -> dict[str, Any]:
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


def _rekey(outcome: RekeyOutcome) -> dict[str, Any]:
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
