"""`show crypto key`: the parsers read it, and it looks as it does on devices."""

import re
from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator.keys import KeyKind
from getvpn.emulator.testing import Console, console, make_router

from .releases import router_of

NAMED = "hostname KS1\nip domain name example.net\n"
HEX = re.compile(r"[0-9A-F]{2,8}(?: [0-9A-F]{2,8})* ?")


@pytest.fixture(params=["isr2911", "isr4451", "17.16.1a"])
def con(request: pytest.FixtureRequest) -> Console:
    """A router with keys of all sorts, at the console."""
    name = str(request.param)
    router = router_of(name, NAMED) if name[0] == "1" else make_router("KS1", name, NAMED)
    opened = console(router)
    opened.configure(
        "crypto key generate rsa modulus 2048\n"
        "crypto key generate rsa label test exportable modulus 2048\n"
        "crypto key generate ec keysize 256 label ECONE\n"
    )
    return opened


def _parsed(parser: str, output: str, **arguments: str) -> dict[str, Any]:
    from genie.libs.parser.iosxe import show_crypto

    made = getattr(show_crypto, parser)(device=None)
    found: dict[str, Any] = made.cli(output=output, **arguments)
    return found


@pytest.mark.parametrize(
    ("words", "parser", "kinds"),
    [
        ("all", "ShowCryptoKeyMypubkeyAll", {KeyKind.RSA, KeyKind.EC}),
        ("rsa", "ShowCryptoKeyMypubkeyRsa", {KeyKind.RSA}),
        ("ec", "ShowCryptoKeyMypubkeyEc", {KeyKind.EC}),
    ],
)
def test_genie_reads_the_true_keys(
    con: Console, words: str, parser: str, kinds: set[KeyKind]
) -> None:
    found = _parsed(parser, con.run(f"show crypto key mypubkey {words}"))

    pairs = [pair for pair in con.router.keys.pairs() if pair.kind in kinds]
    assert list(found["keys"]) == [number + 1 for number in range(len(pairs))]
    for pair, record in zip(pairs, found["keys"].values(), strict=True):
        assert record["key_name"] == pair.label
        assert record["keypairgen_time"] == "00:00:00 UTC Jan 1 2026"
        ((kind, details),) = record["key_type"].items()
        assert kind.startswith(f"{pair.kind.value} KEYS")
        assert details["usage"] == pair.usage.value
        assert (details["key"] == "exportable") == pair.exportable
        data = "".join(details["key_data"]).replace(" ", "")
        assert bytes.fromhex(data) == pair.material.public_der


@pytest.mark.parametrize(
    ("label", "kind", "parser"),
    [
        ("test", "rsa", "ShowCryptoKeyMypubkeyRsaKeyName"),
        ("ECONE", "ec", "ShowCryptoKeyMypubkeyEcKeyName"),
    ],
)
def test_genie_reads_a_key_by_its_name(con: Console, label: str, kind: str, parser: str) -> None:
    output = con.run(f"show crypto key mypubkey {kind} {label}")

    assert _parsed(parser, output, key_name=label)
    assert re.findall(r"Key name: (\S+)\n", output) == [label]


def _masked(text: str) -> list[str]:
    """The lines of keys without what differs from key to key."""
    lines = []
    for line in text.splitlines():
        words = line.strip()
        if HEX.fullmatch(words):
            words = "DATA"
        words = re.sub(r"generated at: .*", "generated at: TIME", words)
        words = re.sub(r"Key name: \S*?(\.server|)$", r"Key name: NAME\1", words)
        words = re.sub(r"\d+ bits", "N bits", words)
        words = words.replace("not exportable", "exportable")
        words = re.sub(r"private-config|not specified", "PLACE", words)
        lines.append(line[: len(line) - len(line.lstrip())] + words)
    return [line for number, line in enumerate(lines) if line != "  DATA" or number == 0]


def _kinds(lines: list[str]) -> set[tuple[str, ...]]:
    """The different shapes of keys in a text."""
    text = "\n".join(lines)
    return {
        tuple(block.strip().splitlines()) for block in text.split("% Key pair") if "NAME" in block
    }


@pytest.mark.parametrize(
    ("capture", "platform"),
    [
        ("community/crypto_key_mypubkey_rsa/1.txt", "isr2911"),
        ("genie/crypto_key_mypubkey_rsa/1.txt", "isr4451"),
        ("genie/crypto_key_mypubkey_all/1.txt", "isr4451"),
        ("genie/crypto_key_mypubkey_rsa_key_name/1.txt", "17.16.1a"),
    ],
)
def test_keys_look_as_in_the_captures(shared: Path, capture: str, platform: str) -> None:
    router = (
        router_of(platform, NAMED) if platform[0] == "1" else make_router("KS1", platform, NAMED)
    )
    con = console(router)
    con.configure(
        "crypto key generate rsa modulus 2048\n"
        "crypto key generate rsa label test exportable modulus 2048\n"
        "crypto key generate ec keysize 256 label ECONE\n"
    )
    text = (shared / "captures" / capture).read_text()
    captured = text[text.index("% Key pair") :]

    ours = _kinds(_masked(con.run("show crypto key mypubkey all")))

    assert _kinds(_masked(captured)) <= ours


def test_saving_the_configuration_stores_the_keys(con: Console) -> None:
    assert " Storage Device: not specified\n" in con.run("show crypto key mypubkey rsa test")

    con.run("write memory")

    assert " Storage Device: private-config\n" in con.run("show crypto key mypubkey rsa test")


def test_a_label_that_is_not_there_shows_nothing(con: Console) -> None:
    assert con.run("show crypto key mypubkey rsa NOBODY") == ""


def test_public_keys_of_peers_are_listed(con: Console) -> None:
    (pair,) = con.router.keys.pairs(KeyKind.EC)
    con.run("configure terminal", "crypto key pubkey-chain rsa", "named-key peer.example.net")
    con.run("address 192.0.2.9", "key-string", pair.material.public_der.hex(), "quit", "end")

    said = con.run("show crypto key pubkey-chain rsa")

    assert said.startswith("Codes: M - Manually configured, C - Extracted from certificate\n\nCode")
    assert said.splitlines()[-1].split() == [
        "M",
        "General",
        "192.0.2.9/Default",
        "default",
        "peer.example.net",
    ]
