"""Faults that `getvpn lab fault` sets, as OpenSSH meets them."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from ...labs import LabCommand, lab_command, write_lab

RUNNING = "show running-config"
HANGING_S = 1.5
TESTS = 12
"""At least as many as there are here: each has a router of its own."""

_numbers = count(1)


@dataclass(slots=True, kw_only=True)
class Router:
    """A router of a lab, met with OpenSSH."""

    lab: LabCommand
    name: str

    def ssh(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Carry a command out, or type lines."""
        return self.lab.ssh(self.name, *words, **more)

    def fault(self, *words: str) -> str:
        """Steer the faults; what is said."""
        return self.lab.run("fault", self.name, *words).stdout

    def set_(self, fault: str) -> None:
        """Ask for a fault."""
        assert self.fault(*fault.split()) == f"{fault}\n"

    def is_over(self) -> bool:
        """Whether the fault has happened."""
        return self.fault() == ""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabCommand]:
    """A lab of routers that take half an hour to boot."""
    labs = lab_command(tmp_path_factory.mktemp("faults"), tmp_path_factory.mktemp("s"))
    names = [f"R{number}" for number in range(1, TESTS + 1)]
    write_lab(labs.folder, "lab.yml", dict.fromkeys(names), settings={"boot_s": 1800}, seed=1)
    try:
        labs.up("lab.yml")
        yield labs
    finally:
        labs.end()


@pytest.fixture
def router(lab: LabCommand) -> Router:
    """A router that no test has met yet."""
    return Router(lab=lab, name=f"R{next(_numbers)}")


def test_a_refused_client_says_so_until_the_fault_is_cleared(router: Router) -> None:
    router.set_("refuse")
    done = router.ssh(RUNNING)
    assert (done.returncode, "Connection refused" in done.stderr) == (255, True)

    assert router.fault("refuse", "--clear") == ""
    assert router.ssh(RUNNING).returncode == 0


def test_a_command_is_cut_off_in_its_middle(router: Router) -> None:
    router.set_("drop-after 1")
    cut, whole = router.ssh(RUNNING), router.ssh(RUNNING)

    assert (cut.returncode, whole.returncode) == (255, 0)
    assert cut.stdout
    assert whole.stdout.startswith(cut.stdout)
    assert len(cut.stdout) < 0.7 * len(whole.stdout)
    assert router.is_over()


@pytest.mark.parametrize("fault", ["hang", "hang-after 1"])
def test_a_client_waits_for_a_router_that_hangs(router: Router, fault: str) -> None:
    router.set_(fault)
    with pytest.raises(subprocess.TimeoutExpired) as waited:
        router.ssh(RUNNING, within_s=HANGING_S)
    assert not waited.value.stdout

    router.fault("--clear")
    assert router.ssh(RUNNING).returncode == 0


def test_output_comes_slowly(router: Router) -> None:
    whole = router.ssh(RUNNING).stdout
    router.set_(f"slow {len(whole)}")
    begun = time.monotonic()

    assert router.ssh(RUNNING).stdout == whole
    assert time.monotonic() - begun > 0.8


def test_output_comes_garbled(router: Router) -> None:
    whole = router.ssh(RUNNING).stdout
    router.set_("garble 50")
    garbled = router.ssh(RUNNING).stdout

    # line ends are garbled too
    assert len(whole) <= len(garbled) <= len(whole) + whole.count("\n")
    assert f"hostname {router.name}\n" in whole.replace("\r", "")
    assert f"hostname {router.name}" not in garbled


def test_the_wrong_prompt_is_seen_once(router: Router) -> None:
    router.set_("wrong-prompt X9(boot)#")
    said = router.ssh(typed="show clock\nexit\n").stdout

    assert said.count("X9(boot)#show clock") == 1
    assert said.count(f"{router.name}#exit") == 1
    assert router.is_over()


def test_the_right_password_is_denied(router: Router) -> None:
    router.set_("login-failure 99")
    done = router.ssh(RUNNING)
    assert (done.returncode, "Permission denied" in done.stderr) == (255, True)

    router.fault("--clear")
    assert router.ssh(RUNNING).returncode == 0


def test_a_full_disk_takes_nothing(router: Router) -> None:
    router.set_("disk-full")
    said = router.ssh(typed="copy running-config bootflash:x\n\nexit\n").stdout

    assert "%Error writing bootflash:/x (Not enough space on device)" in said


def test_a_router_crashes_when_it_saves(router: Router) -> None:
    typed = "configure terminal\ninterface Loopback9\nend\nwrite memory\nshow clock\n"
    router.set_("crash-at-write")
    said = router.ssh(typed=typed).stdout
    assert said.rstrip().endswith(f"{router.name}#write memory\nBuilding configuration...")
    assert "Connection refused" in router.ssh(RUNNING).stderr

    router.lab.run("advance", "1801s")
    running = router.ssh(RUNNING)
    assert running.returncode == 0
    assert "Loopback9" not in running.stdout
    assert router.is_over()


def test_a_router_stays_down(router: Router) -> None:
    router.set_("reload-never-returns")
    router.ssh(typed="write memory\nreload\n\n")
    router.lab.run("advance", "1d")

    assert "Connection refused" in router.ssh(RUNNING).stderr
