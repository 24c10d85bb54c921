"""The configuration that a device of a lab boots with: its own, and what it needs beside it."""

from random import Random
from typing import Final

from ..keys.passwords import hash_password
from .file import Credentials, DeviceFile

SECRET_TYPE: Final = 9
VTY_LINES: Final = "line vty 0 15\n login local\n transport input ssh\n"


class Startups:
    """Completes the configurations of a lab's devices.

    A name and a user come first, so that the lines of the device itself have the last word.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._hashed: dict[str, str] = {}

    def completed(self, device: DeviceFile, who: Credentials) -> tuple[str, int]:
        """The configuration, and how many lines of it stand before those of the device."""
        own = device.startup.splitlines()
        added = ""
        if not any(line.startswith("hostname ") for line in own):
            added += f"hostname {device.name}\n"
        if not device.has_users:
            secret = self._secret(who.password)
            added += f"username {who.username} privilege {who.privilege} secret {secret}\n"
            added += VTY_LINES
            if who.secret and not any(line.startswith("enable ") for line in own):
                added += f"enable secret {self._secret(who.secret)}\n"
        return added + device.startup, added.count("\n")

    def _secret(self, password: str) -> str:
        """Type and text of a password; worked out once for all devices."""
        found = self._hashed.get(password)
        if found is None:
            hashed = hash_password(SECRET_TYPE, password, self._random)
            found = self._hashed[password] = f"{SECRET_TYPE} {hashed}"
        return found
