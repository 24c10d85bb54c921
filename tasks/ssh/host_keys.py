"""Host keys of devices, and how people tell them apart."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_WIDTH: Final = 17
_HEIGHT: Final = 9
_SIGNS: Final = " .o+=*BOX@%&#/^SE"
_FAMILIES: Final = {"ssh-rsa": "RSA", "ssh-ed25519": "ED25519", "ssh-dss": "DSA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKey:
    """A public key as SSH writes it: `kind` is `ssh-rsa`, `blob` its bytes."""

    kind: str
    blob: bytes

    def __str__(self) -> str:
        return f"{self.family} {self.fingerprint}"

    @property
    def text(self) -> str:
        """Kind and key as in a known_hosts file."""
        return f"{self.kind} {b64encode(self.blob).decode('ascii')}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as OpenSSH shows it."""
        digest = b64encode(sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def family(self) -> str:
        """`RSA`, `ECDSA` or `ED25519`."""
        return _FAMILIES.get(self.kind, "ECDSA" if self.kind.startswith("ecdsa-") else self.kind)

    @property
    def bits(self) -> int:
        """The length of the key; 0 where the kind is not known."""
        if self.family == "ED25519":
            return 256
        if self.family == "ECDSA":
            digits = self.kind.rpartition("nistp")[2]
            return int(digits) if digits.isdecimal() else 0
        parts = _strings(self.blob)
        return int.from_bytes(parts[2]).bit_length() if self.family == "RSA" and parts[2:] else 0

    def art(self) -> str:
        """The picture that OpenSSH draws of a key (`VisualHostKey`), of eleven lines."""
        digest = sha256(self.blob).digest()
        field = [[0] * _WIDTH for _ in range(_HEIGHT)]
        x, y = _WIDTH // 2, _HEIGHT // 2
        last = len(_SIGNS) - 1
        for byte in digest:
            for shift in (0, 2, 4, 6):
                pair = byte >> shift & 3
                x = min(max(x + (1 if pair & 1 else -1), 0), _WIDTH - 1)
                y = min(max(y + (1 if pair & 2 else -1), 0), _HEIGHT - 1)
                field[y][x] = min(field[y][x] + 1, last - 2)
        field[_HEIGHT // 2][_WIDTH // 2] = last - 1
        field[y][x] = last
        rows = ["|" + "".join(_SIGNS[count] for count in row) + "|" for row in field]
        return "\n".join((_border(f"[{self.family} {self.bits}]"), *rows, _border("[SHA256]")))


def _border(title: str) -> str:
    left = (_WIDTH - len(title)) // 2
    return f"+{'-' * left}{title}{'-' * (_WIDTH - left - len(title))}+"


def _strings(blob: bytes) -> list[bytes]:
    """The strings (RFC 4251, 5) that a key is made of; what is cut is left out."""
    found, at = [], 0
    while at + 4 <= len(blob):
        size = int.from_bytes(blob[at : at + 4])
        if at + 4 + size > len(blob):
            break
        found.append(blob[at + 4 : at + 4 + size])
        at += 4 + size
    return found
