import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.settings import Settings

from .ks_texts import config, members
from .said import messages, reasons

MEMBER = (
    "version {version}\nhostname gm1\ncrypto gdoi group G1\n identity number 1001\n"
    " server address ipv4 10.10.1.1\n server address ipv4 10.10.2.1\nend\n"
)
(FULL,) = [text for name, text in registry()["GMR003"].good.items() if name.startswith("gm1")]
FEATURES = ("crl-check", "dp-recovery", "gm-removal", "policy-replace")


def _audit(code: str, files: dict[str, str], settings: Settings | None = None) -> Report:
    return audit_example(registry()[code], files, settings)


def _member(version: str = "17.9") -> str:
    return MEMBER.format(version=version)


def test_a_member_without_recovery_check_is_told_what_to_type() -> None:
    text = _member().replace("crypto gdoi", "crypto gkm")
    (finding,) = _audit("GMR011", {"gm1.cfg": text}).findings
    assert finding.message == "group G1 has several key servers, and no recovery check"
    assert finding.evidence[0].text == "crypto gkm group G1"
    (fix,) = finding.fixes
    assert (fix.device, fix.grade) == ("gm1", Grade.SAFE)
    assert fix.lines == ("crypto gkm group G1", " client recovery-check interval 300")
    other = _audit("GMR011", {"gm1.cfg": text}, Settings(recovery_check_advised_s=120))
    assert other.findings[0].fixes[0].lines[-1] == " client recovery-check interval 120"


def test_a_member_of_one_key_server_has_no_other_to_go_to() -> None:
    text = _member().replace(" server address ipv4 10.10.2.1\n", "")
    report = _audit("GMR011", {"gm1.cfg": text})
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("version", "found"),
    [("12.4", 0), ("15.1", 0), ("15.2", 1), ("16.9", 1), ("3.4", 0), ("3.5", 1), ("x.y", 1)],
)
def test_old_releases_have_no_recovery_check(version: str, found: int) -> None:
    report = _audit("GMR011", {"gm1.cfg": _member(version)})
    assert len(report.findings) == found
    assert report.not_checked == ()


def test_a_recovery_check_behind_a_cut_may_be_there() -> None:
    report = _audit("GMR011", {"gm1.cfg": _member().removesuffix("end\n")})
    assert report.findings == ()
    assert reasons(report) == ["the block of group G1 is not known in full"]


_ADDRESSES = """\
       Local addr/port       : 10.20.1.1/848
       Remote addr/port      : 10.10.1.1/848
       fvrf/ivrf             : None/None
       Version               : 1.0.26
       Registration status   : Registered
"""
_MONITORING = """\
       DP Error Monitoring   : {monitoring}
       IPSEC init reg executed    : 0
       IPSEC init reg postponed   : 0
       Active TEK Number     : 1
       SA Track (OID/status) : disabled
       allowable rekey cipher"""
_TAIL = """\
        Anti-Replay(Time Based) : 5 sec interval
        tag method : disabled
        alg key size: 32 (bytes)
        sig key size: 32 (bytes)
        encaps: ENCAPS_TUNNEL
"""


def _shown(monitoring: str, *, alone: bool = False) -> dict[str, str]:
    """The full output of a member of two key servers, or of one."""
    text = FULL.removeprefix("\n")
    for old, new in (
        ("       Registration status   : Registered\n", _ADDRESSES),
        ("       allowable rekey cipher", _MONITORING.format(monitoring=monitoring)),
        ("        Anti-Replay(Time Based) : 5 sec interval\n", _TAIL),
        ("                               10.10.2.1\n", "" if alone else None),
    ):
        assert old in text
        text = text if new is None else text.replace(old, new)
    return {"gm1/show crypto gdoi.txt": text}


def test_output_tells_whether_a_member_checks() -> None:
    (finding,) = _audit("GMR011", _shown("OFF")).findings
    assert finding.evidence[0].field == "dp_error_monitoring"
    assert finding.fixes[0].lines == ("crypto gdoi group G1", " client recovery-check interval 300")
    for shown in (_shown("ON"), _shown("OFF", alone=True)):
        report = _audit("GMR011", shown)
        assert (report.findings, report.not_checked) == ((), ())


def test_output_without_that_line_is_not_checked() -> None:
    told = ["there is no configuration or 'show crypto gdoi' or 'show crypto gdoi gm'"]
    assert reasons(_audit("GMR011", {"gm1/show crypto gdoi.txt": FULL.removeprefix("\n")})) == told
    state = registry()["GMR008"].good
    assert reasons(_audit("GMR011", dict(state))) == told


TABLE = """\
Group Name: G1
    Key Server ID       Version   Feature Supported
        10.10.1.1        1.0.27         Yes

    Group Member ID     Version   Feature Supported
"""


def _feature(name: str, *supported: str, device: str = "ks1") -> dict[str, str]:
    rows = "".join(
        f"        10.20.{number}.1        1.0.{number}         {each}\n"
        for number, each in enumerate(supported, 1)
    )
    return {f"{device}/show crypto gdoi feature {name}.txt": TABLE + rows}


def test_devices_without_a_feature_are_named_up_to_three() -> None:
    (finding,) = _audit("GMR012", _feature("gm-removal", "No", "Yes", "No", "No")).findings
    assert finding.message == (
        "3 of 5 devices of group G1 cannot do gm-removal: 10.20.1.1 (1.0.1), 10.20.3.1 (1.0.3),"
        " 10.20.4.1 (1.0.4)"
    )
    assert (finding.group, finding.device) == ("G1", "ks1")
    assert [each.value for each in finding.evidence] == ["False"] * 3
    assert finding.remediation.startswith("Upgrade 10.20.1.1 (1.0.1), 10.20.3.1")
    (finding,) = _audit("GMR012", _feature("gm-removal", *["No"] * 5)).findings
    assert finding.message.endswith("10.20.3.1 (1.0.3) and 2 more")
    assert len(finding.evidence) == 3


def test_a_device_without_version_is_named_by_its_address() -> None:
    (text,) = _feature("dp-recovery", "No").values()
    files = {"ks1/show crypto gdoi feature dp-recovery.txt": text.replace("1.0.1 ", "---   ")}
    assert messages(_audit("GMR012", files)) == [
        "1 of 2 devices of group G1 cannot do dp-recovery: 10.20.1.1"
    ]


def test_a_feature_that_nothing_relies_on_may_be_missing() -> None:
    for name in ("ckm", "gdoi-interop-ack", "long-sa-lifetime"):
        assert messages(_audit("GMR012", _feature(name, "No"))) == []


def test_what_two_key_servers_show_is_told_once() -> None:
    files = _feature("crl-check", "No") | _feature("crl-check", "No", device="ks2")
    assert len(messages(_audit("GMR012", files))) == 1


def test_features_that_were_not_asked_for_are_not_checked() -> None:
    files = {"ks1.cfg": config(1)} | _feature("crl-check", "Yes") | _feature("gm-removal", "Yes")
    (missing,) = _audit("GMR012", files).not_checked
    assert missing.reason == "there is no 'show crypto gdoi feature' of dp-recovery, policy-replace"
    assert missing.group == "G1"
    for name in FEATURES:
        files |= _feature(name, "Yes")
    report = _audit("GMR012", files)
    assert (report.findings, report.not_checked) == ((), ())


def test_a_table_of_another_group_is_not_that_of_this_one() -> None:
    files = {"ks1.cfg": config(1, group="G9")}
    for name in FEATURES:
        files |= _feature(name, "Yes")
    assert len(reasons(_audit("GMR012", files))) == 1


def test_a_filtered_table_is_not_known_in_full() -> None:
    (text,) = _feature("crl-check", "No").values()
    files = {"ks1/show crypto gdoi feature crl-check | include No.txt": text}
    assert messages(_audit("GMR012", files)) == []


def _server(version: str | None) -> dict[str, str]:
    text = config(1) if version is None else f"version {version}\n{config(1)}end\n"
    return {"ks1.cfg": text}


@pytest.mark.parametrize(
    ("server", "member", "old"),
    [
        ("12.4", "15.2", "ks1 (12.4)"),
        ("15.1", "17.9", "ks1 (15.1)"),
        ("17.9", "15.1", "gm1 (15.1)"),
        ("15.2", "17.9", None),
        ("12.4", "15.1", None),
        ("3.5", "15.2", None),
        ("3.4", "15.2", "ks1 (3.4)"),
    ],
)
def test_a_mix_of_releases_is_told(server: str, member: str, old: str | None) -> None:
    report = _audit("GMR013", _server(server) | {"gm1.cfg": _member(member)})
    assert report.not_checked == ()
    if old is None:
        assert report.findings == ()
    else:
        (finding,) = report.findings
        assert finding.message == (
            "group G1 mixes devices before and after the change of rekeys in 15.2(1)T: older is"
            f" {old}"
        )
        assert len(finding.evidence) == 2
        assert finding.severity is Severity.HIGH
        assert (
            finding.remediation
            == f"Upgrade the devices of group G1 that run the older release: {old}."
        )


def test_older_devices_are_named_up_to_three() -> None:
    files = _server("17.9")
    for number in range(1, 6):
        text = _member("12.4").replace("hostname gm1", f"hostname gm{number}")
        files[f"gm{number}.cfg"] = text
        if number == 2:
            (message,) = messages(_audit("GMR013", files))
            assert message.endswith("older are gm1 (12.4), gm2 (12.4)")
    (message,) = messages(_audit("GMR013", files))
    assert message.endswith("older are gm1 (12.4), gm2 (12.4), gm3 (12.4) and 2 more")


def test_members_of_other_key_servers_are_not_compared() -> None:
    text = _member("12.4").replace("G1", "G9").replace("10.10.", "10.99.")
    assert messages(_audit("GMR013", _server("17.9") | {"gm1.cfg": text})) == []


def test_a_device_without_release_is_not_compared() -> None:
    report = _audit("GMR013", _server(None) | {"gm1.cfg": _member("12.4")})
    (missing,) = report.not_checked
    assert (missing.device, missing.reason) == ("ks1", "the release is not known")


VERSION = """\
Cisco IOS Software, C1900 Software (C1900-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2014 by Cisco Systems, Inc.
Compiled Fri 07-Mar-14 08:07 by prod_rel_team

ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)

gm1 uptime is 2 weeks, 2 days, 18 hours, 23 minutes
System returned to ROM by power-on
System image file is "flash0:c1900-universalk9-mz.SPA.151-4.M8.bin"

Configuration register is 0x2102
"""


def test_show_version_comes_before_the_configuration() -> None:
    shown = {"gm1/show version.txt": VERSION.format(version="15.1(4)M8")}
    files = _server("15.2") | {"gm1.cfg": _member("15.2")}
    assert messages(_audit("GMR013", files)) == []
    (finding,) = _audit("GMR013", files | shown).findings
    assert finding.message.endswith("older is gm1 (15.1)")
    assert finding.evidence[0].command == "show version"


KS_MEMBERS = "ks1/show crypto gdoi ks members.txt"


def _versions(*versions: str) -> dict[str, str]:
    text = members(*(f"10.20.{number}.1" for number in range(1, len(versions) + 1)))
    parts = text.split("GM Version: 1.0.26")
    made = parts[0] + "".join(
        f"GM Version: {version}{part}" for version, part in zip(versions, parts[1:], strict=True)
    )
    return {KS_MEMBERS: made}


@pytest.mark.parametrize(
    ("versions", "severity", "told"),
    [
        (
            ("1.0.26", "1.0.4", "1.0.26"),
            Severity.INFO,
            "versions with different features: 1 with 1.0.4 (10.20.2.1) and 2 with 1.0.26",
        ),
        (
            ("1.0.26", "1.1.26"),
            Severity.MEDIUM,
            "versions that do not fit: 1 with 1.0.26 (10.20.1.1) and 1 with 1.1.26 (10.20.2.1)",
        ),
    ],
)
def test_versions_of_members_are_compared(
    versions: tuple[str, ...], severity: Severity, told: str
) -> None:
    (finding,) = _audit("GMR014", _versions(*versions)).findings
    assert finding.message == f"members of group G1 run {told}"
    assert finding.severity is severity
    assert len(finding.evidence) == 2


def test_members_of_one_version_are_all_right() -> None:
    report = _audit("GMR014", _versions("1.0.26", "1.0.26"))
    assert (report.findings, report.not_checked) == ((), ())


def test_a_member_counts_once_however_many_key_servers_list_it() -> None:
    files = _versions("1.0.26") | {
        "ks2/show crypto gdoi ks members.txt": _versions("1.0.4")[KS_MEMBERS]
    }
    assert messages(_audit("GMR014", files)) == []


SUMMARY = """\
Group Member Information :

Group Name: G1, ID: 1001, Group Members: 2
Key Server ID: 10.10.1.1, GMDB state: LOCAL, Group Members: 2
  Member ID     Version      Rekey sent     Rekey Ack missed
  10.20.1.1     1.0.26         0               0
  10.20.2.1     1.0.4          0               0
"""


def test_the_summary_shows_versions_too() -> None:
    (finding,) = _audit("GMR014", {"ks1/show crypto gdoi ks members summary.txt": SUMMARY}).findings
    assert finding.message.endswith("1 with 1.0.4 (10.20.2.1) and 1 with 1.0.26 (10.20.1.1)")
    assert finding.evidence[0].field == "version"


def test_versions_that_nobody_shows_are_not_compared() -> None:
    told = ["no key server shows the versions of its members"]
    assert reasons(_audit("GMR014", {"ks1.cfg": config(1)})) == told
