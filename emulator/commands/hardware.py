"""The parts of the chassis, its slots, its sensors, its redundancy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, XE, CommandSet
from ..platforms.parts import Sensor, Slot
from ..services.environment import part_serial, reading
from ..services.processes import load, pools
from ..shell.call import Call
from ..software import boot_candidates
from ..timetext import age_text, span_text
from .version import register_line, software_lines

if TYPE_CHECKING:
    from ..device import Router

HINT_RULE = "+" * 71
HINT = f"""\
{HINT_RULE}
INFO: Please use "show license UDI" to get serial number for licensing.
{HINT_RULE}

"""
ALARMS = """\
Number of Critical alarms:  0
Number of Major alarms:     0
Number of Minor alarms:     0

"""
SLOT_HEAD = (
    f"{'Slot':<10}{'Type':<20}{'State':<22}Insert time (ago) \n"
    f"{'-' * 9} {'-' * 19} {'-' * 21} {'-' * 17} \n"
)
FIRMWARE_HEAD = (
    f"{'Slot':<10}{'CPLD Version':<20}{'Firmware Version':<40}\n{'-' * 9} {'-' * 19} {'-' * 39} \n"
)
SENSOR_HEAD = """\
 Slot        Sensor          Current State   Reading        Threshold(Minor,Major,Critical,Shutdown)
 ----------  --------------  --------------- ------------   ---------------------------------------
"""
ALL_SENSORS_HEAD = (
    "Sensor List:  Environmental Monitoring \n"
    f" {'Sensor':<17}{'Location':<18}{'State':<18}Reading\n"
)
SLOT_DISCOVERY_S = 150
"""How long before IOS the control processor of an IOS-XE router has found its slots."""

declared = CommandSet()
declared.words(
    {
        "show diag": "Show diagnostic information for port adapters/modules",
        "show environment": "Environmental monitoring",
        "environment all": "All measured values with description",
        "show inventory": "Show the physical inventory",
        "inventory raw": "Retrieve full inventory listing, including unrecognized parts",
        "show platform": "Show platform information",
        "platform resources": "Platform resources",
        "show redundancy": "Redundancy Facility (RF) information",
        "redundancy states": "RF state, mode, etc information",
    }
)


@declared.exec("show inventory [raw]")
def show_inventory(call: Call) -> str:
    """The parts that tell what they are."""
    router = call.router
    identity = router.platform.identity
    vid_width = 4 if router.family == CLASSIC else 5
    text = HINT if identity.licence_hint else ""
    for part in identity.parts:
        description = part.description.format(serial=router.serial)
        serial = part_serial(router, part)
        text += (
            f'NAME: "{part.name}", DESCR: "{description}"\n'
            f"PID: {part.pid:<18}, VID: {part.vid:<{vid_width}}, SN: {serial:<11}\n\n"
        )
    return text + "\n"


# ---- slots ----


@declared.exec("show platform", families=(XE,))
def show_platform(call: Call) -> str:
    """The slots, what is in them, and their firmware."""
    router = call.router
    slots = router.platform.identity.slots
    text = f"Chassis type: {router.platform.model:<20}\n\n{SLOT_HEAD}"
    text += "".join(_slot_line(router, slot) for slot in slots)
    text += f"\n{FIRMWARE_HEAD}"
    for slot in slots:
        if slot.cpld:
            text += f"{slot.name:<10}{slot.cpld:<20}{slot.firmware:<40}\n"
    return text + "\n"


def _slot_line(router: "Router", slot: Slot) -> str:
    age = "never"
    if slot.state != "empty":
        age = age_text(router.uptime_s + SLOT_DISCOVERY_S - slot.late_s)
    return f"{slot.name:<10}{slot.kind:<20}{slot.state:<22}{age:<18}\n"


RESOURCE_HEAD = (
    "**State Acronym: H - Healthy, W - Warning, C - Critical\n"
    f"{'Resource':<25}{'Usage':<22}{'Max':<16}{'Warning':<16}{'Critical':<16}State\n"
    f"{'-' * 100}\n"
)
MEGABYTE_KB = 1024


@declared.exec("show platform resources", families=(XE,))
def show_platform_resources(call: Call) -> str:
    """How much of processor, memory and flash is in use."""
    router = call.router
    now = load(router)
    pool = pools(router)[0]
    total_kb = router.platform.hardware.memory_bytes // 1024
    spare_kb = total_kb - router.platform.identity.main_kb
    used_kb = pool.used // 1024 + spare_kb
    flash = router.files.volume(router.platform.hardware.flash)
    capacity = flash.capacity or 1
    rows = [
        (" Control Processor", f"{now.one_min}.00%", "100%", "80%", "90%"),
        ("  DRAM", *_share(used_kb, total_kb), "88%", "93%"),
        ("  bootflash", *_share((capacity - flash.free) // 1024, capacity // 1024), "88%", "93%"),
    ]
    text = RESOURCE_HEAD + f"{'RP0 (ok, active)':<95}H    \n"
    for name, usage, most, warning, critical in rows:
        text += f"{name:<25}{usage:<22}{most:<16}{warning:<16}{critical:<16}H    \n"
    return text + "\n"


def _share(used_kb: int, total_kb: int) -> tuple[str, str]:
    percent = used_kb * 100 // total_kb
    return f"{used_kb // MEGABYTE_KB}MB({percent}%)", f"{total_kb // MEGABYTE_KB}MB"


@declared.exec("show diag", families=(CLASSIC,))
def show_diag(call: Call) -> str:
    """The main board."""
    router = call.router
    model, age = router.platform.model, age_text(router.uptime_s)
    ports = len(router.platform.hardware.interfaces)
    return (
        f"Slot 0:\n\t{model} Mother board Port adapter, {ports} ports\n"
        "\tPort adapter is analyzed \n"
        f"\tPort adapter insertion time {age} ago\n"
        "\tEEPROM contents at hardware discovery:\n"
        f"\tPCB Serial Number        : {router.serial}\n"
        f"\tProduct (FRU) Number     : {model}\n"
        f"\tChassis Serial Number    : {router.serial}\n\n"
    )


# ---- sensors ----


@declared.exec("show environment", "show environment all", families=(CLASSIC,))
def show_environment_classic(call: Call) -> str:
    """Power, fans, temperatures and the battery of the clock."""
    return "".join(_classic_environment(call.router))


def _classic_environment(router: "Router") -> Iterator[str]:
    sensors = router.platform.identity.sensors
    yield _title("SYSTEM POWER SUPPLY STATUS")
    yield " Internal Power Supply 1 Type: AC\n"
    yield " Internal Power Supply 1 12V Output Status: Normal\n\n"
    yield _title("SYSTEM FAN STATUS")
    for sensor in _measuring(sensors, "fan"):
        yield f" {sensor.name} OK, Low speed setting\n"
    yield "\n" + _title("SYSTEM TEMPERATURE STATUS")
    for sensor in _measuring(sensors, "Celsius"):
        yield f" {sensor.name} temperature: {reading(router, sensor)} Celsius, Normal\n"
    yield "\n" + _title("REAL TIME CLOCK BATTERY STATUS")
    yield " Battery OK (checked at power up)\n\n"
    yield _title("SYSTEM POWER")
    watts = 0
    for sensor in _measuring(sensors, "Watts"):
        value = reading(router, sensor)
        watts += value
        yield f" {sensor.name} Power consumption = {value}.0 W\n"
    yield f" Total System Power consumption is: {watts}.0 W\n\n"
    age = int(router.clock.now() % 60)
    yield f" Environmental information last updated 00:00:{age:02} ago\n\n"


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def _measuring(sensors: tuple[Sensor, ...], unit: str) -> list[Sensor]:
    return [sensor for sensor in sensors if sensor.unit == unit]


@declared.exec("show environment", families=(XE,))
def show_environment(call: Call) -> str:
    """Alarms, and every sensor with its limits."""
    router = call.router
    rows = "".join(
        f" {sensor.slot:<12}{sensor.name:<16}{'Normal':<16}"
        f"{reading(router, sensor):<4} {sensor.unit:<7}\t{_limits(sensor)}\n"
        for sensor in router.platform.identity.sensors
    )
    return f"{ALARMS}{SENSOR_HEAD}{rows}\n"


def _limits(sensor: Sensor) -> str:
    if sensor.limits is None:
        return "na"
    shown = ",".join(f"{'na' if limit is None else limit:<3}" for limit in sensor.limits)
    return f"({shown})({sensor.unit})"


@declared.exec("show environment all", families=(XE,))
def show_environment_all(call: Call) -> str:
    """Every sensor with its place."""
    router = call.router
    rows = "".join(
        f" {sensor.name:<17}{sensor.slot:<18}{'Normal':<18}"
        f"{reading(router, sensor)} {sensor.unit}\n"
        for sensor in router.platform.identity.sensors
    )
    return f"{ALL_SENSORS_HEAD}{rows}\n"


# ---- redundancy ----

NOT_REDUNDANT = "Non-redundant"
ACTIVE_SLOT = 6


@declared.exec("show redundancy")
def show_redundancy(call: Call) -> str:
    """A router with one processor: how long it has been the active one."""
    router = call.router
    boot = ",1;".join(boot_candidates(router.config.root, router.platform))
    facts = [
        ("Available system uptime", span_text(router.uptime_s)),
        ("Switchovers system experienced", "0"),
        ("Standby failures", "0"),
        ("Last switchover reason", "none"),
        None,
        ("Hardware Mode", "Simplex"),
        ("Configured Redundancy Mode", NOT_REDUNDANT),
        ("Operating Redundancy Mode", NOT_REDUNDANT),
        ("Maintenance Mode", "Disabled"),
        ("Communications", "Down      Reason: Failure"),
    ]
    active = [
        ("Active Location", f"slot {ACTIVE_SLOT}"),
        ("Current Software state", "ACTIVE"),
        ("Uptime in current state", span_text(router.uptime_s)),
        ("Image Version", "\n".join(software_lines(router))),
        *([("BOOT", f"{boot},1;")] if boot else []),
        ("Configuration register", register_line(router).partition(" is ")[2]),
    ]
    return (
        f"{_underlined('Redundant System Information :')}{_facts(facts)}\n"
        f"{_underlined('Current Processor Information :')}{_facts(active)}\n"
        "Peer (slot: unavailable) information is not available"
        " because it is in 'DISABLED' state\n"
    )


def _underlined(title: str) -> str:
    return f"{title}\n{'-' * len(title)}\n"


def _facts(facts: "list[tuple[str, str] | None] | list[tuple[str, str]]") -> str:
    return "".join(f"{fact[0]:>30} = {fact[1]}\n" if fact else "\n" for fact in facts)


@declared.exec("show redundancy states")
def show_redundancy_states(_call: Call) -> str:
    """The state of the redundancy facility."""
    rows = (
        ("my state", "13 -ACTIVE "),
        ("peer state", "1  -DISABLED "),
        ("Mode", "Simplex"),
        ("Unit ID", "0"),
        ("Redundancy Mode (Operational)", NOT_REDUNDANT),
        ("Redundancy Mode (Configured)", NOT_REDUNDANT),
        ("Redundancy State", NOT_REDUNDANT),
        ("Maintenance Mode", "Disabled"),
        ("Manual Swact", "disabled (system is simplex (no peer unit))"),
        ("Communications", "Down      Reason: Simplex mode"),
        ("client count", "0"),
        ("client_notification_TMR", "30000 milliseconds"),
        ("keep_alive TMR", "9000 milliseconds"),
        ("keep_alive count", "0 "),
        ("keep_alive threshold", "18 "),
        ("RF debug mask", "0x0   "),
    )
    wide = rows[4:7]
    return "".join(
        f"{name:<29} = {value}\n" if (name, value) in wide else f"{name:>22} = {value}\n"
        for name, value in rows
    )
