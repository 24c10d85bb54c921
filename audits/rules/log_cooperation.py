"""What logs of key servers tell about their cooperation."""

from ..context import DEVICE, DeviceContext
from ..facts import Address
from ..messages import HEADING, Heard, Wanted, by_group, finding, heard, silence, told
from ..needs import LOGGING
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS, GUIDE, MESSAGES

_FILE = "ks1/show logging.txt"
_LOST = (
    "Mar  1 10:00:00.123: %GDOI-3-COOP_KS_UNREACH: Cooperative KS 10.10.2.1 Unreachable in group"
    " G1. IKE SA Status = Failed to establish.\n"
)
_BACK = (
    "Mar  1 10:02:00.123: %GDOI-5-COOP_KS_REACH: Reachability restored with Cooperative KS"
    " 10.10.2.1 in group G1.\n"
)
_ELECTED = (
    "Mar  1 1{hour}:00:00.123: %GDOI-5-COOP_KS_TRANS_TO_PRI: KS 10.10.1.1 in group G1 transitioned"
    " to Primary (Previous Primary = 10.10.2.1)\n"
)
_WELL = HEADING + _ELECTED.format(hour=0)

_REACH = "COOP_KS_REACH"
_SESSIONS = Wanted(speaker="key server", levels={"COOP_KS_UNREACH": 3, _REACH: 5})


@rule(
    code="LOG013",
    title="Key servers reach each other, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; {CONCEPTS}",
    rationale="""
        Key servers that lose each other make the group fall apart: each part elects a primary,
        which makes keys of its own. A peer that was lost and is back is a hint at its path.
    """,
    remediation="""
Check the path between the key server and {peer} (UDP 848, fragments), the IKE policy and key of
both, and compare 'show crypto gdoi ks coop' of both.""",
    bad={_FILE: HEADING + _LOST},
    good={_FILE: _WELL},
)
def peer_unreachable(ctx: DeviceContext) -> Outcomes:
    """For each peer, the last word about it: lost, or back again."""
    found = heard(ctx, *_SESSIONS.levels)
    for group, messages in by_group(found).items():
        peers: dict[Address | None, list[Heard]] = {}
        for each in messages:
            peers.setdefault(each.address("key_server"), []).append(each)
        for peer, words in peers.items():
            losses = [each for each in words if each.name != _REACH]
            if losses:
                back = words[-1].name == _REACH
                state = "lost, and back since" if back else "lost"
                what = f"peer {peer or 'unknown'}, {state}"
                severity = Severity.LOW if back else None
                yield finding(ctx, group, losses, what, severity, peer=peer or "<peer>")
    if not found:
        yield from silence(ctx, _SESSIONS)


_ELECTIONS = Wanted(speaker="key server", levels={"COOP_KS_TRANS_TO_PRI": 5})


@rule(
    code="LOG014",
    title="The part of the primary stays with one key server, by the log",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(LOGGING,),
    thresholds=("coop_elections_max",),
    source=f"{MESSAGES}; {CONCEPTS}",
    rationale="""
        There is no preemption: a key server becomes the primary only when the one before it was
        silent for a minute, or by command. When that happens often, key servers lose each other,
        or restart.
    """,
    remediation="""
On all key servers of group {group}: show crypto gdoi ks coop, show version (uptime), and the path
between them.""",
    bad={_FILE: HEADING + "".join(_ELECTED.format(hour=hour) for hour in (0, 1, 2))},
    good={_FILE: _WELL},
)
def many_elections(ctx: DeviceContext) -> Outcomes:
    """Count how often the key server became the primary."""
    found = heard(ctx, *_ELECTIONS.levels)
    for group, messages in by_group(found).items():
        if len(messages) > ctx.settings.coop_elections_max:
            yield finding(ctx, group, messages, "changes of the primary")
    if not found:
        yield from silence(ctx, _ELECTIONS)


_MISMATCH = Wanted(
    speaker="key server",
    levels={"COOP_CONFIG_MISMATCH": 3, "COOP_KS_UNAUTH": 3, "COOP_LIMIT_REACHED": 3},
)


@rule(
    code="LOG015",
    title="Key servers have fitting configurations, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        Key servers say themselves when their policies differ, when one calls that is no peer of
        the other, and when there are too many. Such servers do not take over for each other.
    """,
    remediation="""
Compare the configurations of group {group} on its key servers: rekey settings, 'sa ipsec',
access lists, 'address ipv4' and 'peer address ipv4' of both sides.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-COOP_KS_UNAUTH: Contact from unauthorized KS 10.10.3.1 in"
        " group G1 at local address 10.10.1.1 (Possible MISCONFIG of peer/local address)\n"
    },
    good={_FILE: _WELL},
)
def servers_do_not_fit(ctx: DeviceContext) -> Outcomes:
    """Look for complaints of a key server about another."""
    yield from told(ctx, _MISMATCH, "key servers that do not fit each other")


_DROPPED = Wanted(speaker="key server", levels={"COOP_PACKET_DROPPED": 3})


@rule(
    code="LOG016",
    title="No announcement of a key server was dropped, by the logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; {GUIDE}",
    rationale="""
        Announcements grow with the number of members. One that is too large, or in a format that
        the other key server does not know, is dropped: the other one then knows neither the new
        keys nor the members.
    """,
    remediation="""
Compare 'protocol version' and 'protocol pdu' of all key servers of group {group}; look for lost
fragments between them, and at 'buffers huge'.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-COOP_PACKET_DROPPED: Announcement message dropped due to"
        " packet size in group G1.\n"
    },
    good={_FILE: _WELL},
)
def announcement_dropped(ctx: DeviceContext) -> Outcomes:
    """Look for announcements that were dropped."""
    yield from told(ctx, _DROPPED, "dropped announcements")


_PSEUDOTIME = Wanted(
    speaker="key server", levels={"PSEUDO_TIME_LARGE": 3, "PSEUDO_TIME_TOO_OLD": 3}
)


@rule(
    code="LOG017",
    title="Key servers agree in the pseudotime, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        With time-based replay protection a packet is good for some seconds of the pseudotime that
        the primary owns. Key servers whose pseudotimes are apart give members different clocks,
        and members then drop each other's packets.
    """,
    remediation="""
Compare 'show crypto gdoi ks replay' of all key servers of group {group}; a rekey from the primary
sets the members' pseudotime anew.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-PSEUDO_TIME_LARGE: Pseudotime difference between key"
        " servers in group G1 is too large\n"
    },
    good={_FILE: _WELL},
)
def pseudotimes_differ(ctx: DeviceContext) -> Outcomes:
    """Look for complaints about the pseudotime."""
    yield from told(ctx, _PSEUDOTIME, "pseudotimes that are apart")
