from ipaddress import IPv4Interface, IPv4Network, IPv6Interface

import pytest

from getvpn.parsers.config import DeviceConfig, TransformSet, device_config, parse_config

from . import examples


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def transform_set(transforms: str) -> TransformSet:
    return read(f"crypto ipsec transform-set T {transforms}").transform_sets["T"]


def test_isakmp_policies_have_the_defaults_of_ios() -> None:
    (policy,) = read("crypto isakmp policy 10").isakmp_policies
    assert (policy.encryption, policy.key_bits, policy.hash) == ("des", None, "sha")
    assert (policy.authentication, policy.dh_group, policy.lifetime_s) == ("rsa-sig", 1, 86_400)


@pytest.mark.parametrize(
    "lines",
    [
        ("encr aes 256", "hash sha256", "authentication pre-share", "group 19", "lifetime 1200"),
        ("encryption aes 256", "ha sha256", "auth pre-share", "gr 19", "life 1200"),
    ],
)
def test_isakmp_policies_are_read_in_full_and_cut_short(lines: tuple[str, ...]) -> None:
    (policy,) = read("crypto isakmp policy 10\n " + "\n ".join(lines)).isakmp_policies
    assert (policy.encryption, policy.key_bits, policy.hash) == ("aes", 256, "sha256")
    assert (policy.authentication, policy.dh_group, policy.lifetime_s) == ("pre-share", 19, 1200)


def test_isakmp_policies_stand_in_order_of_priority() -> None:
    config = read("crypto isakmp policy 20\n group 14\ncrypto isakmp policy 10\n group 19\n")
    assert [policy.priority for policy in config.isakmp_policies] == [10, 20]


@pytest.mark.parametrize(
    ("line", "network", "secret_type", "wildcard"),
    [
        ("key secret1 address 10.0.0.1", "10.0.0.1/32", 0, False),
        ("key 6 secret1 address 10.0.0.1", "10.0.0.1/32", 6, False),
        ("key 0 secret1 address 10.0.0.0 255.255.255.0", "10.0.0.0/24", 0, False),
        ("key secret1 address 0.0.0.0", "0.0.0.0/0", 0, True),
        ("key secret1 address 0.0.0.0 0.0.0.0 no-xauth", "0.0.0.0/0", 0, True),
        ("key secret1 addr 10.0.0.1", "10.0.0.1/32", 0, False),
        ("key 6 address 10.0.0.1", "10.0.0.1/32", 0, False),
    ],
)
def test_pre_shared_keys(line: str, network: str, secret_type: int, wildcard: bool) -> None:
    (key,) = read(f"crypto isakmp {line}").isakmp_keys
    assert key.address == IPv4Network(network)
    assert (key.secret_type, key.wildcard) == (secret_type, wildcard)


def test_keys_of_keyrings_stand_beside_the_global_ones() -> None:
    config = read(
        "crypto isakmp key s1 hostname ks1.example.net\n"
        "crypto keyring RING vrf MGMT\n"
        "  local-address Loopback0\n"
        "  pre-shared-key address 10.0.0.0 255.255.0.0 key 6 s2\n"
        "  pre-shared-key hostname ks2.example.net key s3\n"
    )
    assert [(key.keyring, key.vrf, key.hostname) for key in config.isakmp_keys] == [
        (None, None, "ks1.example.net"),
        ("RING", "MGMT", None),
        ("RING", "MGMT", "ks2.example.net"),
    ]
    assert config.keyrings["RING"].keys[0].secret_type == 6
    assert config.keyrings["RING"].local_address == "Loopback0"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("15 periodic", (15, 2, True)),
        ("15 5 periodic", (15, 5, True)),
        ("15", (15, 2, False)),
        ("15 5 on-demand", (15, 5, False)),
    ],
)
def test_keepalives(line: str, expected: tuple[int, int, bool]) -> None:
    keepalive = read(f"crypto isakmp keepalive {line}").isakmp_keepalive
    assert keepalive is not None
    assert (keepalive.interval_s, keepalive.retry_s, keepalive.periodic) == expected


def test_isakmp_profiles() -> None:
    config = read(
        "crypto isakmp profile PROF\n   vrf CUST\n   keyring RING\n   ca trust-point CA\n"
        "   match identity address 10.0.0.1 255.255.255.255\n   keepalive 20 retry 5\n"
        "   self-identity fqdn\n"
    )
    profile = config.isakmp_profiles["PROF"]
    assert (profile.vrf, profile.keyrings, profile.trustpoints) == ("CUST", ("RING",), ("CA",))
    assert profile.match_identity == ("address 10.0.0.1 255.255.255.255",)
    assert (profile.keepalive_s, profile.keepalive_retry_s) == (20, 5)
    assert config.unknown_crypto == ()


def test_ikev2_blocks() -> None:
    config = read(examples.IKEV2_KEY_SERVER)
    proposal, profile = config.ikev2_proposals["P1"], config.ikev2_profiles["GKM-PROF"]
    assert proposal.encryption == ("aes-cbc-256",)
    assert (proposal.integrity, proposal.dh_groups) == (("sha384",), (20,))
    assert config.ikev2_policies["PO1"].proposals == ("P1",)
    assert profile.match_identity == ("fqdn domain gm.example.net",)
    assert profile.identity_local == "fqdn ks1.example.net"
    assert profile.authentication_local == "rsa-sig"
    assert profile.authentication_remote == ("rsa-sig",)
    assert profile.trustpoints == ("GETVPN-CA",)
    assert config.unknown_crypto == ()


def test_ikev2_keyrings_name_peers_and_no_keys() -> None:
    config = read(
        "crypto ikev2 keyring RING\n peer ANY\n  address 0.0.0.0 0.0.0.0\n"
        "  pre-shared-key local secretA\n  pre-shared-key remote 6 secretB\n"
        " peer KS1\n  address 10.0.0.1\n  identity fqdn ks1.example.net\n  pre-shared-key secretC\n"
    )
    everybody, one = config.ikev2_keyrings["RING"].peers
    assert everybody.wildcard
    assert (everybody.local_key, everybody.remote_key, everybody.secret_types) == (
        True,
        True,
        (0, 6),
    )
    assert one.address == IPv4Network("10.0.0.1/32")
    assert (one.name, one.identity, one.local_key) == ("KS1", "fqdn ks1.example.net", True)


@pytest.mark.parametrize(
    ("transforms", "cipher", "bits", "integrity", "normalised"),
    [
        ("esp-aes 256 esp-sha256-hmac", "aes", 256, "sha256", "esp-aes 256 esp-sha256-hmac"),
        ("esp-aes esp-sha-hmac", "aes", 128, "sha", "esp-aes 128 esp-sha-hmac"),
        ("esp-256-aes esp-sha-hmac", "aes", 256, "sha", "esp-aes 256 esp-sha-hmac"),
        ("esp-3des esp-md5-hmac", "3des", 168, "md5", "esp-3des esp-md5-hmac"),
        ("esp-gcm 256", "gcm", 256, None, "esp-gcm 256"),
        ("esp-gmac", "gmac", 128, None, "esp-gmac 128"),
        ("esp-null esp-sha-hmac", "null", None, "sha", "esp-null esp-sha-hmac"),
        ("ah-sha256-hmac", None, None, None, "ah-sha256-hmac"),
    ],
)
def test_transform_sets(
    transforms: str, cipher: str | None, bits: int | None, integrity: str | None, normalised: str
) -> None:
    found = transform_set(transforms)
    assert (found.cipher, found.key_bits, found.integrity) == (cipher, bits, integrity)
    assert found.normalised == normalised
    assert found.mode == "tunnel"


def test_ipsec_profiles() -> None:
    profile = read(
        "crypto ipsec profile P\n set security-association lifetime kilobytes disable\n"
        " set security-association lifetime seconds 7200\n set transform-set T1 T2\n"
        " set pfs group19\n set ikev2-profile GKM\n"
    ).ipsec_profiles["P"]
    assert (profile.lifetime_s, profile.lifetime_kb, profile.pfs_group) == (7200, None, 19)
    assert profile.transform_sets == ("T1", "T2")
    assert profile.ikev2_profile == "GKM"


def test_a_crypto_map_gathers_its_lines_and_interfaces() -> None:
    config = read(examples.FAIL_CLOSE_MEMBER)
    (found,) = config.crypto_maps
    (entry,) = found.entries
    assert (entry.sequence, entry.kind, entry.group) == (10, "gdoi", "GETVPN-G1")
    assert found.fail_close is not None
    assert (found.fail_close.acl, found.fail_close.activated) == ("FAILCLOSE", True)
    assert found.local_address == "Loopback0"
    assert found.interfaces == ("GigabitEthernet0/0/1",)
    assert len(found.lines) == 3


def test_crypto_maps_of_ipv6_and_of_other_kinds() -> None:
    (found,) = read(examples.IPV6_MEMBER).crypto_maps
    assert (found.name, found.family, found.interfaces) == (
        "MAP-V6",
        "ipv6",
        ("GigabitEthernet0/0/1",),
    )
    text = "crypto map M 5 ipsec-isakmp\n set peer 10.0.0.9\n match address 150\n"
    (other,) = read(text).crypto_maps
    assert (other.entries[0].kind, other.entries[0].peers) == ("ipsec-isakmp", ("10.0.0.9",))
    assert other.entries[0].acl == "150"


def test_a_fail_close_block_may_be_inactive() -> None:
    (found,) = read("crypto map M gdoi fail-close\n match address F\n").crypto_maps
    assert found.fail_close is not None
    assert not found.fail_close.activated
    assert found.where("fail_close").lineno == 1


def test_trustpoints() -> None:
    config = read(
        "crypto pki trustpoint CA\n enrollment mode ra\n enrollment url http://u:p@10.0.0.1:80/scep\n"
        " revocation-check crl none\n rsakeypair KEYS 2048\n auto-enroll 80 regenerate\n"
        " source interface Loopback0\n hash sha256\n password 7 0123456789\n"
        "crypto ca trustpoint OLD\n enrollment terminal\n"
    )
    found = config.trustpoints["CA"]
    assert (found.enrollment, found.enrollment_mode_ra) == ("url", True)
    assert found.enrollment_url == "http://<removed>@10.0.0.1:80/scep"
    assert found.revocation_check == ("crl", "none")
    assert (found.rsakeypair, found.rsakeypair_bits) == ("KEYS", 2048)
    assert (found.auto_enroll, found.auto_enroll_regenerate) == (80, True)
    assert (found.source_interface, found.hash) == ("Loopback0", "sha256")
    old = config.trustpoints["OLD"]
    assert old.revocation_check == ("crl",)
    assert old.is_default("revocation_check")
    assert config.unknown_crypto == ()


def test_crypto_lines_that_no_view_reads_are_listed() -> None:
    config = read(
        "crypto isakmp invalid-spi-recovery\ncrypto quantum leap\n flux 5\n"
        "no crypto ikev2 diagnose\ncrypto gdoi group G\n server local\n  rekey teleport\n"
        "interface Gi1\n crypto engine slot 1\ncrypto map\nip cef\n"
    )
    assert [line.lineno for line in config.unknown_crypto] == [1, 2, 3, 4, 7, 9, 10]


def test_interfaces() -> None:
    config = read(
        "interface GigabitEthernet0/1\n description WAN to provider ! main\n"
        " ip address 10.0.0.2 255.255.255.0 secondary\n ip address 10.0.0.1 255.255.255.0\n"
        " ipv6 address 2001:DB8::1/64\n ip mtu 1400\n mtu 1600\n ip tcp adjust-mss 1360\n"
        " ipv6 tcp adjust-mss 1340\n ip nat outside\n ip access-group 101 in\n ip ospf 1 area 0\n"
        " ip pim sparse-mode\n shutdown\n no shutdown\n crypto map M\n"
        "interface Tunnel 5\n tunnel source Loopback0\n tunnel destination 10.9.9.9\n"
        " tunnel mode ipsec ipv4\n tunnel protection ipsec profile P\n shutdown\n"
    )
    wan, tunnel = config.interfaces.values()
    assert wan.addresses == (IPv4Interface("10.0.0.1/24"), IPv4Interface("10.0.0.2/24"))
    assert wan.ipv6_addresses == (IPv6Interface("2001:db8::1/64"),)
    assert (wan.mtu, wan.ip_mtu, wan.tcp_adjust_mss, wan.ipv6_adjust_mss) == (
        1600,
        1400,
        1360,
        1340,
    )
    assert (wan.nat, wan.access_group_in, wan.ospf, wan.pim) == ("outside", "101", True, True)
    assert (wan.shutdown, wan.crypto_map) == (False, "M")
    assert wan.description == "WAN to provider ! main"
    assert wan.where("tcp_adjust_mss").text == "ip tcp adjust-mss 1360"
    assert (tunnel.name, tunnel.is_tunnel, tunnel.shutdown) == ("Tunnel5", True, True)
    assert (tunnel.tunnel_source, tunnel.tunnel_mode) == ("Loopback0", "ipsec ipv4")
    assert tunnel.tunnel_protection == "P"


def test_routing_processes() -> None:
    config = read(
        "router bgp 65000\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65001\n"
        " neighbor 10.0.0.2 timers 5 15\n address-family ipv4 vrf CUST\n  network 10.1.0.0\n"
        "  neighbor 10.1.0.2 activate\n exit-address-family\n"
        "router ospf 1 vrf CUST\n network 10.0.0.0 0.0.0.255 area 0\n"
    )
    bgp, ospf = config.routing
    assert (bgp.protocol, bgp.tag, bgp.router_id) == ("bgp", "65000", "10.0.0.1")
    assert bgp.neighbors == ("10.0.0.2", "10.1.0.2")
    assert (bgp.vrfs, bgp.networks) == (("CUST",), ("10.1.0.0",))
    assert bgp.where("neighbors").lineno == 3
    assert (ospf.protocol, ospf.tag, ospf.vrfs) == ("ospf", "1", ("CUST",))


def test_services() -> None:
    services = read(
        "service password-encryption\nservice timestamps log datetime msec\naaa new-model\n"
        "password encryption aes\nlogging host 10.0.0.5\nlogging 10.0.0.6\nno logging console\n"
        "logging source-interface Loopback0\nntp server vrf MGMT 10.0.0.7 prefer\n"
        "ntp authenticate\nsnmp-server community secret RO\nsnmp-server enable traps gdoi\n"
        "snmp-server host 10.0.0.8 version 2c secret\ntacacs server T1\n address ipv4 10.0.0.9\n"
        " key 7 0102\nclock timezone UTC 0 0\n"
    ).services
    assert services.aaa_new_model
    assert services.service_password_encryption
    assert services.password_encryption_aes
    assert services.logging_hosts == ("10.0.0.5", "10.0.0.6")
    assert services.logging_source_interface == "Loopback0"
    assert services.log_timestamps == "datetime msec"
    assert (services.ntp_servers, services.ntp_authenticate) == (("10.0.0.7",), True)
    assert (services.snmp_hosts, services.snmp_communities) == (("10.0.0.8",), 1)
    assert services.snmp_gdoi_traps
    assert services.tacacs_servers == ("10.0.0.9",)
    assert services.clock_timezone == "UTC 0 0"
    assert services.where("logging_hosts").lineno == 5


def test_names_of_the_device() -> None:
    config = read('hostname "R1"\nversion 17.9\nip domain name example.net\n')
    assert (config.hostname, config.version, config.domain_name) == ("R1", "17.9", "example.net")
    assert config.where("domain_name").lineno == 3
    assert read("ip domain-name example.org").domain_name == "example.org"
    assert read("").hostname is None


@pytest.mark.parametrize("text", examples.ALL)
def test_the_examples_leave_nothing_unread(text: str) -> None:
    config = read(text)
    assert config.unknown_crypto == ()
    assert config.problems == ()
