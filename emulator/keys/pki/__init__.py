"""Certificates of the emulated routers: an authority, trustpoints, what IOS shows of them.

The certificates are real X.509; the authority works without a network.
"""

from .authority import (
    LabCa,
    RouterSubject,
    certificate_request,
    self_signed_certificate,
    self_signed_label,
)
from .certificate import (
    Certificate,
    Role,
    load_certificate,
    md5_groups,
    serial_hex,
    sha1_groups,
)
from .chain import QUIT, chain_lines, read_certificate_lines
from .lab_authority import LabAuthority
from .names import attribute, name_lines, name_text, parse_name
from .show_certificates import certificates_text
from .show_trustpoints import crl_text, scep_url, trustpoints_status_text, trustpoints_text
from .trustpoints import Enrollment, Installed, PkiStore, Trustpoint

__all__ = [
    "QUIT",
    "Certificate",
    "Enrollment",
    "Installed",
    "LabAuthority",
    "LabCa",
    "PkiStore",
    "Role",
    "RouterSubject",
    "Trustpoint",
    "attribute",
    "certificate_request",
    "certificates_text",
    "chain_lines",
    "crl_text",
    "load_certificate",
    "md5_groups",
    "name_lines",
    "name_text",
    "parse_name",
    "read_certificate_lines",
    "scep_url",
    "self_signed_certificate",
    "self_signed_label",
    "serial_hex",
    "sha1_groups",
    "trustpoints_status_text",
    "trustpoints_text",
]
