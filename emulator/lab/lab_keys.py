"""The RSA keys that a lab file gives to its devices, made once for all who have them."""

from dataclasses import dataclass
from random import Random

from ..keys.maker import SeededKeyMaker, SystemKeyMaker
from ..keys.material import KeyMaterial
from .file import KeyFile, LabFile


@dataclass(frozen=True, slots=True, kw_only=True)
class LabKey:
    """A key with its label."""

    label: str
    material: KeyMaterial
    exportable: bool


class LabKeys:
    """Follow from the seed of the lab; where it has none, nobody can make them again.

    A key is made when it is first looked at.
    """

    def __init__(self, file: LabFile) -> None:
        self._of: dict[str, list[LabKey]] = {}
        self.materials: list[KeyMaterial] = []
        for number, key in enumerate(file.keys):
            made = LabKey(
                label=key.label,
                material=_material(file.seed, number, key),
                exportable=key.exportable,
            )
            self.materials.append(made.material)
            for name in key.devices:
                self._of.setdefault(name, []).append(made)

    def of(self, name: str) -> list[LabKey]:
        """The keys of a device, in the order of the file."""
        return self._of.get(name, [])


def _material(seed: int, number: int, key: KeyFile) -> KeyMaterial:
    if not seed:
        return SystemKeyMaker().rsa(key.bits)
    random = Random(f"{seed}: key {number} {key.label}")  # noqa: S311 - keys of a lab are made again
    return SeededKeyMaker(random).rsa(key.bits)
