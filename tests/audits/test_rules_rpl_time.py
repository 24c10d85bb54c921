import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.settings import Settings

from .ks_texts import ALONE, config, coop, coop_file, pair, session
from .said import messages, reasons

GAP = "the block of group G1 is not known in full"
CUT = "version 17.9\n" + config(1).partition("   peer")[0]
FILE = "gm1/show crypto gdoi gm replay.txt"
STATUS = "gm1/show crypto gdoi.txt"
KS_FILE = "ks{}/show crypto gdoi ks replay.txt"
MEMBER = {
    "gm1.cfg": "hostname gm1\ncrypto gdoi group G1\n identity number 1001\n"
    " server address ipv4 10.10.1.1\n"
}
ERROR = "    19:29:32.081 EST Wed Nov 13 2013: src={}; my_pst={} secs; peer_pst={} secs; win=5\n"


def _audit(code: str, files: dict[str, str], settings: Settings | None = None) -> Report:
    return audit_example(registry()[code], files, settings)


def _window(words: str) -> dict[str, str]:
    return {"ks1.cfg": config(1).replace("replay time window-size 5", words)}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("replay time window-size 20", 0),
        ("replay time window-size 21", 1),
        ("replay counter window-size 64", 0),
        ("no replay", 0),
    ],
)
def test_a_window_of_time_is_short(words: str, found: int) -> None:
    report = _audit("RPL002", _window(words))
    assert len(report.findings) == found
    assert report.not_checked == ()


def test_a_wide_window_is_told_with_the_lines_that_mend_it() -> None:
    text = _window("replay time window-size 100")["ks1.cfg"].replace("crypto gdoi", "crypto gkm")
    (finding,) = _audit("RPL002", {"ks1.cfg": text}).findings
    assert finding.message == "the replay window of 'sa ipsec 10' of group G1 is 100 s"
    assert finding.evidence[0].text == "replay time window-size 100"
    (fix,) = finding.fixes
    assert fix.grade is Grade.REKEY
    assert fix.lines == (
        "crypto gkm group G1",
        " server local",
        "  sa ipsec 10",
        "   replay time window-size 5",
    )


def test_how_wide_a_window_may_be_is_a_threshold() -> None:
    assert messages(
        _audit("RPL002", _window("replay time window-size 5"), Settings(replay_window_max_s=4))
    )
    assert not messages(
        _audit("RPL002", _window("replay time window-size 5"), Settings(replay_window_max_s=5))
    )


def test_windows_behind_a_cut_are_not_checked() -> None:
    assert reasons(_audit("RPL002", {"ks1.cfg": CUT})) == [GAP]


STATUS_OF_SERVER = """\
GROUP INFORMATION

    Group Name               : G1 (Unicast)
    Group Identity           : 1001
    Group Members            : 2
    IPSec SA Direction       : Both
    Active Group Server      : Local
    Group Rekey Lifetime     : 86400 secs
    Rekey Retransmit Period  : 10 secs
    Rekey Retransmit Attempts: 2

      IPSec SA Number        : 10
      IPSec SA Rekey Lifetime: 3600 secs
      Profile Name           : PROF
      Replay method          : {method}
      Replay Window Size     : {window}
      ACL Configured         : access-list POLICY

     Group Server list       : Local
"""


@pytest.mark.parametrize(
    ("method", "window", "found"),
    [("Time Based", 20, 0), ("Time Based", 21, 1), ("Count Based", 64, 0)],
)
def test_output_tells_the_window_too(method: str, window: int, found: int) -> None:
    text = STATUS_OF_SERVER.format(method=method, window=window)
    report = _audit("RPL002", {"ks1/show crypto gdoi.txt": text})
    assert len(report.findings) == found
    assert report.not_checked == ()
    if found:
        (finding,) = report.findings
        assert finding.message == "the replay window of 'sa ipsec 10' of group G1 is 21 s"
        assert finding.evidence[0].field == "replay_window"
        assert finding.fixes[0].lines[2] == "  sa ipsec 10"


def test_without_output_of_the_window_it_is_not_checked() -> None:
    report = _audit("RPL002", {coop_file(1): coop(1, session(2))})
    assert reasons(report) == ["there is no configuration or 'show crypto gdoi'"]


def _replay(**fields: object) -> dict[str, str]:
    text = registry()["RPL003"].good[FILE].removeprefix("\n")
    for label, value in fields.items():
        words = label.replace("_", " ")
        assert f"{words} : 0" in text
        text = text.replace(f"{words} : 0", f"{words} : {value}", 1)
    return {FILE: text}


@pytest.mark.parametrize("code", ["RPL003", "RPL004"])
def test_a_clean_state_is_all_right(code: str) -> None:
    report = _audit(code, _replay())
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["RPL003", "RPL004"])
def test_a_group_without_time_based_replay_refuses_nothing(code: str) -> None:
    off = "Anti-replay Information For Group G1:\nTimebased Replay:\n         is not enabled\n\n"
    report = _audit(code, {FILE: off})
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize("code", ["RPL003", "RPL004"])
def test_without_its_state_a_member_is_not_checked(code: str) -> None:
    assert reasons(_audit(code, MEMBER)) == ["there is no 'show crypto gdoi gm replay'"]


def test_refused_packets_are_told_by_direction() -> None:
    both = _audit("RPL003", _replay(Input_Error_Packets=31, Output_Error_Packets=2)).findings
    assert sorted((each.message, each.evidence[0].field) for each in both) == [
        ("replay protection of group G1 refused 2 packets to be sent", "output_errors"),
        ("replay protection of group G1 refused 31 packets received", "input_errors"),
    ]
    assert {each.severity for each in both} == {Severity.MEDIUM}


def test_the_furthest_sender_of_the_history_is_told() -> None:
    (text,) = _replay(Input_Error_Packets=2).values()
    near, far = ERROR.format("10.20.1.9", 100.0, 110.0), ERROR.format("10.20.2.9", 300.0, 100.0)
    for history in (near + far, far + near):
        listed = text.replace("    No TBAR errors detected\n", history)
        (message,) = messages(_audit("RPL003", {FILE: listed}))
        assert message.endswith("2 packets received; the furthest were 200 s away, from 10.20.2.9")


@pytest.mark.parametrize(("count", "errors"), [(1, "1 error"), (3, "3 errors")])
def test_errors_of_the_clock_are_told(count: int, errors: str) -> None:
    report = _audit("RPL004", _replay(Time_Sync_Error=count))
    assert messages(report) == [f"the pseudotime of group G1 was set with {errors}"]
    assert report.findings[0].evidence[0].field == "time_sync_errors"


def test_the_widest_step_of_the_clock_is_told() -> None:
    (text,) = _replay(Time_Sync_Error=2).values()
    text = text.replace("Max time delta : 0.00", "Max time delta : 0.25")
    assert messages(_audit("RPL004", {FILE: text})) == [
        "the pseudotime of group G1 was set with 2 errors, by up to 0.25 s"
    ]
    (quiet,) = _replay().values()
    quiet = quiet.replace("Max time delta : 0.00", "Max time delta : 0.25")
    assert messages(_audit("RPL004", {FILE: quiet})) == []


def _pseudotimes(*values: str) -> dict[str, str]:
    text = "Anti-replay Information For Group G1:\nTimebased Replay:\nReplay Value : {} secs\n"
    return {KS_FILE.format(n): text.format(value) for n, value in enumerate(values, 1)}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("1000.0", "1600.0"), 0),
        (("1000.0", "1600.5"), 1),
        (("1600.5", "1000.0"), 1),
        (("1000.0", "1300.0", "1601.0"), 1),
        (("1000.0",), 0),
    ],
)
def test_pseudotimes_are_compared(values: tuple[str, ...], found: int) -> None:
    report = _audit("RPL005", _pseudotimes(*values))
    assert len(report.findings) == found
    assert report.not_checked == ()


def test_the_widest_gap_of_pseudotimes_is_told_with_both_proofs() -> None:
    (finding,) = _audit("RPL005", _pseudotimes("5000.0", "1000.0", "3000.0")).findings
    assert finding.message == (
        "the pseudotimes of group G1 on key servers ks2 and ks1 are 4000 s apart; outputs taken"
        " that long one after the other explain it"
    )
    assert [(each.device, each.field) for each in finding.evidence] == [
        ("ks2", "pseudotime_s"),
        ("ks1", "pseudotime_s"),
    ]


def test_how_far_pseudotimes_may_be_apart_is_a_threshold() -> None:
    files = _pseudotimes("1000.0", "1030.0")
    assert messages(_audit("RPL005", files, Settings(pseudotime_apart_max_s=29)))
    assert not messages(_audit("RPL005", files, Settings(pseudotime_apart_max_s=30)))


def test_a_key_server_that_shows_no_pseudotime_is_not_compared() -> None:
    told = "there is no 'show crypto gdoi ks replay'"
    assert reasons(_audit("RPL005", pair())) == [told, told]
    assert reasons(_audit("RPL005", MEMBER)) == [
        "there is no configuration of a key server of this group"
    ]
    assert reasons(_audit("RPL005", {coop_file(1): ALONE})) == []
    alone = config(1).partition("  redundancy\n")[0]
    assert reasons(_audit("RPL005", {"ks1.cfg": alone})) == []
    off = "Anti-replay Information For Group G1:\nTimebased Replay:\n         is not enabled\n"
    report = _audit("RPL005", _pseudotimes("1000.0") | {KS_FILE.format(2): off})
    assert (report.findings, report.not_checked) == ((), ())


def _key(protection: str) -> dict[str, str]:
    text = registry()["RPL006"].good[STATUS].removeprefix("\n")
    old = "        Anti-Replay(Time Based) : 5 sec interval\n"
    assert old in text
    return {STATUS: text.replace(old, f"        {protection}\n" if protection else "")}


def test_keys_with_the_configured_window_are_all_right() -> None:
    report = _audit(
        "RPL006", {"ks1.cfg": config(1)} | _key("Anti-Replay(Time Based) : 5 sec interval")
    )
    assert (report.findings, report.not_checked) == ((), ())
    counted = _window("replay counter window-size 128") | _key("Anti-Replay(Counter Based) : 128")
    assert messages(_audit("RPL006", counted)) == []


@pytest.mark.parametrize(
    ("words", "protection", "told"),
    [
        (
            "replay time window-size 5",
            "Anti-Replay(Time Based) : 20 sec interval",
            "has replay protection by time (20 s), configured is by time (5 s)",
        ),
        (
            "replay time window-size 64",
            "Anti-Replay(Counter Based) : 64",
            "has replay protection by counter (64), configured is by time (64 s)",
        ),
        (
            "no replay",
            "Anti-Replay(Counter Based) : 64",
            "has replay protection by counter (64), configured is none",
        ),
    ],
)
def test_keys_with_another_protection_are_told(words: str, protection: str, told: str) -> None:
    (finding,) = _audit("RPL006", _window(words) | _key(protection)).findings
    where = "traffic key 0xA1B2C3D4 of group G1 on GigabitEthernet0/0/1"
    assert finding.message == f"{where} {told}"
    assert (finding.device, finding.severity) == ("gm1", Severity.LOW)
    assert [each.kind for each in finding.evidence] == ["show", "config"]
    assert "If gm1 alone" in finding.remediation


def test_any_policy_of_the_key_servers_may_be_that_of_the_key() -> None:
    second = "  sa ipsec 20\n   profile PROF\n   match address ipv4 OTHER\n"
    text = config(1).replace(
        "  address ipv4", f"{second}   replay time window-size 9\n  address ipv4", 1
    )
    assert (
        messages(
            _audit("RPL006", {"ks1.cfg": text} | _key("Anti-Replay(Time Based) : 9 sec interval"))
        )
        == []
    )
    (message,) = messages(
        _audit("RPL006", {"ks1.cfg": text} | _key("Anti-Replay(Time Based) : 7 sec interval"))
    )
    assert message.endswith("configured is by time (5 s) or by time (9 s)")


def test_members_of_unknown_key_servers_are_not_compared() -> None:
    told = ["the replay protection of its key servers is not known"]
    key = _key("Anti-Replay(Time Based) : 20 sec interval")
    assert reasons(_audit("RPL006", key)) == told
    assert reasons(_audit("RPL006", {"ks1.cfg": CUT} | key)) == told
    assert reasons(_audit("RPL006", {"ks3.cfg": config(3, 4, group="OTHER")} | key)) == told
    bare = config(1).partition("  sa ipsec")[0] + "  address ipv4 10.10.1.1\n"
    assert reasons(_audit("RPL006", {"ks1.cfg": bare} | key)) == told
    assert reasons(_audit("RPL006", {"ks1.cfg": config(1)} | MEMBER)) == [
        "there is no 'show crypto gdoi'"
    ]


def test_a_member_that_is_not_compared_does_not_hide_the_next_one() -> None:
    silent = {"gm0.cfg": MEMBER["gm1.cfg"].replace("gm1", "gm0")}
    key = _key("Anti-Replay(Time Based) : 20 sec interval")
    report = _audit("RPL006", {"ks1.cfg": config(1)} | silent | key)
    assert [each.device for each in report.findings] == ["gm1"]
    assert reasons(report) == ["there is no 'show crypto gdoi'"]
