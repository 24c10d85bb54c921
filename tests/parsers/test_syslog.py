import pickle
from datetime import datetime
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.parsers.syslog import SyslogMessage, catalogue, parse_line
from getvpn.parsers.text import is_syslog


def _message(line: str) -> SyslogMessage:
    message = parse_line(line, 7)
    assert message is not None
    assert message.lineno == 7
    return message


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


KS, KS2, GM = (IPv4Address(f"10.10.1.{last}") for last in (1, 2, 99))


def test_a_registration_names_key_server_group_and_member() -> None:
    message = _message(
        "*Mar  1 01:12:11.711: %GDOI-5-GM_REGS_COMPL: Registration to KS 10.10.1.1 complete"
        " for group WAN.v4-1 using address 10.10.1.99"
    )

    assert (message.facility, message.severity, message.mnemonic) == ("GDOI", 5, "GM_REGS_COMPL")
    assert message.id == "GDOI-5-GM_REGS_COMPL"
    assert message.fields == {"key_server": KS, "group": "WAN.v4-1", "member": GM}


def test_newer_releases_add_the_vrfs() -> None:
    message = _message(
        "%CRYPTO-5-GM_REGSTER: Start registration to KS 10.10.1.1 for group G"
        " using address 10.10.1.99 fvrf default ivrf RED"
    )

    assert (message.fields["fvrf"], message.fields["ivrf"]) == ("default", "RED")


def test_a_failed_replay_check_tells_both_pseudotimes_and_the_window() -> None:
    message = _message(
        "Feb 17 2026 15:14:30.832 UTC: %GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has"
        " failed in group G from sourceip-address 10.10.1.99. my_pseudotime is 1620.25 secs,"
        " peer_pseudotime is 1612.00 secs, replay_window is 5 (second)"
    )

    assert message.fields == {
        "group": "G",
        "source": GM,
        "my_pseudotime_s": 1620.25,
        "peer_pseudotime_s": 1612.0,
        "window_s": 5.0,
    }


def test_the_packet_behind_a_replay_error_is_numbered() -> None:
    message = _message(
        "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=29,"
        " sequence number=219"
    )

    assert message.fields == {"connection": 29, "sequence": 219}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "COOP_KS_ADD: 10.10.1.2 added as COOP Key Server in group G.",
            {"key_server": KS2, "group": "G"},
        ),
        (
            "COOP_KS_ELECTION: KS entering election mode in group G (Previous Primary = NONE)",
            {"group": "G", "previous_primary": None},
        ),
        (
            (
                "COOP_KS_TRANS_TO_PRI: KS 10.10.1.1 in group G transitioned to Primary"
                " (Previous Primary = 10.10.1.2)"
            ),
            {"key_server": KS, "group": "G", "previous_primary": KS2},
        ),
        (
            (
                "COOP_KS_UNREACH: Cooperative KS 10.10.1.2 Unreachable in group G."
                " IKE SA Status = Failed to establish."
            ),
            {"key_server": KS2, "group": "G", "ike_status": "Failed to establish"},
        ),
        (
            (
                "KS_SEND_UNICAST_REKEY: Sending Unicast Rekey with policy-replace for group G"
                " from address 10.10.1.1 with seq # 4, spi 0xABCD01"
            ),
            {"group": "G", "key_server": KS, "sequence": 4, "spi": 0xABCD01},
        ),
        (
            "GM_RECV_REKEY: Received Rekey for group G from 10.10.1.1 to 10.10.1.99 with seq # 4",
            {"group": "G", "key_server": KS, "member": GM, "sequence": 4},
        ),
        (
            (
                "GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies from KS"
                " 10.10.1.1 for group G & gm identity 10.10.1.99"
            ),
            {"key_server": KS, "group": "G", "member": GM},
        ),
        (
            (
                "UNAUTHORIZED_IDENTITY: Group G received registration from unauthorized identity:"
                " \tFQDN name: gm1.example.net"
            ),
            {"group": "G", "identity": "FQDN name: gm1.example.net"},
        ),
        (
            "KS_NO_RSA_KEYS: RSA Key - REKEY : Not found, Required for group G",
            {"label": "REKEY", "group": "G"},
        ),
    ],
)
def test_fields_of_recalled_texts_are_typed(text: str, fields: dict[str, object]) -> None:
    assert _message(f"000123: Feb 17 15:14:30: %GDOI-5-{text}").fields == fields


def test_another_wording_costs_fields_but_not_the_message() -> None:
    message = _message("%GDOI-3-COOP_KS_UNREACH: lost sight of the KS in group G, peer down")

    assert message.fields == {"group": "G"}
    assert message.meaning is catalogue["GDOI-3-COOP_KS_UNREACH"]


def test_a_message_that_nobody_knows_keeps_its_group() -> None:
    message = _message("%GDOI-6-NEW_THING: something new in Group WAN")

    assert (message.meaning, message.fields) == (None, {"group": "WAN"})


def test_messages_are_known_by_mnemonic_whatever_severity_and_gkm_spelling() -> None:
    message = _message("%GKM-3-COOP_KS_REACH: Reachability restored with Cooperative KS 10.10.1.2")

    assert message.meaning is catalogue["GDOI-5-COOP_KS_REACH"]
    assert message.fields == {"key_server": KS2}


def test_messages_of_other_facilities_have_no_fields() -> None:
    message = _message("%SYS-5-CONFIG_I: Configured from console by admin on group x")

    assert (message.fields, message.meaning) == ({}, None)


@pytest.mark.parametrize(
    ("head", "number", "mark", "timestamp", "time"),
    [
        ("", None, "", None, None),
        ("3d04h: ", None, "", "3d04h", None),
        ("00:12:31: ", None, "", "00:12:31", None),
        ("*Mar  1 01:12:11.711: ", None, "*", "Mar  1 01:12:11.711", None),
        (
            ".Feb 17 2026 15:14:30.832 UTC: ",
            None,
            ".",
            "Feb 17 2026 15:14:30.832 UTC",
            _at("2026-02-17T15:14:30.832000"),
        ),
        (
            "<189>31: ks1: 2026-02-17 15:14:30: ",
            31,
            "",
            "2026-02-17 15:14:30",
            _at("2026-02-17T15:14:30"),
        ),
        ("000049: Feb 30 2026 15:14:30: ", 49, "", "Feb 30 2026 15:14:30", None),
    ],
)
def test_the_head_gives_number_mark_and_time(
    head: str, number: int | None, mark: str, timestamp: str | None, time: datetime | None
) -> None:
    message = _message(f"{head}%SYS-5-RESTART: System restarted --")

    assert (message.number, message.mark, message.timestamp) == (number, mark, timestamp)
    assert message.time == time


def test_a_stamp_without_year_has_a_time_in_a_given_year() -> None:
    message = _message("Feb 28 15:14:30.5: %SYS-5-RESTART: x")
    uptime = _message("3d04h: %SYS-5-RESTART: x")

    assert message.time is None
    assert message.at(2026) == _at("2026-02-28T15:14:30.500000")
    assert uptime.at(2026) is None


@pytest.mark.parametrize(
    "line", ["", "100% done: ok", "%SYS-9-X: no such severity", "debug: ISAKMP: (0):found"]
)
def test_other_lines_are_no_messages(line: str) -> None:
    assert parse_line(line) is None


def test_the_catalogue_tells_what_is_verbatim() -> None:
    verbatim = {id_ for id_, meaning in catalogue.items() if meaning.verbatim}

    assert {"CRYPTO-5-GM_REGSTER", "GDOI-5-GM_REGS_COMPL"} <= verbatim
    assert "GDOI-5-COOP_KS_ELECTION" not in verbatim
    assert all(catalogue[id_].text for id_ in verbatim)
    assert all(meaning.when and meaning.reaction for meaning in catalogue.values())


def test_every_id_of_the_catalogue_is_recognised_in_a_line() -> None:
    for id_, meaning in catalogue.items():
        assert _message(f"Feb 17 15:14:30: %{id_}: text").meaning is meaning


def test_messages_are_values_that_travel_between_processes() -> None:
    message = _message("Feb 17 15:14:30: %GDOI-5-COOP_KS_ADD: 10.10.1.2 added as COOP Key Server")

    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 - our own bytes
    assert len({message, message}) == 1


@given(st.text(max_size=300))
def test_any_text_is_a_message_exactly_where_the_cleaner_thinks_so(text: str) -> None:
    assert (parse_line(text) is not None) == is_syslog(text)


@given(st.sampled_from(sorted(catalogue)), st.text(max_size=200))
def test_no_text_of_a_known_message_raises(id_: str, text: str) -> None:
    message = parse_line(f"%{id_}: {text}")

    assert message is None or message.id == id_
