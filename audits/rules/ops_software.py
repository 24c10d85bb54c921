"""What `show version` tells: faults of the release, its support, the last restart, licences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..certificates import now_of
from ..context import DEVICE, DeviceContext
from ..ike import has_role
from ..management import KEY_SERVER
from ..needs import CLOCK, VERSION
from ..releases import affected_by_cve_2023_20109, security_support_ends
from ..rule import Outcomes, Severity, rule
from ..sources import COMMANDS, CVE, END_OF_LIFE, NDM

if TYPE_CHECKING:
    from ...parsers.records.system import Version
    from ..facts import Shown

_IGNORE_NVRAM = 0x0040
_CRASHES = (
    *("crash", "bus error", "address error", "watchdog", "exception", "segv", "software-forced"),
    *("critical process", "critical software"),
)
_VERSION = """\
Cisco IOS XE Software, Version {xe}
Cisco IOS Software [Everest], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {ios}, \
RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2018 by Cisco Systems, Inc.
Compiled Mon 10-Dec-18 13:10 by mcpre

ROM: IOS-XE ROMMON

ks1 uptime is 2 weeks, 1 day, 3 hours, 20 minutes
Uptime for this control processor is 2 weeks, 1 day, 3 hours, 22 minutes
System returned to ROM by {returned} at 06:30:10 UTC Thu Mar 5 2026
System restarted at 06:35:00 UTC Thu Mar 5 2026
System image file is "bootflash:isr.bin"
Last reload reason: {reason}

cisco ISR4451-X/K9 (2RU) processor with 1795979K/6147K bytes of memory.
Processor board ID FGL00000000
4 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
4194304K bytes of physical memory.
7341807K bytes of flash memory at bootflash:.

Configuration register is {register}
"""
_FILE = "ks1/show version.txt"
_KS1 = {"ks1.cfg": KEY_SERVER.format(lines="")}


def version_text(
    *,
    xe: str = "17.15.03",
    ios: str = "17.15.3",
    returned: str = "Reload Command",
    reason: str = "Reload Command",
    register: str = "0x2102",
) -> str:
    """An output of `show version` for the examples of this topic."""
    return _VERSION.format(xe=xe, ios=ios, returned=returned, reason=reason, register=register)


_GOOD = {**_KS1, _FILE: version_text()}


def _shown(ctx: DeviceContext) -> Iterator[Shown[Version]]:
    """The last output of `show version`, of a device with a part in a group."""
    if has_role(ctx.device):
        yield from ctx.records(VERSION)[-1:]


def _unseen(ctx: DeviceContext) -> Outcomes:
    if has_role(ctx.device) and not ctx.records(VERSION):
        yield ctx.missing(VERSION)


@rule(
    code="OPS020",
    aliases=("GV-108",),
    title="The release is not affected by CVE-2023-20109",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(VERSION,),
    source=f"{CVE}; CISA lists it as exploited",
    rationale="""
        Who controls one member or one key server can run code on the others by what they exchange
        in GDOI and G-IKEv2. The rule knows the releases that the record of the CVE lists, for
        IOS-XE from 16.6 on and for the M, T and S trains of IOS; for others ask Cisco's Software
        Checker.
    """,
    remediation="""
Upgrade to a release that it does not list: of IOS-XE 17.3.8, 17.6.6, 17.9.4 or 17.12.1 on, of IOS
beyond 15.9(3)M7a. Key servers first: 'getvpn upgrade' plans it.""",
    bad={**_KS1, _FILE: version_text(xe="17.09.03", ios="17.9.3")},
    good=_GOOD,
)
def known_fault(ctx: DeviceContext) -> Outcomes:
    """Compare the release with the list in the record of the CVE."""
    yield from _unseen(ctx)
    for output in _shown(ctx):
        version = output.record
        release = version.release
        listed = None
        if release is not None and not version.experimental:
            listed = affected_by_cve_2023_20109(release)
        if listed is None:
            shown = version.version or "of this device"
            yield ctx.not_checked(f"release {shown} is of a train that is not kept here")
        elif listed:
            message = f"release {version.version} is affected by CVE-2023-20109"
            yield ctx.shown(output, version, "version", message)


@rule(
    code="OPS021",
    aliases=("GV-142",),
    title="The release still gets security fixes",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(VERSION, CLOCK),
    source=f"{NDM}; {END_OF_LIFE}",
    rationale="""
        Faults that are found after the end of support stay open. GETVPN is seldom upgraded since
        it works; that is how key servers come to run releases that nobody mends any longer. Trains
        of IOS-XE from 16.12 to 17.18 are known; older ones ended before.
    """,
    remediation="Upgrade to a train with extended support: 'getvpn upgrade' plans it.",
    bad={**_KS1, _FILE: version_text(xe="17.06.08", ios="17.6.8")},
    good=_GOOD,
)
def unsupported(ctx: DeviceContext) -> Outcomes:
    """Compare the end of security support with the clock, else with restart and uptime."""
    yield from _unseen(ctx)
    for output in _shown(ctx):
        version = output.record
        release = version.release
        ends = security_support_ends(release) if release is not None else None
        if ends is None:
            shown = version.version or "of this device"
            yield ctx.not_checked(f"the end of support of release {shown} is not known here")
            continue
        today = _day_of(ctx, version)
        if today is None:
            yield ctx.missing(CLOCK)
        elif today > ends:
            message = f"release {version.version} gets no security fixes since {ends}"
            yield ctx.shown(output, version, "version", message)


def _day_of(ctx: DeviceContext, version: Version) -> date | None:
    """The day on which the device was looked at."""
    now = now_of(ctx)
    if now is not None:
        return now.date()
    if version.restarted_at is None or version.uptime_s is None:
        return None
    return (version.restarted_at + timedelta(seconds=version.uptime_s)).date()


@rule(
    code="OPS022",
    title="The device comes back with its configuration after a restart",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(VERSION,),
    source=COMMANDS,
    rationale="""
        With bit 6 of the configuration register set, as it is for the recovery of a password, the
        device starts without its configuration. Nobody notices until the first loss of power.
    """,
    remediation="config-register 0x2102",
    bad={**_KS1, _FILE: version_text(register="0x2142")},
    good=_GOOD,
)
def forgets_configuration(ctx: DeviceContext) -> Outcomes:
    """Look at bit 6 of the register that holds at the next restart."""
    yield from _unseen(ctx)
    for output in _shown(ctx):
        version = output.record
        coming = version.next_config_register
        register = version.config_register if coming is None else coming
        if register is None:
            yield ctx.not_checked("the output does not tell the configuration register")
        elif register & _IGNORE_NVRAM:
            field = "config_register" if coming is None else "next_config_register"
            message = f"configuration register 0x{register:X} makes the device start without its"
            yield ctx.shown(output, version, field, f"{message} configuration")


@rule(
    code="OPS023",
    title="The last restart was meant",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(VERSION,),
    source=COMMANDS,
    rationale="""
        A key server that crashed came back as secondary, and the next crash may meet the other
        one. The reason stands in 'show version' and, with what Cisco needs, in a crashinfo file.
    """,
    remediation="Look for crashinfo files ('dir flash:'), and ask Cisco which release mends it.",
    bad={**_KS1, _FILE: version_text(reason="Critical process fman_fp fault")},
    good=_GOOD,
)
def crashed(ctx: DeviceContext) -> Outcomes:
    """Look for words of a crash in the reason of the last restart."""
    yield from _unseen(ctx)
    for output in _shown(ctx):
        version = output.record
        if version.reload_reason is None and version.returned_by is None:
            yield ctx.not_checked("the output does not tell the reason of the last restart")
        for field in ("reload_reason", "returned_by"):
            text = getattr(version, field) or ""
            if any(word in text.lower() for word in _CRASHES):
                yield ctx.shown(output, version, field, f"the device restarted by itself: {text}")
                break


@rule(
    code="OPS024",
    title="The licence for encryption is there to stay",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(VERSION,),
    source=COMMANDS,
    rationale="""
        Without the package 'security' a router of this kind has no crypto maps and no GDOI. An
        evaluation licence ends on a day that nobody has in his calendar, and a package that is
        not active after the next restart takes GETVPN with it.
    """,
    remediation="""
license boot module <module> technology-package securityk9
! and install a permanent licence, then restart the device""",
    bad={
        **_KS1,
        _FILE: version_text().replace(
            "Configuration register",
            """\
Technology Package License Information for Module:'c1900'

-----------------------------------------------------------------
Technology    Technology-package           Technology-package
              Current       Type           Next reboot
------------------------------------------------------------------
ipbase        ipbasek9      Permanent      ipbasek9
security      securityk9    EvalRightToUse securityk9

Configuration register""",
        ),
    },
    good={
        **_KS1,
        _FILE: version_text().replace(
            "Configuration register",
            """\
Technology Package License Information for Module:'c1900'

-----------------------------------------------------------------
Technology    Technology-package           Technology-package
              Current       Type           Next reboot
------------------------------------------------------------------
ipbase        ipbasek9      Permanent      ipbasek9
security      securityk9    Permanent      securityk9

Configuration register""",
        ),
    },
)
def licence(ctx: DeviceContext) -> Outcomes:
    """Look at the technology package `security`, where the platform has such packages."""
    yield from _unseen(ctx)
    for output in _shown(ctx):
        packages = output.record.license_packages
        for package in packages.packages if packages is not None else ():
            if package.technology != "security":
                continue
            if package.current is not None and package.next_reload is None:
                message = "the licence for encryption is not active after the next restart"
                yield ctx.shown(output, package, "next_reload", message, severity=Severity.HIGH)
            elif package.type is not None and package.type.startswith("Eval"):
                message = f"the licence for encryption is for evaluation ({package.type})"
                yield ctx.shown(output, package, "type", message)
        if packages is None:
            yield ctx.not_checked("the output has no technology packages")
