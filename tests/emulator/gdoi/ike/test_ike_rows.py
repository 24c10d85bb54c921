"""SAs that routers have negotiated, in the tables and as `show` prints them."""

from random import Random
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.ike import IkeAnswer, IkeFailure, IkeOffer, SaUse
from getvpn.emulator.gdoi.keys import Kek, new_kek
from getvpn.emulator.gdoi.policy import Cipher, RekeyPolicy
from getvpn.emulator.services.crypto_sas import CryptoSas
from getvpn.emulator.testing import START, console
from getvpn.parsers import parse

from .ike_routers import (
    MEMBER,
    MEMBER6,
    POLICY,
    SERVER,
    SERVER6,
    Ends,
    agreed,
    certified,
    ends,
    enrol,
    trustpoint,
)

KEY = (
    f"{POLICY}crypto isakmp key secret address {SERVER}\n"
    f"crypto isakmp key secret address ipv6 {SERVER6}/128\n"
)
SERVER_KEY = (
    f"{POLICY}crypto isakmp key secret address 0.0.0.0\n"
    "crypto isakmp key secret address ipv6 ::/0\n"
    "crypto isakmp keepalive 15 periodic\n"
)
PROFILE = """\
crypto ikev2 profile GKM
 match identity remote any
 authentication remote pre-share key secret
 authentication local pre-share key secret
 dpd 30 5 periodic
"""


@pytest.fixture(params=["isr4451", "isr2911", "c8000v"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def kek_of(found: Ends, lifetime_s: int = 7200, seed: int = 1) -> Kek:
    policy = RekeyPolicy(cipher=Cipher(name="aes", bits=128), lifetime_s=lifetime_s)
    random = Random(seed)  # noqa: S311 - a key of a test
    return new_kek(random, policy, found.kernel.now())


def registered(found: Ends, kek: Kek | None = None, profile: str = "") -> IkeAnswer:
    """The member registers; the SAs of both ends stand."""
    answer = agreed(found.negotiate(profile))
    ike, server = found.member_ike, found.server_ike
    ike.opened(
        answer, SaUse(local=MEMBER, peer=SERVER, initiator=True, purpose="registration", group="G")
    )
    server.opened(
        answer, SaUse(local=SERVER, peer=MEMBER, initiator=False, purpose="registration", group="G")
    )
    if kek is not None:
        ike.opened(
            answer,
            SaUse(local=MEMBER, peer=SERVER, initiator=False, purpose="rekey", group="G", kek=kek),
        )
    return answer


def rows(router: Router, command: str = "show crypto isakmp sa") -> tuple[Any, ...]:
    record: Any = parse(command, console(router).run(command))
    assert (record.unparsed, record.partial) == ((), ())
    return tuple(record.sas)


def genie(parser: str, output: str) -> dict[str, Any]:
    from genie.libs.parser.iosxe import show_crypto

    found: dict[str, Any] = getattr(show_crypto, parser)(device=None).cli(output=output)
    return found


def test_a_member_has_a_row_for_its_registration_and_one_for_rekeys(platform: str) -> None:
    found = ends(KEY, SERVER_KEY, platform="isr4451" if platform == "c8000v" else platform)
    registered(found, kek_of(found))
    assert console(found.member).run("show crypto isakmp sa") == (
        "IPv4 Crypto ISAKMP SA\n"
        "dst             src             state          conn-id status\n"
        "10.0.1.1        10.0.2.1        GDOI_IDLE         1001 ACTIVE\n"
        "10.0.2.1        10.0.1.1        GDOI_REKEY        1002 ACTIVE\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n"
        "\n"
    )
    assert console(found.server).run("show crypto isakmp sa") == (
        "IPv4 Crypto ISAKMP SA\n"
        "dst             src             state          conn-id status\n"
        "10.0.1.1        10.0.2.1        GDOI_IDLE         1001 ACTIVE\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n"
        "\n"
    )


def test_the_details_are_what_was_negotiated_and_what_the_key_is() -> None:
    found = ends(KEY, SERVER_KEY)
    registered(found, kek_of(found))
    found.kernel.advance(100)
    first, second = rows(found.member, "show crypto isakmp sa detail")
    assert (first.encryption, first.hash, first.authentication) == ("aes", "sha256", "psk")
    assert (first.dh_group, first.lifetime_s, first.capabilities) == (14, 86_300, None)
    assert (second.encryption, second.hash, second.dh_group) == ("aes", "sha", 0)
    assert second.lifetime_s == 7100
    (row,) = rows(found.server, "show crypto isakmp sa detail")
    assert row.capabilities == "D"


def test_genie_reads_the_rows() -> None:
    found = ends(KEY, SERVER_KEY)
    registered(found, kek_of(found))
    con = console(found.member)
    shown = genie("ShowCryptoIsakmpSa", con.run("show crypto isakmp sa"))
    states = [row["session_state"] for row in shown["isakmp_stats"]["IPv4"].values()]
    assert states == ["GDOI_IDLE", "GDOI_REKEY"]
    # it wants letters of capabilities in every row: those of the server have one
    shown = genie(
        "ShowCryptoIsakmpSaDetail", console(found.server).run("show crypto isakmp sa detail")
    )
    (row,) = shown["isakmp_stats"]["IPv4"].values()
    assert (row["c_id"], row["capabilities"], row["conn_id"]) == (1001, "D", 1)


def test_rows_of_certificates_and_of_ipv6() -> None:
    found = certified()
    registered(found, kek_of(found))
    assert console(found.member).run("show crypto isakmp peers") == (
        "Peer: 10.0.1.1 Port: 848 Local: 10.0.2.1\n Phase1 id: KS1.lab.example\n"
    )
    counts = found.member.feature(CryptoSas).counts
    assert (counts.ike_created, counts.dh_exchanges, counts.signed, counts.verified) == (2, 1, 1, 1)
    found.member_ike.closed(SERVER, purpose="rekey")
    (row,) = rows(found.member, "show crypto isakmp sa detail")
    assert row.authentication == "rsig"
    found = ends(KEY, SERVER_KEY)
    offer = found.member_ike.offer(MEMBER6, SERVER6)
    assert isinstance(offer, IkeOffer)
    found.member_ike.opened(
        agreed(found.server_ike.answer(offer)),
        SaUse(local=MEMBER6, peer=SERVER6, initiator=True, purpose="registration"),
    )
    (row,) = rows(found.member)
    assert (str(row.destination), str(row.source)) == (SERVER6, MEMBER6)
    shown = genie("ShowCryptoIsakmpSa", console(found.member).run("show crypto isakmp sa"))
    assert list(shown["isakmp_stats"]) == ["IPv6"]


def test_the_idle_row_goes_with_the_lifetime_of_ike_and_the_other_with_its_key() -> None:
    short = KEY.replace(" group 14", " group 14\n lifetime 600")
    found = ends(short, SERVER_KEY)
    registered(found, kek_of(found))
    found.kernel.advance(599)
    assert len(rows(found.member)) == 2
    found.kernel.advance(1)
    assert [row.state for row in rows(found.member)] == ["GDOI_REKEY"]
    assert rows(found.server) == ()
    found.kernel.advance(6600)
    assert rows(found.member) == ()


def test_a_second_registration_replaces_the_first() -> None:
    found = ends(KEY, SERVER_KEY)
    kek = kek_of(found)
    registered(found, kek)
    registered(found, kek)
    assert [row.conn_id for row in rows(found.member)] == [1003, 1004]
    assert [row.conn_id for row in rows(found.server)] == [1002]


def test_a_new_key_has_a_row_beside_the_old_one() -> None:
    found = ends(KEY, SERVER_KEY)
    answer = registered(found, kek_of(found))
    found.kernel.advance(6000)
    found.member_ike.opened(
        answer,
        SaUse(
            local=MEMBER,
            peer=SERVER,
            initiator=False,
            purpose="rekey",
            group="G",
            kek=kek_of(found, seed=2),
        ),
    )
    assert [row.state for row in rows(found.member)] == ["GDOI_IDLE", "GDOI_REKEY", "GDOI_REKEY"]
    found.kernel.advance(1200)
    assert [row.conn_id for row in rows(found.member)] == [1001, 1003]
    found.member_ike.closed(SERVER, purpose="rekey", group="OTHER")
    assert len(rows(found.member)) == 2
    found.member_ike.closed(SERVER, purpose="rekey", group="G")
    assert len(rows(found.member)) == 1


def test_key_servers_have_a_row_that_is_always_there() -> None:
    found = ends(KEY, SERVER_KEY)
    answer = agreed(found.negotiate())
    found.server_ike.opened(
        answer, SaUse(local=SERVER, peer=MEMBER, initiator=False, purpose="coop")
    )
    found.kernel.advance(3 * 86_400 + 50)
    (sa,) = found.server.feature(CryptoSas).ike
    assert (sa.state, sa.established_at) == ("GDOI_IDLE", START + 3 * 86_400)
    assert rows(found.server)[0].conn_id == 1002


def test_the_vrf_of_a_profile_is_that_of_the_traffic() -> None:
    profile = (
        "crypto keyring RING\n pre-shared-key address 0.0.0.0 0.0.0.0 key secret\nexit\n"
        "crypto isakmp profile MEMBERS\n vrf RED\n keyring RING\n"
        " match identity address 10.0.0.0 255.0.0.0\n"
    )
    found = ends(KEY, f"vrf definition RED\nexit\n{SERVER_KEY}{profile}")
    registered(found)
    (row,) = rows(found.server, "show crypto isakmp sa detail")
    assert row.ivrf == "RED"


def test_the_engine_lists_the_connections() -> None:
    found = ends(KEY, SERVER_KEY)
    registered(found, kek_of(found))
    shown = console(found.member).run("show crypto engine connections active")
    assert " 1001  IKE     SHA256+AES256 " in shown
    assert " 1002  IKE     SHA+AES " in shown


def test_a_session_of_a_member_on_a_key_server() -> None:
    found = ends(KEY, SERVER_KEY)
    registered(found)
    shown = console(found.server).run("show crypto session")
    assert "Interface: GigabitEthernet0/0/0\nSession status: UP-IDLE\nPeer: 10.0.2.1 port 848" in (
        shown
    )
    assert "IKEv1 SA: local 10.0.1.1/848 remote 10.0.2.1/848 Active" in shown
    assert genie("ShowCryptoSession", shown)


# ---- version 2 ----


def test_negotiations_of_version_two_that_fail_are_counted() -> None:
    found = ends(PROFILE, PROFILE.replace("remote pre-share key secret", "remote pre-share key x"))
    assert isinstance(found.negotiate("GKM"), IkeFailure)
    assert found.server.feature(CryptoSas).counts.ikev2_failed == 1
    assert found.member.feature(CryptoSas).counts.ikev2_failed == 0


def test_an_sa_of_version_two_looks_the_same_from_both_sides() -> None:
    found = ends(PROFILE, PROFILE)
    registered(found, kek_of(found), "GKM")
    member, server = (router.feature(CryptoSas) for router in (found.member, found.server))
    assert member.ike == server.ike == []
    (own,), (other,) = member.ikev2, server.ikev2
    assert (own.local_spi, own.remote_spi) == (other.remote_spi, other.local_spi)
    assert (own.local_id, own.remote_id) == (other.remote_id, other.local_id)
    assert (own.initiator, other.initiator) == (True, False)
    assert (own.auth_sign, own.auth_verify, own.dpd_s, own.dpd_retry) == ("PSK", "PSK", 30, 5)


@pytest.mark.parametrize("words", ["", " detailed"])
def test_rows_of_version_two_are_read(words: str) -> None:
    found = ends(PROFILE, PROFILE)
    registered(found, None, "GKM")
    found.kernel.advance(60)
    command = f"show crypto ikev2 sa{words}"
    shown = console(found.server).run(command)
    record: Any = parse(command, shown)
    assert (record.unparsed, record.partial) == ((), ())
    (row,) = record.sas
    assert (str(row.local), str(row.remote), row.status) == (SERVER, MEMBER, "READY")
    assert (row.encryption, row.key_bits, row.prf, row.dh_group) == ("AES-CBC", 256, "SHA512", 19)
    assert (row.remote_port, row.auth_sign) == (848, "PSK")
    parser = "ShowCryptoIkev2SaDetail" if words else "ShowCryptoIkev2Sa"
    assert genie(parser, shown)


def test_ends_that_prove_themselves_in_different_ways_say_so() -> None:
    base = "crypto ikev2 profile GKM\n match identity remote any\n"
    found = ends(
        trustpoint("GM1")
        + base
        + " authentication local rsa-sig\n authentication remote pre-share key secret\n"
        + " identity local fqdn gm1\n",
        trustpoint("KS1")
        + base
        + " authentication local pre-share key secret\n authentication remote rsa-sig\n",
    )
    for router in (found.member, found.server):
        enrol(router)
    registered(found, None, "GKM")
    (own,) = found.member.feature(CryptoSas).ikev2
    (other,) = found.server.feature(CryptoSas).ikev2
    assert (own.auth_sign, own.auth_verify) == ("RSA", "PSK")
    assert (other.auth_sign, other.auth_verify) == ("PSK", "RSA")
    assert other.remote_id == "gm1"


def test_combined_modes_have_no_hash() -> None:
    gcm = (
        "crypto ikev2 proposal P\n encryption aes-gcm-256\n prf sha1\n group 14\nexit\n"
        f"crypto ikev2 policy P\n proposal P\nexit\n{PROFILE}"
    )
    found = ends(gcm, gcm)
    registered(found, None, "GKM")
    (sa,) = found.member.feature(CryptoSas).ikev2
    assert (sa.cipher, sa.hash_name, sa.prf) == ("AES-GCM", "None", "SHA1")
    shown = console(found.member).run("show crypto ikev2 sa")
    assert genie("ShowCryptoIkev2Sa", shown)


def test_the_lifetime_of_a_profile_ends_the_row() -> None:
    found = ends(f"{PROFILE} lifetime 600\n", PROFILE)
    registered(found, None, "GKM")
    found.kernel.advance(600)
    assert found.member.feature(CryptoSas).ikev2 == []
    assert found.server.feature(CryptoSas).ikev2 == []
    found.server_ike.closed(MEMBER, purpose="registration")
    assert found.server.feature(CryptoSas).counts.ikev2_deleted == 1
