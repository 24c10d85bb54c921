"""The verb `upgrade`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..errors import counted
from .main import VerbGroup
from .output import note
from .procedures import (
    Prepared,
    carry_out,
    devices_of,
    prepare,
    procedure_options,
    procedure_request,
)

if TYPE_CHECKING:
    from ..inventory.models import Intent
    from ..tasks.deploying.models import Role
    from ..tasks.procedures.upgrade_choice import How
    from ..tasks.procedures.upgrade_images import Image
    from ..tasks.procedures.upgrade_software import Software

ACTIONS = {
    "key-servers": "Give key servers another image, one at a time, the primary last",
    "members": "Give members other images: a few first, then in waves",
}
Verb = TypeVar("Verb", bound=Callable[..., object])
_OPTIONS: Final = (
    click.option(
        "--image",
        "images",
        multiple=True,
        required=True,
        metavar="[DEVICE=]FILE",
        help="An image: a file of this machine, which is copied by SCP, or one that is on the "
        "devices (bootflash:FILE). Several times for several platforms.",
    ),
    click.option(
        "--sha512",
        multiple=True,
        metavar="[FILE=]HASH",
        help="The SHA-512 that an image must have; needed for files that are on the devices.",
    ),
    click.option("--md5", multiple=True, metavar="[FILE=]HASH", help="The same by MD5."),
    click.option(
        "--release", metavar="RELEASE", help="The release, where the name of the file says none."
    ),
    click.option(
        "--mode",
        type=click.Choice(("auto", "bundle", "install")),
        default="auto",
        show_default=True,
        help="Boot the image as one file or install its packages; by default as the device does.",
    ),
    click.option(
        "--one-way",
        is_flag=True,
        help="Upgrade in install mode although the old image is no more in flash to go back to.",
    ),
    click.option(
        "--accept-mixture",
        is_flag=True,
        help="Go on although key servers and members will renew the rekey key differently.",
    ),
    click.option(
        "--takes",
        type=click.FloatRange(min=1),
        default=480.0,
        show_default=True,
        metavar="S",
        help="Seconds that a restart takes, as far as is known; decides whether there is time.",
    ),
    click.option(
        "--within",
        type=click.FloatRange(min=10),
        default=1800.0,
        show_default=True,
        metavar="S",
        help="Seconds after which a device that is not back is given up.",
    ),
    click.option(
        "--keep-images", is_flag=True, help="Leave copied images when the upgrade is taken back."
    ),
)


class UpgradeGroup(VerbGroup):
    """The kinds of upgrade."""

    table = ACTIONS
    kind = "upgrade"

    def load(self, name: str) -> click.Command:
        """The command of a kind."""
        return {"key-servers": key_servers, "members": members}[name]


@click.group(cls=UpgradeGroup, subcommand_metavar="KIND [ARGUMENTS]...")
def command() -> None:
    """Give devices other images, step by step."""


def _image_options(verb: Verb) -> Verb:
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def _how(options: dict[str, Any]) -> How:
    """What both plans take, out of the options of a call."""
    from ..tasks.procedures.upgrade_choice import How

    return How(
        mode=options.pop("mode"),
        one_way=options.pop("one_way"),
        accept_mixture=options.pop("accept_mixture"),
        takes_s=options.pop("takes"),
        within_s=options.pop("within"),
        keep=options.pop("keep_images"),
    )


def _offered(
    ready: Prepared,
    names: Collection[str],
    images: tuple[str, ...],
    md5: tuple[str, ...],
    sha512: tuple[str, ...],
    release: str | None,
) -> tuple[Image, ...]:
    """The images that were named. Raises UsageError where they cannot be copied."""
    from ..errors import UsageError
    from ..tasks.procedures.upgrade_images import images as named

    found = named(images, names, md5=md5, sha512=sha512, release=release)
    transport = ready.request.access().transport
    if transport != "netmiko" and any(image.local is not None for image in found):
        raise UsageError(
            f"the transport {transport} copies no files",
            hint="use netmiko, or copy the images yourself and name them as bootflash:FILE",
        )
    return found


def _software(ready: Prepared, names: list[str]) -> dict[str, Software]:
    from ..tasks.procedures.upgrade_software import survey_software

    return survey_software(devices_of(ready.fleet, ready.request), names)


@click.command("key-servers")
@_image_options
@click.option(
    "--hand-over",
    is_flag=True,
    help="Let the primary step down before it restarts; another one must have a higher priority.",
)
@click.option(
    "--prove",
    type=click.Choice(("wait", "now")),
    is_flag=False,
    flag_value="wait",
    default=None,
    help="See a rekey that all members acknowledge at the end: the next one, or one sent now.",
)
@procedure_options
def key_servers(
    images: tuple[str, ...],
    md5: tuple[str, ...],
    sha512: tuple[str, ...],
    release: str | None,
    hand_over: bool,
    prove: str | None,
    **options: Any,
) -> int:
    """Give key servers another image, one at a time, the primary last.

    Shows the plan, and does nothing without --execute. Images are on all key servers and verified
    before the first one restarts; each restart waits until the next rekey is far enough off and all
    key servers are in step. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled
    back or stopped; 2 the call is wrong; 3 a device failed.
    """
    from ..tasks.procedures.upgrade_plan import plan_server_upgrade, servers_of, together

    how = _how(options)
    wish, request = procedure_request(options)

    def roles_of(intent: Intent, group: str) -> dict[str, Role]:
        return dict.fromkeys(servers_of(intent, together(intent, group)), "key server")

    ready = prepare(wish, request, roles_of=roles_of)
    names = servers_of(ready.intent, [ready.group])
    offered = _offered(ready, names, images, md5, sha512, release)
    plan = plan_server_upgrade(
        ready.intent,
        ready.observed,
        _software(ready, names),
        ready.group,
        offered,
        how,
        hand_over=hand_over,
        prove="now" if prove == "now" else "wait" if prove else "",
    )
    return carry_out(plan, ready, wish)


@click.command("members")
@_image_options
@click.option("--only", multiple=True, metavar="MEMBER", help="This member; may be repeated.")
@click.option(
    "--except", "without", multiple=True, metavar="MEMBER", help="All but this member; repeatable."
)
@click.option(
    "--canary",
    multiple=True,
    metavar="MEMBER",
    help="Restarts first; may be repeated.  [default: one of each image]",
)
@click.option(
    "--wave",
    default="10%",
    show_default=True,
    metavar="N|N%",
    help="How many members restart together.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="How many members may be left on their old images without ending the upgrade.",
)
@procedure_options
def members(
    images: tuple[str, ...],
    md5: tuple[str, ...],
    sha512: tuple[str, ...],
    release: str | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    canary: tuple[str, ...],
    wave: str,
    budget: int,
    **options: Any,
) -> int:
    """Give members other images: a few first, then in waves.

    Shows the plan, and does nothing without --execute. A wave begins when the one before is
    registered with the keys in use; members that serve the same network never restart together.
    Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or stopped; 2 the call
    is wrong; 3 a device failed.
    """
    from ..tasks.deploying.waves import Wave
    from ..tasks.procedures.survey import members_in
    from ..tasks.procedures.upgrade_member_plan import Who, joined_groups, plan_member_upgrade
    from ..tasks.procedures.upgrade_plan import servers_of

    size = Wave.of(wave)
    how = _how(options)
    wish, request = procedure_request(options)

    def roles_of(intent: Intent, group: str) -> dict[str, Role]:
        joined = members_in(intent, group)
        servers = servers_of(intent, joined_groups(intent, joined))
        return {**dict.fromkeys(servers, "key server"), **joined}

    ready = prepare(wish, request, roles_of=roles_of)
    names = list(members_in(ready.intent, ready.group))
    offered = _offered(ready, names, images, md5, sha512, release)
    note(f"looking at the software of {counted(len(names), 'member')}")
    plan = plan_member_upgrade(
        ready.intent,
        ready.observed,
        _software(ready, names),
        ready.group,
        offered,
        how,
        Who(only=only, without=without, canary=canary, wave=size, budget=budget),
    )
    return carry_out(plan, ready, wish)
