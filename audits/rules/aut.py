"""Which members a key server takes: authorization by address, or by the name in certificates."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from ..context import GROUP, SERVER, GroupContext, ServerContext, config_evidence, show_evidence
from ..group_keys import members_of
from ..ike import member_addresses, uses_certificates
from ..listing import KeyServer, key_servers
from ..management import KEY_SERVER
from ..needs import CONFIG, KS_MEMBERS
from ..policy import list_gap
from ..rule import Evidence, Fix, Grade, Outcomes, Severity, rule
from ..sources import CSM, GUIDE, OURS

if TYPE_CHECKING:
    from ...parsers.config import AccessList, AclEntry, Selector

_NAMED = 4
_LIST = """\
ip access-list standard MEMBERS
{entries}"""
_BY_ADDRESS = KEY_SERVER.replace(
    "  address ipv4", "  authorization address ipv4 MEMBERS\n  address ipv4"
)
_BY_NAME = KEY_SERVER.replace("  address ipv4", "  authorization identity MEMBERS\n  address ipv4")
_NAMES = "crypto identity MEMBERS\n dn ou=GETVPN\n"
_GM1 = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map WAN
"""


def _ks1(*entries: str) -> dict[str, str]:
    text = _LIST.format(entries="".join(f" {entry}\n" for entry in entries))
    return {"ks1.cfg": _BY_ADDRESS.format(lines=text)}


@rule(
    code="AUT001",
    aliases=("GV-079",),
    title="Key servers take registrations of known members only",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=f"{GUIDE}; {CSM}",
    rationale="""
        Whoever authenticates in IKE, by the certificate of any device of the same CA or by a
        shared key, may else register for every group of the key server whose number he knows. One
        key server with several groups has to tell their members apart by this.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  authorization address ipv4 <standard access list with the members>
! or, with certificates: authorization identity <crypto identity>""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="")},
    good=_ks1("permit 10.20.1.1"),
)
def no_authorization(ctx: ServerContext) -> Outcomes:
    """Look for `authorization address` or `authorization identity`."""
    view = ctx.view
    if view is None:
        yield ctx.missing()
    elif view.authorization_acl is None and view.authorization_identity is None:
        if ctx.device.block_complete(view.line):
            message = f"group {ctx.group} is open to whoever authenticates in IKE"
            yield ctx.at(view, "", message, group=ctx.group)
        else:
            yield ctx.not_checked("the group is not known in full")


@rule(
    code="AUT002",
    aliases=("GV-080",),
    title="The list of authorized members has all members, and no others",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_MEMBERS),
    source=OURS,
    rationale="""
        A member that is missing on one key server is refused by it, which is noticed when the
        other one fails. An address that no member has any longer is a door left open.
    """,
    remediation="""
ip access-list standard {name}
 {entry}""",
    bad={**_ks1("permit 10.20.9.9"), "gm1.cfg": _GM1},
    good={**_ks1("permit 10.20.1.1"), "gm1.cfg": _GM1},
)
def authorized_members(ctx: GroupContext) -> Outcomes:
    """Ask the access list of each key server about members that are known or registered.

    Single hosts in the list that are not registered are told where the whole register is shown.
    """
    for found in key_servers(ctx):
        server = found.server
        if server.configured is None:
            yield server.missing(CONFIG)
            continue
        view, config = server.configured
        if view.authorization_acl is None:
            continue
        acl = config.access_lists.get(view.authorization_acl)
        if acl is None:
            continue
        members = dict(_members(ctx, found))
        if acl.unread:
            yield server.not_checked(f"access list {acl.name} is not known in full")
            continue
        if not members:
            yield server.not_checked("no member of the group is known")
        gap = list_gap(server.device, acl)
        for address, evidence in members.items():
            decision = _permits(acl, address)
            if decision is None:
                yield server.not_checked(f"access list {acl.name} has an object group")
                break
            if not decision and gap:
                yield server.not_checked(gap)
                break
            if not decision:
                yield ctx.finding(
                    (evidence, config_evidence(server.device, acl)),
                    f"key server {server.device.name} does not authorize member {address}"
                    f" (access list {acl.name})",
                    device=server.device.name,
                    name=acl.name,
                    entry=f"permit {address}",
                    fixes=_adding(server, acl, address),
                )
        yield from _surplus(ctx, server, acl)


def _members(ctx: GroupContext, found: KeyServer) -> Iterator[tuple[IPv4Address, Evidence]]:
    """The addresses of members by their configurations, then by the register of the key server."""
    for member in members_of(ctx):
        view = member.view
        if view is None or not found.serves(member.group, view.servers):
            continue
        for address in member_addresses(member.device, view):
            if isinstance(address, IPv4Address):
                yield address, config_evidence(member.device, view)
    for output, row in found.server.rows(KS_MEMBERS, lambda record: record.members):
        if isinstance(row.address, IPv4Address):
            yield row.address, show_evidence(output, row, "address")


def _adding(server: ServerContext, acl: AccessList, address: IPv4Address) -> tuple[Fix, ...]:
    """The entry for `address`, where it would be the last one and nothing before it denies."""
    if acl.kind != "standard" or acl.denies:
        return ()
    lines = (f"ip access-list standard {acl.name}", f" permit {address}")
    return (Fix(device=server.device.name, lines=lines, grade=Grade.SAFE),)


def _surplus(ctx: GroupContext, server: ServerContext, acl: AccessList) -> Outcomes:
    """The single hosts that are authorized and not registered, if all that are were shown."""
    outputs = [output for output in server.records(KS_MEMBERS) if output.complete]
    if not outputs:
        return
    registered = {row.address for row in outputs[-1].record.members if row.group == server.group}
    known = {address for member in members_of(ctx) if member.view is not None
             for address in member_addresses(member.device, member.view)}  # fmt: skip
    spare = [
        entry
        for entry in acl.permits
        if entry.source.kind == "host" and entry.source.address not in registered | known
    ]
    if spare:
        names = ", ".join(str(entry.source.address) for entry in spare[:_NAMED])
        more = f" and {len(spare) - _NAMED} more" if len(spare) > _NAMED else ""
        yield ctx.finding(
            config_evidence(server.device, spare[0]),
            f"access list {acl.name} authorizes {names}{more}: no member with "
            f"{'that address is' if len(spare) == 1 else 'these addresses is'} registered",
            device=server.device.name,
            severity=Severity.INFO,
            name=acl.name,
            entry=f"no permit {spare[0].source.address}",
        )


def _permits(acl: AccessList, address: IPv4Address) -> bool | None:
    """Whether the list permits `address` as source; None where an object group decides."""
    number = int(address)
    for entry in acl.entries:
        bits = entry.source.bits
        if bits is None:
            return None
        value, care = bits
        if number & care == value:
            return entry.action == "permit"
    return False


@rule(
    code="AUT003",
    title="The list by which members are authorized exists",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        A group that names an access list, or a crypto identity, that was never made or was
        renamed is not guarded as its configuration says: either nobody can register or everybody.
    """,
    remediation="""
ip access-list standard {name}
 permit <address of a member>
! or, for 'authorization identity': crypto identity {name}""",
    bad={"ks1.cfg": _BY_ADDRESS.format(lines="")},
    good=_ks1("permit 10.20.1.1"),
)
def missing_list(ctx: ServerContext) -> Outcomes:
    """Look for the access list or the crypto identity that the group names."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    named = (
        ("access list", "authorization_acl", view.authorization_acl, config.access_lists),
        (
            "crypto identity",
            "authorization_identity",
            view.authorization_identity,
            config.crypto_identities,
        ),
    )
    for kind, field, name, known in named:
        if name is None or name in known:
            continue
        if ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
        else:
            message = f"{kind} {name}, which authorizes members of group {ctx.group}, is missing"
            yield ctx.at(view, field, message, name=name)


@rule(
    code="AUT004",
    title="Members are authorized by their own addresses, not by large ranges",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG,),
    thresholds=("authorized_range_max_hosts",),
    source=OURS,
    rationale="""
        A list with 'permit any', or with the range of the whole network, authorizes whoever
        authenticates: it only looks like a guard.
    """,
    remediation="""
ip access-list standard {name}
 no permit {range}
 permit <address of a member>""",
    bad=_ks1("permit any"),
    good=_ks1("permit 10.20.1.1"),
)
def wide_list(ctx: ServerContext) -> Outcomes:
    """Count the addresses that each permit line has."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    acl = config.access_lists.get(view.authorization_acl or "")
    if acl is None:
        if view.authorization_acl is not None and ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
        return
    most = ctx.settings.authorized_range_max_hosts
    for entry in acl.permits:
        hosts = _hosts(entry)
        if hosts is None:
            yield ctx.not_checked(f"access list {acl.name} has an object group")
        elif hosts > most:
            everybody = entry.source.kind == "any"
            yield ctx.at(
                entry,
                "",
                f"access list {acl.name} authorizes "
                + ("every address" if everybody else f"{hosts} addresses in one line")
                + f" for group {ctx.group}",
                severity=Severity.MEDIUM if everybody else Severity.LOW,
                name=acl.name,
                range=_written(entry.source),
            )


def _hosts(entry: AclEntry) -> int | None:
    bits = entry.source.bits
    return None if bits is None else 2 ** (32 - bits[1].bit_count())


def _written(source: Selector) -> str:
    """A source as a standard access list has it."""
    return str(source).removeprefix("host ")


@rule(
    code="AUT005",
    title="Members are authorized by names only where certificates tell them",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        The names of a crypto identity are compared with the certificate of the member. A member
        that authenticates by pre-shared key has none, and is refused.
    """,
    remediation="""
crypto isakmp policy <priority>
 authentication rsa-sig
! or: authorization address ipv4 <standard access list with the members>""",
    bad={
        "ks1.cfg": _BY_NAME.format(
            lines=_NAMES + "crypto isakmp policy 10\n authentication pre-share\n"
        )
    },
    good={
        "ks1.cfg": _BY_NAME.format(
            lines=_NAMES + "crypto isakmp policy 10\n authentication rsa-sig\n"
        )
    },
)
def names_without_certificates(ctx: ServerContext) -> Outcomes:
    """Look whether IKE uses certificates where the group has `authorization identity`."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, _ = ctx.configured
    if view.authorization_identity is None or uses_certificates(ctx.device):
        return
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    else:
        message = f"group {ctx.group} authorizes members by names, and IKE uses no certificates"
        yield ctx.at(view, "authorization_identity", message)
