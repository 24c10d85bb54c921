"""Upgrades of key servers and of members: images, restarts, and the way back."""

from random import Random
from typing import TYPE_CHECKING, Any, Final

from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.upgrade_choice import How
from getvpn.tasks.procedures.upgrade_images import images
from getvpn.tasks.procedures.upgrade_member_plan import Who, plan_member_upgrade
from getvpn.tasks.procedures.upgrade_plan import plan_server_upgrade
from getvpn.tasks.procedures.upgrade_software import survey_software

from .declared import Scenario, startup
from .fleet_worlds import NEW, image

if TYPE_CHECKING:
    from .play import Play

TAKES_S: Final = 90.0
AWAY_S: Final = 200.0
FAULTS: Final = ("slow-reload", "never-back", "copy-damaged")
SCP: Final = "ip scp server enable"


def kind_of(world: str) -> str:
    """The platform of a world."""
    return "classic" if world == "classic" else "xe17"


def _given(play: "Play", random: Random, kind: str, names: tuple[str, ...]) -> list[str]:
    """The images, of which one in some runs boots nowhere."""
    good = str(image(kind))
    play.mistake = "wrong-image" if random.random() < 0.08 else ""
    if not play.mistake:
        return [good]
    bad = random.choice(names)
    return [f"{name}={image(kind, wrong=True) if name == bad else good}" for name in names]


def _how(random: Random) -> How:
    return How(takes_s=TAKES_S, within_s=random.choice((600.0, 1800.0)))


# ---- upgrade key-servers ----


def _servers(strategy: str, world: str, *, hand_over: bool = False) -> Scenario:
    kind = kind_of(world)

    def plan(play: "Play", random: Random) -> ProcedurePlan:
        names = play.servers
        return plan_server_upgrade(
            play.booted.intent,
            play.observed(),
            survey_software(play.devices, names),
            play.booted.group,
            images(_given(play, random, kind, names), names),
            _how(random),
            hand_over=hand_over,
            prove=random.choice(("", "", "wait", "now")),
        )

    return Scenario(
        procedure="upgrade key-servers",
        strategy=strategy,
        plan=plan,
        holds=_upgraded,
        restored=_old_images,
        prepare=_second_leads if hand_over else _nobody,
        world=world,
        faults=FAULTS,
    )


def _nobody(play: "Play", random: Random) -> None:
    """Let all be as it is."""


def _second_leads(play: "Play", random: Random) -> None:
    """Let KS1 have been away, so that KS2 leads although it has the lower priority."""
    del random
    play.lab.kill("KS1")
    play.lab.advance(AWAY_S)
    play.lab.boot("KS1")
    play.lab.advance(AWAY_S)


def _upgraded(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after an upgrade: of members some may have been left behind."""
    found, behind = [], []
    for name, box in plan.settings["boxes"].items():
        router, wanted = play.lab[name], NEW[kind_of(play.scenario.world)][1]
        if router.software.version != wanted:
            behind.append(name)
            continue
        lines = [line for line in startup(play.lab, name).splitlines() if "boot system" in line]
        if not box["install"] and (not lines or box["path"] not in lines[0]):
            found.append(f"{name} would boot something else: {lines[:1]}")
        if SCP in startup(play.lab, name):
            found.append(f"{name} still takes files by SCP")
    if len(behind) > plan.settings.get("budget", 0):
        found.append(f"{', '.join(behind)} run their old images")
    return found


def _old_images(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What is not as before after an upgrade was taken back."""
    found = []
    for name, box in plan.settings["boxes"].items():
        router = play.lab[name]
        if router.software.version != box["release"]:
            found.append(f"{name} runs {router.software.version}, not {box['release']}")
        if not box["there"] and router.files.exists(box["path"]):
            found.append(f"{name} still has {box['path']}")
    return found


# ---- upgrade members ----


def _members(strategy: str, world: str) -> Scenario:
    kind = kind_of(world)

    def plan(play: "Play", random: Random) -> ProcedurePlan:
        names = tuple(sorted(random.sample(play.members, random.choice((2, 2, 3)))))
        play.touched = set(names)  # a member that restarts reaches nobody
        who: dict[str, Any] = {"only": names, "budget": random.choice((0, 0, 0, 1))}
        return plan_member_upgrade(
            play.booted.intent,
            play.observed(members=True),
            survey_software(play.devices, names),
            play.booted.group,
            images(_given(play, random, kind, names), names),
            _how(random),
            Who(wave=Wave(2, percent=False), **who),
        )

    return Scenario(
        procedure="upgrade members",
        strategy=strategy,
        plan=plan,
        holds=_upgraded,
        restored=_old_images,
        world=world,
        faults=FAULTS,
    )


FLEET: Final = (
    _servers("handing over", "classic", hand_over=True),
    _servers("classic", "classic"),
    _servers("one file", "one file"),
    _servers("packages", "packages"),
    _members("classic", "classic"),
    _members("packages", "packages"),
)
