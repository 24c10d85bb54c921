"""What a key server is configured with, as the protocol sees it."""

import pytest

from getvpn.emulator.gdoi.policy import Cipher, Replay, ReplayKind, ServerPolicy, Transport
from getvpn.emulator.groups.policies import server_policies
from getvpn.emulator.testing import console, make_router

from .group_configs import IPSEC, POLICY, SERVER_LINES, key_server, server_group

BASE = POLICY + IPSEC


def _policy(text: str, platform: str = "isr4451") -> ServerPolicy:
    (policy,) = server_policies(make_router("KS1", platform, text).config.root).values()
    return policy


def test_a_whole_group_is_read() -> None:
    policy = _policy(key_server("KS1", "10.0.0.1", "10.0.0.2", "10.0.0.3", priority=200))

    assert (policy.group, policy.identity, policy.address) == ("G1", "1001", "10.0.0.1")
    assert policy.rekey.transport is Transport.UNICAST
    assert policy.rekey.cipher == Cipher(name="aes", bits=256)
    assert (policy.rekey.sig_hash, policy.rekey.lifetime_s) == ("sha256", 86_400)
    assert (policy.rekey.interval_s, policy.rekey.count) == (10, 2)
    assert policy.rekey.label == "REKEYRSA"
    assert policy.coop is not None
    assert (policy.coop.priority, policy.coop.peers) == (200, ("10.0.0.2", "10.0.0.3"))
    (sa,) = policy.sas
    assert (sa.number, sa.profile, sa.acl, sa.lifetime_s) == (
        10,
        "GETVPN-PROF",
        "GETVPN-POLICY",
        7200,
    )
    assert [entry.line() for entry in sa.entries] == [
        "deny udp any eq 848 any eq 848",
        "deny tcp any any eq 22",
        "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
    ]
    assert (sa.transform.cipher, sa.transform.bits) == ("esp-aes", 256)
    assert (sa.transform.integrity, sa.transform.mode) == ("esp-sha256-hmac", "tunnel")
    assert sa.replay == Replay(kind=ReplayKind.TIME, window=5)
    assert not sa.tag


def test_without_lines_the_usual_values_hold() -> None:
    lines = "  sa ipsec 1\n   profile GETVPN-PROF\n   match address ipv4 GETVPN-POLICY\n"
    policy = _policy(BASE + server_group("10.0.0.1", lines=lines))

    rekey = policy.rekey
    assert rekey.transport is Transport.MULTICAST
    assert rekey.cipher == Cipher(name="3des", bits=192)
    assert (rekey.sig_hash, rekey.lifetime_s, rekey.interval_s, rekey.count) == (
        "sha",
        86_400,
        10,
        2,
    )
    assert (rekey.label, rekey.acknowledgement, rekey.multicast) == ("", "cisco", "")
    assert policy.coop is None
    assert policy.gdoi
    switches = (policy.pfs, policy.receive_only, policy.pair_wise, policy.d3p_ms)
    assert not any(switches)
    assert (policy.sid_size, policy.sid_bits, policy.kssids) == ("medium", 24, ())
    assert policy.sas[0].replay == Replay(kind=ReplayKind.COUNTER, window=64)


@pytest.mark.parametrize(
    ("own", "all_of_it", "seconds"),
    [
        ("", "", 3600),
        ("", "crypto ipsec security-association lifetime seconds 1800\n", 1800),
        (
            " set security-association lifetime seconds 900\n",
            "crypto ipsec security-association lifetime seconds 1800\n",
            900,
        ),
        (" set security-association lifetime days 2\n", "", 172_800),
    ],
)
def test_the_lifetime_is_that_of_the_profile_or_of_the_router(
    own: str, all_of_it: str, seconds: int
) -> None:
    ipsec = IPSEC.replace(" set security-association lifetime seconds 7200\n", own) + all_of_it
    assert _policy(POLICY + ipsec + server_group("10.0.0.1")).sas[0].lifetime_s == seconds


def test_a_multicast_rekey_goes_where_its_list_leads() -> None:
    lines = SERVER_LINES.replace(
        "  rekey transport unicast\n", "  rekey address ipv4 REKEY-MCAST\n"
    )
    acl = (
        "ip access-list extended REKEY-MCAST\n"
        " permit udp host 10.0.0.1 eq 848 host 239.10.10.1 eq 848\n"
    )
    rekey = _policy(BASE + acl + server_group("10.0.0.1", lines=lines)).rekey

    assert rekey.transport is Transport.MULTICAST
    assert (rekey.acl, rekey.multicast) == ("REKEY-MCAST", "239.10.10.1")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("rekey algorithm des-cbc", Cipher(name="des", bits=64)),
        ("rekey algorithm aes 128", Cipher(name="aes", bits=128)),
    ],
)
def test_ciphers_of_the_kek(line: str, found: Cipher) -> None:
    lines = SERVER_LINES.replace("rekey algorithm aes 256", line)
    assert _policy(BASE + server_group("10.0.0.1", lines=lines)).rekey.cipher == found


def test_rekeys_can_be_repeated_until_somebody_answers() -> None:
    lines = SERVER_LINES.replace("rekey retransmit 10 number 2", "rekey retransmit 40 periodic")
    rekey = _policy(BASE + server_group("10.0.0.1", lines=lines)).rekey
    assert (rekey.interval_s, rekey.count) == (40, None)


def test_who_may_register_is_a_list_of_addresses_or_of_names() -> None:
    lines = "  authorization address ipv4 52\n  authorization identity GMS\n" + SERVER_LINES
    more = (
        "access-list 52 permit 10.20.1.1\naccess-list 52 permit 10.20.2.1\n"
        "crypto identity GMS\n dn ou=GETVPN\n fqdn gm.example.net\n"
    )
    found = _policy(BASE + more + server_group("10.0.0.1", lines=lines)).authorization

    assert found.acl == "52"
    assert [entry.line() for entry in found.entries] == ["permit 10.20.1.1", "permit 10.20.2.1"]
    assert (found.identity, found.names) == ("GMS", ("ou=GETVPN", "gm.example.net"))


def test_sender_identifiers_are_numbers_and_ranges() -> None:
    lines = "  group size small 12\n  identifier\n   range 10 - 12\n   value 3\n" + SERVER_LINES
    found = _policy(BASE + server_group("10.0.0.1", lines=lines))
    assert (found.sid_size, found.sid_bits, found.kssids) == ("small", 12, (3, 10, 11, 12))


def test_the_smaller_switches_are_read() -> None:
    lines = (
        "  no gdoi\n  gikev2 PROF2\n  pfs\n  sa receive-only\n  sa d3p window msec 2500\n"
        "  registration interface GigabitEthernet0/0/1\n"
        "  registration periodic crl trustpoint CA\n" + SERVER_LINES
    )
    found = _policy(BASE + server_group("10.0.0.1", lines=lines))
    assert not found.gdoi
    assert (found.ikev2_profile, found.pfs, found.receive_only) == ("PROF2", True, True)
    assert (found.d3p_ms, found.registration_interface) == (2500, "GigabitEthernet0/0/1")
    assert found.crl_trustpoint == "CA"


def test_an_ipv6_group_has_lists_of_ipv6() -> None:
    text = BASE + (
        "ipv6 access-list POLICY6\n permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48\n"
        "crypto gdoi group ipv6 V6\n identity address ipv4 10.9.9.9\n server local\n"
        "  sa ipsec 10\n   profile GETVPN-PROF\n   match address ipv6 POLICY6\n   no replay\n"
        "  address ipv4 10.0.0.1\n"
    )
    found = _policy(text)
    assert (found.ipv6, found.identity) == (True, "10.9.9.9")
    assert [entry.line() for entry in found.sas[0].entries] == [
        "permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48"
    ]
    assert found.sas[0].replay.kind is ReplayKind.OFF


@pytest.mark.parametrize(
    "gone", ["   profile GETVPN-PROF\n", "   match address ipv4 GETVPN-POLICY\n"]
)
def test_what_is_not_complete_protects_nothing(gone: str) -> None:
    lines = SERVER_LINES.replace(gone, "")
    assert _policy(BASE + server_group("10.0.0.1", lines=lines)).sas == ()


def test_a_policy_changes_with_everything_that_it_depends_on() -> None:
    router = make_router("KS1", "isr4451", key_server("KS1", "10.0.0.1"))
    terminal = console(router)
    before = server_policies(router.config.root)["G1"]
    assert server_policies(router.config.root)["G1"] == before

    for text in (
        "ip access-list extended GETVPN-POLICY\n 25 deny ospf any any\n",
        "crypto ipsec profile GETVPN-PROF\n set security-association lifetime seconds 3600\n",
        "crypto ipsec transform-set TS-AES256 esp-aes 128 esp-sha-hmac\n",
        "crypto gdoi group G1\n server local\n  sa ipsec 10\n   replay counter window-size 128\n",
    ):
        assert terminal.configure(text) == ""
        after = server_policies(router.config.root)["G1"]
        assert after != before
        before = after


def test_members_register_at_the_addresses_of_the_registration_interface() -> None:
    line = "  registration interface Loopback5\n"
    base, group = key_server("KS1", "10.0.0.1"), server_group("10.0.0.1", lines=SERVER_LINES + line)
    assert _policy(base).registration_addresses is None
    assert _policy(base + group).registration_addresses == ()
    text = "interface Loopback5\n ip address 10.5.0.1 255.255.255.255\n"
    text += " ip address 10.5.0.2 255.255.255.255 secondary\n"
    policy = _policy(base + text + group)
    assert policy.registration_interface == "Loopback5"
    assert policy.registration_addresses == ("10.5.0.1", "10.5.0.2")
    ipv6 = "interface Loopback5\n ipv6 address 2001:DB8::1/128\n"
    assert _policy(base + ipv6 + group).registration_addresses == ("2001:db8::1",)
