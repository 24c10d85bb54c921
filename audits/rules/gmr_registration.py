"""How members register and get their rekeys, as they and their key servers tell it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..context import (
    GROUP,
    MEMBER,
    GroupContext,
    MemberContext,
    config_evidence,
    show_evidence,
)
from ..facts import ServerRole
from ..group_keys import members_of, servers_of
from ..listing import KeyServer, key_servers
from ..needs import CONFIG, GDOI, GM, KS_MEMBERS, KS_POLICY
from ..registrations import name_of, registrations
from ..rule import Finding, Grade, Outcomes, Severity, rule
from ..server_keys import tek_lifetimes
from ..sources import COMMANDS, CONCEPTS, OURS

if TYPE_CHECKING:
    from ...parsers.config import GroupMemberConfig

_KEK_CHANGE = "Cisco technical note 116737, GETVPN key rekey behavior change"

_SERVER = """
hostname ks1
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number {number}
 server address ipv4 10.10.1.1
"""
_STATE = """
Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1      vrf: None
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 6580 sec
       Succeeded registration: {succeeded}
       Attempted registration: {attempted}
       Last rekey from       : {source}
       Last rekey seq num    : 2
       Unicast rekey received: {rekeys}
       Rekey ACKs sent       : {acks}
       Rekey Rcvd(hh:mm:ss)  : {age}
"""
_MEMBERS = """
Group Member Information :

Number of rekeys sent for group G1 : 31

Group Member ID    : 10.20.1.1  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Group Type        : GDOI (ISAKMP)
 GM State          : {state}
 Key Server ID     : 10.10.1.1
 Rekeys sent       : 31
 Rekeys retries    : 0
 Rekey Acks Rcvd   : 31
 Rekey Acks missed : 0

 Sent seq num : 0     1     2     3
 Rcvd seq num : 0     1     2     3
"""
_STATE_FILE = "gm1/show crypto gdoi gm.txt"
_NO_REKEY = ("0.0.0.0", "Never")  # noqa: S104 - what IOS prints for no sender


def _state(
    succeeded: int = 1,
    attempted: int = 1,
    source: str = "10.10.1.1",
    age: str = "01:20:11",
    rekeys: int = 2,
    acks: int = 2,
) -> dict[str, str]:
    text = _STATE.format(
        succeeded=succeeded,
        attempted=attempted,
        source=source,
        age=age,
        rekeys=rekeys,
        acks=acks,
    )
    return {_STATE_FILE: text}


@rule(
    code="GMR005",
    aliases=("GV-060",),
    title="Members and key servers give their group one number",
    severity=Severity.CRITICAL,
    scope=MEMBER,
    needs=(CONFIG,),
    source=f"{CONCEPTS}; {COMMANDS}",
    rationale="""
        The name of a group is local, its number goes into the registration. A member whose number
        the key server does not have is refused; one that has the number of another group gets
        that group's policy and keys.
    """,
    remediation="""
crypto {spelling} group {group}
 identity number {number}""",
    fix=Grade.REGISTRATION,
    bad={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(number=1002)},
    good={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(number=1001)},
)
def number_differs(ctx: MemberContext) -> Outcomes:
    """Look for the member's number on each key server that it lists and that is known."""
    if ctx.view is None:
        yield ctx.missing()
        return
    view = ctx.view
    if view.identity is None:
        if not ctx.device.block_complete(view.line):
            yield ctx.not_checked(f"the block of group {ctx.group} is not known in full")
        return
    known = agrees = False
    faults: dict[str, list[list[ServerRole]]] = {}
    for address in view.servers:
        served = [role for role in ctx.fleet.servers if role.address == address]
        known = known or bool(served)
        if not served:
            continue
        if any(role.view and role.view.identity == view.identity for role in served):
            agrees = True
            continue
        partial = [role.device.name for role in served if not role.device.config_complete]
        if partial:
            yield ctx.not_checked(f"not all groups of key server {partial[0]} are known")
        else:
            has = ", ".join(f"{role.view.identity} ({role.group})" for role in served if role.view)
            faults.setdefault(has, []).append(served)
    for has, alike in faults.items():
        # a number that one key server has and another has not mends nothing
        yield _number_fault(ctx, view, has, alike, fixable=len(faults) == 1 and not agrees)
    if not known:
        yield ctx.not_checked("no key server that it lists is known")


def _number_fault(
    ctx: MemberContext,
    view: "GroupMemberConfig",
    has: str,
    alike: list[list[ServerRole]],
    *,
    fixable: bool,
) -> Finding:
    """The finding for key servers of which each has the groups `has`, each with its roles.

    Only where it is `fixable` it has lines.
    """
    roles = [role for served in alike for role in served]
    groups = [(role.device, role.view) for role in roles if role.view is not None]
    right = groups[0][1].identity
    is_plain = len(alike[0]) == 1 and isinstance(right, int)
    *first, last = (str(served[0].address) for served in alike)
    who = f"key servers {', '.join(first)} and {last} have" if first else f"key server {last} has"
    return ctx.finding(
        (
            config_evidence(ctx.device, view, "identity"),
            *(config_evidence(device, each, "identity") for device, each in groups),
        ),
        f"group {ctx.group} has identity {view.identity}, but {who} {has}",
        fixes=None if is_plain and fixable else (),
        spelling=view.spelling,
        group=ctx.group,
        number=right if is_plain else "<number on the key server>",
    )


@rule(
    code="GMR006",
    aliases=("GV-075",),
    title="Members get new keys by rekeys, not by registering each time",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(GM, GDOI, CONFIG, KS_POLICY),
    source=_KEK_CHANGE,
    rationale="""
        A member that gets no rekeys lives on: it registers again before its keys run out. But it
        loads the key servers each time, loses traffic when none answers just then, and learns of
        changes late. Its last rekey is then older than a traffic key lives.
    """,
    remediation="""
Look for the way of rekeys to member {member}: UDP 848 from all key servers to its registered
address, multicast on the WAN, and 'show crypto gdoi ks members' on the primary.""",
    bad={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(number=1001), **_state(age="03:00:00")},
    good={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(number=1001), **_state()},
)
def rekeys_do_not_come(ctx: GroupContext) -> Outcomes:
    """Compare the age of each member's last rekey with the lifetime of traffic keys."""
    lives = [
        (each, max(fact.value for fact in found))
        for each in key_servers(ctx)
        if (found := tek_lifetimes(each.server).found)
    ]
    for member in members_of(ctx):
        known = registrations(member)
        if known is None:
            yield member.missing(GM, GDOI)
            continue
        listed = known.servers or (member.view.servers if member.view else ())
        longest = max(_those(lives, member.group, listed), default=None)
        for row in known.current:
            where = f"member {member.device.name} of group {member.group}{name_of(row)}"
            if row.last_rekey_from is None:
                count = row.registrations_succeeded or 0
                if count > 1:
                    yield member.finding(
                        known.prove(row, "registrations_succeeded"),
                        f"{where} has registered {count} times, and had no rekey since",
                        severity=Severity.MEDIUM,
                        member=row.address or member.device.name,
                    )
            elif row.last_rekey_age_s is None or longest is None:
                what = "the age of its last rekey" if longest else "the lifetime of traffic keys"
                yield member.not_checked(f"{what} is not known")
            elif row.last_rekey_age_s > longest:
                yield member.finding(
                    known.prove(row, "last_rekey_age_s"),
                    f"{where} had its last rekey {row.last_rekey_age_s} s ago, and traffic keys"
                    f" live {longest} s",
                    member=row.address or member.device.name,
                )


def _those(
    lives: list[tuple[KeyServer, int]], group: str, listed: tuple[object, ...]
) -> Iterator[int]:
    """The lifetimes of the key servers that a member belongs to."""
    for key_server, seconds in lives:
        if group == key_server.server.group or any(each in listed for each in key_server.addresses):
            yield seconds


@rule(
    code="GMR007",
    title="Members register at the first attempt",
    severity=Severity.LOW,
    scope=MEMBER,
    needs=(GDOI, GM),
    source=CONCEPTS,
    rationale="""
        Each attempt that fails takes ten seconds at least, and four of them before the member
        tries the next key server: time that it does not have when its keys run out.
    """,
    remediation="""
On the member: show logging | include GDOI|CRYPTO. Is the first key server of its list the one
that answers?""",
    bad=_state(succeeded=2, attempted=6),
    good=_state(succeeded=2, attempted=2),
)
def attempts_failed(ctx: MemberContext) -> Outcomes:
    """Compare how often the member tried to register with how often it did."""
    known = registrations(ctx)
    if known is None:
        yield ctx.missing()
        return
    for row in known.current:
        tried, done = row.registrations_attempted, row.registrations_succeeded
        if tried is not None and done is not None and tried > done:
            yield ctx.finding(
                known.prove(row, "registrations_attempted"),
                f"group {ctx.group}: {tried - done} of {tried} attempts to register{name_of(row)}"
                " failed",
            )


@rule(
    code="GMR008",
    title="Members acknowledge every unicast rekey that they get",
    severity=Severity.LOW,
    scope=MEMBER,
    needs=(GDOI, GM),
    source=CONCEPTS,
    rationale="""
        A key server sends a rekey again to a member that does not acknowledge it, and removes the
        member after three. A member that gets rekeys and does not answer all of them could not
        use some, or answers in a form that the key server was not told to expect.
    """,
    remediation="""
On the member: show logging | include REKEY. On the key servers: 'rekey acknowledgement' under
'server local', and 'show crypto gdoi ks members'.""",
    bad=_state(rekeys=26, acks=20),
    good=_state(rekeys=26, acks=26),
)
def rekeys_not_answered(ctx: MemberContext) -> Outcomes:
    """Compare the rekeys that came with the acknowledgements that went."""
    known = registrations(ctx)
    if known is None:
        yield ctx.missing()
        return
    for row in known.current:
        came, went = row.unicast_rekeys, row.rekey_acks_sent
        if came is not None and went is not None and went < came:
            yield ctx.finding(
                known.prove(row, "rekey_acks_sent"),
                f"group {ctx.group}: {came - went} of {came} rekeys were not acknowledged"
                f"{name_of(row)}",
            )


@rule(
    code="GMR009",
    title="Members are registered with a key server that they list",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(GDOI, GM, CONFIG),
    source=f"{OURS}: what the list is for",
    rationale="""
        A member that is registered with a key server that is no longer on its list keeps that
        one's keys until it registers again. The list was changed without that, and whether the
        new one works has not been tried.
    """,
    remediation="""
On the member, when its traffic allows: clear crypto gdoi group {group}""",
    bad={
        "gm1.cfg": _MEMBER.format(number=1001).replace("10.10.1.1", "10.10.9.1"),
        **_state(),
    },
    good={"gm1.cfg": _MEMBER.format(number=1001), **_state()},
)
def registered_elsewhere(ctx: MemberContext) -> Outcomes:
    """Look for the key server of each registration in the list."""
    known = registrations(ctx)
    if known is None:
        yield ctx.missing(GDOI, GM)
        return
    listed = known.servers or (ctx.view.servers if ctx.view else ())
    if not listed:
        yield ctx.not_checked("the key servers that the member lists are not known")
    for row in known.current if _by_address(listed) else ():
        if row.registered_with is not None and row.registered_with not in listed:
            names = ", ".join(map(str, listed))
            yield ctx.finding(
                known.prove(row, "registered_with"),
                f"group {ctx.group}: registered{name_of(row)} with {row.registered_with}, the list"
                f" has {names}",
                group=ctx.group,
            )


def _by_address(listed: tuple[object, ...]) -> bool:
    """Whether the list has addresses only: what a host name stands for is not known."""
    return bool(listed) and not any(isinstance(each, str) for each in listed)


@rule(
    code="GMR010",
    title="Key servers have all their members as registered",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(KS_MEMBERS,),
    source=COMMANDS,
    rationale="""
        A member in another state is about to be removed, or its registration has not been
        completed. It gets no rekeys.
    """,
    remediation="""
On member {member}: show crypto gdoi gm. If it is not registered: clear crypto gdoi""",
    bad={"ks1/show crypto gdoi ks members.txt": _MEMBERS.format(state="Unregistered")},
    good={"ks1/show crypto gdoi ks members.txt": _MEMBERS.format(state="Registered")},
)
def listed_otherwise(ctx: GroupContext) -> Outcomes:
    """Read `GM State` of each member, which releases before 15.0 do not print."""
    listed = False
    for server in servers_of(ctx):
        for output, member in server.rows(KS_MEMBERS, lambda record: record.members):
            if member.state is None:
                continue
            listed = True
            if member.state.lower() != "registered":
                yield ctx.finding(
                    show_evidence(output, member, "state"),
                    f"member {member.address} of group {member.group} is '{member.state}' on key"
                    f" server {server.device.name}",
                    member=member.address,
                )
    if not listed:
        yield ctx.not_checked("no key server shows the state of its members")
