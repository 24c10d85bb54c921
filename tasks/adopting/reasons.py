"""Why an intent does not have a line."""

import re
from collections.abc import Sequence
from typing import Final

_REASONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.ASCII), why)
    for pattern, why in (
        (r"crypto gdoi group .+ rekey acknowledgement", "acknowledgements of rekeys are not in it"),
        (r"crypto gdoi group .+ group size", "the size of sender identifiers is not in it"),
        (
            r"crypto gdoi group .+ client (rekey|transform-sets|bypass|pfs)",
            "what a member takes from its key servers is not in it",
        ),
        (
            r"crypto gdoi group .+ redundancy ",
            "the details of cooperation are not in it",
        ),
        (r"crypto gdoi group .+ registration interface", "key servers answer at their address"),
        (r".* remark ", "remarks are not in it"),
        (r"crypto pki trustpoint", "enrolment is told only in part"),
        (r"crypto isakmp profile", "ISAKMP profiles are not in it"),
        (r"crypto isakmp key .*hostname ", "peers are known by address"),
        (r"crypto isakmp key ", "no group needs this key"),
        (r"crypto isakmp keepalive \d+ \d+", "the time between retries is not in it"),
        (r"crypto isakmp keepalive", "it is periodic, and only between key servers"),
        (r"crypto keyring", "no group needs this keyring"),
        (r"crypto isakmp policy", "no group needs this policy"),
        (r"crypto map .+ ipsec-isakmp", "other VPNs are not in it"),
        (r"crypto (ipsec|dynamic-map)", "no group needs this"),
        (
            r"crypto ikev2 proposal \S+ (encryption|integrity|group) \S+ \S",
            "an intent has one algorithm, no list",
        ),
        (
            r"crypto ikev2 (proposal|policy|keyring|profile) \S+( peer \S+)?$",
            "no group needs this, or an intent names it otherwise",
        ),
        (
            r"crypto map .+ (gdoi|local-address)",
            "a key server has no crypto map, and a member one for each family",
        ),
    )
)
_ADDED: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.ASCII), why)
    for pattern, why in (
        (r"hostname ", "no line says its name"),
        (r"crypto isakmp policy ", "a peer offers this, and the key server does not take it"),
        (r"crypto isakmp keepalive ", "it is told without the time between retries"),
        (r"crypto isakmp key |.*pre-shared-key ", "a peer needs a key"),
    )
)
_OTHERWISE: Final = "an intent has no word for it"


def reason(path: Sequence[str]) -> str:
    """Why an intent does not have the last line of a path."""
    text = " ".join(path)
    return next((why for pattern, why in _REASONS if pattern.match(text)), _OTHERWISE)


def addition(path: Sequence[str]) -> str:
    """Why what is rendered has the last line of a path, which the device does not have."""
    text = " ".join(path)
    found = (why for pattern, why in _ADDED if pattern.match(text))
    return next(found, "others of its group have it, or an intent always does")
