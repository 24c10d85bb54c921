"""The verb `lab`, as a user calls it."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
import yaml

from getvpn.cli.main import run

from ..labs import (
    GETVPN,
    TIMEOUT_S,
    LabCommand,
    LabProcess,
    is_open,
    lab_command,
    write_lab,
)

REFUSED = """\
host_keys: {type: ed25519}
devices:
  KS1:
    startup: |
      hostname KS1
      wormhole open
  KS2: {startup_file: ks2.cfg}
"""


def line_of(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr of a call that printed nothing else."""
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr.rstrip("\n")


OWN = "127.78.0.1"
TWO = {"KS1": None, "GM-long-name": {"platform": "isr2911"}}


@pytest.fixture
def two(labs: LabCommand) -> LabProcess:
    """A lab of two devices named `site`, at an address at which nobody else listens."""
    write_lab(labs.folder, "site.yml", TWO, address=OWN)
    return labs.up("site.yml")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabCommand]:
    """The same for tests that leave it as it is."""
    labs = lab_command(tmp_path_factory.mktemp("standing"), tmp_path_factory.mktemp("s"))
    write_lab(labs.folder, "site.yml", TWO)
    try:
        labs.up("site.yml")
        yield labs
    finally:
        labs.end()


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabCommand]:
    """A lab in which one of two devices has no host key."""
    labs = lab_command(tmp_path_factory.mktemp("silent"), tmp_path_factory.mktemp("s"))
    write_lab(labs.folder, "site.yml", {"KS1": None, "SILENT": {"host_key": "none"}})
    try:
        labs.up("site.yml")
        yield labs
    finally:
        labs.end()


# Up and down


def test_a_lab_prints_where_its_devices_are_and_how_to_log_in(standing: LabCommand) -> None:
    two = standing.labs[0]
    ports = two.ports()
    width = max(4, *(len(str(port)) for port in ports.values()))

    assert two.table == [
        f"device        platform  address    {'port':<{width}}  user\n",
        f"KS1           isr4451   127.0.0.1  {ports['KS1']:<{width}}  admin\n",
        f"GM-long-name  isr2911   127.0.0.1  {ports['GM-long-name']:<{width}}  admin\n",
    ]
    assert two.notes == (
        f"log in: getvpn lab ssh KS1, or ssh -p {ports['KS1']} admin@127.0.0.1; "
        "the password is 'admin'\n"
        "lab site: 2 devices up; Ctrl-C or 'getvpn lab down' ends it\n"
    )


def test_a_password_that_somebody_chose_is_not_shown(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"KS1": None}, credentials={"password": "hushhush"})
    lab = labs.up("site.yml")

    assert "; the password stands in site.yml\n" in lab.notes
    assert "hushhush" not in lab.notes + "".join(lab.table)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_lab_cleanly(labs: LabCommand, two: LabProcess, number: int) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever runs the tests ignores this signal (nohup), and so does the lab")
    ports = two.ports()
    assert labs.ssh("KS1", "show clock").returncode == 0
    assert [is_open(port, OWN) for port in ports.values()] == [True, True]
    assert labs.sockets() == ["site.known_hosts", "site.sock"]

    assert two.stop(number) == (0, "lab site: down\n")
    assert [is_open(port, OWN) for port in ports.values()] == [False, False]
    assert labs.sockets() == []


def test_a_lab_ends_while_clients_are_connected(two: LabProcess) -> None:
    with socket.create_connection((OWN, two.ports()["KS1"])) as client:
        assert client.recv(100).startswith(b"SSH-2.0-Cisco")
        assert two.stop() == (0, "lab site: down\n")


def test_down_ends_a_lab_and_waits_for_it(labs: LabCommand, two: LabProcess) -> None:
    done = labs.run("down")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert labs.sockets() == []
    assert [is_open(port, OWN) for port in two.ports().values()] == [False, False]
    assert two.process.wait(timeout=TIMEOUT_S) == 0


@pytest.mark.usefixtures("two")
def test_a_lab_can_be_started_anew_as_soon_as_it_is_down(labs: LabCommand) -> None:
    labs.run("down")
    labs.up("site.yml")
    assert labs.run("list").returncode == 0


def test_the_inventory_is_for_its_owner_only(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"KS1": None}, credentials={"password": "hushhush"})
    old = labs.folder / "hosts.yml"
    old.write_text("old: 1\n")
    old.chmod(0o644)
    lab = labs.up("site.yml", "--inventory", "hosts.yml")

    assert lab.notes.startswith("inventory: hosts.yml\n")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    (host,) = yaml.safe_load(old.read_text()).values()
    assert (host["port"], host["password"]) == (lab.ports()["KS1"], "hushhush")


def test_an_inventory_that_cannot_be_written_ends_the_lab(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"KS1": None})
    done = labs.run("up", "site.yml", "--inventory", "nowhere/hosts.yml")

    assert done.returncode == 2
    assert "nowhere" in line_of(done)
    assert labs.sockets() == []


def test_ipv6_and_addresses_of_their_own_are_served(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"A": None, "B": None}, address="127.77.0.0/24")
    lab = labs.up("site.yml")

    assert [line.split()[2] for line in lab.table[1:]] == ["127.77.0.1", "127.77.0.2"]
    assert labs.ssh("B", "show clock").returncode == 0


# What is wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "seed: 1\ndevices:\n  KS1:\n    platfrom: c8000v\n",
            "lab.yml:4:5: devices.KS1.platfrom: unknown key; did you mean 'platform'?",
        ),
        ("", "lab.yml:1:1: the file is empty"),
        ("devices:\n\tA:\n", "lab.yml:2:1: not YAML: while scanning for the next token, found"),
    ],
)
@pytest.mark.parametrize("action", ["up", "check"])
def test_a_mistake_in_the_file_is_one_line(
    text: str, said: str, action: str, labs: LabCommand
) -> None:
    (labs.folder / "lab.yml").write_text(text)
    done = labs.run(action, "lab.yml")

    assert done.returncode == 2
    assert line_of(done).startswith(f"getvpn: error: {said}")


def test_a_file_that_is_not_there_is_one_line(labs: LabCommand) -> None:
    done = labs.run("up", "nonesuch.yml")

    assert done.returncode == 2
    assert line_of(done) == "getvpn: error: nonesuch.yml: No such file or directory"


@pytest.mark.parametrize("name", ["../etc", "a b", "", "x" * 64])
def test_a_bad_name_is_refused_before_anything_is_done(labs: LabCommand, name: str) -> None:
    done = labs.run("up", "nonesuch.yml", "--name", name)

    assert done.returncode == 2
    assert line_of(done).startswith(f"getvpn: error: '{name}' cannot be the name of a lab; ")


def test_a_file_whose_name_is_no_name_needs_one(labs: LabCommand) -> None:
    write_lab(labs.folder, "my lab.yml", {"KS1": None})

    assert "'my lab' cannot be the name of a lab; name it with --name: " in line_of(
        labs.run("up", "my lab.yml")
    )
    labs.up("my lab.yml", "--name", "mine")
    assert labs.sockets() == ["mine.sock"]


def test_a_port_in_use_is_one_line(labs: LabCommand) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        write_lab(labs.folder, "site.yml", {"KS1": None, "KS2": {"port": port}})
        done = labs.run("up", "site.yml")

    assert done.returncode == 2
    assert line_of(done) == (
        f"getvpn: error: KS2: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "another program, perhaps another lab, has this port"
    )
    assert labs.sockets() == []


def test_a_name_that_is_in_use_is_one_line(standing: LabCommand) -> None:
    done = standing.run("up", "site.yml")

    assert done.returncode == 2
    assert "a lab named 'site' runs already; name this one with --name" in line_of(done)
    assert standing.run("list").returncode == 0


def test_a_folder_that_others_can_enter_is_refused(labs: LabCommand) -> None:
    folder = Path(labs.environment["GETVPN_LAB_DIR"], "getvpn-labs")
    folder.mkdir()
    folder.chmod(0o755)
    write_lab(labs.folder, "site.yml", {"KS1": None})
    for arguments in (["up", "site.yml"], ["list"], ["down"]):
        done = labs.run(*arguments)
        assert done.returncode == 2
        assert "the folder of running labs is open to others; chmod 700 " in line_of(done)


def test_a_lab_that_died_is_forgotten(labs: LabCommand, two: LabProcess) -> None:
    two.process.kill()
    two.process.wait()
    assert labs.sockets() == ["site.sock"]

    done = labs.run("list")
    assert done.returncode == 3
    assert line_of(done) == "getvpn: error: no lab runs; start one: getvpn lab up FILE"
    assert labs.sockets() == []
    labs.up("site.yml")


# Configurations with mistakes


@pytest.fixture
def refused(labs: LabCommand) -> LabCommand:
    """A lab whose devices refuse two lines."""
    (labs.folder / "lab.yml").write_text(REFUSED)
    (labs.folder / "ks2.cfg").write_text("hostname KS2\ninterface Loopback0\n ip adress 1.2.3.4\n")
    return labs


def test_a_device_boots_with_the_lines_that_it_takes_and_says_nothing(refused: LabCommand) -> None:
    lab = refused.up("lab.yml")

    assert refused.ssh("KS2", "show running-config interface Loopback0").returncode == 0
    assert "refuse" not in lab.notes
    assert lab.stop() == (0, "lab lab: down\n")


@pytest.mark.parametrize("arguments", [("up", "lab.yml", "--check"), ("check", "lab.yml")])
def test_refused_lines_are_named_when_asked_for(
    refused: LabCommand, arguments: tuple[str, ...]
) -> None:
    done = refused.run(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "lab.yml:6: KS1 refuses 'wormhole open'",
        "ks2.cfg:3: KS2 refuses 'ip adress 1.2.3.4'",
    ]
    assert refused.sockets() == []


def test_a_lab_without_refused_lines_passes_the_check_and_is_served(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"KS1": {"startup": "hostname KS1\n"}, "KS2": None})
    done = labs.run("check", "site.yml")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "site.yml: 2 devices, no line is refused\n"

    labs.up("site.yml", "--check")
    assert labs.ssh("KS1", "show clock").returncode == 0


# Steering


def test_devices_are_listed(standing: LabCommand) -> None:
    done = standing.run("list")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "".join(standing.labs[0].table)


def test_several_labs_run_side_by_side(labs: LabCommand, two: LabProcess) -> None:
    write_lab(labs.folder, "other.yml", {"R1": None})
    labs.up("other.yml")

    rows = [line.split() for line in labs.run("list").stdout.splitlines()]
    assert rows[0] == ["lab", "device", "platform", "address", "port", "user"]
    assert [row[:2] for row in rows[1:]] == [
        ["other", "R1"],
        ["site", "KS1"],
        ["site", "GM-long-name"],
    ]
    assert labs.run("list", "--lab", "site").stdout == "".join(two.table)

    for arguments in (["fault", "R1"], ["ssh", "R1"], ["advance", "1s"], ["down"]):
        done = labs.run(*arguments)
        assert done.returncode == 2
        assert "2 labs run: other, site; say which: --lab NAME" in line_of(done)
        assert labs.run(*arguments, "--lab", "third").returncode == 3

    assert labs.run("fault", "R1", "hang", "--lab", "other").stdout == "hang\n"
    assert "there is no device 'R1'" in line_of(labs.run("fault", "R1", "--lab", "site"))
    assert labs.run("down", "--lab", "other").returncode == 0
    assert labs.run("list").stdout == "".join(two.table)


def test_ssh_verifies_the_host_key_and_passes_the_command_on(standing: LabCommand) -> None:
    for device in ("KS1", "GM-long-name"):
        done = standing.ssh(device, "show", "running-config", "|", "include", "^hostname")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip() == f"hostname {device}"


def test_ssh_does_not_go_on_with_another_host_key(standing: LabCommand, tmp_path: Path) -> None:
    """A program in the place of `ssh` puts another key into the file of known ones."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().split()[1]
    fake = tmp_path / "bin" / "ssh"
    fake.parent.mkdir()
    fake.write_text(
        "#!/bin/sh\n"
        "for word; do case $word in UserKnownHostsFile=*) file=${word#*=};; esac; done\n"
        "file=$(echo $file | tr -d '\"')\n"
        f"sed -i s#AAAA.*#{other}# $file\n"
        'PATH=${PATH#*:}\nexec ssh "$@"\n'
    )
    fake.chmod(0o700)
    path = f"{fake.parent}:{os.environ['PATH']}"
    labs = replace(standing, environment=standing.environment | {"PATH": path})
    done = labs.ssh("KS1", "show clock")

    assert (done.returncode, done.stdout) == (255, "")
    assert "Host key verification failed" in done.stderr


def test_ssh_reaches_a_router_with_old_algorithms(labs: LabCommand) -> None:
    devices = {"OLD": {"platform": "isr2911", "settings": {"algorithms": "legacy"}}}
    write_lab(labs.folder, "site.yml", devices, host_keys={"type": "rsa"}, seed=1)
    labs.up("site.yml")

    done = labs.ssh("OLD", "show clock")
    assert (done.returncode, "UTC" in done.stdout) == (0, True)


def test_ssh_logs_in_as_somebody_else(labs: LabCommand) -> None:
    startup = "username oper privilege 1 password low\nusername admin password high\n"
    write_lab(labs.folder, "site.yml", {"KS1": {"startup": startup}})
    labs.up("site.yml")

    done = labs.ssh("--user", "oper", "KS1", "show privilege", password="low")  # noqa: S106
    assert "Current privilege level is 1" in done.stdout
    assert labs.ssh("KS1", "show clock").returncode == 255


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ssh", "KS9"], 2, "there is no device 'KS9'; getvpn lab list names the devices"),
        (["ssh", "SILENT"], 3, "SILENT: SSH is off; the device has no host key"),
        (["fault", "KS9"], 2, "there is no device 'KS9'; getvpn lab list names the devices"),
        (["fault", "KS1", "explode"], 2, "there is no fault named 'explode'; choose from refuse, "),
        (["fault", "KS1", "slow"], 2, "the fault slow needs a number from 1 to "),
        (["fault", "KS1", "explode", "--clear"], 2, "there is no fault named 'explode'; choose "),
        (["advance", "soon"], 2, "'soon' is no span of time; write 90s, 15m, 2h or 1d"),
        (["advance", "inf"], 2, "'inf' is no span of time; write 90s, 15m, 2h or 1d"),
        (["advance", "99999d"], 2, "a lab's clock goes forwards, and not that far; at most 3650 "),
        (
            ["pace", "0"],
            2,
            "a lab's clock cannot run 0 times as fast; choose from 0.001 to 1,000,000",
        ),
        (["pace", "nan"], 2, "a lab's clock cannot run nan times as fast; choose from 0.001 to "),
        (["pace", "fast"], 2, "Invalid value for 'RATE': 'fast' is not a valid float"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], code: int, said: str, silent: LabCommand
) -> None:
    done = silent.run(*arguments)

    assert done.returncode == code
    assert line_of(done).startswith(f"getvpn: error: {said}")


def test_faults_are_set_listed_and_cleared(standing: LabCommand) -> None:
    labs = standing
    assert labs.run("fault", "KS1").stdout == ""
    assert labs.run("fault", "KS1", "drop-after", "3").stdout == "drop-after 3\n"
    assert labs.run("fault", "KS1", "wrong-prompt", "R9#").stdout == (
        "drop-after 3\nwrong-prompt R9#\n"
    )
    assert labs.run("fault", "KS1", "drop-after", "--clear").stdout == "wrong-prompt R9#\n"
    assert labs.run("fault", "GM-long-name").stdout == ""
    assert labs.run("fault", "KS1", "--clear").stdout == ""


def test_the_clock_jumps(labs: LabCommand) -> None:
    clock = {"start": "2026-03-01T12:00:00Z", "rate": 0.001}
    write_lab(labs.folder, "site.yml", {"KS1": None}, clock=clock)
    labs.up("site.yml")

    assert labs.run("advance", "2d").stdout.startswith("2026-03-03 12:00:")
    assert labs.run("advance", "1.5h").stdout.startswith("2026-03-03 13:3")
    assert "UTC Tue Mar 3 2026" in labs.ssh("KS1", "show clock").stdout


def test_the_clock_changes_its_pace(labs: LabCommand) -> None:
    clock = {"start": "2026-03-01T12:00:00Z", "rate": 0.001}
    write_lab(labs.folder, "site.yml", {"KS1": None}, clock=clock)
    labs.up("site.yml")

    assert labs.run("pace", "1000000").stdout.startswith("2026-03-01 12:00:")
    assert labs.run("pace", "1").stdout > "2026-03-01 12:05"


# Help


def test_help_names_the_actions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "--help"]) == 0

    said = capsys.readouterr().out
    assert [
        name
        for name in ("advance", "check", "down", "fault", "list", "ssh", "up")
        if f"\n  {name} " not in said
    ] == []


def test_without_an_action_the_help_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab"]) == 2
    assert "Usage: getvpn lab" in capsys.readouterr().err


def test_the_reader_of_the_table_may_go_away(labs: LabCommand) -> None:
    write_lab(labs.folder, "site.yml", {"KS1": None})
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        done = subprocess.run(
            [*GETVPN, "lab", "up", "site.yml"],
            cwd=labs.folder,
            env=labs.environment,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    finally:
        os.close(theirs)

    assert (done.returncode, done.stderr) == (141, "")
    assert labs.sockets() == []
