"""By which protocol the members of a group have registered, as they and key servers show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ...parsers.records.gdoi import GdoiGroups
from ..deploying.network import GroupLook
from ..deploying.observing import GM, KS, KS_COOP, KS_MEMBERS, Observed
from .gikev2_settings import Settings
from .looking import group_look
from .members_seen import lacking
from .model import LateError, UnmetError
from .run import Run, Seen

TOLD_S: Final = 90.0
"""How long key servers may take to tell each other of members: announcements come each 20 s."""


def is_gikev2(group_type: str | None) -> bool:
    """Whether a group type, as devices print it, is that of G-IKEv2: `G-IKEv2 (IKEv2)`."""
    return "IKEV2" in (group_type or "").upper()


def use_gikev2(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
    """The members that are not registered by G-IKEv2, and what they lack."""
    return lacking(run, group, names, lambda *seen: _other_than(*seen, wanted="G-IKEv2"))


def use_gdoi(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
    """The members that are not registered by GDOI, and what they lack."""
    return lacking(run, group, names, lambda *seen: _other_than(*seen, wanted="GDOI"))


def _other_than(look: GroupLook, seen: Observed, name: str, *, wanted: str) -> str:
    """By which other protocol a member has registered; what is not shown counts for nothing.

    A member shows what it is configured for; the key server that registered it, what it has done.
    """
    newer = wanted == "G-IKEv2"
    joined = look.members[name]
    own = _own_type(seen, joined.group)
    if own is not None and is_gikev2(own) is not newer:
        return f"it uses {own}, not {wanted}"
    others = [each for each in _types(look, joined.addresses) if is_gikev2(each) is not newer]
    return f"key servers have it by {others[0]}, not {wanted}" if others else ""


def _own_type(seen: Observed, group: str) -> str | None:
    record = seen.records.get(GM)
    groups = record.groups if isinstance(record, GdoiGroups) else ()
    return next((each.group_type for each in groups if each.group == group), None)


def _types(look: GroupLook, addresses: Sequence[object]) -> Iterator[str]:
    """How key servers say that a member has registered, the primary alone where there is one."""
    primary = look.primary
    for server in look.servers.values() if primary is None else (primary,):
        for member in server.members:
            if member.address in addresses and member.group_type is not None:
                yield member.group_type


def await_closing(run: Run, s: Settings) -> None:
    """Wait until no key server has a member that uses GDOI: they learn it from each other.

    Raises UnmetError.
    """

    def see() -> Seen:
        text = _old_ones(group_look(run, s.group, only=(KS, KS_COOP, KS_MEMBERS)))
        return Seen(done=not text, text=text)

    try:
        run.wait("no more members with GDOI", see, within_s=TOLD_S)
    except LateError as error:
        raise UnmetError(
            str(error), hint="let them change over first, or take them out of the group"
        ) from None


def _old_ones(look: GroupLook) -> str:
    for server in look.servers.values():
        old = [
            str(member.address)
            for member in server.members
            if member.group_type is not None and not is_gikev2(member.group_type)
        ]
        if old:
            more = f" and {len(old) - 1} more" if len(old) > 1 else ""
            return f"{server.device} has members that use GDOI: {old[0]}{more}"
    return ""
