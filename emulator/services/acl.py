"""Access lists as the router itself applies them: which address one permits."""

import ipaddress
from typing import Any

from ..config.store import Block, Entry


def standard_acl_permits(root: Block, name: str, source: str) -> bool:
    """Whether the standard list `name` permits an IPv4 address; a list without entries permits."""
    entries = [*root.all("access-list"), *_named(root, name)]
    lines = [entry for entry in entries if str(entry.get("acl", name)) == name]
    if not lines:
        return True
    address = int(ipaddress.IPv4Address(source)) if "." in source else None
    for entry in lines:
        if address is not None and _fits(entry.values, address):
            return "permit" in entry.text.split()[:4]
    return False


def _named(root: Block, name: str) -> list[Entry]:
    found = root.find("ip access-list standard", name)
    return list(found.block.entries.values()) if found and found.block else []


def _fits(values: dict[str, Any], address: int) -> bool:
    base = values.get("source")
    if base is None:
        return True
    written = values.get("wildcard")
    wildcard = int(ipaddress.IPv4Address(str(written))) if written else 0
    return (address ^ int(ipaddress.IPv4Address(str(base)))) & ~wildcard & 0xFFFFFFFF == 0
