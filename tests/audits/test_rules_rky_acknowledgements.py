"""The rule on members that do not acknowledge rekeys."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.rky_acknowledgements import rekeys_not_acknowledged

from .key_worlds import KS_MEMBERS, REKEY, member, registered, server, summary

SUMMARY = "ks1/show crypto gdoi ks members summary.txt"


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (0, []),
        (1, [Severity.MEDIUM]),
        (2, [Severity.HIGH]),
        (3, [Severity.HIGH]),
    ],
)
def test_each_missed_rekey_weighs_more(missed: int, expected: list[Severity]) -> None:
    for files in ({KS_MEMBERS: registered(missed)}, {SUMMARY: summary(1, missed)}):
        report = audit_example(rekeys_not_acknowledged, files)
        assert [finding.severity for finding in report.findings] == expected
        assert report.not_checked == ()


def test_the_member_is_named_by_its_address() -> None:
    (finding,) = audit_example(rekeys_not_acknowledged, {KS_MEMBERS: registered(2)}).findings
    assert finding.device == "ks1"
    assert finding.message == (
        "member 10.20.1.1 of group G1 did not acknowledge 2 rekeys; key servers remove a member "
        "after 3 in a row"
    )


def test_a_member_whose_configuration_is_known_is_the_device() -> None:
    files = {KS_MEMBERS: registered(2), "ks1.cfg": server(), "gm1.cfg": member()}
    (finding,) = audit_example(rekeys_not_acknowledged, files).findings
    assert (finding.device, finding.location.source) == ("gm1", KS_MEMBERS)


def test_a_member_is_told_once_with_the_worst_counter() -> None:
    files = {
        "ks1.cfg": server(),
        "ks2.cfg": server(name="ks2"),
        KS_MEMBERS: registered(1),
        "ks2/show crypto gdoi ks members.txt": registered(2),
        SUMMARY: summary(1, 1),
    }
    (finding,) = audit_example(rekeys_not_acknowledged, files).findings
    assert finding.severity is Severity.HIGH
    assert finding.location.source == "ks2/show crypto gdoi ks members.txt"


def test_the_last_list_of_a_key_server_counts() -> None:
    files = {KS_MEMBERS: registered(2), "ks1/sh cry gdoi ks mem.txt": registered(0)}
    assert audit_example(rekeys_not_acknowledged, files).findings == ()


def test_several_members_are_several_findings() -> None:
    second = registered(1, address="10.20.2.1", heading=False)
    report = audit_example(rekeys_not_acknowledged, {KS_MEMBERS: registered(2) + second})
    assert [finding.severity for finding in report.findings] == [Severity.HIGH, Severity.MEDIUM]


def test_releases_without_counters_do_not_tell() -> None:
    report = audit_example(rekeys_not_acknowledged, {KS_MEMBERS: registered(None)})
    assert report.not_checked[0].reason == (
        "the list of members is not whole, or has no counters of acknowledgements"
    )


def test_the_list_of_one_member_does_not_tell_of_the_others() -> None:
    one = {"ks1/show crypto gdoi ks members 10.20.1.1.txt": registered(2)}
    report = audit_example(rekeys_not_acknowledged, one)
    assert len(report.findings) == len(report.not_checked) == 1


def test_without_a_list_of_members_nothing_is_checked() -> None:
    report = audit_example(rekeys_not_acknowledged, {"ks1.cfg": server()})
    assert report.findings == ()
    assert report.not_checked[0].reason == (
        "there is no 'show crypto gdoi ks members' or 'show crypto gdoi ks members summary'"
    )


@pytest.mark.parametrize("rekey", ["", REKEY.replace("  rekey transport unicast\n", "")])
def test_where_no_rekey_is_unicast_nobody_acknowledges(rekey: str) -> None:
    report = audit_example(rekeys_not_acknowledged, {"ks1.cfg": server(rekey=rekey)})
    assert (report.findings, report.not_checked) == ((), ())
