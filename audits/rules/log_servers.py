"""What logs of key servers tell about their members, their policy and their keys."""

from ..context import DEVICE, DeviceContext
from ..facts import Address
from ..messages import HEADING, Wanted, by_group, finding, heard, silence, told
from ..needs import LOGGING
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS, CSM, MESSAGES

_NAMED = 3
"""Members that a message names; more would make it unreadable."""

_FILE = "ks1/show logging.txt"
_SENT = (
    "Mar  1 10:05:00.000: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group G1 from"
    " address 10.10.1.1 with seq # 2\n"
)
_CHANGED = (
    "Mar  1 10:00:00.123: %GDOI-5-POLICY_CHANGE: GDOI group G1 policy has changed. Use 'crypto"
    " gdoi ks rekey' to send a rekey, or the changes will be send in the next scheduled rekey\n"
)
_WELL = HEADING + _SENT

_UNAUTHORIZED = Wanted(
    speaker="key server",
    levels={"UNAUTHORIZED_IPADDR": 1, "UNAUTHORIZED_IDENTITY": 1, "KS_UNAUTHORIZED": 1},
)


@rule(
    code="LOG007",
    title="Key servers did not have to refuse registrations, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A device that can authenticate to the key server, but is not on its list, is either a
        member that the list lacks, which has no keys, or one that should not be there.
    """,
    remediation="""
If it is a member: add it to 'authorization address ipv4' or 'authorization identity' on all key
servers of group {group}. If it is not: take its credentials away.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-1-UNAUTHORIZED_IPADDR: Group G1 received registration from"
        " unauthorized ip address: 10.20.9.1\n"
    },
    good={_FILE: _WELL},
)
def unauthorized(ctx: DeviceContext) -> Outcomes:
    """Name the devices that were refused."""
    found = heard(ctx, *_UNAUTHORIZED.levels)
    for group, messages in by_group(found).items():
        peers: dict[Address, None] = {}
        for each in messages:
            if (address := each.address("member")) is not None:
                peers[address] = None
        named = ", ".join(map(str, list(peers)[:_NAMED]))
        more = f" and {len(peers) - _NAMED} more" if len(peers) > _NAMED else ""
        who = f" from {named}{more}" if named else ""
        yield finding(ctx, group, messages, f"unauthorized registrations{who}")
    if not found:
        yield from silence(ctx, _UNAUTHORIZED)


_NO_KEY = Wanted(speaker="key server", levels={"KS_NO_RSA_KEYS": 1})


@rule(
    code="LOG008",
    title="Key servers have the RSA key that signs rekeys, by their logs",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; {CSM}",
    rationale="""
        A key server without the RSA key of its group can make and send no keys: when those that
        members hold run out, the group stops.
    """,
    remediation="""
Import the RSA key of group {group} from another key server or from the backup; look at
'show crypto key mypubkey rsa' and the label under 'rekey authentication mypubkey rsa'.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-1-KS_NO_RSA_KEYS: RSA Key - REKEY : Not found, Required for"
        " group G1\n"
    },
    good={_FILE: _WELL},
)
def no_rsa_key(ctx: DeviceContext) -> Outcomes:
    """Look for an RSA key that was not found."""
    yield from told(ctx, _NO_KEY, "an RSA key that was not found for the rekeys")


_EJECTED = Wanted(speaker="key server", levels={"KS_NACK_GM_EJECT": 5})


@rule(
    code="LOG009",
    title="Key servers did not have to remove members that do not answer, by their logs",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=CONCEPTS,
    rationale="""
        A member that acknowledges none of three rekeys in a row is removed from the key server's
        list. It gets no more rekeys, and has to register again each time its keys run out.
    """,
    remediation="""
Compare the members of group {group} with 'show crypto gdoi ks members': look for the path (UDP
848 in both directions) and the load of those that are missing.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-5-KS_NACK_GM_EJECT: GM 10.20.1.1 was ejected from group G1\n"
    },
    good={_FILE: _WELL},
)
def member_removed(ctx: DeviceContext) -> Outcomes:
    """Look for members that were removed."""
    yield from told(ctx, _EJECTED, "members that were removed since they did not acknowledge")


_LONG_LIST = Wanted(speaker="key server", levels={"GDOI_ACL_NUM": 4})


@rule(
    code="LOG010",
    title="No access list of a group was cut, by the log of its key server",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(LOGGING,),
    source=f"{MESSAGES}; {CONCEPTS}",
    rationale="""
        Of a policy with more than 100 entries, key servers use the first 100. What the others
        permit goes in clear, and what they deny is encrypted.
    """,
    remediation="""
Summarise the access lists of group {group} to at most 100 lines, and send a rekey.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-4-GDOI_ACL_NUM: The ACL has too many entries. GDOI will"
        " honor only the first 100 ACL entries specified.\n"
    },
    good={_FILE: _WELL},
)
def list_was_cut(ctx: DeviceContext) -> Outcomes:
    """Look for access lists with too many entries."""
    yield from told(ctx, _LONG_LIST, "an access list with too many entries")


_CHANGES = Wanted(
    speaker="key server",
    levels={
        "POLICY_CHANGE": 5,
        "KS_POLICY_CHANGE": 5,
        "KS_SEND_UNICAST_REKEY": 5,
        "KS_SEND_MCAST_REKEY": 5,
    },
)


@rule(
    code="LOG011",
    title="Changes of policy have been sent to the members, by the log",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        After a change of policy a key server waits for the command, or for the next scheduled
        rekey. Until then members work by the old policy, and those that register get the new one.
    """,
    remediation="""
On the primary, when the change is meant to take effect: crypto gdoi ks group {group} rekey""",
    bad={_FILE: HEADING + _CHANGED},
    good={_FILE: HEADING + _CHANGED + _SENT},
)
def change_not_sent(ctx: DeviceContext) -> Outcomes:
    """Look for changes after the last rekey of the group."""
    found = heard(ctx, *_CHANGES.levels)
    for group, messages in by_group(found).items():
        sent = [index for index, each in enumerate(messages) if "REKEY" in each.name]
        waiting = messages[sent[-1] + 1 if sent else 0 :]
        if waiting:
            what = "changes that no rekey has followed"
            yield finding(ctx, group, waiting, what)
    if not found:
        yield from silence(ctx, _CHANGES)


_STRANGERS = Wanted(speaker="key server", levels={"KS_BAD_ID": 3})


@rule(
    code="LOG012",
    title="Registrations name groups that the key server has, by its log",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(LOGGING,),
    source=MESSAGES,
    rationale="""
        A member and its key server find each other by the number of the group. One with another
        number, or that calls a key server of another group, never gets keys.
    """,
    remediation="""
Compare 'identity number' and 'server address ipv4' on the members with the key server's groups.""",
    bad={
        _FILE: HEADING
        + "Mar  1 10:00:00.123: %GDOI-3-KS_BAD_ID: Registration: Bad(No) id in group G1\n"
    },
    good={_FILE: _WELL},
)
def unknown_identity(ctx: DeviceContext) -> Outcomes:
    """Look for registrations to unknown groups."""
    yield from told(ctx, _STRANGERS, "registrations with an unknown group identity")
