import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.settings import Settings
from getvpn.audits.software import parts

from .ks_texts import ALONE, KS, address, config, coop, coop_file, pair, session
from .said import messages, reasons

KS_FILE = "ks{}/show crypto gdoi ks.txt"
ALONE_CONFIG = {"ks1.cfg": config(1).partition("  redundancy\n")[0]}
CUT = "version 17.9\n" + config(1).partition("   peer")[0]
OPTIMIZED = "   protocol version optimize\n"


def _audit(code: str, files: dict[str, str], settings: Settings | None = None) -> Report:
    return audit_example(registry()[code], files, settings)


def _config(number: int, extra: str) -> str:
    """A key server's configuration with `extra` in its `redundancy` block."""
    return config(number).replace("   local priority", f"{extra}   local priority")


def _formats(first: str, second: str) -> dict[str, str]:
    return {"ks1.cfg": _config(1, first), "ks2.cfg": _config(2, second)}


ASKED = ["COOP012", "COOP013", "COOP014", "COOP015"]


@pytest.mark.parametrize("code", ASKED)
def test_a_single_key_server_has_nobody_to_agree_with(code: str) -> None:
    report = _audit(code, ALONE_CONFIG)
    assert (report.findings, report.not_checked) == ((), ())
    report = _audit(code, {coop_file(1): ALONE})
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ASKED)
def test_a_group_of_which_only_members_are_known_is_not_checked(code: str) -> None:
    member = (
        "hostname gm1\ncrypto gdoi group G1\n identity number 1\n server address ipv4 10.1.1.1\n"
    )
    assert reasons(_audit(code, {"gm1.cfg": member})) == [
        "there is no configuration of a key server of this group"
    ]


@pytest.mark.parametrize(("priority", "found"), [(99, 0), (100, 0), (101, 1)])
def test_a_peer_of_higher_priority_should_be_the_primary(priority: int, found: int) -> None:
    report = _audit("COOP012", {coop_file(1): coop(1, session(2, priority=priority))})
    assert len(report.findings) == found
    assert report.not_checked == ()


def test_who_leads_and_who_should_is_told_once() -> None:
    files = {
        coop_file(1): coop(1, session(2, role="Primary", priority=75), role="Secondary"),
        coop_file(2): coop(2, session(1), role="Primary", priority=75).replace(
            "Peer Priority: 75", "Peer Priority: 100"
        ),
    }
    (finding,) = _audit("COOP012", files).findings
    assert finding.message == (
        "key server 10.10.2.1 of group G1 is the primary with priority 75, although 10.10.1.1 has"
        " priority 100"
    )
    assert [each.value for each in finding.evidence] == ["75", "100"]
    assert finding.severity is Severity.INFO


def test_a_dead_key_server_cannot_lead() -> None:
    report = _audit("COOP012", {coop_file(1): coop(1, session(2, priority=200, status="Dead"))})
    assert report.findings == ()


@pytest.mark.parametrize(("own", "other"), [("Primary", "Primary"), ("Secondary", "Secondary")])
def test_a_group_without_one_primary_is_left_to_another_rule(own: str, other: str) -> None:
    files = {coop_file(1): coop(1, session(2, role=other, priority=200), role=own)}
    assert _audit("COOP012", files).findings == ()


def test_a_view_without_primary_does_not_hide_the_next_one() -> None:
    files = {
        coop_file(1): coop(1, session(2), role="Secondary"),
        coop_file(2): coop(2, session(1, priority=200), role="Primary", priority=75),
    }
    assert len(_audit("COOP012", files).findings) == 1


def test_priorities_that_were_not_shown_are_not_compared() -> None:
    assert reasons(_audit("COOP012", pair())) == ["there is no 'show crypto gdoi ks coop'"] * 2


def test_one_format_on_all_key_servers_is_all_right() -> None:
    for extra in ("", OPTIMIZED):
        report = _audit("COOP013", _formats(extra, extra))
        assert (report.findings, report.not_checked) == ((), ())


def test_the_default_format_differs_from_the_optimized_one() -> None:
    (finding,) = _audit("COOP013", _formats("", OPTIMIZED)).findings
    assert finding.message == (
        "key servers of group G1 announce in different formats: base by ks1, optimize by ks2"
    )
    assert finding.severity is Severity.HIGH
    assert [each.text for each in finding.evidence] == ["redundancy", "protocol version optimize"]
    (fix,) = finding.fixes
    assert (fix.device, fix.grade) == ("ks2", Grade.SAFE)
    assert fix.lines == (
        "crypto gdoi group G1",
        " server local",
        "  redundancy",
        "   protocol version base",
    )


def test_peers_show_the_format_of_a_key_server_without_configuration() -> None:
    files = {"ks1.cfg": _config(1, OPTIMIZED), coop_file(1): coop(1, session(2))}
    (finding,) = _audit("COOP013", files).findings
    assert finding.message == (
        "key servers of group G1 announce in different formats: optimize by ks1, base by 10.10.2.1"
    )
    assert finding.fixes == ()
    files = {coop_file(1): coop(1, session(2)), coop_file(2): coop(2, session(1))}
    report = _audit("COOP013", files)
    assert (report.findings, report.not_checked) == ((), ())


def test_without_a_configuration_of_the_leader_nobody_is_told_to_change() -> None:
    files = {
        coop_file(1): coop(1, session(2)),
        coop_file(2): coop(2, session(1), role="Secondary"),
        "ks2.cfg": _config(2, OPTIMIZED),
    }
    (finding,) = _audit("COOP013", files).findings
    assert "base by ks1, optimize by ks2" in finding.message
    assert finding.fixes == ()


def test_a_format_that_nothing_tells_is_not_compared() -> None:
    shown = coop(1, session(2)).replace("                COOP Protocol: base\n", "")
    files = {coop_file(1): shown}
    told = ["nothing tells the format of its announcements"]
    assert reasons(_audit("COOP013", files)) == told
    assert reasons(_audit("COOP014", files)) == ["nothing tells the format of announcements"]
    files = {"ks1.cfg": CUT, "ks2.cfg": config(2)}
    assert reasons(_audit("COOP013", files)) == ["the block of group G1 is not known in full"]
    optimized = "version 17.9\n" + _config(1, OPTIMIZED).partition("   peer")[0]
    report = _audit("COOP013", {"ks1.cfg": optimized, "ks2.cfg": _config(2, OPTIMIZED)})
    assert (report.findings, report.not_checked) == ((), ())


def test_sizes_of_messages_differ() -> None:
    (finding,) = _audit("COOP013", _formats("   protocol pdu 1400\n", "")).findings
    assert finding.message == (
        "key servers of group G1 have different sizes of messages: 1400 on ks1, the default on ks2"
    )
    assert finding.severity is Severity.MEDIUM
    assert finding.fixes == ()
    assert finding.evidence[0].text == "protocol pdu 1400"
    assert _audit("COOP013", _formats(*["   protocol pdu 1400\n"] * 2)).findings == ()
    cut = {"ks1.cfg": CUT, "ks2.cfg": _config(2, "   protocol pdu 1400\n")}
    assert _audit("COOP013", cut).findings == ()


def _large(members: int, first: str = "", second: str = "") -> dict[str, str]:
    shown = KS.format(members=members, address=address(1), role="Primary")
    return _formats(first, second) | {KS_FILE.format(1): shown}


@pytest.mark.parametrize(("members", "found"), [(2000, 0), (2001, 1)])
def test_large_groups_need_the_optimized_format(members: int, found: int) -> None:
    report = _audit("COOP014", _large(members))
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "group G1 has 2001 members, and key servers announce them in the format 'base'"
        )
        assert [(fix.device, fix.lines[-1], fix.grade) for fix in finding.fixes] == [
            ("ks1", "   protocol version optimize", Grade.SAFE),
            ("ks2", "   protocol version optimize", Grade.SAFE),
        ]
        assert "crypto gdoi group G1\n" in finding.remediation


def test_only_the_key_servers_without_the_optimized_format_are_told() -> None:
    (finding,) = _audit("COOP014", _large(5000, OPTIMIZED)).findings
    assert [fix.device for fix in finding.fixes] == ["ks2"]
    assert len(finding.evidence) == 2
    assert _audit("COOP014", _large(5000, OPTIMIZED, OPTIMIZED)).findings == ()


def test_how_many_members_are_many_is_a_threshold() -> None:
    assert _audit("COOP014", _large(11), Settings(coop_base_members_max=10)).findings
    assert not _audit("COOP014", _large(10), Settings(coop_base_members_max=10)).findings


def test_the_largest_count_decides() -> None:
    few = KS.format(members=10, address=address(2), role="Secondary")
    assert _audit("COOP014", _large(2001) | {KS_FILE.format(2): few}).findings


def test_a_group_whose_members_nobody_counts_is_not_checked() -> None:
    told = ["nothing tells how many members the group has"]
    assert reasons(_audit("COOP014", pair())) == told
    assert reasons(_audit("COOP014", _formats(OPTIMIZED, OPTIMIZED))) == []


def test_shown_formats_count_where_there_is_no_configuration() -> None:
    shown = KS.format(members=2001, address=address(1), role="Primary")
    files = {coop_file(1): coop(1, session(2)), KS_FILE.format(1): shown}
    (finding,) = _audit("COOP014", files).findings
    assert finding.fixes == ()
    assert finding.evidence[1].field == "protocol"


def _versions(own: str, peer: str) -> dict[str, str]:
    text = coop(1, session(2)).replace("KS version: 1.0.27", f"KS version: {own}")
    return {coop_file(1): text.replace("Peer Version: 1.0.27", f"Peer Version: {peer}")}


@pytest.mark.parametrize(
    ("own", "peer", "severity", "what"),
    [
        ("1.0.25", "1.0.27", Severity.INFO, "versions with different features"),
        ("1.0.25", "1.1.25", Severity.MEDIUM, "versions that do not fit"),
        ("1.0.25", "2.0.25", Severity.MEDIUM, "versions that do not fit"),
    ],
)
def test_versions_that_differ_are_told(own: str, peer: str, severity: Severity, what: str) -> None:
    (finding,) = _audit("COOP015", _versions(own, peer)).findings
    assert finding.severity is severity
    assert finding.message == (
        f"key servers of group G1 run {what}: 1 with {own} (10.10.1.1) and 1 with {peer}"
        " (10.10.2.1)"
    )
    assert [each.value for each in finding.evidence] == [own, peer]


def test_devices_of_one_version_are_counted() -> None:
    text = coop(1, session(2), session(3)).replace("KS version: 1.0.27", "KS version: 1.0.9")
    (message,) = messages(_audit("COOP015", {coop_file(1): text}))
    assert message.endswith(": 1 with 1.0.9 (10.10.1.1) and 2 with 1.0.27")


def test_what_is_no_version_is_not_compared() -> None:
    assert messages(_audit("COOP015", _versions("1.0.27", "x.y.z"))) == []
    assert parts("1.0") is None
    assert parts("1.0.27.1") is None
    assert parts("1.0.x") is None
    assert parts("1.0.²") is None
    assert parts("1.0.27") == (1, 0, 27)


def test_other_commands_show_versions_too() -> None:
    files = {
        KS_FILE.format(number): KS.format(members=4, address=address(number), role="Primary")
        for number in (1, 2)
    }
    report = _audit("COOP015", files)
    assert (report.findings, report.not_checked) == ((), ())
    files[KS_FILE.format(2)] = files[KS_FILE.format(2)].replace(
        "Version     : 1.0.27", "Version     : 1.0.9"
    )
    assert len(_audit("COOP015", files).findings) == 1


def test_a_version_that_nothing_tells_is_not_checked() -> None:
    told = "nothing tells the version of its software"
    assert reasons(_audit("COOP015", pair())) == [told, told]
    seen_by_its_peer = pair() | {coop_file(1): coop(1, session(2))}
    assert reasons(_audit("COOP015", seen_by_its_peer)) == []
