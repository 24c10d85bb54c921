"""Secrets: an intent holds references to them, and only who needs one looks it up.

`env:NAME` is a variable of the environment, `file:PATH` the first line of a file that nobody else
may read, `keyring:SERVICE/USER` an entry of the system's keyring, `vault:PATH#KEY` a key of a
secret in HashiCorp Vault, whose address and token the variables VAULT_ADDR and VAULT_TOKEN tell.
"""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Never

from ..errors import InputError, get_extra

CONCEALED: Final = "***"
MAX_CHARS: Final = 1024
VAULT_TIMEOUT_S: Final = 10
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Secret:
    """A secret. Printed, formatted or logged it is `***`; `reveal()` gives it.

    It cannot be pickled, since what is pickled is written somewhere.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __str__(self) -> str:
        return CONCEALED

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(CONCEALED, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a secret is not to be written anywhere")


class Secrets:
    """Looks secrets up, each once.

    `base` is the folder that paths of files start from: that of the intent. `environ` are the
    variables, by default those of the process.
    """

    __slots__ = ("_base", "_environ", "_known", "_vaults")

    def __init__(self, base: Path | str = ".", *, environ: Mapping[str, str] | None = None) -> None:
        self._base = Path(base)
        self._environ = os.environ if environ is None else environ
        self._known: dict[str, Secret] = {}
        self._vaults: dict[str, Mapping[str, Secret]] = {}

    def __repr__(self) -> str:
        return f"Secrets({str(self._base)!r})"

    def get(self, reference: str) -> Secret:
        """The secret that a reference stands for.

        Raises InputError if there is none, if others could read it, or if it has characters that
        cannot stand in a line of a configuration.
        """
        found = self._known.get(reference)
        if found is None:
            found = self._known[reference] = Secret(self._looked_up(reference))
        return found

    def reveal(self, reference: str) -> str:
        """The secret itself; see `get`."""
        return self.get(reference).reveal()

    def _looked_up(self, reference: str) -> str:
        kind, _, where = reference.partition(":")
        look = self._sources().get(kind)
        if look is None or not where:
            # it may be the secret itself, and is not repeated
            raise InputError(
                "a secret is no reference",
                hint="write env:NAME, file:PATH, keyring:SERVICE/USER or vault:PATH#KEY",
            )
        value = look(where)
        fault = _fault(value)
        if fault is not None:
            raise InputError(f"the secret {reference} {fault}")
        return value

    def _sources(self) -> dict[str, Callable[[str], str]]:
        return {
            "env": self._variable,
            "file": self._file,
            "keyring": _keyring,
            "vault": self._vault,
        }

    def _variable(self, name: str) -> str:
        value = self._environ.get(name)
        if value is None:
            raise InputError(f"the environment variable {name} is not set")
        return value

    def _file(self, name: str) -> str:
        path = self._base / name
        try:
            return _first_line(path)
        except OSError as error:
            raise InputError(error.strerror or "cannot be read", source=str(path)) from None
        except UnicodeDecodeError:
            problem = InputError("is not UTF-8", source=str(path))
        # apart from the error before, which knows the bytes
        raise problem

    def _vault(self, where: str) -> str:
        path, _, key = where.partition("#")
        if path not in self._vaults:
            self._vaults[path] = _vault_secret(path, self._environ)
        found = self._vaults[path].get(key)
        if found is None:
            raise InputError(f"the secret {path} of the vault has no text {key!r}")
        return found.reveal()


def _first_line(path: Path) -> str:
    """The first line of a file, if only its owner may read it."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise InputError("is no file", source=str(path))
        if os.name == "posix" and status.st_mode & _OTHERS:
            raise InputError(
                "can be read or written by others", source=str(path), hint=f"chmod 600 {path}"
            )
        line = file.readline(MAX_CHARS * 4)
    return line.decode("utf-8-sig").rstrip("\r\n")


def _fault(value: str) -> str | None:
    """What keeps a secret out of a line of a configuration; tells nothing of it."""
    if not value:
        return "is empty"
    if len(value) > MAX_CHARS:
        return f"is longer than {MAX_CHARS} characters"
    if not (value.isascii() and value.isprintable()):
        return "has characters that cannot stand in a configuration: other than printable ASCII"
    if "?" in value:
        return "has a question mark, which asks a router for help"
    return "begins or ends with a blank" if value != value.strip() else None


def _keyring(where: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise _not_installed("keyring", "keyring") from None
    service, _, user = where.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise InputError(
            f"the keyring cannot be read ({type(error).__name__})",
            hint="`keyring diagnose` says which one it is",
        ) from None
    if value is None:
        raise InputError(
            f"the keyring has no secret of {user!r} for {service!r}",
            hint=f"keyring set {service} {user}",
        )
    return value


def _vault_secret(path: str, environ: Mapping[str, str]) -> Mapping[str, Secret]:
    """A secret of the key-value engine, of version 2 or else 1, with all of its texts."""
    try:
        import hvac
        from hvac.exceptions import InvalidPath, VaultError
        from requests.exceptions import RequestException
    except ImportError:
        raise _not_installed("hvac", "vault") from None
    address, token = environ.get("VAULT_ADDR"), environ.get("VAULT_TOKEN")
    if not address or not token:
        raise InputError("the environment variables VAULT_ADDR and VAULT_TOKEN are not both set")
    mount, _, name = path.partition("/")
    client = hvac.Client(url=address, token=token, timeout=VAULT_TIMEOUT_S)
    engines = client.secrets.kv
    try:
        try:
            answer = engines.v2.read_secret_version(
                path=name, mount_point=mount, raise_on_deleted_version=True
            )
            found: Mapping[str, Any] = answer["data"]["data"]
        except InvalidPath:
            found = engines.v1.read_secret(path=name, mount_point=mount)["data"]
    except InvalidPath:
        raise InputError(f"the vault has no secret {path}") from None
    except (VaultError, RequestException) as error:
        kind = type(error).__name__
        raise InputError(f"the vault does not give the secret {path} ({kind})") from None
    return {key: Secret(value) for key, value in found.items() if isinstance(value, str)}


def _not_installed(package: str, extra: str) -> InputError:
    return InputError(f"{package} is not installed", hint=get_extra(extra))
