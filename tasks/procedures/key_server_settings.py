"""What adding and removing a key server depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from ...inventory.models import Intent
from ...inventory.views import MemberView, ServedGroupView, ServerView
from .stages import IntentViews

WITHOUT: Final = "without"
READY: Final = "ready"
WITH: Final = "with"
LAST: Final = "last"
"""The stages: the group without the key server, all but its group, the group with it, and with it
as the one that would be elected last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What adding or removing the key server `server` of a group depends on.

    `intent` has it, `without` has it in this group no more. `others` are the other key servers, the
    primary last; `primary` was primary when the plan was made, which may be `server` itself.
    `names` are those that key servers have for the group. `label` is that of the RSA key that signs
    rekeys, which is brought to it or removed from it; None where that is not wanted. `trustpoint`
    is that of which it needs a certificate. `last` is a priority below those of all others. `waves`
    are the members that are changed.
    """

    intent: Mapping[str, Any]
    without: Mapping[str, Any]
    group: str
    server: str
    primary: str
    others: tuple[str, ...]
    names: Mapping[str, str]
    label: str | None
    trustpoint: str | None
    last: int
    waves: tuple[tuple[str, ...], ...]

    @property
    def heir(self) -> str:
        """The key server that is expected to lead when `server` does not."""
        return self.others[-1]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """The settings that `data` kept."""
        return cls(
            **{
                **data,
                "others": tuple(data["others"]),
                "waves": tuple(map(tuple, data["waves"])),
            }
        )

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class ServerStages:
    """What devices are told with and without the key server.

    One that is `new` is not expected to have its address before.
    """

    secrets = True

    def __init__(self, s: Settings, *, new: bool) -> None:
        self._s = s
        self._new = new
        self.intents = {
            WITH: Intent.model_validate(s.intent),
            WITHOUT: Intent.model_validate(s.without),
        }
        self._views = {stage: IntentViews(intent) for stage, intent in self.intents.items()}

    def view(self, stage: str, device: str) -> ServerView | MemberView:
        """What a device is told at a stage."""
        if device != self._s.server or stage == WITH:
            return self._views[stage].of(device)
        found = self._views[WITHOUT if stage == WITHOUT else WITH].of(device)
        if not isinstance(found, ServerView):
            raise KeyError(device)
        if stage == WITHOUT:
            return replace(found, interfaces=()) if self._new else found
        name = self._s.names[device]
        if stage == LAST:
            groups = [self._last(each) if each.name == name else each for each in found.groups]
        else:
            groups = [each for each in found.groups if each.name != name]
        return replace(found, groups=tuple(groups))

    def _last(self, group: ServedGroupView) -> ServedGroupView:
        return replace(group, priority=self._s.last)


def without_server(document: Mapping[str, Any], group: str, server: str) -> dict[str, Any]:
    """An intent in which a key server does not serve a group, and no member is told of it there."""
    groups = [
        each
        if each["name"] != group
        else {**each, "servers": [role for role in each["servers"] if role["name"] != server]}
        for each in document["groups"]
    ]
    members = [
        {**member, "groups": [_seat(seat, group, server) for seat in member["groups"]]}
        for member in document.get("members", ())
    ]
    return {**document, "groups": groups, "members": members}


def _seat(seat: Any, group: str, server: str) -> Any:
    if isinstance(seat, str) or seat["group"] != group or not seat.get("servers"):
        return seat
    left = [name for name in seat["servers"] if name != server]
    kept = {key: value for key, value in seat.items() if key != "servers"}
    return {**kept, "servers": left} if left else kept
