"""A member of which nothing can be said does not hide the next one."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry

from .ks_texts import config, members
from .said import reasons

MEMBER = (
    "hostname {name}\ncrypto gdoi group G1\n identity number 1001\n"
    " server address ipv4 10.10.1.1\n{lines}"
)
STATE = registry()["GMR008"].good["gm1/show crypto gdoi gm.txt"].removeprefix("\n")
KS_MEMBERS = "ks1/show crypto gdoi ks members.txt"


def _config(name: str, lines: str = "") -> dict[str, str]:
    return {f"{name}.cfg": MEMBER.format(name=name, lines=lines)}


def _late(name: str) -> dict[str, str]:
    text = STATE.replace("01:20:11", "09:00:00")
    assert text != STATE
    return {f"{name}/show crypto gdoi gm.txt": text}


@pytest.mark.parametrize(
    ("code", "first", "second", "reason"),
    [
        (
            "GMR006",
            _config("gm0"),
            _late("gm1"),
            "there is no 'show crypto gdoi gm' or 'show crypto gdoi'",
        ),
        (
            "GMR015",
            {"gm0/show crypto gdoi gm.txt": STATE},
            _config("gm1", " client rekey hash sha\n"),
            "there is no configuration",
        ),
        (
            "GMR015",
            _config("gm0", "end\n"),
            _config("gm1", " client rekey hash sha\n"),
            None,
        ),
        (
            "GMR017",
            _config("gm0"),
            {"gm1/show crypto gdoi gm.txt": STATE},
            "there is no 'show crypto gdoi gm' or 'show crypto gdoi'",
        ),
        (
            "GMR017",
            {"gm0/show crypto gdoi gm.txt": STATE.replace("Group G1", "Group G7")}
            | {
                "gm0.cfg": MEMBER.format(name="gm0", lines="")
                .replace("G1", "G7")
                .replace("10.10.1.1", "10.99.1.1")
            },
            {"gm1/show crypto gdoi gm.txt": STATE},
            "no key server of it lists all of its members",
        ),
    ],
)
def test_the_second_member_is_looked_at(
    code: str, first: dict[str, str], second: dict[str, str], reason: str | None
) -> None:
    servers = {"ks1.cfg": config(1), KS_MEMBERS: members("10.20.9.1")}
    report = audit_example(registry()[code], servers | first | second)
    assert [each.device for each in report.findings] == ["gm1"]
    assert reasons(report) == ([] if reason is None else [reason])


def test_a_member_without_numbers_does_not_hide_the_next_one() -> None:
    text = members("10.20.1.1", "10.20.2.1")
    head, first, second = text.partition("Group Member ID    : 10.20.1.1")
    rows = " Sent seq num : 0     1     2     3\n Rcvd seq num : 0     1     2     3\n"
    assert second.count(rows) == 2
    before, _, after = second.partition(rows)
    lost = after.replace("Rcvd seq num : 0 ", "Rcvd seq num : 9 ")
    report = audit_example(registry()["RKY019"], {KS_MEMBERS: head + first + before + lost})
    assert len(report.findings) == 1
    assert "10.20.2.1" in report.findings[0].message
