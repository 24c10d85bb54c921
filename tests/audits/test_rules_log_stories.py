"""Rules about logs that look at more than one message."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity
from getvpn.audits.settings import Settings

from .log_texts import line, log
from .said import messages

REGISTERED = (
    "GDOI-5-GM_REGS_COMPL: Registration to KS 10.10.1.1 complete for group {group} using address"
    " 10.20.1.1"
)
START = (
    "CRYPTO-5-GM_REGSTER: Start registration to KS 10.10.1.1 for group {group} using address"
    " 10.20.1.1"
)
REFUSED = "CRYPTO-6-IKMP_MODE_FAILURE: Processing of GDOI mode failed with peer at 10.10.1.1"
REKEY = (
    "GDOI-5-GM_RECV_REKEY: Received Rekey for group {group} from 10.10.1.1 to 10.20.1.1 with seq #"
    " {number}"
)
CHANGED = "GDOI-5-POLICY_CHANGE: GDOI group {group} policy has changed. Use 'crypto gdoi ks rekey'"
SENT = (
    "GDOI-5-KS_SEND_{kind}_REKEY: Sending {kind} Rekey for group {group} from address 10.10.1.1"
    " with seq # 2"
)
PEER = "10.10.2.1"
LOST = "GDOI-3-COOP_KS_UNREACH: Cooperative KS {peer} Unreachable in group G1. IKE SA Status = x"
BACK = "GDOI-5-COOP_KS_REACH: Reachability restored with Cooperative KS {peer} in group G1."
PRIMARY = "GDOI-5-COOP_KS_TRANS_TO_PRI: KS 10.10.1.1 in group {group} transitioned to Primary"


def _audit(code: str, *texts: str, settings: Settings | None = None) -> Report:
    lines = [line(text, f"Mar  1 10:00:{second:02}.000") for second, text in enumerate(texts)]
    return audit_example(registry()[code], log(*lines), settings)


def _severity(report: Report) -> Severity:
    (finding,) = report.findings
    return finding.severity


def test_a_refusal_is_less_severe_once_the_member_has_registered_again() -> None:
    done = REGISTERED.format(group="G1")
    assert _severity(_audit("LOG002", done, REFUSED)) is Severity.HIGH
    report = _audit("LOG002", REFUSED, done)
    assert _severity(report) is Severity.MEDIUM
    assert "refused rekeys, before a registration: once" in messages(report)[0]
    assert _severity(_audit("LOG002", REFUSED, done, REFUSED)) is Severity.HIGH


def test_a_registration_of_another_group_mends_no_refusal() -> None:
    refusal = "GDOI-3-GDOI_REKEY_FAILURE: Processing of REKEY payloads failed on GM in group G1"
    other, own = (REGISTERED.format(group=group) for group in ("G2", "G1"))
    assert _severity(_audit("LOG002", refusal, other)) is Severity.HIGH
    assert _severity(_audit("LOG002", refusal, own)) is Severity.MEDIUM


def test_registrations_are_no_refusals() -> None:
    report = _audit("LOG002", REGISTERED.format(group="G1"))
    assert report.findings == ()
    assert report.not_checked == ()


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ((1, 2, 3), []),
        ((1, 3), ["2"]),
        ((1, 4), ["2 to 3"]),
        ((1, 4, 5, 9), ["2 to 3", "6 to 8"]),
        ((9, 0, 1), []),
        ((7, 7), []),
    ],
)
def test_numbers_between_two_rekeys_are_missing(
    numbers: tuple[int, ...], missing: list[str]
) -> None:
    report = _audit("LOG003", *(REKEY.format(group="G1", number=each) for each in numbers))
    told = [each.partition("without number ")[2].partition(":")[0] for each in messages(report)]
    assert told == missing
    assert report.not_checked == ()


def test_the_numbers_of_each_group_are_their_own() -> None:
    texts = [REKEY.format(group=group, number=each) for each, group in ((1, "G1"), (7, "G2"))]
    assert messages(_audit("LOG003", *texts)) == []


def test_a_rekey_without_number_is_passed_over() -> None:
    texts = [REKEY.format(group="G1", number=each) for each in (1, "x", 2)]
    assert messages(_audit("LOG003", *texts)) == []


@pytest.mark.parametrize(("starts", "found"), [(3, 0), (4, 1)])
def test_a_round_of_registrations_is_allowed(starts: int, found: int) -> None:
    begun, done = START.format(group="G1"), REGISTERED.format(group="G1")
    texts = (begun, done, *[begun] * starts)
    report = _audit("LOG004", *texts)
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        assert "registrations that were not completed: 4 times (GM_REGSTER)" in messages(report)[0]
    assert messages(_audit("LOG004", *texts, done)) == []


def test_how_many_registrations_are_allowed_is_a_threshold() -> None:
    begun = START.format(group="G1")
    assert _audit("LOG004", begun, settings=Settings(registrations_open_max=1)).findings == ()
    assert _audit("LOG004", begun, begun, settings=Settings(registrations_open_max=1)).findings


def test_the_devices_that_were_refused_are_named_up_to_three() -> None:
    refused = (
        "GDOI-1-UNAUTHORIZED_IPADDR: Group G1 received registration from unauthorized ip address: "
    )
    few = _audit("LOG007", *(f"{refused}10.20.9.{n}" for n in (1, 2, 1, 3)))
    assert " registrations from 10.20.9.1, 10.20.9.2, 10.20.9.3: 4 times" in messages(few)[0]
    many = _audit("LOG007", *(f"{refused}10.20.9.{n}" for n in (1, 2, 3, 4, 5)))
    assert " from 10.20.9.1, 10.20.9.2, 10.20.9.3 and 2 more: 5 times" in messages(many)[0]


@pytest.mark.parametrize("kind", ["UNICAST", "MCAST"])
def test_a_rekey_after_it_sends_a_change(kind: str) -> None:
    changed, sent = CHANGED.format(group="G1"), SENT.format(group="G1", kind=kind)
    assert messages(_audit("LOG011", changed, changed, sent)) == []
    (message,) = messages(_audit("LOG011", changed, sent, changed, changed))
    assert "changes that no rekey has followed: twice (POLICY_CHANGE)" in message
    other = SENT.format(group="G2", kind=kind)
    assert len(messages(_audit("LOG011", changed, other))) == 1
    report = _audit("LOG011", sent)
    assert (report.findings, report.not_checked) == ((), ())


def test_a_peer_that_was_lost_and_is_back_is_a_hint_only() -> None:
    lost, back = LOST.format(peer=PEER), BACK.format(peer=PEER)
    report = _audit("LOG013", back, lost)
    assert _severity(report) is Severity.HIGH
    assert "tells of peer 10.10.2.1, lost: once (COOP_KS_UNREACH)" in messages(report)[0]
    assert "between the key server and 10.10.2.1 (" in report.findings[0].remediation
    report = _audit("LOG013", lost, lost, back)
    assert _severity(report) is Severity.LOW
    assert "peer 10.10.2.1, lost, and back since: twice (COOP_KS_UNREACH)" in messages(report)[0]
    report = _audit("LOG013", back)
    assert (report.findings, report.not_checked) == ((), ())


def test_another_peer_that_is_back_does_not_count_for_one_that_is_lost() -> None:
    report = _audit("LOG013", LOST.format(peer=PEER), BACK.format(peer="10.10.3.1"))
    assert _severity(report) is Severity.HIGH


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 1)])
def test_a_key_server_may_become_the_primary_now_and_then(count: int, found: int) -> None:
    report = _audit("LOG014", *[PRIMARY.format(group="G1")] * count, PRIMARY.format(group="G2"))
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        told = "changes of the primary: 3 times (COOP_KS_TRANS_TO_PRI)"
        assert told in messages(report)[0]


def test_how_often_the_primary_may_change_is_a_threshold() -> None:
    once = PRIMARY.format(group="G1")
    assert _audit("LOG014", once, settings=Settings(coop_elections_max=0)).findings
    assert _audit("LOG014", once, settings=Settings(coop_elections_max=1)).findings == ()


def _failed(mine: object, its: object, source: str) -> str:
    return (
        f"GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has failed in group G1 from"
        f" sourceip-address {source}. my_pseudotime is {mine} secs, peer_pseudotime is {its} secs,"
        f" replay_window is 5 (second)"
    )


def test_the_widest_gap_of_pseudotimes_is_told() -> None:
    near, far = _failed(100.0, 109.5, "10.20.2.1"), _failed(200.0, 170.0, "10.20.3.1")
    for texts in ((near, far), (far, near)):
        (message,) = messages(_audit("LOG018", *texts))
        assert "failed replay checks, the widest 30 s from 10.20.3.1: twice" in message


def test_a_failed_check_without_pseudotimes_has_no_gap() -> None:
    for text in (_failed("x", 5.0, PEER), _failed(5.0, "x", PEER)):
        (message,) = messages(_audit("LOG018", text))
        assert "failed replay checks: once" in message


def test_a_map_that_is_attached_again_is_all_right() -> None:
    texts = [
        f"GDOI-5-GM_CM_{what}: Crypto map changed for group G1" for what in ("DETACH", "ATTACH")
    ]
    report = _audit("LOG024", *texts)
    assert (report.findings, report.not_checked) == ((), ())
    (message,) = messages(_audit("LOG024", *texts, texts[0]))
    assert "a detached crypto map: once (GM_CM_DETACH)" in message


INSTALLED = (
    "GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies from KS"
    " 10.10.1.1 for group G1 & gm identity 10.20.1.1"
)
EXPIRED = "GDOI-5-GM_DELETE_EXPIRED_{kind}: {kind} for group G1 was deleted"


@pytest.mark.parametrize(
    ("story", "count"),
    [
        ("rekey TEK", 0),
        ("registered KEK TEK", 0),
        ("TEK", 1),
        ("rekey TEK TEK", 1),
        ("rekey TEK rekey TEK registered KEK", 0),
        ("rekey KEK KEK TEK TEK KEK", 3),
        ("TEK rekey TEK TEK", 1),
        ("TEK KEK", 2),
        ("TEK TEK rekey", 1),
        ("installed TEK", 0),
        ("installed TEK TEK", 1),
    ],
)
def test_a_key_may_expire_once_its_successor_has_come(story: str, count: int) -> None:
    texts = {
        "rekey": REKEY.format(group="G1", number=1),
        "registered": REGISTERED.format(group="G1"),
        "installed": INSTALLED,
        "TEK": EXPIRED.format(kind="TEK"),
        "KEK": EXPIRED.format(kind="KEK"),
    }
    report = _audit("LOG005", *(texts[word] for word in story.split()))
    assert report.not_checked == ()
    assert len(report.findings) == bool(count)
    if count:
        times = {1: "once", 2: "twice", 3: "3 times"}[count]
        assert f"keys that expired without a successor: {times}" in messages(report)[0]


def test_what_a_full_buffer_has_dropped_may_have_been_the_successor() -> None:
    lines = [line(EXPIRED.format(kind="TEK"), "Mar  1 10:00:00.000")]
    lines += [line(REFUSED, f"Mar  1 10:{minute:02}:00.000") for minute in range(1, 40)]
    (name, text), *_ = log(*lines).items()
    full = text.replace("(100000 bytes)", "(4096 bytes)")
    assert audit_example(registry()["LOG005"], {name: text}).findings
    assert not audit_example(registry()["LOG005"], {name: full}).findings


AGAIN = REGISTERED.replace("10.20.1.1", "{member}")


@pytest.mark.parametrize(
    ("story", "count"),
    [
        ("1 1 1", 0),
        ("1 1 1 1", 4),
        ("1 1 rekey 1 1 1", 0),
        ("1 1 rekey 1 1 1 1 1", 5),
        ("1 1 1 1 1 rekey 1", 5),
        ("1 2 1 2 1 2", 0),
        ("1 2 1 2 1 2 1", 4),
        ("rekey", 0),
    ],
)
def test_registrations_without_a_rekey_in_between_are_counted(story: str, count: int) -> None:
    texts = {
        "rekey": REKEY.format(group="G1", number=1),
        "1": AGAIN.format(group="G1", member="10.20.1.1"),
        "2": AGAIN.format(group="G1", member="10.20.1.2"),
    }
    report = _audit("LOG026", *(texts[word] for word in story.split()))
    assert report.not_checked == ()
    assert len(report.findings) == bool(count)
    if count:
        told = f"registrations without a rekey in between: {count} times (GM_REGS_COMPL)"
        assert told in messages(report)[0]


def test_how_often_a_member_may_register_is_a_threshold() -> None:
    text = REGISTERED.format(group="G1")
    assert _audit("LOG026", text, text, settings=Settings(registrations_open_max=1)).findings
    assert not _audit("LOG026", text, settings=Settings(registrations_open_max=1)).findings


def test_registrations_of_groups_are_counted_for_themselves() -> None:
    texts = [REGISTERED.format(group=group) for group in ("G1", "G2")] * 3
    assert messages(_audit("LOG026", *texts)) == []


def test_messages_that_are_alike_count_each() -> None:
    text = line("GDOI-4-GM_RE_REGISTER: for group G1")
    (message,) = messages(audit_example(registry()["LOG001"], log(text, text, text)))
    assert "3 times (GM_RE_REGISTER)" in message
