import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity
from getvpn.audits.rules.coop_health import SECONDARY

from .ks_texts import ALONE, config, coop, coop_file, session
from .said import messages, reasons

FILE = coop_file(1)
NO_COOP = "there is no 'show crypto gdoi ks coop'"
CUT = "version 17.9\n" + config(1).partition("   peer")[0]


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _secondary(old: str, new: str) -> dict[str, str]:
    assert old in SECONDARY
    return {FILE: SECONDARY.replace(old, new)}


@pytest.mark.parametrize("code", ["COOP016", "COOP017", "COOP018", "COOP019", "COOP020"])
def test_a_single_key_server_does_not_cooperate(code: str) -> None:
    report = _audit(code, {FILE: ALONE})
    assert report.findings == ()
    alone = config(1).partition("  redundancy\n")[0]
    report = _audit(code, {"ks1.cfg": alone})
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["COOP016", "COOP017", "COOP018", "COOP019", "COOP020"])
def test_without_its_state_a_cooperation_is_not_checked(code: str) -> None:
    assert reasons(_audit(code, {"ks1.cfg": config(1)})) == [NO_COOP]


@pytest.mark.parametrize("code", ["COOP019", "COOP020"])
def test_without_a_configuration_there_is_nothing_to_compare(code: str) -> None:
    assert reasons(_audit(code, {FILE: coop(1, session(2))})) == ["there is no configuration"]


@pytest.mark.parametrize("code", ["COOP016", "COOP017", "COOP018", "COOP019", "COOP020"])
def test_a_cooperation_in_order_is_all_right(code: str) -> None:
    report = _audit(code, {"ks1.cfg": config(1), FILE: coop(1, session(2))})
    assert (report.findings, report.not_checked) == ((), ())


def test_drops_are_told_for_each_peer_and_direction() -> None:
    first = session(2).replace("Packet sent drops: 0", "Packet sent drops: 4")
    second = session(3).replace("Packet Recv drops: 0", "Packet Recv drops: 1")
    found = _audit("COOP016", {FILE: coop(1, first, second)}).findings
    assert [(each.message, each.severity, each.evidence[0].field) for each in found] == [
        ("4 packets to peer 10.10.2.1 of group G1 dropped", Severity.LOW, "sent_drops"),
        ("1 packet from peer 10.10.3.1 of group G1 dropped", Severity.MEDIUM, "received_drops"),
    ]


def test_few_drops_while_the_first_sa_is_set_up_are_normal() -> None:
    few = session(2).replace("Packet sent drops: 0", "Packet sent drops: 3")
    assert messages(_audit("COOP016", {FILE: coop(1, few)})) == []


def test_announcements_refused_for_their_time_are_told() -> None:
    report = _audit("COOP016", _secondary("Invalid ANN PST recvd: 0", "Invalid ANN PST recvd: 7"))
    (finding,) = report.findings
    assert finding.message == (
        "key server of group G1 refused 7 announcements for their pseudotime"
    )
    assert finding.evidence[0].field == "invalid_pseudotimes"
    assert finding.severity is Severity.MEDIUM


def test_a_secondary_that_blocks_members_is_found() -> None:
    (finding,) = _audit("COOP017", _secondary("Enforced?: No", "Enforced?: Yes")).findings
    assert finding.message == "key server of group G1 blocks new members"
    assert finding.evidence[0].field == "new_members_blocked"


@pytest.mark.parametrize(("count", "told"), [(1, "once"), (2, "2 times")])
def test_a_silent_primary_is_found(count: int, told: str) -> None:
    (finding,) = _audit("COOP018", _secondary("Retries: 0", f"Retries: {count}")).findings
    assert finding.message == f"key server of group G1 has asked a silent primary {told}"
    assert finding.evidence[0].field == "retries"


@pytest.mark.parametrize("code", ["COOP016", "COOP017", "COOP018"])
def test_a_secondary_in_order_is_all_right(code: str) -> None:
    report = _audit(code, {FILE: SECONDARY})
    assert (report.findings, report.not_checked) == ((), ())


def test_another_priority_than_the_configured_one_is_told() -> None:
    files = {"ks1.cfg": config(1, priority=99), FILE: coop(1, session(2))}
    (finding,) = _audit("COOP019", files).findings
    assert finding.message == "key server of group G1 runs with priority 100, configured is 99"
    assert finding.evidence[0].text == "local priority 99"
    assert finding.evidence[1].field == "priority"


def test_another_address_than_the_configured_one_is_told() -> None:
    files = {"ks1.cfg": config(1), FILE: coop(4, session(2))}
    (finding,) = _audit("COOP019", files).findings
    assert finding.message == (
        "key server of group G1 runs with address 10.10.4.1, configured is 10.10.1.1"
    )
    assert [each.kind for each in finding.evidence] == ["config", "show"]
    assert finding.evidence[1].field == "address"


def test_the_priority_that_no_line_sets_is_one() -> None:
    text = config(1).replace("   local priority 100\n", "")
    assert messages(_audit("COOP019", {"ks1.cfg": text, FILE: coop(1, session(2))})) == [
        "key server of group G1 runs with priority 100, configured is 1"
    ]


def test_a_priority_behind_a_cut_is_not_compared() -> None:
    text = CUT.replace("   local priority 100\n", "")
    report = _audit("COOP019", {"ks1.cfg": text, FILE: coop(1, session(2))})
    assert report.findings == ()
    assert reasons(report) == ["the block of group G1 is not known in full"]


def test_values_that_are_not_shown_are_not_compared() -> None:
    text = config(1, priority=99).replace("  address ipv4 10.10.1.1\n", "")
    assert messages(_audit("COOP019", {"ks1.cfg": text, FILE: coop(4, session(2))})) == [
        "key server of group G1 runs with priority 100, configured is 99"
    ]
    assert messages(_audit("COOP019", {"ks1.cfg": config(1), FILE: ALONE})) == []


def test_a_cooperation_that_is_not_configured_cannot_be_compared() -> None:
    cut = "version 17.9\n" + config(1).partition("  redundancy")[0]
    report = _audit("COOP019", {"ks1.cfg": cut, FILE: coop(1, session(2))})
    assert reasons(report) == ["the block of group G1 is not known in full"]
    removed = (
        config(1)
        .replace("  redundancy\n   local priority 100\n", "")
        .replace("   peer address ipv4 10.10.2.1\n", "")
    )
    report = _audit("COOP019", {"ks1.cfg": removed, FILE: coop(1, session(2))})
    assert reasons(report) == ["the configuration has no 'redundancy'"]


def test_a_peer_that_is_not_configured_is_a_stranger() -> None:
    files = {"ks1.cfg": config(1), FILE: coop(1, session(2), session(3))}
    (finding,) = _audit("COOP020", files).findings
    assert finding.message == "key server 10.10.3.1 is no configured peer of group G1"
    assert [each.text for each in finding.evidence] == ["Session 3:", "redundancy"]
    assert "If 10.10.3.1 is meant" in finding.remediation


def test_a_cooperation_that_was_taken_away_has_strangers_only() -> None:
    removed = (
        config(1)
        .replace("  redundancy\n   local priority 100\n", "")
        .replace("   peer address ipv4 10.10.2.1\n", "")
    )
    (finding,) = _audit("COOP020", {"ks1.cfg": removed, FILE: coop(1, session(2))}).findings
    assert finding.evidence[1].text == "crypto gdoi group G1"


def test_peers_behind_a_cut_are_no_strangers() -> None:
    report = _audit("COOP020", {"ks1.cfg": CUT, FILE: coop(1, session(2))})
    assert report.findings == ()
    assert reasons(report) == ["the block of group G1 is not known in full"]


UNSEEN = "no key server shows a peer whose configuration is known"


def _seen(priority: int, **files: str) -> dict[str, str]:
    """What ks1 shows of ks2, whose configuration says 75."""
    own = {"ks2.cfg": config(2, priority=75), FILE: coop(1, session(2, priority=priority))}
    return own | files


def test_a_peer_with_another_priority_than_it_has_is_told() -> None:
    report = _audit("COOP026", _seen(75))
    assert (report.findings, report.not_checked) == ((), ())
    (finding,) = _audit("COOP026", _seen(70)).findings
    assert finding.message == (
        "key server ks1 of group G1 sees ks2 with priority 70, configured is 75"
    )
    assert [(each.device, each.kind) for each in finding.evidence] == [
        ("ks1", "show"),
        ("ks2", "config"),
    ]
    assert "on key server ks1 with 'local priority' on ks2 in group\nG1," in finding.remediation


def test_priorities_of_peers_that_are_not_known_are_not_compared() -> None:
    assert reasons(_audit("COOP026", {FILE: coop(1, session(2))})) == [UNSEEN]
    assert reasons(_audit("COOP026", {"ks2.cfg": config(2)})) == [UNSEEN]
    other = {"ks2.cfg": config(2, priority=75), FILE: coop(1, session(3, priority=70))}
    assert reasons(_audit("COOP026", other)) == [UNSEEN]
    dead = _seen(70)
    dead[FILE] = dead[FILE].replace("Peer Priority: 70", "Peer Priority: Unknown")
    assert reasons(_audit("COOP026", dead)) == [UNSEEN]
    cut = "version 17.9\n" + config(2).partition("   local priority")[0]
    assert reasons(_audit("COOP026", _seen(70) | {"ks2.cfg": cut})) == [UNSEEN]
    known = "version 17.9\n" + config(2, priority=75).partition("   peer")[0]
    assert len(_audit("COOP026", _seen(70) | {"ks2.cfg": known}).findings) == 1


def test_the_priority_of_a_peer_without_line_is_one() -> None:
    bare = config(2).replace("   local priority 90\n", "")
    assert bare != config(2)
    (finding,) = _audit("COOP026", _seen(70) | {"ks2.cfg": bare}).findings
    assert finding.message.endswith("with priority 70, configured is 1")


def test_a_single_key_server_has_no_peers_to_see() -> None:
    report = _audit("COOP026", {FILE: ALONE})
    assert (report.findings, report.not_checked) == ((), ())
