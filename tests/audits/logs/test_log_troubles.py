"""Each trouble that is explained, with what sets it apart from what is well."""

from datetime import datetime
from pathlib import Path

import pytest

from getvpn.audits.logs.case import Explanation
from getvpn.audits.logs.files import find_files
from getvpn.audits.logs.reading import read_logs
from getvpn.audits.logs.report import LogReport, report_of
from getvpn.audits.logs.text import render
from getvpn.audits.rule import Severity

NOW = datetime(2026, 6, 1)  # noqa: DTZ001 - logs have no zone
S1, S2 = "10.0.0.1", "10.0.0.2"
INFO, LOW, MEDIUM = Severity.INFO, Severity.LOW, Severity.MEDIUM
HIGH, CRITICAL = Severity.HIGH, Severity.CRITICAL


def report(folder: Path, *lines: str) -> LogReport:
    """The report of lines `HH:MM:SS device MNEMONIC text`."""
    texts: dict[str, list[str]] = {}
    for line in lines:
        at, device, mnemonic, text = line.split(" ", 3)
        facility = "CRYPTO" if mnemonic.startswith(("IKMP", "RECVD", "PKT", "GM_REGSTER")) else ""
        facility = "CRYPTO_ENGINE" if mnemonic.startswith("KEY_") else facility
        facility = facility or ("IP_VFR" if "FRAG" in mnemonic else "GDOI")
        message = f"Mar  1 2026 {at}.100: %{facility}-5-{mnemonic}: {text}"
        texts.setdefault(device, []).append(message)
    for device, messages in texts.items():
        (folder / f"{device}.log").write_text("\n".join(messages), "utf-8")
    return report_of(read_logs(find_files([str(folder)]), NOW))


def about(folder: Path, *lines: str) -> dict[str, Explanation]:
    return {each.about: each for each in report(folder, *lines).explanations}


def registered(at: str, member: int, server: str = S1) -> str:
    text = f"Registration to KS {server} complete for group G using address 10.1.0.{member}"
    return f"{at} gm{member} GM_REGS_COMPL {text}"


def sent(at: str, server: int, sequence: int) -> str:
    text = f"Sending Unicast Rekey for group G from address 10.0.0.{server} with seq # {sequence}"
    return f"{at} ks{server} KS_SEND_UNICAST_REKEY {text}"


def received(at: str, member: int, sequence: int, server: str = S1) -> str:
    text = f"Received Rekey for group G from {server} to 10.1.0.{member} with seq # {sequence}"
    return f"{at} gm{member} GM_RECV_REKEY {text}"


def primary(at: str, server: int, before: str) -> str:
    text = f"KS 10.0.0.{server} in group G transitioned to Primary (Previous Primary = {before})"
    return f"{at} ks{server} COOP_KS_TRANS_TO_PRI {text}"


@pytest.mark.parametrize(
    ("line", "name", "severity"),
    [
        ("ks1 COOP_CONFIG_MISMATCH Group G, Configuration differs", "COOP mismatch", HIGH),
        (("ks1 COOP_KS_UNAUTH Contact from unauthorized KS 9.9.9.9 in group G at local address"
         " 10.0.0.1"), "unknown key server", HIGH),
        ("ks1 COOP_LIMIT_REACHED Peer 9.9.9.9 exceeds in group G", "too many key servers", MEDIUM),
        ("ks1 COOP_PACKET_DROPPED Announcement from KS 10.0.0.2 in group G dropped",
         "dropped announcements", MEDIUM),
        ("ks1 COOP_KSSID_OVERLAP with 10.0.0.2 in group G", "sender identifiers", HIGH),
        ("ks1 PSEUDO_TIME_LARGE in group G", "pseudotime", MEDIUM),
        ("ks1 KS_NO_RSA_KEYS RSA Key - REKEY : Not found, Required for group G", "no RSA key",
         CRITICAL),
        ("ks1 GDOI_ACL_NUM The ACL has too many entries.", "access list too long", CRITICAL),
        ("ks1 KS_NACK_GM_EJECT KS ejected GM 10.1.0.9 in the group G.", "ejected members", MEDIUM),
        ("ks1 KS_BAD_ID Registration: group 7 config mismatch, GM 10.1.0.9", "unknown group",
         MEDIUM),
        (("ks1 UNAUTHORIZED_IPADDR Group G received registration from unauthorized ip address:"
         " 10.9.9.9"), "unauthorized registrations", MEDIUM),
        ("ks1 POLICY_CHANGE GDOI group G policy has changed.", "policy change pending", LOW),
        ("gm1 GM_NO_IPSEC_FLOWS IPSec FLOW limit possibly reached", "no room for SAs", HIGH),
        ("gm1 GM_REJECTING_SA_PAYLOAD Policy rejected by GM in the group G", "policy refused",
         HIGH),
        ("gm1 GM_INCOMPLETE_CFG incomplete config for group G", "incomplete configuration",
         MEDIUM),
        ("gm1 GM_ACL_PERMIT GM doesn't support permit ACL entries.", "local permit", LOW),
        ("gm1 GDOI_REKEY_SEQ_FAILURE Failed to process rekey seq # 1 for group G", "old rekeys",
         LOW),
        ("gm1 GM_REKEY_NOT_RECD no rekey for group G", "missed rekeys", MEDIUM),
        ("gm1 RECVD_PKT_INV_SPI decaps: invalid spi", "unknown keys", MEDIUM),
        ("gm1 RECVD_PKT_NOT_IPSEC packet not an IPSEC packet", "unprotected packets", MEDIUM),
        ("gm1 PKT_REPLAY_ERR decrypt: replay check failed", "replays", LOW),
        ("gm1 FRAG_TABLE_OVERFLOW fragment table overflow", "fragmentation", MEDIUM),
        ("gm1 IKMP_NO_PRESHARED_KEY no key for 10.0.0.1", "IKE fails", MEDIUM),
    ],
)  # fmt: skip
def test_one_message_is_enough(tmp_path: Path, line: str, name: str, severity: Severity) -> None:
    found = about(tmp_path, registered("09:00:00", 1), sent("09:00:01", 1, 1), f"09:30:00 {line}")
    assert set(found) == {name}
    assert found[name].severity is severity
    assert found[name].next
    assert found[name].places


def test_a_policy_change_that_a_rekey_follows_is_well(tmp_path: Path) -> None:
    change = "09:00:00 ks1 POLICY_CHANGE GDOI group G policy has changed."
    assert about(tmp_path, change, sent("09:00:05", 1, 1)) == {}


def test_a_missing_key_that_is_back_is_low(tmp_path: Path) -> None:
    text = "RSA Key - REKEY : Not found, Required for group G"
    found = about(tmp_path, f"09:00:00 ks1 KS_NO_RSA_KEYS {text}", sent("09:10:00", 1, 1))
    assert found["no RSA key"].severity is LOW


@pytest.mark.parametrize(
    ("ahead", "severity", "words"), [(6, MEDIUM, "longer than"), (90_000, HIGH, "far apart")]
)
def test_a_replay_is_told_against_the_window(
    tmp_path: Path, ahead: int, severity: Severity, words: str
) -> None:
    text = "An anti replay check has failed in group G from sourceip-address 10.1.0.2."
    text += f" my_pseudotime is {ahead + 100}.50 secs, peer_pseudotime is 100.50 secs,"
    text += " replay_window is 5 (second)"
    found = about(
        tmp_path,
        registered("09:00:00", 2),
        f"09:00:01 gm1 TIMEBASED_REPLAY_FAILED {text}",
        f"09:00:02 gm1 TIMEBASED_REPLAY_FAILED {text}",
    )["replay check"]
    assert found.severity is severity
    assert words in found.what
    assert found.count == 2
    assert found.seen == (f"gm1 from gm2: pseudotimes {ahead}.00 s apart, window 5 s, twice",)


def test_who_was_not_in_the_group_missed_nothing(tmp_path: Path) -> None:
    lines = [
        registered("09:00:00", 1),
        sent("09:05:00", 1, 1),
        received("09:05:00", 1, 1),
        registered("09:06:00", 2),
        sent("09:55:00", 1, 2),
        received("09:55:00", 1, 2),
        received("09:55:01", 2, 2),
        "10:00:00 gm2 GM_UNREGISTER GM left the group G",
        sent("10:45:00", 1, 3),
        received("10:45:00", 1, 3),
        registered("11:00:00", 2),
    ]
    assert about(tmp_path, *lines) == {}


@pytest.mark.parametrize(("last", "missed"), [("09:56:29", False), ("09:56:31", True)])
def test_a_log_that_ends_says_nothing_of_the_rekey_after_it(
    tmp_path: Path, last: str, missed: bool
) -> None:
    lines = [
        registered("09:00:00", 1),
        registered("09:00:00", 2),
        sent("09:05:00", 1, 1),
        received("09:05:00", 1, 1),
        received("09:05:00", 2, 1),
        sent("09:55:00", 1, 2),
        received("09:55:00", 1, 2),
        f"{last} gm2 GM_ACL_MERGE ACL between KS and GM for group G merged.",
    ]
    assert ("missed rekeys" in about(tmp_path, *lines)) is missed


def test_a_rekey_that_most_members_missed_is_high(tmp_path: Path) -> None:
    lines = [line for m in (1, 2, 3) for line in (
        registered("09:00:00", m), received("09:05:00", m, 1), registered("10:30:00", m)
    )]  # fmt: skip
    lines += [sent("09:05:00", 1, 1), sent("09:55:00", 1, 2), received("09:55:00", 1, 2)]
    found = about(tmp_path, *lines)["missed rekeys"]
    assert found.severity is HIGH
    assert found.devices == ("gm2", "gm3")


def test_sequence_numbers_that_are_left_out_tell_without_the_key_server(tmp_path: Path) -> None:
    lines = [received("09:00:00", 1, 1), received("09:50:00", 1, 2), received("11:30:00", 1, 4)]
    found = about(tmp_path, *lines)["missed rekeys"]
    assert found.seen == ("gm1: seq 2 at 2026-03-01 09:50:00, then 4 at 2026-03-01 11:30:00",)
    (tmp_path / "gm1.log").unlink()
    assert about(tmp_path, *lines, registered("11:00:00", 1)) == {}


def test_a_split_is_seen_from_the_log_of_one_key_server_and_the_members(tmp_path: Path) -> None:
    lost = "Cooperative KS 10.0.0.1 Unreachable in group G. IKE SA Status = Failed"
    lines = [
        received("08:50:00", 1, 1),
        received("08:50:00", 2, 1),
        f"09:00:00 ks2 COOP_KS_UNREACH {lost}",
        primary("09:01:00", 2, S1),
        received("09:40:00", 1, 2),
        sent("09:40:00", 2, 2),
        received("09:40:00", 2, 2, S2),
    ]
    found = about(tmp_path, *lines)
    assert found["split"].severity is CRITICAL
    assert "members received the rekey seq 2 of 10.0.0.1" in found["split"].seen[1]
    assert "missed rekeys" not in found


def test_rekeys_of_two_key_servers_in_turns_are_a_split(tmp_path: Path) -> None:
    lines = [
        received("09:00:00", 1, 1),
        received("09:50:00", 1, 1, S2),
        received("10:40:00", 1, 2),
    ]
    assert about(tmp_path, *lines)["split"].severity is HIGH


def test_many_changes_of_the_primary_are_not_told_one_by_one(tmp_path: Path) -> None:
    lines = []
    for hour in range(20):
        new, old = (1, S2) if hour % 2 else (2, S1)
        lines.append(primary(f"{hour:02d}:00:00", new, old))
    made = report(tmp_path, *lines)
    assert len(made.explanations) == 5
    assert made.explanations[-1].seen[-1] == "and 15 troubles more that are alike"


def test_many_members_that_register_anew_are_a_storm(tmp_path: Path) -> None:
    def served(at: str, member: int) -> str:
        text = f"Registration of GM 10.1.0.{member} complete for group G using address 10.0.0.1"
        return f"{at} ks1 KS_REGS_COMPL {text}"

    first = [served(f"09:00:{member:02d}", member) for member in range(40)]
    assert about(tmp_path, *first) == {}
    storm = [served(f"10:00:{member:02d}", member) for member in range(10)]
    found = about(tmp_path, *first, *storm[:9])
    assert found == {}
    found = about(tmp_path, *first, *storm)
    assert found["registration storm"].severity is MEDIUM
    assert found["registration storm"].what == "10 of 40 members registered anew within 9 s"


@pytest.mark.parametrize(("tries", "name"), [(3, None), (4, "registration fails")])
def test_a_member_that_tries_and_tries_cannot_register(
    tmp_path: Path, tries: int, name: str | None
) -> None:
    text = "Start registration to KS 10.0.0.1 for group G using address 10.1.0.1"
    lines = [f"09:00:{i}0 gm1 GM_REGSTER {text}" for i in range(tries)]
    assert set(about(tmp_path, *lines)) == ({name} if name else set())


@pytest.mark.parametrize(("times", "name"), [(5, None), (6, "registration loop")])
def test_a_member_that_registers_again_and_again_is_told(
    tmp_path: Path, times: int, name: str | None
) -> None:
    lines = [registered(f"09:{2 * i:02d}:00", 1) for i in range(times)]
    assert set(about(tmp_path, *lines)) == ({name} if name else set())


def test_one_of_many_members_that_turns_rekeys_down_is_no_change_of_the_key(tmp_path: Path) -> None:
    lines = [registered("09:00:00", member) for member in range(1, 6)]
    text = "Processing of GDOI mode failed with peer at 10.0.0.1"
    rejected = f"09:30:00 gm1 IKMP_MODE_FAILURE {text}"
    found = about(tmp_path, *lines, rejected)["rejected rekeys"]
    assert found.severity is MEDIUM
    assert found.what == "only some members turned rekeys down"
    found = about(tmp_path, *lines, rejected, registered("09:50:00", 1))["rejected rekeys"]
    assert found.severity is LOW


def test_the_log_of_one_member_does_not_tell_why_it_turned_a_rekey_down(tmp_path: Path) -> None:
    text = "Processing of GDOI mode failed with peer at"
    path = tmp_path / "gm1.log"
    path.write_text(f"*Jun 5 18:20:22.383: %CRYPTO-6-IKMP_MODE_FAILURE: {text}\n10.0.0.1\n")
    (found,) = report_of(read_logs(find_files([str(path)]), NOW)).explanations
    assert (found.about, found.severity) == ("rejected rekeys", MEDIUM)
    assert found.what.startswith("gm1 turned a rekey down: expected once after a change")
    assert found.seen[0].endswith("gm1 turned down rekeys of 10.0.0.1")


def test_a_member_that_was_told_to_register_anew_missed_no_rekey(tmp_path: Path) -> None:
    anew = "10:20:00 gm1 GM_RE_REGISTER The IPSec SA created for group G may have expired"
    told = "10:00:00 gm1 GM_RECV_DELETE GM receives delete-msg from KS in group G."
    assert set(about(tmp_path, registered("09:00:00", 1), anew)) == {"missed rekeys"}
    assert about(tmp_path, registered("09:00:00", 1), told, anew) == {}


def test_the_time_of_the_syslog_server_is_common_to_all(tmp_path: Path) -> None:
    lines = [
        f"2026-03-01T09:00:0{i}+00:00 gm{i} {i}: Mar  1 2026 10:00:0{i + 3 * i}.000: %GDOI-5-"
        f"GM_REGS_COMPL: Registration to KS 10.0.0.1 complete for group G using address 10.1.0.{i}"
        for i in (1, 2)
    ]
    (tmp_path / "all.log").write_text("\n".join(lines), "utf-8")
    made = report_of(read_logs(find_files([str(tmp_path)]), NOW))
    assert [(each.device, each.ahead) for each in made.clocks] == [("gm1", 3603), ("gm2", 3606)]
    text = render(made)
    assert "gm2 is 3606 s ahead of the syslog server (by 1 messages)" in text
    assert "    09:00:01 to 09:00:02  gm1 and gm2: registered with 10.0.0.1, 2 times" in text
    assert not made.yearless


def test_clocks_that_nothing_compares_are_named(tmp_path: Path) -> None:
    made = report(tmp_path, registered("09:00:00", 1), registered("09:00:00", 2))
    assert "not compared, their times may be off: gm1 and gm2" in render(made)


def test_messages_without_a_time_are_told_last(tmp_path: Path) -> None:
    path = tmp_path / "gm1.log"
    text = "Registration to KS 10.0.0.1 complete for group G using address 10.1.0.1"
    path.write_text(f"00:12:34: %GDOI-5-GM_REGS_COMPL: {text}\n", "utf-8")
    made = report_of(read_logs(find_files([str(path)]), NOW))
    assert "without a time\n      gm1: registered with 10.0.0.1" in render(made)


def test_a_time_that_cannot_be_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "gm1.log"
    said = "An anti replay check has failed in group G: src_ip = 10.1.1.1, dst_ip = 10.2.1.1"
    rekey = "Received Rekey for group G from 10.0.0.1 to 10.1.0.1 with seq #"
    lines = [
        f"Jan  1 2026 09:00:00: %GDOI-5-GM_RECV_REKEY: {rekey} 5",
        f"Jan  1 2026 09:30:00: %GDOI-4-TIMEBASED_REPLAY_FAILED: {said}",
        f"Jan 32 2026 09:30:01: %GDOI-4-TIMEBASED_REPLAY_FAILED: {said}",
        f"Jan  1 2026 09:30:20: %GDOI-4-TIMEBASED_REPLAY_FAILED: {said}",
        "Jan  1 2026 09:10:00: %GDOI-3-PSEUDO_TIME_TOO_OLD: Rekey received in group G is too old",
        "Jan 32 2026 09:10:01: %GDOI-3-PSEUDO_TIME_TOO_OLD: Rekey received in group G is too old",
        f"Feb 29 2026 09:59:00: %GDOI-5-GM_RECV_REKEY: {rekey} 6",
    ]
    path.write_text("\n".join(lines), "utf-8")
    text = render(report_of(read_logs(find_files([str(path)]), NOW)))
    assert "group G: 7 messages of gm1, 2026-01-01 09:00:00 to 2026-01-01 09:30:20" in text
    assert "gm1: twice, last at 2026-01-01 09:10:00" in text
    assert "2026-01-01\n    09:00:00 " in text
    assert "09:30:00 to 09:30:20  gm1: dropped packets of 10.1.1.1 as too old or too new" in text


def test_a_primary_that_lost_two_peers_is_told_of_once(tmp_path: Path) -> None:
    lost = [
        f"09:00:00 ks1 COOP_KS_UNREACH Cooperative KS {peer} Unreachable in group G"
        for peer in (S2, "10.0.0.3")
    ]
    lines = (
        primary("08:00:00", 1, "NONE"),
        *lost,
        primary("09:00:30", 2, S1),
        sent("09:10:00", 1, 1),
    )
    seen = about(tmp_path, *lines)["split"].seen
    assert [line for line in seen if "lost its peer" in line] == [
        "2026-03-01 09:00:00 ks1 ran and lost its peer, too"
    ]


# ---- which keys explain that a rekey is turned down ----


def turned_down(at: str, member: int) -> str:
    text = f"Processing of GDOI mode failed with peer at {S1}"
    return f"{at} gm{member} IKMP_MODE_FAILURE {text}"


def key(at: str, device: str, name: str) -> str:
    text = f"A key named {name} has been generated or imported by crypto-engine"
    return f"{at} {device} KEY_ADDITION {text}"


def one_of_three(*more: str) -> tuple[str, ...]:
    """A rekey that one of three members turns down."""
    members = tuple(registered("08:00:00", member) for member in (1, 2, 3))
    good = tuple(received("09:00:00", member, 1) for member in (1, 2))
    return (*members, sent("09:00:00", 1, 1), *good, turned_down("09:00:00", 3), *more)


@pytest.mark.parametrize(
    "other",
    [
        key("08:00:00", "gm3", "gm3.example.net"),
        key("08:00:00", "gm2", "SDM"),
        key("08:00:00", "ks1", "ks1.example.net"),
        key("09:30:00", "ks1", "REKEY"),
    ],
)
def test_keys_of_members_own_keys_and_later_ones_explain_no_rejection(
    tmp_path: Path, other: str
) -> None:
    found = about(tmp_path, *one_of_three(other))["rejected rekeys"]
    assert found.what == "only some members turned rekeys down"
    assert found.severity is MEDIUM
    assert not any("RSA key" in line for line in found.seen)


def test_the_key_that_a_key_server_got_before_explains_a_rejection(tmp_path: Path) -> None:
    keys = key("08:50:00", "ks1", "REKEY"), key("08:00:00", "gm3", "gm3.example.net")
    found = about(tmp_path, *one_of_three(*keys))["rejected rekeys"]
    assert found.severity is LOW
    assert "as expected after a change of the RSA key" in found.what
    assert found.seen[1] == "2026-03-01 08:50:00 ks1: RSA key REKEY changed"
