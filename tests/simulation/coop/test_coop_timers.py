"""The timers of cooperation: announcements at 20 s, a question at 30 s, an election at 60 s.

The sentences are those of the Cisco GETVPN deployment guide.
"""

import pytest

from getvpn.emulator.gdoi.records import PeerStatus, Role

from .coop_world import World, address, settled_world


@pytest.fixture
def world() -> World:
    return settled_world(2, keepalive=None)


def silenced(world: World) -> float:
    """Cut the primary off just after an announcement; when it came."""
    world.pass_s(world.coop(1).remaining_s() + 1.0)
    heard_at = world.peer(2, 1).heard_at
    assert heard_at is not None
    world.network.cut("KS1", "KS2")
    return heard_at


def until(world: World, when: float) -> None:
    world.kernel.run_until(when)


def test_a_primary_announces_itself_every_twenty_seconds(world: World) -> None:
    before = world.peer(2, 1).received

    world.pass_s(200.0)

    assert world.peer(2, 1).received == before + 10


def test_announcements_go_one_way(world: World) -> None:
    before = world.peer(1, 2).received, world.peer(2, 1).sent

    world.pass_s(3600.0)

    assert (world.peer(1, 2).received, world.peer(2, 1).sent) == before


def test_the_remaining_time_of_a_primary_counts_down_from_twenty(world: World) -> None:
    coop = world.coop(1)
    world.pass_s(coop.remaining_s() + 1.0)

    assert coop.remaining_s() == pytest.approx(19.0)
    world.pass_s(7.0)
    assert coop.remaining_s() == pytest.approx(12.0)


def test_each_announcement_sets_the_time_of_a_secondary_back_to_thirty(world: World) -> None:
    coop = world.coop(2)
    seen = []
    for _ in range(4000):
        world.pass_s(0.1)
        seen.append(coop.remaining_s())

    assert max(seen) == pytest.approx(30.0, abs=0.11)
    assert min(seen) == pytest.approx(10.0, abs=0.11)
    assert coop.retries == 0


def test_a_secondary_asks_after_thirty_seconds_of_silence(world: World) -> None:
    heard_at = silenced(world)
    asked = world.peer(2, 1).sent_asking

    until(world, heard_at + 29.9)
    assert world.peer(2, 1).sent_asking == asked
    assert world.coop(2).retries == 0
    assert world.coop(2).remaining_s() == pytest.approx(0.1)

    until(world, heard_at + 30.1)
    assert world.peer(2, 1).sent_asking == asked + 1
    assert world.coop(2).retries == 1
    assert world.coop(2).remaining_s() == pytest.approx(29.9)
    assert world.coop(2).role is Role.SECONDARY


def test_an_answer_to_the_question_ends_the_doubt(world: World) -> None:
    heard_at = silenced(world)
    until(world, heard_at + 29.9)
    world.network.mend("KS1", "KS2")
    # the announcement that would have come by itself is lost on the way
    world.network.cut("KS1", "KS2", one_way=True)
    until(world, heard_at + 30.03)
    assert world.coop(2).retries == 1

    world.network.mend("KS1", "KS2")
    until(world, heard_at + 45.0)

    assert world.coop(2).retries == 0
    assert world.coop(2).role is Role.SECONDARY


def test_a_secondary_elects_after_sixty_seconds_of_silence(world: World) -> None:
    heard_at = silenced(world)

    until(world, heard_at + 59.9)
    assert world.coop(2).role is Role.SECONDARY
    assert not world.logged(
        "COOP_KS_ELECTION: KS entering election mode in group GETVPN (Previous Primary = 10"
    )

    until(world, heard_at + 60.1)
    assert world.coop(2).role is Role.ELECTION
    assert world.logged("COOP_KS_ELECTION", "KS2")[-1].endswith(
        f"(Previous Primary = {address(1)})"
    )

    until(world, heard_at + 63.0)
    assert world.coop(2).role is Role.PRIMARY
    text = f"KS {address(2)} in group GETVPN transitioned to Primary (Previous Primary = "
    assert world.logged("COOP_KS_TRANS_TO_PRI", "KS2")[-1].endswith(f"{text}{address(1)})")


def test_a_silent_primary_is_dead_after_sixty_seconds_without_detection(world: World) -> None:
    heard_at = silenced(world)

    until(world, heard_at + 59.9)
    assert world.peer(2, 1).status is PeerStatus.ALIVE
    until(world, heard_at + 60.1)

    assert world.peer(2, 1).status is PeerStatus.DEAD
    assert world.logged("COOP_KS_UNREACH", "KS2")[-1].endswith("IKE SA Status = Established")


def test_a_lost_announcement_changes_nothing(world: World) -> None:
    world.pass_s(world.coop(1).remaining_s() - 0.5)
    world.network.cut("KS1", "KS2")
    world.pass_s(1.0)
    world.network.mend("KS1", "KS2")

    world.pass_s(300.0)

    assert world.coop(2).role is Role.SECONDARY
    assert len(world.logged("COOP_KS_ELECTION", "KS2")) == 1


def test_a_key_server_that_was_not_started_has_no_timer() -> None:
    world = settled_world(2)
    world.kill(2)

    assert world.coop(2).remaining_s() == 0.0
    assert world.coop(2).due_at is None
    assert world.coop(2).peers == {}
