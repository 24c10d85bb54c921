"""Deployments in the time of a lab: what is changed, in which order, and what if it fails."""

import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.deploy import Deployment, Store, Told
from getvpn.tasks.deploying.lock import DeploymentLock
from getvpn.tasks.deploying.planning import Choices
from getvpn.tasks.deploying.reporting import handle
from getvpn.tasks.deploying.waves import Wave

from ..lab_devices import Killed, LabDevices
from ..networks import group, network, policy
from .worlds import (
    bare,
    changed,
    deployed,
    more_in_clear,
    policy_of,
    saved,
    saved_world,
    told,
    world,
)

NETWORK = network("xe17")
ICMP = "deny icmp any any"


@pytest.fixture
def devices() -> LabDevices:
    """A network in which all is well and saved."""
    return saved_world(NETWORK)


def with_longer_ike(intent: Intent, seconds: int = 3600) -> Intent:
    """A change of all members that needs no rekey."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    for member in document["members"]:
        member["ike"] = {"lifetime_s": seconds}
    return Intent.model_validate(document)


def with_wan(intent: Intent, name: str, address: str) -> Intent:
    """The same network, in which a device has another address."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    for device in (*document["key_servers"], *document["members"]):
        if device["name"] == name:
            device["wan"]["address"] = address
    return Intent.model_validate(document)


def running(devices: LabDevices, name: str) -> str:
    return console(devices.lab[name]).run("show running-config | begin hostname")


def states(found: Deployment) -> dict[str, str]:
    return {name: each.state for name, each in found.devices.items()}


# ---- what goes well ----


def test_a_policy_reaches_all_members_and_a_second_deployment_changes_nothing(
    devices: LabDevices, tmp_path: Path
) -> None:
    intent = more_in_clear(NETWORK)

    found = deployed(intent, devices, tmp_path)

    assert (found.state, found.exit_code) == ("done", 0)
    assert found.said == "all devices are as intended"
    acts = [each for each in told(devices) if "memory" in each[1] or "icmp" in each[1]]
    assert acts == [
        *(("KS2", line) for line in (f"125 {ICMP}", "write memory")),
        *(("KS1", line) for line in (f"125 {ICMP}", "write memory")),
    ]
    assert told(devices)[-1] == ("KS1", "crypto gdoi ks group G1 rekey")
    assert found.rekeys["G1"].reached == ("BR1", "BR2")
    for name in ("BR1", "BR2"):
        assert ICMP in policy_of(devices, name)
    assert all(saved(devices, name) for name in ("KS1", "KS2"))

    devices.typed.clear()
    again = deployed(intent, devices, tmp_path)
    assert (again.state, again.exit_code) == ("nothing to do", 0)
    assert told(devices) == []


def test_a_dry_run_touches_nothing_and_saves_its_plan(devices: LabDevices, tmp_path: Path) -> None:
    found = deployed(more_in_clear(NETWORK), devices, tmp_path, commit=False)

    assert (found.state, found.exit_code) == ("planned", 0)
    assert told(devices) == []
    assert sorted(path.name for path in found.folder.iterdir()) == ["plan.json"]
    plan = json.loads((found.folder / "plan.json").read_text())
    assert [each["device"] for each in plan["devices"]] == ["KS2", "KS1"]
    lines = ["ip access-list extended POLICY-G1", f" 125 {ICMP}"]
    assert plan["devices"][0]["commands"][:2] == lines
    assert plan["rekeys"][0]["command"] == "crypto gdoi ks group G1 rekey"


def test_who_is_asked_may_say_no(devices: LabDevices, tmp_path: Path) -> None:
    found = deployed(more_in_clear(NETWORK), devices, tmp_path, confirm=lambda _: False)

    assert (found.state, found.exit_code) == ("declined", 1)
    assert told(devices) == []


def test_members_are_changed_in_waves(devices: LabDevices, tmp_path: Path) -> None:
    found = deployed(
        with_longer_ike(NETWORK), devices, tmp_path, choices=Choices(wave=Wave.of("1"))
    )

    assert states(found) == {"BR1": "changed", "BR2": "changed"}
    assert found.rekeys == {}
    names = [name for name, line in told(devices) if line == "write memory"]
    assert names == ["BR1", "BR2"]


def test_a_network_that_is_new_comes_up(tmp_path: Path) -> None:
    devices = bare(NETWORK)

    found = deployed(NETWORK, devices, tmp_path)

    assert found.state == "done", found
    assert list(found.devices) == ["KS2", "KS1", "BR1", "BR2"]
    assert set(states(found).values()) == {"changed"}
    assert found.rekeys == {}
    # who has the highest priority is primary, although it is the last to come
    assert "Local KS Role: Primary" in console(devices.lab["KS1"]).run("show crypto gdoi ks coop")
    assert deployed(NETWORK, devices, tmp_path).state == "nothing to do"


def test_each_group_gets_its_rekey_from_its_own_primary(tmp_path: Path) -> None:
    def groups(*clear: str) -> list[dict[str, Any]]:
        led = [{"name": "KS2", "priority": 100}, {"name": "KS1", "priority": 75}]
        one, other = (
            [policy(traffic={"between": [net], "clear": ["esp", "gdoi", *clear]})]
            for net in ("10.0.0.0/8", "172.16.0.0/12")
        )
        return [
            group("A", identity=1, policies=one),
            group("B", identity=2, servers=led, policies=other),
        ]

    devices = world(network("xe17", *groups()))
    choices = Choices(ignored=("ALL",))

    found = deployed(network("xe17", *groups("icmp")), devices, tmp_path, choices=choices)

    assert found.state == "done", found
    (stage,) = found.plan.stages
    assert (stage.name, set(stage.devices)) == ("primary key servers", {"KS1", "KS2"})
    assert told(devices)[-2:] == [
        ("KS1", "crypto gdoi ks group A rekey"),
        ("KS2", "crypto gdoi ks group B rekey"),
    ]


def test_a_group_that_key_servers_call_otherwise_gets_its_rekey(tmp_path: Path) -> None:
    names = zip(NETWORK.groups[0].servers, ("CORP", "OLD"), strict=True)
    servers = [
        {"name": each.name, "priority": each.priority, "group_name": name} for each, name in names
    ]
    aliased = changed(NETWORK, servers=servers)
    devices = saved_world(aliased)
    one = deployed(more_in_clear(aliased), devices, tmp_path, choices=Choices(devices={"KS1"}))
    assert (one.state, one.plan.rekeys) == ("refused", ())
    assert any(each.startswith("group G1: KS2 would keep") for each in one.obstacles)
    found = deployed(more_in_clear(aliased), devices, tmp_path)
    assert [each.command for each in found.plan.rekeys] == ["crypto gdoi ks group CORP rekey"]
    assert found.rekeys["G1"].state == "sent"
    assert "deny icmp any any" in policy_of(devices, "BR1")


def test_another_key_server_joins_the_others(tmp_path: Path) -> None:
    document = NETWORK.model_dump(by_alias=True, mode="json", exclude_unset=True)
    wan = {**document["key_servers"][0]["wan"], "address": "192.0.2.13/30"}
    other = {**document["key_servers"][0], "name": "KS3", "address": "10.10.3.1", "wan": wan}
    document["key_servers"].append(other)
    document["groups"][0]["servers"].append({"name": "KS3", "priority": 50})
    intent = Intent.model_validate(document)
    devices = bare(intent)
    assert deployed(NETWORK, devices, tmp_path).state == "done"
    devices.lab.advance(60)

    found = deployed(intent, devices, tmp_path)

    assert found.state == "done", found
    assert [stage.devices for stage in found.plan.stages[:2]] == [("KS2", "KS3"), ("KS1",)]
    assert found.rekeys == {}
    assert deployed(intent, devices, tmp_path).state == "nothing to do"


def test_a_rekey_may_be_left_to_people_and_is_not_forgotten(
    devices: LabDevices, tmp_path: Path
) -> None:
    intent = more_in_clear(NETWORK)
    found = deployed(intent, devices, tmp_path, choices=Choices(rekey=False))

    assert (found.state, found.rekeys["G1"].state) == ("done", "left")
    assert "the policy of G1 waits for 'crypto gdoi ks group G1 rekey' on KS1" in found.said
    assert ICMP not in policy_of(devices, "BR1")

    again = deployed(intent, devices, tmp_path)
    assert again.devices == {}
    assert again.rekeys["G1"].state == "sent"
    assert ICMP in policy_of(devices, "BR1")
    assert deployed(intent, devices, tmp_path).state == "nothing to do"


def test_who_is_stopped_before_a_rekey_says_that_it_waits(
    devices: LabDevices, tmp_path: Path
) -> None:
    stop, intent = Event(), more_in_clear(NETWORK)

    def last(name: str, line: str) -> None:
        if (name, line) == ("KS1", "write memory"):
            stop.set()

    devices.watch = last
    found = deployed(intent, devices, tmp_path, manner={"stop": stop})

    assert (found.state, found.exit_code, found.rekeys) == ("stopped", 130, {})
    assert found.said == (
        "it was stopped; KS2, KS1 as intended; the policy of G1 waits for "
        "'crypto gdoi ks group G1 rekey' on KS1"
    )
    assert deployed(intent, devices, tmp_path).rekeys["G1"].state == "sent"


def test_a_rekey_that_somebody_has_sent_is_not_sent_again(
    devices: LabDevices, tmp_path: Path
) -> None:
    intent = more_in_clear(NETWORK)
    deployed(intent, devices, tmp_path, choices=Choices(rekey=False))
    console(devices.lab["KS1"]).run("crypto gdoi ks rekey")
    devices.lab.advance(60)

    assert deployed(intent, devices, tmp_path).state == "nothing to do"


# ---- what is in the way ----


def test_obstacles_forbid_everything_until_they_are_accepted(
    devices: LabDevices, tmp_path: Path
) -> None:
    devices.lab.advance(5)
    console(devices.lab["KS2"]).configure("interface Loopback3\n")
    intent = more_in_clear(NETWORK)

    found = deployed(intent, devices, tmp_path)
    assert (found.state, found.exit_code) == ("refused", 1)
    assert told(devices) == []
    (obstacle,) = found.obstacles
    assert obstacle.startswith("KS2: the user 'admin' has changed its configuration and not saved")

    again = deployed(intent, devices, tmp_path, manner={"accepted": [handle(obstacle)]})
    assert again.state == "done"


def test_the_name_of_an_obstacle_does_not_depend_on_seconds() -> None:
    one, other = (f"KS1, group G1: the next rekey leaves in {n} s, needs 150 s" for n in (90, 85))
    assert handle(one) == handle(other)
    assert handle("KS1: down") != handle("KS2: down")


def test_one_deployment_is_on_at_a_time(devices: LabDevices, tmp_path: Path) -> None:
    store = Store(tmp_path / ".getvpn")
    store.prepare()
    with DeploymentLock(store.lock), pytest.raises(Exception, match="another deployment"):
        deployed(NETWORK, devices, tmp_path)
    assert devices.typed == []


def test_a_device_that_changed_after_the_plan_is_left_alone(
    devices: LabDevices, tmp_path: Path
) -> None:
    def confirm(_: object) -> bool:
        console(devices.lab["KS2"]).configure("ip access-list extended POLICY-G1\nno 130\n")
        return True

    found = deployed(more_in_clear(NETWORK), devices, tmp_path, confirm=confirm)

    assert (found.state, found.exit_code) == ("failed", 1)
    assert states(found) == {"KS2": "failed"}
    assert (
        "its configuration is another one than when this was planned" in found.devices["KS2"].said
    )
    assert told(devices) == []


# ---- what fails ----


def overlapping(devices: LabDevices, name: str, address: str) -> None:
    """Give a router an interface that the intent does not know of."""
    terminal = console(devices.lab[name])
    terminal.configure(f"interface Loopback9\n ip address {address} 255.255.255.252\n")
    terminal.run("write memory")


def test_a_refused_line_takes_the_device_back_and_the_key_servers_before_it(
    devices: LabDevices, tmp_path: Path
) -> None:
    overlapping(devices, "KS1", "192.0.2.13")
    before = {name: running(devices, name) for name in ("KS1", "KS2")}
    intent = more_in_clear(with_wan(NETWORK, "KS1", "192.0.2.9/29"))

    found = deployed(intent, devices, tmp_path)

    assert (found.state, found.exit_code) == ("failed", 1)
    assert states(found) == {"KS2": "rolled back", "KS1": "rolled back"}
    said = found.devices["KS1"].said
    assert "refuses" in said
    assert "'ip address 192.0.2.9 255.255.255.248'" in said
    assert "overlaps with Loopback9" in said
    assert {name: running(devices, name) for name in ("KS1", "KS2")} == before
    assert all(saved(devices, name) for name in ("KS1", "KS2"))
    assert ("KS1", "crypto gdoi ks group G1 rekey") not in told(devices)
    assert ICMP not in policy_of(devices, "BR1")
    assert found.said == "KS1 failed; KS2, KS1 as before"


def test_what_the_audit_would_find_is_told_before_and_forbids_it_unless_it_is_meant(
    devices: LabDevices, tmp_path: Path
) -> None:
    intent = changed(NETWORK, policies=[policy(lifetime_s=600)])

    found = deployed(intent, devices, tmp_path)
    assert found.state == "refused"
    first = found.obstacles[0]
    assert first.startswith("KS1: the audit finds TEK")
    rules = tuple(first.rpartition("--ignore ")[2].split(","))

    found = deployed(intent, devices, tmp_path, choices=Choices(ignored=rules))
    assert found.state == "done"


def test_what_the_audit_finds_after_a_change_takes_it_back(
    devices: LabDevices, tmp_path: Path
) -> None:
    intent = changed(NETWORK, policies=[policy(lifetime_s=600)])
    obstacles = deployed(intent, devices, tmp_path).obstacles

    found = deployed(intent, devices, tmp_path, manner={"accepted": obstacles})

    assert states(found) == {"KS2": "rolled back"}
    assert "the audit finds TEK" in found.devices["KS2"].said


def test_key_servers_that_part_after_a_change_are_taken_back(
    devices: LabDevices, tmp_path: Path
) -> None:
    def part(name: str, line: str) -> None:
        if (name, line) == ("KS2", "end"):
            devices.watch = None
            devices.lab.partition(["KS1"], ["KS2"])

    before = running(devices, "KS2")
    devices.watch = part
    found = deployed(more_in_clear(NETWORK), devices, tmp_path, manner={"soak_s": 90})

    assert (found.state, found.exit_code) == ("failed", 1)
    assert states(found) == {"KS2": "rolled back"}
    assert "not well after" in found.devices["KS2"].said
    assert running(devices, "KS2") == before


def test_a_wave_with_too_many_failures_is_the_last(devices: LabDevices, tmp_path: Path) -> None:
    overlapping(devices, "BR1", "10.1.77.1")
    document = with_longer_ike(NETWORK).model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["members"][0]["lan"][0]["address"] = "10.1.77.2/24"
    intent = Intent.model_validate(document)
    wave = Wave.of("1")

    found = deployed(intent, devices, tmp_path, choices=Choices(wave=wave))
    assert (found.state, found.exit_code) == ("failed", 1)
    assert states(found) == {"BR1": "rolled back"}
    assert found.said == "BR1 failed; BR1 as before; BR2 not changed"

    found = deployed(intent, devices, tmp_path, choices=Choices(wave=wave, max_failures=1))
    assert (found.state, found.exit_code) == ("done", 1)
    assert states(found) == {"BR1": "rolled back", "BR2": "changed"}


def test_a_fault_of_the_program_itself_leaves_no_device_half_way(
    devices: LabDevices, tmp_path: Path
) -> None:
    def tell(told: Told) -> None:
        if told.clause == "is checked":
            raise ZeroDivisionError

    before = running(devices, "KS2")
    with pytest.raises(ZeroDivisionError):
        deployed(more_in_clear(NETWORK), devices, tmp_path, manner={"report": tell})

    assert running(devices, "KS2") == before
    assert deployed(more_in_clear(NETWORK), devices, tmp_path).state == "done"


def test_a_device_that_is_lost_is_taken_back_when_it_is_there_again(
    devices: LabDevices, tmp_path: Path
) -> None:
    def drop(name: str, line: str) -> None:
        if (name, line) == ("BR1", "encryption aes 256") or line == "lifetime 3600":
            devices.watch = None
            devices.hang_up()

    before = running(devices, "BR1")
    devices.watch = drop
    found = deployed(with_longer_ike(NETWORK), devices, tmp_path)

    assert found.exit_code == 1
    assert states(found)["BR1"] == "rolled back"
    assert "the session ended while lines were entered" in found.devices["BR1"].said
    assert running(devices, "BR1") == before


def test_who_wants_it_to_end_has_the_key_servers_agree(devices: LabDevices, tmp_path: Path) -> None:
    stop = Event()

    def press(name: str, line: str) -> None:
        if (name, line) == ("KS2", "write memory"):
            stop.set()

    before = running(devices, "KS2")
    devices.watch = press
    found = deployed(more_in_clear(NETWORK), devices, tmp_path, manner={"stop": stop})

    assert (found.state, found.exit_code) == ("stopped", 130)
    assert states(found) == {"KS2": "rolled back"}
    assert running(devices, "KS2") == before
    assert saved(devices, "KS2")
    assert found.said == "it was stopped; KS2 as before; KS1 not changed"


def test_a_rekey_that_members_do_not_get_is_told(devices: LabDevices, tmp_path: Path) -> None:
    def lose(name: str, line: str) -> None:
        if (name, line) == ("KS1", "crypto gdoi ks group G1 rekey"):
            devices.lab.cut("KS1", "BR2")
            devices.lab.cut("KS2", "BR2")

    devices.watch = lose
    found = deployed(more_in_clear(NETWORK), devices, tmp_path)

    assert (found.state, found.exit_code) == ("failed", 1)
    assert found.rekeys["G1"].reached == ("BR1",)
    assert list(found.rekeys["G1"].missed) == ["BR2"]
    assert (
        "1 of 2 members have not got it: BR2 (it lacks the traffic key" in found.rekeys["G1"].said
    )


# ---- secrets ----


def left_behind(folder: Path) -> str:
    """Everything in the files of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "".join(path.read_text("utf-8", errors="replace") for path in files)


def test_no_secret_is_left_behind_once_all_is_well(
    devices: LabDevices, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    psk = {"kind": "psk", "member": "env:NEW_{NAME}", "coop": "env:NEW_COOP"}
    said: list[str] = []

    found = deployed(
        changed(NETWORK, authentication=psk),
        devices,
        tmp_path,
        manner={"report": lambda told: said.append(str(told))},
    )

    assert found.state == "done", found
    assert "Key-NEW_COOP" in running(devices, "KS1")
    assert len(list(tmp_path.rglob("*.cfg"))) == 4
    everything = left_behind(tmp_path) + caplog.text + str(said) + repr(found)
    assert [key for key in ("Key-PSK", "Key-NEW", "$9$") if key in everything] == []


def test_a_backup_keeps_its_secrets_while_they_are_needed(
    devices: LabDevices, tmp_path: Path
) -> None:
    def end(name: str, line: str) -> None:
        if (name, line) == ("KS2", "write memory"):
            raise Killed

    devices.watch = end
    intent = more_in_clear(NETWORK)
    with pytest.raises(Killed):
        deployed(intent, devices, tmp_path)
    devices.watch = None
    devices.hang_up()
    assert "Key-PSK_COOP" in left_behind(tmp_path)

    assert deployed(intent, devices, tmp_path).state == "done"
    assert "Key-PSK" not in left_behind(tmp_path)


def test_backups_stay_whole_if_that_is_wanted(devices: LabDevices, tmp_path: Path) -> None:
    before = running(devices, "KS2")
    deployed(more_in_clear(NETWORK), devices, tmp_path, manner={"keep_secrets": True})

    (backup,) = tmp_path.glob(".getvpn/deployments/*/backups/KS2/*.cfg")
    assert backup.read_text().endswith(before)


# ---- a key server that goes ----


def with_third_server(*, serving: bool) -> Intent:
    """A network of three key servers, the third of which may have nothing to do."""
    servers = [{"name": f"KS{n}", "priority": 100 - n} for n in ((1, 2, 3) if serving else (1, 2))]
    document = network("xe17", group(servers=servers[:2])).model_dump(
        by_alias=True, mode="json", exclude_unset=True
    )
    document["groups"][0]["servers"] = servers
    first = document["key_servers"][0]
    wan = {**first["wan"], "address": "192.0.2.13/30"}
    document["key_servers"].append({**first, "name": "KS3", "address": "10.10.3.1", "wan": wan})
    return Intent.model_validate(document)


@pytest.mark.parametrize("devices", [None, frozenset({"KS3"})], ids=["all", "only that one"])
def test_one_key_server_of_three_stops_to_serve_a_group_that_goes_on(
    tmp_path: Path, devices: frozenset[str] | None
) -> None:
    routers = world(with_third_server(serving=True))
    for name in ("KS1", "KS2", "KS3", "BR1", "BR2"):
        console(routers.lab[name]).run("write memory")
    intent = with_third_server(serving=False)
    choices = Choices(devices=devices, remove_groups=frozenset({"G1"}))

    found = deployed(intent, routers, tmp_path, choices=choices)

    assert (found.state, found.exit_code) == ("done", 0), (found.said, found.obstacles)
    assert "group G1" not in running(routers, "KS3")
    if devices is not None:
        assert {name for name, _ in told(routers)} == {"KS3"}
        found = deployed(intent, routers, tmp_path)
        assert (found.state, found.exit_code) == ("done", 0), (found.said, found.obstacles)
    assert deployed(intent, routers, tmp_path).state == "nothing to do"


def test_who_was_not_reached_is_not_called_as_intended(devices: LabDevices, tmp_path: Path) -> None:
    devices.lab.power_off("BR2")

    found = deployed(with_longer_ike(NETWORK), devices, tmp_path, choices=Choices(max_failures=1))

    assert (found.state, found.exit_code) == ("done", 3)
    assert found.said == "all devices that were reached are as intended"


def test_a_key_server_gets_another_address_and_is_alone_until_its_peer_knows_that(
    devices: LabDevices, tmp_path: Path
) -> None:
    document = NETWORK.model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["key_servers"][1]["address"] = "10.10.77.1"

    found = deployed(Intent.model_validate(document), devices, tmp_path)

    assert (found.state, found.exit_code) == ("done", 0), found.said
    assert list(found.devices) == ["KS2", "KS1", "BR1", "BR2"]


def test_it_is_told_when_a_member_is_not_well_either_with_what_it_had(
    devices: LabDevices, tmp_path: Path
) -> None:
    # no route leads there, and the key servers let it in with that address only
    found = deployed(with_wan(NETWORK, "BR1", "10.99.1.1/24"), devices, tmp_path)

    assert states(found) == {"KS2": "changed", "KS1": "changed", "BR1": "rolled back"}
    first, _, then = found.devices["BR1"].said.partition("; nor is it well with what it had: ")
    for said in (first, then):
        assert "BR1, group G1: it was registered before the change and is not now" in said
