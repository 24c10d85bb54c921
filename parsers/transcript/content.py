"""What a text is, seen from its lines."""

from collections.abc import Iterable, Sequence
from itertools import islice

from ..commands import looks_like_command
from ..text import is_syslog, prompt
from .capture import Capture

_LINES_LOOKED_AT = 500
_CONFIG_SHARE = 0.6
_CONFIG_HEADS = (
    *("Building configuration...", "Current configuration", "!RANCID-CONTENT-TYPE: cisco"),
    *("hostname ", "boot-start-marker"),
)
# First words of global commands, as a listing or a user writes them.
_GLOBAL_WORDS = frozenset(
    (
        *("aaa", "access-list", "alias", "archive", "banner", "boot", "cdp", "class-map"),
        *("clock", "control-plane", "crypto", "diagnostic", "enable", "event", "flow"),
        *("hostname", "interface", "ip", "ipv6", "key", "license", "line", "lldp", "logging"),
        *("login", "memory-size", "mpls", "multilink", "no", "ntp", "object-group", "platform"),
        *("policy-map", "privilege", "radius", "radius-server", "redundancy", "route-map"),
        *("router", "scheduler", "service", "snmp-server", "spanning-tree", "subscriber"),
        *("tacacs", "tacacs-server", "track", "transport", "username", "vlan", "vrf"),
    )
)
# First words of lines that typed configurations do not indent though they belong to a block.
_BLOCK_WORDS = frozenset(
    (
        *("address", "authentication", "authorization", "client", "deny", "description", "encr"),
        *("encryption", "end", "exit", "group", "hash", "identity", "integrity", "lifetime"),
        *("local", "match", "network", "peer", "permit", "pre-shared-key", "prf", "profile"),
        *("proposal", "rekey", "remark", "replay", "sa", "server", "set"),
    )
)
_CONFIG_WORDS = _GLOBAL_WORDS | _BLOCK_WORDS
_TECH_WORDS = ("dir", "more", "show")

# Only lines that no other family begins with; a common start such as `Group Name:` is not here.
_OPENINGS = (
    ("GROUP INFORMATION", "show crypto gdoi"),
    ("Group Member Information For Group ", "show crypto gdoi gm"),
    ("Data-plane statistics for group ", "show crypto gdoi gm dataplane counters"),
    ("GM Sender ID (SID) Information for Group ", "show crypto gdoi gm identifier"),
    ("Total group members registered to this box:", "show crypto gdoi ks"),
    ("Crypto Gdoi Group Name :", "show crypto gdoi ks coop"),
    ("COOP-KS Sender ID (SID) Information for Group ", "show crypto gdoi ks coop identifier"),
    ("Cooperative key server infra Version :", "show crypto gdoi ks coop version"),
    ("KS Sender ID (KSSID) Information for Group ", "show crypto gdoi ks identifier"),
    ("Number of rekeys sent for group ", "show crypto gdoi ks members"),
    ("Key Server Policy:", "show crypto gdoi ks policy"),
    ("KEK SA DB STATS:", "show crypto gdoi rekey sa"),
    ("SA created for group ", "show crypto gdoi ipsec sa"),
    ("% Key pair was generated at:", "show crypto key mypubkey rsa"),
    ("IPv4 Crypto IKEv2 ", "show crypto ikev2 sa"),
    ("Crypto Map IPv4 ", "show crypto map"),
    ("Crypto session current status", "show crypto session"),
    ("Crypto Engine Connections", "show crypto engine connections active"),
    ("Hardware Encryption :", "show crypto eli"),
    ("Clock is synchronized,", "show ntp status"),
    ("Clock is unsynchronized,", "show ntp status"),
    ("Extended IP access list ", "show ip access-lists"),
    ("Standard IP access list ", "show ip access-lists"),
    ("Cisco IOS Software", "show version"),
    ("Cisco IOS XE Software, Version ", "show version"),
)


def is_configuration(lines: Iterable[str], *, sure: bool = False) -> bool:
    """Whether the lines are an IOS configuration or commands typed into one.

    `sure` asks for a line that nothing but a whole configuration has.
    """
    seen = known = 0
    for line in islice(filter(str.strip, lines), _LINES_LOOKED_AT):
        if line[0].isspace():
            continue
        if line.startswith(_CONFIG_HEADS) or (line.startswith("version ") and line[8:9].isdigit()):
            return True
        if line[0] == "!":
            continue
        shell = prompt(line)
        words = (shell.typed if shell is not None else line).split(None, 1)
        if words and not (shell is not None and not shell.mode):
            seen += 1
            known += words[0] in _CONFIG_WORDS
    return not sure and known > 0 and known >= _CONFIG_SHARE * seen


def has_tech_headings(lines: Iterable[str]) -> bool:
    """Whether the lines have headings of `show tech-support`."""
    return any(line.startswith("----") and tech_heading(line) is not None for line in lines)


def tech_heading(line: str) -> str | None:
    """The command in a heading such as `------------------ show version ------------------`."""
    text = line.strip()
    inner = text.strip("-").strip()
    if not inner or not text.endswith("----"):
        return None
    word = inner.split(None, 1)[0]
    known = word in _TECH_WORDS and word != inner
    return inner if known or looks_like_command(inner) else None


def opening(lines: Iterable[str]) -> str | None:
    """The command whose output alone begins with the first line that says something."""
    for line in lines:
        text = line.strip()
        if not text or is_syslog(text) or ((shell := prompt(text)) and not shell.typed):
            continue
        return next((command for head, command in _OPENINGS if text.startswith(head)), None)
    return None


def hostname_in(captures: Sequence[Capture]) -> str | None:
    """The device's name as its configuration or `show version` gives it, None without either."""
    found = None
    for capture in captures:
        if capture.kind == "config":
            if name := _after(capture.text, "hostname "):
                return name
        elif found is None and (command := capture.resolved) and command.family == "version":
            found = _before(capture.text, " uptime is ")
    return found


def _after(text: str, start: str) -> str | None:
    """What follows `start` on the first line that begins with it."""
    at = 0 if text.startswith(start) else text.find("\n" + start) + 1
    if at == 0 and not text.startswith(start):
        return None
    return text[at + len(start) :].split("\n", 1)[0].strip().strip('"') or None


def _before(text: str, part: str) -> str | None:
    """The word at the start of the line in which it is followed by `part`."""
    at = text.find(part)
    name = text[text.rfind("\n", 0, at) + 1 : at].strip() if at >= 0 else ""
    return name if name and " " not in name else None
