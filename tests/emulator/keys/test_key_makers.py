from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from getvpn.emulator.keys import (
    HostKeyKind,
    HostKeyPool,
    KeyKind,
    KeyMaker,
    KeyMaterial,
    ModulusError,
    SeededKeyMaker,
    StockedKeyMaker,
    SystemKeyMaker,
)
from getvpn.emulator.keys.host_keys import prime_pair
from getvpn.emulator.keys.primes import is_prime, random_prime

from .seeds import seeded


@pytest.fixture
def maker() -> SeededKeyMaker:
    return SeededKeyMaker(seeded(7))


def modulus(key: KeyMaterial) -> int:
    private = key.private_key()
    assert isinstance(private, rsa.RSAPrivateKey)
    return private.public_key().public_numbers().n


@pytest.mark.parametrize("number", [65_537, 2**89 - 1, 2**127 - 1, 2**521 - 1])
def test_primes_are_found_prime(number: int) -> None:
    assert is_prime(number, seeded(1))


@pytest.mark.parametrize(
    "number",
    [
        2**89 + 1,
        (2**89 - 1) * (2**127 - 1),
        # strong pseudoprimes to base 2: Carmichael numbers and the square of a Wieferich prime
        3_215_031_751,
        341_550_071_728_321,
        1093**2,
    ],
)
def test_composites_are_found_composite(number: int) -> None:
    assert not is_prime(number, seeded(1))


def test_a_prime_has_its_two_leading_bits_set_and_suits_the_exponent() -> None:
    prime = random_prime(seeded(3), 256)
    assert prime >> 254 == 0b11
    assert prime % 65_537 != 1


def test_a_prime_that_is_too_small_to_search_for_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        random_prime(seeded(3), 32)


def test_the_same_seed_makes_the_same_keys(forget_keys: Callable[[], None]) -> None:
    made = []
    for _ in range(2):
        forget_keys()
        maker = SeededKeyMaker(seeded("lab"))
        keys = [maker.rsa(512), maker.rsa(512), maker.ec(521), maker.ed25519()]
        made.append([key.private_der for key in keys])
    assert made[0] == made[1]


@pytest.mark.usefixtures("forget_keys")
def test_a_process_makes_the_rsa_key_of_a_seed_once() -> None:
    first, second, other = (SeededKeyMaker(seeded(name)).rsa(512) for name in ("a", "a", "b"))
    assert not first.step()
    made = first.private_der
    assert second.step()
    assert second.private_der == made
    assert not other.step()
    assert not SeededKeyMaker(seeded("a")).rsa(520).step()


@pytest.mark.usefixtures("forget_keys")
def test_a_process_searches_the_primes_of_a_pool_once() -> None:
    first, second, other = (HostKeyPool(name, bits=512).reserve() for name in ("a", "a", "b"))
    assert not first.step()
    made = first.private_der
    assert second.step()
    assert second.private_der == made
    assert not other.step()


def test_the_order_in_which_keys_are_looked_at_changes_none(
    maker: SeededKeyMaker, forget_keys: Callable[[], None]
) -> None:
    first, second = maker.rsa(512), maker.rsa(512)
    moduli = [modulus(second), modulus(first)]
    forget_keys()
    again = SeededKeyMaker(seeded(7))
    assert [modulus(again.rsa(512)), modulus(again.rsa(512))] == moduli[::-1]


@pytest.mark.parametrize("bits", [360, 511, 1000, 1024, 2048])
def test_a_seeded_rsa_key_has_exactly_the_bits_asked_for_and_sound_numbers(
    maker: SeededKeyMaker, bits: int
) -> None:
    key = maker.rsa(bits)
    assert modulus(key).bit_length() == key.bits == bits
    # with validation of the numbers, which refuses what is not prime or does not fit
    load_der_private_key(key.private_der, None)


def test_a_seeded_rsa_key_signs(maker: SeededKeyMaker) -> None:
    private = maker.rsa(1024).private_key()
    assert isinstance(private, rsa.RSAPrivateKey)
    signature = private.sign(b"rekey", padding.PKCS1v15(), SHA256())
    private.public_key().verify(signature, b"rekey", padding.PKCS1v15(), SHA256())


def test_a_key_is_made_when_it_is_first_looked_at(maker: SeededKeyMaker) -> None:
    key = maker.rsa(512)
    assert not key.made
    _ = key.public_der
    assert key.made


@pytest.mark.parametrize("bits", [256, 384, 521])
def test_ec_keys_lie_on_their_curve(maker: SeededKeyMaker, bits: int) -> None:
    for made_by in (maker, SystemKeyMaker()):
        private = made_by.ec(bits).private_key()
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        assert private.curve.name == f"secp{bits}r1"


@pytest.mark.parametrize("bits", [0, 359, 4097])
def test_a_modulus_out_of_range_is_refused_at_once(bits: int) -> None:
    for maker in (SeededKeyMaker(seeded(1)), SystemKeyMaker(), StockedKeyMaker(SystemKeyMaker())):
        with pytest.raises(ModulusError):
            maker.rsa(bits)


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ModulusError):
        SystemKeyMaker().ec(255)


@pytest.mark.parametrize("bits", [512, 1024])
def test_the_system_makes_keys_of_old_and_new_sizes(bits: int) -> None:
    first, second = SystemKeyMaker().rsa(bits), SystemKeyMaker().rsa(bits)
    assert modulus(first).bit_length() == bits
    assert modulus(first) != modulus(second)
    assert isinstance(SystemKeyMaker().ed25519().private_key(), ed25519.Ed25519PrivateKey)


def test_a_stock_is_handed_out_before_new_keys_are_made() -> None:
    maker: KeyMaker = (stocked := StockedKeyMaker(SeededKeyMaker(seeded(5))))
    stocked.fill(512, 2)
    expected = SeededKeyMaker(seeded(5))
    keys = [maker.rsa(512) for _ in range(3)]
    assert [key.made for key in keys] == [True, True, False]
    assert [modulus(key) for key in keys] == [modulus(expected.rsa(512)) for _ in range(3)]


def test_nothing_of_the_private_key_is_shown(rsa_key: KeyMaterial) -> None:
    assert repr(rsa_key) == "KeyMaterial(RSA, 1024 bits)"


# -- host keys of a lab


def test_each_device_of_a_lab_has_its_own_host_key() -> None:
    pool = HostKeyPool("lab", bits=512)
    moduli = {modulus(pool.reserve()) for _ in range(30)}
    assert len(moduli) == 30


def test_a_host_key_depends_on_the_place_in_the_lab_only(forget_keys: Callable[[], None]) -> None:
    first, second = HostKeyPool("lab", bits=512), HostKeyPool("lab", bits=512)
    ahead = [first.reserve() for _ in range(4)]
    behind = [second.reserve() for _ in range(4)]
    late = modulus(ahead[3])
    forget_keys()
    assert [modulus(key) for key in behind] == [*(modulus(key) for key in ahead[:3]), late]
    assert modulus(HostKeyPool("another", bits=512).reserve()) != modulus(ahead[0])


def test_no_host_key_is_made_before_it_is_needed() -> None:
    pool = HostKeyPool(1)
    assert not any(pool.reserve().made for _ in range(5_000))


def test_host_keys_of_a_large_lab_share_few_primes() -> None:
    pairs = [prime_pair(index) for index in range(5_000)]
    assert len(set(pairs)) == 5_000
    assert all(first < second for first, second in pairs)
    assert max(second for _, second in pairs) == 100


def test_host_keys_share_no_primes_when_told_so() -> None:
    pool = HostKeyPool("lab", bits=512, share_primes=False)
    numbers = []
    for _ in range(4):
        private = pool.reserve().private_key()
        assert isinstance(private, rsa.RSAPrivateKey)
        numbers += [private.private_numbers().p, private.private_numbers().q]
    assert len(set(numbers)) == 8


@pytest.mark.parametrize(
    ("kind", "bits", "key_kind"),
    [
        (HostKeyKind.ECDSA, None, KeyKind.EC),
        (HostKeyKind.ECDSA, 384, KeyKind.EC),
        (HostKeyKind.ED25519, None, KeyKind.ED25519),
    ],
)
def test_host_keys_can_be_of_other_kinds(
    kind: HostKeyKind, bits: int | None, key_kind: KeyKind
) -> None:
    pool, again = (HostKeyPool(2, kind=kind, bits=bits) for _ in range(2))
    keys = [pool.reserve() for _ in range(3)]
    assert {key.kind for key in keys} == {key_kind}
    assert {key.bits for key in keys} == {bits or 256}
    assert len({key.public_der for key in keys}) == 3
    assert again.reserve().private_der == keys[0].private_der


def test_the_front_gets_a_host_key_as_plain_pem(rsa_key: KeyMaterial) -> None:
    assert rsa_key.pkcs8_pem().startswith(b"-----BEGIN PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("kind", "bits"), [(HostKeyKind.ECDSA, 255), (HostKeyKind.RSA, 200), (HostKeyKind.RSA, 2047)]
)
def test_host_keys_of_an_impossible_size_are_refused(kind: HostKeyKind, bits: int) -> None:
    with pytest.raises(ModulusError):
        HostKeyPool(1, kind=kind, bits=bits)


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_key_that_is_made_in_steps_is_the_one_that_is_made_at_once(
    bits: int, forget_keys: Callable[[], None]
) -> None:
    in_steps, at_once = (SeededKeyMaker(seeded("steps")).rsa(bits) for _ in range(2))
    count = 1
    while not in_steps.step():
        assert not in_steps.made
        count += 1
    assert in_steps.made
    assert in_steps.step()
    forget_keys()
    assert in_steps.private_der == at_once.private_der
    # one step is one power, and a search takes dozens of them
    assert count > 20


def test_keys_of_every_kind_come_in_steps(maker: SeededKeyMaker) -> None:
    for key in (
        maker.ec(256),
        maker.ed25519(),
        SystemKeyMaker().rsa(512),
        HostKeyPool(1).reserve(),
    ):
        while not key.step():
            pass
        assert key.made
        assert key.private_key().public_key()


def test_host_keys_that_share_a_prime_search_it_together(forget_keys: Callable[[], None]) -> None:
    pool, again = HostKeyPool("lab", bits=1024), HostKeyPool("lab", bits=1024)
    keys = [pool.reserve() for _ in range(3)]
    waiting = list(keys)
    while waiting:
        waiting = [key for key in waiting if not key.step()]
    forget_keys()
    assert [key.private_der for key in keys] == [again.reserve().private_der for _ in range(3)]
