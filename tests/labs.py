"""Labs in a process of their own, steered by the command as a user does it."""

import io
import os
import signal
import socket
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from getvpn.cli import main

TIMEOUT_S = 600.0
GETVPN = (sys.executable, "-m", "getvpn")
LASTING = {"up", "ssh"}
"""Actions that go on, or become another program."""


@dataclass(slots=True, kw_only=True)
class LabCommand:
    """The command `getvpn lab` in a folder; `end` ends every lab that it started.

    Actions that soon come to an end run in the process of the test, which spares them the start of
    Python; with `processes` in one of their own.
    """

    folder: Path
    environment: dict[str, str]
    processes: bool = False
    labs: list["LabProcess"] = field(default_factory=list)

    def up(self, *arguments: str) -> "LabProcess":
        """Start a lab and wait until it is up."""
        lab = LabProcess(self, arguments)
        self.labs.append(lab)
        lab.wait_until_up()
        return lab

    def run(
        self, *arguments: str, typed: str = "", within_s: float = TIMEOUT_S, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Call `getvpn lab` with arguments; `more` are variables of the environment."""
        if not (self.processes or typed or LASTING.intersection(arguments[:1])):
            return self._run_here(arguments, self.environment | more)
        return subprocess.run(
            [*GETVPN, "lab", *arguments],
            cwd=self.folder,
            env=self.environment | more,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=within_s,
        )

    def _run_here(
        self, arguments: tuple[str, ...], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, environment, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main.run(["lab", *arguments])
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read())
        return subprocess.CompletedProcess([*GETVPN, "lab", *arguments], code, *said)

    def ssh(
        self,
        *arguments: str,
        password: str = "admin",  # noqa: S107 - that of labs
        typed: str = "",
        within_s: float = TIMEOUT_S,
    ) -> subprocess.CompletedProcess[str]:
        """Call `getvpn lab ssh`, with a program that answers the question for the password."""
        program = self.folder / "answer"
        program.write_text('#!/bin/sh\necho "$ANSWER"\n')
        program.chmod(0o700)
        return self.run(
            "ssh",
            *arguments,
            typed=typed,
            within_s=within_s,
            ANSWER=password,
            SSH_ASKPASS=str(program),
            SSH_ASKPASS_REQUIRE="force",
            DISPLAY=":0",
        )

    def sockets(self) -> list[str]:
        """The files in the folder of running labs."""
        folder = Path(self.environment["GETVPN_LAB_DIR"], "getvpn-labs")
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def end(self) -> None:
        """End all labs."""
        for lab in self.labs:
            lab.process.kill()
            lab.process.communicate()


class LabProcess:
    """A lab that `getvpn lab up` serves; `notes` is what it has written to stderr."""

    def __init__(self, command: LabCommand, arguments: tuple[str, ...]) -> None:
        self.command = command
        self.notes = ""
        self.process = subprocess.Popen(
            [*GETVPN, "lab", "up", *arguments],
            cwd=command.folder,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.table: list[str] = []

    def wait_until_up(self) -> None:
        """Read what it says until it is up."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.notes += line
            if " up; " in line:
                break
        else:
            raise AssertionError(f"the lab is not up: {self.notes}")
        number = int(self.notes.rsplit(": ", 1)[1].split()[0])
        self.table = [self.process.stdout.readline() for _ in range(number + 1)]

    def ports(self) -> dict[str, int]:
        """The port of each device."""
        rows = [line.split() for line in self.table[1:]]
        return {row[0]: int(row[3]) for row in rows}

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal and wait; exit code, and what came on stderr and stdout after `notes`."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, err + out


def is_open(port: int, address: str = "127.0.0.1") -> bool:
    """Whether somebody listens."""
    with socket.socket() as client:
        return client.connect_ex((address, port)) == 0


def lab_command(folder: Path, sockets: Path) -> LabCommand:
    """The command in `folder`; its labs are found in `sockets`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GETVPN_")}
    environment = plain | {
        "GETVPN_LAB_DIR": str(sockets),
        "PYTHONWARNINGS": "error::ResourceWarning",
    }
    return LabCommand(folder=folder, environment=environment)


def stand_still(file: Path) -> None:
    """Let no time pass in a generated lab between commands, however busy the computer is."""
    text = file.read_text()
    assert "clock:\n" in text
    file.write_text(text.replace("clock:\n", "clock:\n  rate: 0.001\n"))


def write_lab(folder: Path, name: str, devices: Any, **more: Any) -> Path:
    """Write a lab file; host keys are of the kind that is made soonest."""
    path = folder / name
    data = {"host_keys": {"type": "ed25519"}, **more, "devices": devices}
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path
