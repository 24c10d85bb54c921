"""Faults that `getvpn lab fault` sets, as OpenSSH meets them."""

import subprocess
import time

import pytest

from ...labs import LabCommand, write_lab

COMMAND = ("KS1", "show running-config")
HANGING_S = 1.5


@pytest.fixture
def lab(labs: LabCommand) -> LabCommand:
    """A lab with the router KS1, which takes a minute to boot."""
    write_lab(labs.folder, "lab.yml", {"KS1": None}, settings={"boot_s": 60}, seed=1)
    labs.up("lab.yml")
    return labs


def set_(lab: LabCommand, fault: str) -> None:
    assert lab.run("fault", "KS1", *fault.split()).stdout == f"{fault}\n"


def is_over(lab: LabCommand) -> bool:
    """Whether the fault has happened."""
    return lab.run("fault", "KS1").stdout == ""


def test_a_refused_client_says_so_until_the_fault_is_cleared(lab: LabCommand) -> None:
    set_(lab, "refuse")
    done = lab.ssh(*COMMAND)
    assert (done.returncode, "Connection refused" in done.stderr) == (255, True)

    assert lab.run("fault", "KS1", "refuse", "--clear").stdout == ""
    assert lab.ssh(*COMMAND).returncode == 0


def test_a_command_is_cut_off_in_its_middle(lab: LabCommand) -> None:
    set_(lab, "drop-after 1")
    cut, whole = lab.ssh(*COMMAND), lab.ssh(*COMMAND)

    assert (cut.returncode, whole.returncode) == (255, 0)
    assert cut.stdout
    assert whole.stdout.startswith(cut.stdout)
    assert len(cut.stdout) < 0.7 * len(whole.stdout)
    assert is_over(lab)


@pytest.mark.parametrize("fault", ["hang", "hang-after 1"])
def test_a_client_waits_for_a_router_that_hangs(lab: LabCommand, fault: str) -> None:
    set_(lab, fault)
    with pytest.raises(subprocess.TimeoutExpired) as waited:
        lab.ssh(*COMMAND, within_s=HANGING_S)
    assert not waited.value.stdout

    lab.run("fault", "KS1", "--clear")
    assert lab.ssh(*COMMAND).returncode == 0


def test_output_comes_slowly(lab: LabCommand) -> None:
    whole = lab.ssh(*COMMAND).stdout
    set_(lab, f"slow {len(whole)}")
    begun = time.monotonic()

    assert lab.ssh(*COMMAND).stdout == whole
    assert time.monotonic() - begun > 0.8


def test_output_comes_garbled(lab: LabCommand) -> None:
    whole = lab.ssh(*COMMAND).stdout
    set_(lab, "garble 50")
    garbled = lab.ssh(*COMMAND).stdout

    # line ends are garbled too
    assert len(whole) <= len(garbled) <= len(whole) + whole.count("\n")
    assert "hostname KS1" in whole
    assert "hostname KS1" not in garbled


def test_the_wrong_prompt_is_seen_once(lab: LabCommand) -> None:
    set_(lab, "wrong-prompt R9(boot)#")
    said = lab.ssh("KS1", typed="show clock\nexit\n").stdout

    assert said.count("R9(boot)#show clock") == 1
    assert said.count("KS1#exit") == 1
    assert is_over(lab)


def test_the_right_password_is_denied(lab: LabCommand) -> None:
    set_(lab, "login-failure 99")
    done = lab.ssh(*COMMAND)
    assert (done.returncode, "Permission denied" in done.stderr) == (255, True)

    lab.run("fault", "KS1", "--clear")
    assert lab.ssh(*COMMAND).returncode == 0


def test_a_full_disk_takes_nothing(lab: LabCommand) -> None:
    set_(lab, "disk-full")
    said = lab.ssh("KS1", typed="copy running-config bootflash:x\n\nexit\n").stdout

    assert "%Error writing bootflash:/x (Not enough space on device)" in said


def test_a_router_crashes_when_it_saves(lab: LabCommand) -> None:
    typed = "configure terminal\ninterface Loopback9\nend\nwrite memory\nshow clock\n"
    set_(lab, "crash-at-write")
    said = lab.ssh("KS1", typed=typed).stdout
    assert said.rstrip().endswith("KS1#write memory\nBuilding configuration...")
    assert "Connection refused" in lab.ssh(*COMMAND).stderr

    lab.run("advance", "61s")
    running = lab.ssh(*COMMAND)
    assert running.returncode == 0
    assert "Loopback9" not in running.stdout
    assert is_over(lab)


def test_a_router_stays_down(lab: LabCommand) -> None:
    set_(lab, "reload-never-returns")
    lab.ssh("KS1", typed="write memory\nreload\n\n")
    lab.run("advance", "1d")

    assert "Connection refused" in lab.ssh(*COMMAND).stderr
