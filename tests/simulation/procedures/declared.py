"""What a scenario is: a procedure with one strategy, in a network that runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from getvpn.emulator import Lab
from getvpn.emulator.keys.maker import SeededKeyMaker, StockedKeyMaker
from getvpn.inventory.models import Intent
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.model import ProcedurePlan

if TYPE_CHECKING:
    from .play import Play

KEYS: Final = 4
BITS: Final = 2048


@dataclass
class Booted:
    """A network that runs, before anything is done to it; runs take place in copies of it.

    `before` are the running configurations, `started` the saved ones, `keys` the public halves of
    RSA keys by device and label, `boot_s` how long devices take to boot.
    """

    intent: Intent
    lab: Lab
    group: str
    journal: Journal = field(default_factory=lambda: Journal("sqlite://"))
    before: dict[str, list[str]] = field(default_factory=dict)
    started: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[tuple[str, str], bytes] = field(default_factory=dict)
    boot_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.lab.devices:
            self.boot_s[name] = self.lab[name].behaviour.boot_s
            self.before[name] = stable(running(self.lab, name))
            self.started[name] = stable(startup(self.lab, name))
            for pair in self.lab[name].keys.pairs():
                if not pair.temporary:
                    self.keys[name, pair.label] = pair.material.public_der


def running(lab: Lab, name: str) -> str:
    """The running configuration of a device."""
    return lab[name]._running_bytes().decode("latin-1")


def startup(lab: Lab, name: str) -> str:
    """The saved configuration of a device."""
    return (lab[name].files.startup_config or b"").decode("latin-1")


def stable(text: str) -> list[str]:
    """The lines of a configuration, without the head that changes by itself."""
    lines = text.splitlines()
    at = next((at for at, line in enumerate(lines) if line.startswith("hostname")), 0)
    return [line for line in lines[at:] if not line.startswith("!")]


def stock(lab: Lab) -> None:
    """Make the keys ahead that runs will want: each takes longer than all else in a run."""
    made = StockedKeyMaker(SeededKeyMaker(Random("keys")))  # noqa: S311 - the same each time
    made.fill(BITS, KEYS)
    for name in lab.devices:
        lab[name].keys._maker = made


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A procedure with one strategy, in one of `WORLDS`.

    `plan` makes a plan from what the devices show. `new_label` is the label of a key that is made.
    `holds` says what does not hold after success. `in_time` is the step before whose end the next
    rekey must not come, if nobody is to lose traffic: None where nothing depends on that.
    `faults` may happen besides those that may happen to all. `prepare` is what happens before the
    plan, `said` is what people do who are told something, `advised` what they do who read the
    advice of a run that stopped. `restored` says what is not as before after all was taken back,
    besides configurations and keys.
    """

    procedure: str
    strategy: str
    plan: Callable[["Play", Random], ProcedurePlan]
    holds: Callable[["Play", ProcedurePlan], list[str]]
    world: str = "example"
    new_label: Callable[[ProcedurePlan], str | None] = lambda _: None
    in_time: str | None = None
    faults: tuple[str, ...] = ()
    prepare: Callable[["Play", Random], object] = lambda _play, _random: None
    said: Callable[["Play", str], object] = lambda _play, _text: None
    restored: Callable[["Play", ProcedurePlan], list[str]] = lambda _play, _plan: []
    advised: Callable[["Play", str], object] = lambda _play, _advice: None
    loses: bool = False
    """Whether it says itself that traffic is lost."""
    fragile: frozenset[str] = frozenset()
    """Faults that cost traffic, which its page says."""
    drops: bool = False
    """Whether it says that members lose traffic that it tells to drop their keys."""
    leaves: tuple[str, ...] = ()
    """The members that are none any more after success."""

    @property
    def name(self) -> str:
        """As tables call it."""
        return f"{self.procedure}, {self.strategy}" if self.strategy else self.procedure
