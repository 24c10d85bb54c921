import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity

from .ks_texts import config, members
from .said import messages, reasons

MEMBER = (
    "hostname gm1\ncrypto {spelling} group BRANCH\n identity number {number}\n"
    " server address ipv4 10.10.1.1\n server address ipv4 10.10.2.1\n"
)
SERVERS = {"ks1.cfg": config(1), "ks2.cfg": config(2)}
NO_STATE = "there is no 'show crypto gdoi' or 'show crypto gdoi gm'"
STATE = "gm1/show crypto gdoi gm.txt"


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _member(number: int = 1001, spelling: str = "gdoi") -> dict[str, str]:
    return {"gm1.cfg": MEMBER.format(number=number, spelling=spelling)}


def _state(**fields: str) -> dict[str, str]:
    """The state of a member, with other values behind some labels."""
    text = registry()["GMR008"].good[STATE].removeprefix("\n")
    lines = []
    for line in text.splitlines():
        label = line.partition(": ")[0]
        for words, value in fields.items():
            if label.strip().lower().replace(" ", "_").startswith(words):
                line = f"{label}: {value}"
        lines.append(line)
    return {STATE: "\n".join(lines) + "\n"}


def test_one_number_on_all_devices_is_all_right() -> None:
    report = _audit("GMR005", SERVERS | _member())
    assert (report.findings, report.not_checked) == ((), ())


def test_another_number_is_told_once_for_all_key_servers() -> None:
    (first,) = _audit("GMR005", SERVERS | _member(1002, "gkm")).findings
    assert first.message == (
        "group BRANCH has identity 1002, but key servers 10.10.1.1 and 10.10.2.1 have 1001 (G1)"
    )
    assert (first.device, first.severity) == ("gm1", Severity.CRITICAL)
    assert [each.text for each in first.evidence] == [
        "identity number 1002",
        "identity number 1001",
        "identity number 1001",
    ]
    (fix,) = first.fixes
    assert (fix.device, fix.grade) == ("gm1", Grade.REGISTRATION)
    assert fix.lines == ("crypto gkm group BRANCH", " identity number 1001")


def test_a_key_server_of_several_groups_leaves_the_choice_to_people() -> None:
    second = "crypto gdoi group G9\n identity number 9\n server local\n  address ipv4 10.10.1.1\n"
    (finding,) = _audit("GMR005", {"ks1.cfg": config(1) + second} | _member(1002)).findings
    assert finding.message.endswith("key server 10.10.1.1 has 1001 (G1), 9 (G9)")
    assert finding.fixes == ()
    assert " identity number <number on the key server>" in finding.remediation
    assert messages(_audit("GMR005", {"ks1.cfg": config(1) + second} | _member(9))) == []


def test_a_number_that_is_an_address_is_no_number_to_type() -> None:
    text = config(1).replace("identity number 1001", "identity address ipv4 10.0.0.9")
    (finding,) = _audit("GMR005", {"ks1.cfg": text} | _member()).findings
    assert finding.message.endswith("key server 10.10.1.1 has 10.0.0.9 (G1)")
    assert finding.fixes == ()


def test_a_number_that_not_all_key_servers_have_is_no_fix() -> None:
    apart = SERVERS | {"ks2.cfg": config(2).replace("number 1001", "number 1002")}
    for number, faults in ((1001, 1), (1002, 1), (9, 2)):
        findings = _audit("GMR005", apart | _member(number)).findings
        assert [each.fixes for each in findings] == [()] * faults


def test_numbers_of_key_servers_that_are_not_known_are_not_compared() -> None:
    assert reasons(_audit("GMR005", _member())) == ["no key server that it lists is known"]
    part = config(1).replace("hostname ks1\n", "")
    report = _audit("GMR005", {"ks1.cfg": part} | _member(1002))
    assert report.findings == ()
    assert reasons(report) == ["not all groups of key server ks1 are known"]


def test_a_member_without_number_is_not_compared() -> None:
    bare = MEMBER.replace(" identity number {number}\n", "").format(spelling="gdoi")
    report = _audit("GMR005", SERVERS | {"gm1.cfg": bare})
    assert (report.findings, report.not_checked) == ((), ())
    report = _audit("GMR005", SERVERS | {"gm1.cfg": "version 17.9\n" + bare})
    assert reasons(report) == ["the block of group BRANCH is not known in full"]
    assert reasons(_audit("GMR005", _state())) == ["there is no configuration"]


@pytest.mark.parametrize(("age", "found"), [("02:00:00", 0), ("02:00:01", 1)])
def test_a_rekey_older_than_traffic_keys_live_is_told(age: str, found: int) -> None:
    report = _audit("GMR006", SERVERS | _state(rekey_rcvd=age))
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "member gm1 of group G1 by 10.20.1.1 had its last rekey 7201 s ago, and traffic keys"
            " live 7200 s"
        )
        assert (finding.device, finding.severity) == ("gm1", Severity.HIGH)
        assert finding.evidence[0].field == "last_rekey_age_s"
        assert "to member 10.20.1.1:" in finding.remediation


def test_the_longest_lifetime_of_its_key_servers_counts() -> None:
    longer = config(2).replace("lifetime seconds 7200", "lifetime seconds 9000")
    files = SERVERS | {"ks2.cfg": longer}
    assert messages(_audit("GMR006", files | _state(rekey_rcvd="02:30:00"))) == []
    assert len(messages(_audit("GMR006", files | _state(rekey_rcvd="02:30:01")))) == 1


@pytest.mark.parametrize(("count", "found"), [(1, 0), (2, 1)])
def test_a_member_that_registers_again_and_again_gets_no_rekeys(count: int, found: int) -> None:
    state = _state(last_rekey_from="0.0.0.0", rekey_rcvd="Never", succeeded=str(count))  # noqa: S104
    report = _audit("GMR006", SERVERS | state)
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "member gm1 of group G1 by 10.20.1.1 has registered 2 times, and had no rekey since"
        )
        assert finding.severity is Severity.MEDIUM
        assert finding.evidence[0].field == "registrations_succeeded"


def test_without_a_key_server_the_age_of_a_rekey_says_nothing() -> None:
    report = _audit("GMR006", _state(rekey_rcvd="99:00:00"))
    assert reasons(report) == ["the lifetime of traffic keys is not known"]
    other = {"ks3.cfg": config(3, 4, group="OTHER")}
    assert reasons(_audit("GMR006", other | _state(rekey_rcvd="99:00:00"))) == [
        "the lifetime of traffic keys is not known"
    ]


def test_a_member_that_lists_the_key_server_belongs_to_it() -> None:
    mine = _state(rekey_rcvd="99:00:00")
    other = {
        "ks1.cfg": config(1, group="OTHER"),
        "gm1.cfg": _member()["gm1.cfg"].replace("BRANCH", "G1"),
    }
    assert len(messages(_audit("GMR006", other | mine))) == 1


def test_an_age_that_is_not_shown_is_not_compared() -> None:
    text = "".join(
        line for line in _state()[STATE].splitlines(keepends=True) if "Rekey Rcvd" not in line
    )
    report = _audit("GMR006", SERVERS | {STATE: text})
    assert reasons(report) == ["the age of its last rekey is not known"]


def test_a_member_that_shows_nothing_is_not_checked() -> None:
    files = SERVERS | _member()
    assert reasons(_audit("GMR006", files)) == [
        "there is no 'show crypto gdoi gm' or 'show crypto gdoi'"
    ]
    assert reasons(_audit("GMR007", files)) == [NO_STATE]
    assert reasons(_audit("GMR008", files)) == [NO_STATE]
    assert reasons(_audit("GMR009", files)) == [NO_STATE]


@pytest.mark.parametrize("code", ["GMR006", "GMR007", "GMR008", "GMR009"])
def test_a_member_that_is_not_registered_is_left_to_another_rule(code: str) -> None:
    state = _state(
        registration_status="Registering", rekey_rcvd="99:00:00", attempted="9", rekey_acks="0"
    )
    other = MEMBER.format(number=1001, spelling="gdoi").replace("10.10.1.1", "10.10.7.1")
    other = other.replace("BRANCH", "G1")
    report = _audit(code, SERVERS | {"gm1.cfg": other} | state)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(("tried", "done", "failed"), [(3, 3, 0), (4, 3, 1), (9, 2, 7)])
def test_attempts_that_failed_are_counted(tried: int, done: int, failed: int) -> None:
    report = _audit("GMR007", _state(attempted=str(tried), succeeded=str(done)))
    assert report.not_checked == ()
    if failed:
        (finding,) = report.findings
        assert finding.message == (
            f"group G1: {failed} of {tried} attempts to register by 10.20.1.1 failed"
        )
        assert finding.evidence[0].field == "registrations_attempted"
    else:
        assert report.findings == ()


@pytest.mark.parametrize(("came", "went", "lost"), [(5, 5, 0), (5, 6, 0), (5, 4, 1), (5, 0, 5)])
def test_rekeys_without_acknowledgement_are_counted(came: int, went: int, lost: int) -> None:
    report = _audit("GMR008", _state(unicast_rekey=str(came), rekey_acks=str(went)))
    assert report.not_checked == ()
    if lost:
        (finding,) = report.findings
        assert finding.message == (
            f"group G1: {lost} of 5 rekeys were not acknowledged by 10.20.1.1"
        )
        assert finding.evidence[0].field == "rekey_acks_sent"
    else:
        assert report.findings == ()


def test_multicast_rekeys_have_no_acknowledgement() -> None:
    text = "".join(
        line
        for line in _state()[STATE].splitlines(keepends=True)
        if "Unicast rekey" not in line and "ACKs" not in line
    )
    assert messages(_audit("GMR008", {STATE: text})) == []


def _listing(*servers: str) -> dict[str, str]:
    lines = "".join(f" server {each}\n" for each in servers)
    return {"gm1.cfg": f"hostname gm1\ncrypto gdoi group G1\n identity number 1001\n{lines}"}


def test_a_key_server_that_is_not_listed_is_told() -> None:
    report = _audit(
        "GMR009", _state() | _listing("address ipv4 10.10.8.1", "address ipv4 10.10.9.1")
    )
    (finding,) = report.findings
    assert finding.message == (
        "group G1: registered by 10.20.1.1 with 10.10.1.1, the list has 10.10.8.1, 10.10.9.1"
    )
    assert finding.evidence[0].field == "registered_with"
    assert finding.remediation.endswith("clear crypto gdoi group G1")
    assert messages(_audit("GMR009", _state() | _listing("address ipv4 10.10.1.1"))) == []


def test_a_host_name_in_the_list_may_be_any_address() -> None:
    listing = _listing("address ipv4 10.10.8.1", "hostname ipv4 ks1.example.net")
    report = _audit("GMR009", _state() | listing)
    assert (report.findings, report.not_checked) == ((), ())


def test_a_list_that_is_not_known_is_not_compared() -> None:
    assert reasons(_audit("GMR009", _state())) == [
        "the key servers that the member lists are not known"
    ]


def test_the_full_output_has_the_list_itself() -> None:
    (text,) = [text for name, text in registry()["GMR003"].good.items() if name.startswith("gm1")]
    full = {"gm1/show crypto gdoi.txt": text.removeprefix("\n")}
    assert messages(_audit("GMR009", full)) == []
    other = text.replace("Registered with       : 10.10.1.1", "Registered with       : 10.10.7.1")
    assert messages(_audit("GMR009", {"gm1/show crypto gdoi.txt": other.removeprefix("\n")})) == [
        "group G1: registered by 10.20.1.1 with 10.10.7.1, the list has 10.10.1.1, 10.10.2.1"
    ]


KS_MEMBERS = "ks1/show crypto gdoi ks members.txt"


def test_members_in_another_state_are_told() -> None:
    text = members("10.20.1.1", "10.20.2.1").replace(
        "State          : Registered", "State          : Dead", 1
    )
    (finding,) = _audit("GMR010", {KS_MEMBERS: text}).findings
    assert finding.message == "member 10.20.1.1 of group G1 is 'Dead' on key server ks1"
    assert finding.evidence[0].field == "state"
    assert finding.remediation.startswith("On member 10.20.1.1:")
    report = _audit("GMR010", {KS_MEMBERS: members("10.20.1.1")})
    assert (report.findings, report.not_checked) == ((), ())


def test_members_whose_state_is_not_printed_are_not_checked() -> None:
    told = ["no key server shows the state of its members"]
    bare = "".join(
        line for line in members("10.20.1.1").splitlines(keepends=True) if "GM State" not in line
    )
    assert reasons(_audit("GMR010", {KS_MEMBERS: bare})) == told
    assert reasons(_audit("GMR010", SERVERS)) == told
