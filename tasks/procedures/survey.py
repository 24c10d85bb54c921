"""The facts that plans are made of: whole looks at the devices of a group."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ...errors import DeviceError, UsageError
from ...inventory.models import Intent
from ...inventory.relations import Relations
from ..clock import Clock
from ..deploying.models import Role
from ..deploying.observing import Observed, observe, unreachable
from .run import Devices


def survey(devices: Devices, roles: Mapping[str, Role], clock: Clock) -> dict[str, Observed]:
    """A whole look at each device, as many at a time as there may be sessions.

    A device that fails is among what was seen, unless all key servers fail: then there is nothing
    to plan with, and the error of the first of them is raised.
    """
    failed: dict[str, DeviceError] = {}

    def one(name: str) -> Observed:
        try:
            device = devices.open(name)
            try:
                return observe(device, roles[name], clock=clock)
            finally:
                with suppress(DeviceError):
                    device.close()
        except DeviceError as error:
            failed[name] = error
            return unreachable(name, roles[name], error, clock=clock)

    threads = max(1, min(devices.at_once, len(roles)))
    if threads == 1:
        seen = {name: one(name) for name in roles}
    else:
        with ThreadPoolExecutor(threads) as pool:
            seen = dict(zip(roles, pool.map(one, roles), strict=True))
    servers = [name for name, role in roles.items() if role == "key server"]
    if servers and failed.keys() >= set(servers):
        raise failed[servers[0]]
    return seen


def servers_in(intent: Intent, group: str) -> dict[str, Role]:
    """The key servers of a group, for `survey`. Raises UsageError for a group that is not there.

    Those of somebody else are among them: what concerns a group concerns all of them.
    """
    for each in intent.groups:
        if each.name == group:
            return {role.name: "key server" for role in each.servers}
    raise UsageError(
        f"the intent has no group '{group}'",
        hint=f"there are {', '.join(each.name for each in intent.groups)}",
    )


def members_in(intent: Intent, group: str) -> dict[str, Role]:
    """Our members of a group, for `survey`."""
    seats = Relations(intent).seats_by_group[group]
    return {seat.member.name: "member" for seat in seats if not seat.member.external}


def only_group(intent: Intent, named: str | None) -> str:
    """The group that is meant. Raises UsageError when none is named and there are several."""
    if named is not None:
        servers_in(intent, named)
        return named
    if len(intent.groups) != 1:
        names = ", ".join(each.name for each in intent.groups)
        raise UsageError("which group is meant?", hint=f"--group with one of {names}")
    return intent.groups[0].name
