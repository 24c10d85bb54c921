"""The IKE SA between key servers, dead peer detection, and who notices what."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.ike import IkeFailure, IkeOffer, Proposal
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.records import PeerStatus, Role
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke

from .coop_world import ON_DEMAND, PERIODIC, address, make_world, settled_world

UNREACHABLE = f"Cooperative KS {address(2)} Unreachable in group GETVPN. IKE SA Status ="
RESTORED = f"Reachability restored with Cooperative KS {address(2)} in group GETVPN."


def nowhere(_: str) -> bool:
    return False


def test_a_primary_with_periodic_detection_sees_that_a_secondary_is_dead() -> None:
    world = settled_world(2)
    world.kill(2)

    # up to 10 s until the next probe, then five more 2 s apart
    world.pass_s(9.9)
    assert world.peer(1, 2).status is PeerStatus.ALIVE
    world.pass_s(10.2)

    assert world.peer(1, 2).status is PeerStatus.DEAD
    assert not world.peer(1, 2).established
    assert not world.coop(1).all_reachable()
    assert world.logged("UNREACH", "KS1") == [f"%GDOI-3-COOP_KS_UNREACH: {UNREACHABLE} Dead"]


@pytest.mark.parametrize("keepalive", [None, ON_DEMAND])
def test_a_primary_without_periodic_detection_does_not_see_it(
    keepalive: tuple[int, int, bool] | None,
) -> None:
    world = settled_world(2, keepalive=keepalive)
    world.kill(2)

    world.pass_s(3600.0)

    assert world.peer(1, 2).status is PeerStatus.ALIVE
    assert world.peer(1, 2).role is Role.SECONDARY
    assert not world.logged("UNREACH", "KS1")


def test_a_secondary_that_returns_is_reachable_again() -> None:
    world = settled_world(2)
    world.kill(2)
    world.pass_s(100.0)

    world.boot(2)
    world.pass_s(1.0)

    assert world.peer(1, 2).status is PeerStatus.ALIVE
    assert world.peer(1, 2).established
    assert world.logged("COOP_KS_REACH", "KS1") == [f"%GDOI-5-COOP_KS_REACH: {RESTORED}"]


def test_that_a_peer_is_unreachable_is_said_once() -> None:
    world = settled_world(3)
    world.kill(2)

    world.pass_s(7200.0)

    assert len(world.logged("UNREACH")) == 2
    # each attempt to announce something fails until then
    assert world.peer(1, 2).sent_drops > 300


def test_a_path_that_comes_back_in_time_is_no_death() -> None:
    world = settled_world(2)
    for _ in range(20):
        world.network.cut("KS1", "KS2")
        world.pass_s(9.5)
        world.network.mend("KS1", "KS2")
        world.pass_s(31.7)

    assert not world.logged("UNREACH")


def test_detection_works_on_paths_of_one_direction() -> None:
    world = settled_world(2)

    world.network.cut("KS2", "KS1", one_way=True)
    world.pass_s(30.0)

    assert world.peer(1, 2).status is PeerStatus.DEAD
    assert world.peer(2, 1).status is PeerStatus.DEAD


def test_detection_is_that_of_the_time_when_the_sa_was_made() -> None:
    world = settled_world(2)
    world.group(1).host.ike = SharedSecretIke("secret", dpd=None)

    world.kill(2)
    world.pass_s(60.0)

    assert world.peer(1, 2).status is PeerStatus.DEAD


def test_a_lossy_line_is_dead_when_all_probes_of_a_row_get_lost() -> None:
    world = settled_world(2)
    world.network.set_line("KS2", loss=0.6)

    world.pass_s(3600.0)

    unreachable, restored = world.logged("COOP_KS_UNREACH", "KS1"), world.logged("KS_REACH", "KS1")
    assert 0 < len(restored) <= len(unreachable)


def test_a_line_that_loses_a_little_is_not_dead() -> None:
    world = settled_world(2)
    world.network.set_line("KS2", loss=0.02)

    world.pass_s(7200.0)

    assert not world.logged("UNREACH")
    assert world.roles() == [Role.PRIMARY, Role.SECONDARY]


def test_with_another_key_there_is_no_cooperation() -> None:
    world = make_world(2)
    world.group(2).ike.spoil("another secret")

    world.start()
    world.pass_s(300.0)

    assert world.roles() == [Role.PRIMARY, Role.PRIMARY]
    for one, other in ((1, 2), (2, 1)):
        assert world.peer(one, other).status is PeerStatus.UNKNOWN
        assert not world.peer(one, other).established
        assert world.peer(one, other).received == 0
    assert world.logged("UNREACH", "KS1") == [
        f"%GDOI-3-COOP_KS_UNREACH: {UNREACHABLE} Failed to establish"
    ]


def test_the_right_key_brings_them_together() -> None:
    world = make_world(2)
    world.group(2).ike.spoil("another secret")
    world.start()
    world.pass_s(300.0)

    world.group(2).ike.spoil("secret")
    world.pass_s(30.0)

    assert world.roles() == [Role.PRIMARY, Role.SECONDARY]
    assert world.logged("COOP_KS_REACH", "KS1")


def test_another_key_is_noticed_when_the_sa_has_ended() -> None:
    world = settled_world(2)
    world.group(2).ike.spoil("another secret")

    world.pass_s(86_000.0 - 600.0)
    assert world.peer(1, 2).established
    world.pass_s(600.0)

    assert not world.peer(1, 2).established
    assert world.coop(2).role is Role.PRIMARY


def test_an_sa_that_ends_is_made_again_at_once() -> None:
    world = make_world(2)
    short = (Proposal(lifetime_s=1200),)
    for group in world.groups.values():
        group.host.ike = SharedSecretIke("secret", proposals=short, dpd=PERIODIC)
    world.start()

    world.pass_s(86_400.0)

    assert world.roles() == [Role.PRIMARY, Role.SECONDARY]
    assert world.peer(1, 2).sent_drops == 1
    assert not world.logged("UNREACH")
    # one at the beginning, and one with each of the later SAs
    assert world.peer(1, 2).sent_asking > 70


def test_without_a_common_proposal_there_is_no_cooperation() -> None:
    world = make_world(2)
    other = (Proposal(group=2),)
    world.group(2).host.ike = SharedSecretIke("secret", proposals=other)

    world.start()
    world.pass_s(100.0)

    assert world.peer(1, 2).status is PeerStatus.UNKNOWN


def test_without_a_route_there_is_no_cooperation() -> None:
    world = make_world(2)
    world.network.nodes["KS2"].routes = nowhere

    world.start()
    world.pass_s(100.0)

    assert world.peer(1, 2).status is world.peer(2, 1).status is PeerStatus.UNKNOWN
    assert world.logged("UNREACH", "KS1")
    assert world.logged("UNREACH", "KS2")


def test_announcements_without_a_route_are_dropped() -> None:
    world = settled_world(2, keepalive=None)
    before = replace(world.peer(1, 2))

    world.network.nodes["KS1"].routes = nowhere
    world.network.changed()
    world.pass_s(40.0)

    # two at their time, and the answer to a question
    assert world.peer(1, 2).sent == before.sent
    assert world.peer(1, 2).sent_drops == before.sent_drops + 3


def test_an_ike_that_is_off_contacts_nobody() -> None:
    world = make_world(2)
    world.group(1).ike.off = True

    world.start()
    world.pass_s(100.0)

    assert world.peer(1, 2).status is PeerStatus.UNKNOWN
    assert world.coop(1).role is Role.PRIMARY


def test_what_the_other_end_shows_may_be_refused() -> None:
    class Doubting(SharedSecretIke):
        __slots__ = ()

        def accept(self, offer: IkeOffer, answer: object) -> IkeFailure | None:
            return IkeFailure.BAD_CERTIFICATE

    world = make_world(2)
    world.group(1).host.ike = Doubting("secret", dpd=PERIODIC)
    world.start(2)
    world.pass_s(100.0)
    world.group(2).ike.off = True  # only the other one begins
    world.start(1)
    world.pass_s(100.0)

    assert not world.peer(1, 2).established
    assert world.peer(1, 2).status is PeerStatus.UNKNOWN


def test_an_operator_may_clear_the_sas() -> None:
    world = settled_world(2)

    world.coop(1).clear_sas()
    assert not world.peer(1, 2).established
    world.pass_s(30.0)

    assert world.peer(1, 2).established
    assert world.roles() == [Role.PRIMARY, Role.SECONDARY]
    world.coop(2).clear_sas(address(1))
    world.pass_s(30.0)
    assert world.peer(2, 1).established


def test_opened_sas_are_closed_in_the_end() -> None:
    world = settled_world(2)
    ike = world.group(1).ike
    assert ike.standing[address(2), "coop"] > 0

    world.group(1).stop()

    assert ike.standing[address(2), "coop"] == 0


def test_figures_of_detection_are_parameters() -> None:
    world = settled_world(2, parameters=Parameters(dpd_retries=0))
    world.kill(2)

    world.pass_s(10.1)

    assert world.peer(1, 2).status is PeerStatus.DEAD
