"""What rules read: configurations, and the record of each family of show commands.

The tokens carry the type of the record without importing its module, so that `getvpn lint`
loads no show parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ..parsers.record import Record
    from ..parsers.records.gdoi_ks_members import KsMembers, KsMembersSummary
    from ..parsers.records.gdoi_ks_policy import KsPolicy

R = TypeVar("R", bound="Record")


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a rule reads; `text` names it for people."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ShowNeed(Need, Generic[R]):
    """The output of a show command; `family` is its name in the parsers' registry."""

    family: str


CONFIG = Need("the configuration")

KS_MEMBERS: ShowNeed[KsMembers] = ShowNeed("show crypto gdoi ks members", "gdoi ks members")
KS_MEMBERS_SUMMARY: ShowNeed[KsMembersSummary] = ShowNeed(
    "show crypto gdoi ks members summary", "gdoi ks members summary"
)
KS_POLICY: ShowNeed[KsPolicy] = ShowNeed("show crypto gdoi ks policy", "gdoi ks policy")
