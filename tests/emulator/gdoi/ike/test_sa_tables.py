"""The tables of SAs: rows replace each other, end by themselves, and stay cheap."""

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa, Ikev2Sa
from getvpn.emulator.testing import START, console, make_router

SERVER = "10.0.1.1"


def tables() -> tuple[CryptoSas, ManualClock]:
    router = make_router()
    clock = router.clock
    assert isinstance(clock, ManualClock)
    return router.feature(CryptoSas), clock


def row(found: CryptoSas, remote: str, purpose: str = "registration", **more: object) -> IkeSa:
    values: dict[str, object] = {"lifetime_s": 600, "established_at": found.router.clock.now()}
    values |= more
    return IkeSa(
        conn_id=found.next_ike_id(),
        local=SERVER,
        remote=remote,
        initiator=False,
        purpose=purpose,
        **values,  # type: ignore[arg-type]
    )


def test_an_sa_takes_the_place_of_the_one_before_it() -> None:
    found, _ = tables()
    found.open_ike(row(found, "10.0.2.1"))
    found.open_ike(row(found, "10.0.2.2"))
    found.open_ike(row(found, "10.0.2.1"))
    assert [sa.conn_id for sa in found.ike] == [1002, 1003]
    assert (found.counts.ike_created, found.counts.ike_deleted) == (3, 1)


def test_groups_and_purposes_have_rows_of_their_own() -> None:
    found, _ = tables()
    for group in ("A", "B"):
        found.open_ike(row(found, "10.0.2.1", group_name=group))
        found.open_ike(row(found, "10.0.2.1", "rekey", group_name=group, kek_spi=7))
    found.open_ike(row(found, "10.0.2.1", "coop"))
    assert len(found.ike) == 5
    found.close("10.0.2.1", "registration", "A")
    assert len(found.ike) == 4
    found.close("10.0.2.1", "rekey")
    assert [(sa.purpose, sa.group_name) for sa in found.ike] == [
        ("registration", "B"),
        ("coop", ""),
    ]
    found.close("10.9.9.9", "coop")
    assert len(found.ike) == 2
    found.open_ike(row(found, "10.0.2.2", "registration", group_name="B"))
    found.open_ike(row(found, "10.0.2.3", "registration", group_name="C"))
    found.close("", "registration", "B")
    assert [sa.remote for sa in found.ike] == ["10.0.2.1", "10.0.2.3"]


def test_a_key_has_one_row_whoever_sends_rekeys_under_it() -> None:
    found, _ = tables()
    found.open_ike(row(found, "10.0.1.1", "rekey", group_name="A", kek_spi=7))
    found.open_ike(row(found, "10.0.1.2", "rekey", group_name="A", kek_spi=7))
    found.open_ike(row(found, "10.0.1.2", "rekey", group_name="A", kek_spi=8))
    assert [(sa.remote, sa.kek_spi) for sa in found.ike] == [("10.0.1.2", 7), ("10.0.1.2", 8)]


def test_rows_end_with_their_lifetime() -> None:
    found, clock = tables()
    found.open_ike(row(found, "10.0.2.1", lifetime_s=100))
    found.open_ike(row(found, "10.0.2.2", lifetime_s=200))
    clock.advance(99.9)
    assert len(found.ike) == 2
    clock.advance(0.1)
    assert [sa.remote for sa in found.ike] == ["10.0.2.2"]
    assert found.counts.ike_deleted == 1
    clock.advance(1000)
    assert found.counts.ike_deleted == 2
    assert found.ike == []


def test_the_sa_of_key_servers_is_renewed_at_its_end() -> None:
    found, clock = tables()
    found.open_ike(row(found, "10.0.1.2", "coop", lifetime_s=100))
    clock.advance(250)
    (sa,) = found.ike
    assert (sa.conn_id, sa.established_at) == (1002, START + 200)
    found.close("10.0.1.2", "coop")
    assert found.ike == []


def test_what_nobody_opened_stays() -> None:
    found, clock = tables()
    found.ike.append(row(found, "10.0.2.1", "", lifetime_s=60))
    found.open_ike(row(found, "10.0.2.2", lifetime_s=60))
    clock.advance(61)
    assert [sa.remote for sa in found.ike] == ["10.0.2.1"]


def test_one_can_be_cleared_and_all_with_a_peer() -> None:
    found, _ = tables()
    for remote in ("10.0.2.1", "10.0.2.2", "10.0.2.3"):
        found.open_ike(row(found, remote))
        found.open_ike(row(found, remote, "coop"))
    found.clear_ike(1001)
    found.clear_ike(remote="10.0.2.2")
    # key servers negotiate again at once
    assert [sa.conn_id for sa in found.ike] == [1002, 1005, 1006, 1007]
    found.clear_ike()
    assert [(sa.purpose, sa.remote) for sa in found.ike] == [
        ("coop", "10.0.2.1"),
        ("coop", "10.0.2.3"),
        ("coop", "10.0.2.2"),
    ]
    assert found.counts.ike_deleted == 7


def test_switching_ike_off_ends_its_sas() -> None:
    found, _ = tables()
    for purpose in ("registration", "coop"):
        found.open_ike(row(found, "10.0.2.1", purpose))
    con = console(found.router)
    con.configure("no crypto isakmp enable")
    assert found.ike == []
    con.configure("crypto isakmp enable")
    messages = [each for each in found.router.log.messages if each.facility == "CRYPTO"]
    assert [each.text for each in messages] == ["ISAKMP is OFF", "ISAKMP is ON"]


def test_sas_of_version_two_end_too() -> None:
    found, clock = tables()
    for lifetime_s in (100, 300):
        sa = Ikev2Sa(
            tunnel_id=found.next_tunnel_id(),
            session_id=1,
            local=SERVER,
            remote=f"10.0.2.{lifetime_s % 7}",
            initiator=False,
            lifetime_s=lifetime_s,
            established_at=clock.now(),
            local_spi=1,
            remote_spi=2,
            local_id=SERVER,
            remote_id="10.0.2.1",
            purpose="registration",
        )
        found.open_ikev2(sa)
    clock.advance(100)
    assert [sa.tunnel_id for sa in found.ikev2] == [2]
    found.clear_ikev2()
    assert found.ikev2 == []
    assert (found.counts.ikev2_created, found.counts.ikev2_deleted) == (2, 2)


def test_thousands_of_members_can_register_again_and_again_unread() -> None:
    found, clock = tables()
    for _ in range(5):
        for number in range(2000):
            found.open_ike(row(found, f"10.1.{number >> 8}.{number & 255}", lifetime_s=86_400))
        clock.advance(60)
    assert len(found.ike) == 2000
    assert found.counts.ike_created - found.counts.ike_deleted == 2000
