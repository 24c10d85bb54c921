"""What the policies of a key server refer to, and what counter mode and secrecy of rekeys ask."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from ..context import (
    GROUP,
    SERVER,
    GroupContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..group_keys import block_gap, members_of, servers_of
from ..needs import CONFIG, KS_COOP_IDENTIFIER, KS_POLICY
from ..rule import Fix, Grade, Outcomes, Severity, rule
from ..server_keys import tek_transforms
from ..servers import NO_SERVER, latest
from ..sources import COMMANDS, CONCEPTS
from ..teams import teams

if TYPE_CHECKING:
    from ...parsers.config import ConfigLine, DeviceConfig, SaPolicy, TransformSet
    from ...parsers.config.view import View

_COUNTER = ("gcm", "gmac")
_PFS_GUIDE = "Cisco GETVPN configuration guide, PFS for GETVPN"

_SERVER = """
hostname {host}
crypto ipsec transform-set TS {transform}{mode}
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set {used}
crypto gdoi group G1
 identity number 1001
 server local
{lines}  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 {address}
  redundancy
   local priority 100
   peer address ipv4 {peer}
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{line}"""


def _server(
    number: int = 1,
    lines: str = "",
    *,
    transform: str = "esp-aes 256 esp-sha256-hmac",
    mode: str = "",
    used: str = "TS",
) -> dict[str, str]:
    text = _SERVER.format(
        host=f"ks{number}",
        transform=transform,
        mode=mode,
        used=used,
        lines=lines,
        address=f"10.10.{number}.1",
        peer=f"10.10.{3 - number}.1",
    )
    return {f"ks{number}.cfg": text}


def _counter(number: int, values: str) -> dict[str, str]:
    return _server(
        number, f"  identifier\n   range {values}\n" if values else "", transform="esp-gcm 256"
    )


@rule(
    code="TEK007",
    aliases=("GV-100",),
    title="In counter-mode groups each key server gives out sender identifiers of its own",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, KS_COOP_IDENTIFIER),
    source=f"{COMMANDS}; RFC 6054",
    rationale="""
        GCM and GMAC break when two senders use one key with one counter: whoever sees both packets
        learns their contents, and can forge others. Members get identifiers that keep their
        counters apart, made of one that belongs to their key server. A key server without any
        cannot serve such a group; two with the same give two members the same counter.
    """,
    remediation="""
On each key server of group {group}, under 'server local' and 'identifier': a 'range' from 0 to 127
that no other one has.""",
    bad={**_counter(1, "0 - 9"), **_counter(2, "5 - 14")},
    good={**_counter(1, "0 - 9"), **_counter(2, "10 - 19")},
)
def identifiers_shared(ctx: GroupContext) -> Outcomes:
    """Compare the ranges of the key servers, where any of them has a counter-mode transform."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        yield from _claimed(ctx, team)
        transforms = [(server, tek_transforms(server)) for server in team]
        if any(fact.value.cipher in _COUNTER for _, facts in transforms for fact in facts.found):
            yield from _identifiers(ctx, team)
        else:
            for server, facts in transforms:
                yield from facts.undecided(server)


def _identifiers(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    known = []
    for server in team:
        view = server.view
        if view is None or (not view.kssids and block_gap(server)):
            yield server.not_checked(block_gap(server) or "there is no configuration")
        elif not view.kssids:
            message = f"key server of group {server.group} has no sender identifiers to give out"
            yield server.at(view, "", message, group=server.group)
        else:
            known.append((server, view))
    for (one, first), (other, second) in combinations(known, 2):
        shared = _numbers(first.kssids) & _numbers(second.kssids)
        if shared:
            yield ctx.finding(
                (
                    config_evidence(one.device, first, "kssids"),
                    config_evidence(other.device, second, "kssids"),
                ),
                f"key servers {one.device.name} and {other.device.name} of group {one.group} give"
                f" out the same sender identifiers: {_spans(sorted(shared))}",
                group=one.group,
            )


def _numbers(ranges: Sequence[tuple[int, int]]) -> set[int]:
    return {number for low, high in ranges for number in range(low, high + 1)}


def _spans(numbers: Sequence[int]) -> str:
    """Sorted numbers in short: `1, 5 to 9`."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in spans)


def _claimed(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    """What the key servers themselves say about identifiers that two of them claim."""
    for server in team:
        state = latest(server.rows(KS_COOP_IDENTIFIER, lambda record: record.groups))
        for sids in (state[1].local, *state[1].peers) if state is not None else ():
            if state is not None and sids is not None and sids.overlap:
                yield ctx.finding(
                    show_evidence(state[0], sids, "overlap"),
                    f"key server {sids.address} of group {server.group} has sender identifiers that"
                    " another one claims, too",
                    group=server.group,
                )


@rule(
    code="TEK008",
    aliases=("GV-101",),
    title="Perfect forward secrecy of rekeys is set up on both sides",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG,),
    source=_PFS_GUIDE,
    rationale="""
        Key servers offer forward secrecy to members that register by G-IKEv2. `pfs` without
        `gikev2` does nothing; a member with `no client pfs` in a group with it registers without,
        and its rekeys can be read by whoever learns the rekey key later.
    """,
    remediation="""
On a member, where it is missing (on a key server, 'pfs' needs 'gikev2' with an IKEv2 profile):
crypto {spelling} group {group}
 client pfs""",
    bad={**_server(1, "  gikev2 GKM\n  pfs\n"), "gm1.cfg": _MEMBER.format(line=" no client pfs\n")},
    good={**_server(1, "  gikev2 GKM\n  pfs\n"), "gm1.cfg": _MEMBER.format(line="")},
)
def secrecy_on_one_side(ctx: GroupContext) -> Outcomes:
    """Look at `pfs` and `gikev2` of the key servers, and at `client pfs` of the members."""
    wanted = False
    for server in servers_of(ctx):
        view = server.view
        if view is None:
            yield server.missing()
        elif not view.pfs and (gap := block_gap(server)):
            yield server.not_checked(gap)
        elif view.pfs and view.gikev2 is None and not block_gap(server):
            yield server.at(
                view,
                "pfs",
                f"key server of group {server.group} has 'pfs' without 'gikev2', which does"
                " nothing",
                spelling=view.spelling,
                group=server.group,
            )
        else:
            wanted = wanted or view.pfs
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for member in members_of(ctx) if wanted else ():
        view_of_member = member.view
        if view_of_member is None:
            yield member.missing()
        elif not view_of_member.pfs:
            lines = (
                f"crypto {view_of_member.spelling} group {member.group}",
                " client pfs",
            )
            yield member.finding(
                config_evidence(member.device, view_of_member, "pfs"),
                f"member of group {member.group} does without the forward secrecy that its key"
                " servers offer",
                spelling=view_of_member.spelling,
                group=member.group,
                fixes=(Fix(device=member.device.name, lines=lines, grade=Grade.REGISTRATION),),
            )


@rule(
    code="TEK009",
    title="The policies of a key server have all of their parts",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A policy without an IPsec profile, without a transform set or without an access list makes
        no traffic key: members of the group encrypt nothing by it. A misspelt name is enough. Of
        lists that do not exist ACL031 tells.
    """,
    remediation="""
Configure what is missing, or correct the name, in group {group} and on all of its key servers.""",
    bad=_server(used="TS-AES"),
    good=_server(),
)
def names_nothing(ctx: ServerContext) -> Outcomes:
    """Follow each `sa ipsec` to its profile and transform sets, and look for a list."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    if gap := block_gap(ctx):
        yield ctx.not_checked(gap)
        return
    if not view.sas:
        message = f"key server of group {ctx.group} has no 'sa ipsec': it makes no traffic keys"
        yield ctx.at(view, "", message, group=ctx.group)
    unsure = False
    for sa in view.sas:
        for where, field, problem, is_absent in _loose_ends(config, sa):
            if is_absent and ctx.config_missing:
                unsure = True
                continue
            message = f"'sa ipsec {sa.sequence}' of group {ctx.group} {problem}"
            yield ctx.at(where, field, message, group=ctx.group)
    if unsure:
        yield ctx.not_checked(ctx.config_missing)


def _loose_ends(
    config: "DeviceConfig", sa: "SaPolicy"
) -> "Iterator[tuple[View | ConfigLine, str, str, bool]]":
    """Where, by which field, what is wrong, and whether it may stand in an unknown part."""
    profile = config.profile_of(sa)
    if sa.profile is None:
        yield sa, "", "names no IPsec profile", False
    elif profile is None:
        yield sa, "profile", f"names IPsec profile {sa.profile}, which does not exist", True
    elif not profile.transform_sets:
        yield profile, "", f"has IPsec profile {profile.name}, which names no transform set", False
    else:
        for name in profile.transform_sets:
            if name not in config.transform_sets:
                problem = f"has transform set {name}, which does not exist"
                yield profile, "transform_sets", problem, True
    if sa.acl is None:
        yield sa, "", "names no access list", False


@rule(
    code="TEK010",
    title="Groups protect traffic in tunnel mode",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        Members keep the addresses of packets by putting a copy of the header in front. In
        transport mode the packet is encrypted without one: fragments cannot be put together
        again, and members of other releases expect the copy.
    """,
    remediation="""
crypto ipsec transform-set {name} {words}
 mode tunnel""",
    fix=Grade.REKEY,
    bad=_server(mode="\n mode transport"),
    good=_server(mode="\n mode tunnel"),
)
def transport_mode(ctx: ServerContext) -> Outcomes:
    """Look at the mode of each transform set of the group, whose default is tunnel."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    unknown = block_gap(ctx)
    found: dict[str, TransformSet] = {}
    for sa in view.sas:
        profile = config.profile_of(sa)
        names = profile.transform_sets if profile is not None else ()
        if profile is None or any(name not in config.transform_sets for name in names):
            unknown = unknown or ctx.config_missing
        found.update((each.name, each) for each in config.transform_sets_of(sa))
    for name, transform_set in found.items():
        if transform_set.mode == "transport":
            yield ctx.at(
                transform_set,
                "mode",
                f"transform set {name} of group {ctx.group} is in transport mode",
                name=name,
                words=" ".join(transform_set.transforms),
            )
    if unknown:
        yield ctx.not_checked(unknown)
