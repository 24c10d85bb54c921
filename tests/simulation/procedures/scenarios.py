"""The procedures that are run, each with its strategies, and what each of them promises."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from getvpn.emulator import Lab
from getvpn.inventory import load
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.rollover_plan import plan_rollover

from .declared import Booted, Scenario, running, stable, startup, stock
from .fleet_scenarios import FLEET
from .fleet_worlds import FLEETS
from .group_scenarios import GROUPS
from .leading_scenarios import LEADING
from .migration_scenarios import MIGRATIONS
from .staged_worlds import STAGED

if TYPE_CHECKING:
    from .play import Play

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = ROOT / "inventory" / "example"
SETTLED_S: Final = 300.0


def example() -> Booted:
    """Two key servers and eight members: the example that ships with the package."""
    lab = Lab(EXAMPLE / "lab.yml")
    lab.advance(SETTLED_S)
    stock(lab)
    return Booted(load(EXAMPLE / "network.yml"), lab, "EXAMPLE-WAN")


WORLDS: Final[Mapping[str, Callable[[], Booted]]] = {"example": example, **FLEETS, **STAGED}


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
    *FLEET,
    *LEADING,
    *GROUPS,
    *MIGRATIONS,
)

__all__ = ["SCENARIOS", "WORLDS", "Booted", "Scenario", "running", "stable", "startup"]
