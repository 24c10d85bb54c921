"""What members say of themselves: whether they are registered, and which keys they hold."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ..context import (
    GROUP,
    MEMBER,
    GroupContext,
    MemberContext,
    show_evidence,
)
from ..group_keys import members_of
from ..listing import KeyServer, key_servers
from ..needs import GDOI, GM, KS_POLICY, ShowNeed
from ..rule import Outcomes, Severity, rule
from ..servers import current_teks, latest
from ..sources import OURS

if TYPE_CHECKING:
    from ...parsers.records.gdoi import (
        GdoiGroups,
        GdoiMembers,
        GmRegistration,
        MemberTek,
        TekInterface,
    )
    from ...parsers.records.gdoi_ks_policy import KsGroupPolicy, KsPolicy, Tek
    from ..facts import Shown

    R = TypeVar("R", GdoiGroups, GdoiMembers)

_KS_POLICY = """
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : 1  Seq num : 2
  KEK POLICY (transport type : Unicast)
    spi : 0x11223344556677889900AABBCCDDEEFF
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec): 86400       remaining life(sec): 80000
    time to rekey (sec): 79675
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    sig key name       : REKEY

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA1B2C3D4
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 7000
    tek life(sec)      : 7200          elapsed time(sec)     : 200
    override life (sec): 0             antireplay window size: 5
    time to rekey (sec): 6515
"""
_GM = """
GROUP INFORMATION

    Group Name               : G1
    Group Identity           : 1001
    Rekeys received          : 2
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1
                               10.10.2.1

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
       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 2
       After latest register : 2
       Rekey Acks sents      : 2

 ACL Downloaded From KS 10.10.1.1:
   access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 79990
    Encrypt Algorithm        : AES
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_SHA256
    Sig Key Length (bits)    : 2352

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/0/1:
    IPsec SA:
        spi: {spi}
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): (6990)
        Anti-Replay(Time Based) : 5 sec interval
"""
_STATE = """
Group Member Information For Group G1:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_G1_temp_acl

    Group member             : 10.20.1.1      vrf: None
       Registration status   : {status}
       Registered with       : {server}
       Re-registers in       : 6580 sec
       Succeeded registration: 1
       Attempted registration: 3
       Last rekey from       : 10.10.1.1
       Last rekey seq num    : 2
       Unicast rekey received: 2
       Rekey ACKs sent       : 2
"""
_KS_FILE = "ks1/show crypto gdoi ks policy.txt"
_GM_FILE = "gm1/show crypto gdoi.txt"
_STATE_FILE = "gm1/show crypto gdoi gm.txt"


@rule(
    code="GMR003",
    aliases=("GV-072",),
    title="Every member holds the current traffic keys of the key servers",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(GDOI, KS_POLICY),
    source=f"{OURS}: what the group key means",
    rationale="""
        All members encrypt with one key. A member that has another one drops what the rest sends
        as an invalid SPI, and the rest drops what it sends: it is cut off from the group although
        it is registered. It has missed a rekey, or got its keys from a key server that had parted
        from the others.
    """,
    remediation="""
! take both outputs again: a rekey may have come in between
! then on the member, which registers again and gets the current keys
clear crypto gdoi group {group}""",
    bad={_KS_FILE: _KS_POLICY, _GM_FILE: _GM.format(spi="0x0000000A(10)")},
    good={_KS_FILE: _KS_POLICY, _GM_FILE: _GM.format(spi="0xA1B2C3D4(2712847316)")},
)
def stale_keys(ctx: GroupContext) -> Outcomes:
    """Compare the SPIs on each interface with the newest one of each access list.

    The keys of one key server have to be there; whether key servers differ is another question,
    and so is a member that is not registered.
    """
    servers = tuple(_server_keys(ctx))
    if not servers or not ctx.group.members:
        lack = "key server of the group shows its keys" if not servers else "member is known"
        yield ctx.not_checked(f"no {lack}")
        return
    for member in members_of(ctx):
        shown = latest(member.rows(GDOI, lambda record: record.groups))
        if shown is None:
            yield member.missing(GDOI)
            continue
        output, group = shown
        told = [each for each in group.members if each.registration_status is not None]
        if told and not any(map(_is_registered, told)):
            continue
        own = [each for each in servers if each.key_server.serves(group.group, group.servers)]
        if not own:
            yield member.not_checked("no key server that it lists shows its keys")
            continue
        if not group.tek_interfaces:
            yield member.not_checked(f"what was given of {GDOI} has no traffic keys")
        for interface in group.tek_interfaces:
            yield from _compared(member, output, interface, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ServerKeys:
    """What a key server last said about the keys of the group, and its current traffic keys."""

    key_server: KeyServer
    output: Shown[KsPolicy]
    group: KsGroupPolicy
    teks: tuple[Tek, ...]

    def lacking(self, held: Container[int | None]) -> list[Tek]:
        """The current keys that are not among `held`."""
        return [tek for tek in self.teks if tek.spi not in held]


def _server_keys(ctx: GroupContext) -> Iterator[_ServerKeys]:
    for key_server in key_servers(ctx):
        shown = latest(key_server.server.rows(KS_POLICY, lambda record: record.groups))
        if shown is not None:
            output, group = shown
            teks = tuple(tek for tek in current_teks(group) if tek.spi is not None)
            if teks:
                yield _ServerKeys(key_server=key_server, output=output, group=group, teks=teks)


def _compared(
    member: MemberContext,
    output: Shown[GdoiGroups],
    interface: TekInterface,
    servers: Sequence[_ServerKeys],
) -> Outcomes:
    held = {sa.spi: sa for sa in interface.sas}
    best = min(servers, key=lambda each: len(each.lacking(held)))
    lacking, name = best.lacking(held), best.key_server.server.device.name
    if not lacking:
        return
    if _made_since(held, best.group, lacking[0]):
        yield member.not_checked(f"{GDOI} was taken before the current traffic key of {name}")
        return
    yield member.finding(
        (show_evidence(output, interface), show_evidence(best.output, lacking[0], "spi")),
        f"holds traffic key{'s' * (len(held) > 1)} {_spis(held)} on {interface.interface}, but not"
        f" {_spis(tek.spi for tek in lacking)}, current on key server {name}",
        group=member.group,
    )


def _made_since(held: Mapping[int, MemberTek], group: KsGroupPolicy, tek: Tek) -> bool:
    """Whether `tek` was made after the member's output was taken.

    A key that both outputs show tells by its remaining life how far apart they were taken.
    """
    if tek.tek_life_s is None or tek.remaining_s is None:
        return False
    age = tek.tek_life_s - tek.remaining_s
    return any(
        held[other.spi].remaining_s - other.remaining_s >= age
        for other in group.teks
        if other.spi is not None and other.spi in held and other.remaining_s is not None
    )


def _spis(spis: Iterable[int | None]) -> str:
    return " and ".join(f"0x{spi:08X}" for spi in spis if spi is not None) or "none"


@rule(
    code="GMR004",
    aliases=("GV-074",),
    title="Every member is registered",
    severity=Severity.CRITICAL,
    scope=MEMBER,
    needs=(GM, GDOI),
    source=f"{OURS}: what a member is for",
    rationale="""
        A member that is not registered has no keys. Unless it is set to fail-close it sends in
        clear what the group encrypts, and what the group sends to it is lost.
    """,
    remediation="""
! on the member: which key server it tries, and how far IKE gets
show crypto isakmp sa
ping {server} source <address of the member>
clear crypto gdoi group {group}""",
    bad={_STATE_FILE: _STATE.format(status="Registering", server="Not registered")},
    good={_STATE_FILE: _STATE.format(status="Registered", server="10.10.1.1")},
)
def not_registered(ctx: MemberContext) -> Outcomes:
    """Read `Registration status` of each interface that is in the group."""
    if (shown := latest(_states(ctx, GM))) is not None:
        yield from _judged(ctx, *shown)
    elif (all_shown := latest(_states(ctx, GDOI))) is not None:
        yield from _judged(ctx, *all_shown)
    else:
        yield ctx.missing()


def _judged(ctx: MemberContext, output: Shown[R], members: Iterable[GmRegistration]) -> Outcomes:
    told = [member for member in members if member.registration_status is not None]
    if not told:
        yield ctx.not_checked(f"'{output.record.command}' shows no registration status")
    for member in told:
        if not _is_registered(member):
            where = f" by {member.address}" if member.address is not None else ""
            yield ctx.shown(
                output,
                member,
                "registration_status",
                f"membership of group {ctx.group}{where} is '{member.registration_status}'",
                group=ctx.group,
                server=member.registering_to or "<key server>",
            )


def _states(
    ctx: MemberContext, need: ShowNeed[R]
) -> Iterator[tuple[Shown[R], Sequence[GmRegistration]]]:
    """The members of the group, one for each interface, in each output of `need`."""
    for output in ctx.records(need):
        for group in output.record.groups:
            if group.group == ctx.group:
                yield output, group.members


def _is_registered(member: GmRegistration) -> bool:
    return (member.registration_status or "").lower() == "registered"
