"""The network between devices: lines, owners of addresses, and everything that goes wrong."""

import pytest

from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Line, Network, Path

PORT = 848
A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
GROUP = "239.0.0.1"


@pytest.fixture
def network() -> Network:
    found = Network(Kernel(0.0, 1))
    for name, address in (("a", A), ("b", B), ("c", C)):
        found.attach(name)
        found.own(name, [address])
    return found


@pytest.fixture
def heard(network: Network) -> list[tuple[float, str, object]]:
    """What `b` and `c` hear: when, from whom, what."""
    found: list[tuple[float, str, object]] = []
    for address in (B, C):
        network.bind(
            address,
            PORT,
            lambda message, source: found.append((network.kernel.now(), source, message)),
        )
    return found


Heard = list[tuple[float, str, object]]


def test_a_message_takes_the_time_of_both_lines(network: Network, heard: Heard) -> None:
    network.set_line("a", latency_s=0.2)
    assert network.send(A, B, PORT, "hello")
    network.kernel.advance(0.2)
    assert heard == []
    network.kernel.advance(0.011)
    assert heard == [(pytest.approx(0.21), A, "hello")]


def test_a_pair_may_have_a_line_of_its_own(network: Network) -> None:
    network.lay("a", "b", Line(latency_s=0.001, loss=0.0, mtu=9000))
    assert network.path(A, B) == network.path(B, A) == Path(latency_s=0.001, loss=0.0, mtu=9000)
    assert network.path(A, C) == Path(latency_s=0.02, loss=0.0, mtu=1500)


def test_losses_of_two_lines_add_up_and_the_smaller_mtu_counts(network: Network) -> None:
    network.set_line("a", loss=0.5, mtu=1400)
    network.set_line("b", loss=0.5)
    path = network.path(A, B)
    assert path is not None
    assert (path.loss, path.mtu) == (0.75, 1400)


def test_the_same_messages_get_lost_with_the_same_seed(network: Network, heard: Heard) -> None:
    network.set_line("b", loss=0.5)
    for number in range(100):
        assert network.send(A, B, PORT, number)
    network.kernel.advance(1.0)
    arrived = [message for _, _, message in heard]
    assert 30 < len(arrived) < 70
    again = Network(Kernel(0.0, 1))
    again.attach("a")
    again.attach("b", Line(loss=0.5))
    again.own("a", [A])
    again.own("b", [B])
    other: list[object] = []
    again.bind(B, PORT, lambda message, _: other.append(message))
    for number in range(100):
        again.send(A, B, PORT, number)
    again.kernel.advance(1.0)
    assert other == arrived


def test_without_a_route_nothing_leaves(network: Network, heard: Heard) -> None:
    network.nodes["a"].routes = lambda address: address == C
    network.changed()
    assert not network.send(A, B, PORT, "x")
    assert network.send(A, C, PORT, "y")
    assert network.has_route(A, C)
    assert not network.has_route(A, B)
    network.kernel.advance(1.0)
    assert [message for _, _, message in heard] == ["y"]


def test_a_node_without_power_neither_sends_nor_hears(network: Network, heard: Heard) -> None:
    network.power("b", up=False)
    assert not network.send(A, B, PORT, "x")
    assert not network.send(B, C, PORT, "x")
    network.power("b", up=True)
    assert network.send(A, B, PORT, "y")
    network.power("b", up=False)  # while it is on its way
    network.kernel.advance(1.0)
    assert heard == []


def test_sides_of_a_partition_do_not_reach_each_other(network: Network) -> None:
    network.partition(["a"], ["b"])
    assert network.path(A, B) is network.path(A, C) is network.path(B, C) is None
    network.partition(["a", "b"])
    assert network.path(A, B) is not None
    assert network.path(A, C) is None
    network.heal()
    assert network.path(A, C) is not None


def test_a_cut_may_go_one_way_only(network: Network) -> None:
    network.cut("a", "b", one_way=True)
    assert network.path(A, B) is None
    assert network.path(B, A) is not None
    network.cut("a", "b")
    assert network.path(B, A) is None
    network.mend("a", "b")
    assert network.path(A, B) is not None


def test_healing_gives_back_the_usual_lines() -> None:
    network = Network(Kernel(0.0))
    network.attach("a", Line(latency_s=0.05, loss=0.01))
    network.attach("b")
    network.attach("c")
    network.lay("a", "b", Line(latency_s=0.001))
    network.own("a", [A])
    network.own("b", [B])
    network.own("c", [C])
    before = network.path(A, B), network.path(A, C)
    network.set_line("a", loss=1.0)
    network.set_line("a", "b", latency_s=3.0)
    network.set_line("b", "c", loss=1.0)
    assert (network.path(A, B), network.path(A, C)) != before
    network.heal()
    assert (network.path(A, B), network.path(A, C)) == before
    path = network.path(B, C)
    assert path is not None
    assert path.loss == 0.0


def test_a_branch_of_a_multicast_tree_can_be_lost(network: Network, heard: Heard) -> None:
    for address in (B, C):
        network.join(GROUP, address, PORT)
    network.join(GROUP, B, 1)
    assert network.multicast(A, GROUP, PORT, "one") == 2
    network.prune(GROUP, "b")
    assert network.multicast(A, GROUP, PORT, "two") == 1
    network.prune(GROUP, "b", pruned=False)
    network.leave(GROUP, C, PORT)
    assert network.multicast(A, GROUP, PORT, "three") == 1
    network.kernel.advance(1.0)
    assert [message for _, _, message in heard] == ["one", "one", "two", "three"]


def test_an_address_belongs_to_the_first_who_wants_it_while_he_does(network: Network) -> None:
    shared = "10.0.0.1"
    for name in ("c", "a", "b"):
        network.own(name, [*network.nodes[name].addresses, shared])
    assert network.owner(shared) == "c"
    network.own("a", [A])
    network.own("c", [C])
    assert network.owner(shared) == "b"
    network.own("b", [B])
    assert network.owner(shared) is None
    network.own("a", [A, shared])
    assert network.owner(shared) == "a"


def test_a_node_reaches_its_own_address_even_if_another_has_it_too(network: Network) -> None:
    shared = "10.0.0.1"
    for name in ("c", "a"):
        network.own(name, [*network.nodes[name].addresses, shared])
    network.partition(["a"], ["c"])
    assert network.way("a", shared) == Path(latency_s=0.0, loss=0.0, mtu=1500)
    assert network.way("b", shared) is None


def test_those_who_watch_are_told_when_somebody_may_reach_somebody_else(network: Network) -> None:
    seen: list[int] = []
    end = network.watch(lambda: seen.append(network.generation))
    before = network.generation
    network.cut("a", "b")
    network.power("c", up=False)
    network.power("c", up=False)  # nothing new
    network.own("a", [A])  # nothing new
    end()
    network.heal()
    assert seen == [before + 1, before + 2]


def test_what_goes_wrong_is_on_record(network: Network) -> None:
    network.partition(["b", "a"], ["c"])
    network.cut("a", "b", one_way=True)
    network.heal()
    assert [(event.node, event.text) for event in network.kernel.events()] == [
        ("network", "partition a b | c"),
        ("network", "cut a b one way"),
        ("network", "heal"),
    ]


def test_what_is_wrong_is_told_until_it_is_undone(network: Network) -> None:
    network.lay("a", "b", Line(latency_s=0.001))
    none = network.troubles()
    assert (none.sides, none.cuts, none.lines, none.pairs, none.pruned) == ((), (), {}, {}, ())
    network.partition(["c", "a"])
    network.cut("b", "c", one_way=True)
    network.set_line("c", loss=0.5)
    network.set_line("c", "b", mtu=1400)
    network.set_line("b", "a", latency_s=1.0)
    network.prune(GROUP, "b")
    found = network.troubles()
    assert found.sides == (("a", "c"),)
    assert found.cuts == (("b", "c"),)
    assert found.lines == {"c": Line(loss=0.5)}
    assert [(pair, line.mtu) for pair, line in found.pairs.items()] == [
        (("a", "b"), 1500),
        (("b", "c"), 1400),
    ]
    assert found.pruned == ((GROUP, "b"),)
    network.mend("b", "c")
    assert network.troubles().cuts == ()
    network.heal()
    assert network.troubles() == none
