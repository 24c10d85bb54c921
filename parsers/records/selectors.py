"""Traffic selectors and transforms as the IPsec commands print them."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

from ..config.acl import ANY, Selector

_ONES = 0xFFFF_FFFF


def selector(value: str) -> Selector:
    """`10.0.0.0/255.0.0.0`, `2001:DB8::/32`, `host 10.0.0.1` or `any` in terms of access lists.

    A mask of zeros is `any`, a full mask `host`; any other IPv4 mask becomes the wildcard that an
    access list would show, contiguous or not. Raises ValueError on other text.
    """
    words = value.split()
    if words == ["any"]:
        return ANY
    if len(words) == 2 and words[0] == "host":
        return Selector(kind="host", address=ip_address(words[1]))
    base, slash, mask = value.strip().partition("/")
    address = ip_address(base)
    if not slash:
        raise ValueError(f"{value!r} is not a selector")
    bits = _mask_bits(address.max_prefixlen, mask)
    if bits == 0:
        return ANY
    if bits == (1 << address.max_prefixlen) - 1:
        return Selector(kind="host", address=address)
    if isinstance(address, IPv4Address):
        return Selector(kind="wildcard", address=address, wildcard=IPv4Address(_ONES & ~bits))
    return Selector(kind="prefix", address=address, prefixlen=bits.bit_count())


def _mask_bits(width: int, mask: str) -> int:
    """The mask as a number: dotted, or the count of leading ones in `width` bits."""
    if "." in mask and width == 32:
        return int(IPv4Address(mask))
    if not (mask.isascii() and mask.isdecimal()) or int(mask) > width:
        raise ValueError(f"{mask!r} is not a mask")
    ones = int(mask)
    return ((1 << ones) - 1) << (width - ones)


def port_or_none(value: str) -> int | None:
    """A port behind a selector (` port 848`), None for no text."""
    words = value.split()
    if not words:
        return None
    if words[:-1] != ["port"] or not words[-1].isdecimal():
        raise ValueError(f"{value!r} is not a port")
    return int(words[-1])


def transforms(value: str) -> tuple[str, ...]:
    """`esp-256-aes esp-sha-hmac` as words; a key size stays with its cipher (`esp-gcm 256`)."""
    found: list[str] = []
    for word in value.replace(",", " ").split():
        if word.isdecimal() and found:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if not found:
        raise ValueError("no transform")
    return tuple(found)


def group_number_or_none(value: str) -> int | None:
    """A Diffie-Hellman group (`group16`, `16`); None for `none`."""
    text = value.strip().lower().removeprefix("group").strip()
    if text == "none":
        return None
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{value!r} is not a Diffie-Hellman group")
    return int(text)
