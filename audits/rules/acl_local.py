"""Access lists that members have of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from ...parsers.config import AclEntry, DeviceConfig, Selector
from ...parsers.config.acl_algebra import is_any_any, traffic
from ...parsers.config.acl_change import TOO_INTRICATE
from ...parsers.config.acl_sets import PacketSets
from ...parsers.config.packet_sets import TooManyStepsError
from ..context import MEMBER, MemberContext, config_evidence, show_evidence
from ..facts import Shown
from ..needs import CONFIG, GM_ACL, KS_ACL
from ..packets import group_of, held_by, sets_of
from ..policy import Policy, as_command, as_printed, list_gap, local_list
from ..rule import Evidence, Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, CSM
from ..wan import lan_interfaces

if TYPE_CHECKING:
    from ...parsers.records.gdoi_acl import GmAcls, LocalAcl

_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
 match address LOCAL
interface GigabitEthernet0/0
 ip address 10.31.0.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
ip access-list extended LOCAL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Local:
    """The list of a member that is tried before those of the key servers; `gap` as in `Policy`."""

    name: str
    header: str
    entries: tuple[AclEntry, ...]
    gap: str
    prove: Callable[[AclEntry], Evidence]


def _local(ctx: MemberContext) -> _Local | None:
    """The member's own list, as configured, else as shown. None where it has none."""
    acl = local_list(ctx.role)
    if acl is not None:
        kind = "ipv6 access-list" if acl.kind == "ipv6" else "ip access-list extended"
        return _Local(
            name=acl.name,
            header=f"{kind} {acl.name}",
            entries=acl.entries,
            gap=list_gap(ctx.device, acl),
            prove=lambda entry: config_evidence(ctx.device, entry.line),
        )
    for output, group in ctx.rows(GM_ACL, lambda record: record.groups):
        for shown in group.local:
            return _Local(
                name=f"of crypto map {shown.map_name}",
                header="",
                entries=tuple(line.entry for line in shown.entries),
                gap="" if output.complete else f"'{output.record.command}' is not known in full",
                prove=partial(_prove_shown, output, shown),
            )
    return None


def _prove_shown(output: Shown[GmAcls], acl: LocalAcl, entry: AclEntry) -> Evidence:
    return replace(show_evidence(output, acl), field="entries", value=entry.line.text)


def _nothing_said(ctx: MemberContext) -> Iterator[Outcome]:
    """*Not checked*, where nothing tells whether the member has a list of its own."""
    asked = any(
        "download" not in (output.record.command or "") and output.complete
        for output in ctx.records(GM_ACL)
    )
    if not ctx.device.config_complete and not asked:
        yield ctx.missing(CONFIG, GM_ACL)


@rule(
    code="ACL025",
    aliases=("GV-086",),
    title="Access lists of members have denies only",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(CONFIG, GM_ACL),
    source=CSM,
    rationale="""
        A member may leave traffic in clear that the group encrypts, not the other way round:
        there is no SA for a permit of its own, so that the line is ignored, and what somebody
        meant to protect goes in clear or is dropped. What is to be encrypted belongs into the
        policy of the key servers.
    """,
    remediation="""
{list}
 no {entry}""",
    fix=Grade.SAFE,
    bad={
        "gm1.cfg": f"{_MEMBER} deny tcp any any eq 22\n permit ip 10.31.0.0 0.0.0.255 any\n",
    },
    good={"gm1.cfg": f"{_MEMBER} deny tcp any any eq 22\n"},
)
def local_permits(ctx: MemberContext) -> Outcomes:
    """No entry of the list of the member's crypto map is a permit."""
    local = _local(ctx)
    if local is None:
        yield from _nothing_said(ctx)
        return
    permits = [entry for entry in local.entries if entry.action == "permit"]
    stays = local.header and len(permits) < len(local.entries)
    for entry in permits:
        yield ctx.finding(
            local.prove(entry),
            f"access list {local.name} of the member has '{as_printed(entry)}': members cannot "
            "add to what the group encrypts",
            list=local.header or "! the access list of the crypto map",
            entry=as_command(entry),
            fixes=None if stays else (),
        )
    if local.gap and not permits:
        yield ctx.not_checked(local.gap)


def _policy_of(ctx: MemberContext) -> Policy | None:
    """What the member encrypts by its key server's policy."""
    group = group_of(ctx.fleet, ctx.role)
    return None if group is None else held_by(ctx.role, group)


def _with_policy(
    ctx: MemberContext,
    judge: Callable[[MemberContext, _Local, Policy], Iterator[Outcome]],
) -> Outcomes:
    """What `judge` says of a member's own list in front of its policy, where both are known."""
    local = _local(ctx)
    if local is None:
        yield from _nothing_said(ctx)
        return
    policy = _policy_of(ctx)
    if policy is None or policy.gap:
        yield ctx.not_checked("the policy of the group is not known")
    elif local.gap:
        yield ctx.not_checked(local.gap)
    elif unknown := (*_in_front(local, policy).unknown, *sets_of(policy).unknown):
        yield ctx.not_checked(unknown[0])
    else:
        try:
            yield from list(judge(ctx, local, policy))
        except TooManyStepsError:
            yield ctx.not_checked(TOO_INTRICATE)


def _in_front(local: _Local, policy: Policy) -> PacketSets:
    """The member's denies in front of the policy; permits of its own do nothing."""
    denies = (each for each in local.entries if each.action == "deny")
    return PacketSets((*denies, *policy.entries), ipv6=policy.family == "ipv6")


@rule(
    code="ACL026",
    aliases=("GV-087",),
    title="The denies of a member leave its networks encrypted",
    severity=Severity.HIGH,
    scope=MEMBER,
    needs=(CONFIG, GM_ACL, KS_ACL),
    source=CSM,
    rationale="""
        A member's own list is tried first. A deny that is too wide takes all that the group wants
        encrypted from a network behind the member: it leaves in clear, while everybody thinks
        that it is protected. Where other networks of the member are still encrypted, it may be
        meant so; then the finding is a medium one.
    """,
    remediation="""
{list}
 ! narrow this line to the protocols or hosts that have to be in clear
 no {entry}""",
    bad={"ks1.cfg": _KEY_SERVER, "gm1.cfg": f"{_MEMBER} deny ip any any\n"},
    good={"ks1.cfg": _KEY_SERVER, "gm1.cfg": f"{_MEMBER} deny ip any host 10.99.0.1\n"},
)
def local_denies_too_wide(ctx: MemberContext) -> Outcomes:
    """Each network behind the member that the policy encrypts is still encrypted in part."""
    yield from _with_policy(ctx, _too_wide)


def _too_wide(ctx: MemberContext, local: _Local, policy: Policy) -> Iterator[Outcome]:
    networks = {} if ctx.config is None else _networks(ctx.config, policy)
    behind = _in_front(local, policy)
    alone = sets_of(policy)
    wanted = {name: one for name, one in networks.items() if any(alone.both(one))}
    clear = [name for name, one in wanted.items() if not any(behind.both(one))]
    if not wanted and not any(behind.both(alone)) and any(alone.both(alone)):
        clear = ["everything"]
    if not clear:
        return
    denies = [each for each in local.entries if each.action == "deny"]
    widest = max(denies, key=_width)
    some = len(clear) < len(wanted)
    yield ctx.finding(
        local.prove(widest),
        f"access list {local.name} of the member leaves {' and '.join(clear)} in clear, which "
        f"the policy of group {policy.group} encrypts: '{as_printed(widest)}'",
        severity=Severity.MEDIUM if some else Severity.HIGH,
        list=local.header or "! the access list of the crypto map",
        entry=as_command(widest),
    )


def _networks(config: DeviceConfig, policy: Policy) -> dict[str, PacketSets]:
    """What is sent from each network behind the member, as a policy of one permit."""
    found = {}
    for interface in lan_interfaces(config, policy.family):
        ipv6 = policy.family == "ipv6"
        addresses = interface.ipv6_addresses if ipv6 else interface.addresses
        for own in addresses:
            sent = traffic("ipv6" if ipv6 else "ip", source=_selector(own.network))
            found[str(own.network)] = PacketSets([sent], ipv6=ipv6)
    return found


def _selector(network: IPv4Network | IPv6Network) -> Selector:
    if isinstance(network, IPv6Network):
        address, length = network.network_address, network.prefixlen
        return Selector(kind="prefix", address=address, prefixlen=length)
    return Selector(kind="wildcard", address=network.network_address, wildcard=network.hostmask)


def _width(entry: AclEntry) -> tuple[bool, int]:
    """How much an entry selects, roughly: whole protocols first, then few bits of addresses."""
    bits = [each.bits for each in (entry.source, entry.destination)]
    care = sum(each[1].bit_count() for each in bits if each is not None)
    return entry.protocol in ("ip", "ipv6"), -care


@rule(
    code="ACL027",
    title="The denies of a member leave something in clear that its group encrypts",
    severity=Severity.INFO,
    scope=MEMBER,
    needs=(CONFIG, GM_ACL, KS_ACL),
    source=CONCEPTS,
    rationale="""
        A member's own list holds what this member alone has to leave in clear. Lines for what no
        permit of the group takes, or for what the policy of all leaves in clear already, do
        nothing; they are what is left of an old policy, and hide the lines that count.
    """,
    remediation="""
{list}
 no {entry}""",
    fix=Grade.SAFE,
    bad={
        "ks1.cfg": _KEY_SERVER,
        "gm1.cfg": f"{_MEMBER} deny ip any host 10.99.0.1\n deny ip 172.16.0.0 0.15.255.255 any\n",
    },
    good={"ks1.cfg": _KEY_SERVER, "gm1.cfg": f"{_MEMBER} deny ip any host 10.99.0.1\n"},
)
def local_denies_in_vain(ctx: MemberContext) -> Outcomes:
    """Look for denies of the member without which it encrypts the same."""
    yield from _with_policy(ctx, _in_vain)


def _in_vain(ctx: MemberContext, local: _Local, policy: Policy) -> Iterator[Outcome]:
    ipv6 = policy.family == "ipv6"
    before: list[AclEntry] = []
    vain: list[AclEntry] = []
    for entry in local.entries:
        if entry.action != "deny":
            continue
        selected = PacketSets([replace(entry, action="permit")], ipv6=ipv6)
        encrypted = PacketSets((*before, *policy.entries), ipv6=ipv6)
        before.append(entry)
        if not any(encrypted.both(selected)) and not is_any_any(entry):
            vain.append(entry)
    # permits are no reason: they may have to go as well (ACL025)
    stays = local.header and len(vain) < sum(each.action == "deny" for each in local.entries)
    for entry in vain:
        yield ctx.finding(
            local.prove(entry),
            f"'{as_printed(entry)}' in access list {local.name} of the member changes "
            f"nothing: group {policy.group} does not encrypt what it selects",
            list=local.header or "! the access list of the crypto map",
            entry=as_command(entry),
            fixes=None if stays else (),
        )
