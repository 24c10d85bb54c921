"""The verb `evict`."""

from __future__ import annotations

from typing import Any

import click

from .main import VerbGroup
from .procedures import carry_out, prepare, procedure_options, procedure_request
from .without import without_option

ACTIONS = {"member": "Take a member's place in a group from it, and give the others new keys"}


class EvictGroup(VerbGroup):
    """Who can be evicted."""

    table = ACTIONS
    kind = "kind of device"

    def load(self, name: str) -> click.Command:
        """The command for a kind of device."""
        return {"member": member}[name]


@click.group(cls=EvictGroup, subcommand_metavar="KIND [ARGUMENTS]...")
def command() -> None:
    """Take devices out of groups whose keys they must not have any more."""


@click.command("member")
@click.argument("who", metavar="MEMBER")
@click.option(
    "--now",
    is_flag=True,
    help="Have all members drop their keys at once: an outage until each has registered again, "
    "at a random time.",
)
@click.option(
    "--revoked", is_flag=True, help="Its certificate has been revoked already, and that published."
)
@without_option
@procedure_options
def member(who: str, now: bool, revoked: bool, without: tuple[str, ...], **options: Any) -> int:
    """Take a member's place in a group from it, and give the others new keys.

    MEMBER is its name in the intent, or the address by which key servers know it. Shows the plan,
    and does nothing without --execute. No key server admits it any more; then all members are told
    to register again, within a short time in which the old keys live on. Exit codes: 0 done, or a
    plan without obstacles; 1 obstacles, rolled back or stopped; 2 the call is wrong; 3 a device
    failed.
    """
    from ..tasks.procedures.evict_plan import plan_eviction

    wish, request = procedure_request(options)
    ready = prepare(wish, request)
    plan = plan_eviction(
        ready.intent,
        ready.observed,
        ready.group,
        who,
        now=now,
        revoked=revoked,
        without=without,
    )
    return carry_out(plan, ready, wish)
