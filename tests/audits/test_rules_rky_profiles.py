"""How profiles differ on the algorithms of rekeys."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.rky_algorithms import rekey_cipher_not_aes, signature_hash_weak
from getvpn.audits.settings import Settings, profile

from .said import messages

SERVER = """\
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm {cipher}
  rekey sig-hash algorithm {hash}
  rekey authentication mypubkey rsa REKEY
  address ipv4 10.10.1.1
"""
CNSA = profile("cnsa").settings


def world(cipher: str = "aes 256", digest: str = "sha384") -> dict[str, str]:
    return {"ks1.cfg": SERVER.format(cipher=cipher, hash=digest)}


@pytest.mark.parametrize(
    ("cipher", "settings", "lack"),
    [
        ("aes 128", Settings(), None),
        ("aes 256", Settings(), None),
        ("3des-cbc", Settings(), "3des-cbc, not AES"),
        ("aes 192", CNSA, "aes 192, less than 256 bits"),
        ("aes 256", CNSA, None),
        ("3des-cbc", CNSA, "3des-cbc, not AES"),
        ("aes 128", profile("stig").settings, "aes 128, less than 256 bits"),
    ],
)
def test_the_key_size_of_rekeys_is_that_of_the_profile(
    cipher: str, settings: Settings, lack: str | None
) -> None:
    report = audit_example(rekey_cipher_not_aes, world(cipher), settings)
    expected = f"the rekey cipher of group G1 is {lack}"
    assert messages(report) == ([expected] if lack else [])


@pytest.mark.parametrize(
    ("digest", "settings", "least"),
    [
        ("sha256", Settings(), None),
        ("sha", Settings(), 256),
        ("sha256", CNSA, 384),
        ("sha384", CNSA, None),
        ("sha512", CNSA, None),
    ],
)
def test_the_hash_of_rekeys_is_that_of_the_profile(
    digest: str, settings: Settings, least: int | None
) -> None:
    report = audit_example(signature_hash_weak, world(digest=digest), settings)
    expected = f"the rekey signature hash of group G1 is {digest}, not SHA-{least} or stronger"
    assert messages(report) == ([expected] if least else [])
    for finding in report.findings:
        assert finding.remediation.endswith(f"rekey sig-hash algorithm sha{least}")
