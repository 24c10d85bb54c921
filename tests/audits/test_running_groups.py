"""Rules about state, logs and rekeys on the outputs of an emulated group, well and split."""

import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.examples import captures
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.settings import Settings

from ..tasks.procedures.group_worlds import World

TOPICS = ("COOP", "GMR", "LOG", "RKY", "RPL", "TEK")
BOTH = ("show running-config", "show crypto gdoi", "show logging", "show version")
FEATURES = ("crl-check", "dp-recovery", "gm-removal", "policy-replace")
SERVER = (
    "show crypto gdoi ks",
    "show crypto gdoi ks coop",
    "show crypto gdoi ks members",
    "show crypto gdoi ks policy",
    "show crypto gdoi ks replay",
    *(f"show crypto gdoi feature {name}" for name in FEATURES),
)
MEMBER = (
    "show crypto gdoi gm",
    "show crypto gdoi gm dataplane counters",
    "show crypto gdoi gm replay",
    "show crypto eli",
)
ADVICE = {"GMR011", "LOG025"}
"""The network of the tests has no recovery check, and its clocks are not set."""


def audit(world: World) -> Report:
    """What the rules say of everything that all devices show now."""
    files: dict[str, str] = {}
    roles = ((world.intent.key_servers, SERVER), (world.intent.members, MEMBER))
    for devices, commands in roles:
        for device in devices:
            for command in (*BOTH, *commands):
                is_config = command.endswith("running-config")
                name = f"{device.name}.cfg" if is_config else f"{device.name}/{command}.txt"
                files[name] = world.shown(device.name, command)
    fleet = fleet_of(captures(files))
    assert [device.problems for device in fleet.devices] == [()] * len(fleet.devices)
    return run(fleet, registry().select(TOPICS), Settings(), raise_faults=True)


def found(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings} - ADVICE


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_a_group_that_is_well_has_nothing_wrong_with_it(world: World) -> None:
    for seconds in (0, 7_200, 90_000):
        world.lab.advance(seconds)
        report = audit(world)
        assert found(report) == set()
        own = {each.rule for each in report.not_checked}
        assert {rule for rule in own if rule.startswith(("LOG", "RPL"))} == set()


def test_a_group_that_falls_apart_is_seen_to(world: World) -> None:
    world.lab.partition(["KS1", "BR1"], ["KS2", "BR2"])
    world.lab.advance(100)
    assert found(audit(world)) >= {"COOP007", "COOP009", "COOP016", "LOG013"}
    world.lab.advance(9_000)
    assert found(audit(world)) >= {"COOP009", "COOP010", "LOG013", "RKY012", "RKY019"}


def test_what_happened_to_it_can_be_read_when_it_is_whole_again(world: World) -> None:
    world.lab.heal()
    world.lab.advance(9_000)
    told = found(audit(world))
    assert "COOP009" not in told
    assert "COOP010" not in told
    assert "LOG013" in told
