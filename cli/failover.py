"""The verb `failover`."""

from __future__ import annotations

from typing import Any

import click

from .main import VerbGroup
from .procedures import carry_out, prepare, procedure_options, procedure_request
from .without import without_option

ACTIONS = {"test": "Take the primary key server away, and see whether the group goes on"}


class FailoverGroup(VerbGroup):
    """What can be done about failovers."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action."""
        return {"test": test}[name]


@click.group(cls=FailoverGroup, subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Test whether key servers take over from each other."""


@click.command("test")
@click.option(
    "--isolate",
    type=click.Choice(("reload", "by-hand")),
    default="reload",
    show_default=True,
    help="Restart the primary, or say when you are to cut it off at its console.",
)
@click.option("--give-back", is_flag=True, help="Let the old primary lead again in the end.")
@click.option(
    "--away",
    type=click.FloatRange(min=60),
    default=1800.0,
    show_default=True,
    metavar="S",
    help="Seconds after which a primary that is not back is given up.",
)
@without_option
@procedure_options
def test(
    isolate: str, give_back: bool, away: float, without: tuple[str, ...], **options: Any
) -> int:
    """Take the primary key server away, and see whether the group goes on.

    Shows the plan, and does nothing without --execute. Another key server has to be elected in
    time, with the same keys, and all members have to acknowledge a rekey of it; then the old
    primary comes back as a secondary. Exit codes: 0 passed, or a plan without obstacles; 1
    obstacles, failed or stopped; 2 the call is wrong; 3 a device failed.
    """
    from ..tasks.procedures.failover_plan import plan_failover

    wish, request = procedure_request(options)
    ready = prepare(wish, request, members=True)
    plan = plan_failover(
        ready.intent,
        ready.observed,
        ready.group,
        isolate="by-hand" if isolate == "by-hand" else "reload",
        give_back=give_back,
        away_s=away,
        without=without,
    )
    return carry_out(plan, ready, wish)
