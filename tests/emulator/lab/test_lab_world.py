"""Labs as worlds: routers of groups that boot at the start, networks that fail, power that goes."""

import asyncio
import json
from typing import Any

import pytest

from getvpn.emulator import BackgroundLab, Lab
from getvpn.emulator.lab.control import MOST_LINES, Control
from getvpn.emulator.testing import console
from getvpn.errors import InputError

from .visitors import run, visiting

LAB = """\
seed: 7
clock: {start: 2026-01-01T00:00:00Z}
host_keys: {type: ed25519}
network: {latency_ms: 5, mtu: 4470}
parameters: {announce_s: 11}
keys: [{label: REKEY, bits: 1024, exportable: true, devices: [KS1, KS2]}]
devices:
  PE1:
    startup: |
      interface GigabitEthernet0/0/0
       ip address 192.0.2.9 255.255.255.0
       no shutdown
      interface GigabitEthernet0/0/1
       ip address 192.0.3.9 255.255.255.0
       shutdown
  KS1:
    wan: {latency_ms: 1}
    startup: |
      line vty 0 4
       exec-timeout 0 0
      crypto gkm group GETVPN
       identity number 1000
      interface GigabitEthernet0/0/0
       ip address 192.0.2.1 255.255.255.0
       no shutdown
  KS2:
    startup: |
      crypto gkm group GETVPN
       identity number 1000
      interface GigabitEthernet0/0/0
       ip address 192.0.2.2 255.255.255.0
       no shutdown
  GM1:
    platform: isr2911
    startup: |
      crypto gdoi group GETVPN
       identity number 1000
       server address ipv4 192.0.2.1
      interface GigabitEthernet0/0
       ip address 192.0.2.3 255.255.255.0
       no shutdown
"""
PE1, KS1, KS2, GM1 = "192.0.2.9", "192.0.2.1", "192.0.2.2", "192.0.2.3"


@pytest.fixture
def lab() -> Lab:
    return Lab(LAB)


def booted(lab: Lab) -> list[str]:
    return [event.node for event in lab.kernel.events() if event.text == "comes up"]


def reach(lab: Lab, source: str, destination: str) -> bool:
    return lab.network.path(source, destination) is not None


# ---- the beginning ----


def test_routers_of_groups_boot_when_a_lab_is_first_used_in_the_order_of_the_file(lab: Lab) -> None:
    assert booted(lab) == []
    assert lab["KS2"].hostname == "KS2"
    assert booted(lab) == ["KS1", "KS2", "GM1"]
    assert lab["PE1"].hostname == "PE1"
    assert booted(lab) == ["KS1", "KS2", "GM1", "PE1"]


def test_a_jump_of_the_clock_is_a_use_as_well(lab: Lab) -> None:
    lab.advance(60)
    assert booted(lab) == ["KS1", "KS2", "GM1"]
    assert lab["GM1"].uptime_s == 60


def test_served_routers_of_groups_have_booted_when_the_start_is_over() -> None:
    async def talk() -> tuple[list[str], list[float]]:
        async with Lab(LAB) as lab:
            start = lab.kernel.now()
            return booted(lab), [lab[name].booted_at - start for name in ("KS1", "KS2", "GM1")]

    names, times = run(talk)
    assert names == ["KS1", "KS2", "GM1"]
    assert max(times) <= 0.0


def test_a_client_that_comes_early_is_served_at_the_time_of_the_start() -> None:
    visited = asyncio.Event()

    class Late(Lab):
        """A lab whose keys are not made before somebody has come."""

        async def _make_keys(self) -> None:
            await visited.wait()
            await super()._make_keys()

    async def talk() -> tuple[str, float]:
        lab = Late(LAB)
        starting = asyncio.create_task(lab.start())
        while not lab._ports:
            await asyncio.sleep(0)
        try:
            async with visiting(lab.host("PE1")) as visit:
                said: str = await visit.ask("show version | include uptime")
            visited.set()
            await starting
            return said, lab["PE1"].booted_at
        finally:
            await lab.stop()

    said, at = run(talk)
    assert "PE1 uptime is" in said
    assert at == 1_767_225_600.0


def test_devices_know_the_world_of_their_lab(lab: Lab) -> None:
    router = lab["KS1"]
    assert (router.kernel, router.network) == (lab.kernel, lab.network)
    assert router.clock is lab.kernel
    assert router.parameters.announce_s == 11
    node = lab.network.nodes["KS1"]
    assert (node.line.latency_s, node.line.mtu) == (0.001, 4470)
    assert lab.network.nodes["GM1"].line.latency_s == 0.005


def test_key_servers_share_the_keys_of_the_lab_file_and_keep_them(lab: Lab) -> None:
    pairs = [lab[name].keys.signing_pair("REKEY") for name in ("KS1", "KS2", "GM1")]
    assert pairs[0] is not None
    assert pairs[1] is not None
    assert pairs[0].material is pairs[1].material
    assert pairs[2] is None
    assert (pairs[0].bits, pairs[0].exportable) == (1024, True)
    lab["KS1"].reload()
    lab.advance(60)
    assert lab["KS1"].keys.signing_pair("REKEY") is not None
    assert Lab(LAB)["KS1"].keys.signing_pair("REKEY").material.public_der == (  # type: ignore[union-attr]
        pairs[0].material.public_der
    )


def test_the_addresses_of_a_device_that_has_not_booted_are_those_it_will_have(lab: Lab) -> None:
    assert lab.network.owner(PE1) == "PE1"
    assert lab.network.owner("192.0.3.9") is None
    before = lab.network.nodes["PE1"].addresses
    assert lab["PE1"].network is lab.network
    assert lab.network.nodes["PE1"].addresses == before


# ---- what goes wrong ----


def test_a_partition_parts_and_healing_mends(lab: Lab) -> None:
    lab.advance(1)
    lab.partition(["KS1", "GM1"], "KS2")
    assert reach(lab, KS1, GM1)
    assert not reach(lab, KS1, KS2)
    assert not reach(lab, KS1, PE1)
    lab.heal()
    assert reach(lab, KS1, KS2)
    lab.cut("KS1", "KS2", one_way=True)
    assert (reach(lab, KS1, KS2), reach(lab, KS2, KS1)) == (False, True)
    lab.mend("KS1", "KS2")
    lab.line("KS1", latency_s=0.5, loss=1)
    lab.line("KS2", "GM1", mtu=1400)
    lab.prune("239.1.1.1", "GM1")
    path = lab.network.path(KS1, KS2)
    assert path is not None
    assert (path.loss, path.latency_s) == (1.0, 0.505)
    lab.heal()
    assert lab.network.nodes["KS1"].line.latency_s == 0.001
    assert [line.split(" ", 1)[1] for line in lab.events() if " network " in line] == [
        "network partition GM1 KS1 | KS2",
        "network heal",
        "network cut KS1 KS2 one way",
        "network mend KS1 KS2",
        "network line KS1 latency 0.5 loss 1 mtu 4470",
        "network line KS2 GM1 latency 0.01 loss 0 mtu 1400",
        "network prune 239.1.1.1 GM1",
        "network heal",
    ]


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("partition", (), "a partition needs the names of devices on a side"),
        ("partition", (["KS1"], ["KS9"]), "there is no device 'KS9'"),
        ("partition", (["KS1"], ["KS1"]), "KS1 cannot stand on a side twice, nor on two"),
        ("cut", ("KS1", "KS1"), "KS1 has no line to itself"),
        ("mend", ("KS1", "network"), "there is no device 'network'"),
        ("line", ("KS9",), "there is no device 'KS9'"),
        ("prune", ("10.0.0.1", "GM1"), "'10.0.0.1' is no address of a multicast group"),
        ("prune", ("nonsense", "GM1"), "'nonsense' is no address of a multicast group"),
        ("kill", ("KS9",), "there is no device 'KS9'"),
        ("boot", ("KS9",), "there is no device 'KS9'"),
        ("inspect", ("KS9",), "there is no device 'KS9'"),
    ],
)
def test_what_is_not_there_cannot_go_wrong(
    lab: Lab, method: str, arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        getattr(lab, method)(*arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": 2}, "a loss is a share from 0 to 1, not 2"),
        ({"loss": float("nan")}, "a loss is a share"),
        ({"loss": "1"}, "a loss is a share"),
        ({"latency_s": -1}, "a latency is a number of seconds from 0 to 60, not -1"),
        ({"mtu": 60}, "an MTU is a number of bytes from 576 to 65535, not 60"),
        ({"mtu": 1500.5}, "an MTU is a whole number"),
        ({"mtu": True}, "an MTU is a number"),
    ],
)
def test_a_line_has_bounds(lab: Lab, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        lab.line("KS1", **change)


# ---- power ----


def test_a_device_without_power_is_down_until_it_is_booted(lab: Lab) -> None:
    console(lab["KS1"]).configure("interface Loopback7\n ip address 7.7.7.7 255.255.255.255")
    lab.advance(60)
    lab.kill("KS1")
    assert not lab["KS1"].running
    assert not reach(lab, GM1, KS1)
    state = lab.inspect("KS1")
    assert (state["running"], state["groups"]) == (False, None)
    lab.advance(600)
    assert not lab["KS1"].running
    lab.boot("KS1")
    lab.boot("KS1")
    assert reach(lab, GM1, KS1)
    assert lab.network.owner("7.7.7.7") is None  # it was not saved
    assert lab["KS1"].uptime_s == 0
    assert "returned to ROM by PowerOn" in console(lab["KS1"]).run("show version")
    assert [
        line for line in lab.events() if line.endswith((" KS1 goes down", " KS1 comes up"))
    ] == [
        "1767225600.000000 KS1 comes up",
        "1767225660.000000 KS1 goes down",
        "1767226260.000000 KS1 comes up",
    ]


def test_power_brings_back_a_device_that_did_not_return_from_a_reload(lab: Lab) -> None:
    lab.fault("GM1", "reload-never-returns")
    lab["GM1"].reload()
    lab.advance(3600)
    assert not lab["GM1"].running
    lab.boot("GM1")
    assert lab["GM1"].running
    assert "returned to ROM by power-on" in console(lab["GM1"]).run("show version")


def test_power_ends_the_wait_of_a_reload(lab: Lab) -> None:
    lab["KS1"].reload()
    lab.kill("KS1")
    lab.advance(3600)
    assert not lab["KS1"].running
    lab["KS2"].reload()
    lab.boot("KS2")
    lab.advance(3600)
    assert lab["KS2"].uptime_s == 3600


def test_the_port_of_a_device_follows_its_power() -> None:
    async def talk() -> str:
        async with Lab(LAB) as lab:
            lab.kill("KS1")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(lab.host("KS1").address, lab.host("KS1").port)
            lab.boot("KS1")
            async with visiting(lab.host("KS1")) as visit:
                said: str = await visit.ask("show version | include returned")
                return said

    assert "PowerOn" in run(talk)


# ---- looking ----


def test_the_state_of_a_device_is_plain_data(lab: Lab) -> None:
    state = lab.inspect("KS1")
    assert json.loads(json.dumps(state)) == state
    assert state["name"] == "KS1"
    assert state["running"] is True
    assert state["addresses"] == [KS1]
    assert (state["latency_s"], state["mtu"]) == (0.001, 4470)
    assert set(state["groups"]) >= {"role", "servers", "members"}


def test_events_can_be_followed(lab: Lab) -> None:
    lab.advance(1)
    seen = lab.event_count()
    assert len(lab.events()) == seen
    lab.heal()
    assert lab.events(seen) == ["1767225601.000000 network heal"]
    assert lab.events(lab.event_count()) == []


OPERATOR = (
    ("KS1", "configure terminal", "interface Loopback0", "ip address 203.0.113.1 255.255.255.255"),
    ("GM1", "configure terminal", "hostname GM-1", "end", "write memory"),
    ("PE1", "show version", "ping 192.0.2.1", "reload\n\n"),
)


def _played(seed: int) -> tuple[str, list[str]]:
    lab = Lab(LAB.replace("seed: 7", f"seed: {seed}"))
    lab.advance(5)
    for name, *lines in OPERATOR:
        said = console(lab[name]).run(*lines)
        lab.kernel.record(name, said)
        lab.advance(17.5)
    lab.partition(["KS1"])
    lab.advance(300)
    lab.line("KS2", loss=0.3)
    lab.heal()
    lab.kill("GM1")
    lab.advance(3600)
    lab.boot("GM1")
    lab.advance(7200)
    return lab.digest(), lab.events()


def test_the_same_commands_give_the_same_event_log() -> None:
    (one, events), (again, same) = _played(7), _played(7)
    assert events == same
    assert one == again
    assert len(events) > 10


# ---- from outside ----


def test_everything_can_be_done_over_the_control_socket() -> None:
    async def talk() -> list[Any]:
        async with Lab(LAB) as lab:
            control = Control(lab)

            async def ask(do: str, **more: Any) -> Any:
                answer = await control.reply(json.dumps({"do": do, **more}).encode())
                assert answer["ok"], answer
                return answer["result"]

            seen = (await ask("events"))["next"]
            await ask("partition", sides=[["KS1"], ["KS2"]])
            await ask("heal")
            await ask("cut", device="KS1", other="KS2", one_way=True)
            await ask("mend", device="KS1", other="KS2")
            await ask("line", device="KS1", loss=0.5)
            await ask("line", device="KS1", other="KS2", latency_s=0.25, mtu=1400)
            await ask("prune", group="239.1.1.1", device="GM1")
            await ask("prune", group="239.1.1.1", device="GM1", pruned=False)
            await ask("kill", device="GM1")
            down = (await ask("inspect", device="GM1"))["running"]
            await ask("boot", device="GM1")
            now = await ask("advance", seconds=3600)
            assert now >= 1_767_225_600.0 + 3600
            told = await ask("events", since=seen)
            assert told["next"] == lab.event_count()
            assert await ask("digest") == lab.digest()
            lines = [line.split(" ", 1)[1] for line in told["lines"]]
            return [down, [line for line in lines if line.startswith(("network", "GM1 comes"))]]

    down, lines = run(talk)
    assert down is False
    assert lines == [
        "network partition KS1 | KS2",
        "network heal",
        "network cut KS1 KS2 one way",
        "network mend KS1 KS2",
        "network line KS1 latency 0.001 loss 0.5 mtu 4470",
        "network line KS1 KS2 latency 0.25 loss 0.5 mtu 1400",
        "network prune 239.1.1.1 GM1",
        "network graft 239.1.1.1 GM1",
        "GM1 comes up",
    ]


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "partition"},
        {"do": "partition", "sides": []},
        {"do": "partition", "sides": ["KS1"]},
        {"do": "partition", "sides": [["KS9"]]},
        {"do": "partition", "sides": [[["KS1"]]]},
        {"do": "cut", "device": "KS1"},
        {"do": "cut", "device": "KS1", "other": "KS2", "one_way": 1},
        {"do": "mend", "other": "KS2"},
        {"do": "line"},
        {"do": "line", "device": "KS1", "loss": "x"},
        {"do": "line", "device": "KS1", "loss": 7},
        {"do": "line", "device": "KS1", "other": ["KS2"]},
        {"do": "prune", "device": "KS1"},
        {"do": "prune", "device": "KS1", "group": "239.0.0.1", "pruned": "no"},
        {"do": "kill"},
        {"do": "boot", "device": 7},
        {"do": "inspect", "device": {}},
        {"do": "events", "since": -1},
        {"do": "events", "since": True},
        {"do": "advance", "seconds": float("inf")},
    ],
)
def test_a_request_that_cannot_be_is_refused(request_: dict[str, Any]) -> None:
    async def talk() -> list[dict[str, Any]]:
        control = Control(Lab(LAB))
        line = json.dumps(request_).encode()
        return [control.answer(line), await control.reply(line)]

    for answer in run(talk):
        assert answer["ok"] is False
        assert answer["error"]


def test_a_long_event_log_is_told_in_pieces(lab: Lab) -> None:
    lab.advance(0)
    for number in range(MOST_LINES + 5):
        lab.kernel.record("GM1", str(number))
    control, since, found = Control(lab), 0, list[str]()
    while since < lab.event_count():
        told = control.answer(json.dumps({"do": "events", "since": since}).encode())["result"]
        assert len(told["lines"]) <= MOST_LINES
        since, found = told["next"], found + told["lines"]
    assert found == lab.events()


def test_a_lab_in_the_background_can_be_steered() -> None:
    with BackgroundLab(LAB) as lab:
        lab.partition(["KS1"])
        assert not lab.run(lambda: reach(lab.lab, KS1, KS2))
        lab.heal()
        lab.kill("KS2")
        assert lab.inspect("KS2")["running"] is False
        lab.boot("KS2")
        before = lab.inspect("KS2")["now"]
        lab.jump(3600)
        assert 3600 <= lab.inspect("KS2")["now"] - before < 2 * 3600
        assert lab.digest() == lab.lab.kernel.digest()
        with pytest.raises(InputError, match="there is no device 'X'"):
            lab.kill("X")


def test_others_are_served_during_a_long_jump() -> None:
    async def talk() -> tuple[int, bool]:
        async with Lab(LAB) as lab:

            def tick() -> None:
                lab.kernel.post(1.0, tick)

            tick()
            async with visiting(lab.host("KS1")) as visit:
                jump = asyncio.create_task(lab.pass_time(1_000_000.0))
                count = 0
                while not jump.done() and count < 3:
                    await visit.ask("show clock")
                    count += 1
                early = not jump.done()
                await jump
                return count, early

    count, early = run(talk)
    assert count == 3
    assert early


def test_who_is_early_moves_the_clock_when_the_routers_have_booted() -> None:
    async def talk() -> tuple[list[str], float]:
        lab = Lab(LAB)
        starting = asyncio.create_task(lab.start())
        await asyncio.sleep(0)
        begin = lab.clock.now()
        try:
            await lab.pass_time(300.0)
            await starting
            passed = lab.clock.now() - begin
            return [line for line in lab.events() if line.endswith(" comes up")], passed
        finally:
            await lab.stop()

    ups, passed = run(talk)
    assert [line.split()[0] for line in ups] == ["1767225600.000000"] * len(ups)
    assert passed >= 300.0


def test_who_waits_for_a_lab_that_ends_before_it_is_up_goes_on() -> None:
    async def talk() -> None:
        lab = Lab(LAB)
        starting = asyncio.create_task(lab.start())
        await asyncio.sleep(0)
        jump = asyncio.create_task(lab.pass_time(300.0))
        await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await jump

    run(talk)
