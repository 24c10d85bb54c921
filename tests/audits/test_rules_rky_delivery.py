import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.settings import Settings

from .ks_texts import config, kek, members, policy, policy_file, tek
from .said import messages, reasons

FILE = "ks1/show crypto gdoi ks members.txt"
GAP = "the block of group G1 is not known in full"
CUT = "version 17.9\nhostname ks1\ncrypto gdoi group G1\n identity number 1001\n server local\n"
SILENT = CUT.removeprefix("version 17.9\n") + "  address ipv4 10.10.1.1\n"
UNICAST = "  rekey transport unicast\n"


def _audit(code: str, files: dict[str, str], settings: Settings | None = None) -> Report:
    return audit_example(registry()[code], files, settings)


def _members(*, duration: int = 10_000, again: int = 0, count: int = 1) -> dict[str, str]:
    text = members(*(f"10.20.{number}.1" for number in range(1, count + 1)))
    text = text.replace("10000 msec", f"{duration} msec")
    return {FILE: text.replace("last rekey for group G1 : 0", f"last rekey for group G1 : {again}")}


def _retransmit(words: str) -> dict[str, str]:
    return {"ks1.cfg": config(1).replace("rekey retransmit 60 number 2", words)}


@pytest.mark.parametrize(("duration", "found"), [(60_000, 0), (60_001, 1)])
def test_a_rekey_longer_than_the_interval_is_told(duration: int, found: int) -> None:
    report = _audit("RKY011", {"ks1.cfg": config(1)} | _members(duration=duration))
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == (
            "the last rekey of group G1 took 60001 ms, longer than the 60 s after which it is sent"
            " again"
        )
        assert [each.text for each in finding.evidence][1:] == ["rekey retransmit 60 number 2"]
        assert finding.evidence[0].field == "last_duration_ms"


def test_a_rekey_that_was_sent_again_takes_longer_for_that() -> None:
    report = _audit("RKY011", {"ks1.cfg": config(1)} | _members(duration=99_000, again=1))
    assert report.findings == ()
    assert reasons(report) == ["the last rekey was sent again, which takes its own time"]


def test_the_interval_that_no_line_sets_is_ten_seconds() -> None:
    bare = {"ks1.cfg": config(1).replace("  rekey retransmit 60 number 2\n", "")}
    assert messages(_audit("RKY011", bare | _members(duration=10_000))) == []
    (message,) = messages(_audit("RKY011", bare | _members(duration=10_001)))
    assert "longer than the 10 s" in message


def test_a_duration_without_interval_or_the_reverse_says_nothing() -> None:
    (reason,) = reasons(_audit("RKY011", _members(duration=99_000)))
    assert reason.startswith("there is no ")
    told = ["how long the last rekey took is not known"]
    assert reasons(_audit("RKY011", {"ks1.cfg": config(1)})) == told
    text = "".join(
        line
        for line in members("10.20.1.1").splitlines(keepends=True)
        if "Duration" not in line and "retransmits during" not in line
    )
    assert reasons(_audit("RKY011", {"ks1.cfg": config(1), FILE: text})) == told
    assert reasons(_audit("RKY012", {FILE: text})) == [
        "the retransmissions of the last rekey are not known"
    ]


@pytest.mark.parametrize("code", ["RKY011", "RKY012"])
@pytest.mark.parametrize("text", [SILENT, config(1).replace(UNICAST, "")])
def test_multicast_rekeys_and_none_are_not_retransmitted(code: str, text: str) -> None:
    files = {"ks1.cfg": text} | _members(duration=99_000, again=50)
    report = _audit(code, files)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["RKY011", "RKY012"])
def test_multicast_rekeys_are_known_from_show_output_too(code: str) -> None:
    shown = policy(1, kek(), tek()).replace(
        "transport type : Unicast", "transport type : Multicast"
    )
    assert "Multicast" in shown
    files = {policy_file(1): shown} | _members(duration=99_000, again=50)
    report = _audit(code, files)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["RKY011", "RKY012"])
def test_behind_a_cut_rekeys_may_be_unicast(code: str) -> None:
    files = {"ks1.cfg": CUT + "  rekey retransmit 60 number 2\n"}
    again = 50 if code == "RKY012" else 0
    assert messages(_audit(code, files | _members(duration=99_000, again=again)))


@pytest.mark.parametrize(
    ("again", "count", "found"), [(1, 20, 0), (2, 20, 1), (1, 19, 1), (0, 1, 0)]
)
def test_more_retransmissions_than_five_percent_of_the_members_are_told(
    again: int, count: int, found: int
) -> None:
    report = _audit("RKY012", _members(again=again, count=count))
    assert len(report.findings) == found
    assert report.not_checked == ()


def test_retransmissions_and_members_are_told() -> None:
    one = _audit("RKY012", _members(again=1))
    assert messages(one) == ["the last rekey of group G1 took 1 retransmission for 1 member"]
    assert one.findings[0].severity is Severity.MEDIUM
    assert one.findings[0].evidence[0].field == "last_retransmits"
    assert messages(_audit("RKY012", _members(again=7, count=2))) == [
        "the last rekey of group G1 took 7 retransmissions for 2 members"
    ]


def test_how_many_may_be_retransmitted_is_a_threshold() -> None:
    files = _members(again=1, count=10)
    assert messages(_audit("RKY012", files, Settings(rekey_retransmits_percent=9)))
    assert not messages(_audit("RKY012", files, Settings(rekey_retransmits_percent=10)))


def test_members_of_other_groups_do_not_count() -> None:
    (text,) = _members(again=1, count=20).values()
    other = text.replace("Group Name        : G1", "Group Name        : G2", 10)
    assert messages(_audit("RKY012", {FILE: other})) == [
        "the last rekey of group G1 took 1 retransmission for 10 members"
    ]


def test_a_list_that_is_not_whole_does_not_count_members() -> None:
    (text,) = _members(again=1).values()
    assert reasons(_audit("RKY012", {FILE: text + "and something else\n"})) == [
        "the retransmissions of the last rekey are not known"
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("10 number 1", None),
        ("60 number 10", None),
        ("9 number 2", "every 9 s, outside of 10 to 60 s"),
        ("61 number 2", "every 61 s, outside of 10 to 60 s"),
        ("30 number 0", "0 times, outside of 1 to 10"),
        ("30 number 11", "11 times, outside of 1 to 10"),
        ("5 number 11", "every 5 s, outside of 10 to 60 s and 11 times, outside of 1 to 10"),
        ("30 periodic", None),
        ("70 periodic", "every 70 s, outside of 10 to 60 s"),
    ],
)
def test_retransmission_has_a_range(words: str, told: str | None) -> None:
    report = _audit("RKY013", _retransmit(f"rekey retransmit {words}"))
    assert report.not_checked == ()
    if told is None:
        assert report.findings == ()
    else:
        (finding,) = report.findings
        assert finding.message == f"rekeys of group G1 are to be sent again {told}"
        assert finding.evidence[0].text == f"rekey retransmit {words}"
        assert finding.fixes == ()  # no device has such a line
        assert finding.remediation.splitlines() == [
            "crypto gdoi group G1",
            " server local",
            "  rekey retransmit 60 number 2",
        ]


def test_the_range_is_that_of_the_settings_where_it_is_mended() -> None:
    settings = Settings(retransmit_large_s=50, retransmit_large_count=3)
    (finding,) = _audit("RKY013", _retransmit("rekey retransmit 9 number 2"), settings).findings
    assert finding.remediation.endswith("\n  rekey retransmit 50 number 3")


def test_a_retransmission_that_is_not_configured_has_no_range() -> None:
    report = _audit("RKY013", {"ks1.cfg": SILENT})
    assert (report.findings, report.not_checked) == ((), ())
    assert reasons(_audit("RKY013", {"ks1.cfg": CUT})) == [GAP]
    assert reasons(_audit("RKY013", {policy_file(1): policy(1)})) == ["there is no configuration"]


def _policy(lines: int) -> dict[str, str]:
    permits = "".join(f" permit ip 10.{n}.0.0 0.0.255.255 any\n" for n in range(lines))
    head, _, _ = config(1).partition(" deny udp any any eq 848")
    return {"ks1.cfg": head + permits}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (23, None),
        (24, "take at least 1440 bytes in a message: 2 packets"),
        (46, "take at least 2760 bytes in a message: 2 packets"),
        (47, "take at least 2820 bytes in a message: 3 packets"),
    ],
)
def test_a_long_policy_takes_several_packets(lines: int, told: str | None) -> None:
    report = _audit("RKY014", _policy(lines))
    assert report.not_checked == ()
    if told is None:
        assert report.findings == ()
    else:
        (finding,) = report.findings
        assert finding.message == f"the {lines} lines of the policy of group G1 {told}"
        assert finding.device == "ks1"
        assert finding.remediation.startswith("Summarise POLICY,")


def test_the_size_of_a_packet_is_a_threshold() -> None:
    exact = Settings(rekey_packet_bytes=600)
    assert messages(_audit("RKY014", _policy(10), exact)) == []
    assert messages(_audit("RKY014", _policy(11), exact))


def test_a_policy_that_nothing_tells_has_no_size() -> None:
    assert reasons(
        _audit("RKY014", {"ks1.cfg": CUT + "  sa ipsec 10\n   match address ipv4 POLICY\n"})
    )


MULTICAST = config(1).replace(UNICAST, "  rekey address ipv4 REKEY-MCAST\n")
LIST = "ip access-list extended REKEY-MCAST\n"
FIRST = " permit udp host 10.10.1.1 eq 848 host 239.10.10.1 eq 848\n"
SECOND = " permit udp host 10.10.2.1 eq 848 host 239.10.10.1 eq 848\n"


def _sources(*lines: str, text: str = MULTICAST) -> Report:
    return _audit("RKY015", {"ks1.cfg": text + LIST + "".join(lines)})


def test_all_key_servers_may_send_multicast_rekeys() -> None:
    report = _sources(FIRST, SECOND)
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(("line", "absent"), [(FIRST, "10.10.2.1"), (SECOND, "10.10.1.1")])
def test_a_key_server_that_the_list_leaves_out_is_told(line: str, absent: str) -> None:
    (finding,) = _sources(line).findings
    assert finding.message == (
        f"access list REKEY-MCAST permits no multicast rekeys of group G1 from key server {absent}"
    )
    assert [each.text for each in finding.evidence] == [
        "ip access-list extended REKEY-MCAST",
        "rekey address ipv4 REKEY-MCAST",
    ]
    (fix,) = finding.fixes
    assert (fix.device, fix.grade) == ("ks1", Grade.REKEY)
    assert fix.lines == (
        "ip access-list extended REKEY-MCAST",
        f" permit udp host {absent} eq 848 host 239.10.10.1 eq 848",
    )


@pytest.mark.parametrize(
    "line",
    [
        " permit udp 10.10.0.0 0.0.255.255 host 239.10.10.1\n",
        " permit ip any 224.0.0.0 15.255.255.255\n",
        " permit udp any host 239.255.255.255\n",
        " permit udp object-group SERVERS host 239.10.10.1\n",
    ],
)
def test_a_wider_source_takes_them_all_in(line: str) -> None:
    assert messages(_sources(line)) == []


def test_all_key_servers_that_a_list_leaves_out_are_told_at_once() -> None:
    (finding,) = _sources(" permit udp host 10.10.9.9 host 239.10.10.1\n").findings
    assert finding.message.endswith("from key servers 10.10.1.1 and 10.10.2.1")
    assert finding.remediation.count("host 239.10.10.1 eq 848") == 2
    assert len(finding.fixes[0].lines) == 3


@pytest.mark.parametrize(
    "line",
    [
        " permit udp host 10.10.2.1 host 223.255.255.255\n",
        " permit udp host 10.10.2.1 host 240.0.0.1\n",
        " permit tcp host 10.10.2.1 host 239.10.10.1\n",
        " permit udp host 10.10.2.1 object-group TARGETS\n",
        " deny udp host 10.10.2.1 host 239.10.10.1\n",
    ],
)
def test_what_is_no_multicast_by_udp_is_no_rekey(line: str) -> None:
    (finding,) = _sources(FIRST, line).findings
    assert "from key server 10.10.2.1" in finding.message


def test_a_range_of_multicast_groups_is_not_typed_for_people() -> None:
    (finding,) = _sources(" permit udp host 10.10.1.1 239.10.0.0 0.0.255.255\n").findings
    assert finding.fixes == ()
    assert finding.remediation.endswith("host <multicast group> eq 848")


def test_a_list_without_multicast_is_left_to_another_rule() -> None:
    assert messages(_sources(" permit udp host 10.10.1.1 host 10.10.9.1\n")) == []


def test_a_single_key_server_sends_alone() -> None:
    alone = MULTICAST.replace("  redundancy\n   local priority 100\n", "").replace(
        "   peer address ipv4 10.10.2.1\n", ""
    )
    assert messages(_sources(FIRST, text=alone)) == []
    nameless = alone.replace("  address ipv4 10.10.1.1\n", "")
    assert messages(_sources(SECOND, text=nameless)) == []


def test_an_ipv6_peer_is_in_no_list_of_ipv4() -> None:
    text = MULTICAST.replace("peer address ipv4 10.10.2.1", "peer address ipv6 2001:DB8::2")
    assert messages(_sources(FIRST, text=text)) == []


def test_unicast_rekeys_have_no_list() -> None:
    both = MULTICAST.replace("  rekey address", "  rekey transport unicast\n  rekey address")
    for text in (config(1), SILENT, both):
        report = _sources(FIRST, text=text)
        assert (report.findings, report.not_checked) == ((), ())


def test_a_list_that_is_not_known_is_not_checked() -> None:
    told = ["access list REKEY-MCAST is not known in full"]
    assert reasons(_audit("RKY015", {"ks1.cfg": MULTICAST})) == told
    assert reasons(_sources(FIRST, " permit udp what is this\n")) == told
    assert reasons(_audit("RKY015", {"ks1.cfg": CUT})) == [GAP]
    assert reasons(_audit("RKY015", {policy_file(1): policy(1)})) == ["there is no configuration"]
