"""What members say of their registrations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .context import MemberContext, show_evidence
from .needs import GDOI, GM
from .rule import Evidence
from .servers import latest

if TYPE_CHECKING:
    from ..parsers.records.gdoi import GmRegistration
    from .facts import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """The registrations of a device in one group: one for each interface, address or VRF.

    `servers` are those that the member lists, empty where the command does not print them;
    `prove` makes the evidence for a field of one registration.
    """

    rows: Sequence[GmRegistration]
    servers: tuple[Address | str, ...]
    prove: Callable[[GmRegistration, str], Evidence]

    @property
    def current(self) -> tuple[GmRegistration, ...]:
        """Those that are registered now."""
        return tuple(
            row for row in self.rows if (row.registration_status or "").lower() == "registered"
        )


def registrations(ctx: MemberContext) -> Registrations | None:
    """The last word of the member; `show crypto gdoi`, which says most, comes first."""
    if (full := latest(ctx.rows(GDOI, lambda record: record.groups))) is not None:
        output, group = full
        return Registrations(
            rows=group.members, servers=group.servers, prove=partial(show_evidence, output)
        )
    if (short := latest(ctx.rows(GM, lambda record: record.groups))) is not None:
        state, member = short
        return Registrations(rows=member.members, servers=(), prove=partial(show_evidence, state))
    return None


def name_of(row: GmRegistration) -> str:
    """` by 10.20.1.1`, where the registration has an address."""
    return "" if row.address is None else f" by {row.address}"
