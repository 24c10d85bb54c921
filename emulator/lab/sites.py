"""The devices of a lab as traffic sees them: sites with something behind them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from ..gdoi.traffic import Site
from ..groups.site import RouterSite

if TYPE_CHECKING:
    from ..device import Router
    from .stations import Stations

_MEMBER: Final = re.compile(rb"^ +set group \S", re.MULTILINE)
"""The line of a crypto map that makes a router a member."""


class LabSites:
    """The sites of a lab by the names of their devices.

    `routers` are those that have booted, `names` all routers of the lab in the order of its file;
    `wake` boots one. `stations` are the members without a command line, if there are any.
    """

    def __init__(
        self,
        routers: "Mapping[str, Router]",
        names: Iterable[str],
        wake: "Callable[[str], Router]",
        stations: "Stations | None",
    ) -> None:
        self._routers = routers
        self._names = dict.fromkeys(names)
        self._wake = wake
        self._stations = stations
        self._sites: dict[str, RouterSite] = {}

    def find(self, name: str) -> Site | None:
        """The site of a device; None if there is no such device."""
        if name in self._names:
            return self._site(self._routers.get(name) or self._wake(name))
        if self._stations is not None and name in self._stations:
            return self._stations.site(name)
        return None

    def _site(self, router: "Router") -> RouterSite:
        found = self._sites.get(router.name)
        if found is None or found.router is not router:
            found = self._sites[router.name] = RouterSite(router)
        return found

    def members(self) -> list[str]:
        """The members with something behind them; of those without power what they will be."""
        found = [name for name in self._names if self._encrypts(name)]
        if self._stations is not None:
            found += self._stations.with_sites()
        return found

    def _encrypts(self, name: str) -> bool:
        router = self._routers.get(name)
        if router is None:
            # members boot with their lab
            return False
        if not router.running:
            return _MEMBER.search(router.files.startup_config or b"") is not None
        site = self._site(router)
        families = (site.inside(), site.inside(ipv6=True))
        return bool(site.members()) and any(address is not None for address in families)
