"""The groups of a router: they live as long as it runs, and follow its configuration."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..feature import Feature
from ..gdoi.member.group import MemberGroup
from ..gdoi.policy import MemberPolicy, ServerPolicy
from ..gdoi.server.group import ServerGroup
from ..grammar import XE
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.pki import Pki
from ..services.stub_objects import StubObjects
from ..settings.gdoi import GROUP
from .attachments import Place, member_policies
from .host import RouterHost
from .ike import RouterIke
from .inspection import GroupsState, inspected
from .policies import server_policies

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

WATCHED = ("crypto ", "interface", "ip access-list", "ipv6 access-list", "ip host", "object-group")
"""How the global lines begin that policies depend on."""
FIRST_HANDLE = {"classic": 0x80000002, "xe": 0x40000002}
"""The handle of the first group, and of the first key server (captures of 15.4 and 17.x)."""
HANDLES = 8
"""A group has that many handles of key servers: its own and those of its peers."""


class Gdoi(Feature):
    """The groups that a router serves or is a member of.

    Who serves a group is a member of none (configuration guide): then crypto maps have no effect. A
    router that stands alone, without a network, has its groups as they are configured, but they do
    nothing.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._host: RouterHost | None = None
        self._servers: dict[str, ServerGroup] = {}
        self._members: dict[Place, MemberGroup] = {}
        self._waiting: set[str] = set()
        self._unfinished = False
        self._handles: dict[str, int] = {}
        self._dirty = False
        self._idle = True
        self._tracked = False
        self._unwatch: Callable[[], None] = _nothing
        self._looks_at = 0.0

    # ---- what others ask ----

    @property
    def host(self) -> RouterHost:
        """The router as its groups know it; RuntimeError before it has booted."""
        if self._host is None:
            raise RuntimeError("the router has not booted")
        return self._host

    @property
    def servers(self) -> dict[str, ServerGroup]:
        """The groups that the router serves, by name."""
        self.refresh()
        return self._servers

    @property
    def acting(self) -> list[ServerGroup]:
        """Those that the router serves indeed: they have what they need."""
        self.refresh()
        return self._acting()

    @property
    def idle(self) -> bool:
        """Whether nothing happens here: the router stands alone."""
        return self._idle

    @property
    def members(self) -> list[MemberGroup]:
        """The groups that it is a member of, once for each interface; none of them twice."""
        self.refresh()
        return list(self._members.values())

    def members_of(self, group: str) -> list[MemberGroup]:
        """The members of one group."""
        return [member for member in self.members if member.policy.group == group]

    def handle(self, group: str) -> int:
        """The number by which IOS calls a group."""
        found = self._handles.get(group)
        if found is None:
            first = FIRST_HANDLE["xe" if self.router.family == XE else "classic"]
            found = self._handles[group] = first + len(self._handles)
        return found

    def inspect(self) -> GroupsState:
        """The state of all groups, as JSON can say it."""
        if self._host is None:
            return {"role": "off"}
        self.refresh()
        return inspected(self._host, self._servers, list(self._members.values()))

    # ---- events ----

    def booted(self) -> None:
        """Begin: what the startup configuration says comes alive."""
        router = self.router
        self._host = RouterHost(router, RouterIke(router))
        self._idle = router.kernel is None or router.network is None
        router.feature(Interfaces).watch(self._line_changed)
        self._unwatch = router.chassis.watch(self._mark)
        router.feature(StubObjects).driven_by(self._tracks)
        router.feature(Pki).watch_crl(self._list_fetched)
        self._dirty = True
        self.refresh()

    def stopped(self) -> None:
        """The router goes down, and its groups with it."""
        if self._host is None:
            return
        if not self._idle:
            for member in self._members.values():
                member.stop(reload=True)
            for server in self._acting():
                server.stop()
        self._unwatch()
        self._host = None
        self._members.clear()
        self._servers.clear()

    def config_changed(self, change: "Change") -> None:
        """A line may say something of a group: look when the command is over."""
        owner = change.owners[0] if change.owners else change.entry
        if owner.setting.name.startswith(WATCHED):
            self._mark()

    def configured(self) -> None:
        """An operator has left configuration mode: tell of changes that wait for a rekey."""
        for server in self.acting:
            server.settled()

    def _list_fetched(self, trustpoint: str) -> None:
        """A newer list of revoked certificates came: who is in it has to go."""
        for server in self.acting:
            if server.policy.crl_trustpoint == trustpoint:
                server.reauthenticate()

    def _line_changed(self, _state: InterfaceState) -> None:
        self._mark()

    def _mark(self) -> None:
        """Something may be different: find out soon, once."""
        if self._host is None or self._dirty:
            return
        self._dirty = True
        if not self._idle:
            self._host.kernel.post(0.0, self.refresh)

    # ---- following the configuration ----

    def refresh(self) -> None:
        """Do what the configuration says now; nothing where it says the same as before."""
        if self._host is None or not (self._dirty or self._unfinished):
            return
        self._dirty = self._unfinished = False
        wanted = server_policies(self.router.config.root)
        members = member_policies(self.router) if not wanted else {}
        self._leave(members)
        self._serve(wanted)
        self._join(members)
        self._tracked = any(policy.track for policy in members.values())
        self._look()

    def _serve(self, wanted: dict[str, ServerPolicy]) -> None:
        for name in self._servers.keys() - wanted.keys():
            gone = self._servers.pop(name)
            if name not in self._waiting and not self._idle:
                gone.stop(deleted=True)
            self._waiting.discard(name)
        for name, policy in wanted.items():
            server = self._servers.get(name)
            if server is not None and name not in self._waiting:
                if server.policy != policy:
                    server.apply(policy)
                continue
            if server is None or server.policy != policy:
                server = self._servers[name] = self._served(policy)
            self._waiting.add(name)
            if self._idle or not (policy.identity and policy.address):
                continue
            if self._being_written(name):
                self._unfinished = True
                continue
            self._waiting.discard(name)
            server.start()
        # in the order of the configuration
        self._servers = {name: self._servers[name] for name in wanted}

    def _served(self, policy: ServerPolicy) -> ServerGroup:
        handle = self.handle(policy.group)
        found = ServerGroup(self.host, policy, handle=handle)
        first = FIRST_HANDLE["xe" if self.router.family == XE else "classic"]
        found.server_handle = first + (handle - first) * HANDLES
        return found

    def _acting(self) -> list[ServerGroup]:
        if self._idle:
            return []
        return [server for name, server in self._servers.items() if name not in self._waiting]

    def _being_written(self, name: str) -> bool:
        """Whether somebody who configures the router is inside a group."""
        group = self.router.config.root.find(GROUP, name)
        sessions = [line.session for line in self.router.lines.used() if line.session is not None]
        places = [session.configuring for session in sessions if session.configuring is not None]
        return any(block is group.block for place in places for block in place.blocks if group)

    def _leave(self, wanted: dict[Place, MemberPolicy]) -> None:
        """End members that are not wanted."""
        for place, member in list(self._members.items()):
            if place not in wanted or self._idle:
                del self._members[place]
                if not self._idle:
                    member.stop()

    def _join(self, wanted: dict[Place, MemberPolicy]) -> None:
        """Begin what is wanted and not there, and tell the others what has changed."""
        new: list[MemberGroup] = []
        members: dict[Place, MemberGroup] = {}
        for place, policy in wanted.items():
            member = self._members.get(place)
            if member is None:
                member = MemberGroup(self.host, policy, handle=self.handle(policy.group))
                new.append(member)
            elif member.policy != policy:
                member.apply(policy)
            members[place] = member
        self._members = members
        self._relate()
        if not self._idle:
            for member in new:
                member.watch(self._look)
                member.start()

    def _relate(self) -> None:
        """Tell members of the other groups of their map: it opens when all are registered."""
        maps: dict[tuple[str, str], list[MemberGroup]] = {}
        for place, member in self._members.items():
            maps.setdefault((place.interface, place.setting), []).append(member)
        for together in maps.values():
            for member in together:
                others = tuple(other for other in together if other is not member)
                if others != member.others:
                    member.others = others
                    member.tell()

    # ---- who watches whether there are keys ----

    def _tracks(self) -> dict[int, bool]:
        """The objects that tell whether members have keys (`client status active-sa track`)."""
        found: dict[int, bool] = {}
        for member in self._members.values():
            number = member.policy.track
            if number:
                found[number] = found.get(number, False) or member.has_keys
        return found

    def _look(self) -> None:
        """A member may have got keys, or lost them; look again when they end."""
        if not self._tracked or self._host is None or self._idle:
            return
        self.router.feature(StubObjects).look()
        ends = [held.expires_at for member in self._members.values() for held in member.teks]
        kernel, last = self._host.kernel, max(ends, default=0.0)
        if last > max(self._looks_at, kernel.now()):
            self._looks_at = last
            kernel.post(last - kernel.now(), self._look)


def _nothing() -> None:
    """Nobody is to be told that this one watches no more."""
