"""Who recommends what: the documents that rules and thresholds cite."""

from typing import Final

CONCEPTS: Final = "Cisco GETVPN concepts"
"""The concepts document that this project started from: deployment and best practice."""

CSM: Final = "Cisco Security Manager user guide, GET VPN"
GUIDE: Final = "Cisco GETVPN configuration guide"
SRG: Final = "DISA VPN Security Requirements Guide"
RFC8247: Final = "RFC 8247 (algorithms for IKEv2)"
RFC9206: Final = "RFC 9206 (CNSA suite for IPsec)"
HARDENING: Final = "Cisco guide to harden IOS devices"
NDM: Final = "DISA Network Device Management Security Requirements Guide"
NSA_PASSWORDS: Final = "NSA, Cisco password types: best practices"
WEB_ADVISORY: Final = "Cisco security advisory cisco-sa-iosxe-webui-privesc-j22SaA4z"
NIST_KEYS: Final = "NIST SP 800-57 part 1"
COMMANDS: Final = "Cisco IOS command reference"
MESSAGES: Final = "Cisco IOS system message guide"
RFC6407: Final = "RFC 6407 (GDOI)"
FAIL_CLOSE: Final = "Cisco white paper on fail-close for group members"
OURS: Final = "getvpn"
"""A value that no document gives; chosen by this project, meant to be overridden."""
