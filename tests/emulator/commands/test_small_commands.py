"""Debugging, AAA, failed logins, time stamps before outputs, connections to others."""

import pytest

from getvpn.emulator.ssh.contracts import SshEvent, SshEventKind

from .readers import PLATFORMS, STARTUP, Bench, refused

RADIUS = "radius server RAD1\n address ipv4 192.0.2.5 auth-port 1645 acct-port 1646\n"


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def failed_login(bench: Bench, user: str, source: str) -> None:
    bench.router.ssh_event(
        SshEvent(
            kind=SshEventKind.LOGIN_FAILED, source=source, tty=0, user=user, cipher="c", mac="m"
        )
    )


# ---- debugging ----


def test_debugging_is_switched_topic_by_topic(bench: Bench) -> None:
    assert bench.run("debug crypto isakmp") == "Crypto ISAKMP debugging is on\n"
    bench.run("debug ntp all")
    text = bench.run("show debugging")
    assert "Cryptographic Subsystem:\n  Crypto ISAKMP debugging is on\n" in text
    assert "NTP:\n  NTP events debugging is on\n" in text
    assert bench.run("no debug crypto isakmp") == "Crypto ISAKMP debugging is off\n"
    assert "ISAKMP" not in bench.run("show debugging")


@pytest.mark.parametrize("command", ["undebug all", "no debug all", "u all"])
def test_all_debugging_is_turned_off_at_once(bench: Bench, command: str) -> None:
    bench.run("debug crypto gdoi")
    assert bench.run(command) == "All possible debugging has been turned off\n"
    assert "GDOI" not in bench.run("show debugging")


def test_debugging_everything_is_asked_about(bench: Bench) -> None:
    shown = bench.console.type(b"debug all\n")
    assert shown.endswith("Continue? (yes/[no]): ")
    bench.console.type(b"\n")
    assert "is on" not in bench.run("show debugging")
    bench.console.type(b"debug all\nyes\n")
    assert "Crypto GDOI debugging is on" in bench.run("show debugging")


def test_a_reload_ends_debugging() -> None:
    bench = Bench("isr2911")
    bench.run("debug ip packet")
    bench.reboot()
    assert bench.run("show debugging") == ""


def test_genie_reads_the_state_of_debugging() -> None:
    found = Bench("c8000v").genie("show debug")
    assert "Stop" in str(found)


# ---- AAA and logins ----


def test_genie_reads_the_servers() -> None:
    bench = Bench("isr4451", STARTUP + RADIUS)
    found = bench.genie("show aaa servers")["radius_server"]
    (server,) = found.values()
    assert (server["host"], server["auth_port"], server["hostname"]) == (
        "192.0.2.5",
        1645,
        "RAD1",
    )
    assert server["quarantined"] == "No"


def test_without_servers_nothing_is_told(bench: Bench) -> None:
    assert bench.run("show aaa servers") == ""


def test_sessions_are_counted(bench: Bench) -> None:
    text = bench.run("show aaa sessions")
    assert text.startswith("Total sessions since last reload: 1\nSession Id: 4000\n")
    assert "   User Name: admin\n   IP Address: 0.0.0.0\n   Idle Time: 0\n" in text


def test_failed_logins_are_listed_by_user_and_place(bench: Bench) -> None:
    assert bench.run("show login failures").startswith("*** No logged failed login attempts")
    for user in ("eve", "eve", "mallory"):
        failed_login(bench, user, "192.0.2.66")
    text = bench.run("show login failures")
    assert text.startswith("Total failed logins: 3\n")
    assert "eve             192.0.2.66      22    2     02:12:01 UTC Fri Jan 2 2026\n" in text


def test_what_a_failed_login_costs_is_told(bench: Bench) -> None:
    assert "Router NOT enabled to watch for login Attacks" in bench.run("show login")
    bench.configure("login block-for 60 attempts 3 within 30\nlogin delay 2")
    failed_login(bench, "eve", "192.0.2.66")
    text = bench.run("show login")
    assert "     A login delay of 2 seconds is applied.\n" in text
    assert "If more than 3 login failures occur in 30 seconds or less" in text
    assert "         Login failures for current window: 1.\n     Total login failures: 1.\n" in text


# ---- terminals ----


def test_time_stamps_come_before_the_output_of_shows(bench: Bench) -> None:
    bench.run("terminal exec prompt timestamp")
    text = bench.run("show clock")
    assert text.startswith("Load for five secs: ")
    assert "\nTime source is hardware calendar, *02:12:01.000 UTC Fri Jan 2 2026\n\n*02:" in text
    assert bench.textfsm("show clock")[0]["time"] == "02:12:01.000"
    assert bench.run("show clock | include nothing").count("\n") == 3
    bench.run("terminal no exec prompt timestamp")
    assert bench.run("show clock").startswith("*02:12:01")


def test_the_history_can_be_switched_off_and_sized(bench: Bench) -> None:
    bench.run("terminal no history")
    bench.run("show clock")
    assert bench.run("show history") == ""
    bench.run("terminal history size 5")
    bench.run("show clock")
    assert "  show clock\n" in bench.run("show history")
    bench.run("terminal no history size")
    assert bench.console.session.line.history.size == 20


# ---- others ----


def test_hosts_that_answer_refuse_telnet_and_ssh(bench: Bench) -> None:
    bench.configure("interface Loopback0\n ip address 10.1.1.1 255.255.255.255")
    assert bench.run("telnet 10.1.1.1 2001") == (
        "Trying 10.1.1.1, 2001 ... \n% Connection refused by remote host\n"
    )
    assert bench.run("ssh -l admin 10.1.1.1") == "\n% Connection refused by remote host\n"


def test_hosts_without_a_route_are_not_tried(bench: Bench) -> None:
    assert bench.run("telnet 10.9.9.9").endswith(
        "% Destination unreachable; gateway or host down\n"
    )


def test_silent_hosts_are_given_up_after_thirty_seconds(bench: Bench) -> None:
    port = bench.router.platform.hardware.interfaces[1]
    bench.configure(f"interface {port}\n ip address 192.0.2.1 255.255.255.0\n no shutdown")
    bench.console.type(b"telnet 192.0.2.77\n")
    bench.advance(30)
    assert "% Connection timed out; remote host not responding\n" in bench.console.take()


def test_unknown_names_are_told(bench: Bench) -> None:
    assert bench.run("telnet nowhere").endswith("unable to find computer address\n")
    assert refused(bench.run("debug nonsense"))
