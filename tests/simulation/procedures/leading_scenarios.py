"""Who leads a group: the test of a failover, and a group that is split and becomes one again."""

from random import Random
from typing import TYPE_CHECKING, Final

from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.testing import console
from getvpn.tasks.procedures.failover_plan import plan_failover
from getvpn.tasks.procedures.failover_settings import Isolate
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.recover_plan import plan_recovery

from .declared import Scenario

if TYPE_CHECKING:
    from .play import Play

NOTICED_S: Final = 200.0
"""After this time key servers that do not hear each other have elected one each."""


def keys_of(play: "Play", name: str) -> frozenset[int]:
    """The newest traffic keys of a key server."""
    now = play.lab.kernel.now()
    groups = play.lab[name].feature(Gdoi).servers.values()
    teks = [tek for group in groups for tek in group.teks]
    longest = max((tek.remaining_s(now) for tek in teks), default=0.0)
    return frozenset(tek.spi for tek in teks if tek.remaining_s(now) > longest - 1)


def has_keys(play: "Play", name: str, keys: frozenset[int]) -> bool:
    """Whether a member has all of these traffic keys."""
    return keys <= {each.tek.spi for m in play.memberships(name) for each in m.teks}


def primaries_of(play: "Play") -> list[str]:
    """The key servers that lead."""
    return [
        name
        for name in play.servers
        if any(group.primary for group in play.lab[name].feature(Gdoi).servers.values())
    ]


def _one_group(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What a group that is whole has not: one primary, and its keys everywhere."""
    del plan
    leading = primaries_of(play)
    if len(leading) != 1:
        return [f"{len(leading)} key servers are primary"]
    keys = keys_of(play, leading[0])
    other = [name for name in play.servers if keys_of(play, name) != keys]
    found = [f"{name} has other keys than {leading[0]}" for name in other]
    missing = [name for name in play.members if not has_keys(play, name, keys)]
    return found + [f"{name} has not the keys of {leading[0]}" for name in missing]


# ---- failover test ----


def _failover(strategy: str, isolate: Isolate, world: str) -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_failover(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            isolate=isolate,
            give_back=random.random() < 0.5,
        )

    return Scenario(
        procedure="failover test",
        strategy=strategy,
        plan=plan,
        holds=_failed_over,
        said=_at_the_console,
        world=world,
        faults=("slow-reload", "never-back") if isolate == "reload" else (),
    )


def _failed_over(play: "Play", plan: ProcedurePlan) -> list[str]:
    found = _one_group(play, plan)
    quiet = all(each.name == "kill" for each in play.troubles if each.at is not None)
    wanted = plan.settings["primary"]
    if quiet and plan.settings["give_back"] and primaries_of(play) != [wanted]:
        found.append(f"{wanted} does not lead again")
    return found


def _at_the_console(play: "Play", text: str) -> None:
    """Isolate the primary, and connect it again, some time after that is asked for."""
    word, _, rest = text.partition(" ")
    if word not in {"isolate", "connect"}:
        return
    name = rest.partition(" ")[0]
    act = play.lab.cut if word == "isolate" else play.lab.mend
    others = [each for each in (*play.servers, *play.members) if each != name]

    def carry_out() -> None:
        if play.order == text:  # nobody has asked for something else meanwhile
            for other in others:
                act(name, other)

    play.order = text
    play.later(play.random.choice((1, 60, 400)) * play.random.random(), carry_out)


# ---- recover split ----


def _recovery() -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_recovery(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            wave=random.choice((1, 10)),
            connects_s=random.choice((300.0, 3600.0)),
        )

    return Scenario(
        procedure="recover split",
        strategy="",
        plan=plan,
        holds=_one_group,
        prepare=_split,
        said=_mend,
        world="one file",
        loses=True,
    )


def _split(play: "Play", random: Random) -> None:
    """Let key servers lose each other, perhaps with members, until some lead that should not."""
    one = set(random.sample(play.servers, 1))
    if random.random() < 0.5:
        one |= set(random.sample(play.members, random.randint(1, len(play.members) - 1)))
        other = {*play.servers, *play.members} - one
    else:
        other = set(play.servers) - one
    for a in sorted(one):
        for b in sorted(other):
            play.lab.cut(a, b)
    play.lab.advance(NOTICED_S)
    if random.random() < 0.5:
        for name in random.sample(play.members, random.randint(1, len(play.members))):
            console(play.lab[name]).run("clear crypto gdoi", "yes")
        play.lab.advance(NOTICED_S)
    if random.random() < 0.7:
        for name in primaries_of(play):
            console(play.lab[name]).run("crypto gdoi ks rekey")
    play.lab.advance(NOTICED_S)
    if random.random() < 0.2:
        play.lab.heal()


def _mend(play: "Play", text: str) -> None:
    """Mend the ways some time after they are told to be broken."""
    if "do not hear each other" in text or "is broken" in text:
        play.later(play.random.choice((20, 200, 2000)) * play.random.random(), play.lab.heal)


LEADING: Final = (
    _failover("by a restart", "reload", "classic"),
    _failover("by a restart, of three", "reload", "one file"),
    _failover("by hand", "by-hand", "classic"),
    _recovery(),
)
