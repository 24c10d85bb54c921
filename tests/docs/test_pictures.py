"""The pictures of the README, and the terminal in which some are made."""

import os
import re
import shutil
import struct
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .modules import DOCS, module_in_docs

TERMINAL = module_in_docs("terminal.py")
PICTURES = module_in_docs("pictures.py")
KEPT = sorted((DOCS / "pictures").iterdir())
SVG = "{http://www.w3.org/2000/svg}"


def screen(text: str, columns: int = 20, rows: int = 5) -> "TERMINAL.Screen":
    made = TERMINAL.Screen(columns=columns, rows=rows)
    made.feed(text)
    return made


def words(svg: str) -> list[str]:
    """The words in a picture, in their order."""
    return " ".join(each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")).split()  # noqa: S314 - ours


def test_the_findings_in_the_picture_are_those_of_today() -> None:
    made = PICTURES.terminal("audit")
    kept = words((DOCS / "pictures/audit.svg").read_text("utf-8"))

    assert made.lines()[0].startswith("$ getvpn audit *.cfg --select ")
    assert re.search(r"^ks2\.cfg:33: IKE002 \[high\] ", "\n".join(made.lines()), re.MULTILINE)
    assert kept == words(made.svg("getvpn audit")), "draw it anew: python docs/pictures.py audit"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "rollover",
            [
                "point of no return",
                "KS1: make the key GETVPN-REKEY-2 on KS1: done",
                "[10/15] let wave 3 of 4",
            ],
        ),
        (
            "watch",
            [
                "getvpn watch 20",
                "KEK ENDS TEK ENDS",
                "critical KeyServerUnreachable KS1",
                "last events",
                "KS2, group EXAMPLE-WAN: it is primary now",
            ],
        ),
    ],
)
def test_the_lab_has_been_drawn_while_something_happened(name: str, told: list[str]) -> None:
    text = " ".join(words((DOCS / f"pictures/{name}.svg").read_text("utf-8")))

    assert [each for each in told if each not in text] == []


def test_the_report_is_drawn_at_its_first_view(tmp_path: Path) -> None:
    if shutil.which("chromium") is None:
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("there is no chromium: `apt install chromium`")
    text = PICTURES.report(tmp_path / "report.png")
    made, kept = (
        path.read_bytes() for path in (tmp_path / "report.png", DOCS / "pictures/report.png")
    )

    for told in ("BANK-WAN (1001)", "ks1", "secondary, 10.10.2.1", "gm4", "Keys, next rekey in"):
        assert told in text
    assert made[:8] == kept[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", made[16:20]) == struct.unpack(">I", kept[16:20]) == (2400,)


@pytest.mark.parametrize("picture", KEPT, ids=lambda path: path.name)
def test_pictures_are_small_and_each_is_one_of_the_script(picture: Path) -> None:
    assert picture.stat().st_size <= PICTURES.LARGEST
    assert picture.stem in {*PICTURES.TERMINALS, "report"}


def test_a_screen_shows_what_is_left_of_what_was_written() -> None:
    made = screen("one\r\ntwo …\r\x1b[Kthree\r\n\x1b[1mbold\x1b[0m \x1b[31mred\x1b[39m plain\r\n\n")

    assert made.lines() == ["one", "three", "bold red plain"]
    svg = made.svg("a & b")
    texts = list(ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - ours
    assert [each.text for each in texts] == ["a & b", "one", "three", "bold", "red", "plain"]
    assert [each.get("font-weight") for each in texts[3:]] == ["bold", None, None]
    assert len({each.get("fill") for each in texts[3:]}) == 2
    assert [float(each.get("x") or 0) for each in texts[3:]] == [16.0, 58.0, 91.6]


def test_a_board_is_drawn_in_place_and_long_output_scrolls() -> None:
    made = screen("$ watch\r\n\x1b[?1049h\x1b[?25l\x1b[Hold line\x1b[K\r\nmore\x1b[K\r\n\x1b[J")
    made.feed("\x1b[Hnew\x1b[K\r\n\x1b")
    made.feed("[J")

    assert made.lines() == ["new"]
    assert screen("".join(f"{n}\r\n" for n in range(9)), rows=3).lines() == ["6", "7", "8"]


def test_a_screen_tells_of_lines_that_are_too_long_and_of_what_it_does_not_know() -> None:
    assert not screen("x" * 20).wrapped
    assert (made := screen("x" * 21)).wrapped
    assert made.lines() == ["x" * 20, "x"]
    for unknown in ("\x1b[5A", "\x1bM", "\x07", "\x1b[44m"):
        with pytest.raises(TERMINAL.TerminalError, match="unknown"):
            screen(unknown)


def test_a_program_sees_a_terminal_and_ends_when_enough_is_seen(tmp_path: Path) -> None:
    made = screen("", columns=30, rows=7)
    program = (
        "import os, sys, time; print(sys.stdin.isatty(), os.get_terminal_size()); time.sleep(60)"
    )
    TERMINAL.call(
        made,
        [sys.executable, "-c", program],
        folder=tmp_path,
        environment={},
        enough=lambda shown: "lines=7" in "".join(shown.lines()),
    )

    assert "".join(made.lines()).startswith("True os.terminal_size(columns=30, lines=7)")


def test_a_program_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(TERMINAL.TerminalError, match="takes too long"):
        TERMINAL.call(
            screen(""),
            [sys.executable, "-c", "import time; time.sleep(60)"],
            folder=tmp_path,
            environment={},
            within_s=0.1,
        )


@pytest.mark.parametrize("told", ["/srv/x/network.yml: no", "in /tmp", "host HOST", "by USER,"])
def test_pictures_do_not_tell_where_they_were_made(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "HOST")
    monkeypatch.setattr(PICTURES, "getuser", lambda: "USER")

    PICTURES.check(screen("ks1.cfg:33: 10/15, a/b", columns=80), "audit")
    with pytest.raises(TERMINAL.TerminalError, match="where it was made"):
        PICTURES.check(screen(told, columns=80), "audit")
    with pytest.raises(TERMINAL.TerminalError, match="too long"):
        PICTURES.check(screen("x" * 81, columns=80), "audit")


def test_an_unknown_picture_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert PICTURES.main(["audit", "lint"]) == 2
    assert capsys.readouterr().err == (
        "no picture is called lint; there are audit, rollover, watch, report\n"
    )
