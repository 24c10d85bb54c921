"""What a session adds to an output changes nothing in the record, whatever the command.

The noise is put on in the order in which it arises: the device's lines, logs between them, the
screen's edge, the pager, the echo and prompts, colours, line ends.
"""

import csv
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import InputError, ParseError
from getvpn.parsers import parse, plain, resolve
from getvpn.parsers.record import Record
from getvpn.parsers.registry import FAMILIES
from getvpn.parsers.serialise import Plain
from getvpn.parsers.text import prompt

from ..parsers.samples import SAMPLES

Noise = Callable[[str, str], str]
"""Command and text → text."""

LOGS = """\
*Jul 13 15:52:29.923: %GDOI-5-GM_RECV_REKEY: Received Rekey for group G from 10.1.1.1 to \
10.2.2.2 with seq # 1, spi 0xABCD
000123: *Jul 13 15:52:29.923: %SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)
Jul  3 15:52:29.923 CEST: %GDOI-3-COOP_KS_UNREACH: Cooperative KS 10.1.1.2 Unreachable in \
group G. IKE SA Status = Failed to establish
.Jul 13 15:52:29: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel0, changed state
1w2d: %CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for \
destaddr=10.0.0.1, prot=50, spi=0xD1(209), srcaddr=10.0.0.2, input interface=Tunnel0
00:12:34: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up
<189>1234: KS1: *Jul 13 2026 15:52:29.923: %SYS-5-CONFIG_I: Configured from console
%CRYPTO-6-GDOI_ON_OFF: GDOI is ON
""".splitlines()
WIPE = "\b" * 9 + " " * 8 + "\b" * 9


def each(change: Callable[[str], str]) -> Noise:
    """`change` on every line."""
    return lambda _, text: "\n".join(map(change, text.split("\n")))


def wrapped(text: str, width: int) -> str:
    return "\n".join(
        line[start : start + width]
        for line in text.split("\n")
        for start in range(0, max(1, len(line)), width)
    )


def cut_short(command: str) -> str:
    """The command with each keyword as short as a router takes it."""
    words = command.split()
    for index, word in enumerate(words):
        for length in range(2 if index == 0 else 1, len(word)):
            shorter = [*words[:index], word[:length], *words[index + 1 :]]
            try:
                same = str(resolve(" ".join(shorter))) == command
            except InputError:
                same = False
            if same:
                words = shorter
                break
    return " ".join(words)


def logged(text: str, share: float) -> str:
    """`text` with syslog lines between its lines, and one behind them."""
    dice = random.Random(7)  # noqa: S311 - a test's own dice
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [dice.choice(LOGS)] if dice.random() < share else []
        lines.append(line)
    return "\n".join((*lines, LOGS[0]))


def paged(prompt: str, page: int) -> Noise:
    """A pager's prompt in front of every `page`th line."""

    def noise(_: str, text: str) -> str:
        lines = text.rstrip("\n").split("\n")
        return "\n".join(
            f"{prompt}{line}" if index % page == page - 1 else line
            for index, line in enumerate(lines)
        )

    return noise


def at_prompt(form: str) -> Noise:
    """`form` with the command, the command cut short, and the text."""
    return lambda command, text: form.format(command, cut_short(command), text.rstrip("\n"))


def screen(text: str) -> str:
    """The lines filled up to the edge of the screen."""
    return "\n".join(line.ljust(80) for line in wrapped(text, 80).split("\n"))


LINES: Mapping[str, Noise] = {
    "tails lost": each(str.rstrip),
    "tails added": each(lambda line: f"{line}   "),
    "tabs behind": each(lambda line: f"{line}\t"),
    "tabs before": each(lambda line: re.sub("^ +", "\t", line)),
    "tabs for indents": each(lambda line: re.sub("^(?: {8})+", "\t", line)),
    "blank lines": lambda _, text: text.replace("\n", "\n\n"),
    "indented": each(lambda line: f"  {line}"),
    "not indented": each(str.lstrip),
}
SYSLOG: Mapping[str, Noise] = {
    "some logs": lambda _, text: logged(text, 0.2),
    "logs everywhere": lambda _, text: logged(text, 1),
}
EDGE: Mapping[str, Noise] = {
    "80 columns": lambda _, text: wrapped(text, 80),
    "132 columns": lambda _, text: wrapped(text, 132),
    "80 columns, tails lost": lambda _, text: each(str.rstrip)("", wrapped(text, 80)),
    "80 columns, filled up": lambda _, text: screen(text),
}
PAGER: Mapping[str, Noise] = {
    "backspaces": paged(f" --More-- {WIPE}", 24),
    "backspaces at every line": paged(f" --More-- {WIPE}", 1),
    "too few backspaces": paged(" --More-- \b\b\b\b      \b\b\b\b", 5),
    "carriage returns": paged(" --More-- \r          \r", 5),
    "erasing": paged("\x1b[7m--More--\x1b[27m\r\x1b[K", 5),
    "backspaces dropped": paged(f" --More-- {'':8}", 5),
    "left standing": lambda _, text: re.sub(r"\n(?=[ \t]*\S)", "\n --More-- ", text, count=3),
}
ECHO: Mapping[str, Noise] = {
    "once": at_prompt("KS1#{0}\n{2}\nKS1#"),
    "with blanks": at_prompt("\nKS1# {0} \n\n{2}\n\nKS1# "),
    "user mode": at_prompt("KS1>{1}\n{2}\nKS1>"),
    "cut short": at_prompt("ks-1.example.net#{1}\n{2}\nks-1.example.net#exit"),
    "twice": at_prompt("KS1#{1}\n{0}\n{2}\nKS1#"),
    "twice at the prompt": at_prompt("KS1#{0}\nKS1#{1}\n{2}\nKS1#\nKS1#"),
    "in configuration": at_prompt("KS1(config)#do {1}\n{2}\nKS1(config)#"),
    "bare": at_prompt("{0}\n{2}"),
    "bare twice": at_prompt("\n{1}\n{0}\n\n{2}\n"),
    "prompts alone": at_prompt("KS1#\n{2}\nKS1#\nKS1#"),
    "a prompt behind": at_prompt("{2}\nKS1#"),
    "after the login": at_prompt("KS1>en\nPassword: \nKS1#term len 0\nKS1#{1}\n{2}\nKS1#"),
    "between others": at_prompt(
        "KS1#show ip route\nDefault gateway is not set\n\nKS1#{0}\n{2}\nKS1#sh ip route\nDefault"
    ),
    "time stamp": at_prompt(
        "KS1#{0}\nLoad for five secs: 1%/0%; one minute: 2%; five minutes: 3%\n"
        "Time source is NTP, 12:00:00.123 UTC Fri Jul 3 2026\n\n{2}\nKS1#"
    ),
}
COLOUR: Mapping[str, Noise] = {
    "colours": each(lambda line: f"\x1b[1;32m{line[:9]}\x1b[0m{line[9:]}\x1b[K"),
    "charset": each(lambda line: f"\x1b(B\x1b[m{line}\x1b7\x1b8"),
    "cleared": lambda _, text: f"\x1b[2J\x1b[H\x1b[?7h{text}\x1b]0;KS1\x07",
}
ENDS: Mapping[str, Noise] = {
    end.encode("unicode_escape").decode(): lambda _, text, end=end: text.replace("\n", end)
    for end in ("\r\n", "\r\r\n", "\r\r\r\n", "\n\r", "\r\0\r\n")
}
LAYERS = (LINES, SYSLOG, EDGE, PAGER, ECHO, COLOUR, ENDS)
ALONE = {name: noise for layer in LAYERS for name, noise in layer.items()}


def bare(text: str) -> str:
    """`text` without the prompts that some samples have."""
    return "\n".join(line for line in text.split("\n") if prompt(line) is None)


OUTPUTS = tuple((command, bare(text)) for command, text in SAMPLES)


@cache
def clean(command: str, text: str) -> Record:
    record = parse(command, text)
    assert record.unparsed == ()
    return record


def takes(command: str, layer: Mapping[str, Noise]) -> bool:
    """Whether a layer of noise is not what the command prints."""
    return layer is not SYSLOG or resolve(command).family != "logging"


@pytest.mark.parametrize("name", ALONE)
def test_no_noise_changes_a_record(name: str) -> None:
    for command, text in OUTPUTS:
        if takes(command, SYSLOG if name in SYSLOG else {}):
            assert parse(command, ALONE[name](command, text)) == clean(command, text), command


noises = st.tuples(*(st.none() | st.sampled_from(sorted(layer)) for layer in LAYERS))


@given(output=st.sampled_from(OUTPUTS), names=noises)
@settings(max_examples=250)
def test_no_mixture_of_noises_changes_a_record(
    output: tuple[str, str], names: tuple[str | None, ...]
) -> None:
    command, text = output
    noisy = text
    for layer, name in zip(LAYERS, names, strict=True):
        if name is not None and takes(command, layer):
            noisy = layer[name](command, noisy)

    assert parse(command, noisy) == clean(command, text)


GROUPS = tuple(
    (command, text) for command, text in OUTPUTS if resolve(command).family.startswith("gdoi")
)
COMMON = {item.name for item in fields(Record)}
NAMES = (
    *("G", "GETVPN-1.2_x", "a.b.c", "123", "10.1.1.1", "Group", "detail", "Unicast", "none", "-x-"),
    *("SITE#1", "KS1>x", "A:B", "BANK/WAN", "A,B", "G=1", "[G]", "*G*", "%x", "group", "x" * 64),
)


def groups_in(value: Plain) -> set[str]:
    """The names of groups in a record."""
    if isinstance(value, list):
        return set().union(*map(groups_in, value))
    if not isinstance(value, dict):
        return set()
    own = {text for name, text in value.items() if name == "group" and isinstance(text, str)}
    return own.union(*map(groups_in, value.values()))


def renamed(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\w)", lambda _: new, text)


@pytest.mark.parametrize("name", NAMES)
def test_a_group_may_have_any_name(name: str) -> None:
    for command, text in GROUPS:
        for old in groups_in(plain(clean(command, text))):
            values = json.dumps(plain(clean(command, text)), indent=0)
            record = parse(command, renamed(text, old, name))
            assert json.dumps(plain(record), indent=0) == renamed(values, old, name), command


@pytest.mark.parametrize("transport", ["Unicast", "Multicast"])
def test_the_name_of_a_group_may_be_followed_by_its_transport(transport: str) -> None:
    for command, text in GROUPS:
        marked = re.sub(r"(?m)(Group Name *: *[^\s,(]+)(?=,|$)", rf"\1 ({transport})", text)
        record = parse(command, marked)
        assert record.unparsed == (), command
        assert without(plain(record), "transport") == without(
            plain(clean(command, text)), "transport"
        ), command


def without(value: Plain, field: str) -> Plain:
    if isinstance(value, list):
        return [without(item, field) for item in value]
    if isinstance(value, dict):
        return {name: without(item, field) for name, item in value.items() if name != field}
    return value


@pytest.mark.parametrize("form", ["0x{:X}", "0x{:x}", "{:d}"])
def test_handles_are_read_in_both_bases(form: str) -> None:
    handle = re.compile(r"(?<=handle: )(?:0x[0-9A-F]+|[0-9]+)")
    tried = 0
    for command, text in GROUPS:
        changed = handle.sub(lambda match: form.format(int(match[0], 0)), text)
        assert parse(command, changed) == clean(command, text), command
        tried += changed != text
    assert tried


def test_a_second_group_stands_beside_the_first() -> None:
    for command, text in GROUPS:
        one, other = clean(command, text), text
        for name in groups_in(plain(one)):
            other = renamed(other, name, f"{name}-2")
        if other == text or resolve(command).family == "gdoi rekey sa":
            continue
        both = parse(command, f"{text}\n{other}")
        assert both.unparsed == (), command
        for found, twice in zip(lists(one), lists(both), strict=True):
            assert twice == 2 * found, command


def lists(record: Record) -> list[int]:
    """The lengths of the lists that a record consists of."""
    values = (getattr(record, item.name) for item in fields(record) if item.name not in COMMON)
    return [len(value) for value in values if isinstance(value, tuple)]


@pytest.mark.parametrize("line", ["quantum flux 7", "Quantum Flux Capacity : 7", "? 12 ?"])
def test_no_line_disappears(line: str) -> None:
    dice = random.Random(11)  # noqa: S311 - a test's own dice
    for command, text in OUTPUTS:
        # a buffer of logs may hold any line
        if takes(command, SYSLOG):
            lines = text.rstrip("\n").split("\n")
            at = dice.randrange(1, len(lines) + 1)
            assert strays(command, (*lines[:at], line, *lines[at:])) == [line], command


def strays(command: str, lines: Sequence[str]) -> list[str | None]:
    """The lines that are not understood, or the one that the error is about."""
    try:
        return [stray.text for stray in parse(command, "\n".join(lines)).unparsed]
    except ParseError as error:
        return [error.line]


@cache
def shared_outputs(shared: Path) -> list[tuple[str, str]]:
    """The commands of the shared captures that have a record, with their outputs."""
    folder = shared / "captures"
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
        rows = [(row["command"], folder / row["path"]) for row in csv.DictReader(manifest)]
    return [
        (command, bare(path.read_text(encoding="utf-8")))
        for command, path in rows
        if command.startswith("show") and resolve(command).family in FAMILIES
    ]


@cache
def values(command: str, text: str) -> Record:
    """The record, less the reasons why the capture is not the whole output."""
    return replace(parse(command, text), partial=())


@pytest.mark.parametrize("name", ALONE)
def test_no_noise_changes_the_record_of_a_shared_capture(name: str, shared: Path) -> None:
    for command, text in shared_outputs(shared):
        if takes(command, SYSLOG if name in SYSLOG else {}):
            assert values(command, ALONE[name](command, text)) == values(command, text), command
