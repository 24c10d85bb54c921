"""Commands as IOS reads them: each word may be cut to any unique beginning.

`resolve("sh cry gdoi ks pol | sec TEK")` names the family whose output this is, the whole command,
its arguments and the output filter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from ..errors import InputError

MAX_COMMAND_CHARS = 512

ARGUMENT = "WORD"
REST = "LINE"

FILTERS = ("begin", "count", "exclude", "format", "include", "redirect", "section", "append", "tee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command after resolution. `output_filter` is the text behind the `|`, or None."""

    family: str
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    output_filter: str | None

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(slots=True)
class _Node:
    family: str | None = None
    children: dict[str, _Node] = field(default_factory=dict)
    keywords: list[str] = field(default_factory=list)

    def starting_with(self, beginning: str) -> list[str]:
        """The keywords of this place that start with `beginning`, in alphabetical order."""
        if not self.keywords:
            self.keywords = sorted(key for key in self.children if key not in {ARGUMENT, REST})
        first = bisect_left(self.keywords, beginning)
        return list(takewhile(lambda key: key.startswith(beginning), self.keywords[first:]))


# Keywords beside ours: an abbreviation that fits one of them too is ambiguous on a router as well.
_NEIGHBOURS = {
    "show": (
        "aaa access-lists adjacency alarms alias archive arp bfd bgp boot bridge buffers call cdp "
        "class-map configuration context controllers cpu debugging dhcp diag dot1x environment "
        "facility file flash: frame-relay history hosts idprom interfaces inventory ip ipv6 isis "
        "key license line lldp location memory module monitor mpls netconf object-group parser "
        "platform policy-map ppp privilege processes protocols queueing rate-limit redundancy "
        "reload rmon route-map sessions snmp spanning-tree ssh ssl startup-config subscriber "
        "tacacs tcp terminal time-range track udp users vlan voice vrf zone"
    ),
    "show crypto": (
        "ace ca call ctcp debug-condition dynamic-map engine ha identity ikev2 mib optional pki "
        "route ruleset sockets ssl tech-support tunnel vlan"
    ),
    "show crypto gdoi": "diagnose",
    "show crypto gkm": "diagnose",
    "show crypto isakmp": "aggressive-mode diagnose key peers profile",
    "show crypto ikev2": "certificate-cache client diagnose session cluster",
    "show crypto ipsec": "client policy security-association spi-lookup transform-set",
    "show crypto pki": "server session timers token counters",
    "show crypto key": "pubkey-chain",
    "show ip": "arp bgp cache cef dhcp eigrp interface nat ospf protocols route ssh traffic vrf",
    "show ntp": "information packets",
}

_GROUP_TREE = {
    "gdoi": ("", "detail", "group WORD", "group WORD detail"),
    "gdoi feature": ("feature", "feature WORD"),
    "gdoi ks": ("ks", "ks detail"),
    "gdoi ks acl": ("ks acl",),
    "gdoi ks coop": ("ks coop", "ks coop detail"),
    "gdoi ks coop version": ("ks coop version",),
    "gdoi ks coop identifier": ("ks coop identifier", "ks coop identifier detail"),
    "gdoi ks identifier": ("ks identifier", "ks identifier detail"),
    "gdoi ks members": ("ks members", "ks members WORD"),
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

_TREE = {
    "isakmp sa": (
        "show crypto isakmp sa",
        "show crypto isakmp sa vrf WORD",
        "show crypto isakmp sa active",
    ),
    "isakmp sa detail": ("show crypto isakmp sa detail",),
    "isakmp policy": ("show crypto isakmp policy",),
    "isakmp default policy": ("show crypto isakmp default policy",),
    "ikev2 sa": (
        "show crypto ikev2 sa",
        "show crypto ikev2 sa detailed",
        "show crypto ikev2 sa local WORD",
        "show crypto ikev2 sa remote WORD",
    ),
    "ikev2 policy": ("show crypto ikev2 policy", "show crypto ikev2 policy WORD"),
    "ikev2 proposal": ("show crypto ikev2 proposal", "show crypto ikev2 proposal WORD"),
    "ikev2 stats ext-service": ("show crypto ikev2 stats ext-service",),
    "ipsec sa": (
        "show crypto ipsec sa",
        "show crypto ipsec sa detail",
        *(
            f"show crypto ipsec sa {part}{detail}"
            for part in ("interface WORD", "peer WORD", "vrf WORD", "map WORD", "ipv6")
            for detail in ("", " detail")
        ),
    ),
    "ipsec profile": ("show crypto ipsec profile", "show crypto ipsec profile WORD"),
    "crypto map": ("show crypto map", "show crypto map tag WORD", "show crypto map interface WORD"),
    "crypto session": ("show crypto session", "show crypto session detail"),
    "crypto eli": ("show crypto eli", "show crypto eli all"),
    "crypto engine connections active": ("show crypto engine connections active",),
    "key mypubkey": (
        "show crypto key mypubkey rsa",
        "show crypto key mypubkey rsa WORD",
        "show crypto key mypubkey all",
        "show crypto key mypubkey ec",
        "show crypto key mypubkey ec WORD",
    ),
    "pki certificates": (
        "show crypto pki certificates",
        "show crypto pki certificates WORD",
        "show crypto pki certificates verbose",
        "show crypto pki certificates verbose WORD",
        "show crypto ca certificates",
    ),
    "pki crls": ("show crypto pki crls",),
    "pki trustpoints": (
        "show crypto pki trustpoints",
        "show crypto pki trustpoints WORD",
        "show crypto pki trustpoints status",
        "show crypto pki trustpoints WORD status",
    ),
    "version": ("show version",),
    "clock": ("show clock", "show clock detail"),
    "ntp status": ("show ntp status",),
    "ntp associations": ("show ntp associations",),
    "ip access-lists": (
        "show ip access-lists",
        "show ip access-lists WORD",
        "show access-lists",
        "show access-lists WORD",
        "show ipv6 access-list",
        "show ipv6 access-list WORD",
    ),
    "logging": ("show logging",),
    "running-config": (
        "show running-config",
        "show running-config all",
        "show running-config partition LINE",
        "show startup-config",
        "show configuration",
    ),
    "tech-support": ("show tech-support", "show tech-support LINE"),
}


def _grow(root: _Node, command: str, family: str | None) -> None:
    node = root
    for word in command.split():
        node = node.children.setdefault(word, _Node())
    node.family = family or node.family


def _build() -> _Node:
    root = _Node()
    for family, commands in _TREE.items():
        for command in commands:
            _grow(root, command, family)
    for spelling in ("gdoi", "gkm"):
        for family, tails in _GROUP_TREE.items():
            for tail in tails:
                _grow(root, f"show crypto {spelling} {tail}", family)
                if tail and not tail.startswith("group"):
                    _grow(root, f"show crypto {spelling} group WORD {tail}", family)
    for parent, words in _NEIGHBOURS.items():
        for word in words.split():
            _grow(root, f"{parent} {word}", None)
    return root


_ROOT = _build()
_FILTER = re.compile(r"\s*\|\s*")


def families() -> tuple[str, ...]:
    """The names of all families that a command can resolve to."""
    return (*_GROUP_TREE, *_TREE)


def forms() -> tuple[str, ...]:
    """Every command that is understood, `WORD` standing for an argument."""
    gdoi = (
        f"show crypto gdoi|gkm {tail}".strip() for tails in _GROUP_TREE.values() for tail in tails
    )
    return (*gdoi, *(command for commands in _TREE.values() for command in commands))


@lru_cache(maxsize=1024)
def resolve(command: str) -> Command:
    """The family and full form of `command`.

    Raises `InputError` for a command that is unknown, ambiguous or incomplete, naming the word.
    """
    text = " ".join(command.split())
    if len(text) > MAX_COMMAND_CHARS:
        raise InputError(f"command of {len(text)} characters", hint=f"at most {MAX_COMMAND_CHARS}")
    body, *tail = _FILTER.split(text, maxsplit=1)
    words = body.split()
    if words[:1] == ["do"]:
        words = words[1:]
    node, full, arguments = _ROOT, [], []
    for position, word in enumerate(words):
        if REST in node.children:
            arguments.append(" ".join(words[position:]))
            full.append(arguments[-1])
            node = node.children[REST]
            break
        key = _match(node, word, command)
        node = node.children[key]
        if key == ARGUMENT:
            arguments.append(word)
        full.append(word if key == ARGUMENT else key)
    if node.family is None:
        raise InputError(
            f"no parser for the command {command.strip()!r}"
            + (": it is incomplete" if node.children else ""),
            hint="`getvpn parse --list` names the commands that are understood",
        )
    return Command(
        family=node.family,
        words=tuple(full),
        arguments=tuple(arguments),
        output_filter=_filter(tail[0]) if tail else None,
    )


def _filter(text: str) -> str:
    """An output filter with its first word written out (`sec TEK` → `section TEK`)."""
    word, _, rest = text.strip().partition(" ")
    fits = [name for name in FILTERS if name.startswith(word.lower())]
    return f"{fits[0]} {rest}".strip() if len(fits) == 1 else text.strip()


def _match(node: _Node, word: str, command: str) -> str:
    """The keyword at `node` that `word` abbreviates."""
    lowered = word.lower()
    if lowered in node.children:
        return lowered
    fits = node.starting_with(lowered)
    if len(fits) == 1:
        return fits[0]
    if fits and ARGUMENT not in node.children:
        raise InputError(
            f"{word!r} in {command.strip()!r} is ambiguous",
            hint=f"it fits {', '.join(fits[:6])}",
        )
    if ARGUMENT in node.children:
        return ARGUMENT
    raise InputError(
        f"no parser for the command {command.strip()!r}: {word!r} is not known there",
        hint="`getvpn parse --list` names the commands that are understood",
    )


def looks_like_command(text: str) -> bool:
    """Whether `text` starts as a show command does, abbreviated or not."""
    first, _, rest = text.strip().partition(" ")
    if first.lower() == "do":
        first, _, rest = rest.strip().partition(" ")
    return bool(rest) and len(first) >= 2 and "show".startswith(first.lower())
