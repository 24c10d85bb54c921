"""What logs of members tell about their policy, their traffic and their clocks."""

from ..context import DEVICE, DeviceContext
from ..messages import (
    HEADING,
    Heard,
    Wanted,
    by_group,
    finding,
    heard,
    silence,
    told,
)
from ..needs import LOGGING
from ..rule import Outcomes, Severity, rule
from ..sources import CSM, GUIDE, MESSAGES

_FILE = "gm1/show logging.txt"
_INSTALLED = (
    "Mar  1 09:00:00.000: %GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey"
    " policies from KS 10.10.1.1 for group G1 & gm identity 10.20.1.1\n"
)
_WELL = HEADING + _INSTALLED

_REPLAY = Wanted(speaker="group member", levels={"TIMEBASED_REPLAY_FAILED": 4, "PKT_REPLAY_ERR": 4})


@rule(
    code="LOG018",
    title="Members take each other's packets for fresh, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=GUIDE,
    rationale="""
        With time-based replay protection each packet bears the sender's pseudotime. A receiver
        whose own is further away than the window drops it: the clocks of the two are apart, as
        after a split of the key servers, or the packets are old, or somebody replays them.
    """,
    remediation="""
Compare 'show crypto gdoi gm replay' of both members: pseudotimes far apart come from different
key servers (clear crypto gdoi on the member that is wrong); close ones from a window that is
shorter than the delay of the network.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has failed"
        " in group G1 from sourceip-address 10.20.2.9. my_pseudotime is 600006.78 secs,"
        " peer_pseudotime is 500033.34 secs, replay_window is 100 (second)\n"
    },
    good={_FILE: _WELL},
)
def replay_check_failed(ctx: DeviceContext) -> Outcomes:
    """Tell the widest gap between two pseudotimes, with its sender."""
    found = heard(ctx, *_REPLAY.levels)
    for group, messages in by_group(found).items():
        worst = max(messages, key=_apart)
        what = "failed replay checks"
        if gap := _apart(worst):
            what += f", the widest {gap:.0f} s from {worst.address('source')}"
        yield finding(ctx, group, messages, what)
    if not found:
        yield from silence(ctx, _REPLAY)


def _apart(each: Heard) -> float:
    """The seconds between the two pseudotimes of a message; 0 where it has none."""
    mine, its = (each.message.fields.get(name) for name in _PSEUDOTIMES)
    return abs(mine - its) if isinstance(mine, float) and isinstance(its, float) else 0


_PSEUDOTIMES = ("my_pseudotime_s", "peer_pseudotime_s")

_NO_ROOM = Wanted(speaker="group member", levels={"GM_NO_IPSEC_FLOWS": 3})


@rule(
    code="LOG019",
    title="Members have room for the SAs of their policy, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        Each permit line of the policy takes a pair of SAs on each member. Hardware that holds no
        more of them does not install the policy: the member is registered and has no keys.
    """,
    remediation="""
Summarise the permits of group {group}; look at 'show crypto eli' of the member for its limit.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-GM_NO_IPSEC_FLOWS: IPSec FLOW limit possibly reached\n"
    },
    good={_FILE: _WELL},
)
def no_room_for_sas(ctx: DeviceContext) -> Outcomes:
    """Look for a limit of SAs that was reached."""
    yield from told(ctx, _NO_ROOM, "a policy for which there are not enough SAs")


_REJECTED = Wanted(
    speaker="group member", levels={"GM_REJECTING_SA_PAYLOAD": 4, "UNSUPPORTED_TEK_PROTO": 4}
)


@rule(
    code="LOG020",
    title="Members take the policy that key servers offer, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A member that cannot do, or may not take, the offered ciphers refuses the policy: it never
        gets keys, whatever else is well.
    """,
    remediation="""
Compare 'client rekey encryption', 'client rekey hash' and 'client transform-sets' of the member
with the policy of group {group}, and its release with the algorithms there.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-GM_REJECTING_SA_PAYLOAD: Registration: Policy in SA payload"
        " sent by KS 10.10.1.1 rejected by GM in the group G1 reason UNSUPPORTED\n"
    },
    good={_FILE: _WELL},
)
def policy_rejected(ctx: DeviceContext) -> Outcomes:
    """Look for policies that were refused."""
    yield from told(ctx, _REJECTED, "a policy that the member refuses")


_INCOMPLETE = Wanted(speaker="group member", levels={"GM_INCOMPLETE_CFG": 3})


@rule(
    code="LOG021",
    title="Members have an identity and a key server for each group, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A group on a member needs its number and at least one key server. Without them the member
        does not register, and its interface sends in clear.
    """,
    remediation="""
crypto gdoi group {group}
 identity number <number>
 server address ipv4 <key server>""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-GM_INCOMPLETE_CFG: Registration: incomplete config for"
        " group G1\n"
    },
    good={_FILE: _WELL},
)
def incomplete_group(ctx: DeviceContext) -> Outcomes:
    """Look for groups that lack a part."""
    yield from told(ctx, _INCOMPLETE, "an incomplete configuration")


_PERMITS = Wanted(speaker="group member", levels={"GM_ACL_PERMIT": 4})


@rule(
    code="LOG022",
    title="Local access lists of members have no permit, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=CSM,
    rationale="""
        A member's own access list can only take traffic out of the group's policy. Its permits
        are ignored, or send traffic into a tunnel that does not exist.
    """,
    remediation="""
Take the permit lines out of the access list under 'match address' of the member's crypto map.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-GM_ACL_PERMIT: GM doesn't support permit configured under"
        " local access-list. Traffic from 10.1.0.0 to 10.2.0.0 will be dropped.\n"
    },
    good={_FILE: _WELL},
)
def local_permit(ctx: DeviceContext) -> Outcomes:
    """Look for permits that were ignored."""
    yield from told(ctx, _PERMITS, "a permit in a local access list")


_OUTSIDE = Wanted(speaker="group member", levels={"UNREGISTERED_INTERFACE": 4})


@rule(
    code="LOG023",
    title="Group traffic comes by interfaces that are registered, by the logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A packet of the group on an interface without the group's crypto map cannot be decrypted.
        Often a second WAN link was added, or routing moved to one.
    """,
    remediation="""
Attach the crypto map of the group to all WAN interfaces of the member.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-UNREGISTERED_INTERFACE: Group G1 received registration from"
        " unregistered interface.\n"
    },
    good={_FILE: _WELL},
)
def unregistered_interface(ctx: DeviceContext) -> Outcomes:
    """Look for packets on interfaces without the group."""
    yield from told(ctx, _OUTSIDE, "packets on an interface that is not registered")


_DETACHED = "GM_CM_DETACH"
_MAPS = Wanted(speaker="group member", levels={_DETACHED: 5, "GM_CM_ATTACH": 5})


@rule(
    code="LOG024",
    title="A crypto map that was taken off an interface is back, by the log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        Without its crypto map a member sends in clear what the group encrypts, and cannot read
        what it gets. It is taken off for tests and upgrades, and forgotten.
    """,
    remediation="""
On the member: show crypto gdoi group {group}, show crypto map; attach the map again.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-5-GM_CM_DETACH: Crypto map detached for group G1\n"
    },
    good={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-5-GM_CM_DETACH: Crypto map detached for group G1\n"
        + "Mar  1 10:01:00.123: %GDOI-5-GM_CM_ATTACH: Crypto map attached for group G1\n"
    },
)
def map_detached(ctx: DeviceContext) -> Outcomes:
    """Look at the last word about the crypto map of each group."""
    found = heard(ctx, *_MAPS.levels)
    for group, messages in by_group(found).items():
        if messages[-1].name == _DETACHED:
            yield finding(ctx, group, messages[-1:], "a detached crypto map")
    if not found:
        yield from silence(ctx, _MAPS)
