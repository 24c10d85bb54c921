"""What a report draws of each group: who serves and who is a member, and the keys in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

from ..context import GroupContext, ServerContext
from ..engine import Report
from ..facts import Address, Group
from ..group_keys import members_of, servers_of
from ..needs import GDOI, GM, KS_MEMBERS, KS_POLICY
from ..rule import Severity
from ..servers import ALIVE, ESTABLISHED, absent_servers, address_of, coop, latest, leading, role_of
from .keytimes import Keys, keys_of

if TYPE_CHECKING:
    from ...parsers.records.gdoi import GmRegistration
    from ..context import MemberContext

WIDTH: Final = 1000
SERVER_WIDTH, NARROWEST = 164, 172
"""How wide key servers are drawn, and the room below which they are narrower."""
SERVER_HEIGHT, NARROW_HEIGHT = 46, 64
RISE: Final = 40
"""How high the line between neighbours is; lines to others are higher."""
GAP: Final = 78
CHIP_WIDTH, CHIP_HEIGHT = 104, 28
PRIMARY: Final = "Primary"
MOST_CHIPS: Final = 12
"""So many members of a key server are drawn with their names."""
CELL: Final = 14
"""Members are squares of this size, as long as there is room."""
SMALLEST: Final = 4
CLUSTER_HEIGHT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A key server in the drawing, with its upper left corner.

    `given` says whether it was read, `split` that it is not the only primary.
    """

    name: str
    address: str
    role: str
    worst: str
    given: bool
    split: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two key servers: `state` is `up`, `down` or `unknown`, `path` an SVG path."""

    path: str
    state: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A square: `device` is empty for a member of which only key servers tell."""

    device: str
    title: str
    worst: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The members that one key server registered, each `width` wide and `height` high.

    With `named` there is room for their names. `registered` is False for those of whom nothing
    tells where they are.
    """

    count: int
    x: float
    y: float
    width: float
    height: float
    named: bool
    registered: bool
    members: Sequence[Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drawing of a group, `height` high and `WIDTH` wide, and the times of its keys.

    Key servers are `box_width` wide and `box_height` high; `narrow` ones have three lines.
    `summary` says in words what is drawn, and `trouble` what is wrong about the whole.
    """

    title: str
    summary: str
    trouble: str
    height: float
    top: float
    box_width: float
    box_height: float
    narrow: bool
    servers: Sequence[Server]
    links: Sequence[Link]
    clusters: Sequence[Cluster]
    keys: Keys | None


def pictures(report: Report) -> Iterator[Picture]:
    """A drawing for each group of the report."""
    worst = worst_by_device(report)
    for group in report.fleet.groups:
        if report.rules:
            yield _Draughtsman(report, group, worst).picture()


def worst_by_device(report: Report) -> dict[str, Severity]:
    """The worst finding of each device that has any."""
    found: dict[str, Severity] = {}
    for finding in report.findings:
        if finding.device:
            found[finding.device] = max(finding.severity, found.get(finding.device, Severity.INFO))
    return found


@dataclass(slots=True)
class _Draughtsman:
    """Draws one group."""

    report: Report
    group: Group
    worst: Mapping[str, Severity]
    ctx: GroupContext = field(init=False)
    servers: list[ServerContext] = field(init=False)
    addresses: list[Address | None] = field(init=False)
    known: dict[Address, Address | None] = field(init=False)

    def __post_init__(self) -> None:
        self.ctx = GroupContext(
            rule=self.report.rules[0],
            fleet=self.report.fleet,
            settings=self.report.settings,
            group=self.group,
        )
        self.servers = list(servers_of(self.ctx))
        self.addresses = [*map(address_of, self.servers), *absent_servers(self.servers)]
        self.known = {
            row.address: row.key_server if row.key_server in self.addresses else None
            for server in self.servers
            for _, row in server.rows(KS_MEMBERS, lambda record: record.members)
        }

    @property
    def top(self) -> float:
        """Where key servers are: below the lines between them."""
        return 14 + RISE * min(max(len(self.addresses) - 1, 0), 3) * 0.75

    def picture(self) -> Picture:
        """The drawing."""
        servers = list(self._servers())
        clusters = list(self._clusters())
        lowest = max((_lowest(each) for each in clusters), default=self.top + self.box_height)
        links = list(self._links(servers))
        policy = None
        if self.servers:
            chief = leading(self.servers)
            policy = latest(chief.rows(KS_POLICY, lambda record: record.groups))
        return Picture(
            title=self.group.label,
            summary=_summary(servers, links, clusters),
            trouble=_trouble(servers, links),
            box_width=self.box_width,
            box_height=self.box_height,
            narrow=self.narrow,
            height=ceil(lowest + 16),
            top=self.top,
            servers=servers,
            links=links,
            clusters=clusters,
            keys=keys_of(policy[1]) if policy else None,
        )

    # ---- key servers ----

    @property
    def narrow(self) -> bool:
        """Whether there are too many key servers for boxes of full width."""
        return WIDTH / max(len(self.addresses), 1) < NARROWEST

    @property
    def box_width(self) -> float:
        """The width of a key server."""
        return min(SERVER_WIDTH, WIDTH / max(len(self.addresses), 1) - 8)

    @property
    def box_height(self) -> float:
        """The height of a key server."""
        return NARROW_HEIGHT if self.narrow else SERVER_HEIGHT

    def _servers(self) -> Iterator[Server]:
        count = len(self.addresses)
        roles = [role_of(each) for each in self.servers]
        split = roles.count(PRIMARY) > 1
        for number, address in enumerate(self.addresses):
            given = number < len(self.servers)
            ctx = self.servers[number] if given else None
            yield Server(
                name=ctx.device.name if ctx else str(address),
                address=str(address or ""),
                role=(roles[number] or "") if ctx else "nothing given",
                worst=str(self.worst.get(ctx.device.name, "")) if ctx else "",
                given=given,
                split=split and given and roles[number] == PRIMARY,
                x=_slot(number, count) - self.box_width / 2,
                y=self.top,
            )

    def _links(self, servers: Sequence[Server]) -> Iterator[Link]:
        for one, other in combinations(range(len(servers)), 2):
            state, said = self._seen(one, other)
            middle = self.box_width / 2
            left, right = servers[one].x + middle, servers[other].x + middle
            peak = self.top - 1.5 * RISE * min(other - one, 3)
            yield Link(
                path=f"M{left:.0f} {self.top:.0f} Q{(left + right) / 2:.0f} {peak:.0f} "
                f"{right:.0f} {self.top:.0f}",
                state=state,
                title=f"{servers[one].name} and {servers[other].name}: {said}",
            )

    def _seen(self, one: int, other: int) -> tuple[str, str]:
        """How two key servers see each other; the worse of both views."""
        views = [*self._view(one, other), *self._view(other, one)]
        if not views:
            return "unknown", "nothing tells how they see each other"
        bad = [each for each in views if each not in ((ALIVE, ESTABLISHED), (ALIVE, None))]
        shown = (bad or views)[0]
        words = ", IKE ".join(word for word in shown if word)
        return ("down" if bad else "up"), words or "no status"

    def _view(self, by: int, of: int) -> Iterator[tuple[str | None, str | None]]:
        if by < len(self.servers) and (shown := coop(self.servers[by])) is not None:
            for peer in shown[1].peers:
                if peer.address == self.addresses[of]:
                    yield peer.status, peer.ike_status

    # ---- members ----

    def _clusters(self) -> Iterator[Cluster]:
        found = self._registrations()
        lowest = self.top + self.box_height
        for cluster in self._inside(found):
            lowest = max(lowest, _lowest(cluster))
            yield cluster
        if outside := found.get(None):
            yield self._cluster(outside, WIDTH / 2, WIDTH, lowest + 54, registered=False)

    def _inside(self, found: Mapping[Address | None, list[tuple[str, str]]]) -> Iterator[Cluster]:
        columns, top = len(self.addresses), self.top + self.box_height + GAP
        for number, address in enumerate(self.addresses):
            if address is not None and (members := found.get(address)):
                yield self._cluster(members, _slot(number, columns), WIDTH / columns, top)

    def _cluster(
        self,
        members: Sequence[tuple[str, str]],
        middle: float,
        room: float,
        top: float,
        *,
        registered: bool = True,
    ) -> Cluster:
        """The members in rows, below a key server or below all of them."""
        count, room = len(members), room - 24
        named = count <= MOST_CHIPS
        side = _cell(count, room)
        width, height = (min(CHIP_WIDTH, room), CHIP_HEIGHT) if named else (side, side)
        across = max(1, min(count, int(room // width)))
        left = middle - across * width / 2
        return Cluster(
            count=count,
            x=middle,
            y=top,
            width=width,
            height=height,
            named=named,
            registered=registered,
            members=[
                Member(
                    device=device,
                    title=title,
                    worst=str(self.worst.get(device, "")) if device else "",
                    x=left + (number % across) * width,
                    y=top + (number // across) * height,
                )
                for number, (device, title) in enumerate(sorted(members))
            ],
        )

    def _registrations(self) -> dict[Address | None, list[tuple[str, str]]]:
        """The members by the key server that has them, each with its device and a title."""
        found: dict[Address | None, list[tuple[str, str]]] = {}
        own: set[Address] = set()
        for member in members_of(self.ctx):
            locals_, server = _registered(member)
            addresses = locals_ or _configured(member)
            own.update(addresses)
            place = server if server in self.addresses else self._told(addresses)
            title = f"{member.device.name} {', '.join(map(str, locals_))}".strip()
            found.setdefault(place, []).append((member.device.name, title))
        for address, server in self.known.items():
            if address not in own:
                found.setdefault(server, []).append(("", str(address)))
        return found

    def _told(self, addresses: Sequence[Address]) -> Address | None:
        """Where key servers say that a member with these addresses is registered."""
        return next((self.known[each] for each in addresses if each in self.known), None)


def _summary(servers: Sequence[Server], links: Sequence[Link], clusters: Sequence[Cluster]) -> str:
    """What is drawn, for those who do not see it."""
    members = sum(each.count for each in clusters)
    told = [_counted(len(servers), "key server"), _counted(members, "member")]
    told += [each.title for each in links if each.state == "down"]
    return ", ".join(told)


def _trouble(servers: Sequence[Server], links: Sequence[Link]) -> str:
    """What is wrong about the key servers as a whole."""
    primaries = [each.name for each in servers if each.split]
    down = sum(each.state == "down" for each in links)
    told = [f"{len(primaries)} primary key servers: {', '.join(primaries)}"] if primaries else []
    if down:
        told.append(f"{_counted(down, 'pair')} of key servers not in touch")
    return "; ".join(told)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _registered(member: MemberContext) -> tuple[list[Address], Address | None]:
    """The addresses that a member registers from, and the key server that has it."""
    rows: list[GmRegistration] = []
    for _, in_gm in member.rows(GM, lambda record: record.groups):
        rows += in_gm.members
    for _, in_gdoi in member.rows(GDOI, lambda record: record.groups):
        rows += in_gdoi.members
    addresses = [row.local_address for row in rows if row.local_address is not None]
    server = next((row.registered_with for row in rows if row.registered_with is not None), None)
    return list(dict.fromkeys(addresses)), server


def _configured(member: MemberContext) -> list[Address]:
    """All addresses of a device."""
    if member.config is None:
        return []
    interfaces = member.config.interfaces.values()
    found: list[Address] = [each.ip for one in interfaces for each in one.addresses]
    found += [each.ip for one in interfaces for each in one.ipv6_addresses]
    return found


def _slot(number: int, count: int) -> float:
    """The middle of one of `count` columns."""
    return WIDTH * (number + 0.5) / max(count, 1)


def _cell(count: int, width: float) -> float:
    """The side of a square, so that `count` of them fill no more than the height there is."""
    side = sqrt(width * CLUSTER_HEIGHT / max(count, 1))
    return min(CELL, max(SMALLEST, side * 0.95))


def _lowest(cluster: Cluster) -> float:
    return max(member.y for member in cluster.members) + cluster.height
