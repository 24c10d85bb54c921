"""Files of logs: found, unpacked, cut into lines, and read whatever they hold."""

import gzip
import os
from datetime import datetime
from errno import EACCES
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.logs.files import MAX_LINE_BYTES, LogFile, find_files, lines_of
from getvpn.audits.logs.json import render as as_json
from getvpn.audits.logs.kinds import KINDS
from getvpn.audits.logs.reading import Reading, read_logs
from getvpn.audits.logs.report import LogReport, Wanted, report_of
from getvpn.audits.logs.text import render
from getvpn.errors import InputError, UsageError
from getvpn.parsers.syslog_catalogue import catalogue

NOW = datetime(2026, 6, 1)  # noqa: DTZ001 - logs have no zone
LOGGED = "Mar  1 10:00:00.123: %GDOI-5-GM_REGS_COMPL: Registration to KS 10.0.0.1 complete for"
LOGGED += " group WAN using address 10.1.0.1 fvrf default ivrf default\n"


def read(path: Path) -> Reading:
    return read_logs(find_files([str(path)]), NOW)


def report(path: Path, text: str | bytes, wanted: Wanted | None = None) -> LogReport:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return report_of(read(path), wanted)


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("ks1.log", "ks1"),
        ("ks1.log.2.gz", "ks1"),
        ("ks1-20260301.txt", "ks1"),
        ("gm1/show logging.txt", "gm1"),
        ("gm1/show_logging.txt", "gm1"),
        ("gm1/1.txt", "gm1/1"),
        ("branch-7", "branch-7"),
    ],
)
def test_the_name_of_a_file_tells_whose_log_it_is(tmp_path: Path, name: str, device: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert [file.device for file in find_files([str(tmp_path)])] == [device]


def test_packed_files_are_read_like_others_and_hidden_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "gm1.log.1.gz").write_bytes(gzip.compress(LOGGED.encode()))
    (tmp_path / ".hidden").write_text(LOGGED * 9)
    assert read(tmp_path).messages == 1


def test_a_folder_that_is_closed_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ks1.log").write_text(LOGGED)
    closed = tmp_path / "gm1"
    closed.mkdir()
    scandir = os.scandir

    def scan(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(EACCES, os.strerror(EACCES), path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", scan)
    with pytest.raises(InputError, match=f"{closed}: Permission denied"):
        find_files([str(tmp_path)])


def test_a_file_that_is_packed_badly_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(LOGGED.encode() * 99)[:-9])
    with pytest.raises(InputError, match="cannot be unpacked"):
        read(tmp_path)


def test_what_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find_files([str(tmp_path / "none")])
    with pytest.raises(InputError, match="no file in it"):
        find_files([str(tmp_path)])
    (tmp_path / "a").write_text("Building configuration...\n")
    with pytest.raises(InputError, match="no system message"):
        read(tmp_path)


def test_long_lines_are_cut_and_the_next_one_is_a_line_again(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 1_000_000 + b"\n" + LOGGED.encode() + b"y" * 600_000)
    lines = list(lines_of(LogFile(name="a", path=path, device="a")))
    assert [len(line) for line in lines] == [MAX_LINE_BYTES, len(LOGGED) - 1, MAX_LINE_BYTES]


def test_the_prompt_of_a_terminal_names_the_device(tmp_path: Path) -> None:
    text = f"GM7#terminal monitor\nGM7#\n{LOGGED}GM8>\r\n{LOGGED}"
    made = report(tmp_path / "session.log", text)
    assert made.groups[0].devices == ["GM7", "GM8"]


def test_names_in_other_cases_or_with_a_domain_are_one_device(tmp_path: Path) -> None:
    heads = ("gm1", "GM1", "gm1.example.net")
    text = "".join(f"Mar  1 10:00:0{i} {head} {i}: {LOGGED}" for i, head in enumerate(heads))
    assert report(tmp_path / "all.log", text).groups[0].devices == ["gm1"]


def test_what_stands_in_two_files_counts_once(tmp_path: Path) -> None:
    (tmp_path / "gm1.log").write_text(LOGGED)
    (tmp_path / "gm1.log.1").write_text(LOGGED)
    made = report_of(read(tmp_path))
    assert made.doubles == 1
    assert made.groups[0].messages == 1


def test_every_message_of_the_catalogue_has_a_kind(tmp_path: Path) -> None:
    known = {(kind.facility, kind.name) for kind in KINDS}
    assert {(id_.split("-")[0], id_.split("-", 2)[2]) for id_ in catalogue} <= known
    text = "".join(f"%{id_}: something about group G1\n" for id_ in catalogue)
    made = report(tmp_path / "a.log", text)
    assert made.groups[0].messages == len(catalogue)


def test_unknown_messages_of_gdoi_are_told_and_others_are_not(tmp_path: Path) -> None:
    text = "%GKM-4-BRAND_NEW: group G1\n%LINK-3-UPDOWN: Interface up\n"
    made = report(tmp_path / "a.log", text)
    assert [group.name for group in made.groups] == ["G1"]
    assert "logged BRAND_NEW" in render(made)
    assert made.messages == 2


def test_messages_inside_those_of_the_platform_are_found(tmp_path: Path) -> None:
    text = f"{LOGGED}Mar  1 10:00:01.000: %IOSXE-3-PLATFORM: R0/0: cpp_cp: %IPSEC-3-REPLAY_ERROR:"
    made = report(tmp_path / "a.log", f"{text} IPSec SA receives anti-replay error\n")
    assert [each.about for each in made.explanations] == ["replays"]


def test_a_failure_of_ike_is_not_a_rejected_rekey(tmp_path: Path) -> None:
    text = "Mar  1 10:00:01.0: %CRYPTO-6-IKMP_MODE_FAILURE: Processing of {} mode failed with peer"
    for mode, found in (("Main", []), ("GDOI", ["rejected rekeys"])):
        made = report(tmp_path / "a.log", f"{LOGGED}{text.format(mode)} at 10.0.0.1\n")
        assert [each.about for each in made.explanations] == found


def test_thousands_of_messages_fit_a_page(tmp_path: Path) -> None:
    line = "Mar {:2d} {:02d}:{:02d}:{:02d}.0: %GDOI-1-UNAUTHORIZED_IPADDR: Group G1 received"
    line += " registration from unauthorized ip address: 10.9.{}.1\n"
    text = "".join(
        line.format(1 + i // 400, i // 60 % 24, i % 60, i * 7 % 60, i % 200) for i in range(8000)
    )
    made = report(tmp_path / "ks1.log", text)
    assert made.groups[0].messages == 8000
    assert render(made).count("\n") < 80
    assert sum(moment.count for moment in made.groups[0].moments) == 8000


def test_control_characters_of_devices_reach_no_terminal(tmp_path: Path) -> None:
    text = "%GDOI-1-UNAUTHORIZED_IDENTITY: Group \x1b]0;x\x07\u202eG received registration from"
    made = report(tmp_path / "a.log", f"{text} unauthorized identity: \x9b31m \u202eevil\n")
    assert render(made).replace("\n", "").isprintable()


def test_groups_devices_and_topics_are_chosen(tmp_path: Path) -> None:
    other = LOGGED.replace("WAN", "LAN").replace("10.1.0.1", "10.1.0.2")
    bad = "Mar  1 10:00:05.0: %GDOI-3-GM_NO_IPSEC_FLOWS: limit reached, group WAN\n"
    lines = (("gm1", LOGGED), ("gm2", other), ("gm1", bad))
    text = "".join(f"Mar  1 10:00:09 {host} 1: {line}" for host, line in lines)
    path = tmp_path / "all.log"
    assert [group.name for group in report(path, text, Wanted(groups=["w*"])).groups] == ["WAN"]
    for name in ("GM2", "10.1.0.2"):
        made = report(path, text, Wanted(devices=[name]))
        assert [group.name for group in made.groups] == ["LAN"]
    made = report(path, text, Wanted(topics=["policy"]))
    assert [moment.topic for group in made.groups for moment in group.moments] == ["policy"]
    assert made.trouble
    with pytest.raises(UsageError, match="no group X in the logs; there is LAN, WAN"):
        report(path, text, Wanted(groups=["X"]))
    with pytest.raises(UsageError, match="no device X in the logs; there is gm1, gm2"):
        report(path, text, Wanted(devices=["X"]))


_WORDS = st.sampled_from(
    [
        "group",
        "G1",
        "10.0.0.1",
        "from",
        "to",
        "with",
        "seq #",
        "7",
        "identity:",
        "spi 0x12345678",
        "using address",
        "Previous Primary =",
        "NONE",
        "my_pseudotime is 5.0 secs, peer_pseudotime is 9.5 secs, replay_window is 3",
        "\x1b[31m",
        "\u202e",
        "%",
    ]
)
_HEADS = st.sampled_from(
    ["", "Mar  1 10:00:00.1: ", "Mar  1 10:00:09 h 1: Mar  1 09:00:00: ", "<1>1 ", "KS1#", "1w2d: "]
)


@st.composite
def log_lines(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(KINDS))
    words = " ".join(draw(st.lists(_WORDS, max_size=9)))
    return f"{draw(_HEADS)}%{kind.facility}-5-{kind.name}: {words}"


@settings(max_examples=60)
@given(st.lists(log_lines() | st.text(max_size=60), max_size=25))
def test_whatever_a_log_holds_is_read(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("log") / "a.log"
    text = "\n".join(["%GDOI-5-KS_GROUP_ADD: group G1", *lines])
    made = report(path, text.encode("utf-8", "surrogatepass"))
    assert render(made).replace("\n", "").isprintable()
    assert as_json(made)


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_text_are_read(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("log") / "a.log"
    assert report(path, b"%GDOI-5-KS_GROUP_ADD: group G1\n%GDOI-5-" + data).groups


def test_the_log_of_a_lab_tells_who_was_not_authorized(shared: Path) -> None:
    made = report_of(read(shared / "captures" / "community" / "logging" / "1.txt"))
    (explained,) = made.explanations
    assert explained.about == "unauthorized registrations"
    assert explained.count == 18
    assert "FQDN name: sr1-1.cml.lab" in explained.devices


def test_messages_between_outputs_are_read_from_captures(shared: Path) -> None:
    made = report_of(read(shared / "captures" / "community" / "crypto_gdoi_ks_coop" / "1.txt"))
    assert [group.name for group in made.groups] == ["MAIN-GROUP"]
    assert not made.trouble
