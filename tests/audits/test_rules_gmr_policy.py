import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Severity

from .ks_texts import config, coop, coop_file, session
from .said import messages, reasons

MEMBER = (
    "version 17.9\nhostname gm1\n"
    "crypto ipsec transform-set T1 esp-aes esp-sha256-hmac\n"
    "crypto ipsec transform-set T2 esp-aes 256 esp-sha256-hmac\n"
    "crypto gdoi group G1\n identity number 1001\n server address ipv4 10.10.1.1\n"
)
SERVER = {"ks1.cfg": config(1)}
FILE = "gm1/show crypto gdoi gm dataplane counters.txt"
UNKNOWN = "the transform sets that are compared are not known"


def _audit(code: str, files: dict[str, str]) -> Report:
    return audit_example(registry()[code], files)


def _member(*lines: str, end: str = "end\n") -> dict[str, str]:
    return {"gm1.cfg": MEMBER + "".join(f" client {line}\n" for line in lines) + end}


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("rekey encryption aes 256",),
        ("rekey encryption aes 128 aes 256",),
        ("rekey hash sha256",),
        ("rekey hash sha sha256",),
        ("transform-sets T2",),
        ("transform-sets T1 T2",),
        ("rekey encryption aes 256", "rekey hash sha256", "transform-sets T2"),
    ],
)
def test_members_that_take_what_is_used_are_all_right(lines: tuple[str, ...]) -> None:
    report = _audit("GMR015", SERVER | _member(*lines))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("line", "told", "missing"),
    [
        ("rekey encryption aes 128 aes 192", "rekeys encrypted with aes 256", "aes 256"),
        ("rekey hash sha", "rekeys signed with sha256", "sha256"),
        (
            "transform-sets T1",
            "traffic keys for esp-aes 256 esp-sha256-hmac",
            "esp-aes 256 esp-sha256-hmac",
        ),
    ],
)
def test_a_member_that_refuses_what_is_used_is_told(line: str, told: str, missing: str) -> None:
    (finding,) = _audit("GMR015", SERVER | _member(line)).findings
    assert finding.message == f"member of group G1 refuses {told}, which its key server uses"
    assert (finding.device, finding.severity) == ("gm1", Severity.HIGH)
    assert [each.device for each in finding.evidence] == ["gm1", "ks1"]
    assert finding.evidence[0].text == f"client {line}"
    words = line.rpartition(" ")[0] if "transform" in line else " ".join(line.split()[:2])
    assert finding.remediation.startswith(f"Add {missing} to 'client {words}' of group G1")


def test_each_list_is_told_for_itself() -> None:
    lines = ("rekey encryption aes 128", "rekey hash sha", "transform-sets T1")
    assert len(_audit("GMR015", SERVER | _member(*lines)).findings) == 3


def test_a_member_is_compared_with_its_own_key_servers_only() -> None:
    other = config(3, 4, group="OTHER").replace("aes 256", "aes 128")
    line = "rekey encryption aes 128"
    report = _audit("GMR015", {"ks3.cfg": other} | _member(line))
    assert report.findings == ()
    assert reasons(report) == ["no key server that it lists is known"]
    assert len(_audit("GMR015", {"ks3.cfg": other} | SERVER | _member(line)).findings) == 1


def test_algorithms_that_are_not_known_are_not_compared() -> None:
    shown = {coop_file(1): coop(1, session(2))}
    told = "the algorithms of its key servers are not known"
    assert reasons(_audit("GMR015", shown | _member("rekey encryption aes 256"))) == [told]
    assert reasons(_audit("GMR015", shown | _member("rekey hash sha256"))) == [told]
    assert reasons(_audit("GMR015", shown | _member("transform-sets T2"))) == [UNKNOWN]
    assert reasons(_audit("GMR015", SERVER | _member("transform-sets T1 T9"))) == [UNKNOWN]


def test_lists_behind_a_cut_may_be_there() -> None:
    told = ["the block of group G1 is not known in full"]
    assert reasons(_audit("GMR015", SERVER | _member(end=""))) == told
    report = _audit("GMR015", SERVER | _member("rekey hash sha256", end=""))
    assert (report.findings, report.not_checked) == ((), ())
    state = registry()["GMR008"].good
    assert reasons(_audit("GMR015", SERVER | dict(state))) == ["there is no configuration"]


(CLEAN,) = registry()["GMR016"].good.values()


def _counters(**counts: int) -> dict[str, str]:
    text = CLEAN.removeprefix("\n")
    for name, count in counts.items():
        label = name.replace("_", " ")
        (found,) = [part for part in text.split("#pkts ") if part.startswith(label)]
        new = found.replace(": 0", f": {count}") if ": 0" in found else f"{label} : {count}\n"
        text = text.replace(f"#pkts {found}", f"#pkts {new}")
    return {FILE: text}


def test_packets_that_get_through_are_all_right() -> None:
    report = _audit("GMR016", _counters())
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("label", "what", "field"),
    [
        ("no_sa", "without SA", "no_sa"),
        ("invalid_sa", "with unknown SPI", "invalid_sa"),
        ("encaps_fail", "not encapsulated", "encapsulation_failed"),
        ("decap_fail", "not decapsulated", "decapsulation_failed"),
        ("invalid_prot", "of a wrong protocol", "invalid_protocol"),
        ("verify_fail", "not verified", "verification_failed"),
        ("internal_err_(send)", "by internal errors when sent", "internal_errors_sent"),
        ("internal_err_(rcv)", "by internal errors when received", "internal_errors_received"),
    ],
)
def test_lost_packets_are_told_by_their_counter(label: str, what: str, field: str) -> None:
    (finding,) = _audit("GMR016", _counters(**{label: 90_000})).findings
    assert finding.message == f"group G1 lost 90000 packets: 90000 {what}"
    assert [each.field for each in finding.evidence] == [field]
    assert finding.severity is Severity.MEDIUM


def test_counters_are_added_up() -> None:
    (finding,) = _audit("GMR016", _counters(no_sa=40_000, verify_fail=50_000)).findings
    assert finding.message == ("group G1 lost 90000 packets: 40000 without SA, 50000 not verified")
    assert len(finding.evidence) == 2


@pytest.mark.parametrize(("lost", "severity"), [(42, Severity.LOW), (43, Severity.MEDIUM)])
def test_one_packet_of_a_thousand_is_a_note(lost: int, severity: Severity) -> None:
    (text,) = _counters(no_sa=lost).values()
    text = text.replace(": 21592009", ": 40000").replace(": 20871554", ": 2000")
    (finding,) = _audit("GMR016", {FILE: text}).findings
    assert finding.severity is severity


def test_packets_without_tag_are_not_lost() -> None:
    assert messages(_audit("GMR016", _counters(not_tagged=5_000_000))) == []


def test_a_member_without_counters_is_not_checked() -> None:
    assert reasons(_audit("GMR016", _member())) == [
        "there is no 'show crypto gdoi gm dataplane counters'"
    ]
