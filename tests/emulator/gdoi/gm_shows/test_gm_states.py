"""What the shows of a member say in each of its states."""

import re
from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.policy import Protocol, Replay, ReplayKind, Transport
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.testing import console

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
    rekeyed,
    settled_member,
    show,
    usual_member,
    wan_text,
)

NOBODY = "0.0.0.0"  # noqa: S104 - an address in a table


def rows(text: str, label: str) -> list[str]:
    """The values of all rows with a label."""
    return [
        line.partition(":")[2].strip()
        for line in text.splitlines()
        if line.strip().startswith(label)
    ]


def row(text: str, label: str) -> str:
    """The value of the one row with a label."""
    (found,) = rows(text, label)
    return found


# ---- registration ----


def test_a_member_that_has_never_registered_knows_nothing_of_a_key_server() -> None:
    router = usual_member()
    text = show(router, "")

    assert row(text, "Registration status") == "Not Registered"
    assert row(text, "Registered with") == NOBODY
    assert row(text, "Re-registers in") == "0 sec"
    assert row(text, "ACL Received From KS") == "None"
    assert row(text, "Active TEK Number") == "0"
    assert " ACL Downloaded From KS UNKNOWN:" in text
    assert "KEK POLICY" not in text
    assert "REG_GM" not in text


def test_a_member_that_registers_names_whom_it_asks() -> None:
    router = usual_member()
    member = joined(router)
    member.state = Registration.REGISTERING
    member.attempted = 5
    member.registrar.active, member.registrar.next_server = True, 1
    text = show(router, "gm")

    assert row(text, "Registration status") == "Registering"
    assert row(text, "Registering to") == "10.10.2.1"
    assert row(text, "Remote addr/port") == "10.10.2.1/848"
    assert row(text, "Attempted registration") == "5"
    assert "Registered with" not in text


def test_what_is_left_until_registration_counts_down() -> None:
    router = usual_member()
    register(joined(router), reregisters_in=366)
    assert row(show(router, "gm"), "Re-registers in") == "366 sec"

    later(router, 66.5)
    assert row(show(router, "gm"), "Re-registers in") == "299 sec"


def test_a_group_in_no_crypto_map_has_no_member() -> None:
    router = gm_router("17.6", group_text())
    text = show(router, "")

    assert row(text, "Group Name") == "G1"
    assert "10.10.1.1" in text
    assert "Group member " not in text
    assert show(router, "gm") == ""


# ---- rekeys ----


@pytest.mark.parametrize(("release", "nobody"), [("17.6", "UNKNOWN"), ("15.7", NOBODY)])
def test_a_member_that_was_never_rekeyed(release: str, nobody: str) -> None:
    router = usual_member(release)
    register(joined(router))
    text = show(router, "")

    assert row(text, "Last rekey from") == nobody
    assert row(text, "Rekey Received") == "never"
    assert row(text, "Unicast rekey received") == "0"
    assert row(text, "Total received") == "0"


def test_a_member_counts_the_time_since_the_last_rekey() -> None:
    router = usual_member()
    member = joined(router)
    register(member)
    rekeyed(member, 7, ago=3_725, sequence=4, server="10.10.2.1")
    member.rekeys_since, member.acks = 2, 6
    text = show(router, "")

    assert row(text, "Rekey Rcvd(hh") == "mm:ss)  : 01:02:05"
    assert row(text, "Last rekey from") == "10.10.2.1"
    assert row(text, "Last rekey seq num") == "4"
    assert row(text, "Rekeys received") == "7"
    assert (row(text, "Total received"), row(text, "After latest register")) == ("7", "2")
    assert (row(text, "Rekey ACKs sent"), row(text, "Rekey Acks sents")) == ("6", "6")


def test_a_multicast_rekey_has_no_acknowledgement() -> None:
    router = usual_member()
    member = joined(router)
    register(member, transport=Transport.MULTICAST)
    member.multicast = "239.0.1.2"
    hold_kek(member)
    rekeyed(member, 2, ago=60, sequence=2)
    text = show(router, "")

    assert row(text, "Multicast rekey rcvd") == "2"
    assert row(text, "Rekey Rcvd(hh") == "mm:ss)  : 00:01:00"
    assert row(text, "Rekey Transport Type") == "Multicast"
    assert "Acks" not in text
    assert "ACKs" not in text
    detail = show(router, "gm rekey detail")
    assert "Group G1 (Multicast)\n" in detail
    assert "Acks" not in detail
    assert "Current : 239.0.1.2       10.10.1.1 " in detail


def test_the_lifetime_of_the_kek_is_what_is_left_of_it() -> None:
    router = usual_member()
    register(joined(router))
    hold_kek(joined(router), left=1_000)
    later(router, 100)
    text = show(router, "")

    assert row(text, "Lifetime (secs)") == "900"
    assert row(text, "Encrypt Algorithm") == "AES"
    assert row(text, "Sig Key Length (bits)") == "2352"


@pytest.mark.parametrize(
    ("sig_hash", "shown"), [("sha", "HMAC_AUTH_SHA"), ("sha384", "HMAC_AUTH_SHA384")]
)
def test_the_hash_of_signatures_is_named(sig_hash: str, shown: str) -> None:
    router = usual_member()
    register(joined(router))
    hold_kek(joined(router), sig_hash=sig_hash)
    assert row(show(router, ""), "Sig Hash Algorithm") == shown


def test_the_oldest_software_prints_the_size_of_the_modulus() -> None:
    router = usual_member("15.0")
    register(joined(router))
    hold_kek(joined(router))
    assert row(show(router, ""), "Sig Key Length (bits)") == "2048"


def test_a_new_kek_becomes_the_current_one_with_the_first_rekey_under_it() -> None:
    router = usual_member()
    member = joined(router)
    register(member)
    before = hold_kek(member)

    def slots() -> dict[str, str]:
        lines = show(router, "gm rekey detail").splitlines()
        return {
            line.partition(":")[0].strip(): line.split()[-2]
            for line in lines
            if line.startswith(("New", "Current", "Previous"))
        }

    assert slots() == {"New": "C5AC6039", "Current": "---", "Previous": "---"}
    rekeyed(member, 1, ago=5, sequence=1)
    assert slots() == {"New": "---", "Current": "C5AC6039", "Previous": "---"}
    member.previous = before
    hold_kek(member, spi=KEKS[1])
    rekeyed(member, 2, ago=5, sequence=0)
    assert slots() == {"New": "AAAA0001", "Current": "C5AC6039", "Previous": "---"}
    rekeyed(member, 3, ago=5, sequence=1)
    assert slots() == {"New": "---", "Current": "AAAA0001", "Previous": "C5AC6039"}


def test_public_keys_are_printed_up_to_their_256th_byte() -> None:
    router = usual_member()
    register(joined(router))
    lines = show(router, "gm pubkey").splitlines()

    assert lines[0] == "  GDOI Group: G1"
    assert lines[1] == "    KS IP Address: 10.10.1.1"
    assert "my-cookie:C5AC6039    his-cookie:A440633E" in lines[2]
    assert [len(line.split()) for line in lines[4:12]] == [8] * 8
    assert lines[12] == ""


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


def test_the_pseudotime_runs_with_the_clock() -> None:
    router = usual_member()
    member = joined(router)
    register(member, policy(replay=TIMED))
    member.pseudotime_offset = 1_000.25 - member.kernel.now()
    member.replays, member.largest_skew_s = 4, 0.5
    assert row(show(router, "gm replay"), "Replay Value") == "1000.25 secs"

    later(router, 10)
    text = show(router, "gm replay")
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
