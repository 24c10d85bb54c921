"""The actions of `lab` on the network, on power, time and traffic, against a lab that is served."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from getvpn.cli.lab import ACTIONS, ActionGroup, command
from getvpn.cli.main import run

from ..labs import GETVPN, TIMEOUT_S, LabCommand, lab_command, stand_still

pytestmark = pytest.mark.xdist_group("lab world")

NAMES = ["KS1", "KS2", "GM1", "GM2", "GM3", "S1"]
INTERRUPTED = """
import os, signal
from getvpn.cli import lab_run
from getvpn.cli.main import main

note = lab_run.note

def said(text):
    note(text)
    if " boot; " in text:
        os.kill(os.getpid(), signal.SIGINT)

lab_run.note = said
main()
"""
"""The command, with Ctrl-C at the moment at which a lab says that its devices boot."""
INV_SPI = "the SPI is not known"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabCommand]:
    """A lab of two key servers, three members and a station that runs for all tests here."""
    labs = lab_command(tmp_path_factory.mktemp("world"), tmp_path_factory.mktemp("s"))
    try:
        plan = ["--members", "3", "--stations", "1", "--tek", "3600", "--seed", "5"]
        assert labs.run("generate", "made", *plan).returncode == 0
        stand_still(labs.folder / "made" / "lab.yml")
        labs.up("made/lab.yml", "--name", "world")
        labs.run("advance", "2m")
        yield labs
    finally:
        labs.end()


@pytest.fixture
def labs(served: LabCommand) -> Iterator[LabCommand]:
    """The same, with a sound network and all devices up."""
    yield served
    assert good(served.run("heal")) == ""
    assert good(served.run("boot", *NAMES)) == ""
    assert good(served.run("advance", "2h")) != ""


def good(done: subprocess.CompletedProcess[str]) -> str:
    """What a call printed that went well and had nothing to note."""
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def table(text: str) -> list[dict[str, str]]:
    """The rows of a table by its headings; columns begin where the headings do."""
    head, *rows = text.splitlines()
    names = [name for name in head.split("  ") if name]
    starts = [head.index(name.strip()) for name in names]
    ends: list[int | None] = [*starts[1:], None]
    return [
        {
            name.strip(): row[begin:end].strip()
            for name, begin, end in zip(names, starts, ends, strict=True)
        }
        for row in rows
    ]


def line_of(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one line of a call that failed."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    return done.stderr.removeprefix("getvpn: error: ").rstrip("\n")


# ---- generate ----


def test_a_made_lab_has_no_line_that_is_refused(tmp_path: Path) -> None:
    labs = lab_command(tmp_path, tmp_path)
    done = labs.run("generate", "here", "--servers", "1", "--members", "1", "--port", "4000")

    assert (done.returncode, done.stdout) == (0, "here/lab.yml\n")
    assert done.stderr == ("1 key server and 1 member; start them: getvpn lab up here/lab.yml\n")
    assert labs.run("check", "here/lab.yml").stderr == (
        "here/lab.yml: 2 devices, no line is refused\n"
    )
    file = yaml.safe_load((tmp_path / "here" / "lab.yml").read_text())
    assert (file["port"], list(file["devices"])) == (4000, ["KS1", "GM1"])


def test_the_options_of_generate_are_found_in_what_it_makes(tmp_path: Path) -> None:
    labs = lab_command(tmp_path, tmp_path)
    done = labs.run(
        *("generate", ".", "--servers", "3", "--members", "2", "--stations", "7", "--multicast"),
        *("--tek", "900", "--kek", "1800", "--mtu", "1500", "--seed", "9", "--group", "LAB-7"),
    )
    assert done.stderr.startswith("3 key servers and 9 members; ")
    server, member = (tmp_path / "lab" / name for name in ("ks3.cfg", "gm2.cfg"))
    text = server.read_text()
    for line in (
        "rekey address ipv4 GETVPN-REKEY-ACL",
        "rekey lifetime seconds 1800",
        "set security-association lifetime seconds 900",
        "crypto gkm group LAB-7",
    ):
        assert line in text
    assert "mtu 1500" in member.read_text()
    file = yaml.safe_load((tmp_path / "lab.yml").read_text())
    assert (file["seed"], file["network"]["mtu"], file["stations"][0]["count"]) == (9, 1500, 7)
    assert labs.run("check", "lab.yml").returncode == 0


def test_files_that_are_there_are_overwritten_only_by_force(tmp_path: Path) -> None:
    labs = lab_command(tmp_path, tmp_path)
    (tmp_path / "lab").mkdir()
    mine = tmp_path / "lab" / "gm1.cfg"
    mine.write_text("mine\n")

    assert line_of(labs.run("generate", ".")) == (
        "lab/gm1.cfg: there is such a file already; name another folder, or overwrite it with "
        "--force"
    )
    assert (mine.read_text(), (tmp_path / "lab.yml").exists()) == ("mine\n", False)
    assert labs.run("generate", ".", "--force").returncode == 0
    assert mine.read_text().startswith("hostname GM1\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--servers", "9"], "a group has 1 to 8 key servers, not 9"),
        (["--tek", "10"], "the lifetime of a TEK in seconds is from 120 to 2592000, not 10"),
        (["--group", "A B"], "'A B' is no name for a group; a letter, then letters, digits, "),
        (["--members", "many"], "Invalid value for '--members': 'many' is not a valid integer"),
    ],
)
def test_a_plan_that_cannot_be_is_one_line(options: list[str], said: str, tmp_path: Path) -> None:
    labs = lab_command(tmp_path, tmp_path)

    assert line_of(labs.run("generate", "x", *options)).startswith(said)
    assert not (tmp_path / "x").exists()


# ---- up ----


def test_stations_are_counted_when_a_lab_is_up(served: LabCommand) -> None:
    assert "lab world: 5 devices and 1 station up; Ctrl-C or " in served.labs[0].notes


def test_a_lab_can_be_ended_before_it_is_up(tmp_path: Path, tmp_path_factory: Any) -> None:
    labs = lab_command(tmp_path, tmp_path_factory.mktemp("s"))
    labs.run("generate", ".", "--members", "150")
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "lab", "up", "lab.yml"],
        cwd=labs.folder,
        env=labs.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )

    said = "152 devices boot; that takes some time\nlab lab: down\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)
    assert labs.sockets() == []


# ---- inspect ----


def test_all_devices_are_seen_at_a_glance(labs: LabCommand) -> None:
    *lines, network = good(labs.run("inspect")).splitlines()
    rows = table("\n".join(lines))

    assert [row["device"] for row in rows] == NAMES
    assert [row["state"] for row in rows] == [
        "Primary, 4 members",
        "Secondary, 4 members",
        *["Registered with KS1"] * 4,
    ]
    assert len({row["TEK"] for row in rows}) == 1
    assert network == "network: nothing is wrong"


def test_what_is_wrong_in_the_network_is_told_in_words(labs: LabCommand) -> None:
    for words in (
        ("partition", "KS1,GM1", "GM2"),
        ("cut", "KS1", "KS2"),
        ("cut", "GM3", "GM1", "--one-way"),
        ("line", "GM1", "--latency", "250", "--loss", "2.5%", "--mtu", "1400"),
        ("line", "GM2", "GM1", "--latency", "0.5ms"),
        ("prune", "239.192.1.1", "GM3"),
    ):
        assert good(labs.run(*words)) == ""
    assert good(labs.run("inspect")).splitlines()[-1] == (
        "network: split into GM1,KS1 | GM2 | the others; nothing from GM3 to GM1; "
        "nothing between KS1 and KS2; line of GM1: 250 ms, 2.5 % loss, MTU 1400; "
        "between GM1 and GM2: 0.5 ms, 2.5 % loss, MTU 1400; GM3 hears nothing of 239.192.1.1"
    )
    assert good(labs.run("mend", "GM1", "GM3")) == ""
    assert good(labs.run("prune", "239.192.1.1", "GM3", "--back")) == ""
    last = good(labs.run("inspect")).splitlines()[-1]
    assert ("GM3 to GM1" in last, "239.192.1.1" in last) == (False, False)


def test_a_key_server_shows_its_keys_peers_and_members(labs: LabCommand) -> None:
    text = good(labs.run("inspect", "KS1"))
    head, line, _, group, counts, *rest = text.splitlines()

    assert head.startswith("KS1, isr4451: up since 2026-01-01 00:00:00 UTC, key server with GETVPN")
    assert line == "addresses 192.0.2.1, 203.0.113.1; line 10 ms, no loss, MTU 4470"
    assert group == "group EXAMPLE-WAN, identity 1001: Primary, address 203.0.113.1"
    assert counts.startswith("  4 members, ")
    words = [row.split() for row in rest]
    assert words[0] == ["key", "SPI", "sa", "ends", "in", "next", "in"]
    assert {row[0] for row in words} >= {"KEK", "TEK"}
    assert ["203.0.113.2", "KS2", "75", "Secondary", "Alive", "up"] in words
    assert [row[:2] for row in words[-4:]] == [
        ["100.64.0.1", "GM1"],
        ["100.64.0.5", "GM2"],
        ["100.64.0.9", "GM3"],
        ["100.65.0.1", "S1"],
    ]


def test_a_member_shows_its_registration_and_its_keys(labs: LabCommand) -> None:
    for name in ("GM1", "S1"):
        text = good(labs.run("inspect", name))
        lines = text.splitlines()
        assert ": Registered with KS1 (203.0.113.1), address 100.6" in lines[3]
        assert lines[4].split() == ["key", "SPI", "sa", "ends", "in", "encrypts"]
        assert re.search(r"^  TEK  0x[0-9A-F]{8} +10  \d:\d\d:\d\d +now$", text, re.MULTILINE)
        assert re.search(
            r"^  \d of \d registrations? complete; the next in \d:", text, re.MULTILINE
        )
        assert re.search(r"^  \d+ rekeys received", text, re.MULTILINE)


def test_a_device_without_power_is_down(labs: LabCommand) -> None:
    assert good(labs.run("kill", "GM1", "S1")) == ""

    assert good(labs.run("inspect", "GM1")).startswith("GM1, isr2911: down\n")
    states = {row["device"]: row["state"] for row in table(good(labs.run("inspect")))}
    assert (states["GM1"], states["S1"]) == ("down", "down")
    assert good(labs.run("boot", "GM1", "S1")) == ""
    assert good(labs.run("inspect", "S1")).startswith("S1, station: up, group member with GETVPN ")


def test_the_state_is_json_as_well(labs: LabCommand) -> None:
    device = json.loads(good(labs.run("inspect", "KS2", "--json")))
    every = json.loads(good(labs.run("inspect", "--json")))

    assert device["groups"]["servers"]["EXAMPLE-WAN"]["role"] == "Secondary"
    assert [each["name"] for each in every["devices"]] == NAMES


# ---- traffic ----


def test_traffic_is_a_line_for_each_direction(labs: LabCommand) -> None:
    rows = table(good(labs.run("traffic", "GM1", "GM2")))

    assert [(row["from"], row["to"], row["traffic"]) for row in rows] == [
        ("GM1", "GM2", "encrypted"),
        ("GM2", "GM1", "encrypted"),
    ]
    assert rows[0]["SPI"] == rows[1]["SPI"]
    assert int(rows[0]["bytes"]) > 100


def test_what_passes_in_clear_is_no_failure(labs: LabCommand) -> None:
    rows = table(good(labs.run("traffic", "GM1", "GM2", "--port", "22")))

    assert [row["traffic"] for row in rows] == ["clear", "clear"]
    assert "SPI" not in rows[0]


def test_lost_traffic_is_exit_code_1_and_says_why(labs: LabCommand) -> None:
    labs.run("kill", "GM2")
    done = labs.run("traffic", "GM1", "GM2")

    assert (done.returncode, done.stderr) == (1, "")
    assert [row["why"] for row in table(done.stdout)] == ["GM2: it is down"] * 2


def test_a_packet_can_be_described(labs: LabCommand) -> None:
    labs.run("line", "GM3", "--mtu", "1500")
    large = ("--protocol", "udp", "--size", "1500", "--json")
    passes = json.loads(good(labs.run("traffic", "GM1", "GM3", *large)))
    done = labs.run("traffic", "GM1", "GM3", *large, "--df")

    assert (passes["works"], passes["there"]["fragments"]) == (True, 2)
    assert done.returncode == 1
    lost = json.loads(done.stdout)["there"]
    assert (lost["condition"], lost["why"]) == (
        "lost",
        "larger than the path allows, and not to be fragmented",
    )


# ---- outages ----


def test_outages_are_recorded_and_shown(labs: LabCommand) -> None:
    done = labs.run("outages", "--start")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "traffic of 12 pairs is recorded, one direction each\n"
    done = labs.run("outages")
    assert (done.returncode, done.stdout) == (0, "")
    assert ": none lost traffic, none sent it in clear\n" in done.stderr

    labs.run("cut", "GM1", "GM2", "--one-way")
    labs.run("advance", "90s")
    done = labs.run("outages")
    (row,) = table(done.stdout)
    assert done.returncode == 1
    assert (row["from"], row["to"], row["outages"], row["ended"]) == ("GM1", "GM2", "1", "lasts")
    assert (row["clear"], row["why"]) == ("0.0", "no packet arrives there")
    assert 90 <= float(row["lost"]) < 150
    assert ": 1 lost traffic, none sent it in clear\n" in done.stderr

    labs.run("mend", "GM1", "GM2")
    (row,) = table(labs.run("outages", "GM1,GM2").stdout)
    assert row["ended"].startswith("2026-01-")
    every = labs.run("outages", "GM2,GM3", "--all")
    assert (every.returncode, len(table(every.stdout))) == (0, 2)

    done = labs.run("outages", "--stop", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, len(found["pairs"])) == (1, "", 12)
    (lossy,) = [each for each in found["pairs"] if each["losses"]]
    assert (lossy["from"], lossy["to"]) == ("GM1", "GM2")
    assert line_of(labs.run("outages")) == (
        "no traffic is recorded; begin with 'getvpn lab outages --start'"
    )


def test_outages_of_pairs_that_nobody_records_are_not_called_none(labs: LabCommand) -> None:
    labs.run("outages", "--start", "GM1,GM2")
    for pair in ("GM1,GM3", "GM1,GM2,GM3", "GM1,GM9"):
        done, other = labs.run("outages", "GM1,GM2", pair), pair.rpartition(",")[2]
        assert (done.returncode, done.stdout) == (2, "")
        assert line_of(done) == (
            f"no traffic between GM1 and {other} is recorded; without a PAIR it is shown of all "
            "that are"
        )


def test_pairs_and_packets_of_a_recording_can_be_chosen(labs: LabCommand) -> None:
    done = labs.run("outages", "GM1,GM2,S1", "GM3,GM1", "--start", "--port", "22")
    assert done.stderr == "traffic of 8 pairs is recorded, one direction each\n"
    labs.run("advance", "60s")
    done = labs.run("outages", "--stop")

    rows = table(done.stdout)
    assert (done.returncode, len(rows)) == (0, 8)
    assert all(float(row["clear"]) >= 60 and row["lost"] == "0.0" for row in rows)
    assert "why" not in rows[0]
    assert ": none lost traffic, 8 sent it in clear\n" in done.stderr


# ---- events ----


def test_events_are_told_with_the_time_of_the_lab(labs: LabCommand) -> None:
    labs.run("kill", "GM3")
    labs.run("partition", "KS1")
    told = good(labs.run("events", "--since", "5m")).splitlines()

    assert any(line.endswith("  GM3  goes down") for line in told)
    assert told[-1].endswith("  network  partition KS1")
    assert re.match(r"2026-01-\d\d \d\d:\d\d:\d\d\.\d{3}  network  ", told[-1])
    only = good(labs.run("events", "network", "--since", "5m")).splitlines()
    assert {line.split("  ")[1] for line in only} == {"network"}
    first = good(labs.run("events", "KS1")).splitlines()[0]
    assert first == "2026-01-01 00:00:00.000  KS1  comes up"


def test_raw_events_are_those_of_the_digest(labs: LabCommand) -> None:
    raw = good(labs.run("events", "--raw"))
    assert sha256(raw.encode()).hexdigest() == good(labs.run("digest")).strip()
    number = raw.count("\n")
    labs.run("heal")
    assert good(labs.run("events", "--raw", "--since", str(number))).endswith(" network heal\n")


def test_the_same_lab_with_the_same_commands_has_the_same_digest(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = set()
    for _ in range(2):
        labs = lab_command(tmp_path, tmp_path_factory.mktemp("s"))
        try:
            labs.run("generate", ".", "--members", "2", "--force")
            stand_still(tmp_path / "lab.yml")
            lab = labs.up("lab.yml")
            for words in (("advance", "1h"), ("partition", "KS1,GM1"), ("advance", "3h")):
                assert labs.run(*words).returncode == 0
            lines = good(labs.run("events", "--raw")).splitlines()
            digests.add(tuple(line.split(" ", 1)[1] for line in lines))
            lab.stop()
        finally:
            labs.end()
    assert len(digests) == 1


def test_events_can_be_followed_until_the_lab_is_over(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    labs = lab_command(tmp_path, tmp_path_factory.mktemp("s"))
    (tmp_path / "lab.yml").write_text("host_keys: {type: ed25519}\ndevices: {R1: , R2: }\n")
    try:
        lab = labs.up("lab.yml")
        following = subprocess.Popen(
            [*GETVPN, "lab", "events", "--follow"],
            cwd=labs.folder,
            env=labs.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert following.stdout is not None
        labs.run("cut", "R1", "R2")
        assert following.stdout.readline().endswith("  network  cut R1 R2\n")
        labs.run("heal")
        assert following.stdout.readline().endswith("  network  heal\n")
        lab.stop()
        out, err = following.communicate(timeout=TIMEOUT_S)
        assert (following.returncode, out, err) == (0, "", "the lab is over\n")
    finally:
        labs.end()


# ---- what is wrong ----


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["partition"], "Missing argument 'SIDE...'"),
        (["partition", ","], "',' names no device; join names by commas: KS1,GM1"),
        (["partition", "KS1,GM9"], "there is no device 'GM9'; getvpn lab list names the devices"),
        (["partition", "KS1", "KS1"], "KS1 cannot stand on a side twice, nor on two"),
        (["cut", "KS1"], "Missing argument 'B'"),
        (["cut", "KS1", "KS1"], "KS1 has no line to itself"),
        (["mend", "KS1", "GM9"], "there is no device 'GM9'"),
        (["line", "KS1"], "nothing to change; give --latency, --loss or --mtu"),
        (
            ["line", "KS1", "--loss", "101"],
            "a loss is a number of percent from 0 to 100, not '1",
        ),
        (["line", "KS1", "--loss", "much"], "a loss is a number of percent from 0 to 100, not 'mu"),
        (["line", "KS1", "--latency", "-1"], "a latency is a number of milliseconds from 0 to "),
        (["line", "KS1", "--mtu", "100"], "an MTU is a number of bytes from 576 to 65535, not 100"),
        (["prune", "10.0.0.1", "KS1"], "'10.0.0.1' is no address of a multicast group"),
        (["kill"], "Missing argument 'DEVICE...'"),
        (["kill", "GM9"], "there is no device 'GM9'"),
        (["boot", "GM9"], "there is no device 'GM9'"),
        (["inspect", "GM9"], "there is no device 'GM9'"),
        (["ssh", "S1"], "S1 is a station: it has no command line"),
        (["fault", "S1", "hang"], "S1 is a station: it has no command line"),
        (["traffic", "GM1"], "Missing argument 'B'"),
        (["traffic", "GM1", "GM1"], "GM1 sends itself nothing; name two devices"),
        (["traffic", "GM1", "GM2", "--protocol", "tpc"], "there is no protocol 'tpc'; give tcp, "),
        (["traffic", "GM1", "GM2", "--size", "1"], "'size' is a whole number from 28 to 65535"),
        (["outages", "--start", "--stop"], "--start and --stop exclude each other"),
        (["outages", "GM1", "--start"], "'GM1' is no pair; join two names by a comma: GM1,GM2"),
        (["outages", "--size", "9"], "the packets are those of the recording; say it with --start"),
        (["events", "--since", "soon"], "'soon' is no number of events and no span of time; write"),
        (["events", "GM9"], "there is no device 'GM9'"),
        (["fautl"], "unknown action 'fautl'; did you mean 'fault'? (see 'getvpn lab --help')"),
    ],
)
def test_a_wrong_call_is_one_line(served: LabCommand, arguments: list[str], said: str) -> None:
    assert line_of(served.run(*arguments)).startswith(said)


def test_no_device_is_killed_where_one_is_not_there(served: LabCommand) -> None:
    done = served.run("kill", "GM1", "GM9")

    assert line_of(done) == "there is no device 'GM9'; getvpn lab list names the devices"
    assert ": up since " in good(served.run("inspect", "GM1"))


@pytest.mark.parametrize(
    "arguments",
    [
        *(["heal"], ["inspect"], ["digest"], ["events"], ["outages"], ["kill", "KS1"]),
        *(["traffic", "A", "B"], ["partition", "A"], ["line", "A", "--mtu", "1500"]),
    ],
)
def test_without_a_lab_the_exit_code_is_3(arguments: list[str], tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("s")
    done = lab_command(folder, folder).run(*arguments)

    assert line_of(done, 3) == "no lab runs; start one: getvpn lab up FILE"


# ---- help and completion ----


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_the_summary_of_an_action_is_that_of_its_command(name: str) -> None:
    assert isinstance(command, ActionGroup)
    found = command.get_command(click.Context(command), name)

    assert found is not None
    assert found.name == name
    assert found.get_short_help_str(limit=200).rstrip(".") == ACTIONS[name][1].rstrip(".")


def test_the_defaults_of_generate_are_those_of_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    from getvpn.emulator import LabPlan

    assert run(["lab", "generate", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    plan = LabPlan()
    for value in (plan.servers, plan.members, plan.group, plan.tek_s, plan.kek_s, plan.mtu):
        assert f"; {value} if not said." in text


def test_the_help_of_the_lab_loads_no_action() -> None:
    script = (
        "import sys\n"
        "from getvpn.cli.main import run\n"
        "run(['lab', '--help'])\n"
        "print(*(name for name in sys.modules if name.startswith('getvpn.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert [name for name in done.stderr.split() if ".lab_" in name or ".emulator" in name] == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("getvpn lab out", ["outages"]),
        ("getvpn lab kill ", NAMES),
        ("getvpn lab kill GM1 GM", ["GM2", "GM3"]),
        ("getvpn lab inspect S", ["S1"]),
        ("getvpn lab traffic GM1 G", ["GM2", "GM3"]),
        ("getvpn lab cut KS1 K", ["KS2"]),
        ("getvpn lab ssh KS", ["KS1", "KS2"]),
        ("getvpn lab events KS1 K", ["KS2"]),
        ("getvpn lab partition KS1,GM", ["KS1,GM1", "KS1,GM2", "KS1,GM3"]),
        ("getvpn lab partition KS1,GM1 KS2,G", ["KS2,GM2", "KS2,GM3"]),
        ("getvpn lab outages GM1,GM2 GM1,G", ["GM1,GM2", "GM1,GM3"]),
        ("getvpn lab fault KS1 drop", ["drop-after"]),
        ("getvpn lab fault KS1 hang ", []),
        ("getvpn lab down --lab ", ["world"]),
        ("getvpn lab kill --lab none G", []),
    ],
)
def test_words_are_completed(
    served: LabCommand,
    words: str,
    offered: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GETVPN_LAB_DIR", served.environment["GETVPN_LAB_DIR"])
    monkeypatch.setenv("_GETVPN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))

    assert run([]) == 0
    assert capsys.readouterr().out.split() == [f"plain,{word}" for word in offered]
