"""Small networks whose groups change: another policy, other members, key servers and keys."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from getvpn.emulator.keys.maker import SeededKeyMaker, StockedKeyMaker
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent

from ...tasks.networks import PKI
from ...tasks.procedures.group_worlds import changed
from ...tasks.procedures.stage_worlds import edited
from ...tasks.test_render_labs import ENROLMENT, lab_of
from .declared import Booted
from .fleet_worlds import SETTLED_S, fleet

BITS: Final = 1024
"""The size of all keys: it does not matter here, and time does."""
CERTIFICATES: Final = {**PKI, "key_bits": BITS}
BY_CERTIFICATE: Final = {
    "authentication": {**CERTIFICATES, "authorize": None},
    "authorize_addresses": False,
}
GROUP: Final = "G1"
NEW: Final = "KS3"
"""The key server that is added or removed."""
GONE: Final = "BR3"
"""The member that is evicted."""
LABEL: Final = "GETVPN-REKEY"


def booted(
    before: Intent, becomes: Intent | None = None, *, enrol: Sequence[str] = (), stocked: int = 0
) -> Booted:
    """A network that is what `before` says, and is to be what `becomes` says.

    All devices `enrol` where that is given; so many keys are `stocked` for later.
    """
    lab = lab_of(before, bits=BITS)
    made = StockedKeyMaker(SeededKeyMaker(Random("certificates")))  # noqa: S311 - the same each time
    made.fill(BITS, stocked)
    for name in lab.devices:
        lab[name].keys._maker = made
        console(lab[name]).run(*enrol, "write memory")
        lab.advance(0)
    lab.advance(SETTLED_S)
    return Booted(becomes or before, lab, GROUP)


def third(*, serves: bool) -> Intent:
    """Three key servers, the third of which serves the group or not yet, and three members."""

    def leave(document: dict[str, Any]) -> None:
        document["groups"][0]["servers"].pop()

    full = fleet("xe17", servers=3, members=3)
    return full if serves else edited(full, leave)


def _to_add() -> Booted:
    made = booted(third(serves=False), third(serves=True))
    zeroize = f"crypto key zeroize rsa {LABEL}"
    console(made.lab[NEW]).run("configure terminal", zeroize, "yes", "end", "write memory")
    made.lab.advance(5)
    return Booted(made.intent, made.lab, GROUP)


def _members_by_certificate() -> Booted:
    return booted(changed(fleet("xe17", members=3), **BY_CERTIFICATE), enrol=ENROLMENT)


def _to_certificates() -> Booted:
    before = fleet("xe17", members=3)
    return booted(before, changed(before, authentication=CERTIFICATES), stocked=10)


def _to_gikev2() -> Booted:
    before = fleet("xe17", members=3)
    return booted(before, changed(before, versions="ikev2"))


STAGED: Final[Mapping[str, Callable[[], Booted]]] = {
    "a group": lambda: booted(fleet("xe17", members=3)),
    "certificates": _members_by_certificate,
    "two of three": _to_add,
    "three": lambda: booted(third(serves=True)),
    "to certificates": _to_certificates,
    "to G-IKEv2": _to_gikev2,
}
