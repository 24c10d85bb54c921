"""Making key pairs: from a seeded source, from that of the system, from a stock made earlier."""

from __future__ import annotations

from collections import defaultdict, deque
from functools import lru_cache
from math import lcm
from random import Random, SystemRandom
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .errors import ModulusError
from .material import KeyKind, KeyMaterial, private_der
from .primes import PUBLIC_EXPONENT, Steps, prime_steps

MIN_MODULUS_BITS = 360
MAX_MODULUS_BITS = 4096
"""Smallest and largest RSA modulus of any release (Cisco IOS Security Command Reference)."""

CURVES: dict[int, type[ec.EllipticCurve]] = {
    256: ec.SECP256R1,
    384: ec.SECP384R1,
    521: ec.SECP521R1,
}
"""The curves of `crypto key generate ec keysize`, by their bits."""

ED25519_BITS = 256

_SEED_BITS = 256


class KeyMaker(Protocol):
    """Makes key pairs for a router. The work may be put off until the key is looked at."""

    def rsa(self, bits: int) -> KeyMaterial:
        """An RSA key pair; raises ModulusError."""
        ...

    def ec(self, bits: int) -> KeyMaterial:
        """A key pair on the curve of 256, 384 or 521 bits; raises ModulusError."""
        ...

    def ed25519(self) -> KeyMaterial:
        """An Ed25519 key pair."""
        ...


class SeededKeyMaker:
    """Makes the same keys from the same random source, each time.

    Every key takes one seed of its own from the source at once, so that the order in which keys
    are looked at changes none of them. Such keys are for labs: who knows the seed has them all.
    A process makes an RSA key once: a lab that starts again has its keys at once.
    """

    __slots__ = ("_random",)

    def __init__(self, random: Random) -> None:
        self._random = random

    def rsa(self, bits: int) -> KeyMaterial:
        """An RSA key pair; about 0.2 s for 2048 bits when it is first looked at."""
        check_modulus(bits)
        seed = self._seed()
        return KeyMaterial(KeyKind.RSA, bits, lambda: _seeded_rsa_steps(seed, bits))

    def ec(self, bits: int) -> KeyMaterial:
        """A key pair on a curve."""
        curve = curve_of(bits)
        seed = self._seed()
        return KeyMaterial(KeyKind.EC, bits, lambda: _ec_steps(_seeded(seed), curve, bits))

    def ed25519(self) -> KeyMaterial:
        """An Ed25519 key pair."""
        seed = self._seed()
        return KeyMaterial(KeyKind.ED25519, ED25519_BITS, lambda: _ed25519_steps(_seeded(seed)))

    def _seed(self) -> int:
        # a number waits in a tenth of the memory that its random source would take
        return self._random.getrandbits(_SEED_BITS)


class SystemKeyMaker:
    """Makes keys that nobody can make again."""

    __slots__ = ()

    def rsa(self, bits: int) -> KeyMaterial:
        """An RSA key pair, in steps, which OpenSSL does not offer."""
        check_modulus(bits)
        return KeyMaterial(KeyKind.RSA, bits, lambda: rsa_steps(SystemRandom(), bits))

    def ec(self, bits: int) -> KeyMaterial:
        """A key pair on a curve."""
        return KeyMaterial.of(ec.generate_private_key(curve_of(bits)()))

    def ed25519(self) -> KeyMaterial:
        """An Ed25519 key pair."""
        return KeyMaterial.of(ed25519.Ed25519PrivateKey.generate())


class StockedKeyMaker:
    """Hands out RSA keys that were made earlier, then those of `maker`.

    A lab fills the stock before its devices run, so that `crypto key generate` holds up nobody.
    """

    __slots__ = ("_maker", "_stock")

    def __init__(self, maker: KeyMaker) -> None:
        self._maker = maker
        self._stock: defaultdict[int, deque[KeyMaterial]] = defaultdict(deque)

    def fill(self, bits: int, count: int) -> None:
        """Make `count` more RSA keys of that size now."""
        for _ in range(count):
            key = self._maker.rsa(bits)
            _ = key.public_der
            self._stock[bits].append(key)

    def rsa(self, bits: int) -> KeyMaterial:
        """An RSA key pair, from the stock as long as it lasts."""
        check_modulus(bits)
        ready = self._stock.get(bits)
        return ready.popleft() if ready else self._maker.rsa(bits)

    def ec(self, bits: int) -> KeyMaterial:
        """A key pair on a curve."""
        return self._maker.ec(bits)

    def ed25519(self) -> KeyMaterial:
        """An Ed25519 key pair."""
        return self._maker.ed25519()


def check_modulus(bits: int) -> None:
    """Raise ModulusError for a size that no release makes."""
    if not MIN_MODULUS_BITS <= bits <= MAX_MODULUS_BITS:
        raise ModulusError(
            f"a modulus of {bits} bits is not between {MIN_MODULUS_BITS} and {MAX_MODULUS_BITS}"
        )


def curve_of(bits: int) -> type[ec.EllipticCurve]:
    """The curve of that many bits; raises ModulusError."""
    try:
        return CURVES[bits]
    except KeyError:
        raise ModulusError(f"there is no curve of {bits} bits") from None


def rsa_from_primes(p: int, q: int) -> bytes:
    """The private key (PKCS #1) of two different primes with the exponent 65537."""
    if p < q:
        p, q = q, p
    d = pow(PUBLIC_EXPONENT, -1, lcm(p - 1, q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(PUBLIC_EXPONENT, p * q),
    )
    # checking would repeat, in 30 ms, what the search for the primes has done
    return private_der(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def _seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a lab's keys can be made again


def _seeded_rsa_steps(seed: int, bits: int) -> Steps[bytes]:
    made = _made(seed, bits)
    if not made:
        made.append((yield from rsa_steps(_seeded(seed), bits)))
    return made[0]


@lru_cache(maxsize=1000)
def _made(seed: int, bits: int) -> list[bytes]:  # noqa: ARG001 - what it is kept by
    """Holds the RSA key of a seed once it is made; test suites start a lab many times."""
    return []


def rsa_steps(random: Random, bits: int) -> Steps[bytes]:
    """Make the private key of an RSA pair (PKCS #1)."""
    p = yield from prime_steps(random, (bits + 1) // 2)
    q = yield from prime_steps(random, bits // 2)
    while q == p:
        q = yield from prime_steps(random, bits // 2)
    return rsa_from_primes(p, q)


def _ec_steps(random: Random, curve: type[ec.EllipticCurve], bits: int) -> Steps[bytes]:
    yield
    # the order of each of these curves is larger than 2**(bits - 1)
    secret = random.randrange(1, 1 << (bits - 1))
    return private_der(ec.derive_private_key(secret, curve()))


def _ed25519_steps(random: Random) -> Steps[bytes]:
    yield
    return private_der(ed25519.Ed25519PrivateKey.from_private_bytes(random.randbytes(32)))
