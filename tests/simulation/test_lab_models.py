"""Random commands and faults on routers: what holds whatever operators and the network do.

The machine drives a lab of routers through their consoles. Judges read the shows at chosen steps.
"""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.gdoi.traffic import USUAL, Sample

from .judges import judge, often
from .laws import SETTLE_S, Laws
from .router_lab import GROUP, KINDS, LABEL, MAP, POLICY, TEK_S, RouterLab

ON_ITS_WAY_S = 130.0
"""A rekey with all its retransmissions: 3, and 40 s between them."""
SERVERS, MEMBERS = ("KS1", "KS2"), ("GM1", "GM2", "GM3")
names = st.sampled_from((*SERVERS, *MEMBERS))
servers = st.sampled_from(SERVERS)
members = st.sampled_from(MEMBERS)
PORTS = st.integers(5000, 5003)


class Routers(RuleBasedStateMachine):
    """Routers of a group to which things happen."""

    lab: RouterLab

    @initialize(kind=st.sampled_from(KINDS), seed=st.integers(1, 2**16))
    def begin(self, kind: str, seed: int) -> None:
        self.lab = RouterLab(kind, seed)
        self.off: set[str] = set()
        self.lossy = False
        self.key = self.lab.router("KS1").keys.signing_pair(LABEL).material
        self.laws = Laws(self.lab.lab.kernel, self.lab.lab.network, self.serving)
        self.laws.wait(SETTLE_S)

    def serving(self) -> Iterator[ServerGroup]:
        """The key servers that run."""
        for name in SERVERS:
            if self.lab.router(name).running:
                yield from self.lab.gdoi(name).servers.values()

    def joined(self) -> Iterator[MemberGroup]:
        """The members that have a crypto map."""
        for name in MEMBERS:
            member = self.lab.member(name) if self.lab.router(name).running else None
            if member is not None:
                yield member

    def up(self, name: str) -> bool:
        return self.lab.router(name).running

    # ---- time and faults ----

    @rule(seconds=st.one_of(st.floats(0, 120), st.floats(0, 2 * TEK_S)))
    def wait(self, seconds: float) -> None:
        self.laws.wait(seconds)

    @rule(side=st.sets(names, min_size=1))
    def partition(self, side: set[str]) -> None:
        self.lab.lab.partition(sorted(side))

    @rule()
    def heal(self) -> None:
        self.lab.lab.heal()
        self.lossy = False

    @rule(name=names, loss=st.sampled_from([0.1, 0.5, 1.0]))
    def lose(self, name: str, loss: float) -> None:
        self.lab.lab.line(name, loss=loss)
        self.lossy = True

    @rule(name=names)
    def kill(self, name: str) -> None:
        self.lab.lab.kill(name)

    @rule(name=names)
    def boot(self, name: str) -> None:
        self.lab.lab.boot(name)

    # ---- commands ----

    @rule(name=names, saved=st.booleans())
    def reload(self, name: str, saved: bool) -> None:
        if not self.up(name):
            return
        said = self.lab.type(name, "reload")
        if "Save?" in said:
            said = self.lab.type(name, "yes" if saved else "no")
        assert "[confirm]" in said
        self.lab.type(name, "")
        assert not self.up(name)

    @rule(name=names)
    def write(self, name: str) -> None:
        if self.up(name):
            assert "[OK]" in self.lab.type(name, "write memory")

    @rule(name=servers, how=st.sampled_from(["", " replace-now"]))
    def rekey(self, name: str, how: str) -> None:
        if self.up(name):
            self.lab.type(name, f"crypto gdoi ks rekey{how}")

    @rule(name=names)
    def clear(self, name: str) -> None:
        if self.up(name):
            assert "[yes/no]" in self.lab.type(name, "clear crypto gdoi")
            self.lab.type(name, "yes")

    @rule(name=servers, now=st.sampled_from(["", " now"]))
    def remove_members(self, name: str, now: str) -> None:
        if self.up(name):
            assert "[yes/no]" in self.lab.type(name, f"clear crypto gdoi ks members{now}")
            self.lab.type(name, "yes")

    @rule(name=servers)
    def reset_role(self, name: str) -> None:
        if self.up(name):
            assert "[yes/no]" in self.lab.type(name, "clear crypto gdoi ks coop role")
            self.lab.type(name, "yes")

    @rule(name=servers, what=st.sampled_from(["ks policy", "replay", "ks coop counters"]))
    def clear_part(self, name: str, what: str) -> None:
        if self.up(name):
            self.lab.type(name, f"clear crypto gdoi {what}")

    @rule(name=servers)
    def zeroize(self, name: str) -> None:
        if self.up(name):
            self.lab.configure(name, f"crypto key zeroize rsa {LABEL}", "yes")

    @rule(name=servers)
    def generate(self, name: str) -> None:
        if self.up(name):
            command = f"crypto key generate rsa general-keys label {LABEL} modulus 768 exportable"
            self.lab.configure(name, command, "yes")

    @rule(name=names, how=st.sampled_from(["shutdown", "no shutdown"]))
    def interface(self, name: str, how: str) -> None:
        if self.up(name):
            self.lab.configure(name, f"interface {self.lab.wan(name)}", how)

    @rule(name=members, how=st.sampled_from(["", "no "]))
    def crypto_map(self, name: str, how: str) -> None:
        if self.up(name):
            self.lab.configure(name, f"interface {self.lab.wan(name)}", f"{how}{self._map}")

    @rule(chosen=st.sets(servers, min_size=1), how=st.sampled_from(["", "no "]), port=PORTS)
    def line_of_list(self, chosen: set[str], how: str, port: int) -> None:
        for name in sorted(chosen):
            if self.up(name):
                line = f"deny tcp any any eq {port}"
                self.lab.configure(name, self._list, f"{how}{line}")

    @rule(name=servers, priority=st.integers(1, 255))
    def priority(self, name: str, priority: int) -> None:
        if self.up(name):
            self.lab.configure(
                name, self._group, "server local", "redundancy", f"local priority {priority}"
            )

    @rule(
        name=members,
        way=st.sampled_from(["both", "inbound", "inbound only", "inbound optional"]),
    )
    def direction(self, name: str, way: str) -> None:
        if self.up(name) and self.lab.member(name) is not None:
            assert self.lab.type(name, f"crypto gdoi gm ipsec direction {way}") == ""

    @rule(chosen=st.sets(servers, min_size=1), how=st.sampled_from(["", "no "]))
    def receive_only(self, chosen: set[str], how: str) -> None:
        for name in sorted(chosen):
            if self.up(name):
                self.lab.configure(name, self._group, "server local", f"{how}sa receive-only")

    @rule(name=names, what=st.sampled_from(["isakmp", "sa", "session"]))
    def clear_sas(self, name: str, what: str) -> None:
        if self.up(name):
            self.lab.type(name, f"clear crypto {what}")

    @property
    def _map(self) -> str:
        return f"{'ipv6 ' if self.lab.kind == 'ipv6' else ''}crypto map {MAP}"

    @property
    def _list(self) -> str:
        if self.lab.kind == "ipv6":
            return f"ipv6 access-list {POLICY}"
        return f"ip access-list extended {POLICY}"

    @property
    def _group(self) -> str:
        return f"crypto gkm group {'ipv6 ' if self.lab.kind == 'ipv6' else ''}{GROUP}"

    # ---- laws ----

    @rule(name=names, others=st.booleans())
    def judged(self, name: str, others: bool) -> None:
        if self.up(name):
            judge(self.lab, [name], chosen=often, others=others)

    @invariant()
    def members_use_only_keys_that_were_issued(self) -> None:
        if hasattr(self, "laws"):
            self.laws.only_issued_keys(self.joined())

    @precondition(lambda self: not self.lossy)
    @rule()
    def one_primary_on_each_side(self) -> None:
        self.laws.wait(SETTLE_S)
        self.laws.one_primary_on_each_side()

    def teardown(self) -> None:
        """After the faults stop, everybody has the current keys within one TEK lifetime."""
        if not hasattr(self, "laws"):
            return
        self._restore()
        self.laws.wait(SETTLE_S + TEK_S)
        (primary,) = (server for server in self.serving() if server.primary)
        if primary.kernel.now() - (primary.last_rekey_at or 0.0) < ON_ITS_WAY_S:
            self.laws.wait(ON_ITS_WAY_S)
        current = primary.teks[-1].spi
        found = list(self.joined())
        assert len(found) == len(MEMBERS)
        for member in found:
            assert member.state is Registration.REGISTERED
            assert member.holds(current) is not None
        for a in MEMBERS:
            for b in MEMBERS:
                assert a == b or self.lab.lab.traffic(a, b, self.sample).encrypted
        judge(self.lab, chosen=often, others=False)

    @property
    def sample(self) -> Sample:
        """The packet that has to come through."""
        return replace(USUAL, ipv6=self.lab.kind == "ipv6")

    def _restore(self) -> None:
        """Undo what went wrong, and what operators did."""
        self.heal()
        self.laws.wait(10.0)
        for name in (*SERVERS, *MEMBERS):
            self.lab.lab.boot(name)
            lines = [f"interface {self.lab.wan(name)}", "no shutdown"]
            if name in MEMBERS:
                lines.append(self._map)
            self.lab.configure(name, *lines)
        for name in MEMBERS:
            self.lab.type(name, "crypto gdoi gm ipsec direction both")
        for name in SERVERS:
            keys = self.lab.router(name).keys
            pair = keys.signing_pair(LABEL)
            if pair is None or not pair.material.same_as(self.key):
                self.lab.configure(name, f"crypto key zeroize rsa {LABEL}", "yes")
                now = self.lab.router(name).clock.now()
                keys.add(LABEL, self.key, now=now, exportable=True, saved=True)
            self.lab.configure(name, self._group, "server local", "no sa receive-only")


class TestRouters(Routers.TestCase):
    settings = settings(
        max_examples=12,
        stateful_step_count=15,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
