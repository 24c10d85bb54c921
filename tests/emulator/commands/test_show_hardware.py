"""The chassis: its parts, slots, sensors and redundancy."""

import pytest

from getvpn.emulator.files.images import Image

from .readers import PLATFORMS, Bench, refused

MODELS = {"isr4451": "ISR4451-X/K9", "c8000v": "C8000V", "isr2911": "CISCO2911/K9"}
XE = ("isr4451", "c8000v")


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_the_template_reads_the_inventory(bench: Bench) -> None:
    parts = bench.textfsm("show inventory")
    router = bench.router

    assert [part["name"] for part in parts] == [
        part.name for part in router.platform.identity.parts
    ]
    assert parts[0]["pid"].strip() == MODELS[router.platform.name]
    assert parts[0]["sn"] == router.serial
    assert len({part["sn"] for part in parts if part["sn"]}) == sum(
        bool(part["sn"]) for part in parts
    )


def test_genie_reads_the_inventory_of_xe() -> None:
    bench = Bench("isr4451")
    found = bench.genie("show inventory")
    chassis = found["main"]["chassis"]["ISR4451-X/K9"]
    assert chassis["sn"] == bench.router.serial
    assert chassis["descr"] == "Cisco ISR4451 Chassis"
    ports = found["slot"]["0"]["lc"]["ISR4451-X-4x1GE"]["subslot"]["0"]["ISR4451-X-4x1GE"]
    assert ports["descr"] == "Front Panel 4 ports Gigabitethernet Module"
    bench = Bench("c8000v")
    found = bench.genie("show inventory")
    assert found["main"]["chassis"]["C8000V"]["sn"] == bench.router.serial


def test_genie_reads_the_inventory_of_a_classic_router() -> None:
    bench = Bench("isr2911")
    found = bench.genie("show inventory")
    assert found["main"]["chassis"]["CISCO2911/K9"]["sn"] == bench.router.serial


def test_only_a_chassis_with_another_licence_number_gives_the_hint() -> None:
    assert Bench("isr4451").run("show inventory").startswith("+++")
    assert Bench("c8000v").run("show inventory").startswith("NAME: ")


def test_parts_keep_their_numbers_and_routers_do_not_share_them() -> None:
    bench = Bench("isr4451")
    before = bench.run("show inventory")
    bench.reboot()
    assert bench.run("show inventory") == before


@pytest.mark.parametrize("platform", XE)
def test_genie_reads_the_slots(platform: str) -> None:
    bench = Bench(platform)
    found = bench.genie("show platform")
    assert found["main"]["chassis"] == MODELS[platform]
    (processor,) = (row[MODELS[platform]] for row in found["slot"]["R0"].values())
    assert processor["state"] == "ok, active"
    assert processor["insert_time"] == "1d02h"


def test_an_empty_slot_was_never_filled() -> None:
    found = Bench("isr4451").genie("show platform")
    assert found["slot"]["P1"]["other"]["Unknown"]["insert_time"] == "never"
    ports = found["slot"]["0"]["lc"]["ISR4451-X/K9"]["subslot"]["0"]["ISR4451-X-4x1GE"]
    assert ports["state"] == "ok"


@pytest.mark.parametrize("platform", XE)
def test_genie_reads_the_resources(platform: str) -> None:
    bench = Bench(platform)
    before = str(bench.genie("show platform resources"))
    assert "bootflash" in before
    assert "'usage_mb'" in before or "usage" in before
    flash = bench.router.files.volume("bootflash:")
    size = (flash.capacity or 0) // 2
    bench.router.files.write("bootflash:big.bin", Image(family="x", version="1", size=size), 0)
    assert str(bench.genie("show platform resources")) != before


def test_a_classic_router_has_no_slots_of_that_kind() -> None:
    assert refused(Bench("isr2911").run("show platform"))


def test_genie_reads_the_sensors() -> None:
    bench = Bench("isr4451")
    found = bench.genie("show environment")
    assert (found["critical_larams"], found["major_alarms"], found["minor_alarms"]) == (0, 0, 0)
    sensors = bench.router.platform.identity.sensors
    read = {
        (slot, name): row["reading"]
        for slot, rows in found["slot"].items()
        for name, row in rows["sensor"].items()
    }
    assert set(read) == {(sensor.slot, sensor.name) for sensor in sensors}
    for sensor in sensors:
        value, unit = read[sensor.slot, sensor.name].split()
        assert abs(int(value) - sensor.value) <= sensor.swing
        assert unit == sensor.unit


def test_readings_drift_with_the_minutes_only() -> None:
    bench = Bench("isr4451")
    first = bench.run("show environment")
    assert bench.run("show environment") == first
    bench.advance(3600)
    assert bench.run("show environment") != first


def test_a_classic_router_tells_its_environment_in_paragraphs() -> None:
    text = Bench("isr2911").run("show environment all")
    assert text.startswith("SYSTEM POWER SUPPLY STATUS\n==========================\n")
    assert " Fan 4 OK, Low speed setting\n" in text


def test_routers_know_no_temperature_of_a_switch(bench: Bench) -> None:
    assert refused(bench.run("show env temperature status"))


def test_genie_and_the_template_read_the_redundancy(bench: Bench) -> None:
    if bench.router.family == "xe":
        found = bench.genie("show redundancy")["red_sys_info"]
        assert found["available_system_uptime"] == "1 day, 2 hours, 12 minutes"
        assert found["conf_red_mode"] == "Non-redundant"
    (row,) = bench.textfsm("show redundancy")
    assert row["system_uptime_minutes"] == "12"
    assert row["active_software_state"] == "ACTIVE"
    assert row["active_config_register"] == "0x2102"


@pytest.mark.parametrize("platform", XE)
def test_genie_reads_the_states_of_the_redundancy(platform: str) -> None:
    found = Bench(platform).genie("show redundancy states")
    assert found["my_state"] == "13 -ACTIVE"
