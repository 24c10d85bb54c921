"""The change of the RSA key of rekeys, as an operator does it on three key servers."""

import re
from dataclasses import dataclass, field
from typing import Any

from .seed_world import BOOT_S, Routers, plan

LABEL, PASSPHRASE = "GETVPN-REKEY", "Passcode-1"
SERVERS, MEMBERS = ("KS1", "KS2", "KS3"), ("GM1", "GM2", "GM3")
POLICY = "show crypto gdoi ks policy"
PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
PRIVATE = re.compile(r"-----BEGIN RSA PRIVATE KEY-----.*?-----END RSA PRIVATE KEY-----", re.DOTALL)
ENOUGH_S = 1200
SHOWN_DIGITS = 2 * 256


@dataclass(slots=True)
class Change:
    """What was printed at each step, and what was there before and after it.

    `said` is by step and router. `policies` are SPIs before and after, `old` and `new` the key data
    that members and key servers show.
    """

    group: Routers
    said: dict[tuple[str, str], str] = field(default_factory=dict)
    policies: list[dict[str, tuple[str, ...]]] = field(default_factory=list)
    old: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    at_s: dict[str, float] = field(default_factory=dict)

    def now(self) -> float:
        """The time since the start of the lab."""
        return self.group.lab.kernel.now() - 1_767_225_600

    def configure(self, step: str, name: str, *lines: str) -> str:
        """Type lines into configuration mode."""
        said = self.group.show(name, "configure terminal", *lines, "end")
        self.said[step, name] = said
        return said


def made(**more: Any) -> Routers:
    """Three key servers and three members."""
    group = Routers(plan(servers=3, members=3) | more)
    group.run(BOOT_S)
    return group


def label_of(group: Routers, name: str) -> str:
    """The name of the key that signs rekeys, as a key server shows it."""
    return group.field(name, POLICY, "sig key name")


def times_to_rekey(group: Routers, name: str) -> tuple[int, int]:
    """The seconds until the KEK and the TEK are renewed, as a key server shows them."""
    kek, *teks = (
        line.split(":")[1].strip()
        for line in group.show(name, POLICY).split("\n")
        if line.strip().startswith("time to rekey")
    )
    (tek,) = (each for each in teks if each != "n/a")
    return int(kek), int(tek)


def spis(group: Routers, name: str) -> tuple[str, ...]:
    """The SPIs of KEK and TEKs that a key server shows."""
    lines = (line.strip() for line in group.show(name, POLICY).split("\n"))
    return tuple(line.split(":")[1].strip() for line in lines if line.startswith("spi "))


def own_key(group: Routers, name: str) -> str:
    """The data of the public key of a key server, as far as members show it."""
    return _data(group.show(name, f"show crypto key mypubkey rsa {LABEL}"))[:SHOWN_DIGITS]


def known_key(group: Routers, name: str) -> str:
    """The data of the public key that a member has learnt: IOS prints the first 256 bytes."""
    return _data(group.show(name, "show crypto gdoi gm pubkey"))


def _data(text: str) -> str:
    lines = text.partition("Key Data:")[2].split("\n")[1:]
    found = []
    for line in lines:
        if not re.fullmatch(r" +[0-9A-F ]+", line):
            break
        found.append(line)
    return "".join("".join(found).split())


def wait_for_time(group: Routers) -> None:
    """Begin only if there is time enough, else after the next rekey."""
    while min(times_to_rekey(group, "KS1")) < ENOUGH_S:
        group.run(60)


def changed() -> Change:
    """All steps, one minute after the other, up to two rekeys later."""
    group = made()
    group.run(5500)
    group.watch()
    change = Change(group)
    change.at_s["asked"] = change.now()
    wait_for_time(group)
    change.at_s["began"] = change.now()
    change.policies.append({name: spis(group, name) for name in SERVERS})
    change.old = {name: known_key(group, name) for name in MEMBERS}
    change.old |= {name: own_key(group, name) for name in SERVERS}
    label = label_of(group, "KS1")
    for name in SERVERS:
        change.said["label", name] = label_of(group, name)
    for name in SERVERS:
        change.configure("zeroize", name, f"crypto key zeroize rsa {label}", "yes")
        group.run(60)
    make = f"crypto key generate rsa modulus 2048 label {label} exportable"
    change.configure("generate", "KS1", make)
    group.run(60)
    out = f"crypto key export rsa {label} pem terminal 3des {PASSPHRASE}"
    exported = change.configure("export", "KS1", out)
    for name in SERVERS[1:]:
        import_key(change, name, exported)
        group.run(60)
    change.policies.append({name: spis(group, name) for name in SERVERS})
    change.new = {name: own_key(group, name) for name in SERVERS}
    change.at_s["done"] = change.now()
    return change


def import_key(change: Change, name: str, exported: str, passphrase: str = PASSPHRASE) -> str:
    """Paste both parts of a key into the dialogue of a key server."""
    public, private = PUBLIC.search(exported), PRIVATE.search(exported)
    assert public is not None
    assert private is not None
    command = f"crypto key import rsa {LABEL} pem terminal {passphrase}"
    lines = [*public[0].split("\n"), "", *private[0].split("\n"), "quit"]
    return change.configure("import", name, command, *lines)
