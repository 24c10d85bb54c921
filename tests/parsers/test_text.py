"""What the terminal does to a text, undone line by line."""

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.record import NumberedLine
from getvpn.parsers.records.gdoi_ks_policy import KsPolicy
from getvpn.parsers.records.log_buffer import LogBuffer
from getvpn.parsers.text import clean, physical_lines

from .texts import KS_POLICY

COMMAND = "show crypto gdoi ks policy"
PROMPT = "--More--"
WIDE_LOG = (
    "*Jul 13 15:52:29.936: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Unicast Rekey for group "
    "BANK-WAN.v4 from address 10.10.1.1 with seq # 11"
)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("a line\r\0\r", "a line", id="NUL of Telnet"),
        pytest.param("\x1b(B\x1b)0\x1bca\x1b#8b\x1b[1;32mc\x1b[0m", "abc", id="escapes"),
        pytest.param("shox\b \bw clock", "show clock", id="typed over"),
        pytest.param("a longer text\rshort\x1b[K", "short", id="erased to the end"),
        pytest.param("a longer text\x1b[2K\rshort", "short", id="erased at once"),
        pytest.param("a\xa0b\u200bc\ufeff", "a bc", id="typesetting"),
        pytest.param(f" {PROMPT} \b\b\b\b      \b\b\b\b  x", "  x", id="wiped too little"),
        pytest.param(f"{PROMPT}\r\x1b[K x", " x", id="wiped by erasing"),
        pytest.param(f"\x1b[7m{PROMPT}\x1b[27m\r        \r!", "!", id="in reverse video"),
        pytest.param(f"{PROMPT}\b\b  \b\b{PROMPT}\b\b  \b\b x", " x", id="asked twice"),
    ],
)
def test_a_line_is_what_a_screen_would_show(line: str, shown: str) -> None:
    assert physical_lines(f"first\n{line}\nlast") == ["first", shown, "last"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r\r\r\n", "\n\r", "\r", "\r\0\r\n"])
def test_lines_end_in_many_ways(end: str) -> None:
    assert physical_lines(f"one{end}two{end}three") == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param(f" {PROMPT}  hash sha256", " hash sha256", id="indented by one"),
        pytest.param(f" {PROMPT}          hash sha256", " hash sha256", id="backspaces dropped"),
        pytest.param(f"{PROMPT}-~10.0.0.1", "-~10.0.0.1", id="a dash behind"),
        pytest.param(f"{PROMPT}{PROMPT} x", "x", id="asked twice"),
        pytest.param(
            f" {PROMPT} {'':12}{'x' * 68}", f"{'':12}{'x' * 68}", id="as wide as a screen"
        ),
    ],
)
def test_the_pager_leaves_the_indentation_of_what_follows(line: str, shown: str) -> None:
    assert clean(line).texts == [shown]


HALF = "\n".join(KS_POLICY.split("\n")[:15])
WIPED = f" {PROMPT} " + "\b" * 9 + " " * 8 + "\b" * 9


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(f" {PROMPT} ", id="nothing behind"),
        pytest.param(f"{WIPED}KS1#", id="quit"),
        pytest.param(f" {PROMPT}         KS1#", id="quit, backspaces dropped"),
        pytest.param(f" {PROMPT} \n\n\nKS1#show clock\n", id="another command behind"),
        pytest.param(f"{PROMPT}{'':72}\n{'':80}\nKS1#", id="lines filled up with blanks"),
        pytest.param(f"{PROMPT}\n{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}", id="a syslog line behind"),
    ],
)
def test_an_output_that_ends_at_the_pager_is_partial(end: str) -> None:
    reasons = parse(COMMAND, f"KS1#{COMMAND}\n{HALF}\n{end}").partial

    assert reasons[0] == "the capture stops at the pager prompt in line 17"


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(f"KS1#show clock\n{PROMPT}\n", id="the pager of another command"),
        pytest.param(f"{WIPED}\nKS1#", id="the pager wiped out"),
        pytest.param(f" {PROMPT}         \nKS1#", id="backspaces dropped"),
    ],
)
def test_a_pager_that_was_answered_ends_nothing(end: str) -> None:
    assert parse(COMMAND, f"KS1#{COMMAND}\n{KS_POLICY}\n{end}").partial == ()


def test_a_syslog_line_that_the_screen_broke_is_one() -> None:
    broken = "\n".join(WIDE_LOG[i : i + 80] for i in range(0, len(WIDE_LOG), 80))
    record = parse(COMMAND, KS_POLICY.replace("  TEK", f"{broken}\n  TEK"))

    assert record.logs == (NumberedLine(16, WIDE_LOG),)
    assert record == parse(COMMAND, KS_POLICY)


def test_the_end_of_a_syslog_line_may_stand_before_the_echo() -> None:
    broken = f"{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}\n{COMMAND}\n{KS_POLICY}"

    assert parse(COMMAND, broken) == parse(COMMAND, KS_POLICY)


def test_a_line_behind_a_syslog_line_of_full_width_is_read() -> None:
    record = parse(COMMAND, KS_POLICY.replace("    spi", f"{WIDE_LOG[:80]}\n    spi"))

    assert record == parse(COMMAND, KS_POLICY)


def test_a_command_without_output_stays_empty_under_a_broken_syslog_line() -> None:
    record = parse(COMMAND, f"KS1#{COMMAND}\n{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}\nKS1#")

    assert record.empty
    assert record.logs == (NumberedLine(2, WIDE_LOG),)


@pytest.mark.parametrize("width", [78, 79, 80, 132])
def test_lines_filled_up_with_blanks_are_not_taken_for_broken_ones(width: int) -> None:
    padded = "\n".join(line.ljust(width) for line in KS_POLICY.split("\n"))

    assert parse(COMMAND, padded) == parse(COMMAND, KS_POLICY)


def test_a_label_on_two_lines_is_put_together() -> None:
    text = KS_POLICY.replace("sig key name       :", "sig key\n       name :")

    assert parse(COMMAND, text) == parse(COMMAND, KS_POLICY)


def test_an_unknown_line_does_not_become_the_value_of_a_label_that_lost_its_own() -> None:
    text = KS_POLICY.replace("sig key name       : GETVPN-REKEY", "sig key name :\n    quantum")
    record = parse(COMMAND, text)

    assert isinstance(record, KsPolicy)
    assert record.groups[0].keks[0].signature_key_name is None
    assert [line.text for line in record.unparsed] == ["sig key name :", "quantum"]


def test_tabs_between_columns_are_blanks() -> None:
    text = (
        "Group Name : G\n ACL Downloaded From KS 10.10.1.1:\n"
        "   access-list\tpermit\tip\tany\t10.0.0.0\t0.255.255.255\n"
    )
    assert parse("show crypto gdoi gm acl", text).unparsed == ()


def test_a_message_of_the_buffer_that_the_screen_broke_is_one() -> None:
    text = (
        "Syslog logging: enabled (0 messages dropped, 0 messages rate-limited,\n"
        "                0 flushes, 0 overruns, xml disabled, filtering disabled)\n\n"
        f"Log Buffer (8192 bytes):\n{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}\nwhat it goes on with\n"
    )
    record = parse("show logging", text)

    assert isinstance(record, LogBuffer)
    assert [message.text for message in record.messages] == [WIDE_LOG.split(": ", 2)[2]]
    assert record.buffer is not None
    assert [line.text for line in record.buffer.others] == ["what it goes on with"]


def test_a_command_that_always_prints_something_has_no_empty_record() -> None:
    with pytest.raises(ParseError, match="no output"):
        parse("show clock", f"KS1#show clock\n{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}\nKS1#")


def test_broken_syslog_lines_around_the_prompts_are_whole() -> None:
    broken = f"{WIDE_LOG[:80]}\n{WIDE_LOG[80:]}"
    record = parse(COMMAND, f"{broken}\nKS1#\n{KS_POLICY}\nKS1#\n{broken}")

    assert record == parse(COMMAND, KS_POLICY)
    assert [log.text for log in record.logs] == [WIDE_LOG, WIDE_LOG]


def test_strange_lines_without_end_are_not_put_together() -> None:
    strange = "quantum\nflux\n" * 40
    text = f"{KS_POLICY}{strange}    sig key\n       name : X\n" + KS_POLICY * 6
    record = parse(COMMAND, text)

    assert [line.text for line in record.unparsed][-2:] == ["sig key", "name : X"]
