"""NTP: servers are reached, followed and lost, and everybody reads it the same way."""

import re

import pytest

from getvpn.emulator.device_settings import DeviceSettings
from getvpn.emulator.services.ntp import Ntp
from getvpn.emulator.testing import console, make_router

from .readers import PLATFORMS, STARTUP, Bench

SERVERS = "ntp server 192.0.2.254\nntp server 192.0.2.253 prefer\n"


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param, STARTUP + SERVERS, uptime_s=10)


def test_without_servers_there_is_no_ntp() -> None:
    bench = Bench("isr4451")
    for command in ("status", "associations", "associations detail"):
        assert bench.run(f"show ntp {command}") == "%NTP is not enabled.\n"
    assert bench.router.clock_mark == "*"


def test_genie_reads_the_configuration(bench: Bench) -> None:
    found = bench.genie("show ntp config")
    text = bench.run("show ntp config")
    assert text == " ntp server 192.0.2.254\n ntp server 192.0.2.253 prefer\n"
    assert "192.0.2.254" in str(found)


def test_servers_are_reached_after_sixty_four_seconds(bench: Bench) -> None:
    assert bench.genie("show ntp associations")["peer"].keys() == {"192.0.2.254", "192.0.2.253"}
    assert " ~192.0.2.254     .INIT.          16      -     64     0  0.000   0.000 15937.\n" in (
        bench.run("show ntp associations")
    )
    bench.advance(53)
    assert not bench.router.clock_synchronized
    assert bench.router.clock_mark == "*"
    bench.advance(1)
    assert bench.router.clock_synchronized
    assert bench.router.clock_mark == ""


def test_genie_reads_the_associations(bench: Bench) -> None:
    bench.advance(600)
    found = bench.genie("show ntp associations")
    status = found["clock_state"]["system_status"]
    assert status["clock_state"] == "synchronized"
    assert status["associations_address"] == "192.0.2.253"
    peer = found["peer"]["192.0.2.253"]["local_mode"]["client"]
    assert (peer["reach"], peer["poll"]) == (377, 64)
    assert peer["receive_time"] == (610 % 64)
    assert peer["mode"] == "synchronized"
    assert found["peer"]["192.0.2.254"]["local_mode"]["client"]["mode"] == "candidate"


def test_genie_reads_the_status(bench: Bench) -> None:
    bench.advance(54)
    ntp = bench.router.feature(Ntp)
    found = bench.genie("show ntp status")["clock_state"]["system_status"]
    assert found["status"] == "synchronized"
    assert found["refid"] == "192.0.2.253"
    assert found["stratum"] == ntp.stratum
    assert found["uptime"] == "6400 (1/100 of seconds)"
    assert found["last_update"] == "0 sec ago"
    assert found["poll"] == 64


def test_reference_times_count_from_1900(bench: Bench) -> None:
    bench.advance(54)
    text = bench.run("show ntp status")
    match = re.search(r"reference time is ([0-9A-F]{8})\.[0-9A-F]{8} \((.*)\)", text)
    assert match is not None
    assert int(match[1], 16) == int(bench.router.clock.now()) + 2_208_988_800
    assert match[2] == "00:01:04.000 UTC Thu Jan 1 2026"


def test_a_router_that_reached_nobody_says_so(bench: Bench) -> None:
    found = bench.genie("show ntp status")["clock_state"]["system_status"]
    assert (found["status"], found["stratum"]) == ("unsynchronized", 16)
    assert "reference time is 00000000.00000000 (00:00:00.000 UTC Mon Jan 1 1900)\n" in bench.run(
        "show ntp status"
    )
    assert "loopfilter state is 'FREQ' (Drift being measured)" in bench.run("show ntp status")


def test_genie_reads_the_details(bench: Bench) -> None:
    bench.advance(600)
    found = bench.genie("show ntp associations detail")["vrf"]["default"]["associations"]
    (mode,) = found["address"]["192.0.2.253"]["local_mode"]["client"]["isconfigured"].values()
    assert mode["master"] is True
    assert mode["reach"] == "377"
    text = bench.run("show ntp associations detail")
    assert "192.0.2.253 configured, ipv4, our_master, sane, valid, stratum " in text
    assert "assoc in packets 9, assoc out packets 9, assoc error packets 0\n" in text


def test_a_server_that_goes_silent_is_given_up_for_the_other(bench: Bench) -> None:
    bench.advance(600)
    ntp = bench.router.feature(Ntp)
    ntp.answer("192.0.2.253", False)
    bench.advance(64)
    peer = bench.genie("show ntp associations")["peer"]["192.0.2.253"]["local_mode"]["client"]
    assert peer["reach"] == 376
    bench.advance(7 * 64)
    assert ntp.selected is not None
    assert ntp.selected.host == "192.0.2.254"
    assert bench.router.clock_synchronized


def test_a_clock_that_has_lost_all_servers_shows_a_point(bench: Bench) -> None:
    bench.configure("ntp logging")
    bench.advance(600)
    ntp = bench.router.feature(Ntp)
    for host in ("192.0.2.253", "192.0.2.254"):
        ntp.answer(host, False)
    bench.advance(9 * 64)
    assert bench.router.clock_mark == "."
    assert bench.run("show clock").startswith(".")
    mnemonics = [message.mnemonic for message in bench.router.log.messages]
    assert mnemonics[-1] == "UNSYNC"
    assert "PEERSYNC" in mnemonics
    ntp.answer("192.0.2.254", True)
    bench.advance(64)
    assert bench.router.clock_mark == ""


def test_a_lab_without_time_servers_leaves_the_clock_alone() -> None:
    router = make_router(startup=SERVERS, behaviour=DeviceSettings(time_servers=False))
    router.clock.advance(3600)  # type: ignore[attr-defined]
    assert router.clock_mark == "*"
    assert "Clock is unsynchronized" in console(router).run("show ntp status")


def test_a_name_without_an_address_is_never_reached() -> None:
    bench = Bench("isr4451", STARTUP + "ip host near 192.0.2.9\nntp server near\nntp server far\n")
    found = bench.run("show ntp associations")
    assert "*~192.0.2.9 " in found
    assert " ~far             .INIT." in found


def test_the_own_clock_can_be_the_master() -> None:
    bench = Bench("isr4451", STARTUP + "ntp master 4\n")
    text = bench.run("show ntp status")
    assert text.startswith("Clock is synchronized, stratum 4, reference is .LOCL.")
    assert "*~127.127.1.1     .LOCL.           3 " in bench.run("show ntp associations")


def test_without_its_last_server_ntp_ends(bench: Bench) -> None:
    bench.advance(600)
    bench.configure("no ntp server 192.0.2.254\nno ntp server 192.0.2.253")
    assert bench.run("show ntp status") == "%NTP is not enabled.\n"
    assert not bench.router.clock_synchronized


def test_the_lines_split_into_nine_fields(bench: Bench) -> None:
    bench.advance(600)
    rows = [line for line in bench.run("show ntp associations").splitlines() if "~192" in line]
    assert {len(row.split()) for row in rows} == {9}
    assert rows[1].startswith("*~")


def test_a_reload_begins_anew(bench: Bench) -> None:
    bench.advance(600)
    bench.run("write memory")
    bench.reboot()
    assert not bench.router.clock_synchronized
    bench.advance(64)
    assert bench.router.clock_synchronized
