"""The verb `migrate`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
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
    secrets_of,
)
from .waves import wave_of, wave_option

if TYPE_CHECKING:
    from ..inventory.models import Intent
    from ..parsers.records.gdoi_feature import GdoiFeature

ACTIONS = {
    "gikev2": "Let the members of a group use G-IKEv2 instead of GDOI",
    "psk-to-pki": "Let a group use certificates instead of pre-shared keys",
}

_from_option = click.option(
    "--from",
    "before",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The intent as it was.  [default: the same, but for what changes]",
)


class MigrateGroup(VerbGroup):
    """The kinds of migration."""

    table = ACTIONS
    kind = "migration"

    def load(self, name: str) -> click.Command:
        """The command of a kind."""
        return {"gikev2": gikev2, "psk-to-pki": psk_to_pki}[name]


@click.group(cls=MigrateGroup, subcommand_metavar="KIND [ARGUMENTS]...")
def command() -> None:
    """Change a running group over to something newer, step by step."""


@click.command("gikev2")
@_from_option
@wave_option
@procedure_options
def gikev2(before: Path | None, wave: str, **options: Any) -> int:
    """Let the members of a group use G-IKEv2 instead of GDOI.

    The intent says how it is to be: 'versions: ikev2' in the group, or 'both' and 'version: ikev2'
    in members. Shows the plan, and does nothing without --execute. Key servers offer both, members
    change over wave by wave, and GDOI ends after the last one. Each member encrypts nothing for
    some seconds. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or
    stopped; 2 the call is wrong; 3 a device failed.
    """
    wish, request = procedure_request(options)
    size, was = wave_of(wave), _intent(before)
    ready = prepare(wish, request, members=True)
    from ..tasks.procedures.gikev2_plan import plan_gikev2

    plan = plan_gikev2(
        ready.intent,
        ready.observed,
        ready.group,
        feature=_feature(ready),
        asked=True,
        was=was,
        wave=size,
        secrets=secrets_of(request),
    )
    return carry_out(plan, ready, wish)


@click.command("psk-to-pki")
@_from_option
@click.option(
    "--fingerprint",
    default="",
    metavar="HEX",
    help="The MD5 or SHA1 fingerprint of the authority's certificate.",
)
@click.option(
    "--trust-first",
    is_flag=True,
    help="Believe the authority that the first device sees, where no fingerprint is known.",
)
@click.option(
    "--challenge",
    default="",
    metavar="REF",
    help="Where the password of a request is, if the authority wants one: env:OTP_{NAME}, "
    "file:PATH, keyring:SERVICE/{name}, vault:PATH#KEY.",
)
@wave_option
@procedure_options
def psk_to_pki(
    before: Path | None,
    fingerprint: str,
    trust_first: bool,
    challenge: str,
    wave: str,
    **options: Any,
) -> int:
    """Let a group use certificates instead of pre-shared keys.

    The intent says how it is to be: 'authentication: {kind: pki, …}' in the group. Shows the plan,
    and does nothing without --execute. All devices get certificates, key servers take both, members
    change over wave by wave, then key servers, and the keys go last: until then everything can be
    taken back. Exit codes: 0 done, or a plan without obstacles; 1 obstacles, rolled back or
    stopped; 2 the call is wrong; 3 a device failed.
    """
    wish, request = procedure_request(options)
    size, was = wave_of(wave), _intent(before)
    ready = prepare(wish, request, members=True)
    from ..tasks.procedures.pki_plan import plan_pki

    plan = plan_pki(
        ready.intent,
        ready.observed,
        ready.group,
        was=was,
        fingerprint=fingerprint,
        trust_first=trust_first,
        challenge=challenge,
        wave=size,
        secrets=secrets_of(request),
    )
    return carry_out(plan, ready, wish)


def _intent(path: Path | None) -> Intent | None:
    from ..inventory import load

    return None if path is None else load(path)


def _feature(ready: Prepared) -> GdoiFeature | None:
    """Which devices can do G-IKEv2, as the primary shows it."""
    from ..tasks.procedures.gikev2_features import ask_feature
    from ..tasks.procedures.planning import look_at

    _, leading = look_at(ready.intent, ready.observed, ready.group)
    with closing(devices_of(ready.fleet, ready.request).open(leading.device)) as device:
        return ask_feature(device)
