"""The Catalyst 8000V Edge, a virtual router with IOS-XE 17."""

from ..grammar import XE
from . import factory
from .parts import Identity, Package, Part, Serial, Slot
from .platform import MIB, Hardware, Platform

_MODEL = "C8000V"
_RP_SERIAL = "JAB1303001C"
"""All virtual routers say that their route processor has this number."""

PLATFORM = Platform(
    name="c8000v",
    model=_MODEL,
    family=XE,
    version="17.9.4a",
    image="c8000v-universalk9.17.09.04a.SPA.bin",
    image_bytes=807000000,
    pager_erase="xe",
    serial_prefix="9",
    hardware=Hardware(
        interfaces=tuple(f"GigabitEthernet{n}" for n in range(1, 5)),
        flash="bootflash:",
        flash_bytes=6139200 * 1024,
        nvram_bytes=33554432,
        memory_bytes=4096 * MIB,
    ),
    identity=Identity(
        software="Virtual XE Software",
        image_id="X86_64_LINUX_IOSD-UNIVERSALK9-M",
        rom="IOS-XE ROMMON",
        processor=f"cisco {_MODEL} (VXE) processor (revision VXE)",
        main_kb=2052375,
        io_kb=3075,
        physical_kb=3965316,
        flash_text="virtual hard disk at bootflash:.",
        parts=(
            Part(
                name="Chassis",
                description="Cisco Catalyst 8000V Edge Chassis",
                pid=_MODEL,
                vid="V00",
                serial=Serial.CHASSIS,
            ),
            Part(
                name="module R0",
                description="Cisco Catalyst 8000V Edge Route Processor",
                pid=_MODEL,
                vid="V00",
                serial=_RP_SERIAL,
            ),
            Part(
                name="module F0",
                description="Cisco Catalyst 8000V Edge Embedded Services Processor",
                pid=_MODEL,
            ),
        ),
        slots=(
            Slot(
                name="R0",
                kind=_MODEL,
                state="ok, active",
                cpld="N/A",
                firmware="17.3.1r",
            ),
            Slot(name="F0", kind=_MODEL, state="ok, active", cpld="N/A", firmware="17.3.1r"),
        ),
        licensing="level",
        packages=(
            Package(row="level", level="network-advantage"),
            Package(row="addon", level="dna-advantage"),
        ),
        throughput_kbps=10_000,
    ),
    vty_lines=("login", "transport input ssh"),
    factory=factory.C8000V,
)
