"""What logins are checked against, and what they cost."""

import hashlib
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import make_router

USERS = "username admin privilege 15 secret pw\nusername oper privilege 1 secret other\n"


@pytest.fixture
def router() -> Router:
    """A router that keeps its secrets as type 9."""
    return make_router(startup=USERS)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was hashed with scrypt since."""
    passwords: list[bytes] = []
    real = hashlib.scrypt

    def counting(password: bytes, **options: Any) -> bytes:
        passwords.append(password)
        return real(password, **options)

    monkeypatch.setattr(hashlib, "scrypt", counting)
    return passwords


def test_many_logins_with_the_same_secret_cost_one_hash(
    router: Router, hashed: list[bytes]
) -> None:
    logins = [router.access.login("admin", "pw") for _ in range(50)]

    assert {(login.user, login.privilege) for login in logins if login} == {("admin", 15)}
    assert len(logins) == 50
    assert hashed == [b"pw"]


def test_a_wrong_password_is_hashed_each_time(router: Router, hashed: list[bytes]) -> None:
    assert [router.access.login("admin", "other") for _ in range(3)] == [None] * 3
    assert len(hashed) == 3


def test_a_changed_secret_is_asked_for_at_once(router: Router) -> None:
    assert router.access.login("admin", "pw")
    router.merge("username admin secret new\n")
    assert router.access.login("admin", "pw") is None
    assert router.access.login("admin", "new")
