"""The lines of a router: who is there, how they are set up, how users meet."""

import re

import pytest

from .readers import PLATFORMS, STARTUP, Bench, refused
from .visitors import Visitor

LINES = (
    "line con 0\n location rack 4\n"
    "line vty 0 4\n exec-timeout 5 30\n login local\n transport input ssh\n length 30\n"
)
FIRST_VTY = {"isr4451": 2, "c8000v": 2, "isr2911": 388}


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param, STARTUP + LINES)


def test_users_are_told_with_their_lines_and_idle_times(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    bench.advance(65)
    bench.console.type(b"\n")
    number = bench.router.platform.hardware.first_vty
    text = bench.run("show users")
    assert f"{number:4} vty 0     oper       idle                 00:01:05 192.0.2.9\n" in text
    assert re.search(r"^\*  0 con 0 +idle +00:00:00", text, re.MULTILINE)
    assert bench.run("who") == text
    assert visitor.type(b"show users\n").count("*") == 1

    rows = bench.textfsm("show users")
    assert rows[1]["user"] == "oper"
    assert rows[1]["location"] == "192.0.2.9"
    assert rows[1]["line"] == f"{number} vty 0"


def test_genie_reads_the_users() -> None:
    bench = Bench("isr4451", STARTUP + LINES)
    Visitor(bench.router)
    found = bench.genie("show users")["line"]
    (vty,) = (row for row in found.values() if row.get("user") == "oper")
    assert vty["location"] == "192.0.2.9"


def test_unused_lines_are_told_on_request(bench: Bench) -> None:
    text = bench.run("show users all")
    assert " aux 0 " in text
    assert text.count(" vty ") == 5


def test_genie_reads_the_lines_and_how_often_they_were_used() -> None:
    bench = Bench("isr4451", STARTUP + LINES)
    for _ in range(3):
        Visitor(bench.router).type(b"exit\n")
    found = bench.genie("show line")["tty"]
    assert found["2"]["type"] == "VTY"
    assert found["2"]["uses"] == 3
    assert found["0"] | {"active": True, "type": "CTY"} == found["0"]
    assert (found["1"]["tx"], found["1"]["rx"]) == (9600, 9600)


def test_line_numbers_that_the_hardware_lacks_are_told() -> None:
    text = Bench("isr2911", STARTUP + LINES).run("show line")
    assert "\nLine(s) not in async mode -or- with no hardware support: \n3-387\n" in text


def test_genie_reads_the_terminal(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    visitor.type(b"terminal length 0\nterminal width 132\n")
    text = visitor.type(b"show terminal\n").partition("\n")[2]
    assert "Length: 0 lines, Width: 132 columns\nBaud rate (TX/RX) is 9600/9600\nStatus:" in text
    assert "Allowed input transports are ssh.\n" in text
    assert re.search(r"\n +00:05:30 +never +none +not set\n", text)
    number = bench.router.platform.hardware.first_vty
    assert f'Line {number}, Location: "", Type: ""\n' in text
    if bench.router.family == "xe":
        found = bench.genie("show terminal")
        assert found["location"] == "rack 4"
        assert (found["length"], found["width"]) == (0, 511)
        assert found["input_transport"] == ["none"]


def test_a_line_that_nobody_uses_is_shown_by_its_settings(bench: Bench) -> None:
    text = bench.run("show line vty 3")
    number = bench.router.platform.hardware.first_vty + 3
    assert f"\n{number:6}{number:5} VTY " in text
    assert "Length: 30 lines, Width: 80 columns\n" in text
    assert bench.run(f"show line {number}") == text
    assert refused(bench.run("show line vty 9"))


def test_clearing_a_line_ends_its_session(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    shown = bench.console.type(b"clear line vty 0\n")
    assert shown.endswith("\n[confirm]")
    assert not visitor.closed
    assert bench.console.type(b"\n") == "\n [OK]\nKS1#"
    assert visitor.closed
    assert bench.router.lines.vty_free()


def test_clearing_can_be_called_off(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    bench.console.type(b"clear line vty 0\nn")
    assert not visitor.closed


def test_ones_own_line_cannot_be_cleared(bench: Bench) -> None:
    assert bench.run("clear line 0") == "% Not allowed to clear current line\n"


def test_an_ssh_connection_is_ended_by_its_line(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    bench.run("disconnect ssh vty 0")
    assert visitor.closed


def test_messages_reach_other_terminals(bench: Bench) -> None:
    visitor = Visitor(bench.router)
    bench.console.type(b"send *\n")
    shown = bench.console.type(b"reload\nsoon\x1a")
    assert shown == "reload\nsoon^Z\nSend message? [confirm]"
    bench.console.type(b"\n")
    assert (
        "***\n***\n*** Message from tty0 to all terminals:\n***\nreload\nsoon\n" in visitor.take()
    )


def test_a_message_goes_to_one_line_or_to_nobody(bench: Bench) -> None:
    first, second = Visitor(bench.router), Visitor(bench.router)
    bench.console.type(b"send vty 1\nhello\x1a\n")
    assert "hello" in second.take()
    assert "hello" not in first.take()
    bench.console.type(b"send *\nhello\x03")
    assert bench.console.prompt == "KS1#"
    assert "hello" not in first.take()
    assert refused(bench.run("send 77"))


def test_sessions_to_others_are_none(bench: Bench) -> None:
    assert bench.run("show sessions") == "% No connections open\n"
    assert bench.run("disconnect 1") == "% No connections open\n"
