"""What an inventory says of a device, made into what a session needs."""

import pickle
from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.tasks.ssh.target import Access, Target

SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for


def test_options_of_the_connection_are_those_of_access_and_the_secrets() -> None:
    options = {"transport": "scrapli", "command_timeout": 5.0, "secret": SECRET, "verify": False}

    target = Target.of("192.0.2.1", None, "bob", None, options)

    assert (target.port, target.address) == (22, "192.0.2.1")
    assert target.secret == SECRET
    assert target.access == Access(transport="scrapli", command_timeout=5.0, verify=False)
    assert target.access.timeouts.command_s == 5.0


def test_host_keys_are_verified_unless_somebody_says_otherwise() -> None:
    assert Access().verify


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"host": 127}, "the address of a device is no text; put it in quotes"),
        ({"username": 7}, "the username of a device is no text; put it in quotes"),
        ({"password": 90417}, "the password of a device is no text; put it in quotes"),
        ({"options": {"secret": 90417}}, "the secret of a device is no text; put it in quotes"),
        ({"port": "abc"}, "'abc' is no port"),
        ({"port": 99999}, "99999 is no port"),
        ({"port": 0}, "0 is no port"),
    ],
)
def test_what_yaml_takes_for_something_else_is_told(said: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {"host": "ks1", "port": 22, "username": "bob"}
    usual |= {"password": None, "options": {}}
    with pytest.raises(UsageError) as caught:
        Target.of(**{**usual, **said})
    assert words in str(caught.value)
    assert "90417" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "user", "options", "words"),
    [
        (None, "bob", {}, "the inventory gives no address"),
        ("", "bob", {}, "the inventory gives no address"),
        ("-oProxyCommand=x", "bob", {}, "'-oProxyCommand=x' is no address"),
        ("a b", "bob", {}, "'a b' is no address"),
        ("a\nb", "bob", {}, "is no address"),
        ("ks1", None, {}, "nobody is named who logs in to ks1; give the inventory a username"),
        ("ks1", "bob", {"sercet": SECRET}, "no option 'sercet'; did you mean 'secret'?"),
        ("ks1", "bob", {"transport": "telnet"}, "there is no transport 'telnet'; choose from"),
    ],
)
def test_what_is_missing_or_odd_is_one_line(
    host: str | None, user: str | None, options: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Target.of(host, None, user, None, options)
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    target = Target.of("ks1", 22, "bob", SECRET, {"secret": SECRET, "passphrase": SECRET})

    assert SECRET not in repr(target)


def test_how_sessions_are_made_can_be_told_another_process() -> None:
    access = Access(known_hosts="file", key_file="id")

    assert pickle.loads(pickle.dumps(access)) == access  # noqa: S301 - our own
