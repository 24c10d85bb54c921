"""Every command that the project promises to read, in full and as short as a router takes it."""

import pytest

from getvpn.errors import InputError
from getvpn.parsers.commands import resolve
from getvpn.parsers.registry import FAMILIES

GROUP_TAILS = {
    "gdoi": ("detail",),
    "gdoi feature": ("feature", "feature cts-sgt", "feature ip-d3p"),
    "gdoi ks": ("ks", "ks detail"),
    "gdoi ks acl": ("ks acl",),
    "gdoi ks coop": ("ks coop", "ks coop detail"),
    "gdoi ks coop version": ("ks coop version",),
    "gdoi ks coop identifier": ("ks coop identifier", "ks coop identifier detail"),
    "gdoi ks identifier": ("ks identifier", "ks identifier detail"),
    "gdoi ks members": ("ks members", "ks members 10.20.1.1"),
    "gdoi ks members summary": ("ks members summary",),
    "gdoi ks policy": ("ks policy",),
    "gdoi ks rekey": ("ks rekey",),
    "gdoi ks replay": ("ks replay",),
    "gdoi gm": ("gm",),
    "gdoi gm acl": ("gm acl", "gm acl local", "gm acl download"),
    "gdoi gm dataplane counters": ("gm dataplane counters",),
    "gdoi gm identifier": ("gm identifier", "gm identifier detail"),
    "gdoi gm pubkey": ("gm pubkey",),
    "gdoi gm rekey": ("gm rekey", "gm rekey detail"),
    "gdoi gm replay": ("gm replay",),
    "gdoi rekey sa": ("rekey sa", "rekey sa detail"),
    "gdoi ipsec sa": ("ipsec sa",),
}
OTHERS = {
    "show crypto key mypubkey rsa": "key mypubkey",
    "show crypto key mypubkey rsa GETVPN-REKEY": "key mypubkey",
    "show crypto isakmp sa": "isakmp sa",
    "show crypto isakmp sa detail": "isakmp sa detail",
    "show crypto isakmp policy": "isakmp policy",
    "show crypto isakmp default policy": "isakmp default policy",
    "show crypto ikev2 sa": "ikev2 sa",
    "show crypto ikev2 sa detailed": "ikev2 sa",
    "show crypto ipsec sa": "ipsec sa",
    "show crypto ipsec sa detail": "ipsec sa",
    "show crypto pki certificates": "pki certificates",
    "show crypto pki certificates verbose": "pki certificates",
    "show crypto pki crls": "pki crls",
    "show crypto session": "crypto session",
    "show crypto session detail": "crypto session",
    "show crypto eli": "crypto eli",
    "show version": "version",
    "show ip access-lists": "ip access-lists",
    "show ip access-lists GETVPN-POLICY": "ip access-lists",
    "show clock": "clock",
    "show clock detail": "clock",
    "show ntp status": "ntp status",
}
COMMANDS = OTHERS | {
    f"show crypto {spelling}{group} {tail}".strip(): family
    for spelling in ("gdoi", "gkm")
    for group in ("", " group BANK-WAN.v4")
    for family, tails in GROUP_TAILS.items()
    for tail in ("", *tails)
    if tail or family == "gdoi"
}


def shortest(command: str) -> str:
    """The command with each word cut as far as it stays the same command."""
    words = command.split()
    arguments = resolve(command).arguments
    return " ".join(
        word
        if word in arguments
        else next(
            word[:length]
            for length in range(1, len(word) + 1)
            if is_same(command, [*words[:index], word[:length], *words[index + 1 :]])
        )
        for index, word in enumerate(words)
    )


def is_same(command: str, words: list[str]) -> bool:
    try:
        return str(resolve(" ".join(words))) == command
    except InputError:
        return False


@pytest.mark.parametrize(("command", "family"), COMMANDS.items())
def test_every_command_is_known_in_full_and_cut_short(command: str, family: str) -> None:
    assert family in FAMILIES
    for typed in (command, shortest(command), f"do {shortest(command).upper()} | inc x"):
        assert resolve(typed).family == family
        assert str(resolve(typed)).lower() == command.lower()


@pytest.mark.parametrize(
    ("command", "cut"),
    [
        ("show clock", "s clo"),
        ("show crypto gdoi group BANK-WAN.v4 ks coop version", "s cr gd gr BANK-WAN.v4 k c v"),
        ("show crypto gkm ks rekey", "s cr gk k rek"),
        ("show crypto gdoi gm dataplane counters", "s cr gd gm d c"),
        ("show crypto isakmp sa detail", "s cr is s d"),
        ("show crypto key mypubkey rsa", "s cr k m r"),
    ],
)
def test_a_word_is_cut_until_it_fits_another_keyword_too(command: str, cut: str) -> None:
    assert shortest(command) == cut
