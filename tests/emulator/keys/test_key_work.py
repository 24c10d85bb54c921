"""Keys that are made in steps, while others go on."""

import asyncio

import pytest

from getvpn.emulator.keys import KeyKind, KeyMaterial
from getvpn.emulator.keys.primes import Steps
from getvpn.emulator.keys.work import KeyWork


class Counted:
    """Material whose making takes so many steps, and the steps that were taken."""

    def __init__(self, steps: int) -> None:
        self.taken = 0
        self.material = KeyMaterial(KeyKind.RSA, 512, lambda: self._steps(steps))

    def _steps(self, steps: int) -> Steps[bytes]:
        for _ in range(steps):
            self.taken += 1
            yield
        return b"a key"


async def turn() -> None:
    await asyncio.sleep(0)


async def never() -> None:
    await asyncio.Event().wait()


def test_others_have_a_turn_after_each_step_of_a_key() -> None:
    turns = 0

    async def counting() -> None:
        nonlocal turns
        turns += 1

    key = Counted(7)
    asyncio.run(KeyWork().make(key.material, counting))
    assert key.material.private_der == b"a key"
    assert turns == 8


def test_a_key_that_is_there_costs_no_turn() -> None:
    asyncio.run(KeyWork().make(KeyMaterial(KeyKind.RSA, 512, b"a key"), never))


def test_many_keys_together_take_one_step_in_a_round_of_turns() -> None:
    async def talk() -> None:
        work, keys = KeyWork(), [Counted(10) for _ in range(20)]
        tasks = [asyncio.create_task(work.make(key.material, turn)) for key in keys]
        taken = 0
        while not all(key.material.made for key in keys):
            await asyncio.sleep(0)
            now = sum(key.taken for key in keys)
            assert now - taken <= 2
            taken = now
        await asyncio.gather(*tasks)
        assert taken == 200

    asyncio.run(talk())


@pytest.mark.parametrize("gone", ["silent", "cancelled"])
def test_who_comes_no_more_holds_up_nobody(gone: str) -> None:
    async def talk() -> None:
        work, first, second = KeyWork(), Counted(5), Counted(5)
        waiting = asyncio.create_task(work.make(first.material, never))
        await asyncio.sleep(0)
        if gone == "cancelled":
            waiting.cancel()
            await asyncio.sleep(0)
        await work.make(second.material, turn)
        assert first.material.made == (gone == "silent")
        waiting.cancel()

    asyncio.run(talk())


def test_two_who_wait_for_one_key_get_it_together() -> None:
    async def talk() -> None:
        work, key = KeyWork(), Counted(6)
        await asyncio.gather(work.make(key.material, turn), work.make(key.material, turn))
        assert key.taken == 6

    asyncio.run(talk())
