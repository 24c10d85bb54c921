"""What changing a group over to G-IKEv2 depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from ...inventory.models import Intent
from ...inventory.views import ServedGroupView, ServerView
from ..comparing.scope import View
from .stages import IntentViews

GDOI: Final = "GDOI"
BOTH: Final = "both"
GIKEV2: Final = "G-IKEv2"
"""The stages: as it was, key servers that offer both, and as the intent says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What changing a group over depends on.

    `intent` says how it is to be, `was` how it is. `servers` are the key servers, the primary last,
    `names` what they call the group. `waves` are the members that change over; with `closes` the
    key servers serve nobody by GDOI in the end.
    """

    intent: Mapping[str, Any]
    was: Mapping[str, Any]
    group: str
    servers: tuple[str, ...]
    names: Mapping[str, str]
    waves: tuple[tuple[str, ...], ...]
    closes: bool

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


class VersionStages:
    """What devices are told on the way."""

    secrets = True

    def __init__(self, s: Settings) -> None:
        self._group = s.group
        self._names = s.names
        self.intents = {
            GDOI: Intent.model_validate(s.was),
            GIKEV2: Intent.model_validate(s.intent),
        }
        self._views = {stage: IntentViews(intent) for stage, intent in self.intents.items()}

    def view(self, stage: str, device: str) -> View:
        """What a device is told at a stage."""
        if stage != BOTH:
            return self._views[stage].of(device)
        was, becomes = self._views[GDOI].of(device), self._views[GIKEV2].of(device)
        if not (isinstance(was, ServerView) and isinstance(becomes, ServerView)):
            raise KeyError(device)
        return replace(
            becomes,
            isakmp_policies=was.isakmp_policies,
            isakmp_keyrings=was.isakmp_keyrings,
            isakmp_keys=was.isakmp_keys,
            groups=tuple(self._offered(each, device) for each in becomes.groups),
        )

    def _offered(self, group: ServedGroupView, device: str) -> ServedGroupView:
        if group.name != self._names[device]:
            return group
        return replace(group, gdoi=True, pfs=False)


def before_gikev2(document: Mapping[str, Any], group: str) -> dict[str, Any]:
    """An intent in which the members of a group use IKEv1, as those of all groups did once."""
    groups = [
        each if each["name"] != group else {**_plain(each), "versions": "ikev1"}
        for each in document["groups"]
    ]
    members = [
        {**member, "groups": [_seat(seat, group) for seat in member["groups"]]}
        for member in document.get("members", ())
    ]
    return {**document, "groups": groups, "members": members}


def _plain(group: Mapping[str, Any]) -> dict[str, Any]:
    """A group without what needs IKEv2."""
    return {key: value for key, value in group.items() if key not in {"pfs", "versions"}}


def _seat(seat: Any, group: str) -> Any:
    if isinstance(seat, str) or seat["group"] != group:
        return seat
    return {key: value for key, value in seat.items() if key != "version"}
