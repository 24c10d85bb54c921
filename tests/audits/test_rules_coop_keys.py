from ipaddress import IPv4Address

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Finding, Severity
from getvpn.audits.rules.coop_keys import keys_differ, member_counts_differ

from .ks_texts import ALONE, KEK, KS, address, config, coop_file, kek, members, policy, tek
from .ks_texts import policy_file as named

OTHER_KEK = "0" * 31 + "1"
MEMBERS = "{}/show crypto gdoi ks members.txt"


def _finding(files: dict[str, str]) -> Finding:
    (finding,) = audit_example(keys_differ, files).findings
    assert finding.device == ""
    assert finding.group == "G1"
    return finding


def _reasons(files: dict[str, str]) -> list[str]:
    report = audit_example(keys_differ, files)
    assert report.findings == ()
    return [each.reason for each in report.not_checked]


def test_a_split_group_is_one_finding_although_both_keys_differ() -> None:
    finding = _finding(
        {
            named(1): policy(1, kek(), tek()),
            named(2): policy(2, kek(OTHER_KEK, 80_000, 79_000), tek("77C0FFEE")),
        }
    )
    assert finding.message.startswith(
        f"key servers of group G1 hold different rekey keys: 0x{KEK} on ks1; 0x{OTHER_KEK} on ks2"
    )
    assert finding.severity is Severity.CRITICAL
    assert [each.value for each in finding.evidence] == [f"0x{KEK}", f"0x{OTHER_KEK}"]


def test_the_message_says_how_far_apart_outputs_are_that_a_rekey_explains() -> None:
    finding = _finding(
        {
            named(1): policy(1, kek(), tek(remaining=400, to_rekey=100), sequence=3),
            named(2): policy(2, kek(), tek("77C0FFEE", remaining=7_150), sequence=4),
        }
    )
    assert finding.message == (
        "key servers of group G1 hold different traffic keys: 0x5A1C77E0 on ks1; 0x77C0FFEE on ks2"
        "; rekey sequence numbers: 3 on ks1, 4 on ks2"
        "; a rekey explains it if the outputs lie at least 150 s apart"
    )
    assert finding.severity is Severity.CRITICAL


def test_a_superseded_key_does_not_count() -> None:
    old = tek("3A14695B", remaining=35, to_rekey="n/a")
    files = {
        named(1): policy(1, kek(), tek(), old),
        named(2): policy(2, kek(), tek()),
    }
    assert _reasons(files) == []
    files[named(1)] = policy(1, kek(), tek(), tek("3A14695B", remaining=0, to_rekey="n/a"))
    assert _reasons(files) == []


def test_a_key_that_the_other_one_still_holds_is_less_severe() -> None:
    old = tek("3A14695B", remaining=300, to_rekey="n/a")
    finding = _finding(
        {
            named(1): policy(1, kek(), tek(), old),
            named(2): policy(2, kek(), tek("3A14695B", remaining=310, to_rekey=1)),
        }
    )
    assert finding.severity is Severity.MEDIUM


def test_a_key_server_without_keys_is_out_of_step() -> None:
    finding = _finding({named(1): policy(1, kek(), tek()), named(2): policy(2)})
    assert "; none on ks2" in finding.message


def test_the_keys_of_one_key_server_cannot_be_compared() -> None:
    assert _reasons({named(1): policy(1, kek(), tek())}) == [
        "the keys of only one key server are known"
    ]
    assert _reasons({"ks1.cfg": config(1), named(2): policy(2, kek(), tek())}) == [
        "the keys of only one key server are known",
        "there is no 'show crypto gdoi ks policy'",
    ]
    assert _reasons({coop_file(1): ALONE, named(1): policy(1, kek(), tek())}) == []


def test_a_filtered_output_is_not_compared() -> None:
    files = {
        named(1): policy(1, kek(), tek()),
        "ks2/show crypto gdoi ks policy | exclude TEK.txt": policy(2, kek()),
    }
    assert "is not known in full" in " ".join(_reasons(files))


def test_one_key_server_known_by_two_names_is_not_two() -> None:
    files = {named(1): policy(1, kek(), tek()), "copy/show crypto gdoi ks policy.txt": ""}
    files["copy/show crypto gdoi ks policy.txt"] = policy(1, kek(), tek("77C0FFEE"))
    assert _reasons(files) == ["the keys of only one key server are known"]


def _counts(files: dict[str, str]) -> list[str]:
    return [finding.message for finding in audit_example(member_counts_differ, files).findings]


def test_the_members_that_one_key_server_does_not_know_are_named() -> None:
    files = {
        MEMBERS.format("ks1"): members("10.20.1.1", "10.20.2.1", "10.20.3.1"),
        MEMBERS.format("ks2"): members("10.20.2.1", "10.20.3.1"),
    }
    (message,) = _counts(files)
    assert message == (
        "key servers of group G1 know different numbers of members: 3 on ks1, 2 on ks2"
        "; not everywhere: 10.20.1.1"
    )
    files[MEMBERS.format("ks2")] = files[MEMBERS.format("ks1")]
    assert _counts(files) == []


def test_of_many_unknown_members_a_few_are_named() -> None:
    addresses = [str(IPv4Address("10.20.0.1") + n) for n in range(9)]
    files = {
        MEMBERS.format("ks1"): members(*addresses),
        MEMBERS.format("ks2"): members(addresses[0]),
    }
    (message,) = _counts(files)
    assert message.endswith("; not everywhere: 10.20.0.2, 10.20.0.3, 10.20.0.4 and 5 more")


def test_a_list_is_compared_with_a_number() -> None:
    files = {
        MEMBERS.format("ks1"): members("10.20.1.1", "10.20.2.1"),
        "ks2/show crypto gdoi ks.txt": KS.format(members=1, address=address(2), role="Primary"),
    }
    (message,) = _counts(files)
    assert message.endswith("2 on ks1, 1 on ks2")


def test_the_summary_is_compared() -> None:
    summary = (
        "Group Member Information : \n\nGroup Name: G1, ID: 1001, Group Members: 1\n"
        "Key Server ID: 10.10.1.1, GMDB state: LOCAL, Group Members: 1\n"
        "  Member ID     Version      Rekey sent     Rekey Ack missed\n"
        "  10.20.1.1   1.0.25         0               0\n"
    )
    files = {
        "ks1/show crypto gdoi ks members summary.txt": summary,
        MEMBERS.format("ks2"): members("10.20.1.1", "10.20.2.1"),
    }
    (message,) = _counts(files)
    assert message.endswith(": 1 on ks1, 2 on ks2; not everywhere: 10.20.2.1")


def test_asking_for_one_member_does_not_count_them() -> None:
    one = {"ks2/show crypto gdoi ks members 10.20.1.1.txt": members("10.20.1.1")}
    files = {MEMBERS.format("ks1"): members("10.20.1.1", "10.20.2.1"), **one}
    report = audit_example(member_counts_differ, files)
    assert report.findings == ()
    assert len(report.not_checked) == 2
