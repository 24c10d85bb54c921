from ipaddress import IPv4Address

import pytest

from getvpn.errors import InputError, ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_members import KsMembers
from getvpn.parsers.records.gdoi_ks_policy import KsPolicy

from .texts import KS_POLICY, ks_members

COMMAND = "show crypto gdoi ks policy"
LOG = "*Jun  5 18:20:22.383: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group X"


def policy(text: str, command: str = COMMAND) -> KsPolicy:
    record = parse(command, text)
    assert isinstance(record, KsPolicy)
    return record


PLAIN = policy(KS_POLICY)


def test_values_are_typed_and_every_block_knows_its_line() -> None:
    (group,) = PLAIN.groups
    (kek,), (tek,) = group.keks, group.teks
    assert group.group == "BANK-WAN.v4"
    assert group.server == IPv4Address("10.10.1.1")
    assert (kek.spi, kek.lifetime_s, kek.signature_hash) == (
        0x0123456789ABCDEF0123456789ABCDEF,
        86400,
        True,
    )
    assert (tek.spi, tek.time_to_rekey_s, tek.lineno) == (0x1A2B3C4D, 2520, 16)
    assert PLAIN.unparsed == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"KS1#{COMMAND}\n{KS_POLICY}KS1#", id="echo and prompts"),
        pytest.param(f"KS1#sh cry gdoi ks pol\n{COMMAND}\n{KS_POLICY}\nKS1#", id="echo twice"),
        pytest.param(f"KS1#\nKS1#{COMMAND}\n{KS_POLICY}KS1#exit\n", id="prompt before and after"),
        pytest.param(f"KS1#sh clock\n.1\nKS1#{COMMAND}\n{KS_POLICY}KS1#", id="another before"),
        pytest.param(KS_POLICY.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(KS_POLICY.replace("    ", "\t"), id="tabs"),
        pytest.param("\x1b[2K\x1b[1;32m" + KS_POLICY + "\x1b[0m", id="ANSI"),
        pytest.param("\ufeff" + KS_POLICY, id="byte order mark"),
        pytest.param("\n".join(line.rstrip() for line in KS_POLICY.splitlines()), id="no tails"),
        pytest.param(
            KS_POLICY.replace(
                "    sig size",
                " --More-- \b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\b    sig size",
            ),
            id="pager with backspaces",
        ),
        pytest.param(
            KS_POLICY.replace("    sig size", " --More-- \r            \r    sig size"),
            id="pager with carriage returns",
        ),
        pytest.param(KS_POLICY.replace("    sig size", " --More--     sig size"), id="bare pager"),
        pytest.param(KS_POLICY.replace("  TEK", f"{LOG}\n  TEK"), id="syslog line between"),
        pytest.param("Load for five secs: 1%/0%\nTime source is NTP\n" + KS_POLICY, id="preamble"),
    ],
)
def test_what_the_session_added_changes_nothing(text: str) -> None:
    assert policy(text) == PLAIN


def test_a_syslog_line_between_is_kept_with_its_number() -> None:
    record = policy(KS_POLICY.replace("  TEK", f"{LOG}\n  TEK"))
    assert [(log.lineno, log.text) for log in record.logs] == [(16, LOG)]


def test_lines_broken_at_the_screen_edge_are_joined() -> None:
    name = "GETVPN-" + "A-VERY-LONG-NAME-" * 6
    text = KS_POLICY.replace("GETVPN-POLICY", name)
    broken = "\n".join(
        line[i : i + 80] for line in text.split("\n") for i in range(0, max(1, len(line)), 80)
    )
    assert broken != text
    assert policy(broken).groups == policy(text).groups
    assert policy(broken).unparsed == ()


def test_an_unknown_line_stands_in_unparsed_with_its_number() -> None:
    record = policy(KS_POLICY.replace("    sig size", "    quantum size       : 7\n    sig size"))
    assert [(line.lineno, line.text) for line in record.unparsed] == [
        (12, "quantum size       : 7")
    ]


def test_a_second_value_for_one_field_is_not_swallowed() -> None:
    text = KS_POLICY.replace(
        "    sig size           : 256", "    sig size : 256\n    sig size : 512"
    )
    record = policy(text)
    assert record.groups[0].keks[0].signature_bytes == 256
    assert [line.text for line in record.unparsed] == ["sig size : 512"]


def test_a_value_that_is_no_such_value_is_not_guessed() -> None:
    with pytest.raises(
        ParseError, match="0xXYZ' is not understood, and line 16 starts 'TEK POLICY"
    ):
        policy(KS_POLICY.replace("0x1A2B3C4D", "0xXYZ"))
    record = policy(KS_POLICY.replace("39885", "soon"))
    assert record.groups[0].keks[0].time_to_rekey_s is None
    assert [line.text for line in record.unparsed] == ["time to rekey (sec): soon"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ks_members(2), "does not belong"),
        (
            f"KS1#show crypto gdoi ks members\n{ks_members(2)}KS1#",
            "output of 'show crypto gdoi ks m",
        ),
        ("         ^\n% Invalid input detected at '^' marker.\n", "refused the command"),
        (f"KS1#{COMMAND}\n% Incomplete command.\n\nKS1#", "refused the command"),
        ("Lorem ipsum\n", "does not belong"),
        (
            KS_POLICY[: KS_POLICY.index("remaining life")],
            "is not understood|is cut|does not belong",
        ),
    ],
)
def test_a_text_that_is_something_else_is_refused(text: str, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        parse(COMMAND, text)


def test_the_error_names_the_line_and_what_was_expected() -> None:
    with pytest.raises(ParseError) as caught:
        parse(COMMAND, "\n\nLorem ipsum\n", source="ks1.txt")
    error = caught.value
    assert (error.lineno, error.line, error.source) == (3, "Lorem ipsum", "ks1.txt")
    assert "Key Server Policy" in (error.expected or "")
    assert str(error).startswith("ks1.txt:3: ")


def test_nothing_is_a_record_marked_empty_where_a_device_prints_nothing() -> None:
    assert parse("show crypto gdoi ks members", "KS1#show crypto gdoi ks members\nKS1#\n").empty
    with pytest.raises(ParseError, match="no output"):
        parse("show version", "\n\n")


def test_an_output_filter_makes_the_record_partial() -> None:
    text = "\n".join(line for line in KS_POLICY.splitlines() if "POLICY" in line or "For" in line)
    record = policy(text, "sh cry gdoi ks pol | inc POLICY|For")
    assert record.partial[0] == "output filter '| include POLICY|For'"
    assert any("line 3 starts 'TEK POLICY" in reason for reason in record.partial)
    assert [group.group for group in record.groups] == ["BANK-WAN.v4"]


def test_a_capture_that_stops_at_the_pager_is_partial() -> None:
    record = policy(KS_POLICY[: KS_POLICY.index("    acknowledgement")] + " --More-- \n")
    assert record.partial[0] == "the capture stops at the pager prompt in line 14"


def test_a_configuration_is_not_a_record() -> None:
    with pytest.raises(InputError, match="parse_config"):
        parse("show running-config", "hostname KS1\n")


def test_a_long_table_gives_the_same_as_its_parts() -> None:
    short = parse("show crypto gdoi ks members", ks_members(20))
    long = parse("show crypto gdoi ks members", ks_members(400))
    assert isinstance(short, KsMembers)
    assert isinstance(long, KsMembers)
    assert long.members[:20] == short.members
    assert [m.lineno for m in long.members[:20]] == [m.lineno for m in short.members]
    assert len(long.members) == 400
