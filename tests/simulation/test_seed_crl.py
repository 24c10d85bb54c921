"""The seed on revoked certificates, on routers that prove who they are by certificates."""

import re

import pytest

from .seed_citing import seed
from .seed_world import Routers, plan, unencrypted

HOUR_S = 3600
GDOI, REKEY_DETAIL = "show crypto gdoi", "show crypto gdoi gm rekey detail"
STATUS = "Registration status"
REAUTH, REGISTERED = "%GDOI-5-GM_RECV_REAUTH", "%GDOI-5-GM_REGS_COMPL"
TRUSTPOINT = """\
crypto pki trustpoint {label}
 enrollment url http://192.0.2.80:80
 subject-name cn={name},ou=lab
 revocation-check {check}
 rsakeypair {name}-ike 1024
!
"""
WATCHED = "  registration periodic crl trustpoint LAB\n"


def certified(name: str, text: str) -> str:
    """A router that has no pre-shared keys; key servers alone look at lists."""
    check = "crl" if name.startswith("KS") else "none"
    trustpoint = TRUSTPOINT.format(label="LAB", name=name, check=check)
    text = text.replace(" authentication pre-share\n", "")
    text = re.sub(r"crypto isakmp key .*\n", "", text)
    text = text.replace("crypto isakmp policy", f"{trustpoint}crypto isakmp policy", 1)
    return text.replace(" server local\n", f" server local\n{WATCHED}")


def enrol(group: Routers, *names: str) -> None:
    """Get the certificate of the authority and one's own."""
    for name in names:
        said = group.show(
            name,
            *("configure terminal", "crypto pki authenticate LAB", "yes"),
            *("crypto pki enroll LAB", "a word", "a word", "no", "no", "yes", "end"),
        )
        assert "Certificate request sent to Certificate Authority" in said


def made(change: object = certified, members: tuple[str, ...] = ("GM1", "GM2", "GM3")) -> Routers:
    group = Routers(plan(change, servers=2, members=3))
    assert group.refused == []
    enrol(group, "KS1", "KS2", *members)
    group.run(120)
    return group


@pytest.fixture
def group() -> Routers:
    """Two key servers, three members; all have certificates, and the members are registered."""
    return made()


def revoke(group: Routers, name: str) -> None:
    """The authority revokes the certificate of a router."""
    shown = group.show(name, "show crypto pki certificates")
    serial = int(shown.split("Certificate Serial Number (hex): ")[1].split()[0], 16)
    now = group.lab.kernel.now()
    group.lab[name].authority.ca(now).revoke(serial, now=now)


def fetch(group: Routers, name: str) -> None:
    """A new list is there, and a key server gets it."""
    group.configure(name, "crypto pki crl request LAB")


def kek(group: Routers) -> str:
    shown = group.show("KS1", "show crypto gdoi ks policy")
    return shown.split("spi : ")[1].split()[0]


def states(group: Routers) -> list[str]:
    return [group.field(name, GDOI, STATUS) for name in ("GM1", "GM2", "GM3")]


# ---- what is needed ----


@seed(
    "certificates are validated during the initial session establishment between GM and KS",
    "must enroll to get certificates",
    "pre-shared keys (PSKs) and public key infrastructure (PKI) are supported",
    "configured to download the CRL when it is available on the CA",
)
def test_members_with_certificates_register_and_the_first_makes_the_key_server_get_the_list() -> (
    None
):
    group = made(members=())
    assert states(group) == ["Registering"] * 3
    asked = "show crypto pki counters"
    assert "GM" not in group.show("KS1", "show crypto isakmp sa")
    before = group.field("KS1", asked, "CRL - fetch attempts")
    enrol(group, "GM1", "GM2")
    group.run(90)
    assert states(group) == ["Registered", "Registered", "Registering"]
    assert "cn=LAB-CA" in group.show("KS1", "show crypto pki crls")
    # one list serves the other key server and all members
    assert (before, group.field("KS1", asked, "CRL - fetch attempts")) == ("1", "1")
    assert group.traffic("GM1", "GM2").encrypted


@seed(
    "CRL checking disabled on the group member devices for PKI",
    "KSs configured to have certificate revocation list (CRL) checking enabled in PKI",
)
def test_members_get_no_list_and_register_where_they_could_not_get_one(group: Routers) -> None:
    assert "cn=LAB-CA" not in group.show("GM1", "show crypto pki crls")
    group.configure("GM2", "crypto pki trustpoint LAB\n revocation-check crl")
    group.lab["GM1"].authority.reachable = False
    for name in ("GM1", "GM2"):
        group.show(name, "clear crypto gdoi", "yes")
    group.run(60)
    assert states(group) == ["Registered", "Registering", "Registered"]


@seed("Internet Key Exchange (IKE) authentication set to certificates")
def test_with_pre_shared_keys_nobody_asks_for_a_list() -> None:
    def keyed(name: str, text: str) -> str:
        trustpoint = TRUSTPOINT.format(label="LAB", name=name, check="crl")
        text = text.replace("crypto isakmp policy", f"{trustpoint}crypto isakmp policy", 1)
        return text.replace(" server local\n", f" server local\n{WATCHED}")

    group = made(keyed, members=())
    assert states(group) == ["Registered"] * 3
    assert group.field("KS1", "show crypto pki counters", "CRL - fetch attempts") == "0"


# ---- what a new list does ----


@seed("these existing sessions are not affected by the revocation of that certificate")
def test_who_is_revoked_keeps_its_keys_and_gets_rekeys_while_nobody_has_the_new_list(
    group: Routers,
) -> None:
    watch = group.watch()
    revoke(group, "GM3")
    group.run(3 * HOUR_S)
    assert states(group) == ["Registered"] * 3
    assert int(group.field("GM3", GDOI, "Unicast rekey received")) >= 1
    assert unencrypted(watch) == {}


@seed(
    "when a new CRL is available for a configured trustpoint",
    "The KS creates a new Key Encryption Key (KEK) and sends a reauthentication message",
    "print a syslog message, delete the current KEKs, and reregister to the KS",
    "New reauthentication configuration for GETVPN to specify a PKI trustpoint",
    "PKI notifies GETVPN when a new CRL is available for download at the PKI server",
    "start a re-authentication process to have all GMs re-register",
)
def test_a_new_list_makes_all_members_register_again_and_who_is_in_it_does_not_get_in(
    group: Routers,
) -> None:
    assert "Re-auth on new CRL       : Enabled" in group.show("KS1", GDOI)
    watch, old = group.watch(), kek(group)
    revoke(group, "GM3")
    # the primary begins; until then the secondary must know whom not to take
    fetch(group, "KS2")
    assert kek(group) == old
    fetch(group, "KS1")
    group.run(0.05)
    assert kek(group) != old
    for name in ("GM1", "GM2", "GM3"):
        assert len(group.log(name, REAUTH)) == 1
        assert re.search(r"New +: +---", group.show(name, REKEY_DETAIL))
    group.run(120)
    assert states(group) == ["Registered", "Registered", "Registering"]
    assert len(group.log("GM1", REGISTERED)) == 2
    assert group.log("KS1", "%PKI-3-CERTIFICATE_REVOKED")
    assert re.search(r"New +: +198.51.100.1", group.show("GM1", REKEY_DETAIL))
    # traffic goes on; who was revoked is out when the TEK that it has ends
    assert unencrypted(watch) == {}
    group.run(2 * HOUR_S)
    assert {pair for pair in unencrypted(watch) if "GM3" not in pair} == set()
    assert not group.traffic("GM1", "GM3").works
    assert group.traffic("GM1", "GM2").encrypted


@seed("download the CRL following the first group member (GM) registration")
def test_the_first_registration_after_the_old_list_ended_brings_the_new_one(
    group: Routers,
) -> None:
    revoke(group, "GM3")
    group.run(6 * HOUR_S)
    assert group.log("GM1", REAUTH) == []
    group.show("GM1", "clear crypto gdoi", "yes")
    group.run(120)
    assert len(group.log("GM2", REAUTH)) == 1
    assert states(group) == ["Registered", "Registered", "Registering"]


@seed("GETVPN verify if new CRL matches the configured PKI trustpoint")
def test_the_list_of_another_trustpoint_does_nothing(group: Routers) -> None:
    old = kek(group)
    for name in ("KS1", "KS2"):
        other = TRUSTPOINT.format(label="OTHER", name=name, check="crl")
        lines = f"{other}crypto gkm group EXAMPLE-WAN\n server local\n{WATCHED}"
        group.configure(name, lines.replace("crl trustpoint LAB", "crl trustpoint OTHER"))
    revoke(group, "GM3")
    fetch(group, "KS1")
    group.run(120)
    assert kek(group) == old
    assert group.log("GM1", REAUTH) == []
    assert states(group) == ["Registered"] * 3


@seed("The re-authentication process will be similar to a GM removal")
def test_a_new_list_and_a_removal_both_empty_the_database_and_members_come_back(
    group: Routers,
) -> None:
    def revoked() -> list[str]:
        return [line.partition(": ")[2] for line in group.log("KS1", "%GDOI-4-KS_GM_REVOKED")]

    watch = group.watch()
    revoke(group, "KS2")
    fetch(group, "KS1")
    by_list = sorted(revoked())
    assert len(by_list) == 3
    assert group.field("KS1", GDOI, "Group Members") == "0"
    group.run(120)
    assert group.field("KS1", GDOI, "Group Members") == "3"
    group.show("KS1", "clear crypto gdoi ks members", "yes")
    assert sorted(revoked()[3:]) == by_list
    assert group.field("KS1", GDOI, "Group Members") == "0"
    group.run(400)
    assert group.field("KS1", GDOI, "Group Members") == "3"
    assert unencrypted(watch) == {}
