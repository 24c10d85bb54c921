"""Routers with another release than their model is delivered with."""

from getvpn.emulator.device import Router
from getvpn.emulator.files.images import Image
from getvpn.emulator.testing import START, make_router


def router_of(version: str, startup: str, platform: str = "c8000v") -> Router:
    """A router that has booted an image of this version."""
    router = make_router("KS1", platform, startup)
    name = f"{router.platform.hardware.flash}newer.bin"
    image = Image(family=router.platform.image_family, version=version)
    router.files.write(name, image, START)
    router.files.save_startup(f"boot system {name}\n{startup}".encode())
    router.stop()
    router.boot()
    assert router.software.version == version
    return router
