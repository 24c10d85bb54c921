from ipaddress import IPv4Address

import pytest

from getvpn.parsers.config import (
    DeviceConfig,
    GroupMemberConfig,
    KeyServerConfig,
    defaults,
    device_config,
    parse_config,
)

from . import examples


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def key_server(*lines: str) -> KeyServerConfig:
    text = "crypto gdoi group G\n identity number 1\n server local\n"
    (server,) = read(text + "".join(f"  {line}\n" for line in lines)).key_servers
    return server


def member(*lines: str) -> GroupMemberConfig:
    text = "crypto gdoi group G\n server address ipv4 10.0.0.1\n"
    (found,) = read(text + "".join(f" {line}\n" for line in lines)).group_members
    return found


def test_a_key_server_with_unicast_rekeys() -> None:
    config = read(examples.KEY_SERVER)
    (server,) = config.key_servers
    (sa,) = server.sas
    assert (server.group, server.identity, server.family) == ("GETVPN-G1", 1001, "ipv4")
    assert server.address == IPv4Address("10.10.1.1")
    assert (server.rekey_algorithm, server.rekey_sig_hash) == ("aes 256", "sha256")
    assert (server.rekey_retransmit_s, server.rekey_retransmit_count) == (40, 3)
    assert server.rekey_authentication == "GETVPN-REKEY"
    assert server.rekey_unicast
    assert server.authorization_acl == "52"
    assert (sa.sequence, sa.profile, sa.acl) == (10, "GETVPN-PROF", "GETVPN-POLICY")
    assert (sa.replay, sa.replay_window, sa.tag_cts_sgt) == ("time", 5, False)
    assert server.redundancy is None
    assert config.group_members == ()
    assert config.tek_lifetime_s(sa) == 7200
    assert config.tek_lifetime_line(sa).text == "set security-association lifetime seconds 7200"
    assert [one.normalised for one in config.transform_sets_of(sa)] == [
        "esp-aes 256 esp-sha256-hmac"
    ]


def test_a_pair_of_key_servers_with_certificates() -> None:
    config = read(examples.COOP_KEY_SERVER)
    (server,) = config.key_servers
    assert server.redundancy is not None
    assert server.redundancy.priority == 100
    assert server.redundancy.peers == (IPv4Address("10.10.2.1"),)
    assert server.authorization_identity == "GETVPN-GMS"
    assert server.crl_trustpoint == "GETVPN-CA"
    assert config.crypto_identities["GETVPN-GMS"].dns == ("ou=GETVPN",)
    assert config.isakmp_identity == "dn"


def test_a_key_server_with_multicast_rekeys() -> None:
    config = read(examples.MULTICAST_KEY_SERVER)
    (server,) = config.key_servers
    assert not server.rekey_unicast
    assert server.is_default("rekey_unicast")
    assert server.rekey_address_acl == "REKEY-MCAST"
    assert config.services.multicast_routing
    assert config.services.pim_ssm


def test_a_key_server_for_ikev2_members() -> None:
    (server,) = read(examples.IKEV2_KEY_SERVER).key_servers
    assert (server.spelling, server.gikev2, server.gdoi, server.pfs) == (
        "gkm",
        "GKM-PROF",
        True,
        True,
    )


def test_members_name_their_servers_in_order() -> None:
    config = read(examples.MEMBER)
    (found,) = config.group_members
    assert found.servers == (IPv4Address("10.10.1.1"), IPv4Address("10.10.2.1"))
    assert [line.lineno for line in found.server_lines] == [10, 11]
    assert found.where("servers").lineno == 10
    assert (found.protocol, found.pfs, found.bypass_policy) == ("gdoi", True, True)
    assert config.key_servers == ()


def test_a_member_that_registers_by_ikev2() -> None:
    (found,) = read(examples.IKEV2_MEMBER).group_members
    assert (found.spelling, found.protocol, found.ikev2_profile) == ("gkm", "gikev2", "GKM-PROF")


def test_a_member_in_a_vrf() -> None:
    config = read(examples.VRF_MEMBER)
    assert config.group_members[0].registration_interface == "GigabitEthernet0/0/2"
    assert config.interfaces["GigabitEthernet0/0/1.100"].vrf == "CUST"


def test_ipv6_groups() -> None:
    (server,) = read(examples.IPV6_KEY_SERVER).key_servers
    assert (server.family, server.sas[0].acl_family) == ("ipv6", "ipv6")
    config = read(examples.IPV6_KEY_SERVER)
    found = config.access_list_of(server.sas[0])
    assert found is not None
    assert len(found.entries) == 3
    (one,) = read(examples.IPV6_MEMBER).group_members
    assert one.family == "ipv6"


def test_an_empty_key_server_has_the_defaults_of_ios() -> None:
    server = key_server()
    assert server.rekey_algorithm == defaults.REKEY_ALGORITHM == "3des-cbc"
    assert server.rekey_sig_hash == "sha"
    assert server.rekey_lifetime_s == 86_400
    assert (server.rekey_retransmit_s, server.rekey_retransmit_count) == (10, 2)
    assert not server.rekey_unicast
    assert server.gdoi
    assert server.group_size == "medium"
    assert all(server.is_default(name) for name in ("rekey_algorithm", "gdoi", "redundancy"))
    assert server.where("rekey_algorithm").text == "crypto gdoi group G"


def test_each_field_knows_the_line_that_set_it() -> None:
    server = key_server("rekey algorithm aes 128", "no gdoi")
    assert server.where("rekey_algorithm").lineno == 4
    assert not server.is_default("gdoi")
    with pytest.raises(AttributeError):
        server.where("rekey_algoritm")


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("rekey algorithm aes 192", "rekey_algorithm", "aes 192"),
        ("rekey algorithm des-cbc", "rekey_algorithm", "des-cbc"),
        ("rekey lifetime seconds 43200", "rekey_lifetime_s", 43_200),
        ("rekey lifetime second 43200", "rekey_lifetime_s", 43_200),
        ("rekey lifetime days 2", "rekey_lifetime_s", 172_800),
        ("rekey retransmit 60 periodic", "rekey_periodic", True),
        ("rekey acknowledgement interoperable", "rekey_acknowledgement", "interoperable"),
        (
            "registration interface GigabitEthernet0/1",
            "registration_interface",
            "GigabitEthernet0/1",
        ),
        ("group size small 12", "group_size", "small 12"),
        ("sa receive-only", "receive_only", True),
        ("sa d3p window sec 2", "d3p_window_ms", 2_000),
        ("sa d3p window msec 1500", "d3p_window_ms", 1_500),
        ("sa pair-wise-keying safety-limit 10", "pairwise_keying", True),
        ("no gdoi", "gdoi", False),
    ],
)
def test_key_server_lines(line: str, name: str, expected: object) -> None:
    server = key_server(line)
    assert getattr(server, name) == expected
    assert server.where(name).text == line


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        (
            "client rekey encryption aes 128 aes 256 3des-cbc",
            "rekey_ciphers",
            ("aes 128", "aes 256", "3des-cbc"),
        ),
        ("client rekey hash sha256 sha384", "rekey_hashes", ("sha256", "sha384")),
        ("client transform-sets T1 T2", "transform_sets", ("T1", "T2")),
        ("client recovery-check interval 300", "recovery_check_s", 300),
        ("client status active-sa track 7", "active_sa_track", 7),
        ("no client pfs", "pfs", False),
        ("no client bypass-policy", "bypass_policy", False),
        ("client fail-close revert", "fail_close_revert", True),
        ("passive", "passive", True),
        ("client registration interface Loopback 0", "registration_interface", "Loopback0"),
        ("client transport-encrypt-key pair-wise-key", "pairwise_keying", True),
        ("identity address ipv4 10.9.9.9", "identity", IPv4Address("10.9.9.9")),
    ],
)
def test_member_lines(line: str, name: str, expected: object) -> None:
    found = member(line)
    assert getattr(found, name) == expected
    assert not found.is_default(name)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("replay counter window-size 128",), ("counter", 128)),
        (("replay time window-size 20",), ("time", 20)),
        (("no replay",), ("none", 0)),
        (("replay time window-size 20", "replay counter"), ("counter", 64)),
        ((), ("counter", 64)),
    ],
)
def test_replay_protection(lines: tuple[str, ...], expected: tuple[str, int]) -> None:
    (sa,) = key_server("sa ipsec 1", *(f" {line}" for line in lines)).sas
    assert (sa.replay, sa.replay_window) == expected


def test_sender_identifiers_and_coop_protocol() -> None:
    server = key_server(
        "identifier",
        " range 10 - 19",
        " value 42",
        "redundancy",
        " local priority 75",
        " protocol version optimize",
        " protocol pdu 5000",
        " peer address ipv4 10.0.0.2",
        " peer address ipv4 10.0.0.3",
        " no peer address ipv4 10.0.0.2",
    )
    assert server.kssids == ((10, 19), (42, 42))
    assert server.redundancy is not None
    assert server.redundancy.peers == (IPv4Address("10.0.0.3"),)
    assert [line.text for line in server.redundancy.peer_lines] == ["peer address ipv4 10.0.0.3"]
    assert (server.redundancy.protocol_version, server.redundancy.pdu_size) == ("optimize", 5_000)


def test_a_group_may_be_entered_again() -> None:
    config = read(
        "crypto gdoi group G\n identity number 1\n server local\n  rekey transport unicast\n"
        "crypto gdoi group G\n server local\n  no rekey transport unicast\n"
        "  rekey algorithm aes 256\n"
    )
    (server,) = config.key_servers
    assert not server.rekey_unicast
    assert server.rekey_algorithm == "aes 256"
    assert server.line.lineno == 1


def test_what_no_takes_away_is_gone() -> None:
    config = read(
        f"{examples.KEY_SERVER}{examples.MEMBER}no crypto gdoi group GETVPN-G1\n"
        "no crypto isakmp policy 10\nno ip access-list extended GETVPN-POLICY\nno access-list 52\n"
    )
    assert config.key_servers == ()
    assert config.group_members == ()
    assert config.isakmp_policies == ()
    assert config.access_lists == {}
    assert config.problems == ()


def test_two_groups_on_one_server() -> None:
    config = read(examples.KEY_SERVER + examples.KEY_SERVER.replace("GETVPN-G1", "G2"))
    assert [server.group for server in config.key_servers] == ["GETVPN-G1", "G2"]


def test_the_lifetime_of_traffic_keys_goes_from_profile_to_global_to_default() -> None:
    sa_text = "crypto gdoi group G\n server local\n  sa ipsec 1\n   profile P\n"
    profile = "crypto ipsec profile P\n set transform-set T\n"

    def lifetime(text: str) -> tuple[int, str]:
        config = read(text)
        (sa,) = config.key_servers[0].sas
        return config.tek_lifetime_s(sa), config.tek_lifetime_line(sa).text

    days = " set security-association lifetime days 2"
    everywhere = "crypto ipsec security-association lifetime seconds 14400"
    assert lifetime(sa_text) == (3_600, "sa ipsec 1")
    assert lifetime(sa_text + profile) == (3_600, "crypto ipsec profile P")
    assert lifetime(f"{sa_text}{profile}{everywhere}\n") == (14_400, everywhere)
    assert lifetime(f"{sa_text}{profile}{days}\n{everywhere}\n") == (172_800, days.strip())


@pytest.mark.parametrize(
    "line", ["rekey lifetime abc", "rekey lifetime seconds abc", "rekey algorithm rc4"]
)
def test_a_bad_value_leaves_the_default_and_a_problem(line: str) -> None:
    config = read(f"crypto gdoi group G\n server local\n  {line}\n")
    (server,) = config.key_servers
    assert server.rekey_lifetime_s == 86_400
    assert server.rekey_algorithm == "3des-cbc"
    assert [problem.line.lineno for problem in config.problems] == [3]


def test_placeholders_are_problems() -> None:
    config = read(
        "crypto gdoi group G\n identity number <N>\n server address ipv4 <KS1>\n"
        "crypto isakmp key <KEY> address <KS1>\naccess-list 52 permit <GM1>\n"
    )
    assert [problem.line.lineno for problem in config.problems] == [2, 3, 4, 5]
    assert config.group_members[0].servers == ()
    assert config.access_lists["52"].unread != ()


def test_a_number_out_of_range_is_kept_and_noted() -> None:
    config = read("crypto gdoi group G\n server local\n  rekey lifetime seconds 60\n")
    assert config.key_servers[0].rekey_lifetime_s == 60
    assert "outside" in config.problems[0].message


def test_remarks_behind_a_command_change_nothing() -> None:
    (server,) = read(
        "crypto gdoi group ipv6 G          ! KS\n server local ! here\n"
        "  rekey algorithm aes 256   ! strong\n"
    ).key_servers
    assert (server.group, server.family, server.rekey_algorithm) == ("G", "ipv6", "aes 256")
