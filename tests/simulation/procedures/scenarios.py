"""The procedures that are run, each with its strategies, and what each of them promises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from getvpn.emulator import Lab
from getvpn.emulator.keys.maker import SeededKeyMaker, StockedKeyMaker
from getvpn.inventory import load
from getvpn.inventory.models import Intent
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.rollover_plan import plan_rollover

if TYPE_CHECKING:
    from .play import Play

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = ROOT / "inventory" / "example"
SETTLED_S: Final = 300.0
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


def example() -> Booted:
    """Two key servers and eight members: the example that ships with the package."""
    lab = Lab(EXAMPLE / "lab.yml")
    lab.advance(SETTLED_S)
    stock(lab)
    return Booted(load(EXAMPLE / "network.yml"), lab, "EXAMPLE-WAN")


def stock(lab: Lab) -> None:
    """Make the keys ahead that runs will want: each takes longer than all else in a run."""
    made = StockedKeyMaker(SeededKeyMaker(Random("keys")))  # noqa: S311 - the same each time
    made.fill(BITS, KEYS)
    for name in lab.devices:
        lab[name].keys._maker = made


WORLDS: Final[Mapping[str, Callable[[], Booted]]] = {"example": example}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A procedure with one strategy, in one of `WORLDS`.

    `plan` makes a plan from what the devices show. `new_label` is the label of a key that is made.
    `holds` says what does not hold after success. `in_time` is the step before whose end the next
    rekey must not come, if nobody is to lose traffic: None where nothing depends on that.
    `faults` may happen besides those that may happen to all. `prepare` is what happens before the
    plan, `said` is what people do who are told something, `restored` says what is not as before
    after all was taken back, besides configurations and keys.
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
    loses: bool = False
    """Whether it says itself that traffic is lost."""

    @property
    def name(self) -> str:
        """As tables call it."""
        return f"{self.procedure}, {self.strategy}" if self.strategy else self.procedure


# ---- rollover rsa ----


def _rollover(strategy: str, *, waves: bool = False) -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_rollover(
            play.booted.intent,
            play.observed(),
            play.booted.group,
            strategy="in-place" if strategy == "in-place" else "new-label",
            cipher=random.choice(("aes", "3des")),
            wave=random.choice((2, 3, 8)) if waves else 0,
        )

    return Scenario(
        procedure="rollover rsa",
        strategy=f"{strategy}, in waves" if waves else strategy,
        plan=plan,
        holds=_rolled_over,
        new_label=lambda plan: str(plan.settings["new"]),
        in_time="all key servers have the same key" if strategy == "in-place" else None,
        loses=waves,
    )


def _rolled_over(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after a rollover."""
    old, new = str(plan.settings["old"]), str(plan.settings["new"])
    found, publics = [], set()
    for name in play.servers:
        keys = play.lab[name].keys
        kept = {place[1]: pairs for place, pairs in keys._saved.items()}
        there = keys.signing_pair(new)
        if there is None:
            found.append(f"{name} has no key {new}")
            continue
        publics.add(there.material.public_der)
        if there.material.public_der == play.booted.keys.get((name, old)):
            found.append(f"{name} has the old key still")
        if new not in kept or kept[new][0].material.public_der != there.material.public_der:
            found.append(f"{name} has not saved the key {new}")
        if old != new and (keys.pairs(label=old) or old in kept):
            found.append(f"{name} still has the key {old}")
        if f"rekey authentication mypubkey rsa {new}\n" not in startup(play.lab, name):
            found.append(f"{name} does not start with the key {new}")
    if len(publics) > 1:
        found.append(f"the key servers have different keys {new}")
    found += [
        f"{name} does not hold the key {new}"
        for name in play.members
        if not all(
            any(key.public_der in publics for key in member.server_keys.values())
            for member in play.memberships(name)
        )
    ]
    return found


SCENARIOS: Final = (
    _rollover("new-label"),
    _rollover("in-place"),
    _rollover("new-label", waves=True),
    _rollover("in-place", waves=True),
)
