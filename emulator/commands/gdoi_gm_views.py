"""What `show crypto gdoi` and its relatives say of the groups that a router is a member of.

All functions give lines without line ends.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.store import Entry
from ..gdoi.member.group import MemberGroup
from ..gdoi.member.state import Direction
from ..gdoi.policy import MemberPolicy, Protocol
from ..gdoi.records import Registration
from ..groups.attachments import group_policy
from ..groups.feature import Gdoi
from ..settings.gdoi import GROUP, is_key_server
from .gdoi_gm_blocks import accepted, heading, kek_policy, registration, tek_policy
from .gdoi_gm_words import DIRECTIONS, Rows, acl_line, interfaces_of, rows_of

if TYPE_CHECKING:
    from ..device import Router

INDENT = " " * 31
TYPES = {Protocol.GDOI: "GDOI (ISAKMP)", Protocol.GIKEV2: "G-IKEv2 (IKEv2)"}


def member_section(router: "Router", group: str, *, detail: bool = False) -> Iterator[str]:
    """What `show crypto gdoi` says of a group of which a router is a member.

    It begins with the line `Group Name`. `detail` adds nothing (captures of 17 show no more).
    """
    del detail
    entry = router.config.root.find(GROUP, group)
    if entry is None:
        return
    members = members_of(router, group)
    rows = rows_of(router)
    yield from _information(router, entry, members, rows)
    if not members:
        return
    if rows.paths:
        yield from heading(group, members)
    for member in members:
        yield from registration(member, rows, router.family)
        yield from accepted(member, rows)
        yield ""
    yield from _lists(members, rows)
    # all members of a group have the same KEK, if they have one
    for member in [each for each in members if each.kek is not None][:1]:
        yield from kek_policy(member, rows)
    yield "TEK POLICY for the current KS-Policy ACEs Downloaded:"
    for member in members:
        for interface in interfaces_of(member.policy):
            yield from tek_policy(member, interface, rows)
    yield ""
    if rows.pairs:
        yield from _pairs(members)


def members_of(router: "Router", group: str | None = None) -> list[MemberGroup]:
    """The members on a router, all or those of one group, in the order of their interfaces."""
    gdoi = router.feature(Gdoi)
    return gdoi.members if group is None else gdoi.members_of(group)


def member_groups(router: "Router", wanted: str | None = None) -> list[str]:
    """The groups that a router is configured to be a member of, or that one of them."""
    return [
        str(entry["name"])
        for entry in router.config.root.all(GROUP)
        if wanted in (None, entry["name"]) and not is_key_server(entry)
    ]


def _information(
    router: "Router", entry: Entry, members: list[MemberGroup], rows: Rows
) -> Iterator[str]:
    policy = members[0].policy if members else group_policy(router, entry)
    yield f"    Group Name               : {policy.group}"
    yield f"    Group Identity           : {policy.identity}"
    if rows.types:
        yield f"    Group Type               : {TYPES[policy.protocol]}"
        if policy.ikev2_profile:
            yield f"    IKEv2 Profile            : {policy.ikev2_profile}"
    if rows.paths:
        yield f"    Crypto Path              : {'ipv6' if policy.ipv6 else 'ipv4'}"
        yield f"    Key Management Path      : {_management(policy)}"
    yield f"    Rekeys received          : {sum(member.rekeys for member in members)}"
    inbound = any(member.receive_only for member in members)
    shown = DIRECTIONS[Direction.INBOUND_ONLY if inbound else Direction.BOTH]
    yield f"    IPSec SA Direction       : {shown}"
    yield ""
    first, *others = policy.servers or ("",)
    yield f"     Group Server list       : {first}"
    for server in others:
        yield f"{INDENT}{server}"
    yield INDENT


def _management(policy: MemberPolicy) -> str:
    """The version of IP that a member speaks with its key servers."""
    return "ipv6" if any(":" in server for server in policy.servers[:1]) else "ipv4"


def _lists(members: list[MemberGroup], rows: Rows) -> Iterator[str]:
    """The lists that the members downloaded, each key server's once."""
    shown: dict[str, MemberGroup] = {}
    for member in members:
        shown.setdefault(member.registered_with if member.sas else "", member)
    for server, member in shown.items():
        yield from downloaded_list(server, member, rows)
        yield ""


def downloaded_list(server: str, member: MemberGroup, rows: Rows) -> Iterator[str]:
    """The lines of all policies of a key server, one after another."""
    yield f" ACL Downloaded From KS {server or 'UNKNOWN'}:"
    gap = 2 if rows.paths else 1
    for sa in member.sas:
        for entry in sa.entries:
            yield f"   {acl_line(entry, ipv6=member.policy.ipv6, gap=gap)}"


def _pairs(members: list[MemberGroup]) -> Iterator[str]:
    """The members that could have keys of pairs: those that are registered."""
    registered = [member for member in members if member.state is Registration.REGISTERED]
    for title in ("KGS POLICY:", "P2P POLICY:"):
        yield title
        for member in registered:
            apart = " (client_reg enabled) " if member.policy.registration_interface else ""
            yield f"  REG_GM: local_addr {member.policy.address}{apart}"
        if title.startswith("KGS"):
            yield ""
