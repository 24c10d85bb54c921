"""Members that their key servers do not know, and engines that encrypt for them."""

from collections.abc import Iterator

from ..context import (
    DEVICE,
    GROUP,
    MEMBER,
    DeviceContext,
    GroupContext,
    MemberContext,
    ServerContext,
    show_evidence,
)
from ..facts import Address
from ..group_keys import members_of, servers_of
from ..ike import is_member
from ..listing import key_servers
from ..needs import CRYPTO_ELI, GDOI, GM, KS_MEMBERS, KS_MEMBERS_SUMMARY
from ..registrations import name_of, registrations
from ..rule import Outcomes, Severity, rule
from ..sources import COMMANDS, CONCEPTS, OURS

_STATE = """
Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1      vrf: None
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 6580 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 2
       Unicast rekey received: 2
       Rekey ACKs sent       : 2
"""
_MEMBERS = """
Group Member Information :

Number of rekeys sent for group G1 : 31

Group Member ID    : {address}  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
 Rekeys sent       : 31
 Rekeys retries    : 0
 Rekey Acks Rcvd   : 31
 Rekey Acks missed : 0

 Sent seq num : 2     3     4     1
 Rcvd seq num : {received}
"""
_ELI = """
Hardware Encryption : {state}
 Number of hardware crypto engines = 1

 CryptoEngine IOSXE-ESG(9) details: state = Active
 Capability    : DES, 3DES, AES, GCM, GMAC, RSA, IPv6, GDOI, FAILCLOSE

 IPSec-Session :  {active} active, 1000 max, {failed} failed, 2 created

"""
_KEYS = """\
       Rekey Rcvd(hh:mm:ss)  : 00:20:19
       DP Error Monitoring   : OFF
       IPSEC init reg executed    : 0
       IPSEC init reg postponed   : 0
       Active TEK Number     : {count}
       SA Track (OID/status) : disabled
"""
_ADDRESSES = """\
       Local addr/port       : 10.20.1.1/848
       Remote addr/port      : 10.10.1.1/848
       fvrf/ivrf             : None/None
       Version               : 1.0.26
       Registration status"""
_KS_FILE = "ks1/show crypto gdoi ks members.txt"
_GM_FILE = "gm1/show crypto gdoi gm.txt"
_ELI_FILE = "gm1/show crypto eli.txt"
_FOUR = "2     3     4     1"

FULL_PERCENT = 80
"""From here on an engine has little room for the second set of SAs that each rekey brings."""


def _listed(address: str = "10.20.1.1", received: str = _FOUR) -> dict[str, str]:
    return {_KS_FILE: _MEMBERS.format(address=address, received=received)}


def _holding(count: int) -> dict[str, str]:
    text = _STATE.replace("       Registration status", _ADDRESSES)
    return {_GM_FILE: text + _KEYS.format(count=count)}


def _engine(state: str = "ACTIVE", active: int = 2, failed: int = 0) -> dict[str, str]:
    text = _ELI.format(state=state, active=active, failed=failed)
    return {_GM_FILE: _STATE, _ELI_FILE: text}


@rule(
    code="GMR017",
    title="Key servers know every member that is registered",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(GM, GDOI, KS_MEMBERS, KS_MEMBERS_SUMMARY),
    source=CONCEPTS,
    rationale="""
        A key server sends unicast rekeys to the members on its list only. One that it has removed,
        after three rekeys without acknowledgement, still has keys and looks well; it gets no more
        rekeys, and registers again each time its keys are about to end.
    """,
    remediation="""
On member {member}: clear crypto gdoi group {group}. Then see whether rekeys reach it, and its
acknowledgements the key server: show crypto gdoi ks members""",
    bad={_GM_FILE: _STATE, **_listed("10.20.9.1")},
    good={_GM_FILE: _STATE, **_listed()},
)
def unknown_to_servers(ctx: GroupContext) -> Outcomes:
    """Look for the address of each registration in the lists of the key servers."""
    lists = [(each, found) for each in key_servers(ctx) if (found := _members(each.server))]
    for member in members_of(ctx):
        known = registrations(member)
        if known is None:
            yield member.missing(GM, GDOI)
            continue
        listed = known.servers or (member.view.servers if member.view else ())
        own = [addresses for each, addresses in lists if each.serves(member.group, listed)]
        if not own:
            yield member.not_checked("no key server of it lists all of its members")
            continue
        for row in known.current:
            if row.address is not None and not any(row.address in each for each in own):
                yield member.finding(
                    known.prove(row, "address"),
                    f"member {row.address} of group {member.group} is registered, and no key"
                    " server lists it",
                    member=row.address,
                    group=member.group,
                )


def _members(server: ServerContext) -> frozenset[Address]:
    """The members of the group on a key server; empty where they are not all known."""
    for listing in reversed(server.records(KS_MEMBERS)):
        if listing.complete and listing.record.command.endswith(" members"):
            rows = listing.record.members
            return frozenset(row.address for row in rows if row.group == server.group)
    for summary in reversed(server.records(KS_MEMBERS_SUMMARY)):
        groups = [each for each in summary.record.groups if each.group == server.group]
        if summary.complete and groups:
            parts = groups[-1].servers
            return frozenset(row.address for part in parts for row in part.members)
    return frozenset()


@rule(
    code="RKY019",
    title="Members have acknowledged each of the last four rekeys",
    severity=Severity.LOW,
    scope=GROUP,
    needs=(KS_MEMBERS,),
    source=COMMANDS,
    rationale="""
        A key server keeps the numbers of the last four rekeys that it sent to a member, and of
        those that the member acknowledged. A gap shows which rekey was lost, before the counter
        of missed ones leads to its removal.
    """,
    remediation="""
Compare the time of that rekey in the logs of the key server and of member {member} (show logging
| include REKEY).""",
    bad=_listed(received="2     3     0     1"),
    good=_listed(),
)
def last_rekeys_not_acknowledged(ctx: GroupContext) -> Outcomes:
    """Compare the two rows of numbers, place by place."""
    compared = False
    for server in servers_of(ctx):
        for output, member in server.rows(KS_MEMBERS, lambda record: record.members):
            sent, received = member.sent_sequences, member.received_sequences
            if sent is None or received is None:
                continue
            compared = True
            lost = [one for one, other in zip(sent, received, strict=False) if one != other]
            if lost:
                numbers = ", ".join(map(str, lost))
                yield ctx.finding(
                    show_evidence(output, member, "received_sequences"),
                    f"member {member.address} of group {member.group} did not acknowledge rekey"
                    f"{'s' * (len(lost) > 1)} {numbers}",
                    member=member.address,
                )
    if not compared:
        yield ctx.not_checked("no key server shows the numbers of the last rekeys")


@rule(
    code="GMR018",
    title="Members encrypt in hardware",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CRYPTO_ELI,),
    source=COMMANDS,
    rationale="""
        A member that encrypts in software is slow, and its processor has no time left for
        registrations and rekeys when there is much traffic. Often an engine was turned off for a
        test (`no crypto engine`), or a licence is missing.
    """,
    remediation="""
On the member: show crypto engine brief, show license; 'crypto engine accelerator' or a reload
brings an engine back that was turned off.""",
    bad=_engine(state="INACTIVE"),
    good=_engine(),
)
def software_encryption(ctx: DeviceContext) -> Outcomes:
    """Read the state of hardware encryption."""
    if not is_member(ctx.device):
        return
    outputs = ctx.records(CRYPTO_ELI)
    if not outputs:
        yield ctx.missing()
    elif not outputs[-1].record.hardware_active:
        message = "the member encrypts in software: hardware encryption is not active"
        yield ctx.shown(outputs[-1], outputs[-1].record, "hardware_active", message)


@rule(
    code="GMR019",
    title="The crypto engines of members have room for the next keys",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CRYPTO_ELI,),
    source=f"{COMMANDS}; {OURS}: the figure",
    rationale="""
        During a rollover a member holds the SAs of the old key and of the new one. An engine that
        is nearly full has no place for the second set: the policy is not installed, and the
        member loses traffic although it is registered.
    """,
    remediation="""
Summarise the permits of the member's groups (each takes a pair of SAs), or use a larger model;
'show crypto eli' shows how many SAs there may be.""",
    bad=_engine(active=801),
    good=_engine(active=800),
)
def engine_is_full(ctx: DeviceContext) -> Outcomes:
    """Look at the SAs of each engine: those in use, and those that it refused."""
    if not is_member(ctx.device):
        return
    outputs = ctx.records(CRYPTO_ELI)
    if not outputs:
        yield ctx.missing()
        return
    for engine in outputs[-1].record.hardware:
        for sessions in engine.sessions:
            problems = _problems(sessions.active, sessions.maximum, sessions.failed)
            for field, problem in problems:
                yield ctx.shown(
                    outputs[-1],
                    sessions,
                    field,
                    f"{sessions.kind} of engine {engine.name}: {problem}",
                )


def _problems(active: int, maximum: int, failed: int) -> Iterator[tuple[str, str]]:
    if active * 100 > maximum * FULL_PERCENT:
        yield "active", f"{active} of {maximum} are in use"
    if failed:
        yield "failed", f"{failed} could not be set up"


@rule(
    code="GMR020",
    title="Members that are registered hold traffic keys",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(GDOI, GM),
    source=COMMANDS,
    rationale="""
        A registration without traffic keys protects nothing: the policy of the key server has no
        key, its permits are empty, or the member could not install what it got, for want of SAs
        or of an algorithm.
    """,
    remediation="""
On the member: show crypto gdoi (is there an access list, and a TEK policy?), show logging |
include GDOI, show crypto eli. On the key server of group {group}: show crypto gdoi ks policy""",
    bad=_holding(0),
    good=_holding(1),
)
def registered_without_keys(ctx: MemberContext) -> Outcomes:
    """Read `Active TEK Number`, which releases from IOS-XE 16 on print."""
    known = registrations(ctx)
    if known is None:
        yield ctx.missing()
        return
    for row in known.current:
        if row.active_teks is None:
            yield ctx.not_checked("the number of traffic keys is not shown")
        elif not row.active_teks:
            yield ctx.finding(
                known.prove(row, "active_teks"),
                f"group {ctx.group}: registered{name_of(row)}, without any traffic key",
                group=ctx.group,
            )
