"""The plan to change a group over to certificates, from what its devices showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...errors import InputError, UsageError
from ...inventory.models import Group, Intent, Pki, Psk
from ...inventory.relations import Relations
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.waves import Wave
from ..render import Secrets
from . import pki_enrolling as certs
from .looking import state_of
from .model import ProcedurePlan, needed
from .pki import MigratePki
from .pki_settings import BOTH, PKI, PSK, PkiStages, Settings, before_pki
from .planning import kept_intent, look_at
from .stage_plans import Beside, lines_beside, notes_of
from .stages import Move, Path, first_of


def plan_pki(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    *,
    was: Intent | None = None,
    fingerprint: str = "",
    trust_first: bool = False,
    challenge: str = "",
    wave: Wave | None = None,
    secrets: Secrets | None = None,
) -> ProcedurePlan:
    """The plan to let `group`, which the intent has with certificates, change over to them.

    `observed` are whole looks at its key servers and members. `was` is the intent as it has been,
    by default the same with a pre-shared key for each pair of devices. `fingerprint` is that of the
    authority's certificate; without one `trust_first` takes what the first device sees.
    `challenge` refers to the passwords of requests, where the authority wants to know them: with
    `secrets` it is looked whether they are there. Raises UsageError for a call without meaning, or
    a group that nobody serves.
    """
    wanted, pki = _group(intent, group)
    before = was or Intent.model_validate(before_pki(kept_intent(intent), group))
    _check_before(before, group)
    look, leading = look_at(intent, observed, group)
    names = _own_members(intent, group)
    s = Settings(
        intent=kept_intent(intent),
        was=kept_intent(before),
        group=group,
        servers=(*(name for name in look.servers if name != leading.device), leading.device),
        names={role.name: role.group_name or group for role in wanted.servers},
        waves=tuple((wave or Wave()).split(names)),
        trustpoint=pki.trustpoint,
        authorize=pki.authorize or "",
        fingerprint=_digits(fingerprint),
        challenge=challenge,
    )
    steps = tuple(MigratePki().steps(s.data()))
    limit_s = needed_s(needed(steps))
    beside = list(lines_beside(PkiStages(s), _moves(s), observed))
    against = (
        *obstacles(before, observed, groups=[group], rekey_after_s=limit_s),
        *_against(wanted, pki, look, beside, s),
        *_unknown_authority(s, trust_first=trust_first),
        *_challenges_missing(s, secrets),
    )
    return ProcedurePlan(
        procedure=MigratePki.name,
        groups=(group,),
        settings=s.data(),
        steps=steps,
        left_s=leading.time_to_rekey_s,
        obstacles=tuple(dict.fromkeys(against)),
        notes=tuple(_notes(intent, s, beside)),
        before=state_of(look),
    )


def _own_members(intent: Intent, group: str) -> list[str]:
    """The members of a group, without those that others run."""
    seats = Relations(intent).seats_by_group[group]
    return [seat.member.name for seat in seats if not seat.member.external]


def _group(intent: Intent, group: str) -> tuple[Group, Pki]:
    found = next((each for each in intent.groups if each.name == group), None)
    if found is None:
        raise UsageError(f"the intent has no group '{group}'")
    if not isinstance(found.authentication, Pki):
        raise UsageError(
            f"the intent says that {group} uses pre-shared keys",
            hint="say 'authentication: {kind: pki, …}' there: the intent is what is to be",
        )
    return found, found.authentication


def _check_before(before: Intent, group: str) -> None:
    found = next((each for each in before.groups if each.name == group), None)
    if found is None or not isinstance(found.authentication, Psk):
        raise UsageError(
            f"the intent of before has no group '{group}' with pre-shared keys",
            hint="--from names the file as it was",
        )


def _digits(fingerprint: str) -> str:
    if not fingerprint:
        return ""
    try:
        return certs.plain(fingerprint)
    except ValueError:
        raise UsageError(
            "this is no fingerprint of a certificate",
            hint="give the MD5 or SHA1 fingerprint of the authority in hexadecimal digits",
        ) from None


def _moves(s: Settings) -> Iterator[Move]:
    return (Move(device=name, before=PSK, after=PKI) for name in (*s.servers, *s.members))


def _against(
    wanted: Group, pki: Pki, look: GroupLook, beside: Iterable[Beside], s: Settings
) -> Iterator[str]:
    if wanted.versions != "ikev1":
        yield (
            f"group {s.group}: the intent has G-IKEv2 too; change over to certificates with "
            "'versions: ikev1' first, then 'getvpn migrate gikev2'"
        )
    if pki.enrollment_url is None:
        yield (
            f"group {s.group}: the intent does not say where its authority answers (enrollment_url)"
        )
    for role in wanted.servers:
        if role.name not in look.servers:
            yield f"{role.name}: it does not show that it serves {s.group}"
    stages = PkiStages(s)
    for name, found in beside:
        # an earlier run may have ended half way
        way = Path(stages, Move(device=name, before=BOTH, after=PKI, drops=("ISAKMP policy",)))
        keys = [
            each for each in found if _is_key((*each.modes, each.text)[0]) and not way.leads(each)
        ]
        if keys:
            yield (
                f"{name}: it has pre-shared keys or policies that the intent of before has not: "
                f"{first_of(keys)} would remain; give that intent with --from"
            )


def _is_key(text: str) -> bool:
    return text.startswith(("no crypto isakmp key", "no crypto keyring", "no crypto isakmp policy"))


def _unknown_authority(s: Settings, *, trust_first: bool) -> Iterator[str]:
    if not s.fingerprint and not trust_first:
        yield (
            "nobody has said which authority is meant: give the fingerprint of its certificate "
            "with --fingerprint, or believe the first one that is seen with --trust-first"
        )


def _challenges_missing(s: Settings, secrets: Secrets | None) -> Iterator[str]:
    if not s.challenge or secrets is None:
        return
    for name in (*s.servers, *s.members):
        try:
            secrets.reveal(certs.reference_of(s.challenge, name))
        except InputError as error:
            yield error.message


def _notes(intent: Intent, s: Settings, beside: Iterable[Beside]) -> Iterator[str]:
    seats = Relations(intent).seats_by_group[s.group]
    foreign = [seat.member.name for seat in seats if seat.member.external]
    if foreign:
        yield f"members of somebody else lose their way in with the keys: {', '.join(foreign)}"
    if not s.fingerprint:
        yield "the authority that the first device sees is believed, and no other one after that"
    if not s.challenge:
        yield (
            "the passwords of requests are made up and told nobody; an authority that asks for "
            "them needs --challenge"
        )
    yield from notes_of(beside)
