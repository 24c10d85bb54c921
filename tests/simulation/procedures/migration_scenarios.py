"""Groups that change over: to certificates, and to G-IKEv2."""

from random import Random
from typing import TYPE_CHECKING, Final

from getvpn.emulator.testing import console
from getvpn.tasks.procedures.gikev2_features import ask_feature
from getvpn.tasks.procedures.gikev2_plan import plan_gikev2
from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tasks.procedures.pki_plan import plan_pki

from .declared import Scenario, startup
from .group_scenarios import SECRETS, unlike, wave

if TYPE_CHECKING:
    from .play import Play

SERVERS: Final = "10.10."
"""How addresses of key servers begin."""

# ---- migrate psk-to-pki ----


def _pki() -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        return plan_pki(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            trust_first=True,
            challenge=random.choice(("", "env:OTP_{NAME}")),
            wave=wave(random),
            secrets=SECRETS,
        )

    return Scenario(
        procedure="migrate psk-to-pki",
        strategy="",
        plan=plan,
        holds=_by_certificates,
        world="to certificates",
        drops=True,
    )


def _by_certificates(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after all have changed over to certificates."""
    del plan
    names = (*play.servers, *play.members)
    found = unlike(play, names, play.booted.intent)
    for name in names:
        lines = [line.strip() for line in startup(play.lab, name).splitlines()]
        if any(line.startswith("crypto isakmp key") for line in lines):
            found.append(f"{name} starts with a pre-shared key")
        if "authentication pre-share" in lines:
            found.append(f"{name} starts with a policy for pre-shared keys")
        shown = console(play.lab[name]).run("show crypto isakmp sa detail")
        # what a member gave up a key server forgets later
        remote = SERVERS if name in play.servers else ""
        if any(" psk " in line and remote in line.split()[2] for line in _active(shown)):
            found.append(f"{name} has an IKE SA by a pre-shared key")
    return found


def _active(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if " ACTIVE " in line]


# ---- migrate gikev2 ----


def _gikev2() -> Scenario:
    def plan(play: "Play", random: Random) -> ProcedurePlan:
        device = play.devices.open("KS1")
        feature = ask_feature(device)
        device.close()
        return plan_gikev2(
            play.booted.intent,
            play.observed(members=True),
            play.booted.group,
            feature=feature,
            asked=True,
            wave=wave(random),
            secrets=SECRETS,
        )

    return Scenario(
        procedure="migrate gikev2",
        strategy="",
        plan=plan,
        holds=_by_gikev2,
        world="to G-IKEv2",
        loses=True,
    )


def _by_gikev2(play: "Play", plan: ProcedurePlan) -> list[str]:
    """What does not hold after all members have changed over to G-IKEv2."""
    del plan
    found = unlike(play, (*play.servers, *play.members), play.booted.intent)
    for name in play.members:
        shown = console(play.lab[name]).run("show crypto gdoi")
        types = [line for line in shown.splitlines() if "Group Type" in line]
        if not types or not all("G-IKEv2" in line for line in types):
            found.append(f"{name} does not use G-IKEv2")
    for name in play.servers:
        if "  no gdoi\n" not in startup(play.lab, name):
            found.append(f"{name} starts with GDOI")
    return found


MIGRATIONS: Final = (_pki(), _gikev2())
