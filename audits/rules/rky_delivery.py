"""How rekeys get to the members: time, repetition, size, and where multicast ones come from."""

from typing import TYPE_CHECKING

from ..context import GROUP, SERVER, GroupContext, ServerContext, config_evidence, show_evidence
from ..facts import Address
from ..group_keys import block_gap, gdoi_or_gkm, without_rekeys
from ..needs import CONFIG, GDOI, KS_MEMBERS, KS_POLICY, KS_REKEY
from ..policy import SOURCES, Policy, for_each_policy
from ..rule import Fix, Grade, Outcomes, Severity, rule
from ..server_keys import retransmissions
from ..servers import current_kek, latest
from ..sources import COMMANDS, CONCEPTS, OURS

if TYPE_CHECKING:
    from ...parsers.config import AclEntry
    from ...parsers.records.gdoi_ks_members import KsMembers, KsRekeyCount
    from ..facts import Shown

INTERVALS = range(10, 61)
COUNTS = range(1, 11)
"""What `rekey retransmit <seconds> number <count>` takes on all releases."""

ENTRY_BYTES = 60
"""The least that an entry of the policy takes in a message: the fields of RFC 6407 §5.5.1."""

_FIRST_MULTICAST = 224
_LAST_MULTICAST = 239
_MILLISECONDS = 1000

_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  rekey retransmit {retransmit}
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  address ipv4 10.10.1.1
"""
_MEMBERS = """
Group Member Information :

Number of rekeys sent for group G1 : 31
Number of retransmits during the last rekey for group G1 : {retransmits}
Duration of the last rekey for group G1 : {duration} msec

Group Member ID    : 10.20.1.1  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Key Server ID     : 10.10.1.1
"""
_MULTICAST = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  rekey address ipv4 REKEY-MCAST
  rekey authentication mypubkey rsa REKEY
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
ip access-list extended REKEY-MCAST
 permit udp host 10.10.1.1 eq 848 host 239.10.10.1 eq 848
"""
_SECOND = " permit udp host 10.10.2.1 eq 848 host 239.10.10.1 eq 848\n"
_POLICY = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
"""
_LINES = "".join(f" permit ip 10.{n}.0.0 0.0.255.255 10.0.0.0 0.255.255.255\n" for n in range(24))
_FILE = "ks1/show crypto gdoi ks members.txt"
_WELL = {"ks1.cfg": _SERVER.format(retransmit="60 number 2")}


@rule(
    code="RKY011",
    aliases=("GV-077",),
    title="A rekey is sent to all members before the first retransmission",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(KS_MEMBERS, CONFIG, GDOI, KS_REKEY, KS_POLICY),
    source=CONCEPTS,
    rationale="""
        A key server sends unicast rekeys one after the other, and starts to send them again after
        a complete cycle. Where one cycle takes longer than the interval of retransmission, members
        that are well get rekeys twice, and the last ones get theirs late.
    """,
    remediation="""
Raise the interval of 'rekey retransmit' under 'server local' of group {group} (at most 60 s);
spread the members over more groups, or use a faster key server, if that does not suffice.""",
    bad={**_WELL, _FILE: _MEMBERS.format(retransmits=0, duration=61_000)},
    good={**_WELL, _FILE: _MEMBERS.format(retransmits=0, duration=10_000)},
)
def rekey_takes_long(ctx: ServerContext) -> Outcomes:
    """Compare the duration of the last rekey with the shortest interval that is known.

    A rekey that was sent again lasts longer for that alone.
    """
    if _sends_none(ctx):
        return
    count = _last(ctx)
    if count is None or count[1].last_duration_ms is None:
        yield ctx.not_checked("how long the last rekey took is not known")
        return
    if count[1].last_retransmits:
        yield ctx.not_checked("the last rekey was sent again, which takes its own time")
        return
    facts = retransmissions(ctx)
    yield from facts.undecided(ctx)
    if not facts.found:
        return
    least = min(facts.found, key=lambda fact: fact.value.interval_s)
    took = count[1].last_duration_ms
    if took > least.value.interval_s * _MILLISECONDS:
        yield ctx.finding(
            (show_evidence(*count, "last_duration_ms"), least.evidence),
            f"the last rekey of group {ctx.group} took {took} ms, longer than the"
            f" {least.value.interval_s} s after which it is sent again",
            group=ctx.group,
        )


@rule(
    code="RKY012",
    aliases=("GV-078",),
    title="Few members need a rekey again",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(KS_MEMBERS, CONFIG, KS_POLICY),
    thresholds=("rekey_retransmits_percent",),
    source=f"{OURS}: the figure",
    rationale="""
        Retransmissions show that rekeys or acknowledgements get lost, or that members or the key
        server are busy. They come before members are removed, and before any of them loses
        traffic.
    """,
    remediation="""
Look in 'show crypto gdoi ks members' for those of group {group} with 'Rekeys retries': one site
points at its path, many at the key server's processor, its link or control-plane policing.""",
    bad={_FILE: _MEMBERS.format(retransmits=1, duration=10_000)},
    good={_FILE: _MEMBERS.format(retransmits=0, duration=10_000)},
)
def many_retransmissions(ctx: ServerContext) -> Outcomes:
    """Compare the retransmissions of the last rekey with the number of members."""
    if _sends_none(ctx):
        return
    count = _last(ctx)
    if count is None or count[1].last_retransmits is None or not count[0].complete:
        yield ctx.not_checked("the retransmissions of the last rekey are not known")
        return
    output, row = count
    members = sum(member.group == ctx.group for member in output.record.members)
    again = count[1].last_retransmits
    if again * 100 > members * ctx.settings.rekey_retransmits_percent:
        yield ctx.finding(
            show_evidence(output, row, "last_retransmits"),
            f"the last rekey of group {ctx.group} took {again} retransmission"
            f"{'s' * (again != 1)} for {members} member{'s' * (members != 1)}",
            group=ctx.group,
        )


def _last(ctx: ServerContext) -> "tuple[Shown[KsMembers], KsRekeyCount] | None":
    """The counters of the group in the last output of `ks members`."""
    return latest(ctx.rows(KS_MEMBERS, lambda record: record.groups))


def _sends_none(ctx: ServerContext) -> bool:
    """Whether the key server sends no unicast rekeys, which alone are retransmitted."""
    if without_rekeys(ctx):
        return True
    if ctx.view is not None and not block_gap(ctx):
        return not ctx.view.rekey_unicast
    policy = latest(ctx.rows(KS_POLICY, lambda record: record.groups))
    kek = current_kek(policy[1]) if policy is not None else None
    return kek is not None and kek.transport.lower() == "multicast"


@rule(
    code="RKY013",
    aliases=("GV-102",),
    title="Retransmission is configured with values that devices take",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG,),
    thresholds=("retransmit_large_s", "retransmit_large_count"),
    source=COMMANDS,
    rationale="""
        IOS takes an interval from 10 to 60 seconds, and one to ten repetitions. It refuses a line
        with other values when a configuration is loaded, and goes on with the default of ten
        seconds, twice.
    """,
    remediation="""
crypto {spelling} group {group}
 server local
  rekey retransmit {interval} number {count}""",
    bad={"ks1.cfg": _SERVER.format(retransmit="90 number 2")},
    good=_WELL,
)
def retransmission_out_of_range(ctx: ServerContext) -> Outcomes:
    """Look at the two numbers of the line."""
    view = ctx.view
    if view is None:
        yield ctx.missing()
        return
    if view.is_default("rekey_retransmit_s"):
        if gap := block_gap(ctx):
            yield ctx.not_checked(gap)
        return
    faults = []
    if view.rekey_retransmit_s not in INTERVALS:
        faults.append(f"every {view.rekey_retransmit_s} s, outside of 10 to 60 s")
    if not view.rekey_periodic and view.rekey_retransmit_count not in COUNTS:
        faults.append(f"{view.rekey_retransmit_count} times, outside of 1 to 10")
    if faults:
        yield ctx.at(
            view,
            "rekey_retransmit_s",
            f"rekeys of group {ctx.group} are to be sent again {' and '.join(faults)}",
            group=ctx.group,
            spelling=gdoi_or_gkm(ctx),
            interval=ctx.settings.retransmit_large_s,
            count=ctx.settings.retransmit_large_count,
        )


@rule(
    code="RKY014",
    aliases=("GV-103",),
    title="The policy of a group fits into one packet, or fragments get through",
    severity=Severity.LOW,
    scope=GROUP,
    needs=SOURCES,
    thresholds=("rekey_packet_bytes",),
    source="Cisco technical note 118125, GETVPN troubleshooting; RFC 6407",
    rationale="""
        Registrations and rekeys carry each line of the policy. A long policy is sent in fragments:
        where one of them is lost, or a firewall or control-plane policing drops fragments, the
        member gets nothing at all.
    """,
    remediation="""
Summarise {name}, or make sure that fragments of UDP 848 pass between key servers and members.""",
    bad={"ks1.cfg": _POLICY + _LINES},
    good={"ks1.cfg": _POLICY + _LINES.partition("\n")[0] + "\n"},
)
def policy_in_fragments(ctx: GroupContext) -> Outcomes:
    """Estimate the size of each policy from below."""
    yield from for_each_policy(ctx, _sized, whole=False)


def _sized(ctx: GroupContext, policy: Policy) -> Outcomes:
    count, room = len(policy.entries), ctx.settings.rekey_packet_bytes
    size = count * ENTRY_BYTES
    if size > room:
        yield ctx.finding(
            policy.prove(None),
            f"the {count} lines of the policy of group {policy.group} take at least {size} bytes in"
            f" a message: {-(-size // room)} packets",
            device=policy.device,
            name=policy.all_names or "the policy",
        )


@rule(
    code="RKY015",
    title="Multicast rekeys are permitted from all key servers of the group",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        The access list of `rekey address` says who sends multicast rekeys, and where to. After a
        change of the primary the rekeys of a key server that it leaves out do not fit what members
        were told at registration.
    """,
    remediation="""
ip access-list extended {name}
{permits}""",
    bad={"ks1.cfg": _MULTICAST},
    good={"ks1.cfg": _MULTICAST + _SECOND},
)
def sender_not_permitted(ctx: ServerContext) -> Outcomes:
    """Look for each key server among the sources of the access list."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    name = view.rekey_address_acl
    if view.rekey_unicast or name is None:
        if not view.rekey_unicast and (gap := block_gap(ctx)):
            yield ctx.not_checked(gap)
        return
    acl = config.access_lists.get(name)
    if acl is None or acl.unread:
        yield ctx.not_checked(f"access list {name} is not known in full")
        return
    streams = [entry for entry in acl.permits if _is_stream(entry)]
    peers = view.redundancy.peers if view.redundancy is not None else ()
    own = () if view.address is None else (view.address,)
    absent = [
        each
        for each in (*own, *peers)
        if each.version == 4 and not any(_selects(entry, each) for entry in streams)
    ]
    if streams and absent:
        is_host = streams[0].destination.kind == "host"
        target = streams[0].destination.address if is_host else "<multicast group>"
        permits = [f" permit udp host {each} eq 848 host {target} eq 848" for each in absent]
        lines = (f"ip access-list extended {name}", *permits)
        fix = Fix(device=ctx.device.name, lines=lines, grade=Grade.REKEY)
        *first, last = map(str, absent)
        who = f"key servers {', '.join(first)} and {last}" if first else f"key server {last}"
        yield ctx.finding(
            (
                config_evidence(ctx.device, acl),
                config_evidence(ctx.device, view, "rekey_address_acl"),
            ),
            f"access list {name} permits no multicast rekeys of group {ctx.group} from {who}",
            name=name,
            permits="\n".join(permits),
            fixes=(fix,) if is_host else (),
        )


def _is_stream(entry: "AclEntry") -> bool:
    """Whether the entry is for UDP to a multicast group."""
    bits = entry.destination.bits
    first = None if bits is None else bits[0] >> 24
    return (
        entry.protocol in ("udp", "ip")
        and first is not None
        and _FIRST_MULTICAST <= first <= _LAST_MULTICAST
    )


def _selects(entry: "AclEntry", address: Address) -> bool:
    bits = entry.source.bits
    return bits is None or int(address) & bits[1] == bits[0]
