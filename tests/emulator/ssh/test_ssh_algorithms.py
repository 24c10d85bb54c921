"""What is negotiated with which profile, and whose host key it is."""

import asyncio
from typing import Any

import asyncssh
import pytest

from getvpn.emulator.ssh import LEGACY, MODERN

from ..standing import run_standing as run
from .small_router import SmallRouter, client, host_key, served

KINDS = {
    "ssh-rsa": "rsa-sha2-256",
    "ecdsa-sha2-nistp256": "ecdsa-sha2-nistp256",
    "ssh-ed25519": "ssh-ed25519",
}
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


async def _negotiated(port: Any, **more: Any) -> tuple[str, str]:
    async with client(port, **more) as connection:
        key = connection.get_server_host_key()
        return key.get_algorithm(), connection.get_extra_info("recv_cipher")


@pytest.mark.parametrize("kex", MODERN.kex)
def test_every_key_exchange_of_the_modern_profile_works(kex: str) -> None:
    async def talk() -> tuple[str, str]:
        async with served(SmallRouter()) as port:
            return await _negotiated(port, kex_algs=[kex])

    assert run(talk)[0] == "ssh-ed25519"


@pytest.mark.parametrize("cipher", [each for each in MODERN.ciphers if each[-3:] != "gcm"])
@pytest.mark.parametrize("mac", MODERN.macs)
def test_every_cipher_and_mac_of_the_modern_profile_works(cipher: str, mac: str) -> None:
    async def talk() -> str:
        async with served(SmallRouter()) as port:
            return (await _negotiated(port, encryption_algs=[cipher], mac_algs=[mac]))[1]

    assert run(talk) == cipher


@pytest.mark.parametrize("kex", LEGACY.kex)
@pytest.mark.parametrize("cipher", ["aes128-ctr", "aes256-cbc", "3des-cbc"])
def test_the_legacy_profile_has_what_old_clients_offer(kex: str, cipher: str) -> None:
    async def talk() -> str:
        router = SmallRouter(keys=(host_key("ssh-rsa"),), algorithms="legacy")
        async with served(router) as port:
            asked = {"kex_algs": [kex], "encryption_algs": [cipher], "mac_algs": ["hmac-sha1"]}
            return (await _negotiated(port, **asked, server_host_key_algs=["ssh-rsa"]))[1]

    assert run(talk) == cipher


def test_a_modern_client_and_a_legacy_router_find_no_key_exchange() -> None:
    async def talk() -> None:
        router = SmallRouter(keys=(host_key("ssh-rsa"),), algorithms="legacy")
        async with served(router) as port:
            await _negotiated(port, kex_algs=["curve25519-sha256"])

    with pytest.raises(asyncssh.KeyExchangeFailed):
        run(talk)


@pytest.mark.parametrize("kind", KINDS)
def test_a_router_shows_its_own_host_key(kind: str) -> None:
    async def talk() -> bytes:
        async with served(SmallRouter(keys=(host_key(kind, 3),))) as port:
            key = await asyncssh.get_server_host_key(*port.address, config=None)
            assert key is not None
            return bytes(key.public_data)

    assert run(talk) == asyncssh.import_private_key(host_key(kind, 3)).public_data


def test_a_client_chooses_among_several_host_keys() -> None:
    async def talk() -> list[str]:
        async with served(SmallRouter(keys=tuple(map(host_key, KINDS)))) as port:
            return [
                (await _negotiated(port, server_host_key_algs=[name]))[0] for name in KINDS.values()
            ]

    assert run(talk) == list(KINDS)


def test_clients_with_different_signatures_do_not_disturb_each_other() -> None:
    names = ["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"] * 8

    async def talk() -> None:
        async with served(SmallRouter(keys=(host_key("ssh-rsa"),), lines=40)) as port:
            await asyncio.gather(
                *(_negotiated(port, server_host_key_algs=[name]) for name in names)
            )

    run(talk)


def test_a_new_host_key_is_shown_to_the_next_client() -> None:
    async def talk() -> list[bytes]:
        router = SmallRouter()
        shown = []
        async with served(router) as port:
            for number in (0, 4):
                router.ssh.keys = (host_key("ssh-ed25519", number),)
                key = await asyncssh.get_server_host_key(*port.address, config=None)
                assert key is not None
                shown.append(key.public_data)
        return shown

    first, second = run(talk)
    assert first != second


def test_a_host_key_that_the_profile_cannot_use_refuses_clients(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def talk() -> None:
        async with served(SmallRouter(algorithms="legacy")) as port, client(port):
            pass

    with pytest.raises((ConnectionError, asyncssh.ConnectionLost)):
        run(talk)
    assert "event=router-failed" in caplog.text
