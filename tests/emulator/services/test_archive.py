"""What the archive does by itself: with each save, in its time, when a change is not confirmed."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.services.archive import Archive
from getvpn.emulator.testing import START, Console, console, make_router

STARTUP = "hostname KS1\nline con 0\n exec-timeout 0 0\narchive\n path flash:arch\n maximum 3\n"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def router(clock: ManualClock) -> Router:
    return make_router("KS1", startup=STARTUP, clock=clock)


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


def saved(router: Router) -> list[str]:
    return router.feature(Archive).files


def test_every_save_goes_to_the_archive_too_if_it_shall(router: Router, con: Console) -> None:
    con.run("write memory")
    assert saved(router) == []
    con.configure("archive\nwrite-memory\n")
    con.run("write memory")
    con.type(b"copy running-config startup-config\n\n")
    assert len(saved(router)) == 2
    assert router.files.exists(saved(router)[0])
    assert " Archive #  Name\n   1        flash:arch-Jan--1-" in con.run("show archive")


def test_as_many_files_are_kept_as_are_configured(router: Router, con: Console) -> None:
    con.configure("archive\nwrite-memory\n")
    for _ in range(5):
        con.run("write memory")
    assert [name[-2:] for name in saved(router)] == ["-2", "-3", "-4"]
    assert con.run("dir flash: | count arch-") == "Number of lines which match regexp = 3\n"


def test_a_save_succeeds_without_room_for_its_archive_file(router: Router, con: Console) -> None:
    con.configure("archive\nwrite-memory\npath flash:/nowhere/arch\n")
    assert con.run("write memory") == "Building configuration...\n[OK]\n"
    assert saved(router) == []


def test_the_configuration_is_archived_in_every_period(
    router: Router, con: Console, clock: ManualClock
) -> None:
    con.configure("archive\ntime-period 10\n")
    clock.advance(599)
    assert saved(router) == []
    clock.advance(1)
    assert len(saved(router)) == 1
    clock.advance(600)
    assert len(saved(router)) == 2
    con.configure("archive\ntime-period 60\n")
    clock.advance(3599)
    assert len(saved(router)) == 2
    con.configure("archive\nno time-period\n")
    clock.advance(36_000)
    assert len(saved(router)) == 2


def test_a_period_counts_from_the_boot(clock: ManualClock) -> None:
    router = make_router("KS1", startup=STARTUP + " time-period 10\n", clock=clock)
    clock.advance(600)
    assert len(saved(router)) == 1
    router.power_off()
    clock.advance(6000)


def test_the_user_is_warned_a_minute_before_his_change_is_taken_back(
    con: Console, clock: ManualClock
) -> None:
    con.type(b"configure terminal revert timer 2\nhostname R2\nhost")
    clock.advance(60)
    assert con.take() == (
        "\nRollback Confirmed Change: Rollback will begin in one minute.\n"
        'Enter "configure confirm" if you wish to keep what you\'ve configured\n'
        "R2(config)#host"
    )
    clock.advance(60)
    con.type(b"\x15")
    assert con.type(b"\n").endswith("KS1(config)#")


def test_a_backup_that_is_gone_does_not_stop_the_clock(
    router: Router, con: Console, clock: ManualClock
) -> None:
    con.type(b"configure terminal revert timer 1\nhostname R2\nend\n")
    for name in saved(router):
        router.files.delete(name)
    clock.advance(60)
    assert router.hostname == "R2"
    assert con.run("show archive config rollback timer") == (
        "%No Rollback Confirmed Change pending\n"
    )


def test_so_many_commands_are_logged_as_are_configured(con: Console) -> None:
    con.configure("archive\nlog config\nlogging enable\nlogging size 3\n")
    con.configure("".join(f"hostname R{number}\n" for number in range(6)))
    lines = con.run("show archive log config all").splitlines()
    assert [line.split("|")[1] for line in lines[1:]] == [
        "hostname R3",
        "hostname R4",
        "hostname R5",
    ]
    assert [line.split()[0] for line in lines[1:]] == ["6", "7", "8"]
