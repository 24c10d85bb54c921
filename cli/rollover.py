"""The verb `rollover`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .main import VerbGroup
from .procedures import Prepared, carry_out, prepare, procedure_options, procedure_request

if TYPE_CHECKING:
    from ..tasks.procedures.model import ProcedurePlan

ACTIONS = {"rsa": "Give a group another RSA key for its rekeys, on all key servers"}


class RolloverGroup(VerbGroup):
    """The kinds of rollover."""

    table = ACTIONS
    kind = "rollover"

    def load(self, name: str) -> click.Command:
        """The command of a kind."""
        return {"rsa": rsa}[name]


@click.group(cls=RolloverGroup, subcommand_metavar="KIND [ARGUMENTS]...")
def command() -> None:
    """Replace keys of a group, step by step."""


@click.command("rsa")
@click.option(
    "--strategy",
    type=click.Choice(("new-label", "in-place")),
    default="new-label",
    show_default=True,
    help="Make the new key beside the old one, or remove the old one first, as the seed does.",
)
@click.option(
    "--label", metavar="NAME", help="Name of the new key.  [default: the old one's, numbered]"
)
@click.option(
    "--modulus",
    type=click.Choice(("2048", "3072", "4096")),
    default="2048",
    show_default=True,
    help="Bits of the new key.",
)
@click.option(
    "--cipher",
    type=click.Choice(("aes", "3des")),
    default="aes",
    show_default=True,
    help="What encrypts the private key on its way between key servers.",
)
@click.option(
    "--wave",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Tell N members at a time to register again, instead of letting them come by themselves.",
)
@procedure_options
def rsa(
    strategy: str, label: str | None, modulus: str, cipher: str, wave: int, **options: Any
) -> int:
    """Give a group another RSA key for its rekeys, on all key servers.

    Shows the plan, and does nothing without --execute. Members register again, by themselves
    before their keys expire; until the rekey that they turn down, the way back costs nothing.
    Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or stopped; 2 the call
    is wrong; 3 a device failed.
    """
    wish, request = procedure_request(options)

    def planned(ready: Prepared) -> ProcedurePlan:
        from ..tasks.procedures.rollover_plan import plan_rollover

        return plan_rollover(
            ready.intent,
            ready.observed,
            ready.group,
            strategy="in-place" if strategy == "in-place" else "new-label",
            label=label,
            modulus=int(modulus),
            cipher="3des" if cipher == "3des" else "aes",
            wave=wave,
        )

    ready = prepare(wish, request)
    return carry_out(planned(ready), ready, wish)
