"""Packets that routers of labs send each other: they go through the groups, and are counted."""

import re
from pathlib import Path

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.testing import Console, console

BOOTED_S = 120.0
TEK_S = 3600
LAN1, LAN2 = "10.1.1.1", "10.1.2.1"
WAN1, WAN2 = "198.51.100.1", "198.51.100.5"
PING = f"ping {LAN2} source {LAN1}"
LOCAL = """\
ip access-list extended MINE
 10 deny udp any any eq 5000
 20 deny icmp any any
crypto map GETVPN-MAP 10 gdoi
 match address MINE
"""


class Bench:
    """A lab of two key servers and two members, and consoles on its routers."""

    def __init__(self, folder: Path, more: str = "") -> None:
        for name, text in generate(LabPlan(members=2, tek_s=TEK_S)).items():
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            place.write_text(text + more if name == "lab.yml" else text)
        self.lab = Lab(folder / "lab.yml")
        self.lab.advance(BOOTED_S)
        self._consoles: dict[str, Console] = {}

    def run(self, name: str, line: str, seconds: float = 60) -> str:
        """What a command prints on a router within some time."""
        if name not in self._consoles or self._consoles[name].closed:
            self._consoles[name] = console(self.lab[name])
        terminal = self._consoles[name]
        said = terminal.type(f"{line}\n".encode())
        self.lab.advance(seconds)
        return said + terminal.take()

    def rate(self, line: str = PING, name: str = "GM1") -> int:
        """The percentage of answers."""
        found = re.search(r"Success rate is (\d+) percent", self.run(name, line))
        assert found is not None
        return int(found[1])

    def counted(self, name: str) -> tuple[int, int]:
        """Packets that the flow of the group has encapsulated and decapsulated."""
        text = self.run(name, "show crypto ipsec sa", 0)
        flow = text[text.index("local  ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)") :]
        sent, received = re.findall(r"#pkts (?:encaps|decaps): (\d+)", flow)[:2]
        return int(sent), int(received)

    def logged(self, name: str, mnemonic: str) -> int:
        """How many messages there are."""
        return self.run(name, "show logging", 0).count(mnemonic)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# ---- ping ----


def test_a_ping_from_site_to_site_is_encrypted_and_counted_at_both_ends(bench: Bench) -> None:
    assert bench.rate() == 100
    assert bench.counted("GM1") == (5, 5)
    assert bench.counted("GM2") == (5, 5)
    dataplane = bench.run("GM1", "show crypto gdoi gm dataplane counters", 0)
    assert re.search(r"#pkts encrypt +: 5 +#pkts decrypt +: 5", dataplane)


def test_a_ping_beside_the_policy_travels_in_clear_and_is_not_counted(bench: Bench) -> None:
    assert bench.rate(f"ping {WAN2}") == 100
    assert bench.rate("ping 203.0.113.1") == 100
    assert bench.counted("GM1") == (0, 0)


def test_the_source_decides_whether_the_policy_means_a_ping(bench: Bench) -> None:
    assert bench.rate(f"ping {LAN2}") == 100
    assert bench.counted("GM1") == (0, 0)


def test_without_keys_pings_of_the_policy_get_lost_and_others_do_not(bench: Bench) -> None:
    bench.lab.kill("KS1")
    bench.lab.kill("KS2")
    bench.lab.advance(TEK_S)
    assert bench.rate() == 0
    assert bench.rate(f"ping {WAN2}") == 100
    dataplane = bench.run("GM1", "show crypto gdoi gm dataplane counters", 0)
    assert re.search(r"#pkts no sa \(send\) +: 5 ", dataplane)
    assert re.search(r"#send errors 5", bench.run("GM1", "show crypto ipsec sa", 0))


def test_what_one_side_lets_pass_in_clear_the_other_drops(bench: Bench) -> None:
    console(bench.lab["GM1"]).configure(LOCAL)
    bench.lab.advance(1)
    assert bench.rate() == 0
    assert bench.counted("GM2") == (0, 0)
    console(bench.lab["GM2"]).configure(LOCAL)
    bench.lab.advance(1)
    assert bench.rate() == 100
    assert bench.counted("GM1") == (0, 0)


def test_lines_of_the_own_list_count_the_packets_that_they_exempt(bench: Bench) -> None:
    for name in ("GM1", "GM2"):
        console(bench.lab[name]).configure(LOCAL)
    bench.lab.advance(1)
    bench.rate()
    shown = bench.run("GM1", "show access-lists MINE", 0)
    assert "20 deny icmp any any (5 matches)" in shown
    assert "10 deny udp any any eq 5000\n" in shown


def test_a_member_that_lacks_the_new_key_logs_it_and_drops_the_ping(bench: Bench) -> None:
    bench.lab.partition(["GM2"])
    bench.run("KS1", "crypto gdoi ks rekey replace-now")
    bench.lab.heal()
    bench.lab.advance(1)
    spis = {
        name: bench.lab[name].feature(Gdoi).members[0].teks[-1].tek.spi for name in ["GM1", "GM2"]
    }
    assert len(set(spis.values())) == 2
    assert bench.rate() == 0
    assert bench.logged("GM2", "%CRYPTO-4-RECVD_PKT_INV_SPI") == 1
    dataplane = bench.run("GM2", "show crypto gkm gm dataplane counters", 0)
    assert re.search(r"#pkts invalid sa \(rcv\) +: 5", dataplane)
    sent, received = bench.counted("GM1")
    assert (sent, received) == (5, 0)


def test_a_member_whose_time_is_wrong_is_not_heard(bench: Bench) -> None:
    member = bench.lab["GM1"].feature(Gdoi).members[0]
    assert member.pseudotime_offset is not None
    member.pseudotime_offset += 60
    assert bench.rate() == 0
    assert bench.logged("GM2", "%GDOI-4-TIMEBASED_REPLAY_FAILED") == 1
    assert "Input Error Packets : 5" in bench.run("GM2", "show crypto gkm gm replay", 0)
    shown = bench.run("GM2", "show crypto ipsec sa", 0)
    assert re.search(r"#recv errors 5", shown)


# ---- sizes ----


def test_a_large_ping_fits_whole_only_where_the_network_has_room_for_what_is_added(
    bench: Bench,
) -> None:
    whole = f"{PING} size 1500 df-bit"
    assert bench.rate(whole) == 100
    for name in ("GM1", "GM2"):
        bench.lab.line(name, mtu=1500)
    assert bench.rate(f"{PING} size 1500") == 100
    assert bench.rate(f"ping {WAN2} size 1500 df-bit") == 100
    text = bench.run("GM1", whole)
    assert "0 percent" in text
    assert "MMMMM" in text
    assert bench.rate(f"{PING} size 1400 df-bit") == 100


# ---- other packets ----


def test_traceroute_and_telnet_obey_the_policy_too(bench: Bench) -> None:
    trace = f"traceroute {LAN2} source {LAN1}"
    assert LAN2 in bench.run("GM1", trace, 120)
    # three probes for each of two routers of the provider, which answer in clear, and the end
    assert bench.counted("GM1") == (9, 3)
    telnet = f"telnet {LAN2} /source-interface GigabitEthernet0/1"
    assert "refused" in bench.run("GM1", telnet)
    bench.lab.kill("KS1")
    bench.lab.kill("KS2")
    bench.lab.advance(TEK_S)
    assert LAN2 not in bench.run("GM1", trace, 600).split("Tracing", 1)[1].split("\n", 1)[1]
    assert "timed out" in bench.run("GM1", telnet)


def test_questions_about_traffic_count_nothing(bench: Bench) -> None:
    bench.lab.traffic("GM1", "GM2")
    assert bench.counted("GM1") == (0, 0)
    assert bench.counted("GM2") == (0, 0)


# ---- traffic that flows all the time ----


def test_recorded_traffic_counts_a_packet_a_second(bench: Bench) -> None:
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(10)
    assert bench.counted("GM1") == (10, 0)
    assert bench.counted("GM2") == (0, 10)
    bench.lab.cut("GM1", "GM2")
    bench.lab.advance(100)
    bench.lab.mend("GM1", "GM2")
    bench.lab.advance(5)
    assert bench.counted("GM2") == (0, 15)


def test_a_lab_says_how_often_packets_flow(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "parameters: {recorded_gap_s: 0.4}\n")
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(10)
    assert bench.counted("GM1") == (25, 0)


def test_recorded_traffic_is_counted_without_any_event(bench: Bench) -> None:
    kernel = bench.lab.kernel
    due, before = kernel.next_due(), bench.lab.event_count()
    bench.lab.record_traffic()
    assert (kernel.next_due(), due is None) == (due, False)
    bench.lab.advance(10)
    assert bench.counted("GM1") == (10, 10)
    assert bench.lab.event_count() == before


def test_recorded_traffic_is_counted_through_rekeys_and_from_the_last_clear_on(
    bench: Bench,
) -> None:
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(4 * TEK_S)
    sent, _ = bench.counted("GM1")
    assert sent == 4 * TEK_S
    bench.run("GM1", "clear crypto sa counters", 0)
    bench.lab.advance(7)
    assert bench.counted("GM1") == (7, 0)
    assert bench.counted("GM2") == (0, 4 * TEK_S + 7)


def test_what_flowed_before_a_change_of_lists_is_counted_as_it_flowed(bench: Bench) -> None:
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(100)
    own = LOCAL.replace("deny icmp", "deny tcp")
    for name in ("GM1", "GM2"):
        console(bench.lab[name]).configure(own)
    bench.lab.advance(50)
    assert bench.counted("GM1") == (100, 0)
    assert bench.counted("GM2") == (0, 100)
    assert "20 deny tcp any any (50 matches)" in bench.run("GM1", "show access-lists MINE", 0)


def test_traffic_that_is_recorded_no_more_counts_no_more(bench: Bench) -> None:
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(10)
    bench.lab.stop_recording()
    bench.lab.advance(10)
    assert bench.counted("GM1") == (10, 0)


def test_a_member_that_boots_counts_from_its_boot(bench: Bench) -> None:
    bench.lab.record_traffic([("GM1", "GM2")])
    bench.lab.advance(10)
    bench.lab.kill("GM2")
    bench.lab.advance(10)
    bench.lab.boot("GM2")
    bench.lab.advance(60)
    before = bench.counted("GM2")[1]
    bench.lab.advance(20)
    assert bench.counted("GM2")[1] == before + 20
    assert before <= 60


# ---- more than two devices ----

MORE = """\
  C1:
    startup: |
      interface GigabitEthernet0/0/0
       ip address 10.1.1.2 255.255.255.0
       no shutdown
      ip route 0.0.0.0 0.0.0.0 10.1.1.1
  C2:
    startup: |
      interface GigabitEthernet0/0/0
       ip address 10.1.2.2 255.255.255.0
       no shutdown
      ip route 0.0.0.0 0.0.0.0 10.1.2.1
stations:
  - {count: 1, group: EXAMPLE-WAN, identity: 1001, servers: [203.0.113.1], address: 198.51.100.9,
     inside: 10.1.3.0/24, secret: Example-member-3}
"""


EVERYTHING = """\
ip access-list extended GETVPN-POLICY
 1 permit icmp any any
 2 permit udp any range 32768 65535 any range 32768 65535
"""


@pytest.fixture
def larger(tmp_path: Path) -> Bench:
    """The same with a router behind each member, and a station."""
    return Bench(tmp_path, MORE)


def test_members_protect_what_routers_behind_them_send(larger: Bench) -> None:
    assert larger.rate("ping 10.1.2.2", "C1") == 100
    assert larger.counted("GM1") == larger.counted("GM2") == (5, 5)
    assert larger.rate("ping 10.1.1.1", "C1") == 100
    assert larger.rate(f"ping {LAN1}", "C1") == 100
    assert larger.counted("GM1") == (5, 5)
    larger.lab.kill("KS1")
    larger.lab.kill("KS2")
    larger.lab.advance(TEK_S)
    assert larger.rate("ping 10.1.2.2", "C1") == 0
    assert larger.rate("ping 10.1.1.1", "C1") == 100


def test_a_trace_sees_the_routers_that_answer_in_clear_and_the_end(larger: Bench) -> None:
    text = larger.run("C1", "traceroute 10.1.2.2 probe 1", 60)
    assert re.findall(r"^ +\d+ +(\S+)", text, re.MULTILINE) == [
        "10.1.1.1",
        "198.51.100.2",
        "198.51.100.6",
        "198.51.100.5",
        "10.1.2.2",
    ]


def test_a_policy_for_everything_hides_the_provider_and_all_outside(larger: Bench) -> None:
    for name in ("KS1", "KS2"):
        console(larger.lab[name]).configure(EVERYTHING)
    larger.run("KS1", "crypto gdoi ks rekey replace-now")
    assert larger.rate(f"ping {WAN2}") == 100
    assert larger.rate("ping 203.0.113.1") == 0
    assert larger.rate("ping 198.51.100.2") == 0
    assert larger.rate() == 100
    text = larger.run("GM1", f"traceroute {LAN2} source {LAN1} probe 1 timeout 1", 60)
    assert re.findall(r"^ +\d+ +(\S+)", text, re.MULTILINE) == ["*", "*", LAN2]


def test_stations_answer_pings_while_they_have_power(larger: Bench) -> None:
    assert larger.rate("ping 198.51.100.9") == 100
    larger.lab.kill("S1")
    assert larger.rate("ping 198.51.100.9") == 0
