"""The verb `timeline`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import click

from ..errors import InputError, counted
from .auditing import chosen_options, paths_argument, policy_options
from .output import result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..audits.timeline import GroupTimeline

EXIT_TIGHT = 1


class Assumption(TypedDict):
    """What is told of the figures beside them."""

    rate_assumed: bool
    """Whether `rate` is the default, and not what was measured (`--rate`)."""


class TimelineAnswer(TypedDict):
    """Whether the timers of groups fit."""

    groups: list[Annotated[dict[str, Any], GroupTimeline, Assumption]]
    """The groups."""


@click.command()
@paths_argument(required=True)
@click.option(
    "--rate",
    type=click.FloatRange(0, 100_000, min_open=True),
    metavar="NUMBER",
    help="Registrations a second of one key server: measure yours.  [default: 10]",
)
@click.option(
    "--members",
    type=click.IntRange(0, 100_000),
    metavar="NUMBER",
    help="Members of each group, instead of those that are known of.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
@policy_options
def command(
    paths: tuple[Path, ...],
    rate: float | None,
    members: int | None,
    form: str,
    profile: str | None,
    config: Path | None,
) -> int:
    """Work out whether the timers of groups fit, and when the next rekey comes.

    Each PATH is a file or a folder with configurations or show output of key servers, and of
    members where there are some. Exit codes: 0 all fits, 1 something does not, 2 something could
    not be read.
    """
    from ..audits.load import read_fleet
    from ..audits.timeline import DEFAULT_RATE, Assumed, timelines

    fleet = read_fleet(paths)
    if fleet.problems:
        raise fleet.problems[0]
    settings = chosen_options(config, profile).settings
    found = timelines(fleet, settings, Assumed(rate=rate or DEFAULT_RATE, members=members))
    if not found:
        raise InputError("no group found", source=", ".join(map(str, paths)))
    if form == "json":
        told: Assumption = {"rate_assumed": rate is None}
        answer: TimelineAnswer = {"groups": [{**asdict(each), **told} for each in found]}
        result(json.dumps(answer, indent=2))
    else:
        texts = ("\n".join(_as_text(each, assumed=rate is None)) for each in found)
        result("\n\n".join(texts))
    return 0 if all(each.good for one in found for each in one.answers) else EXIT_TIGHT


def _as_text(one: GroupTimeline, *, assumed: bool) -> Iterator[str]:
    members, servers = counted(one.members, "member"), counted(one.servers, "key server")
    yield f"group {one.group}: {members}, {servers}"
    if one.tek_lifetime_s is not None:
        text = f"  traffic keys live {one.tek_lifetime_s} s"
        if one.tek_lead_s is not None:
            every = one.tek_lifetime_s - one.tek_lead_s
            text += f"; the next is sent {one.tek_lead_s} s before the end, every {every} s"
        yield text
    if one.kek_lifetime_s is not None:
        text = f"  the rekey key lives {one.kek_lifetime_s} s"
        if one.kek_lead_s is not None:
            text += f"; the next is sent {one.kek_lead_s} s before the end"
        yield text
    if one.retransmit_interval_s is not None:
        count = one.retransmit_count
        times = "until acknowledged" if count is None else f"{count} times"
        yield f"  rekeys are sent again {times} at intervals of {one.retransmit_interval_s} s"
    for each in one.next_rekeys:
        left = "" if each.remaining_s is None else f"; the key ends in {each.remaining_s} s"
        yield f"  next rekey of {each.key} on {each.device}: in {each.in_s} s{left}"
    for answer in one.answers:
        yield f"  {'fits' if answer.good else 'TIGHT'}: {answer.name}: {answer.why}"
    if one.answers and assumed:
        yield f"  ({one.rate:g} registrations a second are assumed: --rate)"
    for reason in one.unknown:
        yield f"  not known: {reason}"
