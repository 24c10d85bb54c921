"""What holds in every group whatever happens, for machines that let anything happen to one."""

from collections.abc import Callable, Iterable

from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.messages import Rekey
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.network import Network

SETTLE_S = 240.0
"""Boot election, 60 s of silence, detection of dead peers, and some more."""
ON_ITS_WAY_S = 40.0
"""A rekey with all its retransmissions, if there are 2 and 10 s between them."""


class Laws:
    """Watches a group: the keys that its key servers make, and the rekeys that they send.

    `servers` gives the key servers that run.
    """

    def __init__(
        self, kernel: Kernel, network: Network, servers: Callable[[], Iterable[ServerGroup]]
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._servers = servers
        self.issued: set[int] = set()
        self.sequences: dict[tuple[ServerGroup, int], int] = {}
        self._tap()

    def _tap(self) -> None:
        """Look at every rekey that leaves a key server: its numbers do not go back.

        One that boots knows only of what the others have heard of.
        """
        send = self._network.send

        def tapped(source: str, destination: str, port: int, message: object) -> bool:
            if isinstance(message, Rekey):
                sender = next(e for e in self._servers() if e.policy.address == source)
                key = (sender, message.kek_spi)
                assert message.sequence >= self.sequences.get(key, 0)
                self.sequences[key] = message.sequence
            return send(source, destination, port, message)

        self._network.send = tapped  # type: ignore[method-assign]

    def wait(self, seconds: float) -> None:
        """Let time pass, looking at the keys of all key servers as often as they can change."""
        kernel = self._kernel
        end = kernel.now() + seconds
        while kernel.now() < end:
            due = kernel.next_due()
            kernel.run_until(end if due is None else min(end, due))
            self.look()

    def look(self) -> None:
        """See which keys there are."""
        for server in self._servers():
            self.issued |= {tek.spi for tek in server.teks}

    # ---- the laws ----

    def only_issued_keys(self, members: Iterable[MemberGroup]) -> None:
        """A member has no key that no key server made."""
        self.look()
        for member in members:
            assert {held.tek.spi for held in member.teks} <= self.issued

    def one_primary_on_each_side(self) -> None:
        """When the timers have settled, nobody hears of two primaries."""
        running = list(self._servers())
        for server in running:
            heard = [other for other in running if self._hear(server, other)]
            assert sum(other.primary for other in heard) <= 1

    def _hear(self, a: ServerGroup, b: ServerGroup) -> bool:
        return self._network.path(a.policy.address, b.policy.address) is not None
