"""Pre-shared keys as type 6, under a master key that nothing shows."""

from collections.abc import Callable

import pytest

from getvpn.emulator.config.store import Entry
from getvpn.emulator.device import Router
from getvpn.emulator.settings.preshared import clear_key
from getvpn.emulator.testing import Console, console

MASTER = "one master key"
KEYS = """\
crypto isakmp key SecretA address 10.0.0.1
crypto keyring K
 pre-shared-key address 10.0.0.2 key SecretB
crypto ikev2 keyring I
 peer P
  pre-shared-key local SecretC
crypto ikev2 profile R
 authentication local pre-share key SecretD
crypto isakmp client configuration group G
 key SecretE
"""
Added = Callable[[Router, str], list[str]]


def shown(router: Router) -> str:
    return "\n".join(router.running_lines())


def first_key(router: Router) -> Entry:
    entry = router.config.root.find("crypto isakmp key", "10.0.0.1", "255.255.255.255")
    assert entry is not None
    return entry


def set_master(con: Console, *answers: str) -> str:
    con.run("configure terminal")
    said = con.type(b"key config-key password-encrypt\n")
    for answer in answers:
        said += con.type(f"{answer}\n".encode())
    con.run("end")
    return said


@pytest.fixture
def locked(router: Router) -> Router:
    router.merge(KEYS)
    set_master(console(router), MASTER, MASTER)
    router.merge("password encryption aes\n")
    return router


def test_the_switch_alone_encrypts_nothing(router: Router) -> None:
    router.merge(KEYS + "password encryption aes\n")
    assert shown(router).count("Secret") == 5


def test_the_master_key_alone_encrypts_nothing(router: Router) -> None:
    router.merge(KEYS)
    set_master(console(router), MASTER, MASTER)
    assert shown(router).count("Secret") == 5


def test_both_encrypt_every_key(locked: Router) -> None:
    text = shown(locked)
    assert "Secret" not in text
    assert MASTER not in text
    for head in (
        "crypto isakmp key 6 ",
        "  pre-shared-key address 10.0.0.2 key 6 ",
        "  pre-shared-key local 6 ",
        " authentication local pre-share key 6 ",
        " key 6 ",
    ):
        assert f"\n{head}" in text
    assert clear_key(locked, first_key(locked)) == "SecretA"


def test_the_order_of_the_two_does_not_matter(router: Router) -> None:
    router.merge(KEYS + "password encryption aes\n")
    set_master(console(router), MASTER, MASTER)
    assert "Secret" not in shown(router)


def test_a_new_key_is_encrypted_at_once(locked: Router) -> None:
    locked.merge("crypto isakmp key SecretF address 10.0.0.9\n")
    assert "SecretF" not in shown(locked)


def test_an_encrypted_configuration_loads_and_opens(locked: Router) -> None:
    text = shown(locked)
    locked.files.save_startup(text.encode())
    locked.keys.save()
    assert not locked.boot().rejected
    assert shown(locked) == text
    assert clear_key(locked, first_key(locked)) == "SecretA"


def test_another_router_cannot_open_it(locked: Router, classic: Router) -> None:
    line = next(line for line in locked.running_lines() if line.startswith("crypto isakmp key"))
    assert not classic.merge(line).rejected
    assert clear_key(classic, first_key(classic)) is None
    assert line in classic.running_lines()


def test_a_new_master_key_needs_the_old_one(locked: Router) -> None:
    before = shown(locked)
    said = set_master(console(locked), "wrong")
    assert "Old key: " in said
    assert "%% Invalid key entered\n" in said
    assert shown(locked) == before
    said = set_master(console(locked), MASTER, "another key", "another key")
    assert ["Old key: " in said, "New key: " in said, "Confirm key: " in said] == [True] * 3
    assert shown(locked) != before
    assert clear_key(locked, first_key(locked)) == "SecretA"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("short",), "% The key must be at least 8 characters long\n"),
        ((MASTER, "something else"), "% The keys do not match\n"),
    ],
)
def test_a_master_key_must_be_long_and_typed_twice(
    router: Router, answers: tuple[str, ...], said: str
) -> None:
    assert said in set_master(console(router), *answers)
    assert router.keys.master_key is None


def test_a_master_key_is_not_echoed(router: Router) -> None:
    assert MASTER not in set_master(console(router), MASTER, MASTER)


def test_a_master_key_may_stand_on_the_line(router: Router, added: Added) -> None:
    assert added(router, f"key config-key password-encrypt {MASTER}\n") == []
    assert router.keys.master_key == MASTER


def test_without_its_master_key_a_key_is_of_no_use(locked: Router) -> None:
    con = console(locked)
    con.run("configure terminal")
    asked = con.type(b"no key config-key password-encrypt\n")
    assert "WARNING: All type 6 encrypted keys will become unusable\n" in asked
    assert asked.endswith("Continue with master key deletion ? [yes/no]: ")
    con.type(b"no\n")
    assert locked.keys.master_key == MASTER
    con.type(b"no key config-key password-encrypt\n")
    con.type(b"yes\n")
    assert clear_key(locked, first_key(locked)) is None


def test_an_equal_key_is_the_same_however_it_is_stored(locked: Router) -> None:
    assert not locked.merge("crypto isakmp key SecretA address 10.0.0.1\n").rejected
    assert locked.merge("crypto isakmp key Other address 10.0.0.1\n").rejected


def test_keys_stand_in_no_log(locked: Router) -> None:
    con = console(locked)
    con.configure("crypto isakmp key SecretG address 10.0.0.8")
    assert locked.log.messages
    assert not any("Secret" in message.line for message in locked.log.messages)
    assert not any(MASTER in message.line for message in locked.log.messages)
