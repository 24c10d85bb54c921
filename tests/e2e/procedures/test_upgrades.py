"""Upgrades by the command over real SSH: how they go, and how they end when something fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from getvpn.emulator.files.images import Image as LabImage
from getvpn.emulator.files.images import write_image

from ...tasks.networks import network as usual
from .operating import BOOT_S, Operated, operated

OLD, NEW = "17.9.4a", "17.12.4"
FILE = "c8000v-universalk9.17.12.04.SPA.bin"
SERVERS, MEMBERS = ("KS1", "KS2"), ("BR1", "BR2")
ALL = (*MEMBERS, *SERVERS)
OPTIONS = ("--look-every", "900", "--within", "600", "--takes", "200")
STEPS = 12
FIT, COPIED, VERIFIED = "the key servers are fit", "bring the image to KS1", "verify .* on KS1"
TOLD, RESTARTED, IN_STEP = "let KS2 boot", "restart KS2", "KS2 is in step"
UNDONE = "stopped; taken back as far as '{}', which could not be undone"
NOT_COPIED = UNDONE.format("bring the image to KS2")
NOT_TOLD = UNDONE.format(f"let KS2 boot {FILE}")
NOT_RESTARTED = UNDONE.format(f"restart KS2 with {NEW}")
KS1_NOT_RESTARTED = UNDONE.format(f"restart KS1 with {NEW}")
KS1_NOT_TOLD = UNDONE.format(f"let KS1 boot {FILE}")
NOT_BACK = "KS2: is not back 600 s after its restart"
SPLIT = "KS1 and KS2 are primary of G1 at once; mend the way between them"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A network that each test finds well, with the old images."""
    with operated(usual(), tmp_path_factory.mktemp("network")) as made:
        yield made


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = LabImage(family="c8000v", version=NEW, size=4096)
    return write_image(tmp_path_factory.mktemp("images"), FILE, made)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image for other hardware by the same name: it does not boot."""
    made = LabImage(family="isr4400", version=NEW, size=4096)
    return write_image(tmp_path_factory.mktemp("wrong"), FILE, made)


@pytest.fixture(autouse=True)
def traffic(network: Operated) -> Iterator[None]:
    """Traffic flows, and in the end everything is well and as it was."""
    network.lab.record_traffic()
    yield
    for name in ALL:
        network.boots_in(name, BOOT_S)
    network.heal()
    for name in ALL:
        network.type(name, "configure terminal", "no boot system", "end", "write memory")
        if network.version(name) != OLD:
            network.type(name, "reload", "")
            network.lab.advance(BOOT_S + 100)
        network.type(name, f"delete /force bootflash:{FILE}")
    network.heal()
    assert network.is_well()


def is_as_before(network: Operated, names: tuple[str, ...] = SERVERS) -> bool:
    """Whether devices run and boot what they did, and have no other images."""
    return all(
        network.version(name) == OLD
        and "boot system" not in network.shown(name, "show startup-config")
        and "ip scp server" not in network.shown(name, "show running-config")
        and FILE not in network.shown(name, "dir")
        for name in names
    )


# ---- how they go ----


def test_key_servers_get_their_image_one_after_the_other(network: Operated, image: Path) -> None:
    said = network.execute("upgrade", "key-servers", *OPTIONS, "--image", str(image), "--prove=now")

    assert network.is_done(said)
    assert [network.version(name) for name in SERVERS] == [NEW, NEW]
    assert (network.role("KS1"), network.role("KS2")) == ("Secondary", "Primary")
    assert network.lost() == {}
    events = network.events(said)
    restarts = [each["device"] for each in events if each["text"].startswith("reload")]
    assert restarts == ["KS2", "KS1"]
    assert sum(each["text"].startswith("(scp)") for each in events) == 2
    report = network.call("runs", "report", said.run, "-f", "markdown").out
    assert "verify /sha512" in report


def test_members_get_their_image_in_waves(network: Operated, image: Path) -> None:
    said = network.execute("upgrade", "members", *OPTIONS, "--image", str(image), "--wave", "1")

    assert network.is_done(said)
    assert [network.version(name) for name in MEMBERS] == [NEW, NEW]
    assert [network.version(name) for name in SERVERS] == [OLD, OLD]
    restarts = [
        each["device"] for each in network.events(said) if each["text"].startswith("reload")
    ]
    assert sorted(restarts) == ["BR1", "BR2"]


def test_a_canary_that_does_not_boot_its_image_is_taken_back(
    network: Operated, wrong: Path
) -> None:
    said = network.execute(
        *("upgrade", "members", *OPTIONS, "--image", str(wrong), "--canary", "BR1")
    )
    assert network.ends(said) == "rolled back"
    assert "BR1" in said.told("why: ")
    assert is_as_before(network, MEMBERS)


def test_what_stands_in_the_way_is_told_and_nothing_is_done(network: Operated, image: Path) -> None:
    words = ("upgrade", "key-servers", *OPTIONS)
    altered = network.execute(*words, "--image", str(image), "--sha512", "0" * 128)
    assert (altered.code, altered.out) == (1, "")
    assert altered.err.splitlines()[-1].startswith("getvpn: error: ")
    nowhere = network.execute(*words, "--image", "nowhere-17.12.04.SPA.bin")
    assert nowhere.code == 2
    absent = network.execute(*words, "--image", f"bootflash:{FILE}", "--md5", "0" * 32)
    assert absent.code == 1
    assert "obstacle: " in absent.out
    network.fault("KS2", "refuse")()
    unreachable = network.execute(*words, "--image", str(image))
    assert unreachable.code == 1
    assert "obstacle: KS2: it cannot be reached: " in unreachable.out
    network.heal()
    for name in SERVERS:
        network.fault(name, "disk-full")()
    full = network.execute(*words, "--image", str(image))
    assert full.code == 1
    assert "0 bytes are free on bootflash:" in full.err
    assert is_as_before(network)


# ---- what goes wrong ----


@pytest.mark.parametrize("number", [2, 4])
def test_sessions_that_break_in_each_step_are_opened_again(
    network: Operated, image: Path, number: int
) -> None:
    def broken() -> None:
        for name in SERVERS:
            network.fault(name, f"drop-after {number}")()

    when = {str(step): broken for step in range(1, STEPS)}
    said = network.execute("upgrade", "key-servers", *OPTIONS, "--image", str(image), when=when)
    assert network.ends(said) == "done"
    assert "looking again" in said.err
    assert [network.version(name) for name in SERVERS] == [NEW, NEW]
    assert network.lost() == {}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong when some line is written, how the run ends then, and why."""

    name: str
    at: str
    strikes: Callable[[Operated], object]
    ends: str
    why: str = ""
    image: str = "image"


def _fault(name: str, fault: str) -> Callable[[Operated], object]:
    return lambda it: it.fault(name, fault)()


def _full(name: str) -> Callable[[Operated], object]:
    return _fault(name, "disk-full")


def _cut_off(name: str) -> Callable[[Operated], object]:
    return lambda it: it.cut_off(name)


def _slow(it: Operated) -> None:
    it.boots_in("KS2", 1500)


def _parted(it: Operated) -> None:
    it.lab.cut("KS1", "KS2")


def _nobody(it: Operated) -> None:
    it.until_rekey(300)
    it.lab.kill("BR2")


def _nothing(it: Operated) -> None:
    del it


FAULTS = (
    Fault("secondary unreachable", FIT, _cut_off("KS2"), "rolled back", "KS2: 127.0.0.1:"),
    Fault("secondary unreachable with a copy", COPIED, _cut_off("KS2"), NOT_COPIED, "KS2: 127"),
    Fault("secondary unreachable before its restart", TOLD, _cut_off("KS2"), NOT_TOLD, "KS2 to"),
    Fault("primary unreachable", IN_STEP, _cut_off("KS1"), NOT_RESTARTED, "KS1 to answer: not"),
    Fault("restart too long", COPIED, _slow, NOT_RESTARTED, NOT_BACK),
    Fault("never back", COPIED, _fault("KS2", "reload-never-returns"), NOT_RESTARTED, NOT_BACK),
    Fault("wrong image", FIT, _nothing, "rolled back", f"KS2: runs {OLD}", image="wrong"),
    Fault("disk full while copying", FIT, _full("KS1"), "rolled back", "KS1: bootflash: has 0"),
    Fault("disk full when it is told", VERIFIED, _full("KS2"), NOT_TOLD, "KS2: does not save"),
    Fault("disk full on the primary", IN_STEP, _full("KS1"), KS1_NOT_TOLD, "KS1: does not save"),
    Fault("partition before", COPIED, _parted, NOT_RESTARTED, SPLIT),
    Fault("partition behind", RESTARTED, _parted, KS1_NOT_RESTARTED, SPLIT),
    Fault("no time left", VERIFIED, lambda it: it.until_rekey(300), "done"),
    Fault("no time left and a member away", VERIFIED, _nobody, "rolled back", "a rekey of G1: not"),
    Fault("crash", VERIFIED, _fault("KS2", "crash-at-write"), "done"),
    Fault("primary dies", TOLD, lambda it: it.lab.kill("KS1"), NOT_RESTARTED, "KS1 cannot be"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.name)
def test_an_upgrade_ends_where_that_is_named_whatever_fails(
    network: Operated, fault: Fault, request: pytest.FixtureRequest
) -> None:
    image: Path = request.getfixturevalue(fault.image)
    when = {fault.at: lambda: fault.strikes(network)}

    said = network.execute("upgrade", "key-servers", *OPTIONS, "--image", str(image), when=when)

    status = network.ends(said)
    assert said.ended.startswith(fault.ends)
    assert said.told("why: ").startswith(fault.why)
    network.boots_in("KS2", BOOT_S)
    network.heal()
    if status == "stopped":
        assert f"'getvpn runs resume {said.run} " in said.told("next: ")
        status = network.ends(network.resume(said))
        assert status == "rolled back"
    if status == "done":
        assert [network.version(name) for name in SERVERS] == [NEW, NEW]
    else:
        assert is_as_before(network)
    assert bool(network.lost()) is (fault.strikes is _nobody)
