from datetime import datetime
from pathlib import Path
from typing import Any

from getvpn.parsers import parse
from getvpn.parsers.convert import timestamp
from getvpn.parsers.records.system import Version, span_seconds

from .oracle import Trail, assert_covers, captures


def _version(text: str, command: str) -> Version:
    record = parse(command, text)
    assert isinstance(record, Version)
    assert record.unparsed == ()
    return record


def test_shared_captures_are_read_as_the_other_parser_does(shared: Path) -> None:
    theirs: dict[str, Any] = {}
    ours: dict[Trail, object] = {}
    for capture in captures(shared, "version"):
        theirs[capture.path] = _typed(capture.expected["version"])
        found = _version(capture.text, capture.command)
        ours |= {(capture.path, *trail): value for trail, value in _ours(found).items()}

    assert_covers(theirs, ours, DEVIATIONS)


DEVIATIONS = {
    ("*", "copyright_years"): "says nothing about the device",
    ("*", "build_label"): "a part of the label, which we compare",
    ("*[56].txt", "rtr_type"): "a name for the family that the output does not hold",
}


def _typed(expected: dict[str, Any]) -> dict[str, Any]:
    """The other answer with times and spans of time as values."""
    for key, value in expected.items():
        if key in {"returned_to_rom_at", "system_restarted_at"}:
            expected[key] = timestamp(value)
        elif key.startswith("uptime"):
            expected[key] = span_seconds(value)
        elif key == "compiled_date":
            expected[key] = datetime.strptime(value, "%a %d-%b-%y %H:%M")  # noqa: DTZ007
    return expected


def _kilobytes(size: int | None) -> str:
    return str((size or 0) // 1024)


def _ours(found: Version) -> dict[Trail, object]:
    assert found.release is not None
    ours: dict[Trail, object] = {
        ("chassis",): found.model,
        ("rtr_type",): found.model,
        ("chassis_sn",): found.serial,
        ("compiled_by",): found.compiled_by,
        ("compiled_date",): found.compiled,
        ("curr_config_register",): hex(found.config_register or 0),
        ("next_config_register",): hex(found.next_config_register or 0),
        ("hostname",): found.host,
        ("image_id",): found.image,
        ("image_type",): "developer image" if found.experimental else "production image",
        ("label",): found.label,
        ("last_reload_reason",): found.reload_reason,
        ("last_reload_type",): found.reload_type,
        ("license_level",): found.license_level,
        ("license_type",): found.license_type,
        ("next_reload_license_level",): found.license_next_reload,
        ("location",): found.codename,
        ("main_mem",): _kilobytes(found.memory_bytes),
        ("mem_size", "non-volatile configuration"): _kilobytes(found.nvram_bytes),
        ("mem_size", "physical"): _kilobytes(found.physical_memory_bytes),
        ("os",): "IOS-XE" if found.is_xe else "IOS",
        ("platform",): found.platform,
        ("processor_type",): found.processor,
        ("returned_to_rom_at",): found.returned_at,
        ("returned_to_rom_by",): found.returned_by,
        ("rom",): found.rom,
        ("router_operating_mode",): found.operating_mode,
        ("system_image",): found.image_file,
        ("system_restarted_at",): found.restarted_at,
        ("uptime",): found.uptime_s,
        ("uptime_this_cp",): found.processor_uptime_s,
        ("version",): found.version,
        ("version_short",): f"{found.release.major}.{found.release.minor}",
        ("xe_version",): found.xe_version,
    }
    for port in found.ports:
        ours["number_of_intfs", port.kind.removesuffix(" line")] = str(port.count)
    for medium in found.storage:
        ours[("processor_board_flash",)] = f"{_kilobytes(medium.size_bytes)}K"
        at = ("disks", f"{medium.place}:.")
        ours[*at, "disk_size"] = _kilobytes(medium.size_bytes)
        ours[*at, "type_of_disk"] = medium.kind or ""
    return ours | _licences(found)


def _licences(found: Version) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    for one in found.license_packages.packages if found.license_packages else ():
        at = ("license_package", one.technology)
        ours[*at, "license_level"] = str(one.current)
        ours[*at, "license_type"] = str(one.type)
        ours[*at, "next_reload_license_level"] = str(one.next_reload)
    for device in found.license_udi.devices if found.license_udi else ():
        ours["license_udi", "device_num", f"*{device.device}", "pid"] = device.pid
        ours["license_udi", "device_num", f"*{device.device}", "sn"] = device.serial
    if (suites := found.license_suites) is not None:
        for suite in suites.suites:
            at = ("module", str(suites.module), suite.suite)
            ours[*at, "suite_current"] = str(suite.current)
            ours[*at, "suite_next_reboot"] = str(suite.next_reload)
            ours[*at, "type"] = str(suite.type)
    return ours
