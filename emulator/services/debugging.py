"""Which debugging is on. It is told when asked for; no debug output is made."""

from typing import TYPE_CHECKING

from ..feature import Feature

if TYPE_CHECKING:
    from ..device import Router

TOPICS = {
    "aaa authentication": ("General OS", "AAA Authentication debugging"),
    "aaa authorization": ("General OS", "AAA Authorization debugging"),
    "arp": ("ARP", "ARP packet debugging"),
    "cdp packets": ("CDP", "CDP packet info debugging"),
    "crypto condition": ("Cryptographic Subsystem", "Crypto conditional debugging"),
    "crypto engine": ("Cryptographic Subsystem", "Crypto Engine debugging"),
    "crypto gdoi": ("Cryptographic Subsystem", "Crypto GDOI debugging"),
    "crypto gdoi gm": ("Cryptographic Subsystem", "Crypto GDOI GM debugging"),
    "crypto gdoi ks": ("Cryptographic Subsystem", "Crypto GDOI KS debugging"),
    "crypto ikev2": ("IKEV2", "IKEv2 default debugging"),
    "crypto ikev2 error": ("IKEV2", "IKEv2 error debugging"),
    "crypto ikev2 internal": ("IKEV2", "IKEv2 internal debugging"),
    "crypto ikev2 packet": ("IKEV2", "IKEv2 packet debugging"),
    "crypto ipsec": ("Cryptographic Subsystem", "Crypto IPSEC debugging"),
    "crypto ipsec error": ("Cryptographic Subsystem", "Crypto IPSEC Error debugging"),
    "crypto isakmp": ("Cryptographic Subsystem", "Crypto ISAKMP debugging"),
    "crypto isakmp error": ("Cryptographic Subsystem", "Crypto ISAKMP Error debugging"),
    "crypto pki messages": ("PKI", "Crypto PKI Msg debugging"),
    "crypto pki transactions": ("PKI", "Crypto PKI Trans debugging"),
    "crypto pki validation": ("PKI", "Crypto PKI Validation Path debugging"),
    "ip icmp": ("Generic IP", "ICMP packet debugging"),
    "ip packet": ("Generic IP", "IP packet debugging"),
    "ip routing": ("Generic IP", "IP routing debugging"),
    "ip ssh": ("SSH", "Incoming SSH debugging"),
    "ntp all": ("NTP", "NTP events debugging"),
    "ntp events": ("NTP", "NTP events debugging"),
    "ntp packet": ("NTP", "NTP packets debugging"),
    "radius": ("Radius", "Radius protocol debugging"),
    "snmp packets": ("SNMP", "SNMP packet debugging"),
    "tacacs": ("TACACS", "TACACS access control debugging"),
}
"""What can be debugged: the subsystem under which IOS lists it, and what it calls it."""


class Debugging(Feature):
    """The topics that are being debugged since the boot, in the order in which they came."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.topics: dict[str, None] = {}

    def on(self, topic: str) -> None:
        """Begin to debug a topic of `TOPICS`."""
        self.topics[topic] = None

    def off(self, topic: str | None = None) -> None:
        """Stop to debug a topic; without one all."""
        if topic is None:
            self.topics.clear()
        else:
            self.topics.pop(topic, None)
