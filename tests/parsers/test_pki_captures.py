from pathlib import Path
from typing import Any

from getvpn.parsers import parse
from getvpn.parsers.convert import timestamp
from getvpn.parsers.records.pki import Certificate, Certificates, DistinguishedName, Trustpoints

from .oracle import Trail, assert_covers, captures


def _certificates(text: str, command: str) -> tuple[Certificate, ...]:
    record = parse(command, text)
    assert isinstance(record, Certificates)
    assert record.unparsed == ()
    return record.certificates


def _trustpoints(text: str, command: str) -> Trustpoints:
    record = parse(command, text)
    assert isinstance(record, Trustpoints)
    assert record.unparsed == ()
    return record


def test_shared_certificates_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "pki certificates"):
        found = _certificates(capture.text, capture.command)
        assert found
        if capture.expected is None:
            continue
        if "trustpoints" in capture.expected:
            assert_covers(_typed(capture.expected), _brief(found))
        else:
            ours = _detailed(found)
            assert_covers(_typed(capture.expected), ours, _joined_rdn(capture.expected))


def _joined_rdn(expected: Any) -> dict[Trail, str]:
    subject = expected["certificates"]["certificate"]["subject"]
    if "organization" in subject:
        return {}
    return {
        ("certificates", "certificate", "subject", "serial_number"): (
            "it is the serial number that we compare by its own label"
        )
    }


def _typed(expected: Any) -> Any:
    """The other answer with times, numbers and octets as values."""
    if isinstance(expected, dict):
        return {key: _value(key, _typed(value)) for key, value in expected.items()}
    return expected


def _value(key: str, value: Any) -> Any:
    if key in {"start_date", "end_date", "cert_install_time"}:
        return timestamp(value)
    if key.startswith(("serial_number_in_hex", "key_usage_hex")) or key == "serial":
        return int(value, 16)
    if key.startswith("fingerprint") or key.endswith("_key_id"):
        return bytes.fromhex(value)
    return int(value) if key == "key_length" else value


_GROUPS = {
    "router": "certificate",
    "ca": "ca_certificate",
    "self-signed": "router_self_signed_certificate",
}


def _names(at: Trail, name: DistinguishedName | None, keys: dict[str, str]) -> dict[Trail, object]:
    attributes = dict(name.attributes) if name else {}
    return {(*at, theirs): attributes.get(ours) for ours, theirs in keys.items()}


def _brief(found: tuple[Certificate, ...]) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    for one in found:
        assert one.trustpoints
        assert one.subject
        at = ("trustpoints", one.trustpoints[0], "associated_trustpoints", _GROUPS[one.kind])
        pid, _, serial = (one.subject.serial_number or "").removeprefix("PID:").partition(" SN:")
        ours |= {
            (*at, "status"): one.status,
            (*at, "serial_number_in_hex"): one.serial,
            (*at, "usage"): one.usage,
            (*at, "storage"): one.storage,
            (*at, "crl_distribution_points"): next(iter(one.crl_urls), None),
            (*at, "subject", "name"): one.subject.name,
            (*at, "subject", "pid"): pid,
            (*at, "subject", "serial_number"): serial,
            (*at, "validity_date", "start_date"): one.valid_from,
            (*at, "validity_date", "end_date"): one.valid_until,
            **_names((*at, "subject"), one.subject, {"cn": "cn", "o": "o"}),
            **_names((*at, "issuer"), one.issuer, {"cn": "cn", "o": "o"}),
        }
    return ours


_LONG = {"cn": "common_name", "o": "organization", "ou": "organizational_unit"}


def _detailed(found: tuple[Certificate, ...]) -> dict[Trail, object]:
    ours: dict[Trail, object] = {}
    for one in found:
        assert one.subject
        at = ("certificates", _GROUPS[one.kind])
        also = one.alternative_names.addresses if one.alternative_names else ()
        ours |= {
            (*at, "status"): one.status,
            (*at, "serial"): one.serial,
            (*at, "usage"): one.usage,
            (*at, "subject", "name"): one.subject.name,
            (*at, "subject", "ip_address"): str(one.subject.address),
            (*at, "validity_date", "start_date"): one.valid_from,
            (*at, "validity_date", "end_date"): one.valid_until,
            (*at, "subject_key_info", "key_algorithm"): one.key_algorithm,
            (*at, "subject_key_info", "key_length"): one.key_bits,
            (*at, "signature_algorithm"): one.signature_algorithm,
            (*at, "fingerprint_md5"): one.fingerprint_md5,
            (*at, "fingerprint_sha1"): one.fingerprint_sha1,
            (*at, "key_usage_hex"): one.key_usage_bits,
            (*at, "cert_install_time"): one.installed_at,
            (*at, "trustpoints"): " ".join(one.trustpoints or ()),
            (*at, "key_label"): one.key_label,
            (*at, "subject_key_id"): one.subject_key_id,
            (*at, "authority_key_id"): one.authority_key_id,
            (*at, "ca_flag"): "TRUE" if one.is_ca else "FALSE",
            (*at, "subj_alt_name", "subj_alt_ip_addr"): next(map(str, also), None),
            **_names((*at, "subject"), one.subject, _LONG),
            **_names((*at, "issuer"), one.issuer, _LONG),
        }
        for number, usage in enumerate(one.key_usages, start=1):
            ours[*at, "key_usage", f"key_usage_{number}"] = usage
    return ours


def test_shared_trustpoints_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "pki trustpoints"):
        ours: dict[Trail, object] = {}
        for one in _trustpoints(capture.text, capture.command).trustpoints:
            at = ("trustpoints", one.name)
            ours |= _names((*at, "issuing_ca", "subject"), one.subject, {"cn": "cn", "o": "o"})
            ours[*at, "serial_number_in_hex"] = one.serial
            ours[*at, "comment"] = (
                f"Persistent self-signed certificate trust point \n Using key label {one.key_label}"
                if one.self_signed
                else "Certificate configured."
            )
        assert_covers(_typed(capture.expected), ours)
