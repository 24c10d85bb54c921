"""The smallest link of a group, and paths that are smaller than their links."""

from collections.abc import Iterator

from ...overhead import segment
from ..context import GROUP, MEMBER, GroupContext, MemberContext, config_evidence
from ..facts import MemberRole
from ..needs import CONFIG, IPSEC_SA
from ..overhead import CLAMPS, Lan, lans_of, rooms_of
from ..room import Room
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import COMMANDS, OURS

_KEY_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
   replay time window-size 5
  address ipv4 10.10.1.1
"""
_MEMBER = """
hostname {name}
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address {lan}.1 255.255.255.0
{clamp}interface GigabitEthernet0/1
 ip address {wan}.1 255.255.255.252
{mtu} crypto map GETVPN
"""


def _gm(number: int, clamp: str = "", mtu: str = "") -> str:
    lan, wan = f"10.3{number}.0", f"10.20.{number}"
    return _MEMBER.format(name=f"gm{number}", clamp=clamp, mtu=mtu, lan=lan, wan=wan)


_BIG = " mtu 4470\n"


@rule(
    code="MTU007",
    title="What a member sends fits the smallest link of its group",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG,),
    thresholds=("mss_max",),
    source=OURS,
    rationale="""
        Any member sends to any other. A member with a large WAN MTU needs no clamp for its own
        link, but what it sends to a site with a smaller one is fragmented in front of that site,
        after encryption. The smallest room of all members counts. MTU001 speaks where packets
        do not even fit the member's own link.
    """,
    remediation="""
interface {interface}
 {command} {segment}""",
    fix=Grade.SAFE,
    bad={"ks1.cfg": _KEY_SERVER, "gm1.cfg": _gm(1, mtu=_BIG), "gm2.cfg": _gm(2)},
    good={
        "ks1.cfg": _KEY_SERVER,
        "gm1.cfg": _gm(1, mtu=_BIG, clamp=" ip tcp adjust-mss 1360\n"),
        "gm2.cfg": _gm(2),
    },
)
def smaller_elsewhere(ctx: GroupContext) -> Outcomes:
    """Compare each LAN that fits its own WAN with the smallest WAN of the group."""
    known = [role for role in ctx.group.members if role.device.config_complete]
    for role in ctx.group.members:
        if not role.device.config_complete:
            reason = role.device.config_gap or f"there is no {CONFIG}"
            yield ctx.not_checked(reason, device=role.device.name)
    smallest: dict[str, tuple[str, Room]] = {}
    for role in known:
        for room in rooms_of(ctx.fleet, role.device):
            known_room = smallest.get(room.family)
            if room.is_for(role.group) and (known_room is None or room.least < known_room[1].least):
                smallest[room.family] = (role.device.name, room)
    for role in known:
        config = role.device.config
        for lan in () if config is None else lans_of(ctx.fleet, role.device, config):
            if not lan.room.is_for(role.group):
                continue
            device, room = smallest[lan.family]
            if device != role.device.name and room.most < lan.room.least:
                yield from _too_small(ctx, role, lan, device, room)


def _too_small(
    ctx: GroupContext, role: MemberRole, lan: Lan, device: str, room: Room
) -> Iterator[Outcome]:
    limit = ctx.settings.mss_max
    own = lan.clamp is not None and lan.clamp <= segment(lan.room.least, lan.family)
    wanted = min(limit, segment(room.least, lan.family))
    if not (own or lan.mtu <= lan.room.least):
        return
    if lan.mtu <= room.least or (lan.clamp is not None and lan.clamp <= wanted):
        return
    yield ctx.finding(
        [config_evidence(role.device, lan.interface, lan.field), *room.evidence],
        f"packets from {lan.interface.name} fit the WAN of {role.device.name}, but not that of "
        f"{device}: {room.least} bytes fit there when they are encrypted",
        device=role.device.name,
        interface=lan.interface.name,
        command=CLAMPS[lan.family],
        segment=wanted,
    )


def _sa(path: int) -> str:
    return f"""
gm1#show crypto ipsec sa

interface: GigabitEthernet0/1
    Crypto map tag: GETVPN, local addr 10.20.1.1

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   Group: G1
   current_peer 0.0.0.0 port 848
     PERMIT, flags={{}}
    #pkts encaps: 1, #pkts encrypt: 1, #pkts digest: 1
    #pkts decaps: 1, #pkts decrypt: 1, #pkts verify: 1
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0

     local crypto endpt.: 10.20.1.1, remote crypto endpt.: 0.0.0.0
     plaintext mtu 1422, path mtu {path}, ip mtu 1500, ip mtu idb GigabitEthernet0/1
     current outbound spi: 0x5A1C77E0(1511815136)
     PFS (Y/N): N, DH group: none

     inbound esp sas:

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:

     outbound ah sas:

     outbound pcp sas:
"""


@rule(
    code="MTU008",
    title="The path between members carries packets as large as their links do",
    severity=Severity.LOW,
    scope=MEMBER,
    needs=(IPSEC_SA,),
    source=COMMANDS,
    rationale="""
        `show crypto ipsec sa` tells the MTU of the path beside that of the interface. Where the
        path has less, something in the network between the sites wraps packets once more or has a
        smaller link: clamps that were worked out from the interface are too large.
    """,
    remediation="""
! on {interface} of this member, and the same on the others
interface {interface}
 ip mtu {mtu}""",
    bad={"gm1/show crypto ipsec sa.txt": _sa(1400), "gm1.cfg": _gm(1)},
    good={"gm1/show crypto ipsec sa.txt": _sa(1500), "gm1.cfg": _gm(1)},
)
def smaller_path(ctx: MemberContext) -> Outcomes:
    """Compare both MTUs of each SA of the group."""
    said = False
    for output in ctx.records(IPSEC_SA):
        told = set()
        for flow in output.record.flows:
            path, link = flow.path_mtu_bytes, flow.ip_mtu_bytes
            if flow.group != ctx.group or path is None or link is None:
                continue
            said = True
            name = flow.mtu_interface or "the interface"
            if path < link and (name, path) not in told:
                told.add((name, path))
                yield ctx.shown(
                    output,
                    flow,
                    "path_mtu_bytes",
                    f"the path of group {ctx.group} has an MTU of {path}, {name} one of {link}",
                    interface=name,
                    mtu=path,
                )
    if not said:
        yield ctx.missing()
