"""Two routers with profiles of IKE version 2."""

import pytest

from getvpn.emulator.gdoi.ike import Auth, IkeFailure, IkeOffer
from getvpn.emulator.testing import console

from .ike_routers import (
    MEMBER,
    MEMBER6,
    SERVER,
    SERVER6,
    Ends,
    agreed,
    ends,
    enrol,
    logged,
    serial,
    trustpoint,
)

ABORTED = "%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: {}"
AUTH = ABORTED.format("Auth exchange failed")
NOTHING = ABORTED.format("Failed to locate an item in the database")
KEYRING = """\
crypto ikev2 keyring RING
 peer OTHER
  {address}
  pre-shared-key {key}
exit
exit
"""
PROFILE = """\
crypto ikev2 profile GKM
 match identity remote {match}
 authentication remote pre-share
 authentication local pre-share
 keyring local RING
exit
"""
SIGNED = """\
crypto ikev2 profile GKM
 match identity remote {match}
 authentication remote rsa-sig
 authentication local rsa-sig
 pki trustpoint LAB
exit
"""
ANY = "address 0.0.0.0 0.0.0.0"


def keyed(
    member: str = "secret",
    server: str = "secret",
    *,
    match: str = ANY,
    server_match: str = "address 10.0.2.0 255.255.255.0",
    more: tuple[str, str] = ("", ""),
    platform: str = "isr4451",
) -> Ends:
    """A key for each other's addresses; `more` are further lines of each."""
    return ends(
        KEYRING.format(address=f"address {SERVER}", key=member)
        + PROFILE.format(match=match)
        + more[0],
        KEYRING.format(address="address 10.0.2.0 255.255.255.0", key=server)
        + PROFILE.format(match=server_match)
        + more[1],
        platform=platform,
    )


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_profiles_with_one_key_agree_on_the_default_proposal(platform: str) -> None:
    found = keyed(platform=platform)
    answer = agreed(found.negotiate("GKM"))
    assert (answer.version, answer.identity, answer.peer_identity) == (2, SERVER, MEMBER)
    proposal = answer.proposal
    assert (proposal.cipher, proposal.bits) == ("aes", 256)
    assert (proposal.integrity, proposal.prf) == ("sha512", "sha512")
    assert proposal.group == (19 if platform == "isr4451" else 5)
    assert answer.spis[0] != answer.spis[1]
    assert logged(found.member) == logged(found.server) == []


def test_a_wrong_key_is_seen_by_who_answers() -> None:
    found = keyed(server="another")
    assert found.negotiate("GKM") is IkeFailure.WRONG_SECRET
    assert logged(found.server) == [AUTH]
    offer = found.offer("GKM")
    assert isinstance(offer, IkeOffer)
    found.member_ike.refused(offer, IkeFailure.WRONG_SECRET)
    assert logged(found.member) == [AUTH]


def test_each_direction_can_have_a_key_of_its_own() -> None:
    found = keyed(
        "local begins\n  pre-shared-key remote answers",
        "local answers\n  pre-shared-key remote begins",
    )
    agreed(found.negotiate("GKM"))


def test_the_member_checks_the_key_of_the_server() -> None:
    found = keyed(
        "local begins\n  pre-shared-key remote answers",
        "local another\n  pre-shared-key remote begins",
    )
    assert found.negotiate("GKM") is IkeFailure.WRONG_SECRET
    assert logged(found.server) == []
    assert logged(found.member) == [AUTH]


def test_keys_can_stand_in_the_profile() -> None:
    profile = (
        "crypto ikev2 profile GKM\n match identity remote any\n"
        " authentication remote pre-share key {}\n authentication local pre-share key {}\n"
    )
    found = ends(profile.format("theirs", "mine"), profile.format("mine", "theirs"))
    agreed(found.negotiate("GKM"))
    console(found.server).configure(
        "crypto ikev2 profile GKM\nauthentication remote pre-share key other"
    )
    assert found.negotiate("GKM") is IkeFailure.WRONG_SECRET


# ---- profiles ----


@pytest.mark.parametrize(
    ("identity", "match", "fits"),
    [
        ("", f"address {MEMBER} 255.255.255.255", True),
        ("", "address 10.0.3.0 255.255.255.0", False),
        ("", "any", True),
        ("", "fqdn GM1.lab.example", False),
        ("address 172.16.0.1", "address 172.16.0.0 255.255.0.0", True),
        ("address 172.16.0.1", f"address {MEMBER} 255.255.255.255", False),
        ("fqdn GM1.lab.example", "fqdn gm1.lab.example", True),
        ("fqdn GM1.lab.example", "fqdn domain lab.example", True),
        ("fqdn GM1.lab.example", "fqdn domain ab.example", False),
        ("fqdn GM1.lab.example", "email domain lab.example", False),
        ("email gm1@lab.example", "email gm1@lab.example", True),
        ("email gm1@lab.example", "email domain lab.example", True),
        ("email gm1@lab.example", "fqdn domain lab.example", False),
        ("key-id members", "key-id members", True),
        ("key-id members", "key-id others", False),
    ],
)
def test_the_profile_of_the_server_says_whom_it_takes(
    identity: str, match: str, fits: bool
) -> None:
    line = f"crypto ikev2 profile GKM\n identity local {identity}\nexit\n" if identity else ""
    found = keyed(server_match=match, more=(line, ""))
    answer = found.negotiate("GKM")
    if fits:
        assert agreed(answer).peer_identity == (
            identity.rsplit(maxsplit=1)[-1] if identity else MEMBER
        )
    else:
        assert answer is IkeFailure.NO_PROFILE
        assert logged(found.server) == [NOTHING]


def test_the_member_takes_no_server_that_its_profile_does_not_match() -> None:
    found = keyed(match="address 10.9.0.0 255.255.0.0")
    assert found.negotiate("GKM") is IkeFailure.NO_PROFILE
    assert logged(found.member) == [NOTHING]


@pytest.mark.parametrize(
    "removed",
    [
        "authentication local pre-share",
        "authentication remote pre-share",
        "match identity remote address 0.0.0.0 0.0.0.0",
    ],
)
def test_an_incomplete_profile_is_none(removed: str) -> None:
    found = keyed()
    console(found.member).configure(f"crypto ikev2 profile GKM\nno {removed}")
    assert found.negotiate("GKM") is IkeFailure.NO_PROFILE


def test_a_profile_that_is_not_there_is_none() -> None:
    found = keyed()
    assert found.negotiate("OTHER") is IkeFailure.NO_PROFILE
    assert found.negotiate("GKM", "OTHER") is IkeFailure.NO_PROFILE


@pytest.mark.parametrize(
    ("line", "works"),
    [
        (f"match address local {SERVER}", True),
        ("match address local 10.9.9.9", False),
        ("match address local interface GigabitEthernet0/0/0", True),
        ("match address local interface GigabitEthernet0/0/1", False),
        ("match fvrf any", True),
        ("match fvrf WAN", False),
    ],
)
def test_a_profile_can_be_for_an_address_or_a_vrf(line: str, works: bool) -> None:
    vrf = "vrf definition WAN\nexit\n" if "WAN" in line else ""
    found = keyed(more=("", f"{vrf}crypto ikev2 profile GKM\n {line}\n"))
    answer = found.negotiate("GKM")
    assert isinstance(answer, IkeFailure) is not works


def test_profiles_of_a_vrf() -> None:
    vrf = "vrf definition WAN\n address-family ipv4\n exit-address-family\nexit\n"
    inside = "crypto ikev2 profile GKM\n match fvrf WAN\n match address local {}\nexit\n"
    found = ends(
        KEYRING.format(address=f"address {SERVER}", key="secret")
        + PROFILE.format(match=ANY)
        + inside.format(MEMBER),
        KEYRING.format(address=f"address {MEMBER}", key="secret")
        + PROFILE.format(match=ANY)
        + inside.format(SERVER),
        before=vrf,
        inside="vrf forwarding WAN",
    )
    agreed(found.negotiate("GKM", vrf="WAN"))
    assert found.negotiate("GKM") is IkeFailure.NO_PROFILE


# ---- keyrings ----


@pytest.mark.parametrize(
    ("address", "works"),
    [
        (f"address {MEMBER}", True),
        ("address 0.0.0.0 0.0.0.0", True),
        ("address 10.0.3.0 255.255.255.0", False),
        ("identity address 10.0.2.1", True),
        ("identity fqdn GM1.lab.example", False),
    ],
)
def test_the_peer_of_a_keyring_is_found_by_address_or_identity(address: str, works: bool) -> None:
    found = ends(
        KEYRING.format(address=f"address {SERVER}", key="secret") + PROFILE.format(match=ANY),
        KEYRING.format(address=address, key="secret") + PROFILE.format(match=ANY),
    )
    answer = found.negotiate("GKM")
    assert agreed(answer) if works else answer is IkeFailure.NO_SECRET


@pytest.mark.parametrize("identity", ["fqdn gm1.lab.example", "fqdn domain lab.example"])
def test_the_identity_goes_before_the_address(identity: str) -> None:
    wrong = " peer WRONG\n  address 0.0.0.0 0.0.0.0\n  pre-shared-key wrong\n exit\n"
    ring = KEYRING.format(address=f"identity {identity}", key="secret")
    member = "crypto ikev2 profile GKM\n identity local fqdn GM1.lab.example\nexit\n"
    found = ends(
        KEYRING.format(address=f"address {SERVER}", key="secret")
        + PROFILE.format(match=ANY)
        + member,
        ring
        + f"crypto ikev2 keyring RING\n{wrong}exit\n"
        + PROFILE.format(match="fqdn domain lab.example"),
    )
    agreed(found.negotiate("GKM"))


def test_a_keyring_that_is_not_there_has_no_key() -> None:
    found = keyed()
    console(found.server).configure("crypto ikev2 profile GKM\nkeyring local NONE")
    assert found.negotiate("GKM") is IkeFailure.NO_SECRET
    assert logged(found.server) == [NOTHING]
    console(found.member).configure("crypto ikev2 profile GKM\nno keyring local RING")
    assert found.offer("GKM") is IkeFailure.NO_SECRET


def test_version_two_over_ipv6() -> None:
    found = ends(
        KEYRING.format(address=f"address {SERVER6}/128", key="secret")
        + PROFILE.format(match="address ::/0"),
        KEYRING.format(address="address 2001:db8:2::/48", key="secret")
        + PROFILE.format(match="address 2001:db8:2::/48"),
    )
    offer = found.member_ike.offer(MEMBER6, SERVER6, profile="GKM")
    assert isinstance(offer, IkeOffer)
    answer = agreed(found.server_ike.answer(offer, profile="GKM"))
    assert found.member_ike.accept(offer, answer) is None
    assert answer.peer_identity == MEMBER6


# ---- proposals ----

PROPOSAL = """\
crypto ikev2 proposal {name}
 encryption {ciphers}
 integrity {hashes}
 group {groups}
exit
"""


def test_proposals_of_a_policy_are_combined() -> None:
    mine = PROPOSAL.format(
        name="MINE", ciphers="aes-cbc-128 aes-cbc-256", hashes="sha256 sha384", groups="14 19"
    )
    theirs = PROPOSAL.format(
        name="THEIRS", ciphers="3des aes-cbc-256", hashes="sha384", groups="20 19 14"
    )
    policy = "crypto ikev2 policy P\n proposal {}\nexit\n"
    found = keyed(more=(mine + policy.format("MINE"), theirs + policy.format("THEIRS")))
    proposal = agreed(found.negotiate("GKM")).proposal
    assert (proposal.cipher, proposal.bits) == ("aes", 256)
    assert (proposal.integrity, proposal.group) == ("sha384", 19)


def test_proposals_that_never_meet_fail() -> None:
    other = PROPOSAL.format(name="P", ciphers="3des", hashes="md5", groups="2")
    found = keyed(more=("", f"{other}crypto ikev2 policy P\n proposal P\nexit\n"))
    assert found.negotiate("GKM") is IkeFailure.NO_PROPOSAL
    assert logged(found.server) == [ABORTED.format("Failed to find a matching policy")]


def test_combined_modes_need_a_prf() -> None:
    lines = (
        "crypto ikev2 proposal P\n encryption aes-gcm-256\n {prf}group 20\nexit\n"
        "crypto ikev2 policy P\n proposal P\nexit\n"
    )
    good = lines.format(prf="prf sha384\n ")
    found = keyed(more=(good, good))
    proposal = agreed(found.negotiate("GKM")).proposal
    assert (proposal.cipher, proposal.bits, proposal.prf) == ("aes-gcm", 256, "sha384")
    bad = lines.format(prf="")
    assert keyed(more=(bad, bad)).negotiate("GKM") is IkeFailure.NO_PROPOSAL


def test_the_policy_of_the_own_address_counts_first() -> None:
    good = PROPOSAL.format(name="GOOD", ciphers="aes-cbc-256", hashes="sha512", groups="19")
    bad = PROPOSAL.format(name="BAD", ciphers="des", hashes="md5", groups="1")
    found = keyed(
        more=(
            "",
            (
                f"{good}{bad}crypto ikev2 policy A\n proposal BAD\nexit\n"
                f"crypto ikev2 policy B\n match address local {SERVER}\n proposal GOOD\nexit\n"
                "crypto ikev2 policy C\n match address local 10.9.9.9\n proposal BAD\nexit\n"
            ),
        )
    )
    agreed(found.negotiate("GKM"))


def test_the_shorter_lifetime_ends_an_sa() -> None:
    found = keyed(more=("crypto ikev2 profile GKM\n lifetime 3600\nexit\n", ""))
    assert agreed(found.negotiate("GKM")).proposal.lifetime_s == 3600


def test_liveness_checks_of_the_profile_or_of_all() -> None:
    found = keyed()
    console(found.member).configure("crypto ikev2 dpd 60 5 periodic")
    offer = found.offer("GKM")
    assert isinstance(offer, IkeOffer)
    assert offer.dpd_s == 60
    console(found.member).configure("crypto ikev2 profile GKM\ndpd 10 2 on-demand")
    offer = found.offer("GKM")
    assert isinstance(offer, IkeOffer)
    assert offer.dpd_s == 10


# ---- certificates ----


def certified(
    match: str = "fqdn domain lab.example",
    *,
    checks: tuple[str, str] = ("none", "none"),
    identity: str = "fqdn {}.lab.example",
) -> Ends:
    def lines(name: str, check: str) -> str:
        own = f"crypto ikev2 profile GKM\n identity local {identity.format(name)}\nexit\n"
        return trustpoint(name, check) + SIGNED.format(match=match) + own

    found = ends(lines("GM1", checks[0]), lines("KS1", checks[1]))
    for router in (found.member, found.server):
        enrol(router)
    return found


def test_certificates_of_one_authority_agree() -> None:
    found = certified()
    answer = agreed(found.negotiate("GKM"))
    assert answer.peer_identity == "GM1.lab.example"
    assert answer.identity == "KS1.lab.example"
    assert answer.peer_names[2:4] == ("cn=GM1", "ou=lab")
    assert logged(found.member) == logged(found.server) == []


def test_without_a_configured_identity_it_is_the_name_in_the_certificate() -> None:
    found = certified("any", identity="dn")
    assert agreed(found.negotiate("GKM")).peer_identity.endswith("cn=GM1,ou=lab")
    for router in (found.member, found.server):
        console(router).configure("crypto ikev2 profile GKM\nno identity local dn")
    assert agreed(found.negotiate("GKM")).peer_identity.endswith("cn=GM1,ou=lab")


def test_a_certificate_map_can_say_whom_a_profile_takes() -> None:
    found = certified()
    con = console(found.server)
    con.configure("crypto pki certificate map MEMBERS 10\nsubject-name co ou=lab\nexit")
    con.configure(
        "crypto ikev2 profile GKM\nno match identity remote fqdn domain lab.example\n"
        "match certificate MEMBERS"
    )
    agreed(found.negotiate("GKM"))
    con.configure("crypto pki certificate map MEMBERS 10\nsubject-name co ou=other\nexit")
    assert found.negotiate("GKM") is IkeFailure.NO_PROFILE


def test_a_revoked_certificate_is_refused() -> None:
    found = certified(checks=("none", "crl"))
    found.ca.revoke(serial(found.member), now=found.kernel.now())
    assert found.negotiate("GKM") is IkeFailure.REVOKED
    assert [line.split(":")[0] for line in logged(found.server)] == [
        "%PKI-3-CERTIFICATE_REVOKED",
        "%IKEV2-3-NEG_ABORT",
    ]


def test_who_is_certified_needs_a_peer_who_takes_that() -> None:
    found = certified()
    console(found.server).configure(
        "crypto ikev2 profile GKM\nno authentication remote rsa-sig\n"
        "authentication remote pre-share"
    )
    assert found.negotiate("GKM") is IkeFailure.NO_SECRET


def test_who_has_a_key_needs_a_peer_who_takes_that() -> None:
    found = keyed(more=("", trustpoint("KS1")))
    console(found.server).configure(
        "crypto ikev2 profile GKM\nno authentication remote pre-share\n"
        "authentication remote rsa-sig"
    )
    assert found.negotiate("GKM") is IkeFailure.NO_CERTIFICATE
    assert logged(found.server) == [AUTH]


def test_the_ends_can_prove_themselves_in_different_ways() -> None:
    found = keyed(
        server_match="fqdn domain lab.example",
        more=(
            trustpoint("GM1") + "crypto ikev2 profile GKM\n pki trustpoint LAB\nexit\n",
            trustpoint("KS1") + "crypto ikev2 profile GKM\n pki trustpoint LAB verify\nexit\n",
        ),
    )
    for router in (found.member, found.server):
        enrol(router)
    console(found.member).configure(
        "crypto ikev2 profile GKM\nauthentication local rsa-sig\n"
        "identity local fqdn GM1.lab.example"
    )
    console(found.server).configure("crypto ikev2 profile GKM\nauthentication remote rsa-sig")
    answer = agreed(found.negotiate("GKM"))
    assert answer.peer_names
    assert not answer.credential.certificate
    assert answer.proposal.auth is Auth.PSK


def test_a_member_without_a_certificate_begins_nothing() -> None:
    found = ends(trustpoint("GM1") + SIGNED.format(match="any"), "")
    assert found.offer("GKM") is IkeFailure.NO_CERTIFICATE
