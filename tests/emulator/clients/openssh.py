"""OpenSSH, told the password by a program of its own as it has no terminal."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .devices import PATIENCE_S, Host

OPTIONS = {
    "StrictHostKeyChecking": "no",
    "UserKnownHostsFile": "/dev/null",
    "IdentityFile": "none",
    "IdentitiesOnly": "yes",
    "LogLevel": "INFO",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSsh:
    """The commands `ssh` and `scp` against one router."""

    host: Host
    folder: Path

    def run(
        self,
        *command: str,
        flags: tuple[str, ...] = (),
        options: dict[str, str] | None = None,
        user: str = "",
        password: str = "",
        typed: bytes = b"",
        variables: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `ssh` with a command, or with what is typed."""
        where = ["-p", str(self.host.port), "-l", user or self.host.username, self.host.address]
        return subprocess.run(
            ["ssh", "-F", "none", *_spelled(options), *flags, *where, *command],
            input=typed,
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
            env=self._environment(password) | (variables or {}),
        )

    def start(self, *flags: str, options: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start `ssh` for somebody who types and reads later."""
        where = ["-p", str(self.host.port), "-l", self.host.username, self.host.address]
        return subprocess.Popen(
            ["ssh", "-F", "none", *_spelled(options), *flags, *where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(""),
        )

    def copy(self, source: str, target: str) -> subprocess.CompletedProcess[bytes]:
        """Run `scp` with its old protocol; `:` before a name means the router's."""
        there = f"{self.host.username}@{self.host.address}:"
        names = [there + name[1:] if name.startswith(":") else name for name in (source, target)]
        return subprocess.run(
            ["scp", "-O", "-F", "none", *_spelled(None), "-P", str(self.host.port), *names],
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL,
            env=self._environment(""),
        )

    def _environment(self, password: str) -> dict[str, str]:
        program = self.folder / "answer"
        if not program.exists():
            program.write_text('#!/bin/sh\necho "$ANSWER"\n')
            program.chmod(0o700)
        return os.environ | {
            "SSH_ASKPASS": str(program),
            "SSH_ASKPASS_REQUIRE": "force",
            "DISPLAY": ":0",
            "ANSWER": password or self.host.password,
        }


def _spelled(options: dict[str, str] | None) -> list[str]:
    chosen = OPTIONS | (options or {})
    return [word for name, value in chosen.items() for word in ("-o", f"{name}={value}")]
