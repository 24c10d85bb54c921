"""Key pairs that the tests of keys and certificates share."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from getvpn.emulator.keys import KeyMaterial, KeyStore, SeededKeyMaker

from .seeds import seeded

NOW = 1_667_619_375.0


@pytest.fixture(scope="session")
def rsa_key() -> KeyMaterial:
    return SeededKeyMaker(seeded("one")).rsa(1024)


@pytest.fixture(scope="session")
def other_rsa_key() -> KeyMaterial:
    return SeededKeyMaker(seeded("two")).rsa(1024)


@pytest.fixture(scope="session")
def ec_key() -> KeyMaterial:
    return SeededKeyMaker(seeded("three")).ec(384)


@pytest.fixture
def store() -> KeyStore:
    return KeyStore(SeededKeyMaker(seeded("store")))


@pytest.fixture
def now() -> float:
    return NOW


@pytest.fixture(scope="session")
def utc() -> Callable[[float], str]:
    """Writes a time as IOS does in the zone UTC."""

    def formatted(seconds: float) -> str:
        when = datetime.fromtimestamp(seconds, UTC)
        return f"{when:%H:%M:%S} UTC {when:%b} {when.day} {when.year}"

    return formatted
