import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity

from .ks_texts import KS, address, config, kek, policy, policy_file, tek
from .said import messages, reasons

FILE = policy_file(1)


def _audit(files: dict[str, str]) -> Report:
    return audit_example(registry()["TEK014"], files)


def _members(count: int) -> dict[str, str]:
    text = KS.format(members=count, address=address(1), role="Primary")
    return {"ks1/show crypto gdoi ks.txt": text}


@pytest.mark.parametrize(("first", "second", "found"), [(0, 1, 0), (1, 0, 0), (0, 0, 1)])
def test_one_living_traffic_key_is_enough(first: int, second: int, found: int) -> None:
    keys = tek("AAAAAAAA", remaining=first), tek("BBBBBBBB", remaining=second)
    report = _audit({FILE: policy(1, kek(), *keys)})
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == "all traffic keys of group G1 on the key server have ended"
        assert [each.field for each in finding.evidence] == ["remaining_s"] * 2
        assert finding.severity is Severity.HIGH


def test_a_key_server_with_members_needs_traffic_keys() -> None:
    (finding,) = _audit({FILE: policy(1, kek())} | _members(2)).findings
    assert finding.message == "key server of group G1 has 2 members, and no traffic key"
    assert [each.field for each in finding.evidence] == ["tek_count", "members"]
    report = _audit({FILE: policy(1, kek())} | _members(0))
    assert (report.findings, report.not_checked) == ((), ())


def test_keys_or_members_that_are_not_known_are_not_checked() -> None:
    assert reasons(_audit({FILE: policy(1, kek())})) == [
        "whether the group has members is not known"
    ]
    assert reasons(_audit({"ks1.cfg": config(1)})) == ["there is no 'show crypto gdoi ks policy'"]
    cut = policy(1, kek(), tek(remaining=0)).replace("# of teks : 1", "# of teks : 2")
    report = _audit({FILE: cut})
    assert messages(report) == []
    assert reasons(report) == ["'show crypto gdoi ks policy' is not known in full"]
