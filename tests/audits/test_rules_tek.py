"""The rules on traffic keys at their boundaries, and where evidence is missing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.long_lifetimes import long_lifetime_unsupported
from getvpn.audits.rules.tek import (
    lifetime_below_default,
    lifetime_not_as_recommended,
    lifetime_too_short,
)
from getvpn.audits.rules.tek_cipher import cipher_not_aes
from getvpn.audits.rules.tek_registration import registration_out_of_time
from getvpn.audits.settings import PROFILES, Settings

from .key_worlds import (
    KS_POLICY,
    member,
    member_status,
    policy,
    registered,
    server,
    snippet,
    status,
    tek,
)

BANDS = (lifetime_too_short, lifetime_below_default, lifetime_not_as_recommended)
STATUS = "ks1/show crypto gdoi.txt"
MEMBER_STATUS = "gm1/show crypto gdoi.txt"
FEATURE = "ks1/show crypto gdoi feature long-sa-lifetime.txt"
LONG = {"lifetime": "days 7"}


def codes(files: Mapping[str, str], rules: tuple[AnyRule, ...] = BANDS, **kind: str) -> list[str]:
    settings = PROFILES[kind["profile"]].settings if kind else Settings()
    found = [audit_example(rule, files, settings).findings for rule in rules]
    return [finding.rule for findings in found for finding in findings]


def only(report: Report) -> str:
    """The message of the one finding."""
    (finding,) = report.findings
    return finding.message


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (120, ["TEK001"]),
        (899, ["TEK001"]),
        (900, ["TEK002"]),
        (3599, ["TEK002"]),
        (3600, ["TEK003"]),
        (7199, ["TEK003"]),
        (7200, []),
        (7201, ["TEK003"]),
        (86_400, ["TEK003"]),
    ],
)
def test_a_lifetime_is_told_by_the_gravest_rule_only(seconds: int, expected: list[str]) -> None:
    assert codes({"ks1.cfg": server(lifetime=f"seconds {seconds}")}) == expected


@pytest.mark.parametrize(
    ("profile", "seconds", "expected"),
    [
        ("stig", 3600, []),
        ("stig", 28_800, []),
        ("stig", 28_801, ["TEK003"]),
        ("long-sa", 2_592_000, []),
        ("long-sa", 3600, ["TEK003"]),
    ],
)
def test_profiles_allow_other_lifetimes(profile: str, seconds: int, expected: list[str]) -> None:
    files = {"ks1.cfg": server(lifetime=f"seconds {seconds}")}
    assert codes(files, profile=profile) == expected


def test_the_remediation_gives_the_nearest_recommended_lifetime() -> None:
    files = {"ks1.cfg": server(lifetime="days 1")}
    stig = audit_example(lifetime_not_as_recommended, files, PROFILES["stig"].settings)
    assert stig.findings[0].remediation.endswith("lifetime seconds 28800")


def test_a_default_lifetime_is_called_so() -> None:
    report = audit_example(lifetime_not_as_recommended, {"ks1.cfg": server(lifetime="")})
    assert only(report) == (
        "traffic keys of group G1 live 3600 s by default, less than the recommended 7200 s"
    )
    assert report.findings[0].location.line == 3


def test_the_global_lifetime_holds_where_the_profile_has_none() -> None:
    text = server(lifetime="", before="crypto ipsec security-association lifetime seconds 1800\n")
    (finding,) = audit_example(lifetime_below_default, {"ks1.cfg": text}).findings
    assert finding.location.line == 2


@pytest.mark.parametrize("rule", BANDS)
def test_a_snippet_does_not_tell_the_default_lifetime(rule: AnyRule) -> None:
    report = audit_example(rule, {"ks1.cfg": snippet(server(lifetime=""))})
    assert report.findings == ()
    assert "the global lifetime is not known" in report.not_checked[0].reason


@pytest.mark.parametrize("rule", BANDS)
def test_a_profile_that_is_nowhere_leaves_the_lifetime_open(rule: AnyRule) -> None:
    text = server().replace("profile PROF\n   match", "profile OTHER\n   match")
    report = audit_example(rule, {"ks1.cfg": text})
    assert report.not_checked[0].reason == "IPsec profile OTHER is not known: it does not exist"


def test_keys_in_use_settle_what_a_snippet_leaves_open() -> None:
    files = {"ks1.cfg": snippet(server(lifetime="")), KS_POLICY: policy(tek(600))}
    report = audit_example(lifetime_too_short, files)
    assert report.findings[0].location.source == KS_POLICY
    assert report.not_checked == ()


def test_one_fault_is_told_once_although_two_outputs_show_it() -> None:
    files = {
        "ks1.cfg": server(lifetime="seconds 600"),
        KS_POLICY: policy(tek(600)),
        STATUS: status().replace("7200", "600"),
    }
    (finding,) = audit_example(lifetime_too_short, files).findings
    assert finding.location.source == "ks1.cfg"


def test_keys_in_use_that_differ_from_the_configuration_are_told() -> None:
    files = {"ks1.cfg": server(), KS_POLICY: policy(tek(600))}
    assert codes(files) == ["TEK001"]


def test_superseded_keys_do_not_count() -> None:
    assert codes({KS_POLICY: policy(tek(7200), tek(600, superseded=True))}) == []


def test_the_last_output_of_a_command_counts() -> None:
    before, after = policy(tek(600)), policy(tek(7200))
    assert codes({KS_POLICY: before, "ks1/sh cry gdoi ks pol.txt": after}) == []


@pytest.mark.parametrize("rule", BANDS)
def test_an_output_that_is_cut_does_not_tell_all_lifetimes(rule: AnyRule) -> None:
    cut = policy(tek()).replace("# of teks : 1", "# of teks : 2")
    report = audit_example(rule, {KS_POLICY: cut})
    assert report.findings == ()
    assert report.not_checked[0].reason == "the output of 'show crypto gdoi ks policy' is not whole"


@pytest.mark.parametrize("rule", BANDS)
def test_without_evidence_nothing_is_checked(rule: AnyRule) -> None:
    report = audit_example(rule, {"ks1/show crypto gdoi ks members.txt": registered()})
    assert report.findings == ()
    assert "there is no configuration or" in report.not_checked[0].reason


@pytest.mark.parametrize(
    "transforms",
    ["esp-aes esp-sha-hmac", "esp-aes 256 esp-sha256-hmac", "esp-gcm 256", "esp-gmac 256"],
)
def test_all_modes_of_aes_are_aes(transforms: str) -> None:
    assert codes({"ks1.cfg": server(transforms=transforms)}, (cipher_not_aes,)) == []


@pytest.mark.parametrize(
    "transforms", ["esp-3des esp-md5-hmac", "esp-des", "esp-null esp-sha-hmac", "ah-sha-hmac"]
)
def test_other_transforms_are_not(transforms: str) -> None:
    report = audit_example(cipher_not_aes, {"ks1.cfg": server(transforms=transforms)})
    assert only(report) == (f"traffic of group G1 is protected with {transforms}, not with AES")
    assert report.findings[0].severity is Severity.HIGH


@pytest.mark.parametrize(
    ("transforms", "expected"),
    [("esp-aes esp-sha-hmac", 1), ("esp-aes 256 esp-sha-hmac", 0), ("esp-gcm 128", 1)],
)
def test_the_stig_profile_wants_256_bits(transforms: str, expected: int) -> None:
    found = codes({"ks1.cfg": server(transforms=transforms)}, (cipher_not_aes,), profile="stig")
    assert len(found) == expected


@pytest.mark.parametrize("shown", ["esp-256-aes esp-sha256-hmac", "esp-gcm 256", "esp-gcm"])
def test_show_output_spells_ciphers_in_its_own_way(shown: str) -> None:
    files = {KS_POLICY: policy(tek(transform=shown))}
    report = audit_example(cipher_not_aes, files, PROFILES["stig"].settings)
    assert (report.findings, report.not_checked) == ((), ())


def test_a_cipher_that_configuration_and_key_server_show_is_told_once() -> None:
    files = {
        "ks1.cfg": server(transforms="esp-3des esp-sha-hmac"),
        KS_POLICY: policy(tek(transform="esp-3des esp-sha-hmac")),
        "gm1.cfg": member(),
        MEMBER_STATUS: member_status(transform="esp-3des esp-sha-hmac"),
    }
    (finding,) = audit_example(cipher_not_aes, files).findings
    assert (finding.device, finding.location.source) == ("ks1", "ks1.cfg")


def test_each_key_server_with_a_weak_cipher_is_told() -> None:
    weak = {"transforms": "esp-3des esp-sha-hmac"}
    files = {"ks1.cfg": server(**weak), "ks2.cfg": server(name="ks2", **weak)}
    devices = [finding.device for finding in audit_example(cipher_not_aes, files).findings]
    assert devices == ["ks1", "ks2"]


def test_members_tell_the_cipher_where_no_key_server_is_known() -> None:
    files = {MEMBER_STATUS: member_status(transform="esp-3des esp-sha-hmac")}
    (finding,) = audit_example(cipher_not_aes, files).findings
    assert (finding.device, finding.group) == ("", "BRANCH")


def test_a_member_configuration_does_not_tell_the_cipher() -> None:
    report = audit_example(cipher_not_aes, {"gm1.cfg": member()})
    assert report.not_checked[0].reason == (
        "no key server of the group is known, and no member shows what it uses"
    )


def test_a_transform_set_outside_a_snippet_is_not_known() -> None:
    text = snippet(server()).replace("crypto ipsec transform-set", "! ")
    report = audit_example(cipher_not_aes, {"ks1.cfg": text})
    assert report.not_checked[0].reason.startswith("transform set TS is not known: the text is")


def test_members_settle_what_a_snippet_leaves_open() -> None:
    text = snippet(server()).replace("crypto ipsec transform-set", "! ")
    files = {"ks1.cfg": text, MEMBER_STATUS: member_status()}
    assert audit_example(cipher_not_aes, files).not_checked == ()


@pytest.mark.parametrize(
    ("seconds", "servers", "expected"),
    [
        (899, 2, 0),  # TEK001 tells that
        (900, 1, 1),
        (1800, 1, 0),
        (1800, 2, 1),
        (2200, 2, 0),
        (3600, 3, 0),
        (3600, 4, 1),
        (7200, 8, 0),
    ],
)
def test_a_round_over_the_key_servers_has_to_fit(seconds: int, servers: int, expected: int) -> None:
    files = {
        "ks1.cfg": server(lifetime=f"seconds {seconds}"),
        "gm1.cfg": member("gm1", *(f"10.10.{n}.1" for n in range(1, servers + 1))),
    }
    assert len(audit_example(registration_out_of_time, files).findings) == expected


def test_the_peers_count_where_no_member_is_known() -> None:
    peers = "  redundancy\n   peer address ipv4 10.10.2.1\n   peer address ipv4 10.10.3.1\n"
    files = {"ks1.cfg": server(lifetime="seconds 1800", after=peers)}
    assert only(audit_example(registration_out_of_time, files)) == (
        "traffic keys of group G1 live 1800 s, which leaves members 60 s to register again; to "
        "try 3 key servers takes 120 s"
    )


def test_members_show_how_many_key_servers_they_know() -> None:
    files = {"ks1.cfg": server(lifetime="seconds 1800"), MEMBER_STATUS: member_status()}
    (finding,) = audit_example(registration_out_of_time, files).findings
    assert [each.source for each in finding.evidence] == ["ks1.cfg", MEMBER_STATUS]
    assert finding.device == ""


def test_two_key_servers_with_one_lifetime_are_one_finding() -> None:
    files = {
        "ks1.cfg": server(lifetime="seconds 1800"),
        "ks2.cfg": server(name="ks2", lifetime="seconds 1800"),
        "gm1.cfg": member("gm1", "10.10.1.1", "10.10.2.1"),
    }
    (finding,) = audit_example(registration_out_of_time, files).findings
    assert [each.source for each in finding.evidence] == ["ks1.cfg", "ks2.cfg", "gm1.cfg"]


def test_the_number_of_key_servers_can_be_unknown() -> None:
    report = audit_example(registration_out_of_time, {KS_POLICY: policy(tek(3600))})
    assert report.not_checked[0].reason == "nothing tells how many key servers the group has"
    long_enough = audit_example(registration_out_of_time, {KS_POLICY: policy(tek(7200))})
    assert long_enough.not_checked == ()


def feature(version: str, supported: str) -> str:
    return f"""\
Group Name: G1
    Key Server ID       Version   Feature Supported
        10.10.1.1        1.0.27         Yes

    Group Member ID     Version   Feature Supported
        10.20.1.1        {version}         {supported}
"""


def test_lifetimes_of_a_day_need_nothing() -> None:
    report = audit_example(long_lifetime_unsupported, {"ks1.cfg": server(lifetime="days 1")})
    assert (report.findings, report.not_checked) == ((), ())


def test_longer_lifetimes_need_devices_that_can_do_that() -> None:
    files = {"ks1.cfg": server(**LONG), FEATURE: feature("1.0.2", "No")}
    assert only(audit_example(long_lifetime_unsupported, files)) == (
        "keys of group G1 live 604800 s, which 10.20.1.1 with GETVPN software 1.0.2 cannot do"
    )


def test_versions_of_members_tell_as_well() -> None:
    old = registered().replace("1.0.26", "1.0.3")
    files = {"ks1.cfg": server(**LONG), "ks1/show crypto gdoi ks members.txt": old}
    assert len(audit_example(long_lifetime_unsupported, files).findings) == 1


def test_another_feature_does_not_tell() -> None:
    other = {"ks1/show crypto gdoi feature pfs.txt": feature("1.0.2", "No")}
    report = audit_example(long_lifetime_unsupported, {"ks1.cfg": server(**LONG), **other})
    assert report.findings == ()
    assert report.not_checked[0].reason == "there is no 'show crypto gdoi feature'"


def test_longer_lifetimes_need_aes() -> None:
    text = server(transforms="esp-3des esp-sha-hmac", **LONG)
    report = audit_example(
        long_lifetime_unsupported, {"ks1.cfg": text, FEATURE: feature("1.0.26", "Yes")}
    )
    assert only(report) == (
        "traffic keys of group G1 live 604800 s with esp-3des esp-sha-hmac, not AES"
    )


def test_a_long_rekey_key_needs_aes_too() -> None:
    rekey = "  rekey lifetime days 7\n  rekey transport unicast\n"
    files = {"ks1.cfg": server(rekey=rekey), FEATURE: feature("1.0.26", "Yes")}
    assert only(audit_example(long_lifetime_unsupported, files)) == (
        "rekey keys of group G1 live 604800 s with 3des-cbc, not AES"
    )


def test_thresholds_can_be_set() -> None:
    strict = replace(Settings(), tek_lifetime_min_s=5000)
    files = {"ks1.cfg": server(lifetime="seconds 4000")}
    assert [audit_example(rule, files, strict).findings != () for rule in BANDS] == [
        True,
        False,
        False,
    ]
