from dataclasses import replace

import pytest

from getvpn.audits.context import DEVICE, GROUP, DeviceContext, GroupContext, show_evidence
from getvpn.audits.engine import Report, run
from getvpn.audits.needs import CONFIG, KS_POLICY
from getvpn.audits.rule import (
    AnyRule,
    Evidence,
    Finding,
    Location,
    Outcomes,
    Rule,
    Scope,
    Severity,
)
from getvpn.audits.rules.coop import single_key_server
from getvpn.audits.rules.tek import lifetime_too_short
from getvpn.audits.settings import Settings

from .fleets import KEY_SERVER, MEMBER, fleet
from .fleets import KS_POLICY as KS_POLICY_TEXT


def _hostname_said(ctx: DeviceContext) -> Outcomes:
    if ctx.config is not None:
        yield ctx.at(ctx.config.tree.lines[0], "", f"{ctx.device.name} has a name")


def _fails_on_gm1(ctx: DeviceContext) -> Outcomes:
    yield from _hostname_said(ctx)
    if ctx.device.name == "gm1":
        raise KeyError("surprise")


def _no_logging(ctx: DeviceContext) -> Outcomes:
    yield ctx.absent("no logging host")


def _probe(check: object, scope: Scope[DeviceContext] = DEVICE, code: str = "TST001") -> AnyRule:
    template: Rule[DeviceContext] = replace(
        lifetime_too_short, code=code, aliases=(), scope=scope, needs=(CONFIG,), check=check
    )
    return replace(template, remediation="do it")


def _run(files: dict[str, str], *rules: AnyRule) -> Report:
    return run(fleet(files), rules, Settings(), raise_faults=True)


def test_findings_stand_in_the_order_of_device_and_line_not_of_the_rules() -> None:
    files = {"gm1.cfg": MEMBER, "ks1.cfg": KEY_SERVER}
    rules = [_probe(_hostname_said), lifetime_too_short]
    forth, back = _run(files, *rules), _run(dict(reversed(files.items())), *reversed(rules))
    assert forth.findings == back.findings
    assert [finding.device for finding in forth.findings] == ["gm1", "ks1", "ks1"]
    assert [finding.location.line for finding in forth.findings] == [1, 1, 4]
    assert [rule.code for rule in back.rules] == ["TEK001", "TST001"]


def test_a_fault_of_a_rule_costs_neither_its_other_findings_nor_the_run() -> None:
    found = fleet({"gm1.cfg": MEMBER, "ks1.cfg": KEY_SERVER})
    report = run(found, [_probe(_fails_on_gm1), lifetime_too_short], Settings())
    assert {finding.rule for finding in report.findings} == {"TST001", "TEK001"}
    (fault,) = report.faults
    assert str(fault) == "rule TST001 failed on gm1 (KeyError): please report it"


def test_a_fault_of_a_rule_is_raised_on_request() -> None:
    with pytest.raises(KeyError, match="surprise"):
        _run({"gm1.cfg": MEMBER}, _probe(_fails_on_gm1))


def test_one_fault_said_twice_is_one_finding() -> None:
    def twice(ctx: DeviceContext) -> Outcomes:
        yield from _hostname_said(ctx)
        yield from _hostname_said(ctx)

    assert len(_run({"gm1.cfg": MEMBER}, _probe(twice)).findings) == 1


def test_something_absent_from_a_whole_configuration_is_found_in_the_file() -> None:
    (finding,) = _run({"gm1.cfg": MEMBER}, _probe(_no_logging)).findings
    assert finding.location == Location(source="gm1.cfg")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"gm1.cfg": MEMBER.partition("\n")[2]}, "no line 'hostname'"),
        ({"ks1/show crypto gdoi ks policy.txt": KS_POLICY_TEXT}, "there is no configuration"),
    ],
)
def test_something_absent_from_a_part_is_not_checked(files: dict[str, str], reason: str) -> None:
    report = _run(files, _probe(_no_logging))
    assert report.findings == ()
    (each,) = report.not_checked
    assert reason in each.reason


def test_a_finding_without_evidence_is_a_fault_of_the_rule() -> None:
    def baseless(ctx: GroupContext) -> Outcomes:
        yield ctx.finding((), "it is so")

    rule: AnyRule = replace(single_key_server, code="TST002", aliases=(), check=baseless)
    assert rule.scope is GROUP
    with pytest.raises(ValueError, match="TST002: a finding needs evidence"):
        _run({"ks1.cfg": KEY_SERVER}, rule)


def test_show_output_decides_where_there_is_no_configuration() -> None:
    (finding,) = _run(
        {"ks1/show crypto gdoi ks policy.txt": KS_POLICY_TEXT}, lifetime_too_short
    ).findings
    (evidence,) = finding.evidence
    assert (evidence.kind, evidence.field, evidence.value) == ("show", "tek_life_s", "600")
    assert evidence.command == "show crypto gdoi ks policy"


def test_one_fault_in_configuration_and_show_output_is_one_finding() -> None:
    files = {"ks1.cfg": KEY_SERVER, "ks1/show crypto gdoi ks policy.txt": KS_POLICY_TEXT}
    assert len(_run(files, lifetime_too_short).findings) == 1


def test_show_output_that_differs_from_the_configuration_is_looked_at() -> None:
    files = {
        "ks1.cfg": KEY_SERVER.replace("600", "7200"),
        "ks1/show crypto gdoi ks policy.txt": KS_POLICY_TEXT,
    }
    (finding,) = _run(files, lifetime_too_short).findings
    assert finding.location.source == "ks1/show crypto gdoi ks policy.txt"


def test_evidence_holds_no_secret() -> None:
    text = "hostname ks1\ncrypto isakmp key Hidden99 address 10.0.0.1\n"

    def key_said(ctx: DeviceContext) -> Outcomes:
        assert ctx.config is not None
        yield ctx.at(ctx.config.isakmp_keys[0], "", "a key")

    report = _run({"ks1.cfg": text}, _probe(key_said))
    assert report.findings[0].evidence[0].line == 2
    assert "Hidden99" not in repr(report.findings)


def test_severities_are_ordered_and_read_by_name() -> None:
    assert Severity.CRITICAL > Severity.HIGH > Severity.MEDIUM > Severity.LOW > Severity.INFO
    assert Severity.named("High") is Severity.HIGH
    assert str(Severity.INFO) == "info"


def test_findings_compare_by_value() -> None:
    evidence = Evidence(kind="config", device="ks1", source="ks1.cfg", line=1, text="x")
    finding = Finding(
        rule="TST001",
        severity=Severity.LOW,
        device="ks1",
        location=evidence.location,
        message="m",
        evidence=(evidence,),
    )
    assert finding == replace(finding)
    assert len({finding, replace(finding)}) == 1


def test_show_evidence_of_a_block_needs_no_field() -> None:
    (device,) = fleet({"ks1/show crypto gdoi ks policy.txt": KS_POLICY_TEXT}).devices
    (shown,) = device.records(KS_POLICY)
    evidence = show_evidence(shown, shown.record.groups[0])
    assert (evidence.field, evidence.value, evidence.line) == (None, None, 2)
