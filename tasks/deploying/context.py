"""What all parts of a deployment that is carried out share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from threading import Event

from ...inventory.models import Intent
from ..clock import Clock
from .claim import Claim
from .health import DEADLINE_S
from .journal import Journal
from .models import OpenDevice
from .observing import Observed
from .planning import Choices, Target
from .store import Record, Store

JOBS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that happened to a device or a group, in a clause.

    Where it was only `looked` at, `failure` says why that failed.
    """

    subject: str
    clause: str
    looked: bool = False
    failure: str = ""


Report = Callable[[Told], None]


def silent(told: Told) -> None:
    """Tell nobody."""
    del told


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a deployment is carried out.

    `jobs` is how many devices have a session at a time. `settle_s` is how long a device or group
    may take until all is well after a change, in seconds, `soak_s` after how many seconds it is
    looked at once more. `accepted` are the obstacles that are not to stop it. `usernames` says who
    is logged in on a device, None where what opens sessions knows. `stop` is set to end it after
    the device at hand. With `keep_secrets` backups of what went well stay whole.
    """

    jobs: int = JOBS
    settle_s: float = DEADLINE_S
    soak_s: float = 0.0
    accepted: Collection[str] = ()
    usernames: Callable[[str], str] | None = None
    keep_secrets: bool = False
    report: Report = silent
    stop: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A deployment while it is carried out; `observed` is what was seen before anything changed."""

    intent: Intent
    wanted: Mapping[str, Target]
    observed: Mapping[str, Observed]
    choices: Choices
    manner: Manner
    open_device: OpenDevice
    clock: Clock
    store: Store
    record: Record
    journal: Journal
    claim: Claim

    def note(self, event: str, **facts: object) -> None:
        """Write it down."""
        self.journal.note(self.clock.now(), event, **facts)

    def tell(self, subject: str, clause: str) -> None:
        """Let whoever waits know."""
        self.manner.report(Told(subject=subject, clause=clause))

    def username(self, device: str) -> str:
        """Who is logged in on a device, empty if nobody knows."""
        known = self.manner.usernames or getattr(self.open_device, "username", None)
        return "" if known is None else str(known(device))

    @property
    def stopping(self) -> bool:
        """Whether it is to end: somebody wants that, or its groups are not surely its own."""
        return self.manner.stop.is_set() or not self.claim.sure
