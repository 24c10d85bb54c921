"""Tables of SAs as real devices print them, built again from rows."""

from pathlib import Path

from getvpn.emulator.device import Router
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa, Ikev2Sa
from getvpn.emulator.testing import START, console, make_router

DAY_S = 86_400


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def captured(shared: Path, name: str) -> list[str]:
    return lines((shared / "captures" / name).read_text(encoding="utf-8"))


def filled() -> Router:
    """The rows of the captures of IKE version 1."""
    router = make_router()
    tables = router.feature(CryptoSas)
    for conn_id, local, remote, state in (
        (29609, "100.0.10.2", "100.13.220.2", "QM_IDLE"),
        (29188, "100.0.10.2", "100.12.82.2", "MM_NO_STATE"),
        (29362, "100.0.10.2", "100.11.106.2", "QM_IDLE"),
        (29610, "100.0.10::2", "100.13.220::2", "QM_IDLE"),
        (29189, "100.0.10::2", "100.12.82::2", "MM_NO_STATE"),
        (29363, "100.0.10::2", "100.11.106::2", "QM_IDLE"),
    ):
        tables.ike.append(
            IkeSa(
                conn_id=conn_id,
                local=local,
                remote=remote,
                initiator=False,
                state=state,
                deleted=state == "MM_NO_STATE",
                established_at=START,
            )
        )
    return router


def test_isakmp_sas_of_both_versions_of_ip(shared: Path) -> None:
    shown = console(filled()).run("show crypto isakmp sa")
    assert lines(shown) == captured(shared, "genie/crypto_isakmp_sa/3.txt")


def test_the_details_of_an_isakmp_sa(shared: Path) -> None:
    router = make_router()
    for conn_id, local, remote, left_s in (
        (29493, "100.0.10.2", "100.12.134.2", 72),
        (29610, "100.0.10::2", "100.13.220::2", 107),
    ):
        router.feature(CryptoSas).ike.append(
            IkeSa(
                conn_id=conn_id,
                local=local,
                remote=remote,
                initiator=False,
                bits=128,
                hash_name="sha",
                group=16,
                established_at=START + left_s - DAY_S,
                capabilities="D",
            )
        )
    shown = lines(console(router).run("show crypto isakmp sa detail"))
    v4 = captured(shared, "genie/crypto_isakmp_sa_detail/2.txt")
    v6 = captured(shared, "genie/crypto_isakmp_sa_detail/1.txt")
    begin = shown.index("IPv4 Crypto ISAKMP SA")
    assert shown[begin : begin + 2] == v4[:2]
    # the engine counts connections from another number there
    for row in (v4[4], v6[2]):
        assert row in shown


def test_an_sa_of_version_two(shared: Path) -> None:
    router = make_router()
    router.feature(CryptoSas).ikev2.append(
        Ikev2Sa(
            tunnel_id=1,
            session_id=1,
            local="66.66.66.1",
            remote="66.66.66.2",
            initiator=True,
            bits=128,
            prf="SHA1",
            hash_name="SHA96",
            group=16,
            established_at=START - 735,
            local_spi=1,
            remote_spi=2,
            local_id="66.66.66.1",
            remote_id="66.66.66.2",
        )
    )
    shown = lines(console(router).run("show crypto ikev2 sa"))
    # samples differ in how many blanks stand before and behind the titles
    wanted = captured(shared, "genie/crypto_ikev2_sa/3.txt")
    assert [" ".join(line.split()) for line in shown] == [" ".join(line.split()) for line in wanted]
    assert shown[1:4] == wanted[1:4]
