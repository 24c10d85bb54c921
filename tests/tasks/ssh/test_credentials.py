"""Who logs in, and where the password comes from."""

from collections.abc import Callable, Iterator
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory

from getvpn.errors import InputError, UsageError
from getvpn.tasks.ssh.connection import CONNECTION, options_of
from getvpn.tasks.ssh.credentials import Login, supply
from getvpn.tasks.ssh.target import Target

SAID = "Zq9-tOp!7"
X, Y = "env:X", "env:Y"
BOBS = Defaults(username="bob", password="bobs")  # noqa: S106 - for nobody
ENVIRON = {"GETVPN_USERNAME": "eve", "GETVPN_PASSWORD": "of-environ", "GETVPN_SECRET": "of-enable"}


class _Ring(KeyringBackend):
    """A keyring of which the test says what it holds."""

    priority = 1  # type: ignore[assignment]  # as the library's own do

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def ring() -> Iterator[dict[tuple[str, str], str]]:
    """What the keyring holds; none of this computer is asked."""
    before, ring = keyring.get_keyring(), _Ring()
    keyring.set_keyring(ring)
    yield ring.held
    keyring.set_keyring(before)


def fleet(defaults: Defaults | None = None, **hosts: dict[str, Any]) -> Nornir:
    defaults = defaults or Defaults()
    made = {name: Host(name=name, defaults=defaults, **said) for name, said in hosts.items()}
    return Nornir(inventory=Inventory(hosts=Hosts(made), groups=Groups(), defaults=defaults))


def supplied(
    nornir: Nornir, login: Login | None = None, environ: dict[str, str] | None = None
) -> dict[str, tuple[str | None, str | None, str | None]]:
    """User, password and secret of each host."""
    supply(nornir, login or Login(), environ or {})
    return {
        name: (host.username, host.password, options_of(host).get("secret"))
        for name, host in nornir.inventory.hosts.items()
    }


def asking(asked: list[str]) -> Callable[[str], str]:
    def ask(what: str) -> str:
        asked.append(what)
        return f"answer {len(asked)}"

    return ask


def test_what_the_inventory_says_stays() -> None:
    nornir = fleet(R1={"username": "bob", "password": "bobs"}, R2={})

    assert supplied(nornir, environ=ENVIRON) == {
        "R1": ("bob", "bobs", "of-enable"),
        "R2": ("eve", "of-environ", "of-enable"),
    }


def test_what_defaults_and_groups_say_counts() -> None:
    nornir = fleet(BOBS, R1={})

    assert supplied(nornir, environ=ENVIRON)["R1"] == ("bob", "bobs", "of-enable")


def test_what_was_said_for_this_run_goes_before_the_inventory() -> None:
    login = Login(username="amy", password=X, secret=Y)
    options = {"netmiko": ConnectionOptions(extras={"secret": "other"})}
    nornir = fleet(R1={"username": "bob", "password": "bobs", "connection_options": options})

    found = supplied(nornir, login, ENVIRON | {"X": "amys", "Y": "theirs"})

    assert found["R1"] == ("amy", "amys", "theirs")


def test_the_password_of_one_user_is_not_tried_for_another() -> None:
    nornir = fleet(
        R1={"username": "bob", "password": "bobs"},
        R2={"username": "amy", "password": "amys"},
        R3={"password": "for-anybody"},
    )

    found = supplied(nornir, Login(username="amy"), ENVIRON)

    assert [found[name][1] for name in ("R1", "R2", "R3")] == ["of-environ", "amys", "for-anybody"]


def test_the_environment_goes_before_the_keyring_and_that_before_a_question(
    ring: dict[tuple[str, str], str],
) -> None:
    asked: list[str] = []
    login = Login(username="amy", ask=asking(asked))
    ring["getvpn", "amy"] = "of-keyring"

    assert supplied(fleet(R1={}), login, ENVIRON)["R1"][1] == "of-environ"
    assert supplied(fleet(R1={}), login)["R1"][1] == "of-keyring"
    ring.clear()
    assert asked == []
    assert supplied(fleet(R1={}, R2={}), login)["R2"][1] == "answer 1"
    assert asked == ["Password of amy"]


def test_each_user_is_asked_for_once() -> None:
    asked: list[str] = []
    nornir = fleet(R1={"username": "bob"}, R2={"username": "amy"}, R3={"username": "bob"})

    found = supplied(nornir, Login(ask=asking(asked)))

    assert asked == ["Password of amy", "Password of bob"]
    assert [each[1] for each in found.values()] == ["answer 2", "answer 1", "answer 2"]


def test_with_a_key_no_password_is_looked_for_unless_it_is_named() -> None:
    assert supplied(fleet(R1={}), Login(username="amy", key_file="id"))["R1"][1] == ""
    login = Login(username="amy", key_file="id", password=X)
    assert supplied(fleet(R1={}), login, {"X": "x"})["R1"][1] == "x"


def test_beside_a_key_the_password_of_another_user_is_not_tried() -> None:
    nornir = fleet(BOBS, R1={"hostname": "192.0.2.1"})

    assert not supplied(nornir, Login(username="amy", key_file="id"))["R1"][1]
    target = Target.of("192.0.2.1", None, "amy", nornir.inventory.hosts["R1"].password, {})
    assert target.password is None


def test_the_secret_may_stand_with_netmiko_or_scrapli() -> None:
    for plugin in ("netmiko", "scrapli", CONNECTION):
        options = {plugin: ConnectionOptions(extras={"secret": "kept"})}
        nornir = fleet(R1={"username": "bob", "password": "x", "connection_options": options})
        assert supplied(nornir, environ=ENVIRON)["R1"][2] == "kept"


def test_an_empty_secret_or_password_says_nothing() -> None:
    options = {"netmiko": ConnectionOptions(extras={"secret": ""})}
    nornir = fleet(R1={"username": "bob", "password": "", "connection_options": options})

    assert supplied(nornir, environ=ENVIRON)["R1"] == ("bob", "of-environ", "of-enable")


def test_the_secret_of_one_host_does_not_become_that_of_another() -> None:
    shared = ConnectionOptions(extras={"known_hosts": "file"})
    nornir = fleet(
        Defaults(connection_options={CONNECTION: shared}),
        R1={"username": "bob", "password": "x"},
        R2={
            "username": "bob",
            "password": "x",
            "connection_options": {CONNECTION: ConnectionOptions(extras={"secret": "own"})},
        },
    )

    found = supplied(nornir, environ=ENVIRON)

    assert (found["R1"][2], found["R2"][2]) == ("of-enable", "own")
    assert options_of(nornir.inventory.hosts["R1"])["known_hosts"] == "file"
    assert shared.extras == {"known_hosts": "file"}


def test_the_secret_is_asked_for_on_request_and_on_a_terminal_only() -> None:
    asked: list[str] = []
    login = Login(username="amy", password=X, ask_secret=True, ask=asking(asked))
    options = {"netmiko": ConnectionOptions(extras={"secret": "other"})}
    nornir = fleet(R1={"connection_options": options})

    assert supplied(nornir, login, {"X": "x"})["R1"][2] == "answer 1"
    with pytest.raises(UsageError, match="can be asked for on a terminal only"):
        supply(fleet(R1={}), Login(username="amy", password=X, ask_secret=True), {"X": "x"})


def test_who_is_missing_is_named() -> None:
    nornir = fleet(R1={"username": "bob"}, R2={}, R3={}, R4={}, R5={})

    with pytest.raises(UsageError, match=r"logs in to R2, R3, R4 and 1 more; give --username"):
        supply(nornir, Login(), {})


def test_without_a_terminal_a_missing_password_is_one_line() -> None:
    with pytest.raises(UsageError, match="there is no password for amy; set GETVPN_PASSWORD"):
        supply(fleet(R1={}), Login(username="amy"), {})


@pytest.mark.parametrize("reference", ["env:NONESUCH", SAID])
def test_a_reference_that_leads_nowhere_is_an_error_without_secrets(reference: str) -> None:
    login = Login(username="amy", password=reference)

    with pytest.raises(InputError) as caught:
        supply(fleet(R1={}), login, {})
    assert SAID not in str(caught.value)


def test_a_login_shows_no_way_to_ask_and_holds_no_secret() -> None:
    login = Login(username="amy", password=X, ask=lambda _: SAID)
    assert repr(login) == (
        "Login(username='amy', password='env:X', secret=None, key_file=None, ask_secret=False)"
    )
