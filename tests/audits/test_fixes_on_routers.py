"""Every fix is proven: a router with the fault takes its lines, and the audit is content.

The configurations of a rule's bad example boot on emulated routers, what the rule wants is entered
line by line, and what the routers then run is audited by all rules.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.examples import audit_example, captures
from getvpn.audits.fix_lines import paths
from getvpn.audits.fixing import fixes_of
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule, Finding, ScopeName
from getvpn.audits.settings import PROFILES, Settings
from getvpn.emulator.testing import Console, console, make_router
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.comparing.text import lines
from getvpn.tasks.comparing.typed import missing, typed, way_back
from getvpn.tasks.deploying.sameness import strayed

RULES = registry().rules
RUNNING = "show running-config"
BROUGHT_BY_FIX = {
    # a key for a new peer is a secret, which no fix holds
    ("COOP008", "IKE007"),
    ("GMR002", "IKE007"),
    # a member that has one key server has nowhere else to look for lost rekeys
    ("GMR002", "GMR011"),
    # what helps TCP is told to help TCP only
    ("MTU001", "MTU002"),
}
"""What else is found once a rule is content, and has a reason: rule, and the other one."""

NO_WAY_BACK = {
    # the group that was named there does not exist
    "MAP004",
}


@cache
def fixable() -> tuple[AnyRule, ...]:
    """The rules whose bad example has lines that mend it."""
    found = []
    for rule in RULES:
        if rule.scope.name is not ScopeName.REPORT:
            own = audit_example(rule, rule.bad).findings
            if any(each.fixes for each in own if each.rule == rule.code):
                found.append(rule)
    return tuple(found)


def audited(files: Mapping[str, str], settings: Settings | None = None) -> Report:
    return run(fleet_of(captures(files)), RULES, settings or Settings(), raise_faults=True)


def booted(name: str, text: str) -> Console:
    """A router with this configuration, of the model that has its interfaces."""
    models = ["isr4451", "isr2911", "c8000v"]
    if re.search(r"GigabitEthernet\d+/\d+\s", text):
        models.sort(key=lambda model: model != "isr2911")
    elif re.search(r"GigabitEthernet\d+\s", text):
        models.sort(key=lambda model: model != "c8000v")
    for model in models[:-1]:
        try:
            return console(make_router(name, model, text))
        except ValueError:
            continue
    return console(make_router(name, models[-1], text))


def routers(files: Mapping[str, str]) -> dict[str, Console]:
    return {
        name.removesuffix(".cfg"): booted(name.removesuffix(".cfg"), text.removeprefix("\n"))
        for name, text in files.items()
        if name.endswith(".cfg")
    }


def as_running(files: Mapping[str, str], devices: Mapping[str, Console]) -> dict[str, str]:
    """The files with the running configurations of the routers."""
    return {**files, **{f"{name}.cfg": each.run(RUNNING) for name, each in devices.items()}}


def entered(report: Report, devices: Mapping[str, Console]) -> int:
    """Enter what mends the findings of a report; gives how many lines that are."""
    fixes = fixes_of(report)
    assert fixes.refused == ()
    count = 0
    for each in fixes.devices:
        router = devices[each.device]
        router.run("configure terminal")
        for line in each.lines:
            assert "%" not in router.run(line.text), f"{each.device} refuses '{line.text}'"
            count += 1
        router.run("end")
    return count


def about(findings: Iterable[Finding]) -> Counter[tuple[str, str, str | None]]:
    return Counter((each.rule, each.device, each.group) for each in findings)


@pytest.mark.parametrize("rule", fixable(), ids=lambda rule: rule.code)
def test_a_router_takes_the_fix_and_nothing_is_worse(rule: AnyRule) -> None:
    devices = routers(rule.bad)
    before = audited(as_running(rule.bad, devices))
    own = tuple(each for each in before.findings if each.rule == rule.code)
    assert own
    assert all(each.fixes for each in own)
    assert entered(replace(before, findings=own), devices)
    after = audited(as_running(rule.bad, devices)).findings
    assert [each.message for each in after if each.rule == rule.code] == []
    new = about(after) - about(before.findings)
    others = {each[0] for each in new if (rule.code, each[0]) not in BROUGHT_BY_FIX}
    assert [each.message for each in after if each.rule in others] == []


@pytest.mark.parametrize(
    "rule", [rule for rule in fixable() if rule.code not in NO_WAY_BACK], ids=lambda rule: rule.code
)
def test_what_a_deployment_enters_is_seen_and_taken_back(rule: AnyRule) -> None:
    devices = routers(rule.bad)
    files = as_running(rule.bad, devices)
    report = audited(files)
    own = tuple(each for each in report.findings if each.rule == rule.code)
    for each in fixes_of(replace(report, findings=own)).devices:
        router, before = devices[each.device], files[f"{each.device}.cfg"]
        ways = paths(line.text for line in each.lines)
        wanted = [Command(modes=way[:-1], text=way[-1]) for way in ways]
        left = missing(before, wanted)
        assert left
        assert missing(typed(before, left), wanted) == ()
        router.configure("\n".join(lines(left)))
        now = router.run(RUNNING)
        assert missing(now, wanted) == ()
        router.configure("\n".join(lines(way_back(wanted, now, before))))
        assert str(strayed(before, router.run(RUNNING), everything=True)) == ""


def test_every_rule_that_promises_lines_has_some_in_its_example() -> None:
    assert {rule.code for rule in RULES if rule.fix is not None} <= {
        rule.code for rule in fixable()
    }


MANY_FAULTS = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 authentication pre-share
 group 14
crypto ipsec transform-set TS esp-aes
crypto ipsec profile GETVPN
 set security-association lifetime seconds 600
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey lifetime seconds 3600
  rekey retransmit 10 number 2
  rekey transport unicast
  sa ipsec 1
   profile GETVPN
   match address ipv4 POLICY
  address ipv4 10.10.1.1
interface Loopback0
 ip address 10.10.1.1 255.255.255.255
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
ip http server
line vty 0 4
 transport input telnet ssh
 login local
"""


@pytest.mark.parametrize("profile", PROFILES)
def test_the_fixes_of_many_findings_are_entered_together(profile: str) -> None:
    settings = PROFILES[profile].settings
    files = {"ks1.cfg": MANY_FAULTS}
    devices = routers(files)
    before = audited(as_running(files, devices), settings)
    codes = {each.rule for each in before.findings if each.fixes}
    assert {"ACL005", "ACL006", "ACL007", "ACL010", "TEK001", "RKY001", "MGT008"} <= codes
    assert entered(before, devices) > 20
    after = audited(as_running(files, devices), settings).findings
    assert [each.message for each in after if each.fixes] == []
    assert about(after) - about(before.findings) == Counter()


@pytest.mark.parametrize("profile", ["seed", "cnsa"])
def test_the_fixes_for_no_example_contradict_each_other(profile: str) -> None:
    settings = PROFILES[profile].settings
    refused = [
        f"{rule.code}: {each}"
        for rule in RULES
        if rule.scope.name is not ScopeName.REPORT
        for each in fixes_of(audited(rule.bad, settings)).refused
    ]
    assert refused == []
