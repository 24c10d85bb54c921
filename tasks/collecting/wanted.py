"""Which commands to ask a device for: what the rules of an audit read, once each, by its role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final, Literal

from ...audits.needs import CONFIG, ShowNeed

if TYPE_CHECKING:
    from ...audits.rule import AnyRule

Role = Literal["key_server", "member"]
ROLES: Final[tuple[Role, ...]] = ("key_server", "member")
CONFIG_COMMAND: Final = "show running-config"
_OF_ROLE: Final[dict[Role, str]] = {"key_server": "gdoi ks", "member": "gdoi gm"}
_GDOI: Final = "show crypto gdoi"
_GKM: Final = "show crypto gkm"


def commands_for(rules: Iterable[AnyRule], roles: Collection[Role]) -> tuple[str, ...]:
    """What the `rules` read of a device with these `roles`, the configuration first.

    A device without a role in GETVPN is asked for its configuration only.
    """
    found: dict[str, None] = {CONFIG_COMMAND: None}
    for need in (need for rule in rules for need in rule.needs):
        if need is CONFIG or not isinstance(need, ShowNeed):
            continue
        others = [begin for role, begin in _OF_ROLE.items() if role not in roles]
        if roles and not any(need.family.startswith(begin) for begin in others):
            found[need.text] = None
    first, *rest = found
    return (first, *sorted(rest))


def roles_in(config: str) -> tuple[Role, ...]:
    """The roles that the configuration gives a device."""
    from ...parsers.config import device_config, parse_config

    views = device_config(parse_config(config, ""))
    found = {"key_server": views.key_servers, "member": views.group_members}
    return tuple(role for role in ROLES if found[role])


def other_spelling(command: str) -> str | None:
    """How a router that does not know `command` may spell it: `gkm` for `gdoi`."""
    if command == _GDOI or command.startswith(f"{_GDOI} "):
        return _GKM + command[len(_GDOI) :]
    return None
