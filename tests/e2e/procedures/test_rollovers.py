"""Rollovers by the command over real SSH: how they go, and how they end when something fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from getvpn.emulator.device import Router
from getvpn.inventory.models import Intent

from ...tasks.networks import network as usual
from ...tasks.procedures.stage_worlds import edited
from .operating import BOOT_S, Act, Operated, Said, operated

FIT, MADE, BROUGHT = "the group is fit", "make the key", "bring the key"
REMOVED, SIGNED = "remove the key .* from KS2", "sign rekeys with .* on KS1"
IN_PLACE = "in-place"
UNDOING = "stopped; taken back as far as"
IN_USE = "stopped; the new key is in use, members still hold the old one"
ON_KS1 = "stopped; the new key is on KS1"
EVERYWHERE = "stopped; the new key is on all key servers"
UNCHANGED = "stopped; nothing was changed"
SPLIT = "KS1, KS2 are primary of G1 at once; mend the way between them"
UNSAVED = "does not save its configuration: %Error opening nvram:/startup-config"
ALL_STEPS = {"new-label": 11, "in-place": 8}
BOTH = ("KS1", "KS2")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A network whose key servers have one key or another; each test leaves it well."""
    with operated(usual(), tmp_path_factory.mktemp("network")) as made:
        yield made


@pytest.fixture(autouse=True)
def traffic(network: Operated) -> Iterator[None]:
    """Traffic flows, and in the end everything is well again."""
    network.lab.record_traffic()
    yield
    network.heal()
    assert network.is_well()


def key_of(network: Operated) -> str:
    """The key that both key servers have, and sign with after a restart, too."""
    (label,) = network.labels("KS1")
    assert network.labels("KS2") == [label]
    assert network.signs_with("KS1") == network.signs_with("KS2") == label
    halves = {network.at(name, lambda router: _public(router, label)) for name in BOTH}
    assert len(halves) == 1
    return label


def _public(router: Router, label: str) -> bytes:
    (pair,) = router.keys.pairs(label=label)
    found: bytes = pair.material.public_der
    return found


def rollover(
    network: Operated, strategy: str, *more: str, when: dict[str, Act] | None = None
) -> tuple[Said, str, str]:
    """Carry a rollover out; what was said, the key of before, the one that is to be.

    New names are longer each time, so that the configuration needs more space.
    """
    old = key_of(network)
    new = old if strategy == "in-place" else f"{old}X"
    label = [] if new == old else ["--label", new]
    words = ["--strategy", strategy, *label, *more]
    intent = meant(network, old)
    said = network.execute("rollover", "rsa", *words, intent=intent, when=when)
    return said, old, new


def meant(network: Operated, key: str) -> Intent:
    """The intent with the key that is in use."""
    return edited(network.intent, lambda said: said["groups"][0].update(rekey={"key": key}))


# ---- how they go ----


@pytest.mark.parametrize(("strategy", "cipher"), [("new-label", "aes"), ("in-place", "3des")])
def test_a_rollover_is_proven_by_its_journal(
    network: Operated, strategy: str, cipher: str, tmp_path: Path
) -> None:
    key = key_of(network)
    before = network.at("KS1", lambda router: _public(router, key))

    said, _, new = rollover(network, strategy, "--cipher", cipher)

    assert network.is_done(said)
    assert key_of(network) == new
    assert network.at("KS1", lambda router: _public(router, new)) != before
    assert network.lost() == {}
    events = network.events(said)
    assert [each["kind"] for each in events].count("done") == ALL_STEPS[strategy]
    sent = [each["text"] for each in events if each["kind"] == "sent"]
    (export,) = (text for text in sent if "crypto key export" in text)
    assert export == f"(config) crypto key export rsa {new} pem terminal <removed>"
    assert any("turned the rekey down, as expected" in each["text"] for each in events)

    page = tmp_path / "evidence.html"
    assert network.call("runs", "report", said.run, "-o", str(page)).code == 0
    document = network.call("runs", "report", said.run, "-f", "markdown").out
    for text in (page.read_text("utf-8"), document):
        assert f"bring the key {new} to KS2" in text
        assert "PRIVATE KEY" not in text
    assert "crypto key export" in network.written()
    assert "PRIVATE KEY" not in network.written()


def test_what_stands_in_the_way_is_told_and_nothing_is_done(network: Operated) -> None:
    key = key_of(network)
    refused = network.execute("rollover", "rsa", "--label", key, intent=meant(network, key))
    assert refused.code == 1
    assert "obstacle: a key " in refused.out
    network.fault("KS2", "refuse")()
    unreachable = network.execute("rollover", "rsa", intent=meant(network, key))
    assert unreachable.code == 1
    assert "obstacle: KS2: it cannot be reached: " in unreachable.out
    network.fault("KS1", "refuse")()
    nobody = network.execute("rollover", "rsa", intent=meant(network, key))
    assert (nobody.code, nobody.out) == (3, "")
    assert nobody.err.endswith("cannot be reached: connection refused\n")
    other = network.execute("rollover", "rsa", "--group", "G9", intent=meant(network, key))
    assert (other.code, other.out) == (2, "")
    network.heal()
    assert key_of(network) == key


# ---- what goes wrong ----


@pytest.mark.parametrize(
    ("strategy", "number"), [("new-label", 2), ("new-label", 4), ("in-place", 4)]
)
def test_sessions_that_break_in_each_step_are_opened_again(
    network: Operated, strategy: str, number: int
) -> None:
    count = ALL_STEPS[strategy]

    def broken() -> None:
        for name in BOTH:
            network.fault(name, f"drop-after {number}")()

    when = {str(step): broken for step in range(1, count)}
    said, _, new = rollover(network, strategy, when=when)
    assert network.ends(said) == "done"
    assert "looking again" in said.err
    assert key_of(network) == new
    assert network.lost() == {}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong when some line is written, how the run ends then, and why."""

    name: str
    at: str
    strikes: Callable[[Operated, str], object]
    ends: str
    why: str = ""
    strategy: str = "new-label"
    loses: bool = False


def _cut_off(name: str) -> Callable[[Operated, str], object]:
    return lambda it, _: it.cut_off(name)


def _other_password(it: Operated, _: str) -> None:
    it.fault("KS2", "login-failure 99")()
    it.fault("KS2", "drop-after 1")()


def _crash(it: Operated, _: str, boot_s: float = 600.0) -> None:
    it.boots_in("KS2", boot_s)
    it.fault("KS2", "crash-at-write")()


def _never_back(it: Operated, key: str) -> None:
    it.fault("KS2", "reload-never-returns")()
    _crash(it, key)


def _locked(it: Operated, key: str) -> None:
    it.at("KS1", lambda router: router.keys.lock(key))


def _full(name: str) -> Callable[[Operated, str], object]:
    return lambda it, _: it.fault(name, "disk-full")()


def _away(it: Operated, _: str) -> None:
    it.lab.kill("BR2")


def _late(before_s: float) -> Callable[[Operated, str], object]:
    return lambda it, _: it.until_rekey(before_s)


def _parted(it: Operated, _: str) -> None:
    it.lab.cut("KS1", "KS2")


FAULTS = (
    Fault("secondary unreachable", MADE, _cut_off("KS2"), "rolled back", "KS2: 127.0.0.1:"),
    Fault("primary unreachable", BROUGHT, _cut_off("KS1"), UNDOING, "KS1: 127.0.0.1:"),
    Fault("password changed", MADE, _other_password, "rolled back", "KS2: turns the user admin"),
    Fault("disk full on the primary", FIT, _full("KS1"), "rolled back", f"KS1: {UNSAVED}"),
    Fault("disk full on a secondary", MADE, _full("KS2"), "rolled back", f"KS2: {UNSAVED}"),
    Fault("key not exportable", MADE, _locked, "rolled back", "KS1: does not export the key"),
    Fault("partition before", MADE, _parted, IN_USE, SPLIT),
    Fault("partition behind", SIGNED, _parted, IN_USE, SPLIT),
    Fault("time runs out", BROUGHT, _late(30), "done"),
    Fault("restart too long", MADE, _crash, UNDOING, "KS2: 127.0.0.1:"),
    Fault("never back", MADE, _never_back, UNDOING, "KS2: 127.0.0.1:"),
    Fault("member away", SIGNED, _away, IN_USE, "members with the new key: not within", loses=True),
    Fault("secondary unreachable", MADE, _cut_off("KS2"), ON_KS1, "KS2: 127.0.0.1:", IN_PLACE),
    Fault("primary unreachable", FIT, _cut_off("KS1"), UNCHANGED, "KS1: 127.0.0.1:", IN_PLACE),
    Fault("key not exportable", MADE, _locked, "done", "", IN_PLACE),
    Fault("partition", REMOVED, _parted, EVERYWHERE, SPLIT, IN_PLACE),
    Fault("time runs out", REMOVED, _late(-30), "done", "", IN_PLACE),
    Fault("restart too long", MADE, _crash, ON_KS1, "KS2: 127.0.0.1:", IN_PLACE),
    Fault("never back", MADE, _never_back, ON_KS1, "KS2: 127.0.0.1:", IN_PLACE),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: f"{it.strategy}: {it.name}")
def test_a_rollover_ends_where_that_is_named_whatever_fails(
    network: Operated, fault: Fault
) -> None:
    old = key_of(network)
    new = old if fault.strategy == "in-place" else f"{old}X"
    when = {fault.at: lambda: fault.strikes(network, new)}

    said, _, _ = rollover(network, fault.strategy, "--look-every", "900", when=when)

    status = network.ends(said)
    assert said.ended.startswith(fault.ends)
    assert said.told("why: ").startswith(fault.why)
    network.boots_in("KS2", BOOT_S)
    network.heal()
    if status == "stopped":
        assert f"'getvpn runs resume {said.run} " in said.told("next: ")
        status = network.ends(network.resume(said))
        assert status == ("rolled back" if fault.ends == UNDOING else "done")
    assert key_of(network) == (new if status == "done" else old)
    assert bool(network.lost()) is fault.loses
