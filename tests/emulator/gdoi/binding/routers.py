"""Routers in one network, for the tests of the binding."""

from functools import cache
from random import Random

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.keys import KeyMaterial, SeededKeyMaker
from getvpn.emulator.simulation.network import Network
from getvpn.emulator.testing import Console, console, make_router, world

from .group_configs import key_server, member

LABEL = "REKEYRSA"
KS1, KS2 = "10.0.0.1", "10.0.0.2"


@cache
def rekey_key(number: int = 1) -> KeyMaterial:
    """An RSA key; each number has its own."""
    return SeededKeyMaker(Random(f"rekeys {number}")).rsa(2048)  # noqa: S311 - a key of a test


class Routers:
    """Key servers and members that boot together; the key of the rekeys is there, and saved."""

    def __init__(self, *, seed: int = 1) -> None:
        self.network: Network = world(seed)
        self.kernel = self.network.kernel
        self.routers: dict[str, Router] = {}
        self._consoles: dict[str, Console] = {}

    def add(
        self, name: str, startup: str, *, platform: str = "isr4451", key: int | None = None
    ) -> Router:
        """Boot a router; `key` is the number of its key for rekeys."""
        router = make_router(name, platform, "", network=self.network)
        router.power_off()
        if key is not None:
            router.keys.add(LABEL, rekey_key(key), now=self.kernel.now(), saved=True)
            router.keys.reload()
        router.files.save_startup(startup.encode())
        rejected = router.boot().rejected
        assert not rejected, rejected
        self.routers[name] = router
        return router

    def servers(self, *addresses: str) -> None:
        """Add a key server KS1, KS2, … for each address, the first with the highest priority."""
        for number, address in enumerate(addresses, 1):
            peers = [peer for peer in addresses if peer != address]
            text = key_server(f"KS{number}", address, *peers, priority=200 - number)
            self.add(f"KS{number}", text, key=1)

    def member(self, number: int, *servers: str, more: str = "", extra: str = "") -> Router:
        """Add a member GM1, GM2, …"""
        name = f"GM{number}"
        text = member(name, f"10.20.{number}.1", *(servers or (KS1,)), more=more)
        return self.add(name, text + extra)

    def groups(self, name: str) -> Gdoi:
        """The groups of a router."""
        return self.routers[name].feature(Gdoi)

    def registered(self, name: str) -> bool:
        """Whether a router is a member that is registered."""
        members = self.groups(name).members
        return bool(members) and all(one.state is Registration.REGISTERED for one in members)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.kernel.advance(seconds)

    def console(self, name: str) -> Console:
        """The console of a router, on which somebody is logged in."""
        found = self._consoles.get(name)
        if found is None or found.closed:
            found = self._consoles[name] = console(self.routers[name])
        return found

    def type(self, name: str, *lines: str) -> str:
        """Type lines on a router's console; gives what they print."""
        said = self.console(name).run(*lines)
        self.kernel.advance(0)
        return said

    def configure(self, name: str, text: str) -> str:
        """Configure a router, from exec mode and back."""
        return self.console(name).configure(text)

    def logged(self, name: str, words: str = "") -> list[str]:
        """The messages of a router with these words in them."""
        messages = self.routers[name].log.messages
        lines = [f"%{m.facility}-{m.severity}-{m.mnemonic}: {m.text}" for m in messages]
        return [line for line in lines if words in line]
