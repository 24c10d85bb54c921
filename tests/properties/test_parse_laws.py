"""Laws of the parser on texts that no device printed."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.errors import ParseError
from getvpn.parsers import engine, parse
from getvpn.parsers.record import Record

from ..effort import cost

MEMBER = [
    "Group Member ID    : 10.20.{n}.1  GM Version: 1.0.25",
    " Group ID          : 1001",
    " Group Name        : BANK-WAN.v4",
    " GM State          : Registered",
    " Key Server ID     : 10.10.1.1",
    " Rekeys sent       : {n}",
    " Rekeys retries    : 0",
    " Rekey Acks Rcvd   : {n}",
    " Rekey Acks missed : 0",
    "",
    " Sent seq num : 1     2     3     4     ",
    "Rcvd seq num :  1     2     3     4     ",
    "",
]
COMMAND = "show crypto gdoi ks members"


def attempt(text: str) -> Record | None:
    try:
        return parse(COMMAND, text)
    except ParseError:
        return None


@st.composite
def damaged_members(draw: st.DrawFn) -> str:
    """A members table in which lines were dropped, repeated, moved or garbled."""
    lines = [line.format(n=n) for n in range(draw(st.integers(1, 60))) for line in MEMBER]
    seed = random.Random(draw(st.integers(0, 2**16)))  # noqa: S311 - a test's own dice
    for _ in range(draw(st.integers(0, 6))):
        at = seed.randrange(len(lines))
        match seed.randrange(5):
            case 0:
                del lines[at : at + seed.randrange(1, 5)]
            case 1:
                lines.insert(at, lines[seed.randrange(len(lines))])
            case 2:
                lines[at] = lines[at][: seed.randrange(len(lines[at]) + 1)]
            case 3:
                lines[at] = "".join(seed.sample(lines[at], len(lines[at])))
            case _:
                other = seed.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\n".join(lines)


@given(damaged_members())
@example("\n".join(MEMBER * 2).format(n=1).replace("BANK", "B" * 5000, 1))
@settings(max_examples=150)
def test_block_expressions_claim_what_the_walk_claims(text: str) -> None:
    threshold = engine.BULK_LINES
    try:
        engine.BULK_LINES = 0
        fast = attempt(text)
        engine.BULK_LINES = 10**9
        slow = attempt(text)
    finally:
        engine.BULK_LINES = threshold
    assert fast == slow
    if fast is not None and slow is not None:
        assert [row.lineno for row in fast.members] == [row.lineno for row in slow.members]  # type: ignore[attr-defined]


@given(damaged_members())
@settings(max_examples=100)
def test_every_line_is_claimed_or_listed(text: str) -> None:
    record = attempt(text)
    if record is None or record.empty:
        return
    listed = {line.lineno for line in record.unparsed}
    for lineno, line in enumerate(text.split("\n"), start=1):
        if lineno in listed:
            assert line.strip()
    without = "\n".join(
        "" if lineno in listed else line for lineno, line in enumerate(text.split("\n"), start=1)
    )
    again = attempt(without)
    assert again is not None
    assert again.unparsed == ()
    assert again.members == record.members  # type: ignore[attr-defined]


@given(st.text(max_size=400))
@settings(max_examples=300)
def test_any_text_gives_a_record_or_a_parse_error(text: str) -> None:
    attempt(text)


@pytest.mark.parametrize(
    "line",
    [
        " " * 4000,
        "Group Name : " + "x " * 2000,
        "Number of rekeys sent for group " + "a : " * 1000,
        "Sent seq num : " + "1 " * 2000 + "x",
        "\b" * 4000 + "\r" * 4000,
        "\x1b]" * 3000,
        "--" * 4000,
        "%" + "A-" * 2000,
        "A" * 200 + "#" * 4000,
    ],
)
def test_hostile_lines_cost_little(line: str) -> None:
    text = "\n".join([line] * 5)
    # 50 ms per 10 kB, the bound that the parser promises
    promised = 0.05 * max(1, len(text) / 10_000)
    assert cost(lambda: attempt(text), promised) <= promised
