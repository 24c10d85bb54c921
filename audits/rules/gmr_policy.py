"""Whether members take what their key servers give, and whether traffic gets through."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ..context import GROUP, MEMBER, GroupContext, MemberContext, config_evidence, show_evidence
from ..group_keys import Fact, Facts, Transform, members_of, transform_of
from ..listing import key_servers
from ..needs import CONFIG, GM_DATAPLANE_COUNTERS, KS_POLICY
from ..rule import Finding, Outcomes, Severity, rule
from ..server_keys import kek_ciphers, kek_hashes, tek_transforms
from ..servers import latest
from ..sources import COMMANDS, GUIDE

V = TypeVar("V")

MANY = 1000
"""Of so many packets one may get lost at a rekey without being worth more than a note."""

_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_MEMBER = """
hostname gm1
crypto ipsec transform-set MINE esp-aes 256 esp-sha256-hmac
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 client rekey encryption {cipher}
 client rekey hash sha256
 client transform-sets MINE
"""
_COUNTERS = """
Data-plane statistics for group G1:
    #pkts encrypt            : 21592009    #pkts decrypt            : 20871554
    #pkts tagged (send)      : 0        #pkts untagged (rcv)     : 0
    #pkts no sa (send)       : 0        #pkts invalid sa (rcv)   : {invalid}
    #pkts encaps fail (send) : 0        #pkts decap fail (rcv)   : 0
    #pkts invalid prot (rcv) : 0        #pkts verify fail (rcv)  : 0
    #pkts not tagged (send)  : 0        #pkts not untagged (rcv) : 0
    #pkts internal err (send): 0        #pkts internal err (rcv) : 0
"""
_FILE = "gm1/show crypto gdoi gm dataplane counters.txt"


@rule(
    code="GMR015",
    title="Members that choose algorithms take those of their key servers",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY),
    source=COMMANDS,
    rationale="""
        A member with `client rekey encryption`, `client rekey hash` or `client transform-sets`
        refuses a policy with any other algorithm: it does not register, or loses its keys when
        the key server changes to one that it does not list.
    """,
    remediation="""
Add {missing} to '{line}' of group {group} on the member, or take that line out.""",
    bad={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(cipher="aes 128")},
    good={"ks1.cfg": _SERVER, "gm1.cfg": _MEMBER.format(cipher="aes 128 aes 256")},
)
def algorithm_refused(ctx: GroupContext) -> Outcomes:
    """Compare the lists of each member with what the key servers it belongs to use."""
    servers = [
        (each, kek_ciphers(each.server), kek_hashes(each.server), tek_transforms(each.server))
        for each in key_servers(ctx)
    ]
    for member in members_of(ctx):
        view = member.view
        if view is None:
            yield member.missing(CONFIG)
            continue
        if not (view.rekey_ciphers or view.rekey_hashes or view.transform_sets):
            if not member.device.block_complete(view.line):
                yield member.not_checked(f"the block of group {view.group} is not known in full")
            continue
        own = [each for each in servers if each[0].serves(view.group, view.servers)]
        if not own:
            yield member.not_checked("no key server that it lists is known")
        for _, ciphers, hashes, transforms in own:
            yield from _refused(member, "rekey_ciphers", view.rekey_ciphers, ciphers)
            yield from _refused(member, "rekey_hashes", view.rekey_hashes, hashes)
            yield from _transforms_refused(member, transforms)


_LINES = {
    "rekey_ciphers": ("client rekey encryption", "rekeys encrypted with"),
    "rekey_hashes": ("client rekey hash", "rekeys signed with"),
    "transform_sets": ("client transform-sets", "traffic keys for"),
}


def _refused(
    member: MemberContext, field: str, taken: Iterable[object], facts: Facts[str]
) -> Outcomes:
    """What key servers use and the member does not list; an empty list takes anything."""
    listed = set(taken)
    if not listed:
        return
    if not facts.found:
        yield member.not_checked("the algorithms of its key servers are not known")
    for fact in facts.found:
        if fact.value not in listed:
            yield _fault(member, field, fact, fact.value)


def _transforms_refused(member: MemberContext, facts: Facts[Transform]) -> Outcomes:
    view, config = member.view, member.config
    if view is None or config is None or not view.transform_sets:
        return
    known = [config.transform_sets.get(name) for name in view.transform_sets]
    if any(each is None for each in known) or not facts.found:
        yield member.not_checked("the transform sets that are compared are not known")
        return
    taken = [transform_of(each) for each in known if each is not None]
    for fact in facts.found:
        if fact.value not in taken:
            yield _fault(member, "transform_sets", fact, fact.value.text)


def _fault(member: MemberContext, field: str, fact: Fact[V], name: str) -> Finding:
    line, what = _LINES[field]
    proofs = (
        (config_evidence(member.device, member.view, field),) if member.view is not None else ()
    )
    return member.finding(
        (*proofs, fact.evidence),
        f"member of group {member.group} refuses {what} {name}, which its key server uses",
        missing=name,
        line=line,
        group=member.group,
    )


@rule(
    code="GMR016",
    title="Members lose no packets for want of a key, or of one that fits",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(GM_DATAPLANE_COUNTERS,),
    source=f"{GUIDE}; {COMMANDS}",
    rationale="""
        Packets without an SA, with an unknown SPI or that fail verification are lost traffic. A
        few come with a rekey. Many with an unknown SPI mean that other members have other keys;
        many that fail verification mean damage on the way, or keys that differ.
    """,
    remediation="""
Clear the counters and look again. Unknown SPI: compare 'show crypto gdoi ks policy' with the
member's keys. No SA: is the member of group {group} registered? Encapsulation: look at the MTU.""",
    bad={_FILE: _COUNTERS.format(invalid=90_311)},
    good={_FILE: _COUNTERS.format(invalid=0)},
)
def packets_lost(ctx: MemberContext) -> Outcomes:
    """Add up the counters of errors, and compare them with the packets that got through."""
    state = latest(ctx.rows(GM_DATAPLANE_COUNTERS, lambda record: record.groups))
    if state is None:
        yield ctx.missing()
        return
    output, group = state
    lost = list(_lost(group))
    if lost:
        total = sum(count for _, count, _ in lost)
        told = ", ".join(f"{count} {what}" for _, count, what in lost)
        is_note = total * MANY <= group.encrypted + group.decrypted
        yield ctx.finding(
            [show_evidence(output, group, field) for field, _, _ in lost],
            f"group {ctx.group} lost {total} packets: {told}",
            severity=Severity.LOW if is_note else None,
            group=ctx.group,
        )


_COUNTED = (
    ("no_sa", "without SA"),
    ("invalid_sa", "with unknown SPI"),
    ("encapsulation_failed", "not encapsulated"),
    ("decapsulation_failed", "not decapsulated"),
    ("invalid_protocol", "of a wrong protocol"),
    ("verification_failed", "not verified"),
    ("internal_errors_sent", "by internal errors when sent"),
    ("internal_errors_received", "by internal errors when received"),
)


def _lost(group: object) -> Iterator[tuple[str, int, str]]:
    """The counters that are not zero, each with its meaning."""
    for field, what in _COUNTED:
        count: int = getattr(group, field)
        if count:
            yield field, count, what
