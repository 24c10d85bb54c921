"""The verb `recover`."""

from __future__ import annotations

from typing import Any

import click

from .main import VerbGroup
from .procedures import carry_out, prepare, procedure_options, procedure_request
from .without import without_option

ACTIONS = {"split": "Make one group of two with a primary each"}


class RecoverGroup(VerbGroup):
    """What can be recovered from."""

    table = ACTIONS
    kind = "trouble"

    def load(self, name: str) -> click.Command:
        """The command for a trouble."""
        return {"split": split}[name]


@click.group(cls=RecoverGroup, subcommand_metavar="TROUBLE [ARGUMENTS]...")
def command() -> None:
    """Bring groups back from what has happened to them."""


@click.command("split")
@click.option(
    "--wave",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Tell N members at a time to register again, of those that miss the new keys.",
)
@click.option(
    "--within",
    type=click.FloatRange(min=0),
    default=3600.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait until the way between the key servers has been mended.",
)
@without_option
@procedure_options
def split(wave: int, within: float, without: tuple[str, ...], **options: Any) -> int:
    """Make one group of two with a primary each.

    Shows which way between key servers is broken, and the plan; does nothing without --execute.
    Then it waits until you have mended the way, sees one primary give way to the other, and brings
    all members to the same keys. Exit codes: 0 done, or a plan without obstacles; 1 obstacles or
    stopped; 2 the call is wrong; 3 a device failed.
    """
    from ..tasks.procedures.recover_plan import plan_recovery

    wish, request = procedure_request(options)
    ready = prepare(wish, request, members=True)
    plan = plan_recovery(
        ready.intent,
        ready.observed,
        ready.group,
        wave=wave,
        connects_s=within,
        without=without,
    )
    return carry_out(plan, ready, wish)
