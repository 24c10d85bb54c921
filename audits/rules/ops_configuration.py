"""Whether configurations are saved, and by which address a key server is known."""

from __future__ import annotations

import re
from datetime import datetime

from ...parsers.config import ConfigLine, DeviceConfig, Interface
from ..context import DEVICE, SERVER, DeviceContext, ServerContext, config_evidence
from ..facts import Address
from ..ike import is_server
from ..management import KEY_SERVER, NOT_THE_DEVICE, managed, tells_all
from ..needs import CONFIG
from ..rule import Outcomes, Severity, rule
from ..sources import DESIGN, OURS

_CHANGED = "Last configuration change at "
_SAVED = "NVRAM config last updated at "
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d) \S{1,16} [A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{4})"
)
_FIRST_LINES = 40

_HEAD = """
! Last configuration change at 14:02:11 UTC Mon Mar 2 2026 by admin
! NVRAM config last updated at {saved} by admin
"""


def _saved(at: str) -> dict[str, str]:
    text = KEY_SERVER.format(lines="").removeprefix("\n")
    return {"ks1.cfg": _HEAD.format(saved=at) + text}


@rule(
    code="OPS025",
    aliases=("GV-116",),
    title="The configuration is saved",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        A key server that restarts with an older policy, an older list of members or without the
        new peer disagrees with the others, and may become the primary one with it. The first
        lines of a running configuration tell when it was changed and when it was saved.
    """,
    remediation="copy running-config startup-config",
    bad=_saved("09:00:00 UTC Mon Feb 2 2026"),
    good=_saved("14:03:00 UTC Mon Mar 2 2026"),
)
@managed
def unsaved(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Compare the two times at the head of the configuration."""
    changed, saved = _said(config, _CHANGED), _said(config, _SAVED)
    if changed is None or saved is None:
        yield ctx.not_checked("the configuration does not tell when it was changed and saved")
        return
    if changed[1] > saved[1]:
        evidence = [config_evidence(ctx.device, line) for line, _ in (changed, saved)]
        yield ctx.finding(
            evidence,
            f"the configuration was changed at {changed[1]} and saved at {saved[1]}",
            severity=Severity.MEDIUM if is_server(ctx.device) else Severity.LOW,
        )


def _said(config: DeviceConfig, words: str) -> tuple[ConfigLine, datetime] | None:
    """The comment with these words, and its time."""
    for line in config.tree.comments:
        if line.lineno > _FIRST_LINES:
            break
        place = line.text.find(words)
        match = _TIME.match(line.text, place + len(words)) if place >= 0 else None
        if match is not None:
            hour, minute, second, month, day, year = match.groups()
            try:  # in the device's local time; strptime takes longer than all else here
                return line, datetime(  # noqa: DTZ001 - both times are of one device
                    int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute),
                    int(second),
                )  # fmt: skip
            except ValueError:
                return None
    return None


_LOOPBACK = "interface {name}\n ip address 10.10.1.1 255.255.255.255\n"


@rule(
    code="OPS026",
    aliases=("GV-117",),
    title="A key server is known by the address of a loopback",
    severity=Severity.LOW,
    scope=SERVER,
    needs=(CONFIG,),
    source=DESIGN,
    rationale="""
        Members and other key servers name this one address. On a loopback it can be reached over
        every link that is left; on an interface it is gone with the link, while the key server is
        alive and the others elect a new primary.
    """,
    remediation="""
interface Loopback0
 ip address <a new address> 255.255.255.255
crypto gdoi group {group}
 server local
  address ipv4 <the new address>
! and the same on members and peers, which name the old one: 'getvpn key-server' plans it""",
    bad={"ks1.cfg": KEY_SERVER.format(lines=_LOOPBACK.format(name="GigabitEthernet0/0/0"))},
    good={"ks1.cfg": KEY_SERVER.format(lines=_LOOPBACK.format(name="Loopback0"))},
)
def on_a_link(ctx: ServerContext) -> Outcomes:
    """Look for the interface that has the address of the key server."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    if view.address is None:
        if not ctx.device.block_complete(view.line):
            yield ctx.not_checked("the group is not known in full")
        return
    owner = _owner(config, view.address)
    if owner is not None and not owner.is_loopback:
        message = f"key server of group {ctx.group} is known by the address of {owner.name}"
        yield ctx.at(view, "address", message, group=ctx.group)
    elif owner is None and ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    elif owner is None and not tells_all(ctx.device):
        yield ctx.not_checked(NOT_THE_DEVICE)
    elif owner is None and any(each.dhcp for each in config.interfaces.values()):
        yield ctx.not_checked("an interface gets its address by DHCP")
    elif owner is None:
        message = f"no interface has the address of the key server of group {ctx.group}"
        severity = Severity.HIGH if config.interfaces else Severity.LOW
        yield ctx.at(view, "address", message, severity=severity, group=ctx.group)


def _owner(config: DeviceConfig, address: Address) -> Interface | None:
    """The interface with `address`."""
    for interface in config.interfaces.values():
        if any(each.ip == address for each in interface.addresses):
            return interface
        if any(each.ip == address for each in interface.ipv6_addresses):
            return interface
    return None
