"""What makes a router this router: its serial number and its configuration register."""

import re

import pytest

from getvpn.emulator.testing import make_router


@pytest.mark.parametrize(
    ("platform", "pattern"),
    [
        ("isr4451", r"FGL\d{4}[0-9A-Z]{4}"),
        ("isr2911", r"FTX\d{4}[0-9A-Z]{4}"),
        ("c8000v", r"9[0-9A-Z]{10}"),
    ],
)
def test_a_serial_number_has_the_form_of_its_platform(platform: str, pattern: str) -> None:
    assert re.fullmatch(pattern, make_router(platform=platform).serial)


def test_a_router_keeps_its_serial_number_and_shares_it_with_no_other() -> None:
    assert make_router("KS1").serial == make_router("KS1").serial
    assert make_router("KS1").serial != make_router("KS2").serial


def test_a_register_that_ignores_the_configuration_counts_from_the_next_boot_on() -> None:
    router = make_router(startup="hostname KS1\n")
    router.next_register = 0x2142
    assert router.config_register == 0x2102
    router.stop()
    router.boot()
    assert router.config_register == 0x2142
    assert router.hostname == "Router"
