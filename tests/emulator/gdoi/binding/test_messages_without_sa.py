"""Messages under an SA that a router has lost: its log says so."""

import pytest

from .routers import KS1, KS2, Routers

NO_SA = "%CRYPTO-4-IKMP_NO_SA: IKE message from {} has no SA and is not an initialization offer"


@pytest.fixture
def lab() -> Routers:
    """Two key servers and a member, all of which know each other."""
    found = Routers()
    found.servers(KS1, KS2)
    found.member(1, KS1, KS2)
    found.run(180)
    assert found.registered("GM1")
    return found


def reboot(lab: Routers, name: str) -> None:
    """Let a router lose its power for a moment."""
    lab.routers[name].power_off()
    lab.run(0.5)
    lab.routers[name].power_on()


def test_a_key_server_that_booted_gets_announcements_under_an_old_sa(lab: Routers) -> None:
    lab.run(19.0 - lab.kernel.now() % 20)
    reboot(lab, "KS2")
    group = lab.groups("KS1").servers["G1"]
    assert group.coop is not None
    group.coop.announce()
    lab.run(0.05)
    assert lab.logged("KS2", "IKMP_NO_SA") == [NO_SA.format(KS1)]
    lab.run(120)
    assert len(lab.logged("KS2", "IKMP_NO_SA")) == 1
    assert all(peer.established for peer in group.coop.peers.values())


def test_a_member_without_the_kek_gets_a_rekey_under_it(lab: Routers) -> None:
    lab.network.cut("KS1", "GM1")
    lab.type("KS1", "crypto gdoi ks rekey")
    reboot(lab, "GM1")
    lab.run(4)
    assert not lab.registered("GM1")
    lab.network.mend("KS1", "GM1")
    lab.run(7)
    assert lab.logged("GM1", "IKMP_NO_SA") == [NO_SA.format(KS1)]


def test_nobody_says_so_while_nothing_is_lost(lab: Routers) -> None:
    lab.run(20_000)
    for name in ("KS1", "KS2", "GM1"):
        assert not lab.logged(name, "IKMP_NO_SA")
