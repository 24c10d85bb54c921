"""The routers of a lab, made when they are first asked for."""

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ..device import Router
from ..files.images import Image
from ..files.remote import FolderRemote
from ..files.store import FileStore
from ..grammar.grammar import CONCEALED
from ..keys.maker import KeyMaker, SeededKeyMaker, SystemKeyMaker
from ..keys.material import KeyMaterial
from ..keys.pki.lab_authority import LabAuthority
from ..keys.store import KeyStore
from ..keys.work import KeyWork
from ..platforms import platform_named
from ..shell.loading import Rejected
from .file import DeviceFile, LabFile
from .lab_keys import LabKeys
from .startup import Startups

if TYPE_CHECKING:
    from .lab import Lab

ENCODING = "latin-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line of a startup configuration that its device did not take.

    It is line `lineno` of `source`, 0 where that cannot be said. `line` holds no secret; `said` is
    what the device says to it.
    """

    device: str
    source: str
    lineno: int
    line: str
    said: str


class RouterMaker:
    """Makes the routers of one lab; what they have in common is made once, such as `keys`."""

    def __init__(self, file: LabFile, key_work: KeyWork) -> None:
        self._file = file
        self.keys = LabKeys(file)
        self._key_work = key_work
        self._authority = LabAuthority(file.seed)
        self._startups = Startups(Random(f"{file.seed}: lab"))  # noqa: S311 - made again

    def make(
        self, device: DeviceFile, lab: "Lab", host_key: KeyMaterial | None
    ) -> tuple[Router, tuple[RefusedLine, ...]]:
        """A router that has booted, and the lines of its startup configuration that it refused."""
        platform = platform_named(device.platform)
        now = lab.clock.now()
        files = FileStore(platform.layout(), now=now)
        router = Router(
            device.name,
            platform,
            lab.clock,
            files=files,
            keys=KeyStore(
                self._key_maker(device.name),
                redundancy=platform.family == "xe",
                work=self._key_work,
            ),
            behaviour=device.settings,
            seed=self._file.seed,
        )
        router.authority = self._authority
        router.kernel, router.network = lab.kernel, lab.network
        router.parameters = self._file.parameters
        router.chassis.network = lab.neighbourhood
        for key in self.keys.of(device.name):
            router.keys.add(key.label, key.material, now=now, exportable=key.exportable, saved=True)
        files.disk_full = lambda: router.faults.disk_full
        self._store_images(router, device)
        if self._file.files is not None:
            router.remote = FolderRemote(self._file.files)
        text, added = self._startups.completed(device, lab.credentials(device.name))
        files.save_startup(text.encode(ENCODING, "replace"))
        rejected = router.boot().rejected
        if host_key is not None:
            router.deliver_host_key(host_key)
        for fault in device.faults:
            router.faults.set(fault)
        return router, tuple(_refused(device, line, added) for line in rejected)

    def _store_images(self, router: Router, device: DeviceFile) -> None:
        """Put the software that it runs and the other images into the flash."""
        platform, now = router.platform, router.clock.now()
        usual = Image(
            family=platform.image_family, version=platform.version, size=platform.image_bytes
        )
        images = {platform.image: usual}
        for each in device.images:
            images[each.file] = Image(
                family=each.family or platform.image_family,
                version=each.version,
                size=each.size or platform.image_bytes,
            )
        for name, image in images.items():
            router.files.write(platform.hardware.flash + name, image, now)

    def _key_maker(self, name: str) -> KeyMaker:
        """Keys that follow from the seed; from the system where the lab has none."""
        if not self._file.seed:
            return SystemKeyMaker()
        return SeededKeyMaker(Random(f"{self._file.seed}: keys of {name}"))  # noqa: S311


def _refused(device: DeviceFile, rejected: Rejected, added: int) -> RefusedLine:
    """A line that a device refused; `added` lines stand before the first of its own."""
    said = rejected.said
    for word in set(rejected.line.split()) - set(rejected.kept.split()):
        said = said.replace(word, CONCEALED)
    return RefusedLine(
        device=device.name,
        source=device.startup_source,
        lineno=device.startup_line and device.startup_line + rejected.lineno - added - 1,
        line=rejected.kept.strip(),
        said=said,
    )
