"""Two routers with certificates in IKE version 1: what is taken, and what is refused why."""

from datetime import UTC, datetime

import pytest

from getvpn.emulator.gdoi.ike import Auth, IkeFailure, IkeOffer
from getvpn.emulator.keys.pki import LabAuthority
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.testing import START, console

from .ike_routers import (
    MEMBER,
    POLICY,
    SERVER,
    SIGNED,
    Ends,
    agreed,
    certified,
    ends,
    enrol,
    logged,
    serial,
    trustpoint,
)

DAY_S = 86_400
HOUR_S = 3600
INVALID = (
    f"%CRYPTO-5-IKMP_INVAL_CERT: Certificate received from {MEMBER} is bad: certificate invalid"
)
UNKNOWN = (
    f"%CRYPTO-5-IKMP_INVAL_CERT: Certificate received from {MEMBER} is bad: "
    "unknown error returned in certificate validation"
)
FAILED = f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at {MEMBER}"
CHAIN = "Certificate chain validation has failed."
EXPIRED = (
    f"%PKI-3-CERTIFICATE_INVALID_EXPIRED: {CHAIN}  The certificate (SN: {{}}) has expired."
    "    Validity period ended on {}"
)
SUBJECT = "hostname=GM1.lab.example,cn=GM1,ou=lab"


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_routers_of_one_authority_agree(platform: str) -> None:
    found = certified(platform=platform)
    answer = agreed(found.negotiate())
    assert answer.proposal.auth is Auth.RSA_SIG
    assert answer.peer_names == (
        SUBJECT,
        "hostname=GM1.lab.example",
        "cn=GM1",
        "ou=lab",
        "GM1.lab.example",
    )
    assert logged(found.member) == logged(found.server) == []


@pytest.mark.parametrize(
    ("kind", "identity"),
    [("address", "GM1.lab.example"), ("hostname", "GM1.lab.example"), ("dn", SUBJECT)],
)
def test_who_a_member_says_it_is(kind: str, identity: str) -> None:
    found = certified(member=f"{SIGNED}crypto isakmp identity {kind}\n")
    answer = agreed(found.negotiate())
    assert answer.peer_identity == identity
    assert answer.identity == "KS1.lab.example"


def test_an_address_in_the_certificate_is_the_identity() -> None:
    found = certified()
    con = console(found.member)
    con.configure("crypto pki trustpoint LAB\nserial-number none\nip-address 10.0.2.1\nfqdn none")
    con.run("configure terminal", "crypto pki enroll LAB", "yes", "word", "word", "yes", "end")
    assert agreed(found.negotiate()).peer_identity == MEMBER


def test_a_member_without_a_certificate_begins_nothing() -> None:
    found = ends(SIGNED, SIGNED)
    assert found.negotiate() is IkeFailure.NO_CERTIFICATE
    assert logged(found.member) == []


def test_a_server_without_a_certificate_refuses() -> None:
    found = ends(SIGNED + trustpoint("GM1"), SIGNED)
    enrol(found.member)
    assert found.negotiate() is IkeFailure.NO_CERTIFICATE
    assert logged(found.server) == [FAILED]


def test_a_certificate_without_its_key_is_none() -> None:
    found = certified()
    found.member.keys.zeroize(found.member.keys.pairs(label="GM1-ike")[0].kind, "GM1-ike")
    assert found.negotiate() is IkeFailure.NO_CERTIFICATE


def test_an_authority_that_the_server_does_not_know() -> None:
    found = certified()
    found.member.authority = LabAuthority("another")
    console(found.member).run("configure terminal", "no crypto pki trustpoint LAB", "yes", "end")
    console(found.member).configure(trustpoint("GM1"))
    enrol(found.member)
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    assert logged(found.server) == [UNKNOWN, FAILED]


def test_the_member_looks_at_the_certificate_of_the_server_too() -> None:
    found = certified(checks=("crl", "none"))
    found.ca.revoke(serial(found.server), now=found.kernel.now())
    assert found.negotiate() is IkeFailure.REVOKED
    text = f"Certificate received from {SERVER} is bad: certificate invalid"
    number = f"{serial(found.server):02X}"
    assert logged(found.member) == [
        f"%PKI-3-CERTIFICATE_REVOKED: {CHAIN}  The certificate (SN: {number}) is revoked",
        f"%CRYPTO-5-IKMP_INVAL_CERT: {text}",
    ]
    assert logged(found.server) == []


# ---- time ----


def test_a_certificate_that_has_expired_is_refused() -> None:
    found = certified()
    found.kernel.advance(30 * DAY_S - 10)
    agreed(found.negotiate())
    found.kernel.advance(20)
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    number = f"{serial(found.member):02X}"
    assert logged(found.server) == [
        EXPIRED.format(number, "00:00:00 UTC Jan 31 2026"),
        INVALID,
        FAILED,
    ]


def test_a_server_whose_clock_is_behind_takes_no_fresh_certificate() -> None:
    found = certified()
    found.kernel.advance(DAY_S)
    enrol(found.member)
    found.server.wall.set_by_hand(datetime.fromtimestamp(START + HOUR_S, UTC))
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    assert logged(found.server)[0].startswith(
        f"%PKI-3-CERTIFICATE_INVALID_NOT_YET_VALID: {CHAIN}  The certificate (SN: "
    )
    assert logged(found.server)[0].endswith(
        ") is not yet valid   Validity period starts on 00:00:00 UTC Jan 2 2026"
    )


def test_a_clock_that_is_ahead_makes_certificates_expire() -> None:
    found = certified()
    found.server.wall.set_by_hand(datetime.fromtimestamp(START + 400 * DAY_S, UTC))
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    assert "CERTIFICATE_INVALID_EXPIRED" in logged(found.server)[0]
    found.server.wall.set_by_ntp()
    agreed(found.negotiate())


def test_nobody_is_taken_when_the_authority_itself_has_expired() -> None:
    found = certified()
    found.kernel.advance(11 * 365 * DAY_S)
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    assert "(SN: 01) has expired" in logged(found.server)[0]


# ---- revocation ----


def revoke_member(found: Ends) -> None:
    found.ca.revoke(serial(found.member), now=found.kernel.now())


def test_a_revoked_member_is_refused() -> None:
    found = certified(checks=("none", "crl"))
    revoke_member(found)
    assert found.negotiate() is IkeFailure.REVOKED
    number = f"{serial(found.member):02X}"
    assert logged(found.server) == [
        f"%PKI-3-CERTIFICATE_REVOKED: {CHAIN}  The certificate (SN: {number}) is revoked",
        INVALID,
        FAILED,
    ]


def test_revocation_does_not_matter_to_who_does_not_check_it() -> None:
    found = certified(checks=("none", "none"))
    revoke_member(found)
    agreed(found.negotiate())
    assert found.server.feature(Pki).lists == {}


def test_the_list_is_fetched_at_the_first_registration_and_kept_until_it_ends() -> None:
    found = certified(checks=("none", "crl"))
    pki = found.server.feature(Pki)
    assert pki.lists == {}
    agreed(found.negotiate())
    assert pki.lists["LAB"].downloaded_at == START
    # a member that is revoked meanwhile stays in until the server fetches the list again
    found.kernel.advance(HOUR_S)
    revoke_member(found)
    agreed(found.negotiate())
    assert pki.lists["LAB"].downloaded_at == START
    found.kernel.advance(5 * HOUR_S)
    assert found.negotiate() is IkeFailure.REVOKED
    assert pki.lists["LAB"].downloaded_at == START + 6 * HOUR_S
    counters = console(found.server).run("show crypto pki counters")
    for line in (
        "PKI Sessions Started: 3",
        "Successful Validations: 2",
        "Failed Validations: 1",
        "CRLs checked: 3",
        "CRL - fetch attempts: 2",
        "CRL - failed attempts: 0",
    ):
        assert f"{line}\n" in counters
    console(found.server).run("clear crypto pki counters")
    assert "fetch attempts: 0\n" in console(found.server).run("show crypto pki counters")


def test_an_operator_can_fetch_the_new_list() -> None:
    found = certified(checks=("none", "crl"))
    agreed(found.negotiate())
    revoke_member(found)
    agreed(found.negotiate())
    console(found.server).configure("crypto pki crl request LAB")
    assert found.negotiate() is IkeFailure.REVOKED


@pytest.mark.parametrize(
    ("check", "result"),
    [
        ("crl", IkeFailure.BAD_CERTIFICATE),
        ("crl none", None),
        ("crl ocsp", IkeFailure.BAD_CERTIFICATE),
        ("ocsp none", None),
    ],
)
def test_an_authority_that_is_not_reached(check: str, result: IkeFailure | None) -> None:
    found = certified(checks=("none", check))
    found.server.authority.reachable = False
    answer = found.negotiate()
    if result is None:
        agreed(answer)
        return
    assert answer is result
    assert logged(found.server)[-3:] == [f"%PKI-3-CERTIFICATE_INVALID: {CHAIN}", INVALID, FAILED]
    assert logged(found.server)[0].startswith(
        "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint LAB failed  Reason : Failed to select"
    )


def test_a_list_that_is_there_serves_without_the_authority() -> None:
    found = certified(checks=("none", "crl"))
    agreed(found.negotiate())
    found.server.authority.reachable = False
    found.kernel.advance(HOUR_S)
    agreed(found.negotiate())
    found.kernel.advance(6 * HOUR_S)
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE


def test_a_responder_tells_at_once() -> None:
    found = certified(checks=("none", "ocsp"))
    agreed(found.negotiate())
    revoke_member(found)
    assert found.negotiate() is IkeFailure.REVOKED


@pytest.mark.parametrize(
    ("cache", "later_s"), [("none", 1), ("delete-after 10", 601), ("delete-after 10", 599)]
)
def test_how_long_a_list_is_kept(cache: str, later_s: int) -> None:
    found = certified(checks=("none", "crl"))
    console(found.server).configure(f"crypto pki trustpoint LAB\ncrl cache {cache}")
    agreed(found.negotiate())
    revoke_member(found)
    found.kernel.advance(later_s)
    answer = found.negotiate()
    if later_s == 599:
        agreed(answer)
    else:
        assert answer is IkeFailure.REVOKED


def test_who_wants_to_know_is_told_of_a_newer_list_only() -> None:
    found = certified(checks=("none", "crl"))
    pki, told = found.server.feature(Pki), []
    stop = pki.watch_crl(told.append)
    agreed(found.negotiate())
    found.kernel.advance(1)
    assert told == []  # the first list is no newer one
    console(found.server).configure("crypto pki crl request LAB")
    found.kernel.advance(1)
    assert told == []  # it was the same
    revoke_member(found)
    console(found.server).configure("crypto pki crl request LAB")
    assert told == ["LAB"]
    found.kernel.advance(6 * HOUR_S)
    offer = found.offer()
    assert isinstance(offer, IkeOffer)
    found.server_ike.answer(offer)
    assert told == ["LAB"]  # not while the certificate is still looked at
    found.kernel.advance(0)
    assert told == ["LAB", "LAB"]
    stop()
    found.kernel.advance(6 * HOUR_S)
    found.server_ike.answer(offer)
    found.kernel.advance(1)
    assert told == ["LAB", "LAB"]


def test_a_list_that_was_cleared_is_not_forgotten_as_an_old_one() -> None:
    found = certified(checks=("none", "crl"))
    told: list[str] = []
    found.server.feature(Pki).watch_crl(told.append)
    agreed(found.negotiate())
    revoke_member(found)
    console(found.server).run("clear crypto pki crls")
    assert found.negotiate() is IkeFailure.REVOKED
    found.kernel.advance(0)
    assert told == ["LAB"]


def test_a_router_that_goes_down_tells_nobody() -> None:
    found = certified(checks=("none", "crl"))
    told: list[str] = []
    found.server.feature(Pki).watch_crl(told.append)
    agreed(found.negotiate())
    revoke_member(found)
    found.kernel.advance(7 * HOUR_S)
    assert found.negotiate() is IkeFailure.REVOKED
    found.server.stop()
    found.kernel.advance(1)
    assert told == []


# ---- several ways ----


def test_a_key_and_a_certificate_both_count() -> None:
    found = certified(
        member=f"{SIGNED}{POLICY.replace('10', '20')}crypto isakmp key secret address {SERVER}\n",
        server=f"{POLICY}{SIGNED.replace('10', '20')}crypto isakmp key secret address {MEMBER}\n",
    )
    assert agreed(found.negotiate()).proposal.auth is Auth.PSK
    console(found.server).configure(f"no crypto isakmp key secret address {MEMBER}")
    answer = agreed(found.negotiate())
    assert answer.proposal.auth is Auth.RSA_SIG
    assert answer.peer_identity == "GM1.lab.example"


def test_a_trustpoint_for_something_else_is_not_used() -> None:
    found = certified()
    console(found.member).configure("crypto pki trustpoint LAB\nusage ssl-client")
    assert found.negotiate() is IkeFailure.NO_CERTIFICATE
    console(found.member).configure("crypto pki trustpoint LAB\nusage ike")
    agreed(found.negotiate())


def test_of_two_certificates_that_of_a_known_authority_is_taken() -> None:
    found = certified()
    common = found.member.authority
    found.member.authority = LabAuthority("another")
    con = console(found.member)
    con.run("configure terminal", "no crypto pki trustpoint LAB", "yes", "end")
    con.configure(trustpoint("GM1", label="OTHER"))
    enrol(found.member, "OTHER")
    found.member.authority = common
    con.configure(trustpoint("GM1-b"))
    enrol(found.member)
    agreed(found.negotiate())


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        ("subject-name co ou = LAB", None),
        ("subject-name co ou = other", IkeFailure.BAD_CERTIFICATE),
        ("issuer-name eq cn=LAB-CA\n subject-name nc ou=other", None),
        ("alt-subject-name co gm1.lab", None),
        ("name co nobody", IkeFailure.BAD_CERTIFICATE),
        ("subject-name ne cn=GM1", None),
        ("expires-on ge Jan 2 2026 00:00:00", None),
        ("expires-on lt Jan 2 2026 00:00:00", IkeFailure.BAD_CERTIFICATE),
        ("valid-start lt whenever", IkeFailure.BAD_CERTIFICATE),
        ("serial-number eq 02", None),
        ("unstructured-subject-name eq gm1.lab.example", None),
    ],
)
def test_a_trustpoint_can_ask_for_certificates_of_a_kind(
    lines: str, result: IkeFailure | None
) -> None:
    found = certified()
    con = console(found.server)
    con.configure(f"crypto pki certificate map MEMBERS 10\n {lines}\nexit")
    con.configure("crypto pki trustpoint LAB\nmatch certificate MEMBERS")
    answer = found.negotiate()
    assert answer is result if result else agreed(answer)


def test_one_number_of_a_map_is_enough_and_an_unknown_map_fits_nobody() -> None:
    found = certified()
    con = console(found.server)
    con.configure("crypto pki trustpoint LAB\nmatch certificate MEMBERS")
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    con.configure("crypto pki certificate map MEMBERS 10\nsubject-name co ou=x\nexit")
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    con.configure("crypto pki certificate map MEMBERS 20\nsubject-name co ou=lab\nexit")
    agreed(found.negotiate())


def test_maps_can_skip_revocation_and_allow_expired_certificates() -> None:
    found = certified(checks=("none", "crl"))
    revoke_member(found)
    con = console(found.server)
    con.configure("crypto pki certificate map MEMBERS 10\nsubject-name co ou=lab\nexit")
    con.configure("crypto pki trustpoint LAB\nmatch certificate MEMBERS skip revocation-check")
    agreed(found.negotiate())
    found.kernel.advance(31 * DAY_S)
    enrol(found.server)
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    console(found.server).configure(
        "crypto pki trustpoint LAB\nno match certificate MEMBERS\n"
        "match certificate MEMBERS allow expired-certificate\nrevocation-check none"
    )
    agreed(found.negotiate())


def test_a_profile_can_limit_the_trustpoints() -> None:
    found = certified(
        server=SIGNED
        + "crypto isakmp profile MEMBERS\n ca trust-point OTHER\n"
        + " match identity host domain lab.example\n"
    )
    assert found.negotiate() is IkeFailure.BAD_CERTIFICATE
    console(found.server).configure(
        "crypto isakmp profile MEMBERS\nno ca trust-point OTHER\nca trust-point LAB"
    )
    agreed(found.negotiate())


def test_elliptic_certificates_need_a_policy_for_them() -> None:
    policy = SIGNED.replace(" group 14", " authentication ecdsa-sig\n group 19")
    found = certified(member=policy, server=policy, key="eckeypair {name}-ec")
    assert agreed(found.negotiate()).proposal.auth is Auth.ECDSA_SIG
    console(found.member).configure("crypto isakmp policy 10\nauthentication rsa-sig")
    assert found.negotiate() is IkeFailure.NO_CERTIFICATE
    assert certified(member=policy, server=policy).negotiate() is IkeFailure.NO_CERTIFICATE
