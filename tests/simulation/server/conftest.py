"""RSA keys that the tests of key servers share: making one takes long."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from getvpn.emulator.keys import KeyMaterial


@pytest.fixture(scope="session")
def rsa_key() -> KeyMaterial:
    return KeyMaterial.of(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture(scope="session")
def other_rsa_key() -> KeyMaterial:
    return KeyMaterial.of(rsa.generate_private_key(public_exponent=65537, key_size=2048))
