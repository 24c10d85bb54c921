"""Groups that change: another policy, a member that goes, key servers that come and go."""

from random import Random
from typing import TYPE_CHECKING, Any, Final

from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.evict_plan import plan_eviction
from getvpn.tasks.procedures.key_server_plan import plan_add, plan_remove
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.policy_features import ask_features
from getvpn.tasks.procedures.policy_plan import plan_policy_change
from getvpn.tasks.procedures.policy_settings import Apply

from ...tasks.networks import KnownSecrets, policy
from ...tasks.procedures.group_worlds import changed
from .declared import Scenario, startup
from .staged_worlds import GONE, LABEL, NEW

if TYPE_CHECKING:
    from .play import Play

CLEAR: Final = ("esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi")
SAME_TRAFFIC: Final[tuple[dict[str, Any], ...]] = (
    {"lifetime_s": 3600},
    {"transform": {"encryption": "aes 128"}},
    {"transform": {"encryption": "aes 192"}, "lifetime_s": 5400},
)
OTHER_TRAFFIC: Final[tuple[dict[str, Any], ...]] = (
    {"traffic": {"between": ["10.0.0.0/8", "172.16.0.0/12"], "clear": [*CLEAR]}},
    {"traffic": {"between": ["10.0.0.0/8"], "clear": [*CLEAR, "icmp"]}, "lifetime_s": 3600},
)
SECRETS: Final = KnownSecrets()


def wave(random: Random) -> Wave:
    """Members one by one, two at a time, or all at once."""
    return Wave(random.choice((1, 2, 2, 3, 3)), percent=False)


def unlike(play: "Play", names: tuple[str, ...], wanted: Intent) -> list[str]:
    """What devices of an intent have that it does not say, or have not what it says."""
    from getvpn.tasks.diff import differences

    running = {name: play.lab[name]._running_bytes().decode("latin-1") for name in names}
    found = differences(wanted, running, SECRETS)
    return [
        f"{name} differs from the intent: {each.commands[0].text.split(' key ')[0]}"
        for name, each in found.items()
        if each.different
    ]


# ---- policy change ----


def _policy(strategy: str, apply: Apply, *policies: dict[str, Any], loses: bool) -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        intent = changed(play.booted.intent, policies=[policy(**random.choice(policies))])
        device = play.devices.open("KS1")
        features = ask_features(device)
        device.close()
        observed = play.observed(members=True)
        return plan_policy_change(intent, observed, play.booted.group, features, apply=apply)

    return Scenario(
        procedure="policy change",
        strategy=strategy,
        plan=plan,
        holds=_has_policy,
        world="a group",
        advised=_told_to_register,
        loses=loses,
    )


def _told_to_register(play: "Play", advice: str) -> None:
    """Members that lack the keys of the primary are told to register again, as the advice says."""
    if not advice.startswith("'clear crypto gdoi' on members"):
        return
    now = play.lab.kernel.now()
    groups = [
        group for name in play.servers for group in play.lab[name].feature(Gdoi).servers.values()
    ]
    wanted = {
        tek.spi for group in groups if group.primary for tek in group.teks if tek.remaining_s(now)
    }
    for name in play.members:
        held = {tek.tek.spi for member in play.memberships(name) for tek in member.teks}
        if not wanted <= held:
            play.unreachable(name)
            play.tell(f"{name} is told to register again")
            console(play.lab[name]).run("clear crypto gdoi", "yes")
    play.lab.advance(60)


def _has_policy(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after a change of policy."""
    intent = Intent.model_validate(plan.settings["intent"])
    found = unlike(play, play.servers, intent)
    now = play.lab.kernel.now()
    policies = {
        name: {
            (tek.sa.transform, tek.spi)
            for group in play.lab[name].feature(Gdoi).servers.values()
            for tek in group.teks
            if tek.remaining_s(now)
        }
        for name in play.servers
    }
    if len({frozenset(each) for each in policies.values()}) > 1:
        found.append("the key servers have different keys")
    held = {
        name: {tek.tek.spi for member in play.memberships(name) for tek in member.teks}
        for name in play.members
    }
    wanted = {spi for each in policies.values() for _, spi in each}
    found += [f"{name} has other keys" for name, spis in held.items() if not spis & wanted]
    return found


# ---- evict member ----


WITHOUT_SERVER: Final = frozenset(
    ("server-away", "server-alone", "servers-apart", "power-loss", "crash-at-write")
)
"""Members that register again have to try another key server first, and some come too late."""


def _evict(strategy: str, world: str, *, now: bool = False) -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        del random
        return plan_eviction(play.booted.intent, play.observed(), play.booted.group, GONE, now=now)

    return Scenario(
        procedure="evict member",
        strategy=strategy,
        plan=plan,
        holds=_is_out,
        world=world,
        said=_revoked,
        loses=now,
        drops=True,
        leaves=(GONE,),
        fragile=WITHOUT_SERVER,
    )


def _revoked(play: "Play", text: str) -> None:
    """Whoever runs the authority does what is asked for."""
    if not text.startswith(f"revoke the certificate of {GONE}"):
        return
    now = play.lab.kernel.now()
    point = play.lab[GONE].feature(Pki).store.get("GETVPN-CA")
    if point is not None:
        serial = point.identity[0].x509().serial_number
        play.lab[GONE].authority.ca(now).revoke(serial, now=now)
        play.parted.add(GONE)


def _is_out(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after an eviction."""
    now, found = play.lab.kernel.now(), []
    address = plan.settings["addresses"][0]
    held = {
        tek.tek.spi
        for member in play.memberships(GONE)
        for tek in member.teks
        if tek.tek.remaining_s(now)
    }
    for name in play.servers:
        used = {
            tek.spi
            for group in play.lab[name].feature(Gdoi).servers.values()
            for tek in group.teks
            if tek.remaining_s(now)
        }
        if held & used:
            found.append(f"{GONE} has keys that {name} gives out")
        if any(address in line and "key" in line for line in startup(play.lab, name).splitlines()):
            found.append(f"{name} starts with a key for {GONE}")
    return found


# ---- key servers that come and go ----


def _add() -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_add(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            NEW,
            wave=wave(random),
            secrets=SECRETS,
        )

    return Scenario(
        procedure="key-server add",
        strategy="",
        plan=plan,
        holds=_serves,
        world="two of three",
        new_label=lambda plan: plan.settings["label"],
        drops=True,
    )


def _serves(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after a key server was added."""
    found = unlike(play, (*play.servers, *play.members), play.booted.intent)
    publics = {
        pair.material.public_der
        for name in play.servers
        for pair in play.lab[name].keys.pairs(label=plan.settings["label"])
    }
    if len(publics) != 1:
        found.append(f"the key servers have {len(publics)} keys {LABEL}")
    if not play.lab[NEW].feature(Gdoi).servers:
        found.append(f"{NEW} does not serve the group")
    return found


def _remove(strategy: str, *, leads: bool) -> Scenario:
    gone = "KS1" if leads else NEW

    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_remove(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            gone,
            hand_over=leads,
            wave=wave(random),
            secrets=SECRETS,
        )

    def holds(play: "Play", plan: ProcedurePlan) -> list[str]:
        without = Intent.model_validate(plan.settings["without"])
        others = tuple(name for name in play.servers if name != gone)
        found = unlike(play, (*others, *play.members), without)
        if play.lab[gone].feature(Gdoi).servers:
            found.append(f"{gone} still serves the group")
        if play.lab[gone].keys.pairs(label=LABEL):
            found.append(f"{gone} still has the key {LABEL}")
        return found

    return Scenario(
        procedure="key-server remove",
        strategy=strategy,
        plan=plan,
        holds=holds,
        world="three",
        drops=True,
    )


GROUPS: Final = (
    _policy("rekey", "rekey", *SAME_TRAFFIC, loses=False),
    _policy("rekey, other traffic", "rekey", *OTHER_TRAFFIC, loses=True),
    _policy("replace-now", "replace-now", *SAME_TRAFFIC, *OTHER_TRAFFIC, loses=True),
    _evict("", "a group"),
    _evict("now", "a group", now=True),
    _evict("certificate", "certificates"),
    _add(),
    _remove("secondary", leads=False),
    _remove("primary", leads=True),
)
