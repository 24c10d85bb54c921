"""Findings that somebody answers for: waivers in a file, and comments in configurations."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from getvpn.audits.engine import Report, run
from getvpn.audits.examples import captures
from getvpn.audits.excusing import excuse
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.settings import Settings
from getvpn.audits.waivers import FILE_NAME, Waiver, read_waivers
from getvpn.errors import InputError

from .said import messages

TODAY = date(2026, 6, 1)
LAST_DAY = "2026-06-01"
WAIVER = {
    "rule": '"TEK001"',
    "owner": '"network security"',
    "reason": '"change 4711"',
    "expires": LAST_DAY,
}
CONFIG = """\
{top}hostname ks1
!
{above}crypto ipsec profile GETVPN
{inside} set security-association lifetime seconds 600
 set transform-set AES
crypto ipsec transform-set AES esp-aes 256 esp-sha256-hmac
crypto gdoi group WAN
 identity number 1001
 server local
  sa ipsec 10
   profile GETVPN
   match address ipv4 POLICY
  address ipv4 10.10.1.1
end
"""


def toml(**changes: str) -> str:
    """A file with one waiver; an empty value leaves a key out."""
    lines = (f"{key} = {value}" for key, value in {**WAIVER, **changes}.items() if value)
    return "\n".join(("[[waiver]]", *lines, ""))


def waivers(*texts: str) -> tuple[Waiver, ...]:
    """The waivers in files that are put together."""
    return read_waivers("\n".join(texts), FILE_NAME, registry())


def report(
    *found: Waiver, select: str = "TEK001,WVR", names: tuple[str, ...] = ("ks1",), **parts: str
) -> Report:
    """What is found in a configuration with a comment, and counts."""
    places = dict.fromkeys(("top", "above", "inside"), "") | parts
    files = {
        f"{name}.cfg": CONFIG.format(**places).replace("hostname ks1", f"hostname {name}")
        for name in names
    }
    rules = registry().select(select.split(","))
    made = run(fleet_of(captures(files)), rules, Settings(), raise_faults=True)
    return excuse(made, found, TODAY, registry())


def codes(made: Report) -> list[str]:
    """The rules of the findings that count."""
    return [finding.rule for finding in made.findings]


# ---- which findings a waiver covers ----


def test_a_waiver_takes_a_finding_out_and_says_who_answers_for_it() -> None:
    made = report(*waivers(toml()))
    assert codes(made) == []
    (waived,) = made.waived
    assert (waived.finding.rule, waived.finding.device) == ("TEK001", "ks1")
    assert (waived.owner, waived.reason) == ("network security", "change 4711")
    assert waived.until == TODAY
    assert (waived.source, waived.line) == (FILE_NAME, 1)


@pytest.mark.parametrize(
    "scope",
    [
        {"rule": '"gv-011"'},
        {"device": '"KS*"'},
        {"group": '"w?n"'},
        {"line": '"set security-association lifetime*"'},
        {"device": '"ks1"', "group": '"WAN"', "line": '"*600"'},
    ],
)
def test_all_that_it_names_fits(scope: dict[str, str]) -> None:
    assert codes(report(*waivers(toml(**scope)))) == []


@pytest.mark.parametrize(
    "scope",
    [{"device": '"ks"'}, {"group": '"WA"'}, {"line": '"lifetime*"'}, {"rule": '"TEK002"'}],
)
def test_a_waiver_for_something_else_leaves_a_finding(scope: dict[str, str]) -> None:
    assert "TEK001" in codes(report(*waivers(toml(**scope))))


def test_it_covers_findings_of_several_devices() -> None:
    assert len(report(*waivers(toml()), names=("ks1", "ks2")).waived) == 2
    one = report(*waivers(toml(device='"ks2"')), names=("ks1", "ks2"))
    assert [each.finding.device for each in one.waived] == ["ks2"]
    assert codes(one) == ["TEK001"]


def test_a_finding_about_a_group_is_not_covered_by_a_waiver_for_devices() -> None:
    (found,) = report().findings
    of_group = replace(found, device="")
    (every,), (of_device,) = waivers(toml()), waivers(toml(device='"*"'))
    assert every.covers(of_group)
    assert of_device.covers(found)
    assert not of_device.covers(of_group)


# ---- waivers that are over, or cover nothing ----


def test_it_holds_on_its_last_day_and_not_on_the_next() -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    made = report(*waivers(toml(expires=yesterday)))
    assert sorted(codes(made)) == ["TEK001", "WVR001"]
    assert f"the waiver for TEK001 of network security was over on {yesterday}" in messages(made)


def test_another_waiver_goes_on_where_one_is_over() -> None:
    made = report(*waivers(toml(expires="2026-05-31"), toml()))
    assert codes(made) == ["WVR001"]
    assert len(made.waived) == 1


def test_a_waiver_that_covers_nothing_is_a_finding_at_its_line() -> None:
    made = report(*waivers("# of the year before\n" + toml(line='"something else"')))
    (found,) = (each for each in made.findings if each.rule == "WVR002")
    assert str(found.location) == f"{FILE_NAME}:2"
    assert found.evidence[0].text == "[[waiver]]"
    assert found.message == "the waiver for TEK001 of network security covers no finding"


@pytest.mark.parametrize(
    "scope", [{"device": '"elsewhere*"'}, {"group": '"OTHER"'}, {"rule": '"GMR004"'}]
)
def test_a_waiver_for_what_was_not_looked_at_is_left_alone(scope: dict[str, str]) -> None:
    assert "WVR002" not in codes(report(*waivers(toml(**scope))))


def test_a_waiver_for_what_could_not_be_checked_is_left_alone() -> None:
    made = report(*waivers(toml(rule='"ACL001"')), select="ACL001,WVR")
    assert made.not_checked
    assert codes(made) == []


# ---- comments ----


@pytest.mark.parametrize("place", ["top", "above", "inside"])
def test_a_comment_holds_for_what_follows(place: str) -> None:
    comment = "! getvpn: ignore[TEK001] change 4711\n"
    made = report(**{place: comment})
    assert codes(made) == []
    assert [(each.reason, each.owner) for each in made.waived] == [("change 4711", None)]


def test_a_comment_does_not_hold_for_what_stands_elsewhere() -> None:
    text = CONFIG.replace("crypto gdoi", "! getvpn: ignore[TEK001] change 4711\ncrypto gdoi")
    files = {"ks1.cfg": text.format(top="", above="", inside="")}
    rules = registry().select(["TEK001", "WVR"])
    made = excuse(run(fleet_of(captures(files)), rules, Settings()), (), TODAY, registry())
    assert sorted(codes(made)) == ["TEK001", "WVR002"]


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("! getvpn: ignore[TEK001]", "it gives no reason"),
        ("! getvpn: ignore[TEK999] change 4711", "there is no rule 'TEK999'"),
        ("! getvpn: ignore[] change 4711", "it names no rule"),
        ("! getvpn: skip TEK001", "it is not of the form '! getvpn: ignore[CODE] reason'"),
    ],
)
def test_a_comment_that_has_no_effect_is_a_finding(comment: str, fault: str) -> None:
    made = report(above=f"{comment}\n")
    assert sorted(codes(made)) == ["TEK001", "WVR003"]
    assert f"the comment has no effect: {fault}" in messages(made)


def test_a_comment_about_several_rules_is_used_when_one_of_them_finds_something() -> None:
    made = report(above="! GETVPN : ignore [TEK001, gv-012]: change 4711\n")
    assert codes(made) == []


def test_a_comment_about_a_rule_that_was_not_asked_is_left_alone() -> None:
    made = report(above="! getvpn: ignore[IKE001] change 4711\n")
    assert codes(made) == ["TEK001"]


# ---- files ----


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (toml(owner=""), f"{FILE_NAME}:1: a waiver has no 'owner'; write owner = …"),
        (toml(expires='"2026-06-01"'), f"{FILE_NAME}:5: 'expires' is a date; write it without"),
        (toml(rule='"TEK099"'), f"{FILE_NAME}:2: unknown rule 'TEK099'"),
        (toml(devices='"ks1"'), f"{FILE_NAME}:6: unknown key 'devices'; did you mean 'device'?"),
        (toml(reason='""'), f"{FILE_NAME}:4: 'reason' is a text"),
        ("[[waivers]]", f"{FILE_NAME}: unknown key 'waivers'; waivers are written as [[waiver]]"),
        ("waiver = 1", f"{FILE_NAME}: 'waiver' is no list of tables"),
        ("[[waiver]", f"{FILE_NAME}:1:"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        waivers(text)
    assert str(caught.value).startswith(said)
