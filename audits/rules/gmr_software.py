"""What the software of members and key servers can do together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..context import (
    FLEET,
    GROUP,
    MEMBER,
    DeviceContext,
    FleetContext,
    GroupContext,
    MemberContext,
    config_evidence,
    show_evidence,
)
from ..facts import Address, DeviceFacts
from ..group_keys import members_of, servers_of
from ..listing import key_servers
from ..needs import CONFIG, GDOI, GDOI_FEATURE, GM, KS_MEMBERS, KS_MEMBERS_SUMMARY, VERSION
from ..registrations import registrations
from ..rule import Evidence, Finding, Grade, Outcomes, Severity, rule
from ..software import COMPATIBILITY, Running, by_version, compatible, counted
from ..sources import CONCEPTS, GUIDE

if TYPE_CHECKING:
    from ...parsers.records.gdoi_feature import FeatureDevice, FeatureGroup, GdoiFeature
    from ..facts import Shown

_KEK_CHANGE = "Cisco technical note 116737, GETVPN key rekey behavior change"
_DETECTION = "Cisco GETVPN configuration guide, GM error detection"

FEATURES = ("crl-check", "dp-recovery", "gm-removal", "policy-replace")
"""The features that procedures rely on, as `show crypto gdoi feature` spells them."""

_NAMED = 3
"""Devices that a message names; more would make it unreadable."""

_OLD_TRAIN = (15, 2)
_XE3 = (3, 5)
"""The first releases in which members know how long the rekey key lives: IOS and IOS-XE 3."""

_XE3_MAJORS = (2, 3)

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1{recovery}
"""
_FEATURE = """
Group Name: G1
    Key Server ID       Version   Feature Supported
        10.10.1.1        1.0.27         Yes

    Group Member ID     Version   Feature Supported
        10.20.1.1        1.0.26         {supported}
"""
_KEY_SERVER = """
version {version}
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
end
"""
_MEMBERS = """
Group Member Information :

Number of rekeys sent for group G1 : 31

Group Member ID    : 10.20.1.1  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Key Server ID     : 10.10.1.1

Group Member ID    : 10.20.2.1  GM Version: {version}
 Group ID          : 1001
 Group Name        : G1
 Key Server ID     : 10.10.1.1
"""


@rule(
    code="GMR011",
    aliases=("GV-094",),
    title="Members of groups with several key servers check for keys that others do not share",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(CONFIG, GDOI, GM),
    thresholds=("recovery_check_advised_s",),
    source=_DETECTION,
    rationale="""
        When the key servers of a group lose each other, each part of the group gets other keys.
        With the recovery check a member that gets packets under an SPI of its group that it does
        not know registers with the next key server, and so finds the part that the others are in.
    """,
    remediation="""
crypto {spelling} group {group}
 client recovery-check interval {interval}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _MEMBER.format(recovery="")},
    good={"gm1.cfg": _MEMBER.format(recovery="\n client recovery-check interval 300")},
)
def no_recovery_check(ctx: MemberContext) -> Outcomes:
    """Look for the line, or for `DP Error Monitoring` where there is no configuration."""
    advised = ctx.settings.recovery_check_advised_s
    message = f"group {ctx.group} has several key servers, and no recovery check"
    view = ctx.view
    train = ctx.config.train if ctx.config is not None else None
    if view is None:
        yield from _without_configuration(ctx, message, advised)
    elif view.recovery_check_s is not None or _is_old(train):
        return
    elif not ctx.device.block_complete(view.line):
        yield ctx.not_checked(f"the block of group {ctx.group} is not known in full")
    elif len(view.servers) > 1:
        yield ctx.at(view, "", message, group=ctx.group, interval=advised, spelling=view.spelling)


def _without_configuration(ctx: MemberContext, message: str, advised: int) -> Outcomes:
    known = registrations(ctx)
    told = [row for row in known.rows if row.dp_error_monitoring is not None] if known else []
    if known is None or not known.servers or not told:
        yield ctx.missing()
    elif len(known.servers) > 1:
        for row in told:
            if not row.dp_error_monitoring:
                yield ctx.finding(
                    known.prove(row, "dp_error_monitoring"),
                    message,
                    group=ctx.group,
                    interval=advised,
                    spelling="gdoi",
                )


@rule(
    code="GMR012",
    aliases=("GV-095",),
    title="All devices of a group can do what changes and failures ask of them",
    severity=Severity.MEDIUM,
    scope=FLEET,
    needs=(GDOI_FEATURE,),
    source=GUIDE,
    rationale="""
        Members are removed, policies replaced, revocation lists acted upon and wrong keys found
        only by devices whose software knows how. Those that do not keep the old keys or the old
        policy until it expires, in the midst of members that have the new one.
    """,
    remediation="""
Upgrade {devices} to a release that supports {feature}; until then plan changes of group {group}
without it.""",
    bad={
        f"ks1/show crypto gdoi feature {name}.txt": _FEATURE.format(supported="No")
        for name in FEATURES
    },
    good={
        f"ks1/show crypto gdoi feature {name}.txt": _FEATURE.format(supported="Yes")
        for name in FEATURES
    },
)
def feature_missing(ctx: FleetContext) -> Outcomes:
    """Read the tables of each feature; several devices may show the same."""
    seen: set[tuple[str, str]] = set()
    for device in ctx.fleet.devices:
        for feature, output, group in _tables(device):
            if (feature, group.group) in seen:
                continue
            seen.add((feature, group.group))
            tables = (group.key_servers, group.members)
            rows = [row for table in tables if table is not None for row in table.devices]
            lacking = [row for row in rows if not row.supported]
            if lacking:
                yield _without(ctx, feature, output, group.group, lacking, len(rows))
    for known in ctx.fleet.groups:
        names = {role.group for role in known.servers} | {role.group for role in known.members}
        missing = [each for each in FEATURES if not any((each, name) in seen for name in names)]
        if missing:
            reason = f"there is no 'show crypto gdoi feature' of {', '.join(missing)}"
            yield replace(ctx.not_checked(reason), group=known.name)


def _without(
    ctx: FleetContext,
    feature: str,
    output: "Shown[GdoiFeature]",
    group: str,
    lacking: "list[FeatureDevice]",
    count: int,
) -> Finding:
    named = ", ".join(
        f"{row.address} ({row.version})" if row.version else str(row.address)
        for row in lacking[:_NAMED]
    )
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    found = ctx.finding(
        [show_evidence(output, row, "supported") for row in lacking[:_NAMED]],
        f"{len(lacking)} of {count} devices of group {group} cannot do {feature}: {named}{more}",
        device=output.device,
        devices=named + more,
        feature=feature,
        group=group,
    )
    return replace(found, group=group)


def _tables(
    device: DeviceFacts,
) -> "Iterator[tuple[str, Shown[GdoiFeature], FeatureGroup]]":
    """The table of each group for each feature that counts, where it is known in full."""
    for output in device.records(GDOI_FEATURE):
        feature = output.record.command.rpartition(" ")[2]
        if feature in FEATURES and output.complete:
            for group in output.record.groups:
                yield feature, output, group


@rule(
    code="GMR013",
    aliases=("GV-096",),
    title="All devices of a group follow the same rules for the end of the rekey key",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(VERSION, CONFIG),
    source=_KEK_CHANGE,
    rationale="""
        Since IOS 15.2(1)T and IOS-XE 3.5 key servers send the next rekey key before the old one
        ends, and members register again when it is about to end. Before, it was sent at its end,
        and members did not watch it. Where both are in a group, members of the newer kind register
        again each time the rekey key of an old key server ends, and old members can stay behind.
    """,
    remediation="""
Upgrade the devices of group {group} that run the older release: {old}.""",
    bad={
        "ks1.cfg": _KEY_SERVER.format(version="12.4"),
        "gm1.cfg": "\nversion 17.9" + _MEMBER.format(recovery="\nend"),
    },
    good={
        "ks1.cfg": _KEY_SERVER.format(version="17.6"),
        "gm1.cfg": "\nversion 17.9" + _MEMBER.format(recovery="\nend"),
    },
)
def releases_mixed(ctx: GroupContext) -> Outcomes:
    """Compare each key server with the members that belong to it."""
    members = [(member, _listed(member), _release(member)) for member in members_of(ctx)]
    for key_server in key_servers(ctx):
        own = [(key_server.server.device.name, _release(key_server.server))]
        for member, listed, found in members:
            if key_server.serves(member.group, listed):
                own.append((member.device.name, found))
        known = [(name, each) for name, each in own if each is not None]
        for name, each in own:
            if each is None:
                yield ctx.not_checked("the release is not known", device=name)
        old = [(name, each) for name, each in known if _is_old(each[0])]
        new = [(name, each) for name, each in known if not _is_old(each[0])]
        if old and new:
            told = ", ".join(
                f"{name} ({'.'.join(map(str, each[0]))})" for name, each in old[:_NAMED]
            )
            more = f" and {len(old) - _NAMED} more" if len(old) > _NAMED else ""
            yield ctx.finding(
                (old[0][1][1], new[0][1][1]),
                f"group {key_server.server.group} mixes devices before and after the change of"
                f" rekeys in 15.2(1)T: older {'is' if len(old) == 1 else 'are'} {told}{more}",
                group=key_server.server.group,
                old=told + more,
            )


def _listed(member: MemberContext) -> Sequence[Address | str]:
    if member.view is not None:
        return member.view.servers
    known = registrations(member)
    return () if known is None else known.servers


def _release(ctx: DeviceContext) -> tuple[tuple[int, int], Evidence] | None:
    """The first two numbers of the release, with their proof."""
    for output in ctx.records(VERSION):
        from ...parsers.records.system import release

        text = output.record.xe_version or output.record.version
        try:
            found = release(text or "")
        except ValueError:
            continue
        return (found.major, found.minor), show_evidence(output, output.record, "version")
    if ctx.config is None or ctx.config.train is None:
        return None
    return ctx.config.train, config_evidence(ctx.device, ctx.config, "version")


def _is_old(release: tuple[int, int] | None) -> bool:
    """Whether it is a release before 15.2 or IOS-XE 3.5; False where it is not known."""
    if release is None:
        return False
    return release < (_XE3 if release[0] in _XE3_MAJORS else _OLD_TRAIN)


@rule(
    code="GMR014",
    title="Members of a group run versions of the software that work together",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(KS_MEMBERS, KS_MEMBERS_SUMMARY),
    source=f"{COMPATIBILITY}; {CONCEPTS}",
    rationale="""
        Members need one major and one minor number of the GETVPN software to understand each
        other. Another third number means that some lack features of the others: the group can do
        only what the oldest can.
    """,
    remediation="""
Upgrade the members of group {group} to one release, after the key servers.""",
    bad={"ks1/show crypto gdoi ks members.txt": _MEMBERS.format(version="1.1.2")},
    good={"ks1/show crypto gdoi ks members.txt": _MEMBERS.format(version="1.0.26")},
)
def member_versions_differ(ctx: GroupContext) -> Outcomes:
    """Compare the versions that key servers list; each member counts once."""
    running: dict[str, Running] = {}
    for each in _running(ctx):
        running.setdefault(each.name, each)
    found = by_version(running.values())
    if not found:
        yield ctx.not_checked("no key server shows the versions of its members")
    elif len(found) > 1:
        fits = compatible(found)
        what = "versions with different features" if fits else "versions that do not fit"
        yield ctx.finding(
            [devices[0].evidence for devices in found.values()],
            f"members of group {ctx.group.name} run {what}: {counted(found)}",
            severity=Severity.INFO if fits else None,
            group=ctx.group.name,
        )


def _running(ctx: GroupContext) -> Iterator[Running]:
    for server in servers_of(ctx):
        for listing, member in server.rows(KS_MEMBERS, lambda record: record.members):
            if member.version is not None:
                evidence = show_evidence(listing, member, "version")
                yield Running(name=str(member.address), version=member.version, evidence=evidence)
        for summary, group in server.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups):
            for row in (row for part in group.servers for row in part.members):
                if row.version is not None:
                    evidence = show_evidence(summary, row, "version")
                    yield Running(name=str(row.address), version=row.version, evidence=evidence)
