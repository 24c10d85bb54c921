"""Which host keys are known: files in the form of OpenSSH's `known_hosts`."""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from ...errors import HostKeyError, InputError
from ..saving import save_private
from .host_keys import HostKey

SSH_PORT: Final = 22
SYSTEM_FILES: Final = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
USER_FILE: Final = "~/.ssh/known_hosts"
MAX_FILE_BYTES: Final = 64_000_000
_HASHED: Final = "|1|"


def place(host: str, port: int) -> str:
    """What a known_hosts file calls a server."""
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


def address(host: str, port: int) -> str:
    """What a person calls a server, and `getvpn trust` understands."""
    if port == SSH_PORT:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line: `hosts` are names or patterns, or one hash; `where` is `file:line`."""

    hosts: str
    key: HostKey
    where: str
    revoked: bool = False


@dataclass(slots=True)
class KnownHosts:
    """The lines of known_hosts files, by name. `file` is where new keys are recorded."""

    file: Path
    named: dict[str, list[Entry]] = field(default_factory=dict)
    others: list[Entry] = field(default_factory=list)
    _found: dict[str, list[Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: str | os.PathLike[str] | None = None) -> KnownHosts:
        """What is known to the system, to the user, and by `file`.

        New keys go to `file`, or the user's own. Files that are not there have no lines. Raises
        InputError for one that cannot be read.
        """
        names = _names(USER_FILE if file is None else os.fspath(file))
        return _read(tuple((name, *_stamp(name)) for name in names))

    def entries(self, host: str, port: int) -> list[Entry]:
        """The lines about a server."""
        name = place(host, port)
        found = self._found.get(name)
        if found is None:
            # a file of hashes is looked through for each server, so not twice
            found = [
                *self.named.get(name, ()),
                *(it for it in self.others if _fits(it.hosts, name)),
            ]
            self._found[name] = found
        return found

    def check(self, host: str, port: int, key: HostKey) -> None:
        """Raise HostKeyError, with the fingerprint, unless `key` is known to be the server's."""
        entries = self.entries(host, port)
        shown = address(host, port)
        for entry in entries:
            if entry.revoked and entry.key == key:
                raise HostKeyError(
                    f"the host key of {shown}, {key}, is revoked by {entry.where}",
                    hint="do not log in: somebody else may have this key",
                )
        valid = [entry for entry in entries if not entry.revoked]
        if any(entry.key == key for entry in valid):
            return
        command = f"'getvpn trust{self._option()} {{}}{shown}'"
        if not valid:
            raise HostKeyError(
                f"the host key of {shown} is not known: {key}",
                hint=f"compare it with the device's own, then {command.format('')}",
            )
        before = next((each for each in valid if each.key.kind == key.kind), valid[0])
        raise HostKeyError(
            f"the host key of {shown} is {key}, but {before.where} has {before.key}",
            hint="somebody may be in between; if the device has a new key, "
            + command.format("--replace "),
        )

    def kinds(self, host: str, port: int) -> tuple[str, ...]:
        """The kinds of the keys that are known of a server, as lines name them."""
        entries = self.entries(host, port)
        return tuple(dict.fromkeys(each.key.kind for each in entries if not each.revoked))

    def record(self, host: str, port: int, key: HostKey) -> None:
        """Let `key`, and no other, be the one of a server. Raises InputError, OSError."""
        name = place(host, port)
        stale = [each for each in self.entries(host, port) if not each.revoked and each.key != key]
        for entry in stale:
            if entry.where.rpartition(":")[0] != str(self.file):
                raise InputError(
                    f"the other key of {address(host, port)} stands in another file",
                    source=entry.where,
                    hint="take that line away yourself",
                )
        lines = _lines_of(self.file)
        kept = [line for each in lines if (line := _without(each, name, key))]
        line = f"{name} {key.text}"
        if line not in kept:
            kept.append(line)
        _write(self.file, "".join(f"{each}\n" for each in kept))

    def _option(self) -> str:
        usual = self.file == Path(USER_FILE).expanduser()
        return "" if usual else f" --known-hosts {self.file}"


def _names(file: str) -> tuple[str, ...]:
    """The files to look into, the one for new keys first."""
    own = os.path.expanduser(USER_FILE)  # noqa: PTH111 - at each login: a Path takes ten times as long
    first = os.path.expanduser(file)  # noqa: PTH111
    return tuple(dict.fromkeys((first, own, *SYSTEM_FILES)))


def _stamp(name: str) -> tuple[int, int, int]:
    """What changes when the file does; zeros when there is none."""
    try:
        status = os.stat(name)  # noqa: PTH116 - as above
    except (FileNotFoundError, NotADirectoryError):
        return 0, 0, 0
    except OSError as error:
        raise _unreadable(name, error) from None
    return status.st_mtime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=8)
def _read(stamped: tuple[tuple[str, int, int, int], ...]) -> KnownHosts:
    found = KnownHosts(Path(stamped[0][0]))
    for name, *_ in stamped:
        for entry in _entries(_lines_of(Path(name)), name):
            plain = [] if re.search(r"[|*?!]", entry.hosts) else entry.hosts.split(",")
            for host in plain:
                found.named.setdefault(host.lower(), []).append(entry)
            if not plain:
                found.others.append(entry)
    return found


def _lines_of(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"over the limit of {MAX_FILE_BYTES} bytes", source=str(path))
    return data.decode("utf-8", "replace").splitlines()


def _unreadable(path: Path | str, error: OSError) -> InputError:
    return InputError(f"cannot be read: {error.strerror}", source=str(path))


def _entries(lines: Iterable[str], source: str) -> Iterator[Entry]:
    """What the lines say; what is no line of known hosts says nothing, as with OpenSSH."""
    for number, line in enumerate(lines, start=1):
        entry = _entry(line, f"{source}:{number}")
        if entry is not None:
            yield entry


def _entry(line: str, where: str) -> Entry | None:
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    marker = words.pop(0) if words[0].startswith("@") else ""
    # a certification authority signs keys, it has none of a device
    if len(words) < 3 or marker not in ("", "@revoked"):
        return None
    try:
        blob = b64decode(words[2], validate=True)
    except (NotBase64, ValueError):
        return None
    key = HostKey(kind=words[1], blob=blob)
    return Entry(hosts=words[0], key=key, where=where, revoked=bool(marker))


def _fits(hosts: str, name: str) -> bool:
    """Whether a list of patterns, or a hash, is about the server `name`."""
    if hosts.startswith(_HASHED):
        return _hash_fits(hosts, name)
    fits = False
    for pattern in hosts.split(","):
        if _pattern(pattern.removeprefix("!").lower()).fullmatch(name):
            if pattern.startswith("!"):
                return False
            fits = True
    return fits


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(char) or re.escape(char) for char in text))


def _hash_fits(hosts: str, name: str) -> bool:
    salt, digest = _hash(hosts)
    return hmac.digest(salt, name.encode("utf-8"), "sha1") == digest


@lru_cache(maxsize=65_536)
def _hash(hosts: str) -> tuple[bytes, bytes]:
    """Salt and digest; those that fit nothing when they are none."""
    salt, _, digest = hosts.removeprefix(_HASHED).partition("|")
    try:
        return b64decode(salt), b64decode(digest)
    except (NotBase64, ValueError):
        return b"", b""


def _without(line: str, name: str, key: HostKey) -> str:
    """`line` less the server `name`, unless it has `key`; empty when nothing is left of it.

    Raises InputError for a pattern, which may be about more than this server.
    """
    entry = _entry(line, "")
    if entry is None or entry.revoked or entry.key == key:
        return line
    if entry.hosts.startswith(_HASHED):
        return "" if _hash_fits(entry.hosts, name) else line
    names = entry.hosts.split(",")
    left = [each for each in names if each.lower() != name]
    if _fits(",".join(left), name):
        raise InputError(
            f"the pattern {entry.hosts!r} has another key for {name}",
            hint="take that line of known_hosts away yourself",
        )
    if len(left) == len(names):
        return line
    return line.replace(entry.hosts, ",".join(left), 1) if left else ""


def _write(path: Path, text: str) -> None:
    if not text.isascii() and "\ufffd" in text:
        raise InputError("holds bytes that are no UTF-8", source=str(path))
    target = path.resolve()
    save_private(target.parent, {target.name: text})


def preferred(offered: Sequence[str], known: Sequence[str]) -> list[str]:
    """The signature algorithms `offered`, those for the kinds of keys that are `known` first."""
    rsa = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")
    wanted = [name for kind in known for name in (rsa if kind == "ssh-rsa" else (kind,))]
    first = [name for name in wanted if name in offered]
    return [*first, *(name for name in offered if name not in first)]
