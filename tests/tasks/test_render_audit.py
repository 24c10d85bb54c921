"""What is rendered from the advised intent gives an audit nothing to say."""

from pathlib import Path
from typing import Any

import pytest

from getvpn import audit
from getvpn.audits.settings import PROFILES
from getvpn.inventory.models import Intent
from getvpn.tasks.render import render
from getvpn.tasks.saving import save_private

from .networks import KnownSecrets, golden
from .variants import older

STRICT: dict[str, Any] = {
    "authentication": {"member_check": "crl"},
    "ike": {"integrity": "sha384", "group": 20, "lifetime_s": 28_800},
    "rekey": {"sig_hash": "sha384"},
    "transform": {"encryption": "aes 256", "integrity": "sha384"},
}
"""What the DISA VPN SRG and CNSA ask for beyond what is advised."""


def findings(intent: Intent, folder: Path, profile: str) -> list[str]:
    texts = render(intent, KnownSecrets())
    save_private(folder, {f"{name}.cfg": text for name, text in texts.items()})
    report = audit([folder], profile=profile)
    assert report.faults == ()
    assert [device.name for device in report.fleet.devices] == sorted(texts)
    return [finding.rule for finding in report.findings]


@pytest.mark.parametrize("profile", sorted(PROFILES.keys() - {"stig", "cnsa"}))
def test_nothing_is_found_in_the_advised_network(profile: str, tmp_path: Path) -> None:
    assert findings(golden("default"), tmp_path, profile) == []


@pytest.mark.parametrize("profile", ["stig", "cnsa"])
def test_a_strict_profile_finds_nothing_in_a_network_that_asks_for_it(
    profile: str, tmp_path: Path
) -> None:
    said = golden("default").model_dump(mode="json", by_alias=True)
    said["ike"] |= STRICT["ike"]
    group = said["groups"][0]
    group["authentication"] |= STRICT["authentication"]
    group["rekey"] |= STRICT["rekey"]
    group["policies"][0]["transform"] |= STRICT["transform"]
    if profile == "cnsa":
        group["authentication"] |= {"member_check": "none", "key_bits": 3072}
        said["ike"]["lifetime_s"] = 86_400
    assert findings(Intent.model_validate(said), tmp_path, profile) == []


def test_what_an_older_network_is_protected_by_is_found(tmp_path: Path) -> None:
    found = set(findings(older(), tmp_path, "balanced"))
    assert found >= {"IKE005", "IKE006", "IKE008", "TEK004", "RKY006"}
