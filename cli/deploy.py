"""The verb `deploy`."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..errors import UsageError, printable
from .calls import hints_to_copy, to_copy
from .deploying_live import Looking
from .fleet import USUAL_INTENT, FleetRequest, fleet_request, load_intent, session_options
from .main import PROGRAM
from .output import note, paint, result
from .procedures import journal_option
from .running import chosen_devices

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..inventory.models import Intent
    from ..tasks.deploy import Choices, Deployment, Manner

FORMS: Final = ("remediation", "unified", "both")
FORMATS: Final = ("text", "json")
_RAW: Final = "getvpn.raw"


class Remembering(click.Command):
    """A command that remembers how it was called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, and keep them."""
        ctx.meta[_RAW] = list(args)
        return super().parse_args(ctx, args)


@click.command(cls=Remembering)
@click.argument("devices", nargs=-1, metavar="[DEVICE]...")
@click.option(
    "--lines",
    "lines_of",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Enter the lines of DIR/DEVICE.cfg in place of what the intent says; see audit --fix.",
)
@click.option("--commit", is_flag=True, help="Carry the plan out; without it nothing is changed.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before the plan is carried out.")
@click.option(
    "--wave",
    default="20%",
    show_default=True,
    metavar="N|P%",
    help="Members that are changed at a time.",
)
@click.option(
    "--max-failures",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Members that may fail before it ends; key servers never may.",
)
@click.option(
    "--accept",
    multiple=True,
    metavar="OBSTACLE",
    help="Go on in spite of an obstacle, called as the plan calls it; can be given several times.",
)
@click.option(
    "--remove-group",
    "remove_groups",
    multiple=True,
    metavar="GROUP",
    help="Let key servers stop to serve this group; can be given several times.",
)
@click.option("--no-rekey", is_flag=True, help="Send no rekeys: they are left to you.")
@click.option(
    "--replace-now",
    is_flag=True,
    help="Let members drop their old keys with a rekey, at once and with loss.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULES",
    help="Let changes stand whatever these audit rules find; can be given several times.",
)
@click.option(
    "--settle",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    metavar="S",
    help="Seconds until a device and its groups have to be well after a change.",
)
@click.option(
    "--soak",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="S",
    help="Look once more so many seconds after they are.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where plans, journals and backups are.  [default: .getvpn beside the intent]",
)
@click.option(
    "--keep-secrets",
    is_flag=True,
    help="Leave passwords and keys in backups, instead of '<removed>', when all has gone well.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="remediation",
    show_default=True,
    help="Show the lines to enter, the difference, or both.",
)
@click.option(
    "-f",
    "--format",
    "form_of_output",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the output; json has everything.",
)
@journal_option
@session_options
def command(devices: tuple[str, ...], commit: bool, yes: bool, **options: Any) -> int:
    """Bring devices to what the intent says.

    Each DEVICE is a name or a pattern (`gm*`) of the intent; without one all are meant. With
    --lines devices stay as they are, and get the lines of a folder. The plan is
    shown and saved; only with --commit it is carried out: secondary key servers first, then primary
    ones, then members in waves. Each device is looked at after its change and taken back if
    something is not well. A change of policy ends with its rekey. Ctrl-C ends it after the device
    at hand. With --commit the groups of the devices are locked in the journal, so that nobody else
    deploys to them or runs a procedure. How devices are logged in to is told as for `getvpn
    collect`.

    Exit codes: 0 done, or nothing to do, or planned; 1 refused for obstacles, or a check failed; 2
    the call is wrong, somebody else holds a group, or the journal cannot be used; 3 a device
    failed; 130 interrupted.
    """
    from ..inventory import Secrets
    from ..tasks.deploy import Store, asked, deploy, open_devices
    from ..tasks.deploying.by_lines import read_lines
    from ..tasks.deploying.claim import let_go

    request = fleet_request(options)
    source = request.intent or USUAL_INTENT
    if commit and not yes and not sys.stdin.isatty():
        raise UsageError("nobody can be asked here", hint="give --yes with --commit")
    intent = load_intent(source)
    lines = read_lines(options["lines_of"], intent) if options["lines_of"] is not None else None
    fleet = _fleet(intent, request)
    choices = _choices(intent, devices, request, options)
    if lines is not None:
        choices = replace(choices, lines=lines)
    journal: str | None = options["journal"]

    def leave() -> None:
        if commit:
            let_go(journal)

    looking = Looking(len(asked(intent, choices)), leave)
    limits, access = request.limits(), request.access()
    with looking, hints_to_copy():
        found = deploy(
            intent,
            Secrets(source.parent),
            open_devices(fleet, access, limits),
            Store(options["state"]) if options["state"] else Store.beside(source),
            commit=commit,
            choices=choices,
            manner=_manner(request, options, looking),
            confirm=looking.confirm(options["form"], options["form_of_output"], yes=yes),
            journal=journal,
        )
    _show(found, options, planned=looking.shown)
    _tell(found, commit=commit)
    return found.exit_code


def _fleet(intent: Intent, request: FleetRequest) -> Nornir:
    from ..tasks.comparing.live import fleet_of_devices
    from ..tasks.ssh.credentials import supply

    names = [device.name for device in intent.devices]
    fleet = fleet_of_devices(intent, names, request.hosts_file)
    if not fleet.inventory.hosts:
        raise UsageError(
            f"{request.hosts_file} has none of the devices",
            hint="call them there as the intent does",
        )
    supply(fleet, request.login())
    return fleet


def _choices(
    intent: Intent, devices: tuple[str, ...], request: FleetRequest, options: dict[str, Any]
) -> Choices:
    from ..audits.registry import registry
    from ..tasks.deploy import Choices, Wave

    ignored = tuple(word for value in options["ignore"] for word in value.split(",") if word)
    registry().select((), ignored)
    return Choices(
        devices=chosen_devices(intent, devices) if devices else None,
        wave=Wave.of(options["wave"]),
        remove_groups=frozenset(options["remove_groups"]),
        rekey=not options["no_rekey"],
        replace=options["replace_now"],
        max_failures=options["max_failures"],
        ignored=ignored,
        transport=request.transport,
    )


def _manner(request: FleetRequest, options: dict[str, Any], looking: Looking) -> Manner:
    from ..tasks.deploy import Manner
    from ..tasks.fleet.runner import JOBS

    return Manner(
        jobs=request.jobs or JOBS,
        settle_s=options["settle"],
        soak_s=options["soak"],
        keep_secrets=options["keep_secrets"],
        accepted=tuple(options["accept"]),
        report=looking.told,
        stop=looking.stop,
    )


def _show(found: Deployment, options: dict[str, Any], *, planned: bool) -> None:
    """Write the plan unless it was shown, and what came of it."""
    from ..tasks.deploying.deployment_text import outcome_lines, plan_lines
    from ..tasks.deploying.reporting import deployment_data

    if options["form_of_output"] == "json":
        result(json.dumps(deployment_data(found), indent=2))
        return
    lines = [] if planned else list(plan_lines(found.plan, options["form"], paint))
    lines += outcome_lines(found, paint)
    if lines:
        result(to_copy("\n".join(lines)))


def _tell(found: Deployment, *, commit: bool) -> None:
    """Say beside the result what it means."""
    from ..tasks.deploying.deployment_text import counts

    place = printable(str(found.folder))
    match found.state:
        case "nothing to do" if found.plan.unreached and not found.plan.unchanged:
            note("no device was reached: nothing is known, and nothing was changed")
        case "nothing to do":
            rest = " that were reached" if found.plan.unreached else ""
            note(f"nothing to do: all devices{rest} are as intended")
        case "planned":
            raw = click.get_current_context().meta.get(_RAW, [])
            call = shlex.join([PROGRAM, "deploy", *raw, "--commit"])
            note(printable(f"dry run: {counts(found.plan)}; nothing was changed; saved in {place}"))
            note(printable(f"carry it out: {call}"))
        case "refused":
            again = "" if commit else "; nothing was changed"
            note(printable(f"refused: {counts(found.plan)}{again}; saved in {place}"))
            note("mend what is in the way, or accept it: --accept with its short name")
        case "declined":
            note("nothing was changed")
        case _:
            note(printable(f"the journal, and backups: {place}"))
