import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.coop import (
    key_server_as_member,
    more_key_servers_than_needed,
    priorities_not_chosen,
    single_key_server,
    too_many_key_servers,
)
from getvpn.audits.settings import Settings

from .ks_texts import ALONE, config, coop, coop_file, pair, session

DEAD = session(2, status="Dead", ike="Not established")


def _messages(rule: AnyRule, files: dict[str, str]) -> list[str]:
    return [finding.message for finding in audit_example(rule, files).findings]


def _reasons(report: Report) -> list[str]:
    return [each.reason for each in report.not_checked]


def _cut(text: str, after: str) -> str:
    """`text` up to `after`, as a terminal log ends that was broken off."""
    return "version 17.9\n" + text[: text.index(after) + len(after)]


@pytest.mark.parametrize("number", [1, 7])
def test_one_peer_makes_a_group_redundant(number: int) -> None:
    report = audit_example(single_key_server, {"ks9.cfg": config(9, *range(1, number + 1))})
    assert report.findings == ()
    assert report.not_checked == ()


def test_how_many_key_servers_there_have_to_be_is_a_setting() -> None:
    report = audit_example(single_key_server, pair(), Settings(coop_servers_min=3))
    assert [finding.message for finding in report.findings] == [
        "key server of group G1 lists 1 peer: 2 of at least 3 key servers",
    ] * 2


def test_an_output_that_denies_redundancy_is_proof_enough() -> None:
    (message,) = _messages(single_key_server, {coop_file(1): ALONE})
    assert message == "key server of group G1 has no redundancy: 1 of at least 2 key servers"


def test_a_key_server_whose_only_peer_is_dead_is_alone() -> None:
    files = {"ks1.cfg": config(1), coop_file(1): coop(1, DEAD)}
    (finding,) = audit_example(single_key_server, files).findings
    assert "sees 0 of 1 peer alive: 1 of at least 2" in finding.message
    assert finding.severity is Severity.CRITICAL
    assert finding.device == "ks1"


def test_one_living_peer_of_two_is_enough() -> None:
    files = {coop_file(1): coop(1, DEAD, session(3))}
    report = audit_example(single_key_server, files)
    assert report.findings == ()
    assert report.not_checked == ()


def test_a_missing_block_is_told_once_although_the_output_says_it_too() -> None:
    alone = (
        config(1)
        .replace("  redundancy\n   local priority 100\n", "")
        .replace("   peer address ipv4 10.10.2.1\n", "")
    )
    (message,) = _messages(single_key_server, {"ks1.cfg": alone, coop_file(1): ALONE})
    assert "has no 'redundancy' block" in message


def test_what_a_cut_configuration_lacks_is_not_missed() -> None:
    report = audit_example(single_key_server, {"ks1.cfg": _cut(config(1), "ipv4 10.10.1.1\n")})
    assert report.findings == ()
    assert _reasons(report) == ["block of group G1 is not known in full"]


def test_a_key_server_known_from_other_outputs_only_is_not_checked() -> None:
    files = {"ks1/show crypto gdoi ks acl.txt": "Group Name: G1\n Configured ACL:\n"}
    files["ks1/show crypto gdoi ks acl.txt"] += "   access-list POLICY  permit ip any any\n"
    report = audit_example(single_key_server, files)
    assert _reasons(report) == ["there is no configuration or 'show crypto gdoi ks coop'"]


@pytest.mark.parametrize(
    ("peers", "many", "more"), [(3, 0, 0), (4, 0, 1), (7, 0, 1), (8, 1, 0), (9, 1, 0)]
)
def test_the_bands_of_how_many_key_servers_do_not_overlap(peers: int, many: int, more: int) -> None:
    by_config = {"ks1.cfg": config(1, *range(2, peers + 2))}
    sessions = [session(number) for number in range(2, peers + 2)]
    for files in (by_config, {coop_file(1): coop(1, *sessions)}):
        assert len(_messages(too_many_key_servers, files)) == many
        assert len(_messages(more_key_servers_than_needed, files)) == more


def test_key_servers_that_do_not_list_each_other_count_as_well() -> None:
    files = {f"ks{number}.cfg": config(number, 1) for number in range(2, 7)}
    (message,) = _messages(more_key_servers_than_needed, files)
    assert message == "group G1 has 5 key servers, more than the usual 4"


def test_a_group_of_which_only_members_are_known_is_not_checked() -> None:
    member = "hostname gm1\ncrypto gdoi group G1\n identity number 1001\n"
    member += " server address ipv4 10.10.1.1\n"
    for rule in (too_many_key_servers, more_key_servers_than_needed, priorities_not_chosen):
        report = audit_example(rule, {"gm1.cfg": member})
        assert _reasons(report) == ["there is no configuration of a key server of this group"]


MAP = "crypto map VPN 10 gdoi\n set group {}\n"
WAN = "interface GigabitEthernet0/0/1\n crypto map VPN\n"


def test_a_crypto_map_for_the_served_group_counts_when_it_is_applied() -> None:
    applied = config(1) + MAP.format("G1") + WAN
    (finding,) = audit_example(key_server_as_member, {"ks1.cfg": applied}).findings
    assert finding.severity is Severity.CRITICAL
    assert "crypto map VPN on GigabitEthernet0/0/1 makes the key server" in finding.message
    idle = config(1) + MAP.format("G1")
    (finding,) = audit_example(key_server_as_member, {"ks1.cfg": idle}).findings
    assert finding.severity is Severity.LOW
    assert finding.evidence[0].text == "set group G1"


def test_a_crypto_map_of_another_kind_makes_no_member() -> None:
    tunnel = "crypto map VPN 10 ipsec-isakmp\n set peer 10.9.9.9\n" + WAN
    report = audit_example(key_server_as_member, {"ks1.cfg": config(1) + tunnel})
    assert report.findings == ()
    assert report.not_checked == ()


def test_a_member_group_and_its_crypto_map_are_one_fault() -> None:
    member = "crypto gdoi group G2\n server address ipv4 10.9.9.9\n"
    text = config(1) + member + MAP.format("G2") + WAN
    (finding,) = audit_example(key_server_as_member, {"ks1.cfg": text}).findings
    assert finding.message == "key server of group G1 is member of group G2"
    assert [each.text for each in finding.evidence] == [
        "server address ipv4 10.9.9.9",
        "crypto gdoi group G1",
    ]


def test_a_plain_member_is_none_of_this_rule() -> None:
    member = "hostname gm1\ncrypto gdoi group G2\n server address ipv4 10.9.9.9\n"
    report = audit_example(key_server_as_member, {"gm1.cfg": member})
    assert report.findings == ()
    assert report.not_checked == ()


def test_a_filtered_configuration_does_not_show_that_there_is_no_member() -> None:
    text = config(1).partition("\n")[2]
    report = audit_example(key_server_as_member, {"ks1.cfg": text})
    assert _reasons(report) == ["the text is a part of a configuration: it has no line 'hostname'"]


def test_a_priority_is_missed_and_a_written_default_is_none_of_ones_own() -> None:
    files = {
        "ks1.cfg": config(1).replace("   local priority 100\n", ""),
        "ks2.cfg": config(2, priority=1),
    }
    findings = audit_example(priorities_not_chosen, files).findings
    assert [(finding.device, finding.location.line) for finding in findings] == [
        ("ks1", 24),
        ("ks2", 25),
    ]
    assert findings[0].message == "key server ks1 of group G1 has the default priority 1"


def test_two_key_servers_of_one_priority_are_one_fault() -> None:
    files = {"ks1.cfg": config(1, priority=50), "ks2.cfg": config(2, priority=50)}
    (finding,) = audit_example(priorities_not_chosen, files).findings
    assert finding.message == "key servers ks1 and ks2 of group G1 have the same priority 50"
    assert finding.device == ""
    assert len(finding.evidence) == 2


def test_the_priority_of_a_peer_is_taken_from_the_session_with_it() -> None:
    files = {"ks1.cfg": config(1), coop_file(1): coop(1, session(2, priority=100))}
    (message,) = _messages(priorities_not_chosen, files)
    assert message == "key servers ks1 and 10.10.2.1 of group G1 have the same priority 100"
    files["ks2.cfg"] = config(2, priority=40)
    assert _messages(priorities_not_chosen, files) == []


def test_priorities_are_read_where_there_is_no_configuration() -> None:
    (finding,) = audit_example(
        priorities_not_chosen, {coop_file(1): coop(1, session(2, priority=1))}
    ).findings
    assert finding.message == "key server 10.10.2.1 of group G1 has the default priority 1"


def test_the_priority_of_an_unknown_peer_is_not_checked() -> None:
    report = audit_example(priorities_not_chosen, {"ks1.cfg": config(1)})
    assert _reasons(report) == ["the priority of key server 10.10.2.1 is not known"]


def test_a_priority_behind_a_cut_is_not_checked() -> None:
    report = audit_example(priorities_not_chosen, {"ks1.cfg": _cut(config(1), "  redundancy\n")})
    assert report.findings == ()
    assert _reasons(report) == ["block of group G1 is not known in full"]
