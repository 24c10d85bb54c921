import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Finding, Severity
from getvpn.audits.rules.coop_mesh import peers_not_listed
from getvpn.audits.rules.coop_state import not_one_primary, peer_not_in_step

from .ks_texts import ALONE, KS, address, config, coop, coop_file, session


def _steps(files: dict[str, str]) -> tuple[Finding, ...]:
    return audit_example(peer_not_in_step, files).findings


@pytest.mark.parametrize(
    ("status", "ike", "field", "problem"),
    [
        ("Dead", "Established", "status", "is Dead"),
        ("Unknown", "Established", "status", "is Unknown"),
        ("Alive", "Not established", "ike_status", "has IKE status Not established"),
        ("Dead", "None", "status", "is Dead and has IKE status Unknown"),
    ],
)
def test_what_is_wrong_with_a_peer_is_one_finding(
    status: str, ike: str, field: str, problem: str
) -> None:
    (finding,) = _steps({coop_file(1): coop(1, session(2, status=status, ike=ike), session(3))})
    assert finding.message == f"peer 10.10.2.1 of group G1 {problem}"
    assert finding.evidence[0].field == field
    assert finding.evidence[0].text == "Session 2:"
    assert "between 10.10.1.1 and 10.10.2.1" in finding.remediation


def test_an_election_beside_a_primary_is_a_fault() -> None:
    (finding,) = _steps({coop_file(1): coop(1, session(2, role="Election"))})
    assert finding.message == "peer 10.10.2.1 of group G1 is in an election"


def test_a_configured_peer_without_session_is_a_fault() -> None:
    files = {"ks1.cfg": config(1, 2, 3), coop_file(1): coop(1, session(2))}
    (finding,) = _steps(files)
    assert finding.message == "there is no session with peer 10.10.3.1 of group G1"
    assert finding.evidence[0].text == "peer address ipv4 10.10.3.1"


def test_the_last_output_of_a_log_counts() -> None:
    log = {
        coop_file(1): coop(1, session(2, status="Dead")),
        "ks1/show crypto gdoi ks coop detail.txt": coop(1, session(2)),
    }
    assert _steps(log) == ()


def test_a_key_server_without_cooperation_has_nobody_to_be_in_step_with() -> None:
    report = audit_example(peer_not_in_step, {coop_file(1): ALONE})
    assert report.findings == ()
    assert report.not_checked == ()


def test_sessions_that_were_not_shown_are_not_checked() -> None:
    report = audit_example(peer_not_in_step, {"ks1.cfg": config(1)})
    (missing,) = report.not_checked
    assert missing.reason == "there is no 'show crypto gdoi ks coop'"


def _primaries(files: dict[str, str]) -> tuple[list[str], list[str]]:
    report = audit_example(not_one_primary, files)
    messages = [finding.message for finding in report.findings]
    return messages, [each.reason for each in report.not_checked]


def test_two_that_call_themselves_primary_are_a_split() -> None:
    files = {
        "ks1/show crypto gdoi ks.txt": KS.format(members=4, address=address(1), role="Primary"),
        "ks2/show crypto gdoi ks.txt": KS.format(members=4, address=address(2), role="Primary"),
    }
    (finding,) = audit_example(not_one_primary, files).findings
    assert finding.message == "group G1 has 2 primary key servers: 10.10.1.1 and 10.10.2.1"
    assert finding.severity is Severity.CRITICAL
    assert [each.device for each in finding.evidence] == ["ks1", "ks2"]


def test_secondaries_that_follow_different_primaries_are_a_split() -> None:
    sees_two = coop(3, session(2, role="Primary"), session(1), role="Secondary")
    sees_one = coop(4, session(1, role="Primary"), session(2), role="Secondary")
    messages, _ = _primaries({coop_file(3): sees_two, coop_file(4): sees_one})
    assert messages == ["group G1 has 2 primary key servers: 10.10.2.1 and 10.10.1.1"]


@pytest.mark.parametrize("status", ["Dead", "Unknown"])
def test_a_primary_that_died_and_was_replaced_is_no_second_one(status: str) -> None:
    gone = session(1, role="Primary", status=status, ike="Failed")
    files = {
        coop_file(2): coop(2, gone, session(3), role="Primary"),
        coop_file(3): coop(3, gone, session(2, role="Primary"), role="Secondary"),
    }
    assert _primaries(files) == ([], [])
    messages, reasons = _primaries({coop_file(3): coop(3, gone, session(2), role="Secondary")})
    assert messages == []
    assert reasons == ["which key server is primary is not known"]


def test_a_key_server_that_stepped_down_is_believed_before_its_peers() -> None:
    files = {
        coop_file(1): coop(1, session(2), session(3), role="Primary"),
        coop_file(2): coop(2, session(1, role="Primary"), session(3), role="Secondary"),
        coop_file(3): coop(
            3, session(1, role="Primary"), session(2, role="Primary"), role="Secondary"
        ),
    }
    assert _primaries(files) == ([], [])
    del files[coop_file(2)]
    messages, _ = _primaries(files)
    assert messages == ["group G1 has 2 primary key servers: 10.10.1.1 and 10.10.2.1"]


@pytest.mark.parametrize("role", ["Secondary", "Election"])
def test_a_group_in_which_nobody_is_primary_is_found(role: str) -> None:
    messages, reasons = _primaries({coop_file(1): coop(1, session(2, role=role), role=role)})
    assert messages == ["no key server of group G1 is primary"]
    assert reasons == []
    assert _steps({coop_file(1): coop(1, session(2, role=role), role=role)}) == ()


def test_a_primary_that_only_its_peer_shows_is_enough() -> None:
    assert _primaries({coop_file(2): coop(2, session(1, role="Primary"), role="Secondary")}) == (
        [],
        [],
    )


def test_a_secondary_that_shows_no_peers_does_not_prove_that_there_is_no_primary() -> None:
    shown = KS.format(members=4, address=address(2), role="Secondary")
    messages, reasons = _primaries({"ks2/show crypto gdoi ks.txt": shown})
    assert messages == []
    assert reasons == ["which key server is primary is not known"]


def test_the_only_key_server_of_a_group_needs_no_election() -> None:
    assert _primaries({coop_file(1): ALONE}) == ([], [])


def test_groups_on_one_device_are_told_apart() -> None:
    first = coop(1, session(2))
    second = coop(1, session(2, role="Primary"), role="Secondary", group="G2")
    assert _primaries({coop_file(1): f"{first}\n{second}"}) == ([], [])


def _mesh(files: dict[str, str]) -> list[tuple[str, str]]:
    findings = audit_example(peers_not_listed, files).findings
    return [(finding.device, finding.message) for finding in findings]


def test_a_peer_that_one_of_three_leaves_out_is_missed_there() -> None:
    files = {f"ks{n}.cfg": config(n, *({1, 2, 3} - {n})) for n in (1, 2, 3)}
    report = audit_example(peers_not_listed, files)
    assert report.findings == ()
    assert report.not_checked == ()
    files["ks2.cfg"] = config(2, 1)
    told = "key server ks2 of group G1 does not list key server 10.10.3.1 as its peer"
    assert _mesh(files) == [("ks2", told)]


def test_key_servers_that_do_not_know_each_other_are_both_at_fault() -> None:
    files = {"ks1.cfg": config(1, 3), "ks2.cfg": config(2, 3)}
    assert [device for device, _ in _mesh(files)] == ["ks1", "ks2"]


def test_an_address_of_another_interface_is_not_the_key_servers() -> None:
    wan = "interface GigabitEthernet0/0/0\n ip address 192.0.2.5 255.255.255.252\n"
    files = {
        "ks1.cfg": config(1).replace("peer address ipv4 10.10.2.1", "peer address ipv4 192.0.2.5"),
        "ks2.cfg": config(2) + wan,
    }
    told = "key server ks1 of group G1 lists 192.0.2.5, another address of key server 10.10.2.1"
    assert _mesh(files) == [("ks1", told)]
    assert audit_example(peers_not_listed, files).not_checked == ()


def test_a_key_server_without_address_cannot_be_listed() -> None:
    files = {"ks1.cfg": config(1), "ks2.cfg": config(2).replace("  address ipv4 10.10.2.1\n", "")}
    told = "key server ks2 of group G1 has no address that its peers could list"
    assert _mesh(files) == [("ks2", told)]


def test_sessions_show_who_is_listed_where_there_is_no_configuration() -> None:
    files = {coop_file(1): coop(1, session(2)), coop_file(2): coop(2, session(3))}
    assert [device for device, _ in _mesh(files)] == ["ks1", "ks2"]


def test_what_an_unknown_peer_lists_is_not_checked() -> None:
    report = audit_example(peers_not_listed, {"ks1.cfg": config(1)})
    assert report.findings == ()
    assert [each.reason for each in report.not_checked] == [
        "the peers of key server 10.10.2.1 are not known"
    ]


def test_peers_behind_a_cut_are_not_missed() -> None:
    cut = "version 17.9\n" + config(2, 1).partition("   peer")[0]
    report = audit_example(peers_not_listed, {"ks1.cfg": config(1, 2, 3), "ks2.cfg": cut})
    assert report.findings == ()
    assert "the block of group G1 is not known in full" in {
        each.reason for each in report.not_checked
    }
