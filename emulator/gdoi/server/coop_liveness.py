"""Dead peer detection between key servers, reckoned instead of performed.

The probes of periodic detection have answers as long as both ends hold the SA and packets pass both
ways. So nothing is sent while all is well: a look when the network or an end changed tells at which
probe the answers begin to fail, and when the end that asks will have given up.
"""

from typing import TYPE_CHECKING

from ...clock import Timer

if TYPE_CHECKING:
    from .coop_link import Link

ROUNDING_S = 1e-3
"""How exact the times of probes are."""


class Liveness:
    """What dead peer detection on one end of an SA knows of the other end.

    It works only while `interval_s` is not 0: with `crypto isakmp keepalive … periodic`. On demand
    (without `periodic`) it asks only before traffic, which is none of cooperation's.
    """

    __slots__ = ("_began_at", "_link", "_lost_at", "_timer", "interval_s", "retry_s")

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._timer: Timer | None = None
        self._began_at = 0.0
        self._lost_at: float | None = None
        self.interval_s = 0.0
        self.retry_s = 0.0

    def begin(self, keepalive: tuple[int, int, bool] | None) -> None:
        """An SA stands from now on; the figures are those of its beginning."""
        self.end()
        interval, retry, periodic = keepalive or (0, 0, False)
        self.interval_s = float(interval) if periodic else 0.0
        self.retry_s = float(retry)
        self._began_at = self._link.now()
        self.look()

    def end(self) -> None:
        """The SA is gone."""
        self.interval_s = 0.0
        self._lost_at = None
        self._cancel()

    def look(self) -> None:
        """Something changed that may let probes fail or answers come again."""
        if not self.interval_s:
            return
        loss = self._lost_share()
        if loss < 1.0:
            self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = self._link.now()
        elif self._timer is not None:
            return
        self._cancel()
        if self._lost_at is not None:
            kernel = self._link.coop.kernel
            deadline = self._next_probe() + self._patience_s() + ROUNDING_S
            self._timer = kernel.call_at(deadline, self._given_up)
        elif loss > 0.0:
            self._timer = self._link.coop.kernel.call_at(self._next_probe(), self._probe)

    def _given_up(self) -> None:
        self._timer = None
        self._link.dead()

    def _probe(self) -> None:
        """A probe on a line that loses packets: does one of all its retries come through?"""
        self._timer = None
        coop = self._link.coop
        tries = coop.parameters.dpd_retries + 1
        if coop.kernel.random("dead peer detection").random() < self._lost_share() ** tries:
            self._link.dead()
        else:
            self.look()

    def _lost_share(self) -> float:
        """Which share of probes has no answer."""
        link = self._link
        if not link.held_by_both():
            return 1.0
        there, back = link.coop.path(link.peer.address)
        if there is None or back is None:
            return 1.0
        return 1.0 - (1.0 - there.loss) * (1.0 - back.loss)

    def _next_probe(self) -> float:
        """When the next probe is due: they follow each other since the SA began."""
        # a probe that is due now has been sent, however its time was rounded
        passed = self._link.now() - self._began_at + ROUNDING_S
        return self._began_at + (passed // self.interval_s + 1.0) * self.interval_s

    def _patience_s(self) -> float:
        return self._link.coop.parameters.dpd_retries * self.retry_s

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
