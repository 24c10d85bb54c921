import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity

from .ks_texts import config, members
from .log_texts import MEMBER, SERVER, line, log
from .said import messages, reasons

KS_FILE = "ks1/show crypto gdoi ks members.txt"
SUMMARY_FILE = "ks1/show crypto gdoi ks members summary.txt"
GM_FILE = "gm1/show crypto gdoi gm.txt"
ELI_FILE = "gm1/show crypto eli.txt"
STATE = {GM_FILE: registry()["GMR017"].good[GM_FILE].removeprefix("\n")}
ELI = registry()["GMR018"].good[ELI_FILE].removeprefix("\n")
SUMMARY = """\
Group Member Information :

Group Name: G1, ID: 1001, Group Members: 1
Key Server ID: 10.10.1.1, GMDB state: LOCAL, Group Members: 1
  Member ID     Version      Rekey sent     Rekey Ack missed
  {address}     1.0.26         0               0
"""
UNLISTED = "no key server of it lists all of its members"


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def test_a_member_that_any_of_its_key_servers_lists_is_known() -> None:
    other = {"ks2/show crypto gdoi ks members.txt": members("10.20.9.1")}
    for files in (
        {KS_FILE: members("10.20.1.1", "10.20.2.1")},
        {KS_FILE: members("10.20.1.1")} | other,
    ):
        report = _audit("GMR017", STATE | files)
        assert (report.findings, report.not_checked) == ((), ())


def test_a_member_that_no_key_server_lists_is_told() -> None:
    (finding,) = _audit("GMR017", STATE | {KS_FILE: members("10.20.9.1")}).findings
    assert finding.message == (
        "member 10.20.1.1 of group G1 is registered, and no key server lists it"
    )
    assert (finding.device, finding.severity) == ("gm1", Severity.MEDIUM)
    assert finding.evidence[0].field == "address"
    assert "On member 10.20.1.1: clear crypto gdoi group G1." in finding.remediation


def test_the_summary_lists_members_too() -> None:
    known = {SUMMARY_FILE: SUMMARY.format(address="10.20.1.1")}
    assert messages(_audit("GMR017", STATE | known)) == []
    other = {SUMMARY_FILE: SUMMARY.format(address="10.20.9.1")}
    assert len(messages(_audit("GMR017", STATE | other))) == 1
    assert messages(_audit("GMR017", STATE | other | {KS_FILE: members("10.20.1.1")})) == []


@pytest.mark.parametrize(
    "files",
    [
        {"ks1.cfg": config(1)},
        {"ks1/show crypto gdoi ks members 10.20.9.1.txt": members("10.20.9.1")},
        {KS_FILE: members("10.20.9.1") + "and something else\n"},
        {SUMMARY_FILE: SUMMARY.format(address="10.20.9.1").replace("Members: 1", "Members: 2")},
        {KS_FILE: members("10.20.9.1").replace("G1", "OTHER")},
    ],
)
def test_a_list_that_is_not_whole_or_of_others_knows_nobody(files: dict[str, str]) -> None:
    report = _audit("GMR017", STATE | files)
    assert report.findings == ()
    assert UNLISTED in reasons(report)


def test_a_member_that_is_not_registered_or_not_shown_is_not_missed() -> None:
    away = STATE[GM_FILE].replace("status   : Registered", "status   : Registering")
    report = _audit("GMR017", {GM_FILE: away, KS_FILE: members("10.20.9.1")})
    assert (report.findings, report.not_checked) == ((), ())
    files = {"gm1.cfg": MEMBER.replace("dev", "gm1"), KS_FILE: members("10.20.9.1")}
    assert reasons(_audit("GMR017", files)) == [
        "there is no 'show crypto gdoi gm' or 'show crypto gdoi'"
    ]


def _received(numbers: str) -> dict[str, str]:
    old = "Rcvd seq num : 0     1     2     3"
    return {KS_FILE: members("10.20.1.1").replace(old, f"Rcvd seq num : {numbers}")}


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ("0     1     2     3", None),
        ("0     1     2     0", " 3"),
        ("0     0     2     0", "s 1, 3"),
        ("9     9     9     9", "s 0, 1, 2, 3"),
    ],
)
def test_rekeys_without_acknowledgement_are_told_by_number(numbers: str, lost: str | None) -> None:
    report = _audit("RKY019", _received(numbers))
    assert report.not_checked == ()
    if lost is None:
        assert report.findings == ()
    else:
        (finding,) = report.findings
        assert finding.message == f"member 10.20.1.1 of group G1 did not acknowledge rekey{lost}"
        assert finding.evidence[0].field == "received_sequences"
        assert "of member 10.20.1.1 (" in finding.remediation


def test_numbers_that_are_not_printed_are_not_compared() -> None:
    told = ["no key server shows the numbers of the last rekeys"]
    bare = "".join(
        each for each in members("10.20.1.1").splitlines(keepends=True) if "seq num" not in each
    )
    assert reasons(_audit("RKY019", {KS_FILE: bare})) == told
    assert reasons(_audit("RKY019", {"ks1.cfg": config(1)})) == told


@pytest.mark.parametrize("code", ["GMR018", "GMR019"])
def test_engines_of_members_are_looked_at(code: str) -> None:
    report = _audit(code, STATE | {ELI_FILE: ELI})
    assert (report.findings, report.not_checked) == ((), ())
    assert reasons(_audit(code, STATE)) == ["there is no 'show crypto eli'"]
    off = ELI.replace(": ACTIVE", ": INACTIVE").replace(" 2 active", " 900 active")
    report = _audit(code, {"ks1.cfg": config(1), "ks1/show crypto eli.txt": off})
    assert (report.findings, report.not_checked) == ((), ())
    assert len(messages(_audit(code, STATE | {ELI_FILE: off}))) == 1


def test_hardware_that_is_not_active_is_told() -> None:
    off = ELI.replace("Hardware Encryption : ACTIVE", "Hardware Encryption : INACTIVE")
    (finding,) = _audit("GMR018", STATE | {ELI_FILE: off}).findings
    assert finding.message == ("the member encrypts in software: hardware encryption is not active")
    assert finding.evidence[0].field == "hardware_active"


@pytest.mark.parametrize(
    ("active", "failed", "told"),
    [
        (800, 0, []),
        (801, 0, ["801 of 1000 are in use"]),
        (2, 1, ["1 could not be set up"]),
        (1000, 7, ["1000 of 1000 are in use", "7 could not be set up"]),
    ],
)
def test_an_engine_without_room_is_told(active: int, failed: int, told: list[str]) -> None:
    text = ELI.replace(" 2 active", f" {active} active").replace("0 failed", f"{failed} failed")
    report = _audit("GMR019", STATE | {ELI_FILE: text})
    assert messages(report) == [f"IPSec-Session of engine IOSXE-ESG(9): {each}" for each in told]
    assert [each.evidence[0].field for each in report.findings] == [
        "failed" if "set up" in each else "active" for each in told
    ]


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("*", "the last message in the log says that the clock has not been set"),
        (
            ".",
            "the last message in the log says that the clock was set, and has lost its time server",
        ),
        ("", None),
    ],
)
def test_the_mark_of_the_last_message_tells_of_the_clock(mark: str, told: str | None) -> None:
    text = "SYS-5-CONFIG_I: Configured from console by admin"
    before = line(text, "*Mar  1 08:00:00.000")
    report = _audit("LOG025", log(before, line(text, f"{mark}Mar  1 10:00:00.000")))
    assert messages(report) == ([] if told is None else [told])
    assert report.not_checked == ()
    if told is not None:
        assert report.findings[0].evidence[0].field == "mark"
        assert report.findings[0].evidence[0].text.startswith(f"{mark}Mar  1 10:00")


def test_a_log_without_times_says_nothing_of_the_clock() -> None:
    (name,) = log()
    report = _audit("LOG025", {name: log()[name].rpartition("Mar")[0]})
    assert reasons(report) == ["the log has no message with a time"]


def test_devices_with_a_part_in_a_group_have_logs() -> None:
    for text in (MEMBER, SERVER):
        assert reasons(_audit("LOG025", {"dev.cfg": text})) == ["there is no 'show logging'"]
    assert reasons(_audit("LOG025", {"dev.cfg": "hostname dev\n"})) == []


HOLDING = registry()["GMR020"].good[GM_FILE].removeprefix("\n")


def test_a_registered_member_without_traffic_key_is_told() -> None:
    report = _audit("GMR020", {GM_FILE: HOLDING})
    assert (report.findings, report.not_checked) == ((), ())
    none = HOLDING.replace("Active TEK Number     : 1", "Active TEK Number     : 0")
    (finding,) = _audit("GMR020", {GM_FILE: none}).findings
    assert finding.message == "group G1: registered by 10.20.1.1, without any traffic key"
    assert finding.evidence[0].field == "active_teks"
    assert finding.severity is Severity.HIGH
    assert "key server of group G1:" in finding.remediation
    away = none.replace("status   : Registered", "status   : Registering")
    report = _audit("GMR020", {GM_FILE: away})
    assert (report.findings, report.not_checked) == ((), ())


def test_traffic_keys_that_are_not_counted_are_not_checked() -> None:
    assert reasons(_audit("GMR020", STATE)) == ["the number of traffic keys is not shown"]
    files = {"gm1.cfg": MEMBER.replace("dev", "gm1")}
    assert reasons(_audit("GMR020", files)) == [
        "there is no 'show crypto gdoi' or 'show crypto gdoi gm'"
    ]
