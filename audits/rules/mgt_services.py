"""What a device answers to besides its task: web server, small services, neighbours, its CPU."""

from collections.abc import Iterator

from ...parsers.config import ConfigLine, DeviceConfig, Interface
from ..context import DEVICE, DeviceContext, config_evidence
from ..ike import is_member
from ..management import (
    KEY_SERVER,
    MEMBER,
    NOT_THE_DEVICE,
    absent,
    last,
    lines,
    managed,
    on_servers,
    tells_all,
)
from ..needs import CONFIG
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, HARDENING, NDM, WEB_ADVISORY
from ..wan import crypto_interfaces

_CLASSIC = ("12.", "15.")
_NAMED = 4
_GUARD = "control-plane\n service-policy input COPP\n"
_SMALL = (
    ("service", "tcp-small-servers"),
    ("service", "udp-small-servers"),
    ("service", "finger"),
    ("service", "config"),
    ("ip", "finger"),
    ("ip", "identd"),
    ("ip", "rcmd", "rsh-enable"),
    ("ip", "rcmd", "rcp-enable"),
    ("ip", "source-route"),
    ("tftp-server",),
)
"""Services that no key server or member needs, each as its line begins."""


@rule(
    code="MGT019",
    title="The web server of a device is off, or open to known addresses only",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{WEB_ADVISORY}; {HARDENING}",
    rationale="""
        In 2023 two faults of the web server of IOS-XE (CVE-2023-20198, CVE-2023-20273) let anybody
        who reached it take over the device; tens of thousands of routers were. GETVPN does not
        need it. By HTTP without TLS passwords are sent in clear text besides.
    """,
    remediation="no {line}",
    bad={"ks1.cfg": KEY_SERVER.format(lines="ip http server\nno ip http secure-server\n")},
    good={"ks1.cfg": KEY_SERVER.format(lines="no ip http server\nno ip http secure-server\n")},
    fix=Grade.SAFE,
)
@managed
def web_server(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `ip http server` and `ip http secure-server`, and for `ip http access-class`."""
    guarded = last(ctx.device, "ip", "http", "access-class") is not None
    clear = last(ctx.device, "ip", "http", "server")
    secure = last(ctx.device, "ip", "http", "secure-server")
    if clear is not None:
        yield ctx.at(clear, "", "the web server takes passwords in clear text", line=clear.text)
    if secure is not None and not guarded:
        message = "the web server can be reached from any address"
        yield ctx.at(secure, "", message, line=secure.text)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="MGT020",
    title="Services that nobody needs are off",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        Small servers, finger, remote shells and source routing come from another time. They
        answer without asking who calls, and each is one more thing that can be attacked.
    """,
    remediation="no {line}",
    bad={"ks1.cfg": KEY_SERVER.format(lines="service tcp-small-servers\n")},
    good={"ks1.cfg": KEY_SERVER.format(lines="")},
    fix=Grade.SAFE,
)
@managed
def needless_services(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for lines that turn such a service on; those that are on by default are left aside."""
    for words in _SMALL:
        line = last(ctx.device, *words)
        if line is not None:
            message = f"the device offers a service that it does not need ({' '.join(words)})"
            yield ctx.at(line, "", message, line=line.text)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="MGT021",
    title="Members do not tell the carrier what they are by CDP or LLDP",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        On a link to the carrier these protocols tell the model, the release and the addresses of
        the device to whoever listens there, and that is what one looks up faults by.
    """,
    remediation="""
interface {interface}
 {command}""",
    bad={"gm1.cfg": MEMBER.format(lines="lldp run\n", interface="")},
    good={
        "gm1.cfg": MEMBER.format(
            lines="lldp run\n",
            interface=" no cdp enable\n no lldp transmit\n no lldp receive\n",
        )
    },
    fix=Grade.SAFE,
)
@managed
def announced(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look at `cdp run`, `lldp run` and the interfaces that encrypt; CDP is on in IOS 12 and 15."""
    if not is_member(ctx.device):
        return
    cdp, lldp = _cdp_runs(ctx, config), last(ctx.device, "lldp", "run") is not None
    both = (*crypto_interfaces(config), *crypto_interfaces(config, "ipv6"))
    for interface in {each.name: each for each in both}.values():
        for name, runs, off in (
            ("CDP", cdp, "no cdp enable"),
            ("LLDP", lldp, "no lldp transmit"),
        ):
            if runs and not _says(interface, off):
                yield ctx.finding(
                    config_evidence(ctx.device, interface),
                    f"{interface.name} encrypts for a group and sends {name}",
                    interface=interface.name,
                    command=off,
                )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _cdp_runs(ctx: DeviceContext, config: DeviceConfig) -> bool:
    """Whether CDP is on: by its line, or since IOS 12 and 15 have it on."""
    if last(ctx.device, "cdp", "run") is not None:
        return True
    classic = config.version is not None and config.version.startswith(_CLASSIC)
    return classic and not ctx.config_missing and not lines(ctx.device, "no", "cdp", "run")


def _says(interface: Interface, text: str) -> bool:
    return any(line.text == text for line in interface.line.children)


@rule(
    code="MGT022",
    title="Key servers limit what reaches their processor",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        IKE, GDOI, COOP and logins all run on the processor. A flood of packets to the key server,
        by ill will or by a loop, keeps it from rekeying; control-plane policing keeps room for
        what matters. Its classes have to let fragments of GDOI messages pass.
    """,
    remediation="""
control-plane
 service-policy input <policy map with a class for UDP 848 and 500, fragments included>""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="control-plane\n")},
    good={"ks1.cfg": KEY_SERVER.format(lines=_GUARD)},
)
@on_servers
def unguarded_processor(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `service-policy input` below `control-plane`, in any of its forms."""
    blocks = lines(ctx.device, "control-plane")
    if any(_polices(block) for block in blocks):
        return
    incomplete = [block for block in blocks if not ctx.device.block_complete(block)]
    if incomplete:
        yield ctx.not_checked("the block 'control-plane' is not known in full")
    elif blocks:
        yield ctx.at(blocks[-1], "", "nothing limits what reaches the processor of a key server")
    else:
        yield absent(ctx, "nothing limits what reaches the processor of a key server")


def _polices(block: ConfigLine) -> bool:
    return any(line.words[:2] == ["service-policy", "input"] for line in block.children)


@rule(
    code="MGT023",
    title="Access lists guard the interfaces of key servers",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {COMMANDS}",
    rationale="""
        A key server needs UDP 848 and 500 from members and key servers, and management from a few
        addresses. What else reaches it only helps those who look for a fault. This is information,
        since a firewall in front may do the same.
    """,
    remediation="""
ip access-list extended KEY-SERVER-IN
 permit udp any any eq 848
 permit udp any eq 848 any
 permit udp any any eq isakmp
 permit udp any eq isakmp any
 permit <management and routing>
 deny ip any any log
interface {interface}
 ip access-group KEY-SERVER-IN in""",
    bad={
        "ks1.cfg": KEY_SERVER.format(
            lines="interface GigabitEthernet0/0/0\n ip address 10.10.1.1 255.255.255.0\n"
        )
    },
    good={
        "ks1.cfg": KEY_SERVER.format(
            lines="interface GigabitEthernet0/0/0\n ip address 10.10.1.1 255.255.255.0\n"
            " ip access-group KEY-SERVER-IN in\n"
        )
    },
)
@on_servers
def open_interfaces(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `ip access-group … in` on the interfaces with an address, loopbacks apart."""
    if not tells_all(ctx.device) and not ctx.config_missing:
        yield ctx.not_checked(NOT_THE_DEVICE)
        return
    found = [each for each in _routed(config) if each.access_group_in is None]
    whole = [each for each in found if ctx.device.block_complete(each.line)]
    if len(whole) < len(found):  # of all blocks, only the last can be cut
        yield ctx.not_checked(f"interface {found[-1].name} is not known in full")
    if whole:
        names = ", ".join(each.name for each in whole[:_NAMED])
        more = f" and {len(whole) - _NAMED} more" if len(whole) > _NAMED else ""
        yield ctx.at(
            whole[0],
            "",
            f"a key server takes packets from anywhere on {names}{more}",
            interface=whole[0].name,
        )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _routed(config: DeviceConfig) -> Iterator[Interface]:
    for interface in config.interfaces.values():
        if interface.addresses and not interface.shutdown and not interface.is_loopback:
            yield interface
