"""Two routers with pre-shared keys in IKE version 1: who finds which key, and what fails."""

import pytest

from getvpn.emulator.gdoi.ike import Auth, IkeFailure, IkeOffer, Proposal
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke
from getvpn.emulator.services.crypto_sas import CryptoSas
from getvpn.emulator.simulation.network import Network
from getvpn.emulator.testing import console

from .ike_routers import (
    MEMBER,
    MEMBER6,
    POLICY,
    SERVER,
    SERVER6,
    Ends,
    agreed,
    ends,
    logged,
)

BAD_MESSAGE = (
    f"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {MEMBER} failed its sanity check or is malformed"
)
MAIN_FAILED = f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at {MEMBER}"
NO_KEY = "%CRYPTO-6-IKMP_NO_PRESHARED_KEY: Pre-shared key for remote peer at {} is missing"


def keyed(member: str = "secret", server: str = "secret", **more: str) -> Ends:
    return ends(
        f"{POLICY}crypto isakmp key {member} address {SERVER}\n",
        f"{POLICY}crypto isakmp key {server} address {MEMBER}\n",
        **more,
    )


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_routers_with_one_key_agree(platform: str) -> None:
    found = keyed(platform=platform)
    answer = agreed(found.negotiate())
    assert (answer.version, answer.identity, answer.peer_identity) == (1, SERVER, MEMBER)
    assert answer.proposal == Proposal(auth=Auth.PSK)
    assert answer.peer_names == ()
    assert logged(found.member) == logged(found.server) == []


def test_a_wrong_key_is_seen_by_who_answers() -> None:
    found = keyed(server="another")
    assert found.negotiate() is IkeFailure.WRONG_SECRET
    assert logged(found.server) == [BAD_MESSAGE]
    assert logged(found.member) == []
    recorded = [event.text for event in found.kernel.events() if event.node == "KS1"]
    assert recorded == [BAD_MESSAGE]


def test_a_key_that_is_corrected_counts_at_once() -> None:
    found = keyed(server="another")
    assert found.negotiate() is IkeFailure.WRONG_SECRET
    console(found.server).configure(
        f"no crypto isakmp key another address {MEMBER}\ncrypto isakmp key secret address {MEMBER}"
    )
    agreed(found.negotiate())


def test_a_member_without_a_key_begins_nothing() -> None:
    found = ends(POLICY, f"{POLICY}crypto isakmp key secret address {MEMBER}\n")
    assert found.negotiate() is IkeFailure.NO_SECRET
    assert logged(found.member) == [NO_KEY.format(SERVER)]


def test_a_server_without_a_key_refuses() -> None:
    found = ends(f"{POLICY}crypto isakmp key secret address {SERVER}\n", POLICY)
    assert found.negotiate() is IkeFailure.NO_SECRET
    assert logged(found.server) == [NO_KEY.format(MEMBER), MAIN_FAILED]


def test_policies_that_never_meet_fail_in_main_mode() -> None:
    found = ends(
        f"{POLICY}crypto isakmp key secret address {SERVER}\n",
        f"{POLICY.replace('14', '2')}crypto isakmp key secret address {MEMBER}\n",
    )
    offer = found.offer()
    assert isinstance(offer, IkeOffer)
    assert found.server_ike.answer(offer) is IkeFailure.NO_PROPOSAL
    assert logged(found.server) == [MAIN_FAILED]
    found.member_ike.refused(offer, IkeFailure.NO_PROPOSAL)
    assert logged(found.member) == [
        "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Informational mode failed with peer at "
        + SERVER
    ]


def test_what_is_heard_of_a_wrong_key_is_not_encrypted() -> None:
    found = keyed()
    offer = found.offer()
    assert isinstance(offer, IkeOffer)
    found.member_ike.refused(offer, IkeFailure.WRONG_SECRET)
    text = f"IKE packet from {SERVER} was not encrypted and it should've been."
    assert logged(found.member) == [f"%CRYPTO-6-IKMP_NOT_ENCRYPTED: {text}"]


@pytest.mark.parametrize("which", ["member", "server"])
def test_ike_that_is_off_does_nothing(which: str) -> None:
    found = keyed()
    router = found.member if which == "member" else found.server
    console(router).configure("no crypto isakmp enable")
    assert found.negotiate() is IkeFailure.OFF
    console(router).configure("crypto isakmp enable")
    agreed(found.negotiate())
    switched = [f"%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is {word}" for word in ("OFF", "ON")]
    assert logged(found.server) + logged(found.member) == switched


@pytest.mark.parametrize("without", ["GM1", "KS1"])
def test_who_has_no_route_does_nothing(without: str) -> None:
    found = keyed()
    network = Network(found.kernel)
    for router in (found.member, found.server):
        router.network = network
        network.attach(router.name)
    agreed(found.negotiate())
    network.nodes[without].routes = lambda address: address not in (MEMBER, SERVER)
    assert found.negotiate() is IkeFailure.NO_ROUTE
    assert logged(found.member) == logged(found.server) == []


def test_what_comes_under_no_sa_is_logged() -> None:
    found = keyed()
    found.server_ike.stray(MEMBER)
    assert logged(found.server) == [
        (
            f"%CRYPTO-4-IKMP_NO_SA: IKE message from {MEMBER} has no SA and is not an "
            "initialization offer"
        )
    ]


# ---- which key ----


@pytest.mark.parametrize(
    ("lines", "works"),
    [
        (f"crypto isakmp key secret address {MEMBER}", True),
        ("crypto isakmp key secret address 0.0.0.0", True),
        ("crypto isakmp key secret address 10.0.2.0 255.255.255.0", True),
        ("crypto isakmp key secret address 10.0.3.0 255.255.255.0", False),
        # the longest match counts, whatever the order
        (
            (
                "crypto isakmp key wrong address 0.0.0.0\n"
                "crypto isakmp key secret address 10.0.0.0 255.255.0.0\n"
                "crypto isakmp key wrong address 10.0.0.0 255.0.0.0"
            ),
            True,
        ),
        (
            (
                f"crypto isakmp key secret address 10.0.2.0 255.255.255.0\n"
                f"crypto isakmp key wrong address {MEMBER}"
            ),
            False,
        ),
        # a name that the router knows the address of
        (f"ip host gm1 {MEMBER}\ncrypto isakmp key secret hostname gm1", True),
        ("crypto isakmp key secret hostname gm1", False),
        (
            (
                f"ip host GM1 {MEMBER}\ncrypto isakmp key secret hostname gm1\n"
                "crypto isakmp key wrong address 0.0.0.0"
            ),
            True,
        ),
        (
            (
                f"ip host gm1 {MEMBER}\ncrypto isakmp key wrong hostname gm1\n"
                f"crypto isakmp key secret address {MEMBER}"
            ),
            True,
        ),
        # keyrings
        (f"crypto keyring RING\n pre-shared-key address {MEMBER} key secret", True),
        ("crypto keyring RING\n pre-shared-key address 10.0.2.0 255.255.255.0 key secret", True),
        (
            f"ip host gm1 {MEMBER}\ncrypto keyring RING\n pre-shared-key hostname gm1 key secret",
            True,
        ),
        (
            (
                "crypto isakmp key wrong address 0.0.0.0\n"
                f"crypto keyring RING\n pre-shared-key address {MEMBER} key secret"
            ),
            True,
        ),
        (
            (
                f"crypto isakmp key secret address {MEMBER}\n"
                f"crypto keyring RING\n pre-shared-key address {MEMBER} key wrong"
            ),
            True,
        ),
        (
            (
                f"crypto keyring RING\n local-address {SERVER}\n"
                f" pre-shared-key address {MEMBER} key secret"
            ),
            True,
        ),
        (
            (
                "crypto keyring RING\n local-address GigabitEthernet0/0/0\n"
                f" pre-shared-key address {MEMBER} key secret"
            ),
            True,
        ),
        (
            (
                "crypto keyring RING\n local-address 10.9.9.9\n"
                f" pre-shared-key address {MEMBER} key secret"
            ),
            False,
        ),
    ],
)
def test_the_key_that_matches_best_counts(lines: str, works: bool) -> None:
    found = ends(f"{POLICY}crypto isakmp key secret address {SERVER}\n", f"{POLICY}{lines}\nexit\n")
    answer = found.negotiate()
    assert isinstance(answer, IkeFailure) is not works


@pytest.mark.parametrize(
    ("prefix", "works"),
    [
        (f"{MEMBER6}/128", True),
        ("2001:db8:2::/48", True),
        ("2001:db8:3::/48", False),
        ("::/0", True),
    ],
)
def test_keys_for_prefixes_of_ipv6(prefix: str, works: bool) -> None:
    found = ends(
        f"{POLICY}crypto isakmp key secret address ipv6 {SERVER6}/128\n",
        f"{POLICY}crypto isakmp key secret address ipv6 {prefix}\n",
    )
    offer = found.member_ike.offer(MEMBER6, SERVER6)
    assert isinstance(offer, IkeOffer)
    answer = found.server_ike.answer(offer)
    assert isinstance(answer, IkeFailure) is not works
    if works:
        assert agreed(answer).peer_identity == MEMBER6


def test_keys_of_type_six_are_opened_with_the_master_key() -> None:
    found = keyed()
    for router in (found.member, found.server):
        con = console(router)
        con.configure("key config-key password-encrypt lab-master-key\npassword encryption aes")
        assert "crypto isakmp key 6 " in con.run("show running-config | include isakmp key")
    agreed(found.negotiate())
    found.server.keys.master_key = None
    assert found.negotiate() is IkeFailure.NO_SECRET


def test_no_log_and_no_representation_shows_a_key() -> None:
    found = keyed("hidden-secret", "other-secret")
    offer = found.offer()
    answer = found.negotiate()
    assert answer is IkeFailure.WRONG_SECRET
    shown = " ".join(
        [repr(offer), repr(found.server_ike.known), *logged(found.server), *logged(found.member)]
    )
    assert "hidden" not in shown
    assert "other-secret" not in shown


# ---- VRFs ----

VRF = "vrf definition WAN\n address-family ipv4\n exit-address-family\nexit\n"


def test_a_keyring_serves_its_vrf() -> None:
    ring = "crypto keyring WAN vrf WAN\n pre-shared-key address {} key secret\nexit\n"
    found = ends(
        POLICY + ring.format(SERVER),
        POLICY + ring.format(MEMBER),
        before=VRF,
        inside="vrf forwarding WAN",
    )
    agreed(found.negotiate(vrf="WAN"))
    assert found.negotiate() is IkeFailure.NO_SECRET


def test_global_keys_serve_no_vrf() -> None:
    found = ends(
        f"{POLICY}crypto isakmp key secret address {SERVER}\n",
        f"{POLICY}crypto isakmp key secret address {MEMBER}\n",
        before=VRF,
        inside="vrf forwarding WAN",
    )
    assert found.negotiate(vrf="WAN") is IkeFailure.NO_SECRET
    assert found.negotiate() is IkeFailure.NO_SECRET
    assert logged(found.server)[0] == NO_KEY.format(MEMBER)


# ---- profiles and identities ----

PROFILE = """\
crypto keyring RING
 pre-shared-key address 10.0.2.0 255.255.255.0 key {key}
crypto isakmp profile MEMBERS
 keyring RING
 match identity {match}
 {more}
exit
"""


@pytest.mark.parametrize(
    ("match", "key", "result"),
    [
        (f"address {MEMBER} 255.255.255.255", "secret", None),
        ("address 10.0.0.0 255.0.0.0", "secret", None),
        ("address 10.0.0.0 255.0.0.0", "wrong", IkeFailure.WRONG_SECRET),
        # nobody fits: the global key counts
        ("address 10.9.0.0 255.255.0.0", "wrong", None),
    ],
)
def test_a_profile_names_the_keyring(match: str, key: str, result: IkeFailure | None) -> None:
    found = ends(
        f"{POLICY}crypto isakmp key secret address {SERVER}\n",
        f"{POLICY}crypto isakmp key secret address {MEMBER}\n"
        + PROFILE.format(match=match, key=key, more="description members"),
    )
    answer = found.negotiate()
    assert answer is result if result else agreed(answer)


def test_a_profile_without_a_key_for_the_peer_refuses() -> None:
    profile = PROFILE.format(match="address 10.0.0.0 255.0.0.0", key="secret", more="vrf INSIDE")
    found = ends(
        f"{POLICY}crypto isakmp key secret address {SERVER}\n",
        f"{POLICY}crypto isakmp key secret address {MEMBER}\n"
        + profile.replace("10.0.2.0", "10.0.3.0"),
    )
    assert found.negotiate() is IkeFailure.NO_SECRET


def test_a_profile_can_name_the_global_keys_and_a_vrf() -> None:
    profile = (
        "crypto keyring RING\n pre-shared-key address 10.0.2.0 255.255.255.0 key wrong\n"
        "crypto isakmp profile MEMBERS\n keyring default\n"
        " match identity address 10.0.0.0 255.0.0.0{}\nexit\n"
    )
    member = f"{POLICY}crypto isakmp key secret address {SERVER}\n"
    server = f"{POLICY}crypto isakmp key secret address 0.0.0.0\n"
    agreed(ends(member, server + profile.format("")).negotiate())
    # a profile for a VRF does not fit here, so that the longest match counts
    other = ends(member, server + profile.format(" WAN"), before=VRF)
    assert other.negotiate() is IkeFailure.WRONG_SECRET


def test_members_can_say_their_names() -> None:
    member = f"{POLICY}crypto isakmp key secret address {SERVER}\ncrypto isakmp identity hostname\n"
    profile = PROFILE.format(
        match="host domain lab.example", key="secret", more="self-identity fqdn"
    )
    found = ends(member, POLICY + profile)
    answer = agreed(found.negotiate())
    assert answer.peer_identity == "GM1.lab.example"
    assert answer.identity == "KS1.lab.example"


def test_a_distinguished_name_needs_a_certificate() -> None:
    found = keyed()
    console(found.member).configure("crypto isakmp identity dn")
    assert agreed(found.negotiate()).peer_identity == MEMBER


# ---- policies ----


def test_the_policy_of_the_answering_end_with_the_best_priority_counts() -> None:
    weak = (
        "crypto isakmp policy 5\n encr aes\n authentication pre-share\n group 5\n lifetime 3600\n"
    )
    found = ends(
        f"{POLICY}{weak.replace('policy 5', 'policy 20').replace('3600', '7200')}"
        f"crypto isakmp key secret address {SERVER}\n",
        f"{POLICY}{weak}crypto isakmp key secret address {MEMBER}\n",
    )
    proposal = agreed(found.negotiate()).proposal
    assert (proposal.bits, proposal.group, proposal.lifetime_s) == (128, 5, 3600)


def test_what_a_policy_does_not_say_is_what_ios_assumes() -> None:
    bare = "crypto isakmp policy 1\n authentication pre-share\n"
    found = ends(
        f"{bare}crypto isakmp key secret address {SERVER}\n",
        f"{bare}crypto isakmp key secret address {MEMBER}\n",
    )
    proposal = agreed(found.negotiate()).proposal
    assert (proposal.cipher, proposal.integrity, proposal.group) == ("des", "sha", 1)
    assert proposal.lifetime_s == 86_400


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_policies_of_ios_count_where_there_are_no_others(platform: str) -> None:
    found = ends(
        f"crypto isakmp key secret address {SERVER}\n",
        f"crypto isakmp key secret address {MEMBER}\n",
        platform=platform,
    )
    proposal = agreed(found.negotiate()).proposal
    assert (proposal.cipher, proposal.bits, proposal.auth) == ("aes", 128, Auth.PSK)
    agreed(found.negotiate())
    told = ["%CRYPTO-6-IKMP_POLICY_DEFAULT: Using ISAKMP Default policies"]
    assert logged(found.member) == logged(found.server) == told
    console(found.server).configure("no crypto isakmp default policy")
    assert found.negotiate() is IkeFailure.NO_PROPOSAL
    console(found.member).configure("no crypto isakmp default policy")
    assert found.negotiate() is IkeFailure.NO_PROPOSAL


def test_encryption_with_rsa_is_never_negotiated() -> None:
    only = "crypto isakmp policy 1\n authentication rsa-encr\n"
    found = ends(f"{only}crypto isakmp key secret address {SERVER}\n", POLICY)
    assert found.negotiate() is IkeFailure.NO_PROPOSAL


# ---- keepalives, stations ----


@pytest.mark.parametrize(
    ("line", "keepalive"),
    [
        ("", None),
        ("crypto isakmp keepalive 15 periodic\n", (15, 2, True)),
        ("crypto isakmp keepalive 10 5\n", (10, 5, False)),
    ],
)
def test_keepalives_are_what_is_configured(
    line: str, keepalive: tuple[int, int, bool] | None
) -> None:
    found = ends(f"{POLICY}{line}crypto isakmp key secret address {SERVER}\n", POLICY)
    assert found.member_ike.keepalive() == keepalive
    offer = found.offer()
    assert isinstance(offer, IkeOffer)
    assert offer.dpd_s == (keepalive[0] if keepalive else 0)


def test_a_station_and_a_router_agree() -> None:
    found = keyed()
    station = SharedSecretIke("secret")
    offer = station.offer(MEMBER, SERVER)
    assert isinstance(offer, IkeOffer)
    agreed(found.server_ike.answer(offer))
    other = found.member_ike.offer(MEMBER, SERVER)
    assert isinstance(other, IkeOffer)
    assert found.member_ike.accept(other, agreed(station.answer(other))) is None
    station.spoil("another")
    wrong = station.offer(MEMBER, SERVER)
    assert isinstance(wrong, IkeOffer)
    assert found.server_ike.answer(wrong) is IkeFailure.WRONG_SECRET


def test_thousands_of_keys_are_searched_quickly() -> None:
    lines = [f"crypto isakmp key k{n} address 10.7.{n >> 8}.{n & 255}" for n in range(2000)]
    found = ends(POLICY, POLICY + "\n".join(lines) + "\n")
    secrets = found.server_ike.known.secrets
    for n in range(2000):
        assert secrets.find(f"10.7.{n >> 8}.{n & 255}", local=SERVER)
    assert not secrets.find("10.8.0.0", local=SERVER)
    assert found.server.feature(CryptoSas).ike == []
