"""One user changes the configuration, the others wait."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import Console, console, make_router

from .readers import PLATFORMS, Bench
from .visitors import Visitor

ENTERING = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
TAKEN = (
    "Configuration mode locked exclusively. "
    "The lock will be cleared once you exit out of configuration mode using end/exit\n\n"
)


def two(startup: str = "") -> tuple[Router, Console, Visitor]:
    router = make_router("R1", startup=f"hostname R1\n{startup}")
    return router, console(router), Visitor(router)


def refused(text: str, user: str = "admin", tty: int = 0) -> bool:
    end = f"user '{user}' from terminal '{tty}'. Please try later.\n"
    return "Configuration mode is locked by process '" in text and end in text


def test_without_a_lock_several_users_configure_at_once() -> None:
    router, con, other = two()
    con.run("configure terminal", "interface Loopback1")
    other.type(b"configure terminal\ninterface Loopback2\n")
    con.run("description one")
    other.type(b"description two\n")
    lines = router.running_lines()
    assert lines[lines.index("interface Loopback1") + 1] == " description one"
    assert lines[lines.index("interface Loopback2") + 1] == " description two"


def test_configure_terminal_lock_keeps_others_out() -> None:
    _, con, other = two("configuration mode exclusive manual\n")
    assert con.run("configure terminal lock") == TAKEN + ENTERING
    assert refused(other.type(b"configure terminal\n"))
    assert refused(other.type(b"configure terminal lock\n"))
    con.run("hostname R2", "end")
    assert ENTERING in other.type(b"configure terminal\n")


def test_an_automatic_lock_is_taken_by_whoever_configures() -> None:
    _, con, other = two("configuration mode exclusive auto\n")
    assert con.run("configure terminal") == TAKEN + ENTERING
    assert refused(other.type(b"configure terminal\n"))
    con.run("end")
    assert TAKEN + ENTERING in other.type(b"configure terminal\n")
    assert refused(con.run("configure terminal"), "oper", 2)


@pytest.mark.parametrize(
    "command", [b"configure memory\n", b"configure replace nvram:startup-config force\n"]
)
def test_no_other_way_into_the_configuration_is_left(command: bytes) -> None:
    _, con, other = two()
    con.run("write memory", "configure terminal lock")
    assert refused(other.type(command))
    assert refused(other.type(b"copy startup-config running-config\n\n"))


def test_who_was_configuring_before_can_enter_nothing_more() -> None:
    router, con, other = two()
    other.type(b"configure terminal\n")
    con.run("configure terminal lock")
    assert refused(other.type(b"hostname R9\n"))
    assert router.hostname == "R1"
    con.run("end")
    other.type(b"hostname R9\n")
    assert router.hostname == "R9"


def test_the_lock_goes_with_the_session_that_holds_it() -> None:
    _, con, other = two()
    other.type(b"configure terminal lock\n")
    other.session.hangup()
    assert con.run("configure terminal") == ENTERING


def test_a_lock_expires_when_its_holder_types_nothing() -> None:
    router, con, other = two("configuration mode exclusive auto expire 60\n")
    con.run("configure terminal")
    router.clock.advance(50)  # type: ignore[attr-defined]
    con.run("interface Loopback1")
    router.clock.advance(50)  # type: ignore[attr-defined]
    assert refused(other.type(b"configure terminal\n"))
    router.clock.advance(11)  # type: ignore[attr-defined]
    assert ENTERING in other.type(b"configure terminal\n")


def test_a_lock_can_be_cleared() -> None:
    _, con, other = two()
    assert con.run("clear configuration lock") == "Parser Config not locked.\n"
    other.type(b"configure terminal lock\n")
    asked = con.type(b"clear configuration lock\n")
    assert "> is holding the EXCLUSIVE lock.\n" in asked
    assert asked.endswith("Do you want to clear the lock?[confirm]")
    con.type(b"\n")
    assert "The configuration lock was cleared by user <admin> from terminal <0>" in other.take()
    assert con.run("configure terminal") == ENTERING


@pytest.mark.parametrize("platform", PLATFORMS)
def test_genie_reads_who_holds_the_lock(platform: str) -> None:
    bench = Bench(platform)
    free = bench.genie("show configuration lock")["parser_configure_lock"]["owner_pid"][-1]
    assert (free["type"], free["state"], free["tty"]) == ("NO LOCK", "FREE", -1)

    visitor = Visitor(bench.router)
    visitor.type(b"configure terminal lock\n")
    bench.advance(7)
    locks = bench.genie("show configuration lock")["parser_configure_lock"]["owner_pid"]
    ((pid, held),) = locks.items()
    assert pid > 0
    assert held["user"] == "oper"
    assert held["tty"] == bench.router.platform.hardware.first_vty
    assert (held["type"], held["state"], held["class"]) == ("EXCLUSIVE", "LOCKED", "EXPOSED")
    assert held["user_debug_info"] == "configure terminal lock"
    assert held["lock_active_time_in_sec"] == 7
    assert held["lock_expiration_timer_in_sec"] == 593


def test_genie_reads_who_is_configuring_without_a_lock() -> None:
    bench = Bench("c8000v")
    visitor = Visitor(bench.router)
    visitor.type(b"configure terminal\n")
    bench.advance(5)
    sessions = bench.genie("show configuration lock")["config_session_lock"]["owner_pid"]
    ((_, held),) = sessions.items()
    assert held == {
        "tty_number": 2,
        "tty_username": "oper",
        "user_debug_info": "CLI Session Lock",
        "lock_active_time_in_sec": 5,
    }


def test_the_way_of_locking_is_kept() -> None:
    line = "configuration mode exclusive auto expire 120 lock-show"
    assert line in make_router(startup=f"{line}\n").running_lines()
