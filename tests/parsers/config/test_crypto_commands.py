"""IKE, IPsec and crypto map commands in the forms in which a router takes them."""

import pytest

from getvpn.parsers.config import DeviceConfig, IsakmpKey, device_config, parse_config

DEFAULTS = ("des", None, "sha", "rsa-sig", 1, 86_400)


def read(text: str) -> DeviceConfig:
    config = device_config(parse_config(text))
    assert not config.unknown_crypto
    assert not config.problems
    return config


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("encr aes 192", ("aes", 192, *DEFAULTS[2:])),
        ("enc aes\n auth pre\n group 21", ("aes", 128, "sha", "pre-share", 21, 86_400)),
        ("encryption 3des\n hash md5", ("3des", None, "md5", *DEFAULTS[3:])),
        ("ENCRYPTION AES 256\n HASH SHA512", ("aes", 256, "sha512", *DEFAULTS[3:])),
        ("encr aes 256\n no encryption", DEFAULTS),
        ("encr aes 256\n default encryption", DEFAULTS),
        ("hash md5\n group 5\n no hash\n no group 5\n no lifetime", DEFAULTS),
        ("authentication ecdsa-sig\n lifetime 60", (*DEFAULTS[:3], "ecdsa-sig", 1, 60)),
    ],
)
def test_an_isakmp_policy(body: str, expected: tuple[object, ...]) -> None:
    (policy,) = read(f"crypto isakmp policy 10\n {body}").isakmp_policies
    assert expected == (
        *(policy.encryption, policy.key_bits, policy.hash, policy.authentication),
        *(policy.dh_group, policy.lifetime_s),
    )


def key(key: IsakmpKey) -> tuple[str | None, int, bool, bool]:
    peer = key.hostname if key.address is None else str(key.address)
    return peer, key.secret_type, key.no_xauth, key.wildcard


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("K address 10.0.0.1", ("10.0.0.1/32", 0, False, False)),
        ("6 K address 10.0.0.0 255.0.0.0 no-xauth", ("10.0.0.0/8", 6, True, False)),
        ("0 K address 0.0.0.0", ("0.0.0.0/0", 0, False, True)),
        ("K address 0.0.0.0 0.0.0.0", ("0.0.0.0/0", 0, False, True)),
        ("6 K hostname ks1.example.net no-xauth", ("ks1.example.net", 6, True, False)),
        ("K address ipv6 2001:DB8::1/128", ("2001:db8::1/128", 0, False, False)),
        ("6 K address ipv6 ::/0", ("::/0", 6, False, True)),
        ("address address 10.0.0.1", ("10.0.0.1/32", 0, False, False)),
        ("6 address 10.0.0.1", ("10.0.0.1/32", 0, False, False)),
        ("K ADDRESS 10.0.0.1", ("10.0.0.1/32", 0, False, False)),
        ("K host h", ("h", 0, False, False)),
    ],
)
def test_a_pre_shared_key(line: str, expected: tuple[object, ...]) -> None:
    (view,) = read(f"crypto isakmp key {line}").isakmp_keys
    assert key(view) == expected


def test_a_pre_shared_key_is_taken_back_by_its_peer() -> None:
    config = read("""\
crypto isakmp key 6 A address 10.0.0.1
crypto isakmp key B address 10.0.0.2
no crypto isakmp key A address 10.0.0.1
default crypto isakmp key B address 10.0.0.3
crypto keyring R vrf V
 pre-shared-key address 10.0.0.3 key K
 pre-shared-key hostname h key 6 K
 no pre-shared-key hostname h key K
""")
    assert [key(one)[0] for one in config.isakmp_keys] == ["10.0.0.2/32", "10.0.0.3/32"]
    assert [one.vrf for one in config.keyrings["R"].keys] == ["V"]


@pytest.mark.parametrize("word", ["no", "default"])
def test_keepalive_and_identity_are_taken_back(word: str) -> None:
    config = read(f"""\
crypto isakmp keepalive 10 periodic
crypto isakmp identity dn
{word} crypto isakmp keepalive
{word} crypto isakmp identity
""")
    assert (config.isakmp_keepalive, config.isakmp_identity) == (None, "address")


def test_a_public_key_in_a_keyring_is_known() -> None:
    config = read("""\
crypto keyring R
 rsa-pubkey address 10.0.0.1
  address 10.0.0.1
  key-string
   30820122 300D0609
   quit
 pre-shared-key address 10.0.0.1 key K
""")
    assert len(config.keyrings["R"].keys) == 1


def test_the_peers_of_an_ikev2_keyring_come_again_and_go() -> None:
    config = read("""\
crypto ikev2 keyring K
 peer A
  address 10.0.0.1
  pre-shared-key local 6 X
 peer B
  address 0.0.0.0 0.0.0.0
  pre-shared-key X
  no pre-shared-key
crypto ikev2 keyring K
 peer A
  address 10.0.0.9
  pre-shared rem Y
 peer C
  address 2001:DB8::/32
 no peer C
""")
    a, b = config.ikev2_keyrings["K"].peers
    assert (a.name, str(a.address), a.local_key, a.remote_key) == ("A", "10.0.0.9/32", True, True)
    assert (a.secret_types, a.line.lineno, a.where("address").lineno) == ((6, 0), 2, 11)
    assert (b.wildcard, b.local_key, b.remote_key, b.secret_types) == (True, False, False, ())
    assert config.ikev2_keyrings["K"].where("peers").lineno == 2


def test_an_ikev2_profile_in_short_forms_and_taken_back() -> None:
    config = read("""\
crypto ikev2 profile P
 match id rem addr 10.0.0.1
 match identity remote any
 no match identity remote any
 match fvrf any
 no match fvrf any
 match cert MAP
 match address local interface Loopback0
 auth loc pre key 6 X
 authentication remote pre-share key Y
 authentication remote eap query-identity
 no authentication remote eap
 auth rem rsa
 keyring local K
 dpd 10 2 periodic
 no dpd
 lifetime 3600
 default lifetime
""")
    profile = config.ikev2_profiles["P"]
    assert profile.match_identity == ("address 10.0.0.1",)
    assert (profile.match_fvrf, profile.match_certificate) == (None, ("MAP",))
    assert profile.authentication_local == "pre-share"
    assert profile.authentication_remote == ("pre-share", "rsa-sig")
    assert (profile.keyring, profile.dpd, profile.lifetime_s) == ("K", None, 86_400)


def test_an_ikev2_policy_and_proposal_are_overridden() -> None:
    config = read("""\
crypto ikev2 proposal default
 encryption aes-cbc-256 aes-cbc-128
 integrity sha512 sha384
 group 20 19
 group 21
 no integrity
crypto ikev2 policy default
 match fvrf any
 match addr loc 10.0.0.1
 match address local 10.0.0.2
 no match address local 10.0.0.2
 proposal default
 proposal OTHER
 no proposal default
""")
    proposal = config.ikev2_proposals["default"]
    assert proposal.encryption == ("aes-cbc-256", "aes-cbc-128")
    assert (proposal.integrity, proposal.dh_groups) == ((), (21,))
    policy = config.ikev2_policies["default"]
    assert (policy.match_fvrf, policy.match_address) == ("any", ("10.0.0.1",))
    assert policy.proposals == ("OTHER",)


@pytest.mark.parametrize(
    ("body", "normalised", "mode"),
    [
        ("T esp-gcm 256", "esp-gcm 256", "tunnel"),
        ("T esp-gmac\n mode transport require", "esp-gmac 128", "transport"),
        ("T esp-192-aes esp-sha-hmac", "esp-aes 192 esp-sha-hmac", "tunnel"),
        ("T ah-sha-hmac esp-3des", "ah-sha-hmac esp-3des", "tunnel"),
        ("T ESP-AES 256 ESP-SHA256-HMAC", "esp-aes 256 esp-sha256-hmac", "tunnel"),
        ("T esp-aes esp-sha-hmac esn\n mode transport\n no mode", "esp-aes 128 esp-sha-hmac", ""),
        (
            "T ah-md5-hmac esp-aes 256 esp-sha-hmac\ncrypto ipsec transform-set T esp-gcm 256",
            "esp-gcm 256",
            "tunnel",
        ),
        (
            "T esp-aes 256 esp-sha-hmac\ncrypto ipsec transform-set T\n mode transport",
            "esp-aes 256 esp-sha-hmac",
            "transport",
        ),
    ],
)
def test_a_transform_set(body: str, normalised: str, mode: str) -> None:
    view = read(f"crypto ipsec transform-set {body}").transform_sets["T"]
    assert (view.normalised, view.mode) == (normalised, mode or "tunnel")


def test_a_cipher_that_does_not_exist_is_a_problem_and_no_cipher() -> None:
    config = device_config(parse_config("crypto ipsec transform-set T esp-aes256 esp-sha-hmac"))
    assert config.transform_sets["T"].cipher is None
    assert [problem.message for problem in config.problems] == ["a cipher is not known"]


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("lifetime seconds 900", 900),
        ("lifetime days 2", 172_800),
        ("lifetime kilobytes 5000", 3_600),
        ("lifetime days 2|no lifetime days", 3_600),
        ("lifetime days 2|no lifetime seconds", 3_600),
        ("lifetime seconds 900|default lifetime seconds", 3_600),
        ("lifetime seconds 900|no lifetime seconds 900", 3_600),
        ("lifetime seconds 900|no lifetime kilobytes", 900),
    ],
)
def test_the_global_lifetime(lines: str, seconds: int) -> None:
    def command(line: str) -> str:
        word, _, rest = line.partition(" ")
        if word == "lifetime":
            return f"crypto ipsec security-association {line}"
        return f"{word} crypto ipsec security-association {rest}"

    assert read("\n".join(map(command, lines.split("|")))).ipsec_lifetime_s == seconds


@pytest.mark.parametrize("header", ["crypto ipsec profile P", "crypto map M 10 ipsec-isakmp"])
def test_profiles_and_crypto_maps_have_the_same_limits(header: str) -> None:
    config = read(f"""\
{header}
 set security-association lifetime kilobytes 4608000
 set security-association lifetime seconds 900
 set security-association idle-time 600
 set security-association replay window-size 512
 set pfs group19
 set pfs
 set transform-set A B
 set isakmp-profile I
""")
    (view,) = (*config.ipsec_profiles.values(), *(one.entries[0] for one in config.crypto_maps))
    assert (view.lifetime_kb, view.lifetime_s, view.idle_time_s) == (4_608_000, 900, 600)
    assert (view.pfs_group, view.transform_sets, view.isakmp_profile) == (1, ("A", "B"), "I")


def test_a_profile_has_no_group() -> None:
    config = device_config(parse_config("crypto ipsec profile P\n set group G\n set peer 1.1.1.1"))
    assert [problem.line.lineno for problem in config.problems] == [2, 3]


MAP = """\
crypto map M local-address Loopback0
crypto map M gdoi fail-close
 match address FC
 activate
crypto map M 20 gdoi
 set group H
crypto map M 10 gdoi
 set group G
 match address L
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ("Loopback0", [(10, "gdoi", "G", "L"), (20, "gdoi", "H", None)], ("FC", True))),
        ("no crypto map M 20", ("Loopback0", [(10, "gdoi", "G", "L")], ("FC", True))),
        ("no crypto map M 20 gdoi", ("Loopback0", [(10, "gdoi", "G", "L")], ("FC", True))),
        (
            "no crypto map M gdoi fail-close\nno crypto map M 20",
            ("Loopback0", [(10, "gdoi", "G", "L")], None),
        ),
        (
            "crypto map M gdoi fail\n no act\nno crypto map M 20",
            ("Loopback0", [(10, "gdoi", "G", "L")], ("FC", False)),
        ),
        (
            "no crypto map M local-address\nno crypto map M 20",
            (None, [(10, "gdoi", "G", "L")], ("FC", True)),
        ),
        (
            "crypto map M 10\n no match address\nno crypto map M 20",
            ("Loopback0", [(10, "gdoi", "G", None)], ("FC", True)),
        ),
        (
            "CRYPTO MAP M 20 GDOI\n SET GROUP I\nno crypto map M 10",
            ("Loopback0", [(20, "gdoi", "I", None)], ("FC", True)),
        ),
    ],
)
def test_a_crypto_map(more: str, expected: tuple[object, ...]) -> None:
    (view,) = read(MAP + more).crypto_maps
    fail_close = view.fail_close and (view.fail_close.acl, view.fail_close.activated)
    entries = [(one.sequence, one.kind, one.group, one.acl) for one in view.entries]
    assert (view.local_address, entries, fail_close) == expected


@pytest.mark.parametrize("word", ["no", "default"])
def test_a_crypto_map_is_taken_back_as_a_whole(word: str) -> None:
    assert read(f"{MAP}{word} crypto map M").crypto_maps == ()


def test_crypto_maps_of_both_families_with_one_name() -> None:
    config = read("""\
cry map ipv6 M 10 gd
 set group G6
crypto map ipv6 M gdoi fail-close
 match address FC6
 activate
crypto map M 10 gdoi
 set group G4
interface Port-channel1.10
 crypto map M redundancy HA
interface Tunnel 0
 ipv6 crypto map M
no crypto map ipv6 M gdoi fail-close
""")
    six, four = config.crypto_maps
    assert (six.family, six.interfaces, six.fail_close) == ("ipv6", ("Tunnel0",), None)
    assert (four.family, four.interfaces) == ("ipv4", ("Port-channel1.10",))
    assert [entry.kind for one in config.crypto_maps for entry in one.entries] == ["gdoi", "gdoi"]
