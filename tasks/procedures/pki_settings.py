"""What changing a group over from pre-shared keys to certificates depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from ...inventory.models import Intent
from ...inventory.views import IsakmpPolicyView, MemberView, ServerView, TrustpointView
from ..comparing.scope import View
from .stages import IntentViews

PSK: Final = "keys"
ENROLLED: Final = "enrolled"
BOTH: Final = "both"
PKI: Final = "certificates"
"""The stages: as it was, with certificates beside, with policies for both, as the intent says."""
FORGOTTEN: Final = "env:KEY_OF_BEFORE"
"""Stands for keys that nobody needs to know: they stay as they are, and go in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What changing over to certificates depends on.

    `intent` says how it is to be, `was` how it is. `servers` are the key servers, the primary last,
    `names` what they call the group. `waves` are the members. `fingerprint` is that of the
    authority's certificate in capital hexadecimal digits, empty to believe the one that is seen
    first. `challenge` refers to the password of a request, empty for one that nobody knows.
    """

    intent: Mapping[str, Any]
    was: Mapping[str, Any]
    group: str
    servers: tuple[str, ...]
    names: Mapping[str, str]
    waves: tuple[tuple[str, ...], ...]
    trustpoint: str
    authorize: str
    fingerprint: str
    challenge: str

    @property
    def primary(self) -> str:
        """Who was primary when the plan was made."""
        return self.servers[-1]

    @property
    def members(self) -> tuple[str, ...]:
        """All members that change over."""
        return tuple(name for wave in self.waves for name in wave)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        servers, waves = tuple(data["servers"]), tuple(map(tuple, data["waves"]))
        return cls(**{**data, "servers": servers, "waves": waves})

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class PkiStages:
    """What devices are told on the way. No key is entered: those that there are stay or go."""

    secrets = False

    def __init__(self, s: Settings) -> None:
        self.intents = {
            PSK: Intent.model_validate(s.was),
            PKI: Intent.model_validate(s.intent),
        }
        self._views = {stage: IntentViews(intent) for stage, intent in self.intents.items()}

    def view(self, stage: str, device: str) -> View:
        """What a device is told at a stage."""
        if stage in self._views:
            return self._views[stage].of(device)
        was, becomes = self._views[PSK].of(device), self._views[PKI].of(device)
        found: View
        if isinstance(was, ServerView):
            found = replace(was, trustpoints=becomes.trustpoints)
        else:
            found = replace(was, trustpoints=becomes.trustpoints)
        if stage == ENROLLED:
            return found
        policies = both(was.isakmp_policies, becomes.isakmp_policies)
        if isinstance(found, MemberView):
            return replace(found, isakmp_policies=policies, isakmp_identity=becomes.isakmp_identity)
        return replace(found, isakmp_policies=policies)

    def trustpoint(self, device: str, name: str) -> TrustpointView:
        """The trustpoint of a device."""
        found = self._views[PKI].of(device).trustpoints
        return next(each for each in found if each.name == name)


def both(
    keys: Sequence[IsakmpPolicyView], certificates: Sequence[IsakmpPolicyView]
) -> tuple[IsakmpPolicyView, ...]:
    """Policies for both, certificates first; those for keys keep their numbers where they can."""
    there = {_said(each) for each in keys}
    more = [
        each
        for each in certificates
        if each.authentication == "rsa-sig" and _said(each) not in there
    ]
    lowest = min((each.priority for each in keys), default=len(more) + 1)
    shift = max(0, len(more) + 1 - lowest)
    first = lowest + shift - len(more)
    added = [replace(each, priority=first + at) for at, each in enumerate(more)]
    kept = [replace(each, priority=each.priority + shift) for each in keys]
    return (*added, *kept)


def _said(policy: IsakmpPolicyView) -> tuple[object, ...]:
    return policy.encryption, policy.hash, policy.group, policy.authentication


def before_pki(document: Mapping[str, Any], group: str) -> dict[str, Any]:
    """An intent in which a group has pre-shared keys, which nobody needs to know."""
    keys = {"kind": "psk", "member": f"{FORGOTTEN}_{{NAME}}", "coop": FORGOTTEN}
    groups = [
        each if each["name"] != group else {**each, "authentication": keys}
        for each in document["groups"]
    ]
    return {**document, "groups": groups}
