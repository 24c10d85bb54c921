"""Playbooks against a router of a lab."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .devices import Host

Task = dict[str, Any]
Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ansible:
    """The command `ansible-playbook`, with nothing of the user's own."""

    programs: Path
    folder: Path

    def play(self, host: Host, *tasks: Task, **variables: Any) -> list[Outcome]:
        """What became of each task; a failed one does not keep the next from being tried.

        `variables` are those of the router, beyond where it is and how to get in.
        """
        return self.play_each({host.name: (host, variables)}, *tasks)[host.name]

    def play_each(
        self, places: Mapping[str, tuple[Host, dict[str, Any]]], *tasks: Task
    ) -> dict[str, list[Outcome]]:
        """What became of the tasks in each place, which is a router with variables of its own.

        To begin takes longest, and several begin together. No router may be in two places: they
        would share a connection.
        """
        plays = [
            {"hosts": "all", "gather_facts": False, "tasks": [_tolerant(task) for task in tasks]}
        ]
        (self.folder / "play.json").write_text(json.dumps(plays))
        hosts = {name: _known(host) | variables for name, (host, variables) in places.items()}
        (self.folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
        done = subprocess.run(
            [self.programs / "ansible-playbook", "-i", "hosts.json", "play.json"],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
            stdin=subprocess.DEVNULL,
        )
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        played = json.loads(done.stdout)["plays"][0]["tasks"]
        return {
            name: [task["hosts"][name] for task in played if name in task["hosts"]]
            for name in places
        }

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")
        }
        return kept | {
            "ANSIBLE_HOME": str(self.folder),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(self.folder / "pc"),
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_PYTHON_INTERPRETER": str(self.programs / "python"),
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_TIMEOUT": "300",
            "ANSIBLE_PERSISTENT_CONNECT_RETRY_TIMEOUT": "300",
            "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "600",
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
        }


@contextmanager
def ansible(programs: Path) -> Iterator[Ansible]:
    """Ansible in a folder whose path is short: its sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="ansible-") as name:
        yield Ansible(programs=programs, folder=Path(name))


def _tolerant(task: Task) -> Task:
    return task if "meta" in task else {"ignore_errors": True, **task}


def _known(host: Host) -> dict[str, Any]:
    return {
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_host": host.address,
        "ansible_port": host.port,
        "ansible_user": host.username,
        "ansible_password": host.password,
    }
