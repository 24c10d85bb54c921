from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.acl_masks import masks_for_wildcards

from .policies import PERMIT, fires, gm_acl, key_server, ks_acl, member, reasons, report

MASKED = "permit ip 10.0.0.0 255.0.0.0 10.0.0.0 255.0.0.0"


def test_a_mask_is_told_with_what_was_meant() -> None:
    (finding,) = report(masks_for_wildcards, "deny esp any any", MASKED).findings
    assert finding.severity is Severity.HIGH
    assert finding.location.line == 10
    assert finding.message == (
        f"'{MASKED}' of access list POLICY has a subnet mask in the place of a wildcard"
    )
    assert finding.remediation == (f"ip access-list extended POLICY\n no {MASKED}\n {PERMIT}")


def test_a_network_that_ios_has_dropped_is_left_to_the_reader() -> None:
    line = "permit tcp 0.0.0.0 255.255.255.0 any eq www"
    (finding,) = report(masks_for_wildcards, line).findings
    assert finding.remediation.endswith(" permit tcp <network> 0.0.0.255 any eq 80")


def test_several_entries_of_a_list_are_one_finding() -> None:
    (finding,) = report(
        masks_for_wildcards, *[MASKED.replace("10.", f"1{n}.") for n in range(9)]
    ).findings
    assert finding.message.endswith("of a wildcard, as have 8 more")
    assert len(finding.evidence) == 5


def test_wildcards_hosts_and_everything_pass() -> None:
    lines = (
        PERMIT,
        "permit ip host 10.1.1.1 any",
        "permit ip 10.1.1.0 0.0.0.0 0.0.0.0 255.255.255.255",
        "permit ip 10.1.0.0 0.0.254.255 any",
    )
    assert not fires(masks_for_wildcards, *lines)


def test_all_lists_of_a_key_server_and_a_member_are_looked_at() -> None:
    server = key_server(PERMIT).replace(
        "  sa ipsec", "  authorization address ipv4 52\n  rekey address ipv4 REKEY\n  sa ipsec"
    )
    server += "access-list 52 permit 10.20.0.0 255.255.0.0\n"
    server += "ip access-list extended REKEY\n permit udp 10.10.1.0 255.255.255.0 any\n"
    text = member().replace(" set group G1\n", " set group G1\n match address LOCAL\n")
    text += "crypto map GETVPN gdoi fail-close\n match address CLOSED\n activate\n"
    text += "ip access-list extended LOCAL\n deny ip 10.1.1.0 255.255.255.0 any\n"
    text += "ip access-list extended CLOSED\n deny ip 10.1.2.0 255.255.255.0 any\n"
    text += "ip access-list extended UNUSED\n deny ip 10.1.3.0 255.255.255.0 any\n"
    made = audit_example(masks_for_wildcards, {"ks1.cfg": server, "gm1.cfg": text})
    found = {finding.remediation.splitlines()[0] for finding in made.findings}
    assert found == {
        "ip access-list standard 52",
        "ip access-list extended REKEY",
        "ip access-list extended LOCAL",
        "ip access-list extended CLOSED",
    }


def test_show_output_stands_in_for_a_missing_configuration() -> None:
    made = audit_example(
        masks_for_wildcards,
        {
            "ks1/show crypto gdoi ks acl.txt": ks_acl(MASKED),
            "gm1/show crypto gdoi gm acl.txt": gm_acl(MASKED),
        },
    )
    assert [finding.device for finding in made.findings] == ["gm1", "ks1"]
    assert all(f"\n no {MASKED}\n" in finding.remediation for finding in made.findings)


def test_an_entry_is_taken_back_without_number_and_name_of_its_list() -> None:
    (finding,) = report(masks_for_wildcards, f"10 {MASKED}").findings
    assert finding.remediation.splitlines()[1] == f" no {MASKED}"


def test_lists_that_are_not_known_are_not_checked() -> None:
    text = (
        key_server(PERMIT).removeprefix("hostname ks1\n").replace("extended POLICY", "extended X")
    )
    assert (
        "access list POLICY is not known"
        in reasons(audit_example(masks_for_wildcards, {"ks1.cfg": text}))[0]
    )
    made = report(masks_for_wildcards, PERMIT, "permit what")
    assert reasons(made) == ["a line of access list POLICY was not understood"]
    assert audit_example(masks_for_wildcards, {"r1.cfg": "hostname r1\n"}).not_checked == ()


def test_of_two_lists_that_are_shown_the_wrong_one_is_named() -> None:
    shown = ks_acl(MASKED, PERMIT).replace(f"POLICY  {PERMIT}", f"BEHIND  {PERMIT}")
    files = {"ks1/show crypto gdoi ks acl.txt": shown}
    (finding,) = audit_example(masks_for_wildcards, files).findings
    assert "of access list POLICY has" in finding.message
    assert finding.remediation.startswith("ip access-list extended POLICY\n")
