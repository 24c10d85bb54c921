"""Control traffic that a policy must leave in clear."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_address

from ...parsers.config import AclEntry, Selector
from ...parsers.config.acl_algebra import covers, traffic
from ..context import GROUP, GroupContext
from ..control import (
    GDOI_PORT,
    IKE_PORT,
    NTP_PORT,
    Exposed,
    Kind,
    any_any,
    exposed,
    peering,
    server_addresses,
    service,
)
from ..exposure import ruling
from ..packets import in_front_of, shown_entries
from ..policy import SOURCES, Policy, as_command, as_printed, for_each_policy
from ..rule import Fix, Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS

_DENIES = (
    "esp any any",
    "tcp any any eq tacacs",
    "tcp any eq tacacs any",
    "tcp any any eq 22",
    "tcp any eq 22 any",
    "pim any any",
    "udp any any eq ntp",
    "udp any any eq isakmp",
    "udp any any eq 848",
)

_PIM_ROUTERS = {
    "ipv4": Selector(kind="host", address=ip_address("224.0.0.13")),
    "ipv6": Selector(kind="host", address=ip_address("ff02::d")),
}


def _key_server(*missing: str) -> dict[str, str]:
    """A key server whose policy has all denies but `missing`."""
    denies = "".join(f" deny {deny}\n" for deny in _DENIES if deny not in missing)
    text = f"""
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
{denies} permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
    return {"ks1.cfg": text}


def kept_clear(
    what: str, kinds: tuple[Kind, ...]
) -> Callable[[GroupContext, Policy], Iterator[Outcome]]:
    """A judge of policies: none of `kinds`, called `what` together, is encrypted."""

    def judge(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
        found = list(exposed(policy.entries, kinds))
        certain = [each for each in found if each.permit is not None]
        if certain:
            yield ctx.finding(
                dict.fromkeys(policy.prove(each.permit) for each in certain),
                f"policy of group {policy.group} encrypts {what}: {missing_denies(certain)}",
                device=policy.device,
                fixes=denied(policy, certain),
                list=policy.header_of(*permits_of(certain)),
            )
        elif found:
            reason = f"whether {what} is encrypted depends on an object group, or takes too long"
            yield ctx.not_checked(reason, device=policy.device)

    return judge


def permits_of(found: Iterable[Exposed]) -> list[AclEntry]:
    """The permits that take what was found."""
    return [each.permit for each in found if each.permit is not None]


def denied(policy: Policy, found: Iterable[Exposed]) -> tuple[Fix, ...]:
    """A fix that puts the missing denies in front of the first permit that takes their traffic."""
    found = list(found)
    written = shown_entries(policy, permits_of(found))
    first = next((each for each in policy.written if any(each is one for one in written)), None)
    if first is None:
        return ()
    denies = list(dict.fromkeys(f"deny {each.kind.deny}" for each in found))
    late = (as_command(each) for each in policy.written if each.action == "deny")
    behind = [f" no {line}" for line in late if line in denies]
    fixes = in_front_of(policy, first, *denies)
    # a router takes no line twice
    return tuple(replace(fix, lines=_after_head(fix.lines, behind)) for fix in fixes)


def _after_head(lines: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """The lines of a list, with some right behind the line that enters it."""
    at = next(n for n, line in enumerate(lines) if line.startswith(" "))
    return (*lines[:at], *more, *lines[at:])


def missing_denies(found: Iterable[Exposed]) -> str:
    """What is missing in front of which permit, and what stands behind it in vain."""
    found = list(found)
    denies = " and ".join(f"'deny {each.kind.deny}'" for each in found)
    permits = dict.fromkeys(as_printed(each.permit) for each in found if each.permit is not None)
    late = [each.late for each in found if each.late is not None]
    text = f"no {denies} before '{next(iter(permits))}'"
    return f"{text}, '{as_printed(late[0])}' comes too late" if late else text


@rule(
    code="ACL005",
    aliases=("GV-023",),
    title="ESP is not encrypted again",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        Packets that are encrypted already, by another VPN or by a member further inside, would
        be encrypted a second time: that costs throughput and makes them too large for the path.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny esp any any""",
    bad=_key_server("esp any any"),
    good=_key_server(),
)
def esp_encrypted(ctx: GroupContext) -> Outcomes:
    """ESP between any two hosts reaches no permit."""
    judge = kept_clear("ESP", any_any("esp"))
    yield from for_each_policy(ctx, judge, whole=True)


@rule(
    code="ACL006",
    aliases=("GV-024",),
    title="TACACS+ is not encrypted, in either direction",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        A member asks the TACACS+ server who may log in. If it has lost its keys, an encrypted
        request goes nowhere, and nobody can log in to mend that.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny tcp any any eq tacacs
 deny tcp any eq tacacs any""",
    bad=_key_server("tcp any eq tacacs any"),
    good=_key_server(),
)
def tacacs_encrypted(ctx: GroupContext) -> Outcomes:
    """TACACS+ between any two hosts, and the answers, reach no permit."""
    judge = kept_clear("TACACS+", service("tacacs", 49))
    yield from for_each_policy(ctx, judge, whole=True)


@rule(
    code="ACL007",
    aliases=("GV-025",),
    title="SSH is not encrypted, in either direction",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        SSH protects itself, and it is the way to a member that has lost its keys: encrypted by
        the group, it fails with the group.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny tcp any any eq 22
 deny tcp any eq 22 any""",
    bad=_key_server("tcp any any eq 22", "tcp any eq 22 any"),
    good=_key_server(),
)
def ssh_encrypted(ctx: GroupContext) -> Outcomes:
    """SSH between any two hosts, and the answers, reach no permit."""
    judge = kept_clear("SSH", service("22", 22))
    yield from for_each_policy(ctx, judge, whole=True)


@rule(
    code="ACL010",
    aliases=("GV-028",),
    title="PIM is not encrypted",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        A member speaks PIM with the provider's router, which has no keys of the group. Its
        hellos and joins go to 224.0.0.13; a deny for that address alone will do.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny pim any any""",
    bad=_key_server("pim any any"),
    good=_key_server(),
)
def pim_encrypted(ctx: GroupContext) -> Outcomes:
    """PIM reaches no permit, or a deny for its multicast group stands before it would."""
    yield from for_each_policy(ctx, _pim, whole=True)


def _pim(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    to_routers = traffic("pim", destination=_PIM_ROUTERS[policy.family])
    taken = ruling(policy.entries, traffic("pim")).permit
    for entry in policy.entries:
        if entry is taken:
            break
        if entry.action == "deny" and covers(entry, to_routers):
            return
    yield from kept_clear("PIM", any_any("pim"))(ctx, policy)


@rule(
    code="ACL011",
    aliases=("GV-029",),
    title="NTP is not encrypted, unless the hardware clock is authoritative",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        A member needs the time before it can judge the certificate of a key server, and with it
        before it has keys. With `clock calendar-valid` it takes the time from its hardware
        clock after a start.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny udp any any eq ntp""",
    bad=_key_server("udp any any eq ntp"),
    good=_key_server(),
)
def ntp_encrypted(ctx: GroupContext) -> Outcomes:
    """NTP between any two hosts reaches no permit, or no member needs it to start."""
    yield from for_each_policy(ctx, _ntp, whole=True)


def _ntp(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
    if not _starts_without_ntp(ctx, policy):
        yield from kept_clear("NTP", peering("ntp", NTP_PORT))(ctx, policy)


def _starts_without_ntp(ctx: GroupContext, policy: Policy) -> bool:
    """Whether the hardware clock is authoritative on all members, as far as they are known.

    Where no configuration of a member is given, that of the key server speaks for them.
    """
    configs = [role.device.config for role in ctx.group.members if role.device.config]
    if not configs:
        servers = (role.device for role in ctx.group.servers)
        configs = [each.config for each in servers if each.config and each.name == policy.device]
    lines = [next(config.tree.find("clock", "calendar-valid"), None) for config in configs]
    return bool(lines) and None not in lines


@rule(
    code="ACL012",
    aliases=("GV-030",),
    title="IKE between members and key servers is not encrypted",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        A member without keys cannot encrypt. If the policy demands that for IKE, the member
        cannot authenticate to a key server to get the keys: it stays cut off once they expire.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny udp any any eq isakmp""",
    bad=_key_server("udp any any eq isakmp"),
    good=_key_server(),
)
def ike_encrypted(ctx: GroupContext) -> Outcomes:
    """UDP port 500 from and to the key servers, as far as these are known, reaches no permit."""
    judge = _with_servers("IKE", "isakmp", IKE_PORT)
    yield from for_each_policy(ctx, judge, whole=True)


@rule(
    code="ACL013",
    aliases=("GV-031",),
    title="Registration and rekeys between members and key servers are not encrypted",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=SOURCES,
    fix=Grade.REKEY,
    source=CONCEPTS,
    rationale="""
        Registration and rekeys use UDP port 848. They carry the keys, so they cannot depend on
        them: a member that misses a rekey could never register again.
    """,
    remediation="""
{list}
 ! in front of the permits
 deny udp any any eq 848""",
    bad=_key_server("udp any any eq 848"),
    good=_key_server(),
)
def gdoi_encrypted(ctx: GroupContext) -> Outcomes:
    """UDP port 848 from and to the key servers, as far as these are known, reaches no permit."""
    judge = _with_servers("GDOI", "848", GDOI_PORT)
    yield from for_each_policy(ctx, judge, whole=True)


def _with_servers(
    what: str, name: str, port: int
) -> Callable[[GroupContext, Policy], Iterator[Outcome]]:
    """A judge of policies: UDP `port` between the key servers and anyone is not encrypted."""

    def judge(ctx: GroupContext, policy: Policy) -> Iterator[Outcome]:
        servers = server_addresses(ctx.group, policy)
        if servers is None and policy.family == "ipv6":
            # the key servers of such a group may well have IPv4 addresses
            yield ctx.not_checked("no address of a key server is known", device=policy.device)
            return
        where = "with its key servers" if servers is not None else "(its key servers are not known)"
        kinds = peering(name, port, servers)
        yield from kept_clear(f"{what} {where}", kinds)(ctx, policy)

    return judge
