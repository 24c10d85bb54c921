"""Every command of a group, in the forms in which a router takes it."""

from ipaddress import ip_address

import pytest

from getvpn.parsers.config import DeviceConfig, View, device_config, parse_config

HEADER = "crypto gdoi group G"

# What stands under `server local`, the field that it sets, and the value. An origin of "" means
# that the value is the default, which no line sets; else the origin is the last line.
SERVER = [
    ("address ipv4 10.0.0.1", "address", ip_address("10.0.0.1")),
    ("gdoi", "gdoi", True),
    ("no gdoi", "gdoi", False),
    ("gikev2 P", "gikev2", "P"),
    ("pfs", "pfs", True),
    ("no pfs", "pfs", False),
    ("rekey algorithm des-cbc", "rekey_algorithm", "des-cbc"),
    ("rekey algorithm aes 192", "rekey_algorithm", "aes 192"),
    ("rekey alg AES 256", "rekey_algorithm", "aes 256"),
    ("rekey sig-hash algorithm sha512", "rekey_sig_hash", "sha512"),
    ("rekey sig alg sha384", "rekey_sig_hash", "sha384"),
    ("rekey lifetime seconds 300", "rekey_lifetime_s", 300),
    ("rekey lifetime days 30", "rekey_lifetime_s", 2_592_000),
    ("rekey life day 2", "rekey_lifetime_s", 172_800),
    ("rekey retransmit 60 periodic", "rekey_periodic", True),
    ("rekey retransmit 60 periodic", "rekey_retransmit_s", 60),
    ("rekey retransmit 60", "rekey_retransmit_s", 60),
    ("rekey retrans 20 num 5", "rekey_retransmit_count", 5),
    ("rekey authentication mypubkey rsa L", "rekey_authentication", "L"),
    ("rekey auth mypub rsa L", "rekey_authentication", "L"),
    ("rekey transport u", "rekey_unicast", True),
    ("no rekey transport unicast", "rekey_unicast", False),
    ("rekey address ipv4 101", "rekey_address_acl", "101"),
    ("rekey address ipv4 RK.acl-1", "rekey_address_acl", "RK.acl-1"),
    ("rekey acknowledgement any", "rekey_acknowledgement", "any"),
    ("rekey ack inter", "rekey_acknowledgement", "interoperable"),
    ("authorization address ipv4 99", "authorization_acl", "99"),
    ("auth addr ipv4 GMS", "authorization_acl", "GMS"),
    ("authorization identity I", "authorization_identity", "I"),
    ("registration interface Loopback0", "registration_interface", "Loopback0"),
    ("registration interface Loopback 0", "registration_interface", "Loopback0"),
    ("registration periodic crl trustpoint T", "crl_trustpoint", "T"),
    ("group size small 12", "group_size", "small 12"),
    ("group size large", "group_size", "large"),
    ("sa d3p window sec 5", "d3p_window_ms", 5_000),
    ("sa d3p window msec 1500", "d3p_window_ms", 1_500),
    ("sa receive-only", "receive_only", True),
    ("no sa receive-only", "receive_only", False),
    ("sa pair-wise-keying safety-limit 100", "pairwise_keying", True),
]
SERVER_BACK = [
    ("no gdoi\ndefault gdoi", "gdoi", True),
    ("gikev2 P\nno gikev2", "gikev2", None),
    ("pfs\ndefault pfs", "pfs", False),
    ("rekey algorithm aes 256\nno rekey algorithm", "rekey_algorithm", "3des-cbc"),
    ("rekey algorithm aes 256\ndefault rekey algorithm", "rekey_algorithm", "3des-cbc"),
    ("rekey algorithm aes 256\nno rekey algorithm aes 256", "rekey_algorithm", "3des-cbc"),
    ("rekey sig-hash algorithm sha256\nno rekey sig-hash", "rekey_sig_hash", "sha"),
    ("rekey lifetime days 3\nno rekey lifetime", "rekey_lifetime_s", 86_400),
    ("rekey lifetime days 3\nno rekey lifetime days 3", "rekey_lifetime_s", 86_400),
    ("rekey retransmit 40 number 3\nno rekey retransmit", "rekey_retransmit_count", 2),
    ("rekey retransmit 40 number 3\nno rekey retransmit 40 number 3", "rekey_retransmit_s", 10),
    ("rekey retransmit 40 number 3\nrekey retransmit 20 periodic", "rekey_retransmit_count", 2),
    ("rekey authentication mypubkey rsa L\nno rekey auth", "rekey_authentication", None),
    ("rekey transport unicast\nno rekey transport", "rekey_unicast", False),
    ("rekey transport unicast\ndefault rekey transport unicast", "rekey_unicast", False),
    ("rekey address ipv4 101\nno rekey address", "rekey_address_acl", None),
    ("rekey acknowledgement any\nno rekey acknowledgement", "rekey_acknowledgement", "cisco"),
    ("authorization address ipv4 5\nno authorization address", "authorization_acl", None),
    ("registration periodic crl trustpoint T\nno registration periodic", "crl_trustpoint", None),
    ("group size large\nno group size", "group_size", "medium"),
    ("sa d3p window sec 5\nno sa d3p", "d3p_window_ms", None),
    ("sa receive-only\ndefault sa receive-only", "receive_only", False),
    ("redundancy\n local priority 10\nno redundancy", "redundancy", None),
    ("redundancy\n local priority 10\ndefault redundancy", "redundancy", None),
    ("identifier\n range 10 - 19\nno identifier", "kssids", ()),
    ("identifier\n range 10 - 19\n no range 10 - 19", "kssids", ()),
]
SA = [
    ("profile P", "profile", "P"),
    ("match address ipv4 101", "acl", "101"),
    ("match addr ipv6 A6", "acl_family", "ipv6"),
    ("replay counter window-size 1024", "replay_window", 1_024),
    ("replay time win 5", "replay_window", 5),
    ("replay time window-size 100", "replay", "time"),
    ("no replay", "replay", "none"),
    ("no replay counter window-size 64", "replay", "none"),
    ("no replay\nreplay counter window-size 64", "replay", "counter"),
    ("tag cts sgt", "tag_cts_sgt", True),
    ("no tag", "tag_cts_sgt", False),
]
SA_BACK = [
    ("profile P\nno profile P", "profile", None),
    ("match address ipv6 A\nno match address ipv6 A", "acl", None),
    ("match address ipv6 A\nno match address ipv6 A", "acl_family", "ipv4"),
    ("no replay\ndefault replay", "replay", "counter"),
    ("no replay\ndefault replay", "replay_window", 64),
    ("tag cts sgt\ndefault tag", "tag_cts_sgt", False),
]
MEMBER = [
    ("passive", "passive", True),
    ("no passive", "passive", False),
    ("client protocol gdoi", "protocol", "gdoi"),
    ("client protocol gikev2 P", "protocol", "gikev2"),
    ("client protocol gikev2 P", "ikev2_profile", "P"),
    ("client registration interface Vlan 5", "registration_interface", "Vlan5"),
    ("no client bypass-policy", "bypass_policy", False),
    ("client rekey enc aes 128 aes 256 3des", "rekey_ciphers", ("aes 128", "aes 256", "3des-cbc")),
    ("client rekey hash sha sha256", "rekey_hashes", ("sha", "sha256")),
    ("client transform-sets A B C", "transform_sets", ("A", "B", "C")),
    ("client recovery-check interval 300", "recovery_check_s", 300),
    ("client status active-sa track 10", "active_sa_track", 10),
    ("no client pfs", "pfs", False),
    ("client fail-close revert", "fail_close_revert", True),
    ("client transport-encrypt-key pair-wise-key", "pairwise_keying", True),
    ("client transport-encrypt-key group-key", "pairwise_keying", False),
    ("server address ipv6 2001:DB8::1", "servers", (ip_address("2001:DB8::1"),)),
    ("server hostname ipv4 ks1.example.net", "servers", ("ks1.example.net",)),
    ("server hostname ks1", "servers", ("ks1",)),
]
MEMBER_BACK = [
    ("client protocol gikev2 P\nno client protocol gikev2 P", "protocol", "gdoi"),
    ("client protocol gikev2 P\ndefault client protocol", "ikev2_profile", None),
    ("no client bypass-policy\ndefault client bypass-policy", "bypass_policy", True),
    ("no client pfs\ndefault client pfs", "pfs", True),
    ("client rekey encryption aes 256\nno client rekey encryption", "rekey_ciphers", ()),
    ("client rekey hash sha\nno client rekey hash sha", "rekey_hashes", ()),
    ("client transform-sets A\nno client transform-sets", "transform_sets", ()),
    ("client recovery-check interval 300\nno client recovery-check", "recovery_check_s", None),
    ("client status active-sa track 5\nno client status active-sa", "active_sa_track", None),
    (
        "client transport-encrypt-key pair-wise-key\nno client transport-encrypt-key",
        "pairwise_keying",
        False,
    ),
    ("server address ipv4 10.0.0.1\nno server address ipv4 10.0.0.1", "servers", ()),
    ("server hostname ipv4 ks1\nno server hostname ipv4 ks1", "servers", ()),
]


def read(text: str) -> DeviceConfig:
    config = device_config(parse_config(text))
    assert not config.unknown_crypto
    assert not config.problems
    return config


def under(header: str, body: str) -> str:
    """`body`, one level deeper than `header`."""
    indent = " " * (len(header.splitlines()[-1]) - len(header.splitlines()[-1].lstrip()) + 1)
    return header + "".join(f"\n{indent}{line}" for line in body.splitlines())


def server(body: str) -> View:
    return read(under(f"{HEADER}\n server local", body)).key_servers[0]


def policy(body: str) -> View:
    return read(under(f"{HEADER}\n server local\n  sa ipsec 1", body)).key_servers[0].sas[0]


def member(body: str) -> View:
    return read(under(HEADER, body)).group_members[0]


ROLES = {"server": server, "policy": policy, "member": member}


@pytest.mark.parametrize(
    ("role", "body", "field", "value"),
    [("server", *row) for row in SERVER]
    + [("policy", *row) for row in SA]
    + [("member", *row) for row in MEMBER],
)
def test_a_command_sets_its_field_and_is_its_origin(
    role: str, body: str, field: str, value: object
) -> None:
    view = ROLES[role](body)
    assert getattr(view, field) == value
    assert view.where(field).text == body.splitlines()[-1]
    assert not view.is_default(field)


@pytest.mark.parametrize(
    ("role", "body", "field", "value"),
    [("server", *row) for row in SERVER_BACK]
    + [("policy", *row) for row in SA_BACK]
    + [("member", *row) for row in MEMBER_BACK],
)
def test_no_and_default_take_a_command_back(
    role: str, body: str, field: str, value: object
) -> None:
    assert getattr(ROLES[role](body), field) == value


@pytest.mark.parametrize(
    ("header", "family", "name", "spelling"),
    [
        ("crypto gdoi group G", "ipv4", "G", "gdoi"),
        ("crypto gdoi group ipv6 G-6", "ipv6", "G-6", "gdoi"),
        ("crypto gkm group G.x_1", "ipv4", "G.x_1", "gkm"),
        ("crypto gkm group ipv6 G", "ipv6", "G", "gkm"),
        ("cry gd gr G", "ipv4", "G", "gdoi"),
        ("CRYPTO GKM GROUP Gx", "ipv4", "Gx", "gkm"),
    ],
)
def test_the_header_names_family_group_and_spelling(
    header: str, family: str, name: str, spelling: str
) -> None:
    (view,) = read(f"{header}\n server local").key_servers
    assert (view.family, view.group, view.spelling) == (family, name, spelling)


def test_a_block_that_comes_again_goes_on_where_it_was() -> None:
    config = read("""\
crypto gdoi group G
 server local
  rekey transport unicast
crypto isakmp keepalive 10 periodic
crypto gdoi group G
 identity number 5
 server local
  sa ipsec 1
   profile P
  redundancy
   peer address ipv4 10.0.0.2
crypto gdoi group G
 server local
  sa ipsec 1
   match address ipv4 A
  sa ipsec 2
  no sa ipsec 2
  redundancy
   local priority 5
""")
    (view,) = config.key_servers
    assert (view.identity, view.rekey_unicast) == (5, True)
    (sa,) = view.sas
    assert (sa.profile, sa.acl, sa.where("acl").lineno) == ("P", "A", 15)
    assert view.redundancy is not None
    assert (view.redundancy.priority, len(view.redundancy.peers)) == (5, 1)


@pytest.mark.parametrize("word", ["no", "default"])
def test_a_group_is_taken_back_as_a_whole(word: str) -> None:
    config = read(f"{HEADER}\n server local\n{word} {HEADER}")
    assert (config.key_servers, config.group_members) == ((), ())
