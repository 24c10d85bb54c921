"""Upgrades as runbooks plan them: images by their names, choices by theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ...errors import UsageError
from ...inventory.models import Intent
from ..deploying.models import Role
from ..deploying.observing import Observed
from ..deploying.waves import Wave
from .model import ProcedurePlan
from .run import Devices
from .survey import members_in
from .upgrade_choice import How
from .upgrade_images import images as named
from .upgrade_member_plan import WAVE, Who, joined_groups, plan_member_upgrade
from .upgrade_plan import plan_server_upgrade, servers_of, together
from .upgrade_settings import Proof
from .upgrade_software import Software, survey_software


def server_roles(intent: Intent, group: str) -> dict[str, Role]:
    """The key servers that are looked at: those of all groups that are touched."""
    return dict.fromkeys(servers_of(intent, together(intent, group)), "key server")


def member_roles(intent: Intent, group: str) -> dict[str, Role]:
    """The members of a group, and the key servers of all groups that these join."""
    joined = members_in(intent, group)
    servers = servers_of(intent, joined_groups(intent, joined))
    return {**dict.fromkeys(servers, "key server"), **joined}


def server_software(devices: Devices, intent: Intent, group: str) -> dict[str, Software]:
    """What the key servers of a group run."""
    return survey_software(devices, servers_of(intent, [group]))


def member_software(devices: Devices, intent: Intent, group: str) -> dict[str, Software]:
    """What the members of a group run."""
    return survey_software(devices, list(members_in(intent, group)))


def plan_servers(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    software: Mapping[str, Software],
    *,
    images: str | Sequence[str],
    md5: Sequence[str] = (),
    sha512: Sequence[str] = (),
    release: str | None = None,
    hand_over: bool = False,
    prove: Proof = "",
    **how: Any,
) -> ProcedurePlan:
    """As `plan_server_upgrade`; images as `--image` names them, `how` are the fields of `How`."""
    choice = _how(how)
    names = servers_of(intent, [group])
    offered = named(_several(images), names, md5=md5, sha512=sha512, release=release)
    return plan_server_upgrade(
        intent, observed, software, group, offered, choice, hand_over=hand_over, prove=prove
    )


def plan_members(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    software: Mapping[str, Software],
    *,
    images: str | Sequence[str],
    md5: Sequence[str] = (),
    sha512: Sequence[str] = (),
    release: str | None = None,
    only: Collection[str] = (),
    without: Collection[str] = (),
    canary: Sequence[str] = (),
    wave: Wave = WAVE,
    budget: int = 0,
    **how: Any,
) -> ProcedurePlan:
    """As `plan_member_upgrade`; images as `--image` names them, `how` are the fields of `How`."""
    choice = _how(how)
    names = list(members_in(intent, group))
    offered = named(_several(images), names, md5=md5, sha512=sha512, release=release)
    who = Who(only=only, without=without, canary=canary, wave=wave, budget=budget)
    return plan_member_upgrade(intent, observed, software, group, offered, choice, who)


def _several(images: str | Sequence[str]) -> Sequence[str]:
    return (images,) if isinstance(images, str) else images


def _how(given: Mapping[str, Any]) -> How:
    known = {each.name for each in fields(How)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise UsageError(
            f"upgrades have no option {unknown[0]!r}", hint=f"there are {', '.join(sorted(known))}"
        )
    return How(**given)
