"""Groups of stations and of routers on which the sentences of the seed are tried."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import permutations
from random import Random
from typing import Any

import yaml

from getvpn.emulator import Lab
from getvpn.emulator.gdoi.crowd import (
    KEEPALIVE,
    Crowd,
    CrowdSize,
    entries,
    make_crowd,
    usual_policy,
)
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import Replay, ReplayKind, ServerPolicy, Transport
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.gdoi.traffic import USUAL, Exchange, Sample, TrafficWatch
from getvpn.emulator.keys.maker import SeededKeyMaker
from getvpn.emulator.keys.material import KeyMaterial
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.outages import Condition
from getvpn.emulator.testing import Console, console

START = 1_000_000.0
BOOT_S = 120.0
DAY_S = 86_400
TEK_S = 7200
KEY_BITS = 1024
"""Of the RSA keys: such ones are made several times as fast as those of 2048 bits."""
OSPF, TCP, UDP, PIM, ESP = 89, 6, 17, 103, 50
Pairs = Iterable[tuple[str, str]]


# ---- stations ----


@cache
def rsa_key(name: str = "rekeys") -> KeyMaterial:
    """An RSA key for rekeys, the same for the same name."""
    return SeededKeyMaker(Random(name)).rsa(KEY_BITS)  # noqa: S311 - the same each time


def made(
    policy: ServerPolicy | None = None,
    *,
    servers: int = 2,
    members: int = 3,
    keepalive: tuple[int, int, bool] | None = KEEPALIVE,
    parameters: Parameters | None = None,
) -> Crowd:
    """A group of stations that has not been started."""
    size = CrowdSize(servers=servers, members=members, keepalive=keepalive)
    kernel = Kernel(START, 7)
    return make_crowd(size, policy, kernel=kernel, key=rsa_key(), parameters=parameters)


def boot(crowd: Crowd, after_s: float = BOOT_S) -> Crowd:
    """Start a group, and let it settle."""
    crowd.start()
    crowd.kernel.advance(after_s)
    return crowd


def running(policy: ServerPolicy | None = None, **size: Any) -> Crowd:
    """A group of stations that is up."""
    return boot(made(policy, **size))


def sa_policy(*lines: str, **changes: Any) -> ServerPolicy:
    """The usual policy with another list, or other figures of its SA."""
    policy = usual_policy()
    if lines:
        changes["entries"] = entries(lines)
    return replace(policy, sas=(replace(policy.sas[0], **changes),))


def rekey_policy(**changes: Any) -> ServerPolicy:
    """The usual policy with other rekeys."""
    policy = usual_policy()
    return replace(policy, rekey=replace(policy.rekey, **changes))


def timed(window: int = 5) -> ServerPolicy:
    """The usual policy with the check for replays by time."""
    return sa_policy(replay=Replay(kind=ReplayKind.TIME, window=window))


def multicast() -> ServerPolicy:
    """The usual policy with multicast rekeys."""
    return rekey_policy(transport=Transport.MULTICAST, multicast="239.192.1.1", interval_s=10)


def change_sa(crowd: Crowd, *numbers: int, **changes: Any) -> None:
    """Configure the SA of some key servers (from 1) anew, of all without numbers."""
    for number, server in enumerate(crowd.servers, 1):
        if not numbers or number in numbers:
            policy = server.policy
            server.apply(replace(policy, sas=(replace(policy.sas[0], **changes),)))


def change_member(member: MemberGroup, **changes: Any) -> None:
    """Configure a member anew."""
    member.apply(replace(member.policy, **changes))


def kill(crowd: Crowd, *names: str) -> None:
    """Take the power from key servers."""
    for name in names:
        crowd.network.power(name, up=False)
        server(crowd, name).stop()


def revive(crowd: Crowd, *names: str) -> None:
    """Give key servers their power back: they boot."""
    for name in names:
        crowd.network.power(name, up=True)
        server(crowd, name).start()


def server(crowd: Crowd, name: str) -> ServerGroup:
    """A key server by its name."""
    return next(each for each in crowd.servers if each.host.name == name)


def address(crowd: Crowd, name: str) -> str:
    """The address of a station."""
    return crowd.stations[name].address


def spis(group: MemberGroup | ServerGroup) -> list[int]:
    """The TEKs that a member or a key server holds."""
    if isinstance(group, MemberGroup):
        return [held.tek.spi for held in group.teks]
    return [tek.spi for tek in group.teks]


def logged(crowd: Crowd, name: str, words: str, since: float = 0.0) -> list[tuple[float, str]]:
    """The messages of a station with some words, and how long after the start they came."""
    return [
        (event.at - START, event.text)
        for event in crowd.kernel.events()
        if event.node == name and words in event.text and event.at - START >= since
    ]


def times(crowd: Crowd, name: str, words: str, since: float = 0.0) -> list[float]:
    """When a station wrote messages with some words, in seconds after the start."""
    return [at for at, _ in logged(crowd, name, words, since)]


def elapsed(crowd: Crowd) -> float:
    """How long ago the start was."""
    return crowd.kernel.now() - START


def run_until(crowd: Crowd, seconds: float) -> None:
    """Let time pass until so long after the start."""
    crowd.kernel.advance(START + seconds - crowd.kernel.now())


def names(crowd: Crowd) -> list[str]:
    """The names of all members."""
    return [member.host.name for member in crowd.members]


def all_pairs(crowd: Crowd) -> list[tuple[str, str]]:
    """All pairs of members, in both directions."""
    return list(permutations(names(crowd), 2))


def watched(crowd: Crowd, sample: Sample = USUAL) -> TrafficWatch:
    """Record traffic between all members from now on."""
    return crowd.watch(all_pairs(crowd), sample)


def lost(watch: TrafficWatch) -> dict[tuple[str, str], float]:
    """For how many seconds which pair lost its packets."""
    return watch.recorder.seconds(Condition.LOST)


def unencrypted(watch: "TrafficWatch | Routers") -> dict[tuple[str, str], float]:
    """For how many seconds which pair did not exchange encrypted traffic."""
    if isinstance(watch, Routers):
        outages = watch.lab.outages()
        found = {(each.sender, each.receiver): each.lost_s + each.clear_s for each in outages}
        return {pair: seconds for pair, seconds in found.items() if seconds > 0}
    return lost(watch) | watch.recorder.seconds(Condition.CLEAR)


def all_encrypted(crowd: Crowd, sample: Sample = USUAL) -> bool:
    """Whether any two members exchange encrypted traffic now."""
    return all(crowd.traffic(a, b, sample).encrypted for a, b in all_pairs(crowd))


# ---- routers ----


class Routers:
    """A lab without ports, and a console on each of its routers."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.lab = Lab({"host_keys": {"type": "none"}} | data)
        self.refused = [line for name in data["devices"] for line in self.lab.refused(name)]
        self._consoles: dict[str, Console] = {}

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.lab.advance(seconds)

    def show(self, name: str, *lines: str) -> str:
        """What commands print on a router."""
        found = self._consoles.get(name)
        if found is None or found.closed:
            found = self._consoles[name] = console(self.lab[name])
        said = found.run(*lines)
        self.lab.advance(0)
        return said

    def configure(self, name: str, text: str) -> str:
        """What a router says to lines of configuration."""
        self.show(name, "show clock")
        said = self._consoles[name].configure(text)
        self.lab.advance(0)
        return said

    def log(self, name: str, words: str = "") -> list[str]:
        """The lines of `show logging` with some words in them, the oldest first."""
        said = self.show(name, "show logging").partition("Log Buffer")[2]
        return [line for line in said.split("\n") if "%" in line and words in line]

    def traffic(self, a: str, b: str, sample: Sample = USUAL) -> Exchange:
        """What becomes of traffic between two routers now."""
        return self.lab.traffic(a, b, sample)

    def watch(self) -> "Routers":
        """Record traffic between all members from now on."""
        self.lab.record_traffic()
        return self

    def field(self, name: str, command: str, label: str) -> str:
        """The value behind the first `label` that a command prints."""
        said = self.show(name, command)
        found = [line for line in said.split("\n") if line.strip().startswith(label)]
        assert found, f"no {label!r} in {said}"
        return found[0].strip().removeprefix(label).strip(" :")

    def role(self, name: str) -> str:
        """The role that a key server shows."""
        said = self.field(name, "show crypto gdoi ks coop", "Local KS Role")
        return said.split(",")[0].strip()


def plan(change: Any = None, **values: Any) -> dict[str, Any]:
    """The data of a lab file with a group; `change(name, text)` edits a configuration."""
    files = generate(LabPlan(**values))
    data: dict[str, Any] = yaml.safe_load(files["lab.yml"])
    data["keys"][0]["bits"] = KEY_BITS
    for name, device in data["devices"].items():
        text = files[device.pop("startup_file")]
        text = text.replace("!\nline con 0", "!\nlogging buffered 1000000\nline con 0")
        device["startup"] = text if change is None else change(name, text)
    return data


def routers(change: Any = None, **values: Any) -> Routers:
    """A group of routers that is up."""
    found = Routers(plan(change, **values))
    assert not found.refused, found.refused
    found.run(BOOT_S)
    return found
