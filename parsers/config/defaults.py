"""What IOS does where a configuration says nothing.

Running configurations leave defaults out, so an absent line is a statement. Each constant
names its source: `seed` is the GETVPN concepts document, YANG the IOS-XE native model, lab a
device that was read back, classic the IOS command reference.
"""

from typing import Final

# Group key (KEK): a member of a server without `rekey algorithm` shows 3DES (lab, YANG).
REKEY_ALGORITHM: Final = "3des-cbc"
# Such a member shows HMAC_AUTH_SHA (lab, YANG).
REKEY_SIG_HASH: Final = "sha"
REKEY_LIFETIME_S: Final = 86_400  # seed, YANG
REKEY_RETRANSMIT_S: Final = 10  # classic: 10 s, twice
REKEY_RETRANSMIT_COUNT: Final = 2
REKEY_ACKNOWLEDGEMENT: Final = "cisco"  # YANG
GROUP_SIZE: Final = "medium"  # YANG: 24-bit sender identifiers
REPLAY: Final = "counter"  # show output of unset servers: Anti-Replay(Counter Based) : 64
REPLAY_WINDOW: Final = 64
REDUNDANCY_PRIORITY: Final = 1  # classic
CLIENT_PROTOCOL: Final = "gdoi"

# Traffic key (TEK): profile, else global, else this (seed).
IPSEC_LIFETIME_S: Final = 3_600

ISAKMP_ENCRYPTION: Final = "des"  # classic, and the five that follow
ISAKMP_HASH: Final = "sha"
ISAKMP_AUTHENTICATION: Final = "rsa-sig"
ISAKMP_GROUP: Final = 1
ISAKMP_LIFETIME_S: Final = 86_400
ISAKMP_IDENTITY: Final = "address"
ISAKMP_KEEPALIVE_RETRY_S: Final = 2

TRANSFORM_MODE: Final = "tunnel"  # classic
AES_KEY_BITS: Final = 128  # `esp-aes`, `aes`, `esp-gcm`, `esp-gmac` without a size
REVOCATION_CHECK: Final = ("crl",)  # classic
IKEV2_LIFETIME_S: Final = 86_400  # classic

SECONDS_PER_DAY: Final = 86_400
