"""What can happen to key servers: by name, so that a failing example says what it did."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from getvpn.emulator.gdoi.policy import CoopPolicy

from .coop_world import HeldGroup, World, address


def _policy(group: HeldGroup) -> CoopPolicy:
    assert group.policy.coop is not None
    return group.policy.coop


def _priority(world: World, number: int, other: int) -> None:
    group = world.group(number)
    priority = 95 + (number * other) % 7
    group.apply(replace(group.policy, coop=replace(_policy(group), priority=priority)))


def _peers(world: World, number: int, other: int) -> None:
    """Forget a peer, or know it again."""
    group = world.group(number)
    peers = dict.fromkeys(_policy(group).peers)
    if address(other) in peers:
        del peers[address(other)]
    elif other != number:
        peers[address(other)] = None
    group.apply(replace(group.policy, coop=replace(_policy(group), peers=tuple(peers))))


def _policies(world: World, number: int, other: int) -> None:
    group = world.group(number)
    rekey = replace(group.policy.rekey, lifetime_s=86_400 + other % 2)
    group.apply(replace(group.policy, rekey=rekey))


def _partition(world: World, number: int, other: int) -> None:
    """The key servers whose bit is set in the product of the numbers stand on the other side."""
    bits = number * other
    names = list(world.groups)
    world.network.partition([name for place, name in enumerate(names) if bits >> place & 1])


def _renew(world: World, number: int, other: int) -> None:
    world.group(number).renew()
    if other % 2:
        world.coop(number).announce()


def _register(world: World, number: int, other: int) -> None:
    world.group(number).register(f"172.16.0.{other}")


Fault = Callable[[World, int, int], object]
FAULTS: dict[str, Fault] = {
    "kill": lambda world, number, _: world.kill(number),
    "boot": lambda world, number, _: world.boot(number),
    "partition": _partition,
    "heal": lambda world, *_: world.network.heal(),
    "cut": lambda world, a, b: world.network.cut(f"KS{a}", f"KS{b}"),
    "cut one way": lambda world, a, b: world.network.cut(f"KS{a}", f"KS{b}", one_way=True),
    "mend": lambda world, a, b: world.network.mend(f"KS{a}", f"KS{b}"),
    "loss": lambda world, number, _: world.network.set_line(f"KS{number}", loss=0.3),
    "latency": lambda world, number, b: world.network.set_line(f"KS{number}", latency_s=b / 8),
    "nothing": lambda world, *_: world.network.changed(),
    "register": _register,
    "renew": _renew,
    "begin anew": lambda world, number, _: world.group(number).begin_anew(),
    "clear": lambda world, number, _: world.coop(number).clear_counters(),
    "resync": lambda world, number, _: world.coop(number).resync(),
    "reset": lambda world, number, _: world.coop(number).reset_role(),
    "announce": lambda world, number, _: world.coop(number).announce(),
    "priority": _priority,
    "peers": _peers,
    "policies": _policies,
    "other secret": lambda world, number, other: world.group(number).ike.spoil(str(other)),
    "same secret": lambda world, number, _: world.group(number).ike.spoil("secret"),
}
PAUSES = st.one_of(
    st.floats(0.0, 0.1),
    st.floats(0.0, 100.0),
    st.sampled_from([20.0, 30.0, 60.0, 200.0, 20.015625, 1000.0]),
)


def happen(world: World, name: str, number: int, other: int) -> None:
    """Let something happen; numbers beyond the last key server mean an earlier one."""
    count = len(world.groups)
    FAULTS[name](world, (number - 1) % count + 1, (other - 1) % count + 1)
