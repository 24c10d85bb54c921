"""Whether members and key servers have what they need to authenticate each other."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.ike_authentication import authentication

from .said import messages, reasons

PSK = "crypto isakmp policy 10\n authentication pre-share\n"
CERTIFICATE = "crypto isakmp policy 10\n encryption aes\n"
TRUSTPOINT = "crypto pki trustpoint CA\n enrollment url http://10.10.9.30:80\n"
GROUP = "crypto gdoi group G1\n identity number 1001\n"
SERVER = GROUP + " server local\n  address ipv4 {own}\n"
COOP = "  redundancy\n   local priority 100\n   peer address ipv4 {peer}\n"
KS1 = SERVER.format(own="10.10.1.1") + COOP.format(peer="10.10.2.1")
KS2 = SERVER.format(own="10.10.2.1") + COOP.format(peer="10.10.1.1")
GM = GROUP + " server address ipv4 10.10.1.1\n server address ipv4 10.10.2.1\n"
WAN = """\
crypto map WAN 10 gdoi
 set group G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map WAN
"""
ANYONE = "0.0.0.0"  # noqa: S104 - a wildcard peer, not a socket
PART = "the text is a part of a configuration: it has no line 'hostname'"


def key(*peers: str) -> str:
    return "".join(f"crypto isakmp key 6 <removed> address {peer}\n" for peer in peers)


def device(name: str, *parts: str) -> dict[str, str]:
    return {f"{name}.cfg": f"hostname {name}\n" + "".join(parts)}


KS1_FILE = device("ks1", PSK, key("10.10.2.1", "10.20.1.1"), KS1)
KS2_FILE = device("ks2", PSK, key("10.10.1.1", "10.20.1.1"), KS2)
GM_FILE = device("gm1", PSK, key("10.10.1.1", "10.10.2.1"), GM, WAN)


def test_keys_on_all_sides_pass() -> None:
    report = audit_example(authentication, KS1_FILE | KS2_FILE | GM_FILE)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("left", ["10.10.1.1", "10.10.2.1"])
def test_a_member_needs_a_key_for_each_key_server_that_it_lists(left: str) -> None:
    files = KS1_FILE | KS2_FILE | device("gm1", PSK, key(left), GM, WAN)
    (finding,) = audit_example(authentication, files).findings
    (lacking,) = {"10.10.1.1", "10.10.2.1"} - {left}
    assert finding.message == f"there is no pre-shared key for IKE with {lacking}"
    assert finding.evidence[0].text == f"server address ipv4 {lacking}"
    assert finding.device == "gm1"


@pytest.mark.parametrize(
    ("ring", "vrf", "found"),
    [("RED", "RED", 0), ("BLUE", "RED", 1), ("", "RED", 0), ("RED", "", 1)],
)
def test_a_keyring_of_another_vrf_has_no_key_for_a_member(ring: str, vrf: str, found: int) -> None:
    keys = f"crypto keyring KEYS{f' vrf {ring}' if ring else ''}\n" + "".join(
        f" pre-shared-key address {peer} key 6 <removed>\n" for peer in ("10.10.1.1", "10.10.2.1")
    )
    forwarding = f" vrf forwarding {vrf}\n" if vrf else ""
    wan = WAN.replace(" ip address 10.20.1.1", f"{forwarding} ip address 10.20.1.1")
    files = KS1_FILE | KS2_FILE | device("gm1", PSK, keys, GM, wan)
    report = audit_example(authentication, files)
    assert (len(report.findings), report.not_checked) == (found, ())
    aside = GM + " client registration interface GigabitEthernet0/0/9\n"
    report = audit_example(
        authentication, KS1_FILE | KS2_FILE | device("gm1", PSK, keys, aside, wan)
    )
    assert report.findings == ()


def test_each_key_server_needs_keys_for_members_and_peers() -> None:
    files = KS1_FILE | device("ks2", PSK, KS2) | GM_FILE
    (finding,) = audit_example(authentication, files).findings
    assert finding.device == "ks2"
    assert finding.message == "there is no pre-shared key for IKE with 10.10.1.1, 10.20.1.1"


def test_a_member_that_lists_one_key_server_needs_keys_on_the_others_too() -> None:
    one = GM.replace(" server address ipv4 10.10.2.1\n", "")
    files = KS1_FILE | device("ks2", PSK, key("10.10.1.1"), KS2)
    files |= device("gm1", PSK, key("10.10.1.1"), one, WAN)
    (finding,) = audit_example(authentication, files).findings
    assert (finding.device, finding.message) == (
        "ks2",
        "there is no pre-shared key for IKE with 10.20.1.1",
    )


@pytest.mark.parametrize(
    "keys",
    [
        key(ANYONE),
        key("10.0.0.0 255.0.0.0"),
        "crypto keyring WAN\n pre-shared-key address 10.0.0.0 255.0.0.0 key 6 <removed>\n",
    ],
)
def test_keys_for_ranges_and_in_keyrings_count(keys: str) -> None:
    files = device("ks1", PSK, keys, KS1) | device("gm1", PSK, keys, GM, WAN)
    assert audit_example(authentication, files).findings == ()


def test_a_key_by_host_name_may_be_for_anyone() -> None:
    named = "crypto isakmp key 6 <removed> hostname ks1.example.net\n"
    report = audit_example(authentication, device("gm1", PSK, named, GM, WAN))
    assert messages(report) == []
    assert reasons(report) == ["a key that names no address may be for 10.10.1.1, 10.10.2.1"]


def test_certificates_need_a_trustpoint() -> None:
    with_one = device("ks1", CERTIFICATE, TRUSTPOINT, KS1)
    report = audit_example(authentication, with_one | device("gm1", CERTIFICATE, GM, WAN))
    assert [(finding.device, finding.message) for finding in report.findings] == [
        ("gm1", "there is no certificate for IKE with 10.10.1.1, 10.10.2.1")
    ]
    files = with_one | device("gm1", CERTIFICATE, TRUSTPOINT, GM, WAN)
    assert audit_example(authentication, files).findings == ()


@pytest.mark.parametrize(
    "trustpoint",
    [
        "crypto pki trustpoint TP-self-signed-1\n enrollment selfsigned\n",
        "crypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n",
        f"{TRUSTPOINT} usage ssl-server\n",
        f"{TRUSTPOINT}crypto pki certificate chain CA\n certificate ca 01\n",
    ],
)
def test_trustpoints_that_give_no_certificate_for_ike_do_not_count(trustpoint: str) -> None:
    report = audit_example(authentication, device("gm1", CERTIFICATE, trustpoint, GM, WAN))
    assert messages(report) == ["there is no certificate for IKE with 10.10.1.1, 10.10.2.1"]


def test_both_sides_must_have_a_method_in_common() -> None:
    forgotten = device("gm1", CERTIFICATE, key("10.10.1.1", "10.10.2.1"), GM, WAN)
    (finding,) = audit_example(authentication, KS1_FILE | KS2_FILE | forgotten).findings
    assert finding.message == (
        "ISAKMP policies authenticate by rsa-sig, those of key server ks1 by pre-share:"
        " they have no method in common"
    )
    assert [evidence.source for evidence in finding.evidence] == ["gm1.cfg", "ks1.cfg"]


def test_the_common_method_decides_what_is_needed() -> None:
    both = "crypto isakmp policy 20\n encryption aes\n"
    files = device("ks1", PSK, both, TRUSTPOINT, key("10.10.2.1"), KS1) | GM_FILE
    (finding,) = audit_example(authentication, files).findings
    assert (finding.device, finding.message) == (
        "ks1",
        "there is no pre-shared key for IKE with 10.20.1.1",
    )


def test_without_policies_keys_and_certificates_both_serve() -> None:
    for means in (key("10.10.1.1", "10.10.2.1"), TRUSTPOINT):
        report = audit_example(authentication, device("gm1", means, GM, WAN))
        assert (report.findings, report.not_checked) == ((), ())


def test_the_registration_interface_goes_before_the_crypto_map() -> None:
    loopback = "interface Loopback10\n ip address 10.20.9.9 255.255.255.255\n"
    member = GM + " client registration interface Loopback10\n"
    files = device("gm1", PSK, key("10.10.1.1", "10.10.2.1"), member, WAN, loopback)
    (finding,) = audit_example(authentication, KS1_FILE | files).findings
    assert finding.message == "there is no pre-shared key for IKE with 10.20.9.9"


def test_the_local_address_of_the_map_goes_before_its_interfaces() -> None:
    loopback = "interface Loopback0\n ip address 10.20.9.9 255.255.255.255\n"
    local = "crypto map WAN local-address Loopback0\n"
    files = device("gm1", PSK, key("10.10.1.1", "10.10.2.1"), GM, local, WAN, loopback)
    (finding,) = audit_example(authentication, KS1_FILE | files).findings
    assert finding.message == "there is no pre-shared key for IKE with 10.20.9.9"


def test_members_register_from_the_address_of_the_family_of_their_key_servers() -> None:
    both = WAN.replace(" crypto map", " ipv6 address 2001:db8:20::1/64\n crypto map")
    files = device("gm1", PSK, key("10.10.1.1", "10.10.2.1"), GM, both)
    report = audit_example(authentication, KS1_FILE | KS2_FILE | files)
    assert (report.findings, report.not_checked) == ((), ())
    over_ipv6 = GM.replace("ipv4 10.10.1.1", "ipv6 2001:db8:10::1")
    over_ipv6 = over_ipv6.replace(" server address ipv4 10.10.2.1\n", "")
    wildcards = key("0.0.0.0 0.0.0.0")
    files = device("gm1", PSK, wildcards, over_ipv6, both)
    assert [
        (finding.device, finding.message)
        for finding in audit_example(authentication, KS1_FILE | files).findings
    ] == [
        ("gm1", "there is no pre-shared key for IKE with 2001:db8:10::1"),
        ("ks1", "there is no pre-shared key for IKE with 2001:db8:20::1"),
    ]


def test_a_member_without_a_known_address_is_not_passed() -> None:
    files = device("gm1", PSK, key("10.10.1.1", "10.10.2.1"), GM)
    assert reasons(audit_example(authentication, KS1_FILE | files)) == [
        "the address of gm1 is not known"
    ]
    wildcard = device("ks1", PSK, key(ANYONE), KS1)
    assert reasons(audit_example(authentication, wildcard | files)) == []


def test_many_peers_are_not_all_named() -> None:
    files = device("ks1", PSK, key("10.10.2.1"), KS1)
    for number in range(1, 7):
        wan = WAN.replace("10.20.1.1", f"10.20.{number}.1")
        files |= device(f"gm{number}", PSK, key("10.10.1.1", "10.10.2.1"), GM, wan)
    (finding,) = audit_example(authentication, files).findings
    assert finding.message == (
        "there is no pre-shared key for IKE with"
        " 10.20.1.1, 10.20.2.1, 10.20.3.1, 10.20.4.1 and 2 more"
    )


def test_key_servers_that_only_share_the_identity_need_no_keys() -> None:
    other = SERVER.replace("G1", "ELSEWHERE").format(own="10.99.1.1")
    files = KS1_FILE | KS2_FILE | GM_FILE | device("ks9", CERTIFICATE, TRUSTPOINT, other)
    report = audit_example(authentication, files)
    assert (report.findings, report.not_checked) == ((), ())


GKM_PROFILE = """\
crypto ikev2 profile GKM
 authentication local pre-share
 authentication remote pre-share
 keyring {keyring}
"""
RING = """\
crypto ikev2 keyring RING
 peer KS
  address {address}
  pre-shared-key 6 <removed>
"""


@pytest.mark.parametrize(
    ("profile", "found", "unsure"),
    [
        (RING.format(address="10.10.0.0 255.255.0.0") + GKM_PROFILE.format(keyring="RING"), 0, 0),
        (RING.format(address="10.10.1.1") + GKM_PROFILE.format(keyring="local RING"), 1, 0),
        (GKM_PROFILE.format(keyring="aaa KEYS"), 0, 1),
        ("", 1, 0),
    ],
)
def test_members_by_gikev2_need_keys_in_the_keyring_of_their_profile(
    profile: str, found: int, unsure: int
) -> None:
    member = GM + " client protocol gikev2 GKM\n"
    report = audit_example(authentication, device("gm1", profile, member, WAN))
    assert len(report.findings) == found
    assert len(report.not_checked) == unsure


def test_a_part_of_a_configuration_is_not_judged_by_what_it_lacks() -> None:
    report = audit_example(authentication, {"gm1.cfg": PSK + GM + WAN})
    assert (messages(report), reasons(report)) == ([], [PART])


def test_a_key_server_alone_is_not_passed() -> None:
    assert reasons(audit_example(authentication, KS1_FILE)) == ["no member of the group is known"]
