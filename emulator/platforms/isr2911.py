"""The Cisco 2911, an Integrated Services Router of generation 2 with IOS 15."""

from ..grammar import CLASSIC
from . import factory
from .parts import Identity, Package, Part, Sensor, Serial
from .platform import MIB, Hardware, Platform

_MODEL = "CISCO2911/K9"

PLATFORM = Platform(
    name="isr2911",
    model=_MODEL,
    family=CLASSIC,
    version="15.7(3)M5",
    image="c2900-universalk9-mz.SPA.157-3.M5.bin",
    image_bytes=108_000_000,
    pager_erase="classic",
    serial_prefix="FTX",
    hardware=Hardware(
        interfaces=(
            "Embedded-Service-Engine0/0",
            *(f"GigabitEthernet0/{n}" for n in range(3)),
        ),
        flash="flash0:",
        flash_bytes=250880 * 1024,
        nvram_bytes=255 * 1024,
        memory_bytes=512 * MIB,
        tty_lines=(2,),
        first_vty=388,
    ),
    identity=Identity(
        software="C2900 Software",
        image_id="C2900-UNIVERSALK9-M",
        rom="System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)",
        processor=f"Cisco {_MODEL} (revision 1.0)",
        main_kb=483328,
        io_kb=40960,
        physical_kb=None,
        flash_text="ATA System CompactFlash 0 (Read/Write)",
        features=("1 Virtual Private Network (VPN) Module",),
        parts=(
            Part(
                name=_MODEL,
                description=f"{_MODEL} chassis, Hw Serial#: {{serial}}, Hw Revision: 1.0",
                pid=_MODEL,
                vid="V05",
                serial=Serial.CHASSIS,
            ),
            Part(
                name="C2911 AC Power Supply",
                description="C2911 AC Power Supply",
                pid="PWR-2911-AC",
                vid="V05",
                serial=Serial.OWN,
                prefix="DCA",
            ),
        ),
        sensors=(
            Sensor(slot="", name="Intake Left", value=23, unit="Celsius", swing=2),
            Sensor(slot="", name="Intake Left(Bezel)", value=24, unit="Celsius", swing=2),
            Sensor(slot="", name="Exhaust Right(Bezel)", value=29, unit="Celsius", swing=2),
            Sensor(slot="", name="CPU", value=61, unit="Celsius", swing=3),
            Sensor(slot="", name="Power Supply Unit", value=27, unit="Celsius", swing=2),
            *(Sensor(slot="", name=f"Fan {fan}", value=0, unit="fan") for fan in range(1, 5)),
            Sensor(slot="", name="Motherboard Components", value=37, unit="Watts", swing=2),
        ),
        licensing="module",
        packages=(
            Package(row="ipbase", level="ipbasek9", always=True),
            Package(row="security", level="securityk9", always=True),
            Package(row="uc", level="uck9"),
            Package(row="data", level="datak9"),
        ),
    ),
    vty_lines=("login", "transport input all"),
    factory=factory.ISR2911,
)
