"""The Cisco 4451-X Integrated Services Router with IOS-XE 16."""

from ..grammar import XE
from . import factory
from .parts import Identity, Package, Part, Sensor, Serial, Slot
from .platform import MIB, Hardware, Platform

_MODEL = "ISR4451-X/K9"
_CPLD = "15010638"
_FIRMWARE = "16.7(4r)"
_FANS_RPM = 3600

_PARTS = (
    Part(
        name="Chassis",
        description="Cisco ISR4451 Chassis",
        pid=_MODEL,
        vid="V05",
        serial=Serial.CHASSIS,
    ),
    Part(
        name="Power Supply Module 0",
        description="450W AC Power Supply for Cisco ISR 4450",
        pid="PWR-4450-AC",
        vid="V01",
        serial=Serial.OWN,
        prefix="DCA",
    ),
    Part(name="Fan Tray", description="Cisco ISR4450 Fan Assembly", pid="ACS-4450-FANASSY"),
    Part(name="module 0", description="Cisco ISR4451 Built-In NIM controller", pid=_MODEL),
    Part(
        name="NIM subslot 0/0",
        description="Front Panel 4 ports Gigabitethernet Module",
        pid="ISR4451-X-4x1GE",
        vid="V01",
    ),
    Part(name="module 1", description="Cisco ISR4451 Built-In SM controller", pid=_MODEL),
    Part(name="module 2", description="Cisco ISR4451 Built-In SM controller", pid=_MODEL),
    Part(
        name="module R0",
        description="Cisco ISR4451 Route Processor",
        pid=_MODEL,
        vid="V05",
        serial=Serial.OWN,
        prefix="FOC",
    ),
    Part(name="module F0", description="Cisco ISR4451 Forwarding Processor", pid=_MODEL),
)
_SLOTS = (
    Slot(name="0", kind=_MODEL, cpld=_CPLD, firmware=_FIRMWARE),
    Slot(name=" 0/0", kind="ISR4451-X-4x1GE", late_s=61),
    Slot(name="1", kind=_MODEL, cpld=_CPLD, firmware=_FIRMWARE),
    Slot(name="2", kind=_MODEL, cpld=_CPLD, firmware=_FIRMWARE),
    Slot(name="R0", kind=_MODEL, state="ok, active", cpld=_CPLD, firmware=_FIRMWARE),
    Slot(name="F0", kind=_MODEL, state="ok, active", cpld=_CPLD, firmware=_FIRMWARE),
    Slot(name="P0", kind="PWR-4450-AC", late_s=27),
    Slot(name="P1", kind="Unknown", state="empty"),
    Slot(name="P2", kind="ACS-4450-FANASSY", late_s=27),
)
"""The Cisco 4000 series configuration guide, `show platform`."""
_SENSORS = (
    Sensor(slot="P0", name="Temp: Temp 1", value=25, unit="Celsius", swing=2),
    Sensor(slot="P0", name="Temp: Temp 2", value=31, unit="Celsius", swing=2),
    Sensor(slot="P0", name="Temp: Temp 3", value=38, unit="Celsius", swing=2),
    Sensor(slot="P0", name="V: PEM In", value=228, unit="Volts", swing=3),
    Sensor(slot="P0", name="V: PEM Out", value=12, unit="Volts"),
    Sensor(slot="P0", name="I: PEM In", value=1, unit="Amps"),
    Sensor(slot="P0", name="I: PEM Out", value=10, unit="Amps", swing=1),
    Sensor(slot="P0", name="P: In pwr", value=136, unit="Watts", swing=4),
    Sensor(slot="P0", name="P: Out pwr", value=122, unit="Watts", swing=4),
    *(
        Sensor(slot="P2", name=f"RPM: fan{fan}", value=_FANS_RPM, unit="RPM", swing=120)
        for fan in range(4)
    ),
    Sensor(
        slot="R0",
        name="Temp: Inlet 1",
        value=24,
        unit="Celsius",
        swing=2,
        limits=(None, None, 56, None),
    ),
    Sensor(
        slot="R0",
        name="Temp: Outlet 1",
        value=33,
        unit="Celsius",
        swing=2,
        limits=(None, None, 85, None),
    ),
    Sensor(
        slot="R0",
        name="Temp: CPP core",
        value=44,
        unit="Celsius",
        swing=3,
        limits=(None, None, 100, None),
    ),
    Sensor(
        slot="R0",
        name="Temp: CPU core",
        value=46,
        unit="Celsius",
        swing=3,
        limits=(None, None, 100, None),
    ),
    Sensor(slot="R0", name="V: 12v", value=12012, unit="mV", swing=24),
    Sensor(slot="R0", name="V: 5v", value=5018, unit="mV", swing=12),
    Sensor(slot="R0", name="V: 3.3v", value=3308, unit="mV", swing=8),
    Sensor(slot="R0", name="V: 1.8v", value=1806, unit="mV", swing=6),
    Sensor(slot="R0", name="I: 12v", value=7, unit="A", swing=1),
    Sensor(slot="R0", name="P: pwr", value=94, unit="Watts", swing=4),
)

PLATFORM = Platform(
    name="isr4451",
    model=_MODEL,
    family=XE,
    version="16.12.4",
    image="isr4400-universalk9.16.12.04.SPA.bin",
    image_bytes=705000000,
    pager_erase="xe",
    serial_prefix="FGL",
    hardware=Hardware(
        interfaces=(*(f"GigabitEthernet0/0/{n}" for n in range(4)), "GigabitEthernet0"),
        flash="bootflash:",
        flash_bytes=7341807 * 1024,
        nvram_bytes=33554432,
        memory_bytes=4096 * MIB,
    ),
    identity=Identity(
        software="ISR Software",
        image_id="X86_64_LINUX_IOSD-UNIVERSALK9-M",
        rom="IOS-XE ROMMON",
        processor=f"cisco {_MODEL} (2RU) processor",
        main_kb=1795979,
        io_kb=6147,
        physical_kb=4194304,
        flash_text="flash memory at bootflash:.",
        parts=_PARTS,
        slots=_SLOTS,
        sensors=_SENSORS,
        licensing="technology",
        licence_hint=True,
        packages=(
            Package(row="appxk9", level="appxk9"),
            Package(row="uck9", level="uck9"),
            Package(row="securityk9", level="securityk9"),
            Package(row="ipbase", level="ipbasek9", always=True),
        ),
        throughput_kbps=1_000_000,
    ),
    vty_lines=("login",),
    factory=factory.ISR4451,
    unconfigured=factory.ISR4451_UNCONFIGURED,
)
