"""Laws of the crypto settings, on random configurations."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.settings.preshared import encrypting
from getvpn.emulator.testing import make_router

from ..strategies_crypto import crypto_texts
from .getvpn_examples import PORTS, crypto_lines

SELF_SIGNED = "TP-self-signed"
APPLIED = (" crypto map ", " ipv6 crypto map ", "password encryption")
FAMILY = {"isr4451": "xe", "c8000v": "xe", "isr2911": "classic"}


def crypto_of(router: Router) -> list[str]:
    """The crypto lines of a configuration, without what the HTTPS server makes for itself."""
    lines = router.running_lines()
    found = [line for line in lines if line.startswith(APPLIED)]
    own = False
    for line in crypto_lines(lines):
        own = SELF_SIGNED in line if line.startswith("crypto ") else own
        found += [] if own else [line]
    return found


@pytest.mark.parametrize("platform", FAMILY)
@given(data=st.data())
@settings(max_examples=20)
def test_what_is_printed_loads_into_the_same(platform: str, data: st.DataObject) -> None:
    text = data.draw(crypto_texts(FAMILY[platform], PORTS[platform]))
    first = make_router("R1", platform)
    loaded = first.merge(text)
    assert not loaded.rejected, loaded.rejected[0].text
    printed = first.running_lines()

    second = make_router("R1", platform)
    loaded = second.merge("\n".join(printed))
    assert not loaded.rejected, loaded.rejected[0].text
    assert crypto_of(second) == crypto_of(first)

    booted = make_router("R1", platform, "\n".join(printed))
    assert crypto_of(booted) == crypto_of(first)


@given(text=crypto_texts())
@settings(max_examples=20)
def test_what_is_loaded_twice_changes_nothing(text: str) -> None:
    router = make_router()
    router.merge(text)
    before = crypto_of(router)
    assert not router.merge("\n".join(router.running_lines())).rejected
    assert crypto_of(router) == before


@given(text=crypto_texts())
@settings(max_examples=12)
def test_encrypted_keys_load_into_the_same(text: str) -> None:
    first = make_router()
    first.keys.master_key = "one master key"
    first.merge("password encryption aes\n" + text)
    assert encrypting(first)
    second = make_router()
    assert not second.merge("\n".join(first.running_lines())).rejected
    assert crypto_of(second) == crypto_of(first)
