"""Which findings count: waivers and comments take some out, and are themselves looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from .comments import Comment, comments_of
from .engine import Report, Waived, in_order
from .rule import Evidence, Finding
from .waivers import Waiver

if TYPE_CHECKING:
    from .registry import Registry

EXPIRED, UNMATCHED, FAULTY = "WVR001", "WVR002", "WVR003"


def excuse(report: Report, waivers: Sequence[Waiver], today: date, rules: Registry) -> Report:
    """The report without the findings that waivers and comments cover on the day `today`.

    Those stand under `waived`. Waivers and comments that are over, cover nothing or cannot be
    read are findings, as far as the rules for them are among those of the report.
    """
    comments = tuple(comments_of(report.fleet.devices, rules))
    left: list[Finding] = []
    waived: list[Waived] = []
    used: set[int] = set()
    for finding in report.findings:
        about = [each for each in waivers if each.covers(finding)]
        said = [each for each in comments if each.covers(finding)]
        used.update(map(id, (*about, *said)))
        live = [each for each in about if not each.has_expired(today)]
        if live:
            waived.append(_by_waiver(finding, live[0]))
        elif said:
            waived.append(_by_comment(finding, said[0]))
        else:
            left.append(finding)
    found = [
        *_about_waivers(report, [w for w in waivers if id(w) not in used], waivers, today),
        *_about_comments(report, comments, used),
    ]
    return replace(report, findings=in_order([*left, *found]), waived=tuple(waived))


def _by_waiver(finding: Finding, waiver: Waiver) -> Waived:
    return Waived(
        finding=finding,
        reason=waiver.reason,
        source=waiver.source,
        line=waiver.lineno,
        owner=waiver.owner,
        until=waiver.expires,
    )


def _by_comment(finding: Finding, comment: Comment) -> Waived:
    return Waived(
        finding=finding, reason=comment.reason, source=comment.source, line=comment.lineno
    )


# ---- what is wrong with waivers and comments ----


def _about_waivers(
    report: Report, unused: Iterable[Waiver], every: Iterable[Waiver], today: date
) -> Iterator[Finding]:
    for waiver in every:
        if waiver.has_expired(today):
            said = f"the waiver for {waiver.rule} of {waiver.owner} was over on {waiver.expires}"
            yield from _found(report, EXPIRED, said, _place(waiver))
    for waiver in unused:
        if not waiver.has_expired(today) and _was_checked(report, waiver):
            said = f"the waiver for {waiver.rule} of {waiver.owner} covers no finding"
            yield from _found(report, UNMATCHED, said, _place(waiver))


def _about_comments(
    report: Report, comments: Iterable[Comment], used: set[int]
) -> Iterator[Finding]:
    ran = {rule.code for rule in report.rules}
    for comment in comments:
        place = Evidence(
            kind="config",
            device=comment.device,
            source=comment.source,
            line=comment.lineno,
            text=comment.text,
        )
        if comment.fault:
            said = f"the comment has no effect: {comment.fault}"
            yield from _found(report, FAULTY, said, place, device=comment.device)
        elif id(comment) not in used and ran.issuperset(comment.rules):
            said = f"the comment about {', '.join(comment.rules)} covers no finding"
            yield from _found(report, UNMATCHED, said, place, device=comment.device)


def _was_checked(report: Report, waiver: Waiver) -> bool:
    """Whether what a waiver is about was there, and could be checked."""
    if all(rule.code != waiver.rule for rule in report.rules):
        return False
    if any(
        each.rule == waiver.rule and waiver.is_about(each.device, each.group)
        for each in report.not_checked
    ):
        return False
    fleet = report.fleet
    places = [("", group.name) for group in fleet.groups]
    places += [(role.device.name, role.group) for role in fleet.servers]
    places += [(role.device.name, role.group) for role in fleet.members]
    if waiver.group is None:
        places += [(device.name, "") for device in fleet.devices]
    return any(waiver.is_about(device, group) for device, group in places)


def _place(waiver: Waiver) -> Evidence:
    return Evidence(
        kind="waiver", device="", source=waiver.source, line=waiver.lineno, text=waiver.text
    )


def _found(
    report: Report, code: str, message: str, place: Evidence, *, device: str = ""
) -> Iterator[Finding]:
    rule = next((rule for rule in report.rules if rule.code == code), None)
    if rule is not None:
        yield Finding(
            rule=code,
            severity=rule.severity,
            device=device,
            location=place.location,
            message=message,
            evidence=(place,),
            remediation=rule.remediation,
        )
