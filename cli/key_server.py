"""The verb `key-server`."""

from __future__ import annotations

from typing import Any

import click

from .main import VerbGroup
from .procedures import carry_out, prepare, procedure_options, procedure_request, secrets_of
from .waves import wave_of, wave_option

ACTIONS = {
    "add": "Let another key server serve a group, and tell its members",
    "remove": "Take a key server out of a group, members first",
}


class KeyServerGroup(VerbGroup):
    """What can be done about the key servers of a group."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action."""
        return {"add": add, "remove": remove}[name]


@click.group(cls=KeyServerGroup, subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Add and remove key servers of a group, step by step."""


@click.command("add")
@click.argument("name")
@wave_option
@procedure_options
def add(name: str, wave: str, **options: Any) -> int:
    """Let another key server serve a group, and tell its members of it.

    NAME is a key server that the intent has in the group, with the lowest priority. Shows the plan,
    and does nothing without --execute. It joins as a secondary, and only when it is in step with
    the others members are told of it; nothing changes for traffic. Exit codes: 0 done, or a plan
    without obstacles; 1 obstacles, rolled back or stopped; 2 the call is wrong; 3 a device failed.
    """
    wish, request = procedure_request(options)
    size = wave_of(wave)
    ready = prepare(wish, request, members=True)
    from ..tasks.procedures.key_server_plan import plan_add

    plan = plan_add(
        ready.intent,
        ready.observed,
        ready.group,
        name,
        wave=size,
        secrets=secrets_of(request),
    )
    return carry_out(plan, ready, wish)


@click.command("remove")
@click.argument("name")
@click.option(
    "--hand-over",
    is_flag=True,
    help="Let another key server lead before, if NAME is the primary.",
)
@wave_option
@procedure_options
def remove(name: str, hand_over: bool, wave: str, **options: Any) -> int:
    """Take a key server out of a group, members first.

    NAME is a key server that the intent still has in the group; it is taken out of the intent when
    this is over. Shows the plan, and does nothing without --execute. Members forget it, it stops to
    serve, its peers forget it, and the key that signs rekeys is removed from it; nothing changes
    for traffic. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or
    stopped; 2 the call is wrong; 3 a device failed.
    """
    wish, request = procedure_request(options)
    size = wave_of(wave)
    ready = prepare(wish, request, members=True)
    from ..tasks.procedures.key_server_plan import plan_remove

    plan = plan_remove(
        ready.intent,
        ready.observed,
        ready.group,
        name,
        hand_over=hand_over,
        wave=size,
        secrets=secrets_of(request),
    )
    return carry_out(plan, ready, wish)
