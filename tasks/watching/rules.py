"""The rules of alerts: what they are about, how grave, how long it has to last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ...errors import InputError
from ...yaml_text import Node, read
from ..deploying.health import PATIENCE
from ..deploying.troubles import Kind
from .notices import SEVERITIES, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: its alert begins when its condition has held for `for_s` seconds, without a break.

    It ends when the condition has not held for `clear_s` seconds. Conditions about a figure begin
    beyond `begin` and end within `end`, so that a figure that wavers does not waver the alert; None
    for conditions that hold or do not. They are parts of a whole, or `seconds`. A rule that is
    `off` is never asked.
    """

    name: str
    severity: Severity
    about: str
    for_s: float
    clear_s: float = 60.0
    begin: float | None = None
    end: float | None = None
    seconds: bool = False
    off: bool = False


RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule
    for rule in (
        Rule(
            name="KeyServerUnreachable",
            severity="critical",
            about="a key server does not answer, or turns the login down",
            for_s=PATIENCE[Kind.UNREACHABLE],
        ),
        Rule(
            name="NoPrimary",
            severity="critical",
            about="no key server of a group is primary",
            for_s=120.0,
        ),
        Rule(
            name="SeveralPrimaries",
            severity="critical",
            about="key servers that cooperate are primary at the same time",
            for_s=PATIENCE[Kind.SEVERAL_PRIMARIES],
        ),
        Rule(
            name="ForeignPrimary",
            severity="critical",
            about="the primary is none of the intent's key servers",
            for_s=PATIENCE[Kind.FOREIGN_PRIMARY],
        ),
        Rule(
            name="NotServed",
            severity="critical",
            about="a key server does not serve a group of its",
            for_s=60.0,
        ),
        Rule(
            name="PeerDown",
            severity="warning",
            about="key servers of a group do not hear each other",
            for_s=PATIENCE[Kind.PEER],
        ),
        Rule(
            name="PeerMissing",
            severity="warning",
            about="a key server does not cooperate with another one of the intent",
            for_s=120.0,
        ),
        Rule(
            name="KeysDiffer",
            severity="critical",
            about="a key server has other keys than the one that leads",
            for_s=120.0,
        ),
        Rule(
            name="NoKeys",
            severity="critical",
            about="a key server has no keys for a group with members",
            for_s=120.0,
        ),
        Rule(
            name="MemberCountsDiffer",
            severity="warning",
            about="key servers that cooperate count different numbers of members",
            for_s=300.0,
        ),
        Rule(
            name="KekExpires",
            severity="critical",
            about="the rekey key nears its end and was not replaced: seconds left",
            for_s=0.0,
            # key servers replace it some minutes before its end, however long it lives
            begin=120.0,
            end=180.0,
            seconds=True,
        ),
        Rule(
            name="TekExpires",
            severity="critical",
            about="a traffic key nears its end and was not replaced: parts left of its lifetime",
            for_s=0.0,
            begin=0.05,
            end=0.1,
        ),
        Rule(
            name="MembersLost",
            severity="critical",
            about="a group has fewer members than it had within 24 hours: parts that are left",
            for_s=PATIENCE[Kind.MEMBERS_LOST],
            begin=0.9,
            end=0.95,
        ),
        Rule(
            name="AcksMissed",
            severity="warning",
            about="members that a key server is about to give up: parts of those that it lists",
            for_s=0.0,
            begin=0.0,
            end=0.0,
        ),
        Rule(
            name="MemberUnreachable",
            severity="warning",
            about="a member of the sample does not answer, or turns the login down",
            for_s=300.0,
        ),
        Rule(
            name="MemberNotRegistered",
            severity="critical",
            about="a member of the sample is not registered",
            for_s=PATIENCE[Kind.MEMBERS_LOST],
        ),
        Rule(
            name="MemberNotJoined",
            severity="warning",
            about="a member of the sample takes no part in a group of its",
            for_s=300.0,
        ),
        Rule(
            name="ForeignServer",
            severity="critical",
            about="a member of the sample is registered with a key server that nobody knows",
            for_s=60.0,
        ),
        Rule(
            name="MemberNotListed",
            severity="warning",
            about="a member of the sample is registered, and no key server lists it",
            for_s=300.0,
        ),
        Rule(
            name="OldKeys",
            severity="critical",
            about="a member of the sample holds none of the traffic keys in use",
            for_s=120.0,
        ),
        Rule(
            name="HistoryUnwritten",
            severity="warning",
            about="the database takes no figures",
            for_s=300.0,
        ),
    )
}
"""All rules by their names."""
OF_TROUBLE: Final[Mapping[Kind, str]] = {
    Kind.NO_PRIMARY: "NoPrimary",
    Kind.SEVERAL_PRIMARIES: "SeveralPrimaries",
    Kind.FOREIGN_PRIMARY: "ForeignPrimary",
    Kind.NOT_SERVED: "NotServed",
    Kind.PEER: "PeerDown",
    Kind.PEER_MISSING: "PeerMissing",
    Kind.KEYS: "KeysDiffer",
    Kind.NO_KEYS: "NoKeys",
    Kind.MEMBER_COUNT: "MemberCountsDiffer",
    Kind.NOT_REGISTERED: "MemberNotRegistered",
    Kind.NOT_JOINED: "MemberNotJoined",
    Kind.FOREIGN_SERVER: "ForeignServer",
    Kind.NOT_LISTED: "MemberNotListed",
    Kind.OLD_KEYS: "OldKeys",
}
"""The rule for a kind of trouble; other kinds only matter to changes."""
OF_MEMBERS: Final = frozenset(
    (
        "MemberUnreachable",
        "MemberNotRegistered",
        "MemberNotJoined",
        "ForeignServer",
        "MemberNotListed",
        "OldKeys",
    )
)
"""Rules about members of the sample."""
_LONGEST_S: Final = 86_400


def rules_of(path: Path) -> dict[str, Rule]:
    """The rules as a file changes them: `NAME: {severity, for, clear, begin, end, off}`.

    Raises InputError for what has no meaning.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError("it is no text in UTF-8", source=str(path)) from None
    found = dict(RULES)
    for name, node in read(text, str(path)).mapping(RULES).items():
        found[name] = _changed(RULES[name], node)
    return found


def _changed(rule: Rule, node: Node) -> Rule:
    keys = ["severity", "for", "clear", "off"]
    keys += ["begin", "end"] if rule.begin is not None else []
    given = node.mapping(keys)
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key == "off":
            values[key] = value.flag()
        elif key == "severity":
            values[key] = value.choice(SEVERITIES)
        elif key in {"begin", "end"}:
            values[key] = float(value.number(0, _LONGEST_S if rule.seconds else 1))
        else:
            values[f"{key}_s"] = float(value.number(0, _LONGEST_S))
    changed = replace(rule, **values)
    if not _is_ordered(changed):
        raise node.error(
            f"{rule.name} would begin at {changed.begin:g} and end at {changed.end:g}: "
            "what ends has to be better than what begins"
        )
    return changed


def _is_ordered(rule: Rule) -> bool:
    """Whether an alert that has ended does not begin again at once."""
    if rule.begin is None or rule.end is None:
        return True
    # of missed answers few are good, of all the rest many
    return rule.end <= rule.begin if rule.name == "AcksMissed" else rule.begin <= rule.end
