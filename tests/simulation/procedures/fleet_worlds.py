"""Small networks whose devices restart quickly, with images for them and without."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from getvpn.emulator.files.images import Image as LabImage
from getvpn.emulator.files.images import write_image
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent

from ...tasks.networks import group, network
from ...tasks.test_render_labs import lab_of
from .declared import Booted

SETTLED_S: Final = 200.0
BOOT_S: Final = 60.0
NEW: Final[Mapping[str, tuple[str, str, str]]] = {
    "classic": ("c2900", "15.8(3)M9", "c2900-universalk9-mz.SPA.158-3.M9.bin"),
    "xe17": ("c8000v", "17.12.4", "c8000v-universalk9.17.12.04.SPA.bin"),
}
"""A later image for each platform: its family, its version, its file."""
OLD: Final = "c8000v-universalk9.17.09.04a.SPA.bin"
WRONG: Final = "isr4400"
"""Images of this family boot on none of the routers."""


def fleet(kind: str, *, servers: int = 2, members: int = 4) -> Intent:
    """Key servers KS1, KS2 … in the order of their priorities, members BR1, BR2 …"""

    def numbered(model: dict[str, Any], n: int) -> Any:
        said = json.dumps(model).replace("BR1", f"BR{n}").replace("10.20.1.", f"10.20.{n}.")
        said = said.replace("10.1.1.", f"10.1.{n}.").replace("ff:1::", f"ff:{n}::")
        return json.loads(said.replace(":1:1::", f":1:{n}::"))

    roles = [{"name": f"KS{n}", "priority": 125 - 25 * n} for n in range(1, servers + 1)]
    document = network(kind, group(servers=roles[:2])).model_dump(
        by_alias=True, mode="json", exclude_unset=True
    )
    second = document["key_servers"][1]
    for n in range(3, servers + 1):
        wan = {**second["wan"], "address": f"192.0.2.{4 * n + 1}/30"}
        document["key_servers"].append(
            {**second, "name": f"KS{n}", "address": f"10.10.{n}.1", "wan": wan}
        )
    document["groups"][0]["servers"] = roles
    model = document["members"][0]
    document["members"] = [numbered(model, n) for n in range(1, members + 1)]
    return Intent.model_validate(document)


def restarting(kind: str, *, servers: int = 2, packages: bool = False) -> Booted:
    """A network all of whose devices are saved; with `packages` they run out of packages."""
    intent = fleet(kind, servers=servers, members=3 if servers > 2 else 4)
    lab = lab_of(intent, bits=1024)
    for name in lab.devices:
        lab[name].behaviour.boot_s = BOOT_S
    for name in lab.devices:
        console(lab[name]).run("write memory")
        if packages:
            console(lab[name]).run(f"install add file bootflash:{OLD} activate commit", "y")
    lab.advance(SETTLED_S + packages * BOOT_S * 5)
    return Booted(intent, lab, "G1")


@cache
def folder() -> TemporaryDirectory[str]:
    """Where images are on this machine."""
    return TemporaryDirectory(prefix="images-")


@cache
def image(kind: str, *, wrong: bool = False) -> Path:
    """The file of a new image for a platform; of a `wrong` one only the name is right."""
    family, version, name = NEW[kind]
    made = LabImage(family=WRONG if wrong else family, version=version, size=4096)
    place = Path(folder().name) / ("wrong" if wrong else "right")
    place.mkdir(exist_ok=True)
    return write_image(place, name, made)


FLEETS: Final[Mapping[str, Callable[[], Booted]]] = {
    "classic": lambda: restarting("classic"),
    "one file": lambda: restarting("xe17", servers=3),
    "packages": lambda: restarting("xe17", packages=True),
}
