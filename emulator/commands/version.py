"""What the router is: software, hardware, uptime, licences, configuration register."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..grammar.interfaces import split_interface
from ..platforms.notices import CRYPTOGRAPHY, GPL
from ..platforms.releases import build_of, padded_version, train_of
from ..services.licences import SMART_SINCE, Licences
from ..shell.call import Call
from ..timetext import span_text

if TYPE_CHECKING:
    from ..device import Router

RELOAD_COMMAND = "Reload Command"
CONTROL_PROCESSOR_LEAD_S = 95
"""How much longer than IOS the control processor of an IOS-XE router is up."""
RULE = "-" * 65
LONG_RULE = "-" * 66
PORT_NAMES = {
    "GigabitEthernet": "Gigabit Ethernet",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
    "FastEthernet": "FastEthernet",
    "Ethernet": "Ethernet",
    "Serial": "Serial",
}
NOT_COUNTED = frozenset({"GigabitEthernet0"})
"""The management port of an IOS-XE router."""
OPERATING_MODE_SINCE = (17, 2)

declared = CommandSet()
declared.words(
    {
        "show hardware": "Hardware specific information",
        "show version": "System hardware and software status",
    }
)


@declared.exec("show version", "show hardware")
def show_version(call: Call) -> str:
    """Software, uptime, hardware and licences."""
    router = call.router
    lines = _classic(router) if router.family == CLASSIC else _xe(router)
    return "\n".join(lines) + "\n"


def software_line(router: "Router") -> str:
    """What the software calls itself, in one line."""
    identity, software = router.platform.identity, router.software
    train = train_of(software.release) if router.family != CLASSIC else ""
    bracket = f" [{train}]" if train else ""
    build = build_of(software.version, software.release, xe=router.family != CLASSIC)
    return (
        f"Cisco IOS Software{bracket}, {identity.software} ({identity.image_id}), "
        f"Version {software.version}, RELEASE SOFTWARE ({build.label})"
    )


def software_lines(router: "Router") -> list[str]:
    """The software with its support address, copyright and build."""
    software = router.software
    build = build_of(software.version, software.release, xe=router.family != CLASSIC)
    return [
        software_line(router),
        "Technical Support: http://www.cisco.com/techsupport",
        f"Copyright (c) 1986-{build.year} by Cisco Systems, Inc.",
        f"Compiled {build.compiled} by {build.builder}",
    ]


def register_line(router: "Router") -> str:
    """The configuration register, and what it will be."""
    text = f"Configuration register is 0x{router.config_register:X}"
    if router.next_register != router.config_register:
        text += f" (will be 0x{router.next_register:X} at next reload)"
    return text


# ---- the parts of the output ----


def _classic(router: "Router") -> Iterator[str]:
    yield from software_lines(router)
    yield f"\nROM: {router.platform.identity.rom}\n"
    yield f"{router.hostname} uptime is {span_text(router.uptime_s)}"
    yield from _boot_lines(router)
    yield f"\n\n\n{CRYPTOGRAPHY}"
    yield from _hardware_lines(router)
    yield from _module_licences(router)
    yield f"\n{register_line(router)}\n"


def _xe(router: "Router") -> Iterator[str]:
    software = router.software
    build = build_of(software.version, software.release, xe=True)
    yield f"Cisco IOS XE Software, Version {padded_version(software.version)}"
    yield from software_lines(router)
    years = f"2005-{build.year}"
    yield f"\n\nCisco IOS-XE software, Copyright (c) {years} by cisco Systems, Inc.\n{GPL}"
    yield f"\nROM: {router.platform.identity.rom}\n"
    yield f"{router.hostname} uptime is {span_text(router.uptime_s)}"
    control_s = router.uptime_s + CONTROL_PROCESSOR_LEAD_S
    yield f"Uptime for this control processor is {span_text(control_s)}"
    yield from _boot_lines(router)
    yield f"\n\n\n{CRYPTOGRAPHY}"
    if router.platform.identity.licensing == "level":
        yield from _level_licences(router)
    else:
        yield from _technology_licences(router)
    yield from _hardware_lines(router)
    yield f"\n{register_line(router)}\n"


def _boot_lines(router: "Router") -> Iterator[str]:
    """Why and when the router went down and came back; times are told once the clock is set."""
    reason = router.reload_reason
    classic = router.family == CLASSIC
    back = "reload" if classic and reason == RELOAD_COMMAND else reason
    stopped = f" at {router.second_text(router.stopped_at)}" if router.stopped_at else ""
    yield f"System returned to ROM by {back}{stopped}"
    if router.wall.trusted:
        yield f"System restarted at {router.second_text(router.booted_at)}"
    yield f'System image file is "{router.software.file}"'
    if classic:
        yield "Last reload type: Normal Reload"
    yield f"Last reload reason: {reason}"


def _hardware_lines(router: "Router") -> Iterator[str]:
    identity, hardware = router.platform.identity, router.platform.hardware
    yield f"{identity.processor} with {identity.main_kb}K/{identity.io_kb}K bytes of memory."
    yield f"Processor board ID {router.serial}"
    if router.family != CLASSIC and router.software.release >= OPERATING_MODE_SINCE:
        yield "Router operating mode: Autonomous"
    yield from _port_lines(hardware.interfaces)
    if hardware.tty_lines:
        yield _counted(len(hardware.tty_lines), "terminal line")
    yield from identity.features
    if router.family == CLASSIC:
        yield "DRAM configuration is 64 bits wide with parity enabled."
    yield f"{hardware.nvram_bytes // 1024}K bytes of non-volatile configuration memory."
    if identity.physical_kb is not None:
        yield f"{identity.physical_kb}K bytes of physical memory."
    yield f"{hardware.flash_bytes // 1024}K bytes of {identity.flash_text}"
    if router.family != CLASSIC and router.software.release < (17, 0):
        yield "0K bytes of WebUI ODM Files at webui:."


def _port_lines(names: Iterable[str]) -> Iterator[str]:
    kinds = Counter(split_interface(name)[0] for name in names if name not in NOT_COUNTED)
    for kind, count in kinds.items():
        if kind in PORT_NAMES:
            yield _counted(count, f"{PORT_NAMES[kind]} interface")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


# ---- licences ----


def _module_licences(router: "Router") -> Iterator[str]:
    """The licences of an ISR G2."""
    rule = "-" * 49
    yield f"\n\nLicense Info:\n\nLicense UDI:\n\n{rule}"
    yield f"{'Device#':<10}{'PID':<22}SN\n{rule}"
    yield f"{'*0':<10}{router.platform.model:<22}{router.serial:<16}\n\n\n"
    module = router.platform.image_family
    yield f"Technology Package License Information for Module:'{module}' \n"
    yield from _technology_head("  ")
    for licence in router.feature(Licences).rows():
        yield f"{licence.row:<14}{licence.current:<14}{licence.kind:<15}{licence.following}"


def _technology_head(trailing: str) -> Iterator[str]:
    yield RULE
    yield "Technology    Technology-package           Technology-package"
    yield f"              Current       Type           Next reboot{trailing}"
    yield LONG_RULE


def _technology_licences(router: "Router") -> Iterator[str]:
    """The licences of an ISR 4000."""
    yield "\n\nTechnology Package License Information: \n"
    yield from _technology_head("  ")
    licences = router.feature(Licences)
    for licence in licences.rows():
        yield f"{licence.row:<17}{licence.current:<17}{licence.kind:<17}{licence.following}"
    yield ""
    if router.software.release >= SMART_SINCE:
        yield _throughput(router)
        yield f"\n\nSmart Licensing Status: {licences.status}\n"


def _level_licences(router: "Router") -> Iterator[str]:
    """The licences of a virtual router."""
    licences = router.feature(Licences)
    for title, licence in zip(("", "Addon "), licences.rows(), strict=False):
        current, following = (
            "" if level == "None" else level for level in (licence.current, licence.following)
        )
        yield f"{title}License Level: {current}"
        yield f"{title}License Type: {'Subscription' if title else 'Perpetual'}"
        yield f"Next reload {title.lower()}license Level: {following}\n"
    yield _throughput(router)
    yield f"\n\nSmart Licensing Status: {licences.status}\n"


def _throughput(router: "Router") -> str:
    return f"The current throughput level is {router.platform.identity.throughput_kbps} kbps "
