"""The slots of a chassis of IOS-XE one by one.

Layout: genieparser sample of an ISR 4461.
"""

from collections.abc import Iterator

from ..grammar import XE, CommandSet
from ..platforms.parts import Slot
from ..shell.call import Call
from ..timetext import age_text
from .hardware import SLOT_DISCOVERY_S

FOUND_S, LOADED_S, HARDWARE_S, PACKETS_S = 40, 77, 70, 131
"""Seconds from the start of the chassis until a slot is found, up and ready."""

declared = CommandSet()
declared.words({"platform diag": "Show platform diagnostics"})


@declared.exec("show platform diag", families=(XE,))
def show_platform_diag(call: Call) -> str:
    """When each slot was found, and what it does."""
    router = call.router
    slots = [
        "".join(f"{row}\n" for row in _slot(slot, router.uptime_s))
        for slot in router.platform.identity.slots
    ]
    return f"Chassis type: {router.platform.model}\n\n" + "\n".join(slots) + "\n"


def _slot(slot: Slot, uptime_s: float) -> Iterator[str]:
    def at(after_s: float) -> str:
        """A time after the start of the chassis, and how long ago it was."""
        age = age_text(uptime_s + SLOT_DISCOVERY_S - after_s)
        return f"{age_text(after_s)} ({age} ago)"

    found = at(FOUND_S + slot.late_s) if slot.state != "empty" else "00:00:00 (never ago)"
    sub = slot.name.startswith(" ")
    yield f"{'Sub-slot' if sub else 'Slot'}: {slot.name.strip()}, {slot.kind}"
    if sub:
        yield f"  Operational status          : {slot.state}"
        yield "  Internal state              : inserted"
        yield f"  Physical insert detect time : {found}"
        yield f"  Logical insert detect time  : {found}"
        return
    if not slot.cpld:
        yield f"  State                       : {slot.state}"
        yield f"  Physical insert detect time : {found}"
        return
    yield f"  Running state               : {slot.state}"
    yield "  Internal state              : online"
    yield "  Internal operational state  : ok"
    yield f"  Physical insert detect time : {found}"
    yield f"  Software declared up time   : {at(LOADED_S + slot.late_s)}"
    if slot.name.startswith("F"):
        yield f"  Hardware ready signal time  : {at(HARDWARE_S)}"
        yield f"  Packet ready signal time    : {at(PACKETS_S)}"
    yield f"  CPLD version                : {slot.cpld}"
    yield f"  Firmware version            : {slot.firmware}"
