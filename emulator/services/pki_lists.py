"""The lists of revoked certificates that a router has fetched, and who wants to know of new ones.

A router fetches the list of an authority when it first has to check a certificate of it, and again
when it needs one after the old one has ended (by its own clock), or when an operator asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography import x509

from ..clock import Timer
from ..keys.pki.certificate import UNDECODABLE
from ..settings.pki import TRUSTPOINT

if TYPE_CHECKING:
    from ..device import Router
    from ..keys.pki import Trustpoint

NOT_AUTHENTICATED = "The CA certificate is not available"
NO_ANSWER = "Failed to select socket. Timeout : 5 (Connection timed out)"
OTHER_ISSUER = "The CRL is not issued by the CA of the trustpoint"
Told = Callable[[str], None]
"""Takes the name of a trustpoint whose list is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedList:
    """A list of revoked certificates (DER) and when it came, in seconds since 1970 UTC."""

    der: bytes
    downloaded_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContent:
    """What a list says: from when to when it counts (true UTC seconds), and who is revoked."""

    begins_at: float
    ends_at: float
    revoked: frozenset[int]


@dataclass(slots=True, kw_only=True)
class PkiCounts:
    """What PKI has done since the boot, or since it was cleared."""

    validated: int = 0
    refused: int = 0
    lists_checked: int = 0
    attempts: int = 0
    failures: int = 0


class RevocationLists:
    """The lists of one router, by trustpoint, and how often they and certificates were checked."""

    __slots__ = ("_last", "_router", "_timers", "_watchers", "counts", "fetched")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self.fetched: dict[str, FetchedList] = {}
        self.counts = PkiCounts()
        self._last: dict[str, bytes] = {}
        self._watchers: dict[Told, None] = {}
        self._timers: dict[str, Timer] = {}

    def watch(self, told: Told) -> Callable[[], None]:
        """Have `told` called soon after a list came that is newer than one that was there.

        Gives what ends this.
        """
        self._watchers[told] = None
        return lambda: self._watchers.pop(told, None)

    def current(self, name: str) -> ListContent | None:
        """The list of a trustpoint that the router keeps; None if its time is over.

        That counts by the router's own clock, as for all that certificates say.
        """
        fetched = self.fetched.get(name)
        if fetched is None:
            return None
        if self._router.clock.now() >= fetched.downloaded_at + self._kept_s(name):
            return None
        return self.just_fetched(name)

    def just_fetched(self, name: str) -> ListContent | None:
        """The same, however long the router may keep it."""
        fetched = self.fetched.get(name)
        content = list_content(fetched.der) if fetched is not None else None
        if content is None or not content.begins_at <= self._now() < content.ends_at:
            return None
        return content

    def _kept_s(self, name: str) -> float:
        """How long `crl cache` lets a list be kept."""
        entry = self._router.config.root.find(TRUSTPOINT, name)
        cache = entry.block.find("crl cache") if entry is not None and entry.block else None
        if cache is None:
            return float("inf")
        return 60.0 * int(cache.get("minutes") or 0)

    def fetch(self, trustpoint: "Trustpoint") -> str:
        """Fetch the list of a trustpoint; gives why that failed, empty if it did not."""
        self.counts.attempts += 1
        router = self._router
        now = router.clock.now()
        if trustpoint.ca is None:
            reason = NOT_AUTHENTICATED
        elif not router.authority.reachable:
            reason = NO_ANSWER
        elif trustpoint.ca.der != router.authority.ca(now).certificate:
            reason = OTHER_ISSUER
        else:
            self._take(trustpoint.name, router.authority.ca(now).published_crl(now=now), now)
            return ""
        self.counts.failures += 1
        return reason

    def close(self) -> None:
        """Tell nobody any more: the router goes down."""
        self._watchers.clear()
        for timer in self._timers.values():
            timer.cancel()

    def _take(self, name: str, der: bytes, now: float) -> None:
        """Keep a list; if there was another one before, tell those who want to know."""
        before = self._last.get(name)
        self.fetched[name] = FetchedList(der=der, downloaded_at=now)
        self._last[name] = der
        if before not in (None, der) and name not in self._timers:
            # who checks a certificate just now must not find everything changed in the middle
            self._timers[name] = self._router.clock.call_at(now, lambda: self._tell(name))

    def _tell(self, name: str) -> None:
        del self._timers[name]
        for watcher in list(self._watchers):
            watcher(name)

    def _now(self) -> float:
        return self._router.clock.now() + self._router.wall.offset_s


@lru_cache(maxsize=64)
def list_content(der: bytes) -> ListContent | None:
    """What a list (DER) says; None if it cannot be decoded."""
    try:
        parsed = x509.load_der_x509_crl(der)
        end = parsed.next_update_utc
        return ListContent(
            begins_at=parsed.last_update_utc.timestamp(),
            ends_at=end.timestamp() if end is not None else float("inf"),
            revoked=frozenset(each.serial_number for each in parsed),
        )
    except UNDECODABLE:
        return None
