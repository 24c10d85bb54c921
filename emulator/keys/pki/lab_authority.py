"""The authority that answers every router of a lab, made when it is first asked."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from ..maker import SeededKeyMaker
from ..material import KeyMaterial
from .authority import DAY_S, LabCa

AUTHORITY_BITS = 2048


class LabAuthority:
    """One certificate authority for all enrolment addresses of a lab.

    Its key follows from the seed of the lab; it has been there for a day when it is first asked.
    While it is not `reachable` nobody gets a list of revoked certificates.
    """

    __slots__ = ("_made", "_seed", "_subject", "reachable")

    def __init__(self, seed: int | str, *, subject: str = "cn=LAB-CA") -> None:
        self._seed = seed
        self._subject = subject
        self._made: LabCa | None = None
        self.reachable = True

    @property
    def material(self) -> KeyMaterial:
        """Its key, for who wants it made before."""
        return _key(self._seed)

    def ca(self, now: float) -> LabCa:
        """The authority; `now` is in seconds since 1970 UTC."""
        if self._made is None:
            self._made = LabCa(self.material, self._subject, now=now - DAY_S)
        return self._made


@lru_cache(maxsize=8)
def _key(seed: int | str) -> KeyMaterial:
    """The key of a lab's authority; labs that are made again have it at once."""
    random = Random(f"{seed}: authority")  # noqa: S311 - a lab can be made again
    return SeededKeyMaker(random).rsa(AUTHORITY_BITS)
