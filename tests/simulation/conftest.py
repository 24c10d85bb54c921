"""What simulations have in common."""

from random import Random

import pytest

from getvpn.emulator.keys.maker import SeededKeyMaker
from getvpn.emulator.keys.material import KeyMaterial


@pytest.fixture(scope="session")
def rekey_key() -> KeyMaterial:
    """The RSA key that the key servers of a test have in common, made once."""
    return SeededKeyMaker(Random("rekeys")).rsa(2048)  # noqa: S311 - the same each time
