"""Laws of splitting: no line is lost, nothing but our own errors, time in proportion to size."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.parsers.transcript import Transcript, guess_command, read_log, split_tech_support
from getvpn.parsers.transcript.content import is_configuration
from getvpn.parsers.transcript.decode import decode
from getvpn.parsers.transcript.names import place, read_name

from ..effort import cost

HOSTS = ("KS1", "gm-2.example.net", "a-name-of-more-than-twenty-characters")
COMMANDS = (
    *("show clock", "sh cry gdoi ks pol", "show running-config", "show tech-support"),
    *("show foo", "ping 192.0.2.1", "terminal length 0", "configure terminal", "ssh 192.0.2.9"),
    *("show crypto gdoi ?", "", "do show clock", "banner motd ^C"),
)
LINES = (
    *("", "   ", "GROUP INFORMATION", "    Group Name : G", " --More-- ", "show clock", "!"),
    *("*Jul 13 15:52:29.923: %SYS-5-CONFIG_I: Configured from console", "hostname KS1", "end"),
    *("------------------ show version ------------------", "banner motd ^C", "^C", "x#y>z"),
    *("Device#\t  PID\t\t\tSN", "=~=~=~=~= PuTTY log 2026.01.01 =~=~=~=~=", "version 15.4"),
)
MODES = ("#", ">", "(config)#", "(config-gdoi-group)#")

prompts = st.builds("{}{}{}".format, *map(st.sampled_from, (HOSTS, MODES, COMMANDS)))
logs = st.lists(prompts | st.sampled_from(LINES), max_size=40)


def numbers(transcript: Transcript) -> list[int]:
    """The numbers of all lines that are not blank, by where they went."""
    texts = [
        capture.source_line(lineno)
        for capture in transcript.captures
        for lineno, line in enumerate(capture.text.split("\n"), start=1)
        if line.strip()
    ]
    return sorted((*texts, *transcript.echoes, *transcript.noise))


@given(lines=logs, command=st.sampled_from((None, "show clock", "show tech-support")))
@settings(max_examples=300)
def test_every_line_goes_to_one_capture_or_is_an_echo_or_noise(
    lines: list[str], command: str | None
) -> None:
    transcript = read_log("\n".join(lines), "x", command=command)

    assert numbers(transcript) == [
        number for number, line in enumerate(lines, start=1) if line.strip()
    ]


@given(lines=logs)
def test_the_text_of_a_capture_stands_in_the_source_where_it_says(lines: list[str]) -> None:
    for capture in read_log("\n".join(lines), "x").captures:
        text = capture.text.split("\n") if capture.text else []
        assert lines[capture.first_line - 1 :][: len(text)] == text


@given(st.text() | st.lists(st.text(alphabet="KS1#>()\b\r\n\x1b[m-show cl^C\x03$?|")).map("".join))
@example("R1#\t")
@example("R1(config)#")
@example("$#$")
@example("banner motd ")
@example("\ufeffR1#show clock\r\r\nx")
def test_any_text_can_be_split_and_its_command_be_guessed(text: str) -> None:
    read_log(text, "x")
    split_tech_support(text, "x")
    guess_command("x", text)
    is_configuration(text.split("\n"))


@given(st.text(max_size=80))
def test_any_name_can_be_read(name: str) -> None:
    read_name(name)
    assert place(Path(name)).host or not Path(name).name


@given(st.binary())
def test_any_bytes_are_text_or_not(data: bytes) -> None:
    assert decode(data) is None or isinstance(decode(data), str)


BLOCK = "KS1#show crypto gdoi ks members\n" + "\n".join(
    f"Group Member ID    : 192.0.2.{n}  GM Version: 1.0.25\n    #pkts encaps: {n}"
    for n in range(250)
)
LONG = [
    BLOCK + "\n",
    "KS1#show running-config\n"
    + "interface Tunnel1\n ip address 192.0.2.1 255.255.255.0\n!\n" * 99,
    "x" * 5000 + "#" + "y" * 5000 + "\n",
    " " * 5000 + "\b" * 5000,
    "-" * 10_000 + "\n",
]


@pytest.mark.parametrize("block", LONG)
def test_ten_megabytes_are_split_in_two_seconds(block: str) -> None:
    text = block * (10_000_000 // len(block))
    assert cost(lambda: read_log(text, "x"), 2) <= 2
