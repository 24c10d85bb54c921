"""The lines that open the blocks of groups, in remediations as the device has them.

IOS knows a group for IPv6 by `crypto gdoi group ipv6 NAME` only, one that was made as `gkm` by that
word, and before IOS-XE 16 no other word than `gdoi`. Rules may say otherwise all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from .facts import Fleet, MemberRole, ServerRole
from .rule import Finding

_FIRST_XE: Final = 16
_HEAD: Final = re.compile(
    r"^([! ]*(?:no )?crypto )(gdoi|gkm) group (?:ipv6 )?(\S+)$", re.ASCII | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class GroupHeads:
    """How devices call the groups that are not `crypto gdoi group NAME` with them.

    `known` has the word for the kind, and `ipv6 ` or nothing, by device and name of the group;
    `classic` are the devices whose only word it is.
    """

    known: Mapping[tuple[str, str], tuple[str, str]]
    classic: frozenset[str]

    @classmethod
    def of(cls, fleet: Fleet) -> GroupHeads:
        """Those of the configurations of a fleet."""
        roles: tuple[ServerRole | MemberRole, ...] = (*fleet.servers, *fleet.members)
        classic = frozenset(role.device.name for role in roles if _is_classic(role))
        known = {
            (role.device.name, view.group): (view.spelling, _family(view.family))
            for role in roles
            if (view := role.view) is not None
            and (view.spelling != "gdoi" or view.family == "ipv6" or role.device.name in classic)
        }
        return cls(known, classic)

    def put_in(self, finding: Finding) -> Finding:
        """The finding, with the lines of its remediation and fixes as its devices have them."""
        if not self.known:
            return finding
        device = finding.device or (finding.evidence[0].device if finding.evidence else "")
        remediation = self._text(device, finding.remediation)
        fixes = tuple(
            replace(fix, lines=tuple(self._text(fix.device, line) for line in fix.lines))
            for fix in finding.fixes
        )
        if (remediation, fixes) == (finding.remediation, finding.fixes):
            return finding
        return replace(finding, remediation=remediation, fixes=fixes)

    def _text(self, device: str, text: str) -> str:
        def head(found: re.Match[str]) -> str:
            opening, kind, name = found.groups()
            known = self.known.get((device, name))
            if known is None:
                return found[0]
            word = kind if kind == "gkm" and device not in self.classic else known[0]
            return f"{opening}{word} group {known[1]}{name}"

        return _HEAD.sub(head, text) if "crypto g" in text else text


def _is_classic(role: ServerRole | MemberRole) -> bool:
    """Whether the configuration is of IOS, not IOS-XE: it says `version 15.7` or less."""
    config = role.device.config
    train = config.train if config is not None else None
    return train is not None and train[0] < _FIRST_XE


def _family(family: str) -> str:
    return "ipv6 " if family == "ipv6" else ""
