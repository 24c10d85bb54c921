"""Which members a key server takes."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.aut import (
    authorized_members,
    missing_list,
    names_without_certificates,
    no_authorization,
    wide_list,
)
from getvpn.audits.settings import Settings

from .key_worlds import registered
from .managed import KS_SHOWN, PART, member, part_of_server, server
from .said import messages, reasons

BY_ADDRESS = "  authorization address ipv4 MEMBERS\n"
BY_NAME = "  authorization identity MEMBERS\n"
REGISTER = "ks1/show crypto gdoi ks members.txt"
OTHER = "key server ks1 does not authorize member {} (access list MEMBERS)"


def authorizing(*lines: str, how: str = BY_ADDRESS, named: bool = True) -> dict[str, str]:
    """A key server with an authorization and these lines."""
    files = server(*lines) if named else part_of_server(*lines)
    return {"ks1.cfg": files["ks1.cfg"].replace("  address ipv4", f"{how}  address ipv4")}


def listing(*entries: str, kind: str = "standard") -> tuple[str, ...]:
    """The access list with the members."""
    return (f"ip access-list {kind} MEMBERS", *(f" {entry}" for entry in entries))


def test_a_group_without_authorization_is_open() -> None:
    (finding,) = audit_example(no_authorization, server()).findings
    assert finding.message == "group G1 is open to whoever authenticates in IKE"
    assert finding.severity is Severity.MEDIUM
    for how in (BY_ADDRESS, BY_NAME):
        report = audit_example(no_authorization, authorizing(how=how))
        assert (report.findings, report.not_checked) == ((), ())


def test_a_group_that_is_cut_may_have_an_authorization() -> None:
    report = audit_example(no_authorization, part_of_server())
    assert (messages(report), reasons(report)) == ([], ["the group is not known in full"])


@pytest.mark.parametrize(
    "rule", [no_authorization, missing_list, wide_list, names_without_certificates]
)
def test_show_output_tells_no_authorization(rule: object) -> None:
    from getvpn.audits.rule import Rule

    assert isinstance(rule, Rule)
    report = audit_example(rule, KS_SHOWN)
    assert (messages(report), reasons(report)) == ([], ["there is no configuration"])


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (("permit 10.20.1.1",), False),
        (("permit 10.20.0.0 0.0.255.255",), False),
        (("permit any",), False),
        (("permit 10.20.1.2",), True),
        (("permit 10.20.1.2", "permit 10.20.1.1"), False),
        (("deny 10.20.1.1", "permit any"), True),
        (("permit any", "deny 10.20.1.1"), False),
        ((), True),
    ],
)
def test_members_of_the_audit_are_authorized(entries: tuple[str, ...], found: bool) -> None:
    report = audit_example(authorized_members, authorizing(*listing(*entries)) | member())
    assert messages(report) == [OTHER.format("10.20.1.1")] * found
    assert report.not_checked == ()
    for finding in report.findings:
        assert (finding.device, finding.severity) == ("ks1", Severity.MEDIUM)
        assert finding.evidence[0].device == "gm1"
        assert finding.remediation == "ip access-list standard MEMBERS\n permit 10.20.1.1"


def test_members_that_are_registered_are_authorized() -> None:
    files = authorizing(*listing("permit 10.20.9.0 0.0.0.255")) | {REGISTER: registered()}
    report = audit_example(authorized_members, files)
    assert messages(report) == [OTHER.format("10.20.1.1")]
    assert report.not_checked == ()


def test_addresses_that_nobody_has_are_told() -> None:
    entries = [f"permit 10.20.9.{number}" for number in range(1, 7)]
    files = authorizing(*listing("permit 10.20.1.1", *entries)) | {REGISTER: registered()}
    (finding,) = audit_example(authorized_members, files).findings
    assert finding.message == (
        "access list MEMBERS authorizes 10.20.9.1, 10.20.9.2, 10.20.9.3, 10.20.9.4 and 2 more: "
        "no member with these addresses is registered"
    )
    assert finding.severity is Severity.INFO
    files = authorizing(*listing("permit 10.20.1.1", *entries[:4])) | {REGISTER: registered()}
    (finding,) = audit_example(authorized_members, files).findings
    assert "10.20.9.4: no member with these" in finding.message
    files = authorizing(*listing("permit 10.20.1.1", entries[0])) | {REGISTER: registered()}
    (finding,) = audit_example(authorized_members, files).findings
    assert finding.message.endswith("10.20.9.1: no member with that address is registered")
    assert finding.remediation.endswith(" no permit 10.20.9.1")


def test_a_member_that_is_configured_and_not_registered_is_no_stranger() -> None:
    files = authorizing(*listing("permit 10.20.1.1", "permit 10.20.1.2"))
    files |= {REGISTER: registered(address="10.20.1.2")} | member()
    report = audit_example(authorized_members, files)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (authorizing(*listing("permit 10.20.1.1")), "no member of the group is known"),
        (KS_SHOWN, "there is no configuration"),
        (
            authorizing(*listing("permit ip object-group X any", kind="extended")) | member(),
            "access list MEMBERS has an object group",
        ),
        (
            authorizing(*listing("permit 10.20.1.1", "permit what")) | member(),
            "access list MEMBERS is not known in full",
        ),
    ],
)
def test_what_is_not_known_is_not_passed(files: dict[str, str], reason: str) -> None:
    report = audit_example(authorized_members, files)
    assert messages(report) == []
    assert reason in reasons(report)


def test_members_may_stand_behind_the_cut_of_a_list() -> None:
    (text,) = authorizing().values()
    cut = "version 17.9\n" + text + "\n".join(listing("permit 10.20.9.9")) + "\n"
    report = audit_example(authorized_members, {"ks1.cfg": cut} | member())
    assert messages(report) == []
    assert "access list MEMBERS may have more lines" in reasons(report)[0]
    report = audit_example(authorized_members, {"ks1.cfg": f"{cut}line con 0\nend\n"} | member())
    assert messages(report) == [OTHER.format("10.20.1.1")]


def test_groups_without_an_access_list_are_left_to_other_rules() -> None:
    for files in (server(), authorizing(how=BY_NAME), authorizing()):
        report = audit_example(authorized_members, files | member())
        assert (report.findings, report.not_checked) == ((), ())


def test_members_of_another_network_are_not_asked_about() -> None:
    text = member()["gm1.cfg"].replace("group G1", "group X").replace("10.10.", "10.77.")
    report = audit_example(
        authorized_members, authorizing(*listing("permit 10.1.1.1")) | {"gm1.cfg": text}
    )
    assert messages(report) == []


@pytest.mark.parametrize(
    ("how", "lines", "said"),
    [
        (BY_ADDRESS, listing("permit any"), []),
        (BY_NAME, ("crypto identity MEMBERS", " dn ou=GM"), []),
        ("", (), []),
        (BY_ADDRESS, (), ["access list MEMBERS, which authorizes members of group G1, is missing"]),
        (
            BY_NAME,
            listing("permit any"),
            ["crypto identity MEMBERS, which authorizes members of group G1, is missing"],
        ),
    ],
)
def test_the_list_of_members_exists(how: str, lines: tuple[str, ...], said: list[str]) -> None:
    report = audit_example(missing_list, authorizing(*lines, how=how))
    assert (messages(report), reasons(report)) == (said, [])
    report = audit_example(missing_list, authorizing(*lines, how=how, named=False))
    assert (messages(report), reasons(report)) == ([], [PART] if said else [])


@pytest.mark.parametrize(
    ("entry", "said", "severity"),
    [
        ("permit 10.20.1.1", None, None),
        ("permit 10.20.1.0 0.0.0.255", None, None),
        ("permit 10.20.0.0 0.0.1.255", "512 addresses in one line", Severity.LOW),
        ("permit any", "every address", Severity.MEDIUM),
        ("deny any", None, None),
    ],
)
def test_ranges_of_members_are_small(
    entry: str, said: str | None, severity: Severity | None
) -> None:
    report = audit_example(wide_list, authorizing(*listing(entry)))
    assert messages(report) == (
        [f"access list MEMBERS authorizes {said} for group G1"] if said else []
    )
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert report.not_checked == ()


def test_the_size_of_a_range_is_a_threshold() -> None:
    files = authorizing(*listing("permit 10.20.1.0 0.0.0.3"))
    assert messages(audit_example(wide_list, files, Settings(authorized_range_max_hosts=4))) == []
    settings = Settings(authorized_range_max_hosts=3)
    (finding,) = audit_example(wide_list, files, settings).findings
    assert " no permit 10.20.1.0 0.0.0.3\n" in finding.remediation


def test_a_list_that_is_not_there_has_no_ranges() -> None:
    for files in (server(), authorizing(), authorizing(how=BY_NAME, named=False)):
        report = audit_example(wide_list, files)
        assert (report.findings, report.not_checked) == ((), ())
    assert reasons(audit_example(wide_list, authorizing(named=False))) == [PART]
    files = authorizing(*listing("permit ip object-group X any", kind="extended"))
    assert reasons(audit_example(wide_list, files)) == ["access list MEMBERS has an object group"]


@pytest.mark.parametrize(
    ("how", "method", "found"),
    [
        (BY_NAME, "pre-share", True),
        (BY_NAME, "rsa-sig", False),
        (BY_ADDRESS, "pre-share", False),
    ],
)
def test_names_of_members_come_from_certificates(how: str, method: str, found: bool) -> None:
    lines = ("crypto isakmp policy 10", f" authentication {method}")
    report = audit_example(names_without_certificates, authorizing(*lines, how=how))
    message = "group G1 authorizes members by names, and IKE uses no certificates"
    assert (messages(report), reasons(report)) == ([message] * found, [])
    part = audit_example(names_without_certificates, authorizing(*lines, how=how, named=False))
    assert (messages(part), reasons(part)) == ([], [PART] * found)


def test_a_key_server_without_a_list_does_not_hide_the_next() -> None:
    first = authorizing()["ks1.cfg"].replace("ks1", "ks0").replace("10.10.1.1", "10.10.2.1")
    files = {"ks0.cfg": first} | authorizing(*listing("permit 10.1.1.1")) | member()
    assert messages(audit_example(authorized_members, files)) == [OTHER.format("10.20.1.1")]


@pytest.mark.parametrize(
    ("entries", "kind", "fixed"),
    [
        (("permit 10.1.1.1",), "standard", True),
        (("deny 10.20.1.1",), "standard", False),
        (("permit ip host 10.1.1.1 any",), "extended", False),
    ],
)
def test_a_member_is_added_where_nothing_before_denies_it(
    entries: tuple[str, ...], kind: str, fixed: bool
) -> None:
    files = authorizing(*listing(*entries, kind=kind)) | member()
    (finding,) = audit_example(authorized_members, files).findings
    assert [(fix.device, fix.lines) for fix in finding.fixes] == [
        ("ks1", ("ip access-list standard MEMBERS", " permit 10.20.1.1"))
    ] * fixed
