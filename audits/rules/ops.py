"""Where GETVPN is run at all."""

from ..context import DEVICE, DeviceContext
from ..ike import is_member
from ..needs import CONFIG
from ..rule import Outcomes, Severity, rule
from ..sources import CONCEPTS
from ..wan import crypto_interfaces

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.252
{nat} crypto map WAN
"""


@rule(
    code="OPS001",
    aliases=("GV-049",),
    title="Members encrypt towards a private network without address translation",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        An encrypted packet keeps the addresses of the hosts in its outer header, so the network
        between members has to route them, and nothing on the way may translate them. The Internet
        does neither. A public address on the interface is only a sign of it (some carriers number
        private networks so) and is reported as information.
    """,
    remediation="""
interface {interface}
 no ip nat {side}
! over the Internet: DMVPN or FlexVPN in place of GETVPN""",
    bad={"gm1.cfg": _MEMBER.format(nat=" ip nat outside\n")},
    good={"gm1.cfg": _MEMBER.format(nat="")},
)
def translated(ctx: DeviceContext) -> Outcomes:
    """Look at `ip nat` and the addresses of each interface with a crypto map of a group."""
    if not is_member(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    both = (*crypto_interfaces(ctx.config), *crypto_interfaces(ctx.config, "ipv6"))
    for interface in {each.name: each for each in both}.values():
        public = [each.ip for each in interface.addresses if each.ip.is_global]
        if interface.nat is not None:
            yield ctx.at(
                interface,
                "nat",
                f"{interface.name} encrypts for a group and translates addresses"
                f" (ip nat {interface.nat})",
                interface=interface.name,
                side=interface.nat,
            )
        elif public:
            yield ctx.at(
                interface,
                "addresses",
                f"{interface.name} encrypts for a group and has the public address {public[0]}",
                severity=Severity.INFO,
                interface=interface.name,
                side="<inside or outside>",
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
