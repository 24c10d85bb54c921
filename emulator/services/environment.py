"""What the hardware of a router measures: readings that drift a little, and are never stored."""

from typing import TYPE_CHECKING

from ..platforms.parts import Part, Sensor, Serial

if TYPE_CHECKING:
    from ..device import Router

DRIFT_S = 60
"""How long a reading stays the same."""


def reading(router: "Router", sensor: Sensor) -> int:
    """What a sensor reads now; the same for a router and a minute."""
    if not sensor.swing:
        return sensor.value
    minute = int(router.clock.now() // DRIFT_S)
    random = router.chassis.random(f"sensor {sensor.slot} {sensor.name} {minute}")
    return sensor.value + random.randint(-sensor.swing, sensor.swing)


def part_serial(router: "Router", part: Part) -> str:
    """The serial number of a part, empty if it tells none; a reload does not change it."""
    if part.serial is Serial.CHASSIS:
        return router.serial
    if part.serial is Serial.OWN:
        random = router.chassis.random(f"part {part.name}")
        year, week = random.randint(15, 26), random.randint(1, 52)
        tail = "".join(random.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=4))
        return f"{part.prefix}{year:02}{week:02}{tail}"
    return part.serial if isinstance(part.serial, str) else ""
