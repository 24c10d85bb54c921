"""What the shows of a member say of the policies, keys and lists that it holds."""

import re
from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.packets import Drop
from getvpn.emulator.gdoi.policy import Protocol, Replay, ReplayKind
from getvpn.emulator.testing import console
from getvpn.parsers import parse

from .gm_states import (
    COUNTER,
    GCM,
    KEKS,
    LINES6,
    SHA256,
    TIMED,
    WAN,
    gm_router,
    group_text,
    halves,
    hold_kek,
    hold_tek,
    joined,
    later,
    map_text,
    policy,
    register,
    row,
    rows,
    settled_member,
    show,
    usual_member,
    wan_text,
)

# ---- TEKs ----


def test_the_newest_of_two_teks_stands_first() -> None:
    router = usual_member()
    register(joined(router))
    hold_tek(joined(router), spi=0xA, left=35)
    hold_tek(joined(router), spi=0xB, left=510)
    text = show(router, "")

    assert rows(text, "spi") == ["0xB(11)", "0xA(10)"]
    assert rows(text, "sa timing") == [
        "remaining key lifetime (sec): (510)",
        "remaining key lifetime (sec): (35)",
    ]
    assert row(text, "Active TEK Number") == "2"


def test_a_tek_that_has_ended_is_gone() -> None:
    router = usual_member()
    register(joined(router))
    hold_tek(joined(router), spi=0xA, left=35)
    later(router, 40)

    assert row(show(router, ""), "Active TEK Number") == "0"
    assert "spi:" not in show(router, "")
    assert show(router, "ipsec sa") == ""


@pytest.mark.parametrize(
    ("replay", "shown", "selector"),
    [
        (COUNTER, "Anti-Replay(Counter Based) : 64", "Counter/64"),
        (TIMED, "Anti-Replay(Time Based) : 5 sec interval", "Time/5 sec"),
        (Replay(kind=ReplayKind.OFF, window=0), "Anti-Replay : Disabled", "Disabled"),
    ],
)
def test_the_check_for_replays_is_named(replay: Replay, shown: str, selector: str) -> None:
    router = usual_member()
    register(joined(router), policy(replay=replay))
    hold_tek(joined(router), spi=0xA, left=35)

    assert f"        {shown}\n" in show(router, "")
    assert f"replay(method/window): {selector}\n" in show(router, "ipsec sa")


def test_a_counter_mode_has_a_salt_and_no_key_of_a_hash() -> None:
    router = usual_member()
    register(joined(router), policy(transform=GCM))
    hold_tek(joined(router), spi=0xA, left=35)
    text = show(router, "")

    assert row(text, "transform:") == "esp-gcm 256"
    assert row(text, "alg key size") == "36 (bytes)"
    assert row(text, "sig key size") == "0 (bytes)"


def test_a_tagged_policy_says_so() -> None:
    router = usual_member()
    register(joined(router), policy(tag=True))
    hold_tek(joined(router), spi=0xA, left=35)
    assert row(show(router, ""), "tag method") == "cts sgt"


def test_each_policy_of_a_group_has_its_teks_and_all_share_one_list() -> None:
    router = usual_member()
    first = policy(("permit ip host 10.0.0.1 any",))
    second = policy(("permit ip host 10.0.0.2 any",), number=20)
    register(joined(router), first, second)
    hold_tek(joined(router), spi=0xA, left=35)
    hold_tek(joined(router), spi=0xB, left=36, sa=1)
    text = show(router, "")

    assert text.count("ACL Downloaded From KS") == 1
    assert [line.strip() for line in text.splitlines() if "access-list" in line] == [
        "access-list   permit ip host 10.0.0.1 any",
        "access-list   permit ip host 10.0.0.2 any",
    ]
    assert rows(text, "spi") == ["0xB(11)", "0xA(10)"]


# ---- direction, fail-close, and what a member accepts ----


@pytest.mark.parametrize(
    ("told", "passive", "by_server", "shown"),
    [
        ("", False, False, "Both"),
        ("", False, True, "Inbound Only"),
        ("", True, False, "Inbound Optional"),
        ("both", False, True, "Both"),
        ("inbound only", False, False, "Inbound Only"),
    ],
)
def test_the_direction_of_its_sas(told: str, passive: bool, by_server: bool, shown: str) -> None:
    router = usual_member(more=["passive"] if passive else [])
    member = joined(router)
    register(member)
    hold_tek(member, spi=0xA, left=35, encrypts=not by_server)
    member.direction, member.receive_only = told, by_server

    assert row(show(router, "gm"), "IPSec SA Direction") == shown
    assert f"direction: {shown}, " in show(router, "ipsec sa")


def test_the_group_has_the_direction_that_the_key_server_says() -> None:
    router = usual_member()
    register(joined(router))
    joined(router).receive_only = True
    joined(router).direction = "both"
    assert rows(show(router, ""), "IPSec SA Direction") == ["Inbound Only", "Both"]


def test_what_a_member_accepts_is_listed() -> None:
    router = usual_member(
        "17.16",
        lists="crypto ipsec transform-set T1 esp-aes 256 esp-sha256-hmac\n",
        more=[
            "client rekey encryption aes 128 aes 256",
            "client rekey hash sha256",
            "client transform-sets T1",
            "client recovery-check interval 300",
            "client fail-close revert",
        ],
    )
    text = show(router, "")

    assert row(text, "allowable rekey cipher") == "aes 128 aes 256"
    assert row(text, "allowable rekey hash") == "sha256"
    assert row(text, "allowable transformtag") == "T1"
    assert row(text, "DP Error Monitoring") == "ON"
    assert row(text, "Fail-Close Revert") == "Enabled"


@pytest.mark.parametrize(("left", "shown"), [(35.0, "7/UP"), (None, "7/DOWN")])
def test_a_tracked_object_is_up_while_there_are_keys(left: float | None, shown: str) -> None:
    router = usual_member(more=["client status active-sa track 7"])
    register(joined(router))
    if left is not None:
        hold_tek(joined(router), spi=0xA, left=left)
    assert row(show(router, "gm"), "SA Track (OID/status)") == shown


def test_a_member_of_g_ikev2_names_its_profile() -> None:
    router = usual_member()
    member = joined(router)
    member.policy = replace(member.policy, protocol=Protocol.GIKEV2, ikev2_profile="PROF")
    text = show(router, "group G1")

    assert row(text, "Group Type") == "G-IKEv2 (IKEv2)"
    assert row(text, "IKEv2 Profile") == "PROF"


# ---- VRFs, IPv6, several groups ----


def test_the_vrfs_of_a_member_are_named() -> None:
    router = usual_member()
    member = joined(router)
    member.policy = replace(member.policy, vrf="RED", front_vrf="MPLS")
    text = show(router, "gm")

    assert "vrf: RED\n" in text
    assert row(text, "fvrf/ivrf") == "MPLS/RED"
    assert "vrf: RED\n" in show(router, "gm identifier")


def ipv6_member() -> str:
    platform = "isr4451"
    return (
        group_text("G6", 6, ipv6=True)
        + map_text(["G6"], name="M6", ipv6=True)
        + wan_text(platform, maps=["ipv6 address 2001:DB8:9::1/64", "ipv6 crypto map M6"])
    )


def test_a_group_of_ipv6_has_its_own_form_of_ports_and_prefixes() -> None:
    router = gm_router("17.6", ipv6_member())
    member = joined(router)
    register(member, policy(LINES6, ipv6=True))
    hold_tek(member, spi=0xA, left=35)
    text = show(router, "")

    assert row(text, "Crypto Path") == "ipv6"
    assert row(text, "Key Management Path") == "ipv4"
    assert "   access-list   deny udp any any eq 20001\n" in text
    assert "   access-list   permit ipv6 2001:DB8:1::/48 2001:DB8:2::/48\n" in text
    selectors = show(router, "ipsec sa")
    assert "protocol = ipv6\n" in selectors
    assert "      local ident  = 2001:DB8:1::/48, port = 0\n" in selectors
    assert "      remote ident = ANY, port = 20001\n" in selectors


def test_a_command_may_name_one_group() -> None:
    text = group_text("A", 1) + group_text("B", 2) + map_text(["A", "B"])
    router = gm_router("17.6", text + wan_text("isr4451"))
    for name in ("A", "B"):
        register(joined(router, name))
        hold_kek(joined(router, name))
        hold_tek(joined(router, name), spi=0xA, left=35)

    for tail in (
        "gm",
        "gm acl",
        "gm dataplane counters",
        "gm identifier",
        "gm pubkey",
        "gm rekey detail",
        "gm replay",
        "ipsec sa",
    ):
        both, one = show(router, tail), show(router, f"group B {tail}")
        assert re.search(r"[Gg]roup(?: Name)?:? A\b", both)
        assert one
        assert one in both
        assert not re.search(r"[Gg]roup(?: Name)?:? A\b", one)


def test_the_newer_spelling_is_one_of_ios_xe() -> None:
    router, classic = usual_member(), usual_member("15.7")
    for each in (router, classic):
        settled_member(each)

    for tail in ("", "group G1", "gm", "gm acl", "gm rekey detail", "gm replay", "ipsec sa"):
        assert show(router, tail, spelling="gkm") == show(router, tail)
    assert "% Invalid input" in show(classic, "gm", spelling="gkm")


def test_an_unknown_group_is_refused() -> None:
    assert show(usual_member(), "group G9 gm").startswith("% ")


# ---- lists ----


def test_its_own_list_keeps_its_name_and_all_its_words() -> None:
    router = usual_member(
        lists="ip access-list extended BYPASS\n deny tcp any any range 20 25 established log\n"
        " deny udp any gt 1023 any lt 1024\n",
        entry=["match address BYPASS"],
    )
    register(joined(router))

    assert show(router, "gm acl local").splitlines() == [
        "Group Name: G1",
        " ACL Configured Locally: ",
        "  Map Name: GETVPN-MAP",
        "   access-list BYPASS  deny tcp any any port range 20 25 established log",
        "   access-list BYPASS  deny udp any port > 1023 any port < 1024",
    ]
    assert "Locally" not in show(router, "gm acl download")
    assert show(router, "gm acl download").splitlines()[1] == " ACL Downloaded From KS 10.10.1.1:"


# ---- sender identifiers, times, packets ----


def test_sender_identifiers_begin_with_that_of_the_key_server() -> None:
    router = usual_member()
    member = joined(router)
    register(member, policy(transform=GCM))
    member.kssid, member.gmsids, member.senders = 5, ((6, 8),), 3
    text = show(router, "gm identifier")

    assert row(text, "Transform Mode") == "Counter (Suite-B)"
    assert row(text, "# of SIDs Last Requested") == "3"
    assert row(text, "# of SIDs Downloaded") == "3"
    assert row(text, "First SID Downloaded") == "0x000A0006"
    assert row(text, "Last  SID Downloaded") == "0x000A0008"
    assert "NEXT SID REQUEST" not in text


@pytest.mark.parametrize(
    ("bits", "length", "first"),
    [
        (8, "8 bits (SMALL)", "0x00000056"),
        (12, "12 bits (SMALL)", "0x00000286"),
        (16, "16 bits (SMALL)", "0x00001406"),
        (24, "24 bits (MEDIUM)", "0x000A0006"),
        (32, "32 bits (LARGE)", "0x02800006"),
    ],
)
def test_the_length_of_sender_identifiers_is_that_of_the_group(
    bits: int, length: str, first: str
) -> None:
    router = usual_member()
    member = joined(router)
    register(member, policy(transform=GCM))
    member.kssid, member.gmsids, member.senders, member.sid_bits = 5, ((6, 8),), 3, bits
    text = show(router, "gm identifier detail")
    assert row(text, "SID Length (Group Size)") == length
    assert row(text, "First SID Downloaded") == first


def test_the_pseudotime_runs_with_the_clock() -> None:
    router = usual_member()
    member = joined(router)
    register(member, policy(replay=TIMED))
    member.pseudotime_offset = 1_000.25 - member.kernel.now()
    assert row(show(router, "gm replay"), "Replay Value") == "1000.25 secs"
    assert "No TBAR errors detected" in show(router, "gm replay")

    later(router, 10)
    tek = hold_tek(member, spi=0xA, left=35)
    member.attached = True
    member.traffic_failed(Drop.REPLAY, tek.tek.spi, "10.2.0.5", pseudotime=1_020.5)
    member.replays, member.largest_skew_s = 4, 0.5
    text = show(router, "gm replay")
    assert "No TBAR errors detected" not in text
    clock = console(router).run("show clock").strip().lstrip("*.")
    assert text.endswith(
        "TBAR Error History (sampled at 10pak/min):\n"
        f"    {clock}: src=10.2.0.5; my_pst=1010.25 secs; peer_pst=1020.50 secs; win=5\n \n"
    )
    (group,) = parse("show crypto gdoi gm replay", text).groups
    (error,) = group.history.errors
    assert (str(error.source), error.my_pseudotime_s, error.window_s) == ("10.2.0.5", 1010.25, 5)
    assert row(text, "Replay Value") == "1010.25 secs"
    assert row(text, "Input Error Packets") == "4 Output Error Packets : 0"
    assert row(text, "Time Sync Error") == "0 Max time delta : 0.50 secs"


def test_a_policy_that_counts_packets_has_no_check_of_times() -> None:
    router = usual_member()
    register(joined(router), policy(transform=SHA256))
    assert show(router, "gm replay") == (
        "Anti-replay Information For Group G1:\nTimebased Replay:\n         is not enabled\n \n"
    )


def test_fail_close_prints_its_list_as_getvpn_does() -> None:
    text = (
        "ip access-list extended CLOSED\n deny tcp any eq telnet any\n deny ospf any any\n"
        "crypto map GETVPN-MAP gdoi fail-close\n match address CLOSED\n activate\n"
    )
    router = usual_member(lists=text)

    assert console(router).run("show crypto map gdoi fail-close").splitlines() == [
        'Crypto Map: "GETVPN-MAP"',
        "    Activate: yes",
        "    Fail-Close Access-List: (Deny = Forward In Clear, Permit = Drop)",
        "        access-list CLOSED deny tcp any port = 23 any",
        "        access-list CLOSED deny ospf any any",
    ]


def test_keys_of_several_key_servers_are_shown() -> None:
    router = usual_member()
    register(joined(router))
    register(joined(router), server="10.10.2.1")
    assert rows(show(router, "gm pubkey"), "KS IP Address") == ["10.10.1.1", "10.10.2.1"]


def test_halves_of_an_spi_are_its_cookies() -> None:
    assert halves(KEKS[0]) == (0xC5AC603911111111, 0xA440633E22222222)


def test_the_interface_of_a_member_holds_its_teks() -> None:
    router = usual_member()
    settled_member(router)
    assert f"  {WAN['isr4451']}:\n    IPsec SA:\n" in show(router, "")
