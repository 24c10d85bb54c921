from pathlib import Path
from typing import Any

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.eli import CryptoEli

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures
from .texts import KS_POLICY

COMMAND = "show crypto eli"

ONBOARD = """\
Hardware Encryption : ACTIVE
 Number of hardware crypto engines = 1

 CryptoEngine Onboard VPN details: state = Active
 Capability    : IPPCP, DES, 3DES, AES, GCM, GMAC, IPv6, GDOI, FAILCLOSE, HA

 IKE-Session   :     3 active, 12287 max, 0 failed
 DH            :     0 active, 12287 max, 1 failed
 IPSec-Session :    42 active, 32766 max, 7 failed
"""

SOFTWARE = """\
Hardware Encryption : INACTIVE
 Number of hardware crypto engines = 0

crypto engine 0:Software Crypto Engine
 DH in use/freeing/free - 0/0/2000
"""


def _eli(text: str, command: str = COMMAND) -> CryptoEli:
    record = parse(command, text)
    assert isinstance(record, CryptoEli)
    assert record.unparsed == ()
    return record


def test_an_onboard_engine_tells_capabilities_and_use() -> None:
    found = _eli(ONBOARD)
    (engine,) = found.hardware

    assert (found.hardware_active, found.hardware_count) == (True, 1)
    assert (engine.name, engine.active) == ("Onboard VPN", True)
    assert engine.capabilities is not None
    assert engine.capabilities[-4:] == ("IPv6", "GDOI", "FAILCLOSE", "HA")
    assert [(use.kind, use.active, use.maximum, use.failed) for use in engine.sessions] == [
        ("IKE-Session", 3, 12287, 0),
        ("DH", 0, 12287, 1),
        ("IPSec-Session", 42, 32766, 7),
    ]


def test_a_router_without_hardware_has_a_software_engine() -> None:
    found = _eli(SOFTWARE)
    (engine,) = found.software

    assert (found.hardware_active, found.hardware) == (False, ())
    assert (engine.number, engine.name) == (0, "Software Crypto Engine")
    assert (engine.dh_in_use, engine.dh_freeing, engine.dh_free) == (0, 0, 2000)


def test_older_releases_call_it_a_layer() -> None:
    assert _eli(SOFTWARE.replace("Encryption :", "Encryption Layer :")).hardware_count == 0


def test_a_cut_software_engine_is_noticed() -> None:
    kept = unnoticed_cuts(COMMAND, SOFTWARE)

    assert "Hardware Encryption : INACTIVE" not in kept


@pytest.mark.parametrize("text", ["", KS_POLICY])
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_shared_captures_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "crypto eli"):
        found = _eli(capture.text, capture.command)
        assert_covers(capture.expected, _ours(found))


def _ours(found: CryptoEli) -> dict[Trail, Any]:
    ours: dict[Trail, Any] = {
        ("hardware_encryption",): "ACTIVE" if found.hardware_active else "INACTIVE",
        ("number_of_hardware_crypto_engines",): found.hardware_count,
    }
    for engine in found.hardware:
        at = ("crypto_engines", engine.name)
        (use,) = engine.sessions
        ours |= {
            (*at, "name"): engine.name,
            (*at, "state"): "Active" if engine.active else "Inactive",
            (*at, "ipsec_session", "active"): use.active,
            (*at, "ipsec_session", "max"): use.maximum,
            (*at, "ipsec_session", "failed"): use.failed,
            (*at, "ipsec_session", "created"): use.created,
            (*at, "number_of_dh_pregenerated"): engine.dh_pregenerated,
            (*at, "dh_lifetime_seconds"): engine.dh_lifetime_s,
            (*at, "dh_calculations", "p1"): engine.dh_phase1,
            (*at, "dh_calculations", "ss"): engine.dh_shared_secrets,
        }
        for index, capability in enumerate(engine.capabilities or ()):
            ours[*at, "capability", str(index)] = capability
    for software in found.software:
        at = ("software_crypto_engines", str(software.number))
        ours |= {
            (*at, "name"): software.name,
            (*at, "dh_in_use"): software.dh_in_use,
            (*at, "dh_freeing"): software.dh_freeing,
            (*at, "dh_free"): software.dh_free,
        }
    return ours
