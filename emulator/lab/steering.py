"""What can be done to a lab from outside: to its network, to the power of devices."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ..gdoi.traffic import Exchange, Sample
    from .inspecting import DeviceState
    from .lab import Lab
    from .overview import LabOverview
    from .watching import Outage, Pair
    from .world import Side

T = TypeVar("T")


class Steering:
    """The same for a lab, and for one that is served in a thread of its own.

    Every method raises InputError for a device that is not there and for what cannot be.
    """

    def steered(self, work: "Callable[[Lab], T]") -> T:
        """Let `work` do something to the lab, at the present time of its kernel."""
        raise NotImplementedError

    # ---- the network ----

    def partition(self, *sides: "Side") -> None:
        """Split the network: devices of different sides do not reach each other.

        A side is a list of names, or one name. Devices on no side are one more side together.
        """
        self.steered(lambda lab: lab.world.partition(*sides))

    def heal(self) -> None:
        """Undo all partitions, cuts, changes of lines and pruned branches."""
        self.steered(lambda lab: lab.world.heal())

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Let nothing pass from `a` to `b`, and back unless it is `one_way`."""
        self.steered(lambda lab: lab.world.cut(a, b, one_way=one_way))

    def mend(self, a: str, b: str) -> None:
        """Undo `cut`."""
        self.steered(lambda lab: lab.world.mend(a, b))

    def line(
        self,
        a: str,
        b: str | None = None,
        *,
        latency_s: float | None = None,
        loss: float | None = None,
        mtu: int | None = None,
    ) -> None:
        """Change the access line of `a`, or the way between `a` and `b`; None leaves a value.

        `latency_s` is one way, `loss` a share from 0 to 1, `mtu` in bytes.
        """
        self.steered(lambda lab: lab.world.line(a, b, latency_s=latency_s, loss=loss, mtu=mtu))

    def prune(self, group: str, name: str, *, pruned: bool = True) -> None:
        """Take a device off the tree of the multicast address `group`, or put it back."""
        self.steered(lambda lab: lab.world.prune(group, name, pruned=pruned))

    # ---- devices ----

    def kill(self, name: str) -> None:
        """Take the power from a device: it goes down at once, and what was not saved is lost."""
        self.steered(lambda lab: lab.power_off(name))

    def boot(self, name: str) -> None:
        """Give a device its power back: it is up at once. Nothing happens to one that runs.

        It also ends the wait of one that reloads, or that did not come back from a reload.
        """
        self.steered(lambda lab: lab.power_on(name))

    def inspect(self, name: str) -> "DeviceState":
        """The state of a device as JSON can say it: whether it runs, its addresses, its groups."""
        return self.steered(lambda lab: lab.inspected(name))

    def overview(self) -> "LabOverview":
        """All devices at a glance, and what is wrong in the network, as JSON can say it.

        `devices` have `name`, `platform`, `running` and their `groups`, `network` has the `sides`
        of a partition, `cuts`, changed `lines` and `pairs`, and `pruned` branches.
        """
        return self.steered(lambda lab: lab.surveyed())

    # ---- traffic ----

    def traffic(self, a: str, b: str, sample: "Sample | None" = None) -> "Exchange":
        """What would become now of a packet from a host behind `a` to one behind `b`, and back.

        Nothing is sent. Without `sample` it is a small TCP packet to port 443.
        """
        return self.steered(lambda lab: lab.data_plane.exchange(a, b, sample))

    def record_traffic(
        self, pairs: "Iterable[Pair] | None" = None, sample: "Sample | None" = None
    ) -> int:
        """Let traffic flow from now on, and record who loses it and for how long.

        `pairs` are (sender, receiver); without them all members send to each other. Gives how many
        pairs there are. What was recorded before is forgotten. Members notice packets that they
        cannot open, as they do of real traffic: they log them, and may register again.
        """
        return self.steered(lambda lab: lab.data_plane.record(pairs, sample))

    def outages(self) -> "list[Outage]":
        """What happened to each recorded pair so far; raises InputError if nothing is recorded."""
        return self.steered(lambda lab: lab.data_plane.outages())

    def stop_recording(self) -> None:
        """Let no traffic flow any more, and forget what was recorded."""
        self.steered(lambda lab: lab.data_plane.stop())

    # ---- what happened ----

    def events(self, since: int = 0) -> list[str]:
        """The event log, without the first `since` of all events: `seconds device text`."""
        return self.steered(lambda lab: [event.line for event in lab.kernel.events(since)])

    def event_count(self) -> int:
        """How many events there have been."""
        return self.steered(lambda lab: lab.kernel.recorded)

    def digest(self) -> str:
        """A hash of the event log: labs in which the same happened have the same."""
        return self.steered(lambda lab: lab.kernel.digest())
