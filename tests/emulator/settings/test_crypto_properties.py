"""Laws of the crypto settings, on random configurations."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from getvpn.emulator.settings.preshared import encrypting
from getvpn.emulator.testing import make_router

from ..strategies_crypto import crypto_texts
from .getvpn_examples import PORTS

FAMILY = {"isr4451": "xe", "c8000v": "xe", "isr2911": "classic"}


@pytest.mark.parametrize("platform", FAMILY)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_printed_loads_into_the_same(platform: str, data: st.DataObject) -> None:
    text = data.draw(crypto_texts(FAMILY[platform], PORTS[platform]))
    first = make_router("R1", platform)
    loaded = first.merge(text)
    assert not loaded.rejected, loaded.rejected[0].text
    printed = first.running_lines()

    second = make_router("R1", platform)
    loaded = second.merge("\n".join(printed))
    assert not loaded.rejected, loaded.rejected[0].text
    assert second.running_lines() == printed

    booted = make_router("R1", platform, "\n".join(printed))
    assert booted.running_lines() == printed


@given(text=crypto_texts())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_loaded_twice_changes_nothing(text: str) -> None:
    router = make_router()
    router.merge(text)
    printed = router.running_lines()
    assert not router.merge("\n".join(printed)).rejected
    assert router.running_lines() == printed


@given(text=crypto_texts())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_encrypted_keys_load_into_the_same(text: str) -> None:
    first = make_router()
    first.keys.master_key = "one master key"
    first.merge("password encryption aes\n" + text)
    assert encrypting(first)
    printed = first.running_lines()
    second = make_router()
    assert not second.merge("\n".join(printed)).rejected
    assert second.running_lines() == printed
