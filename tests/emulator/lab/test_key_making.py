"""The making of keys holds up nobody who is at work in the same lab."""

import asyncio
from collections.abc import Callable

import pytest

from getvpn.emulator import DeviceFile, Lab, LabFile

from .visitors import run, visiting

STARTUP = "ip domain name example.net\n"
DEVICES = (DeviceFile(name="KS1", startup=STARTUP), DeviceFile(name="KS2", startup=STARTUP))

# each test makes its keys itself
pytestmark = pytest.mark.usefixtures("forget_keys")


def test_sessions_are_answered_while_a_key_is_made() -> None:
    async def talk() -> tuple[str, int]:
        async with (
            Lab(LabFile(devices=DEVICES, seed=1)) as lab,
            visiting(lab.host("KS1")) as maker,
            visiting(lab.host("KS1")) as other,
        ):
            await maker.ask("configure terminal", "KS1(config)#")
            line = "crypto key generate rsa label A modulus 2048"
            making = asyncio.create_task(maker.ask(line, "KS1(config)#"))
            answers = 0
            while not making.done():
                await other.ask("show clock")
                answers += 1
            return await making, answers

    said, answers = run(talk)
    assert "[OK] (elapsed time was" in said
    # some hundred steps, with room for an answer behind each
    assert answers > 5


def test_sessions_are_answered_while_another_router_makes_its_host_key() -> None:
    async def talk() -> int:
        async with Lab(LabFile(devices=DEVICES, seed=1)) as lab, visiting(lab.host("KS1")) as visit:
            material = lab["KS2"].keys.pairs()[0].material
            assert not material.made

            async def first_visit() -> None:
                async with visiting(lab.host("KS2")):
                    return

            arriving = asyncio.create_task(first_visit())
            answers = 0
            while not material.made:
                await visit.ask("show clock")
                answers += 1
            await arriving
            return answers

    assert run(talk) > 2


def test_the_keys_of_a_lab_follow_from_its_seed_however_many_are_made_at_once(
    forget_keys: Callable[[], None],
) -> None:
    async def moduli(together: bool) -> list[bytes]:
        async with Lab(LabFile(devices=DEVICES, seed=1)) as lab:

            async def visit(name: str) -> None:
                async with visiting(lab.host(name)) as at:
                    await at.ask("configure terminal", f"{name}(config)#")
                    line = "crypto key generate rsa label A modulus 1024"
                    await at.ask(line, f"{name}(config)#")

            if together:
                await asyncio.gather(visit("KS1"), visit("KS2"))
            else:
                await visit("KS2")
                await visit("KS1")
            pairs = (pair for name in ("KS1", "KS2") for pair in lab[name].keys.pairs())
            return [pair.material.public_der for pair in pairs if not pair.temporary]

    first = run(lambda: moduli(together=True))
    assert len(set(first)) == 4
    forget_keys()
    assert run(lambda: moduli(together=False)) == first
