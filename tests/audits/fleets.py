"""Small texts that several tests of audits need."""

from collections.abc import Mapping

from getvpn.audits.examples import captures
from getvpn.audits.facts import Fleet
from getvpn.audits.load import fleet_of

KEY_SERVER = """\
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds 600
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""

MEMBER = """\
hostname gm1
crypto gdoi group BRANCH
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""

KS_POLICY = """\
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : 1  Seq num : 0
  KEK POLICY (transport type : Unicast)
    spi : 0x11223344556677889900AABBCCDDEEFF
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec): 86400       remaining life(sec): 80000
    time to rekey (sec): 79000
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    sig key name       : REKEY

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA1B2C3D4
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 600           remaining life(sec)   : 300
    tek life(sec)      : 600           elapsed time(sec)     : 300
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): 200
"""


def fleet(files: Mapping[str, str]) -> Fleet:
    """The fleet of `files`, named as those of rule examples."""
    return fleet_of(captures(files))
