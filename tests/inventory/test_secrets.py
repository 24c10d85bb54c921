import copy
import json
import logging
import pickle
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from getvpn.errors import InputError
from getvpn.inventory import Secret, Secrets

VALUE = "Example-key-1"


def _refusal(secrets: Secrets, reference: str) -> str:
    with pytest.raises(InputError) as refused:
        secrets.get(reference)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_a_secret_shows_itself_only_when_it_is_told_to() -> None:
    secret = Secret(VALUE)

    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>5}", f"{[secret]}"]

    assert not any(VALUE in text for text in shown)
    assert secret.reveal() == VALUE


def test_a_secret_can_be_compared_and_copied_but_not_written() -> None:
    secret = Secret(VALUE)

    assert secret == Secret(VALUE) != Secret("other")
    assert copy.deepcopy([secret]) == [copy.copy(secret)]
    assert len({secret, Secret(VALUE)}) == 1
    with pytest.raises(TypeError, match="not to be written"):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_a_secret_does_not_get_into_logs(caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets(environ={"PSK": VALUE})

    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("%s %r", secrets.get("env:PSK"), secrets)

    assert "***" in caplog.text
    assert VALUE not in caplog.text


# ---- env ----


def test_a_variable_of_the_environment_is_a_secret() -> None:
    secrets = Secrets(environ={"PSK_GM1": VALUE})

    assert secrets.get("env:PSK_GM1") == Secret(VALUE)
    assert secrets.reveal("env:PSK_GM1") == VALUE
    assert _refusal(secrets, "env:PSK_GM2") == "the environment variable PSK_GM2 is not set"


def test_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GETVPN_TEST_PSK", VALUE)

    assert Secrets().reveal("env:GETVPN_TEST_PSK") == VALUE


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "is empty"),
        ("a\nno ip ssh", "has characters that cannot stand in a configuration"),
        ("a\x00", "has characters that cannot stand in a configuration"),
        ("schlüssel", "has characters that cannot stand in a configuration"),
        ("what?", "has a question mark"),
        (" a", "begins or ends with a blank"),
        ("a" * 1025, "is longer than 1024 characters"),
    ],
)
def test_what_cannot_stand_in_a_line_is_no_secret_for_routers(value: str, fault: str) -> None:
    said = _refusal(Secrets(environ={"PSK": value}), "env:PSK")

    assert said.startswith(f"the secret env:PSK {fault}")
    assert len(value) < 3 or value not in said


@pytest.mark.parametrize("reference", ["Example-key-1", "plain:Example-key-1", "env:", ""])
def test_what_is_no_reference_is_refused_and_not_repeated(reference: str) -> None:
    said = _refusal(Secrets(), reference)

    assert said.startswith("a secret is no reference; write env:NAME")
    assert VALUE not in said


# ---- file ----


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    path = tmp_path / "keys" / "gm1"
    path.write_text(f"{VALUE}\r\nanother line\n", "utf-8")
    path.chmod(0o600)
    return tmp_path


def test_the_first_line_of_a_file_is_a_secret(folder: Path) -> None:
    (folder / "keys" / "gm1").chmod(0o400)

    assert Secrets(folder).reveal("file:keys/gm1") == VALUE
    assert Secrets().reveal(f"file:{folder}/keys/gm1") == VALUE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601, 0o660])
def test_a_file_that_others_can_open_is_refused(folder: Path, mode: int) -> None:
    path = folder / "keys" / "gm1"
    path.chmod(mode)

    said = _refusal(Secrets(folder), "file:keys/gm1")

    assert said == f"{path}: can be read or written by others; chmod 600 {path}"


def test_what_is_no_readable_file_is_refused(folder: Path) -> None:
    (folder / "keys" / "latin").write_bytes(b"\xe9\n")
    (folder / "keys" / "latin").chmod(0o600)
    secrets = Secrets(folder)

    assert _refusal(secrets, "file:keys/gm2").endswith("keys/gm2: No such file or directory")
    assert _refusal(secrets, "file:keys").endswith("keys: Is a directory")
    assert _refusal(secrets, "file:keys/latin").endswith("keys/latin: is not UTF-8")


def test_a_secret_is_looked_up_once(folder: Path) -> None:
    secrets = Secrets(folder)
    first = secrets.get("file:keys/gm1")
    (folder / "keys" / "gm1").unlink()

    assert secrets.get("file:keys/gm1") is first


# ---- keyring ----


class _Ring(KeyringBackend):
    """A keyring of one entry."""

    priority = 1  # type: ignore[assignment]
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return VALUE if (service, username) == ("getvpn", "gm1") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[_Ring]:
    before, ring = keyring.get_keyring(), _Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.mark.usefixtures("ring")
def test_an_entry_of_the_keyring_is_a_secret() -> None:
    assert Secrets().reveal("keyring:getvpn/gm1") == VALUE
    assert _refusal(Secrets(), "keyring:getvpn/gm2") == (
        "the keyring has no secret of 'gm2' for 'getvpn'; keyring set getvpn gm2"
    )


def test_a_keyring_that_is_locked_is_told_of(ring: _Ring) -> None:
    ring.locked = True

    assert "the keyring cannot be read (KeyringLocked)" in _refusal(Secrets(), "keyring:getvpn/gm1")


# ---- vault ----


class _Vault(BaseHTTPRequestHandler):
    """The part of Vault's interface that reads secrets: version 2 at `kv`, version 1 at `old`."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.headers.get("X-Vault-Token") != "token":
            self._answer(403, {"errors": ["permission denied"]})
        elif self.path == "/v1/kv/data/getvpn/gm1":
            self._answer(200, {"data": {"data": {"psk": VALUE, "number": 1}, "metadata": {}}})
        elif self.path == "/v1/old/gm1":
            self._answer(200, {"data": {"psk": "Example-key-2"}})
        else:
            self._answer(404, {"errors": []})

    def _answer(self, code: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is printed."""


@pytest.fixture
def vault() -> Iterator[dict[str, str]]:
    _Vault.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Vault) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield {
            "VAULT_ADDR": f"http://127.0.0.1:{server.server_address[1]}",
            "VAULT_TOKEN": "token",
        }
        server.shutdown()
        thread.join()


def test_a_key_of_a_secret_in_vault_is_a_secret(vault: dict[str, str]) -> None:
    secrets = Secrets(environ=vault)

    assert secrets.reveal("vault:kv/getvpn/gm1#psk") == VALUE
    assert secrets.reveal("vault:old/gm1#psk") == "Example-key-2"
    said = _refusal(secrets, "vault:kv/getvpn/gm1#number")
    assert said == "the secret kv/getvpn/gm1 of the vault has no text 'number'"
    assert _Vault.asked.count("/v1/kv/data/getvpn/gm1") == 1


def test_a_vault_that_gives_nothing_is_told_of(vault: dict[str, str]) -> None:
    reference = "vault:kv/getvpn/gm1#psk"

    assert _refusal(Secrets(environ=vault), "vault:kv/gm9#psk") == "the vault has no secret kv/gm9"
    denied = Secrets(environ=vault | {"VAULT_TOKEN": "x"})
    assert "(Forbidden)" in _refusal(denied, reference)
    gone = Secrets(environ=vault | {"VAULT_ADDR": "http://127.0.0.1:1"})
    assert "does not give the secret kv/getvpn/gm1 (" in _refusal(gone, reference)
    unknown = _refusal(Secrets(environ={}), reference)
    assert unknown == "the environment variables VAULT_ADDR and VAULT_TOKEN are not both set"


@pytest.mark.parametrize(
    ("module", "reference", "extra"),
    [("keyring", "keyring:getvpn/gm1", "keyring"), ("hvac", "vault:kv/gm1#psk", "vault")],
)
def test_what_is_not_installed_is_named(
    module: str, reference: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    assert _refusal(Secrets(), reference) == (
        f"{module} is not installed; pip install 'getvpn[{extra}]'"
    )
