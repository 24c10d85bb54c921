"""`show version`: what the router is, read as people and their tools read it."""

import re

import pytest

from getvpn.emulator.files.images import Image
from getvpn.parsers import parse
from getvpn.parsers.records.system import Version

from .readers import PLATFORMS, STARTUP, Bench

MODELS = {"isr4451": "ISR4451-X/K9", "c8000v": "C8000V", "isr2911": "CISCO2911/K9"}
UPTIME = "1 day, 2 hours, 12 minutes"


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_genie_reads_the_router_as_it_is(bench: Bench) -> None:
    router = bench.router
    found = bench.genie("show version")["version"]

    assert found["hostname"] == "KS1"
    assert found["chassis"] == MODELS[router.platform.name]
    assert found["chassis_sn"] == router.serial
    assert found["version"] == router.software.version
    assert found["version_short"] == router.software.config_version
    assert found["uptime"] == UPTIME
    assert found["system_image"] == router.software.file
    assert found["curr_config_register"] == "0x2102"
    assert found["last_reload_reason"] == "Reload Command"
    assert found["os"] == ("IOS" if router.family == "classic" else "IOS-XE")
    assert found["number_of_intfs"]["Gigabit Ethernet"] in {"3", "4"}
    assert found["main_mem"] == str(router.platform.identity.main_kb)
    nvram = router.platform.hardware.nvram_bytes // 1024
    assert found["mem_size"]["non-volatile configuration"] == str(nvram)


def test_the_licences_are_read_by_genie() -> None:
    found = Bench("isr2911").genie("show version")["version"]
    assert found["license_package"]["security"] == {
        "license_level": "securityk9",
        "license_type": "Permanent",
        "next_reload_license_level": "securityk9",
    }
    assert found["license_udi"]["device_num"]["*0"]["pid"] == "CISCO2911/K9"
    found = Bench("isr4451").genie("show version")["version"]
    assert found["license_package"]["ipbase"]["license_level"] == "ipbasek9"


def test_the_template_reads_the_same(bench: Bench) -> None:
    (found,) = bench.textfsm("show version")
    router = bench.router

    assert found["hostname"] == "KS1"
    assert found["version"] == router.software.version
    assert found["serial"] == [router.serial]
    assert found["hardware"] == [MODELS[router.platform.name]]
    assert found["config_register"] == "0x2102"
    assert found["uptime"] == UPTIME
    assert found["running_image"] == router.software.file.partition(":")[2]


def test_our_own_parser_reads_it_too(bench: Bench) -> None:
    found = parse("show version", bench.run("show version"))
    assert isinstance(found, Version)
    assert (found.host, found.serial) == ("KS1", bench.router.serial)
    assert found.unparsed == ()
    assert found.uptime_s == (24 + 2) * 3600 + 12 * 60


def test_facts_are_found_by_their_usual_expressions(bench: Bench) -> None:
    text = bench.run("show version")
    model = MODELS[bench.router.platform.name]

    assert [line for line in text.splitlines() if " uptime is " in line] == [
        f"KS1 uptime is {UPTIME}"
    ]
    (software,) = [line for line in text.splitlines() if "Cisco IOS Software" in line]
    parts = re.split(r"Cisco IOS Software(?: \[.*?\])?, ", software)
    assert len(parts) == 2
    assert parts[1].endswith(")")
    found = re.search(r"Cisco (.+?) .+bytes of", text, re.IGNORECASE)
    assert found is not None
    assert found[1].endswith(model)
    board = re.search(r"board ID (\S+)", text)
    assert board is not None
    assert board[1] == bench.router.serial
    assert re.search(r"^(.+) uptime", text, re.MULTILINE)
    image = re.search(r'image file is "(.+)"', text)
    assert image is not None
    assert image[1] == bench.router.software.file
    version = re.search(r"Version (\S+)", text)
    assert version is not None
    revision = re.search(r"^[Cc]isco (.+) \(revision", text, re.MULTILINE) or re.search(
        r"^[Cc]isco (\S+).+bytes of .*memory", text, re.MULTILINE
    )
    assert revision is not None
    assert revision[1].split(" ")[0] == model


def test_a_changed_register_is_told_with_the_present_one(bench: Bench) -> None:
    bench.configure("config-register 0x2142")
    assert "\nConfiguration register is 0x2102 (will be 0x2142 at next reload)\n" in bench.run(
        "show version"
    )


def test_the_image_that_booted_decides_what_is_told() -> None:
    bench = Bench("isr4451", STARTUP + "boot system bootflash:new.bin\n")
    router = bench.router
    router.files.write("bootflash:new.bin", Image(family="isr4400", version="17.3.4a"), 0)
    bench.reboot()
    text = bench.run("show version")

    assert text.startswith("Cisco IOS XE Software, Version 17.03.04a\n")
    assert "Cisco IOS Software [Amsterdam], ISR Software (X86_64" in text
    assert 'System image file is "bootflash:new.bin"' in text
    assert "Router operating mode: Autonomous" in text
    assert "WebUI" not in text
    assert text == bench.run("show version")


def test_times_of_going_down_and_coming_back_need_a_clock_that_was_set(bench: Bench) -> None:
    assert "System restarted" not in bench.run("show version")
    router = bench.router
    router.wall.set_by_hand(router.utc_moment())
    text = bench.run("show version")
    assert "\nSystem restarted at 00:00:00 UTC Thu Jan 1 2026\n" in text
    bench.reboot(boot_s=300)
    text = bench.run("show version")
    assert re.search(r"System returned to ROM by \S.* at 02:12:01 UTC Fri Jan 2 2026\n", text)


def test_a_level_that_is_configured_waits_for_the_reload() -> None:
    bench = Bench("isr4451")
    bench.configure("license boot level securityk9")
    row = "securityk9       None             Smart License    securityk9\n"
    assert row in bench.run("show version")
    bench.console.run("write memory")
    bench.reboot()
    row = "securityk9       securityk9       Smart License    securityk9\n"
    assert row in bench.run("show version")


def test_hardware_is_another_word_for_it(bench: Bench) -> None:
    assert bench.run("show hardware") == bench.run("show version")
