from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.parsers.config.acl import ANY, Selector
from getvpn.parsers.records.selectors import (
    group_number_or_none,
    port_or_none,
    selector,
    transforms,
)


@pytest.mark.parametrize("text", ["any", "0.0.0.0/0.0.0.0", "10.1.2.3/0.0.0.0", "::/0"])
def test_no_mask_bit_is_any(text: str) -> None:
    assert selector(text) == ANY


@pytest.mark.parametrize("text", ["host 10.0.0.1", "10.0.0.1/255.255.255.255", "10.0.0.1/32"])
def test_a_full_mask_is_a_host(text: str) -> None:
    assert selector(text) == Selector(kind="host", address=IPv4Address("10.0.0.1"))


def test_an_ipv6_prefix_keeps_its_length() -> None:
    assert selector("2001:DB8::/32") == Selector(
        kind="prefix", address=IPv6Address("2001:db8::"), prefixlen=32
    )


@given(st.integers(1, 0xFFFFFFFE), st.integers(0, 0xFFFFFFFF))
def test_an_ipv4_mask_matches_what_its_wildcard_matches(mask: int, address: int) -> None:
    found = selector(f"{IPv4Address(address)}/{IPv4Address(mask)}")
    assert found.bits == (address & mask, mask)


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.1", "10.0.0.1/33", "::/129", "10.0.0.1/255.0.0", "host", "x/8", "::/255.0.0.0"],
)
def test_other_text_is_no_selector(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        selector(text)


def test_a_key_size_stays_with_its_cipher() -> None:
    assert transforms(" esp-gcm 256 ,") == ("esp-gcm 256",)
    assert transforms("esp-256-aes esp-sha-hmac ,") == ("esp-256-aes", "esp-sha-hmac")
    with pytest.raises(ValueError, match="no transform"):
        transforms(" , ")


def test_ports_and_groups_are_numbers() -> None:
    assert (port_or_none(""), port_or_none(" port 848")) == (None, 848)
    assert (group_number_or_none("none"), group_number_or_none("group16")) == (None, 16)
    for wrong in ("848", "port x"):
        with pytest.raises(ValueError, match="not a port"):
            port_or_none(wrong)
    with pytest.raises(ValueError, match="not a Diffie-Hellman group"):
        group_number_or_none("modp")
