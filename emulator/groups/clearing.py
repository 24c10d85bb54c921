"""What `clear crypto sa` and its relatives do to groups."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..gdoi.member.holding import drop_kek
from ..services.crypto_sas import IkeSa, Ikev2Sa
from ..services.sa_tables import COOP, REKEY
from .feature import Gdoi

if TYPE_CHECKING:
    from ..device import Router


def clear_teks(router: "Router", *, map_name: str | None = None, vrf: str | None = None) -> None:
    """Members of that map and VRF, all without, lose their TEKs and get them anew."""
    groups = router.feature(Gdoi)
    for member in () if groups.idle else groups.members:
        policy = member.policy
        if map_name in (None, policy.map_name) and vrf in (None, policy.vrf):
            member.clear_sas()


def ike_cleared(router: "Router", gone: Iterable[IkeSa | Ikev2Sa]) -> None:
    """IKE SAs were deleted: what needs them negotiates again at once.

    A member whose rekey SA is gone understands no rekey, so that it registers again (inferred).
    """
    groups = router.feature(Gdoi)
    if groups.idle:
        return
    for sa in gone:
        if sa.purpose == REKEY:
            for member in groups.members_of(sa.group_name):
                if member.policy.address == sa.local:
                    drop_kek(member)
                    if not member.registrar.active:
                        member.registrar.begin()
                    member.settle()
        elif sa.purpose == COOP:
            for server in groups.acting:
                if server.policy.group == sa.group_name and server.coop is not None:
                    server.coop.clear_sas(sa.remote)
