"""The verb `policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .main import VerbGroup
from .procedures import (
    Prepared,
    carry_out,
    devices_of,
    prepare,
    procedure_options,
    procedure_request,
)
from .without import without_option

if TYPE_CHECKING:
    from ..parsers.records.gdoi_feature import GdoiFeature

ACTIONS = {"change": "Bring the policy of a group to what the intent says, and its members to it"}


class PolicyGroup(VerbGroup):
    """What can be done to a policy."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action."""
        return {"change": change}[name]


@click.group(cls=PolicyGroup, subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Change what a group encrypts, and how."""


@click.command("change")
@click.option(
    "--apply",
    type=click.Choice(("rekey", "replace-now")),
    default="rekey",
    show_default=True,
    help="Let the old keys live on for a short time, or have members drop them at once, with loss.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="Do not let this rule of the audit stand in the way.",
)
@without_option
@procedure_options
def change(apply: str, ignore: tuple[str, ...], without: tuple[str, ...], **options: Any) -> int:
    """Bring the policy of a group to what the intent says, and its members to it.

    Shows the plan and which traffic will be treated otherwise, and does nothing without --execute.
    Secondary key servers are changed first, the primary last; then one rekey tells the members.
    Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or stopped; 2 the call
    is wrong; 3 a device failed.
    """
    from ..tasks.procedures.policy_plan import plan_policy_change

    wish, request = procedure_request(options)
    ready = prepare(wish, request, members=True)
    plan = plan_policy_change(
        ready.intent,
        ready.observed,
        ready.group,
        _features(ready),
        apply="replace-now" if apply == "replace-now" else "rekey",
        without=without,
        ignored=ignore,
    )
    return carry_out(plan, ready, wish)


def _features(ready: Prepared) -> GdoiFeature | None:
    """Which devices can replace policies, as the primary says; None where it cannot be asked."""
    from ..errors import DeviceError
    from ..tasks.procedures.planning import look_at
    from ..tasks.procedures.policy_features import ask_features

    _, leading = look_at(ready.intent, ready.observed, ready.group)
    try:
        device = devices_of(ready.fleet, ready.request).open(leading.device)
        try:
            return ask_features(device)
        finally:
            device.close()
    except DeviceError:
        return None
