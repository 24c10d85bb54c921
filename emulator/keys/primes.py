"""Prime numbers from a seeded random source, so that a lab's keys can be made again.

OpenSSL offers no way to seed the making of an RSA key, nor to interrupt it. A prime of 1024 bits
takes about 0.1 s here, one of 2048 bits some 0.5 s; the search comes in steps so that others can go
on meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import cache
from random import Random
from typing import TypeVar

Result = TypeVar("Result")
Steps = Generator[None, None, Result]
"""Work that stops after every few milliseconds, and has a result at its end."""

PUBLIC_EXPONENT = 65537
"""The exponent of every key that IOS makes (Cisco key dumps end in `0203010001`)."""

_SIEVE_LIMIT = 1 << 16
_SMALLEST_BITS = 64
# what is left after so many rounds is composite with less than 2**-100 for random candidates of
# that many bits (Damgård, Landrock and Pomerance 1993, as in FIPS 186-4 appendix C.3)
_ROUNDS = ((1024, 5), (512, 8), (256, 20))
_MOST_ROUNDS = 50


def finished(steps: Steps[Result]) -> Result:
    """The result of work in steps, done at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def prime_steps(random: Random, bits: int) -> Steps[int]:
    """Search a prime of exactly `bits` bits (at least 64) that suits RSA with the exponent 65537.

    Its two leading bits are set, so that the product of two such primes has the sum of their bits.
    A step is one power modulo the candidate: 2 ms for 1024 bits, 18 ms for 2048.
    """
    if bits < _SMALLEST_BITS:
        raise ValueError(f"a prime of {bits} bits is too small")
    lead = 0b11 << (bits - 2)
    window = 4 * bits
    while True:
        start = random.getrandbits(bits) | lead | 1
        yield
        for candidate in _survivors(start, window):
            if candidate.bit_length() != bits:
                break
            if candidate % PUBLIC_EXPONENT != 1 and (yield from prime_test(candidate, random)):
                return candidate


def random_prime(random: Random, bits: int) -> int:
    """The prime that `prime_steps` finds."""
    return finished(prime_steps(random, bits))


def prime_test(number: int, random: Random) -> Steps[bool]:
    """Test whether an odd number beyond the sieve is prime, as Miller and Rabin do."""
    shift = ((number - 1) & -(number - 1)).bit_length() - 1
    odd = (number - 1) >> shift
    yield
    # base 2 alone turns nearly every composite away
    if not _passes(number, 2, odd, shift):
        return False
    size = number.bit_length()
    rounds = next((count for bits, count in _ROUNDS if size >= bits), _MOST_ROUNDS)
    for _ in range(rounds - 1):
        yield
        if not _passes(number, random.randrange(3, number - 1), odd, shift):
            return False
    return True


def is_prime(number: int, random: Random) -> bool:
    """What `prime_test` says."""
    return finished(prime_test(number, random))


def _passes(number: int, base: int, odd: int, shift: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(shift - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False


def _survivors(start: int, window: int) -> list[int]:
    """The odd numbers start, start + 2, … (`window` of them) without a small factor."""
    flags = bytearray(b"\1") * window
    for prime in _small_primes():
        # the first index whose number is divisible: start + 2 * index = 0 modulo prime
        index = -start * ((prime + 1) // 2) % prime
        if index < window:
            flags[index::prime] = bytes(len(range(index, window, prime)))
    return [start + 2 * index for index, flag in enumerate(flags) if flag]


@cache
def _small_primes() -> tuple[int, ...]:
    """The odd primes below the limit of the sieve."""
    flags = bytearray(b"\1") * _SIEVE_LIMIT
    for number in range(3, int(_SIEVE_LIMIT**0.5) + 1, 2):
        if flags[number]:
            flags[number * number :: 2 * number] = bytes(
                len(range(number * number, _SIEVE_LIMIT, 2 * number))
            )
    return tuple(number for number in range(3, _SIEVE_LIMIT, 2) if flags[number])
