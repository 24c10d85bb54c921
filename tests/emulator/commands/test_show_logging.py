"""The log: what each destination got, what is in the buffer, what users put there."""

import pytest

from getvpn.emulator.testing import Console, console

from .readers import PLATFORMS, STARTUP, Bench

STAMPS = "service timestamps log datetime msec\n"
HOSTS = (
    "logging host 192.0.2.7\nlogging host 192.0.2.8 vrf MGMT transport tcp port 1514\n"
    "logging source-interface Loopback0\n"
)


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param, STARTUP + STAMPS)


def test_genie_reads_the_destinations_and_their_counters(bench: Bench) -> None:
    log = bench.router.log
    found = bench.genie("show logging")
    logging = found["syslog_logging"]["enabled"]["counters"]
    assert logging["messages_dropped"] == 0
    kinds = found["logging"]
    assert kinds["buffer"]["messages_logged"] == log.counts["buffer"] == len(log.messages)
    assert kinds["buffer"]["level"] == "debugging"
    assert kinds["monitor"]["messages_logged"] == 0
    assert kinds["trap"]["level"] == "informational"
    assert kinds["trap"]["message_lines_logged"] == log.counts["trap"] > 0
    assert found["log_buffer_bytes"] == 4096


def test_genie_and_the_template_read_the_messages(bench: Bench) -> None:
    lines = [message.line for message in bench.router.log.messages]
    assert bench.genie("show logging")["logs"] == lines
    rows = bench.textfsm("show logging")
    assert [(row["facility"], row["mnemonic"]) for row in rows] == [
        (message.facility, message.mnemonic) for message in bench.router.log.messages
    ]


def test_genie_reads_the_servers(bench: Bench) -> None:
    bench.configure("vrf definition MGMT\n" + HOSTS)
    servers = bench.genie("show logging")["logging"]["trap"]["logging_to"]
    first, second = servers["192.0.2.7"], servers["192.0.2.8"]
    assert (first["protocol"], first["port"]) == ("udp", 514)
    assert (second["protocol"], second["port"], second["vrf"]) == ("tcp", 1514, "MGMT")
    # the server's own line and those behind it
    assert first["message_lines_logged"] == bench.router.log.hosts["192.0.2.7"] > 0
    assert "Logging to host 192.0.2.8 port 1514 started - CLI initiated" in bench.run(
        "show logging"
    )


def test_destinations_can_be_off_or_have_levels(bench: Bench) -> None:
    bench.configure("no logging console\nlogging monitor errors\nlogging trap warnings")
    before = dict(bench.router.log.counts)
    bench.router.log.add("SYS", 5, "RESTART", "x")
    bench.router.log.add("SYS", 3, "CPUHOG", "x")
    after = bench.router.log.counts
    assert after["trap"] == before["trap"] + 1
    assert after["console"] == before["console"]
    text = bench.run("show logging")
    assert "    Console logging: disabled\n" in text
    assert "    Monitor logging: level errors, 0 messages logged" in text
    assert f"    Trap logging: level warnings, {after['trap']} message lines logged\n" in text


def test_without_a_buffer_no_buffer_is_shown(bench: Bench) -> None:
    bench.configure("no logging buffered")
    text = bench.run("show logging")
    assert "Log Buffer" not in text
    assert "    Buffer logging:  disabled, xml disabled,\n" in text


def test_the_buffer_keeps_the_newest_messages(bench: Bench) -> None:
    bench.configure("logging buffered 4096")
    for number in range(100):
        bench.router.log.add("SYS", 5, "TEST", f"message {number} {'x' * 50}")
    text = bench.run("show logging").partition("Log Buffer (4096 bytes):\n\n")[2]
    assert text.endswith(f"message 99 {'x' * 50}\n")
    assert 3900 < len(text) <= 4096


def test_messages_can_be_numbered(bench: Bench) -> None:
    bench.configure("service sequence-numbers")
    bench.router.log.add("SYS", 5, "TEST", "numbered")
    number = bench.router.log.messages[-1].number
    assert number > 1
    assert f"\n{number:06}: *Jan  2 02:12:01.000: %SYS-5-TEST: numbered\n" in bench.run(
        "show logging"
    )
    assert bench.textfsm("show logging")[-1]["number"] == f"{number:06}"


def test_clearing_asks_first(bench: Bench) -> None:
    shown = bench.console.type(b"clear logging\n")
    assert shown == "clear logging\nClear logging buffer [confirm]"
    bench.console.type(b"n")
    assert bench.router.log.messages
    bench.console.type(b"clear logging\n\n")
    assert bench.run("show logging").endswith("Log Buffer (4096 bytes):\n\n")
    assert bench.router.log.counts["buffer"] > 0


def test_users_write_into_the_log(bench: Bench) -> None:
    bench.run("send log 4 look here")
    assert bench.router.log.messages[-1].line.endswith(
        "%SYS-4-USERLOG_WARNING: Message from tty0(user id: admin): look here"
    )
    bench.run("send log all done")
    assert "%SYS-7-USERLOG_DEBUG: " in bench.router.log.messages[-1].line


def test_a_monitoring_terminal_counts_and_sees(bench: Bench) -> None:
    other: Console = console(bench.router)
    other.run("terminal monitor")
    bench.router.log.add("SYS", 5, "TEST", "seen")
    assert "%SYS-5-TEST: seen" in other.take()
    assert bench.router.log.counts["monitor"] == 1
