"""Ping and traceroute: what answers, what does not, and how long that takes."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Interface

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.services.chassis import Peer
from getvpn.emulator.services.interfaces import Interfaces

from .readers import PLATFORMS, Bench, read_by_genie, read_by_textfsm
from .visitors import Visitor

PORTS = {
    "isr4451": "GigabitEthernet0/0/0",
    "c8000v": "GigabitEthernet1",
    "isr2911": "GigabitEthernet0/0",
}
CTRL_SHIFT_6 = b"\x1e"


def startup(platform: str) -> str:
    return (
        "hostname KS1\nip host gm 192.0.2.9\n"
        "interface Loopback0\n ip address 10.255.0.1 255.255.255.255\n"
        f"interface {PORTS[platform]}\n ip address 192.0.2.1 255.255.255.0\n no shutdown\n"
        "ip route 0.0.0.0 0.0.0.0 192.0.2.254\n"
    )


class Segment:
    """A network with a member and a gateway, behind which one host answers."""

    def peers(self, router: Router, interface: str) -> Sequence[Peer]:
        return [
            Peer(address=address, mac="aabb.cc00.0100", learned_at=0)
            for address in ("192.0.2.9", "192.0.2.254")
        ]

    def lease(self, router: Router, interface: str) -> IPv4Interface | None:
        return None

    def hops(
        self, router: Router, interface: str, next_hop: str, destination: str
    ) -> Sequence[str] | None:
        return ["198.51.100.1", destination] if destination == "203.0.113.7" else None


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    found = Bench(request.param, startup(request.param))
    found.router.chassis.network = Segment()
    return found


def finish(bench: Bench, command: str, seconds: float = 60) -> str:
    """What a command prints that takes time."""
    text = bench.console.type(f"{command}\n".encode())
    bench.advance(seconds)
    text += bench.console.take()
    assert text.endswith(bench.console.prompt)
    return text.partition("\n")[2].removesuffix(bench.console.prompt)


def test_own_addresses_answer_at_once(bench: Bench) -> None:
    text = finish(bench, "ping 10.255.0.1")
    assert text == (
        "Type escape sequence to abort.\n"
        "Sending 5, 100-byte ICMP Echos to 10.255.0.1, timeout is 2 seconds:\n"
        "!!!!!\n"
        "Success rate is 100 percent (5/5), round-trip min/avg/max = 1/1/1 ms\n"
    )


@pytest.mark.parametrize("target", ["192.0.2.9", "gm", "203.0.113.7"])
def test_what_the_lab_has_answers(bench: Bench, target: str) -> None:
    text = finish(bench, f"ping {target} timeout 2 size 100 repeat 5 source Loopback0")
    assert "Packet sent with a source address of 10.255.0.1 \n!!!!!\n" in text
    assert re.search(r"\(5/5\), round-trip min/avg/max = \d+/\d+/\d+ ms\n$", text)
    (row,) = read_by_textfsm("ping", text)
    assert (row["success_pct"], row["source"]) == ("100", "10.255.0.1")
    if bench.router.family == "xe":
        found = read_by_genie(bench.router.platform.name, "ping 192.0.2.9", text)["ping"]
        assert found["statistics"]["success_rate_percent"] == 100.0


def test_what_nobody_has_times_out_in_virtual_time(bench: Bench) -> None:
    before = bench.router.clock.now()
    bench.console.type(b"ping 192.0.2.77 repeat 3 timeout 4\n")
    bench.advance(4)
    assert bench.console.take() == "."
    bench.advance(8)
    assert bench.console.take().startswith("..\nSuccess rate is 0 percent (0/3)\n")
    assert bench.router.clock.now() == before + 12


def test_the_escape_sequence_ends_it(bench: Bench) -> None:
    bench.console.type(b"ping 192.0.2.77 repeat 1000\n")
    bench.advance(7)
    text = bench.console.take() + bench.console.type(CTRL_SHIFT_6)
    assert text == "...\nSuccess rate is 0 percent (0/4)\nKS1#"
    assert bench.run("show clock").startswith("*")


def test_other_sessions_go_on_meanwhile(bench: Bench) -> None:
    bench.console.type(b"ping 192.0.2.77 repeat 1000\n")
    assert "UTC" in Visitor(bench.router).type(b"show clock\n")


def test_marks_are_broken_into_lines(bench: Bench) -> None:
    text = finish(bench, "ping 10.255.0.1 repeat 141")
    rows = re.findall(r"^!+$", text, re.MULTILINE)
    assert [len(row) for row in rows] == [70, 70, 1]


def test_an_interface_that_is_down_does_not_answer(bench: Bench) -> None:
    bench.configure(f"interface {PORTS[bench.router.platform.name]}\n shutdown")
    assert "(0/5)" in finish(bench, "ping 192.0.2.1")
    assert "(0/5)" in finish(bench, "ping 192.0.2.9")


def test_packets_that_are_too_long_and_must_not_be_cut_are_refused(bench: Bench) -> None:
    assert "!!!!!" in finish(bench, "ping 192.0.2.9 size 1500 df-bit")
    text = finish(bench, "ping 192.0.2.9 size 1501 df-bit")
    assert "Packet sent with the DF bit set\nMMMMM\n" in text


def test_pings_are_counted_by_their_interface(bench: Bench) -> None:
    port = PORTS[bench.router.platform.name]
    interfaces = bench.router.feature(Interfaces)
    interfaces.clear_counters()
    bench.router.chassis.unplug("nothing")
    before = interfaces.counters(port).packets_out
    text = bench.console.type(b"ping 192.0.2.9\n")
    bench.advance(0.1)
    assert "!!!!!" in text + bench.console.take()
    assert interfaces.counters(port).packets_out >= before + 5


def test_wrong_sources_and_names_are_refused(bench: Bench) -> None:
    assert bench.run("ping 192.0.2.9 source 203.0.113.1").startswith("% Invalid source.")
    assert bench.run("ping 192.0.2.9 source Loopback7").startswith("% Invalid source.")
    assert bench.run("ping nowhere") == (
        'Translating "nowhere"...domain server (255.255.255.255)\n'
        "% Unrecognized host or address, or protocol not running.\n"
    )
    bench.configure("no ip domain lookup")
    assert bench.run("ping nowhere").startswith("% Unrecognized host or address")


def test_vrfs_have_addresses_of_their_own(bench: Bench) -> None:
    bench.configure(
        "vrf definition RED\n address-family ipv4\ninterface Loopback5\n vrf forwarding RED\n"
        " ip address 10.5.5.5 255.255.255.255\n"
    )
    assert "!!!!!" in finish(bench, "ping vrf RED 10.5.5.5")
    assert "(0/5)" in finish(bench, "ping 10.5.5.5")


def test_a_ping_without_arguments_asks_for_them(bench: Bench) -> None:
    answers = [b"ping\n", b"\n", b"10.255.0.1\n", b"3\n", b"200\n", b"\n", b"n\n", b"n\n"]
    text = "".join(bench.console.type(answer) for answer in answers)
    bench.advance(1)
    text += bench.console.take()
    for question in (
        "Protocol [ip]: ",
        "Target IP address: ",
        "Repeat count [5]: ",
        "Datagram size [100]: ",
        "Timeout in seconds [2]: ",
        "Extended commands [n]: ",
        "Sweep range of sizes [n]: ",
    ):
        assert question in text
    assert "Sending 3, 200-byte ICMP Echos to 10.255.0.1, timeout is 2 seconds:\n!!!\n" in text


def test_extended_questions_set_source_and_df_bit(bench: Bench) -> None:
    classic = bench.router.family == "classic"
    answers = ["ping", "", "192.0.2.9", "2", "", "", "y"]
    answers += [] if classic else ["n"]
    answers += ["Loopback0", *([] if classic else [""]), "", "y", "", "", "", "n"]
    text = "".join(bench.console.type(f"{answer}\n".encode()) for answer in answers)
    bench.advance(1)
    text += bench.console.take()
    assert "Packet sent with a source address of 10.255.0.1 \n" in text
    assert "Packet sent with the DF bit set\n" in text
    assert "(2/2)" in text


def test_a_sweep_sends_every_size(bench: Bench) -> None:
    answers = ["ping", "", "10.255.0.1", "2", "", "", "n", "y", "36", "40", "2"]
    text = "".join(bench.console.type(f"{answer}\n".encode()) for answer in answers)
    bench.advance(1)
    text += bench.console.take()
    assert "Sending 6, [36..40]-byte ICMP Echos to 10.255.0.1" in text


def test_a_wrong_address_ends_the_questions(bench: Bench) -> None:
    text = "".join(bench.console.type(answer) for answer in (b"ping\n", b"\n", b"300.1.1.1\n"))
    assert text.endswith("% Bad IP address\nKS1#")


def test_a_trace_tells_every_hop(bench: Bench) -> None:
    text = finish(bench, "traceroute 203.0.113.7 source 192.0.2.1 ttl 0 255 timeout 2")
    assert text.startswith("Type escape sequence to abort.\nTracing the route to 203.0.113.7\n")
    hops = re.findall(r"\n\s+([0-9]{1,3})\s(\S+) \d+ msec \d+ msec \d+ msec", text)
    assert hops == [("1", "192.0.2.254"), ("2", "198.51.100.1"), ("3", "203.0.113.7")]
    rows = read_by_textfsm("traceroute", text)
    assert [row["ip_address"] for row in rows] == [hop[1] for hop in hops]


def test_a_trace_to_nobody_ends_after_thirty_hops(bench: Bench) -> None:
    text = finish(bench, "traceroute 203.0.113.9 timeout 1", seconds=100)
    assert text.count(" * ") == 90
    assert "\n 30 " in text


def test_a_trace_can_be_stopped_and_asks_on_request(bench: Bench) -> None:
    bench.console.type(b"traceroute 203.0.113.9\n")
    bench.advance(4)
    assert bench.console.type(CTRL_SHIFT_6).endswith("\nKS1#")
    text = bench.console.type(b"traceroute\n\n192.0.2.9\n")
    assert "Target IP address: " in text
    text = bench.console.type(b"\n" * 12)
    bench.advance(10)
    text += bench.console.take()
    assert re.search(r"\n  1 192\.0\.2\.9 \d+ msec \d+ msec \d+ msec\n", text)
