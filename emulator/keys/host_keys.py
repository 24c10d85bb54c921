"""Host keys for all devices of a lab: each its own, none made before it is needed."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from math import isqrt
from random import Random

from .errors import ModulusError
from .maker import SeededKeyMaker, check_modulus, curve_of, rsa_from_primes
from .material import KeyKind, KeyMaterial
from .primes import Steps, prime_steps


class HostKeyKind(Enum):
    """The kinds of host keys that a lab can give its devices, by the names of the setting."""

    RSA = "rsa"
    ECDSA = "ecdsa"
    ED25519 = "ed25519"


class HostKeyPool:
    """The host keys of one lab, all from its seed.

    `reserve` gives each device the next key at once and makes it when the device is first asked
    for it, so a key depends on the place of its device in the lab and on nothing else. RSA keys of
    a large lab share primes, two devices at most one: 5,000 moduli of 2048 bits take 101 primes,
    10 s of work and not 15 minutes. Who compares two moduli can factor them, which is no loss in
    keys that follow from a written seed; without `share_primes` every key has its own two.
    A process searches a prime once: a lab that starts again has its host keys at once.
    """

    __slots__ = ("_bits", "_kind", "_next", "_primes", "_seed", "_share")

    def __init__(
        self,
        seed: int | str,
        *,
        kind: HostKeyKind = HostKeyKind.RSA,
        bits: int | None = None,
        share_primes: bool = True,
    ) -> None:
        self._seed = str(seed)
        self._kind = kind
        self._bits = bits if bits is not None else 2048 if kind is HostKeyKind.RSA else 256
        self._share = share_primes
        self._next = 0
        self._primes: dict[int, int | Steps[int]] = {}
        if kind is HostKeyKind.ECDSA:
            curve_of(self._bits)
        elif kind is HostKeyKind.RSA:
            check_modulus(self._bits)
            if self._bits % 2:
                raise ModulusError("the host keys of a lab have an even number of bits")

    def reserve(self) -> KeyMaterial:
        """The next device's own host key, made when it is first looked at."""
        index = self._next
        self._next += 1
        if self._kind is HostKeyKind.RSA:
            return KeyMaterial(KeyKind.RSA, self._bits, lambda: self._rsa_steps(index))
        maker = SeededKeyMaker(self._random(f"key {index}"))
        return maker.ec(self._bits) if self._kind is HostKeyKind.ECDSA else maker.ed25519()

    def _rsa_steps(self, index: int) -> Steps[bytes]:
        first, second = prime_pair(index) if self._share else (2 * index, 2 * index + 1)
        p = yield from self._prime_steps(first)
        q = yield from self._prime_steps(second)
        return rsa_from_primes(p, q)

    def _prime_steps(self, number: int) -> Steps[int]:
        """A prime of the pool; two keys that need it at the same time search it together."""
        known = _known(self._seed, self._bits, number)
        if known:
            return known[0]
        while not isinstance(found := self._primes.get(number), int):
            if found is None:
                random = self._random(f"prime {number}")
                found = self._primes[number] = prime_steps(random, self._bits // 2)
            try:
                next(found)
            except StopIteration as end:
                self._primes[number] = int(end.value)
                known.append(int(end.value))
            else:
                yield
        return found

    def _random(self, purpose: str) -> Random:
        return Random(f"{self._seed}: {purpose}")  # noqa: S311 - keys of a lab are made again


@lru_cache(maxsize=1000)
def _known(seed: str, bits: int, number: int) -> list[int]:  # noqa: ARG001 - what it is kept by
    """Holds a prime once it is found; test suites start a lab many times."""
    return []


def prime_pair(index: int) -> tuple[int, int]:
    """The `index`-th pair of different numbers, in the order (0, 1), (0, 2), (1, 2), (0, 3)."""
    second = (1 + isqrt(8 * index + 1)) // 2
    return index - second * (second - 1) // 2, second
