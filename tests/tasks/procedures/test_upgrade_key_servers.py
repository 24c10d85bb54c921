"""Another image for key servers: in the right order, with verified images, without loss."""

from dataclasses import replace
from pathlib import Path

import pytest

from getvpn.errors import CheckError, TransportError, UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.upgrade_choice import How, choose
from getvpn.tasks.procedures.upgrade_images import images

from ..lab_devices import Killed
from ..networks import aliased, group, network
from .upgrade_worlds import NEW, UpgradeWorld

OLD = "c8000v-universalk9.17.09.04a.SPA.bin"
FILE = NEW["xe17"][2]
FLASH = f"bootflash:{FILE}"


PROOF = "a rekey is sent and all members acknowledge it"
REKEY = "crypto gdoi ks group G1 rekey"


def rekeys_of(world: UpgradeWorld) -> list[str]:
    """Where rekeys were sent by hand, in order."""
    return [name for name, line in world.devices.typed if line.startswith(REKEY)]


@pytest.fixture
def world(tmp_path: Path) -> UpgradeWorld:
    """Two key servers and two members of IOS-XE 17, whose traffic is recorded."""
    made = UpgradeWorld(tmp_path)
    made.lab.record_traffic()
    return made


def test_secondaries_restart_first_and_the_primary_comes_back_as_a_secondary(
    world: UpgradeWorld,
) -> None:
    plan = world.server_plan()
    assert plan.obstacles == ()
    assert any("comes back as a secondary" in note for note in plan.notes)

    outcome = world.run(plan)

    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.restarts() == [("KS2", "reload"), ("KS1", "reload")]
    assert world.runs("KS1") == world.runs("KS2") == "17.12.4"
    assert (world.role("KS1"), world.role("KS2")) == ("Secondary", "Primary")
    assert world.lost() == {}
    assert world.is_well()
    for name in ("KS1", "KS2"):
        # the old image is what boots should the new one not
        assert world.boot_lines(name) == [
            f"boot system {FLASH}",
            f"boot system bootflash:{OLD}",
        ]
        assert "ip scp server enable" not in world.configuration(name)
        assert world.saved(name)


def test_nothing_restarts_before_all_images_are_verified(world: UpgradeWorld) -> None:
    world.run(world.server_plan())
    lines = [
        (name, line.split()[0])
        for name, line in world.devices.typed
        if line.startswith(("scp", "verify", "reload"))
    ]
    assert [each for _, each in lines] == ["scp", "scp", "verify", "verify", "reload", "reload"]


@pytest.mark.parametrize("kind", ["classic", "xe16"])
def test_other_platforms_are_upgraded_likewise(tmp_path: Path, kind: str) -> None:
    world = UpgradeWorld(tmp_path, kind)
    world.lab.record_traffic()
    outcome = world.run(world.server_plan())
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.runs("KS1") == world.runs("KS2") == NEW[kind][1]
    assert world.lost() == {}


def test_an_image_that_is_there_is_verified_with_the_hash_that_is_given(
    world: UpgradeWorld,
) -> None:
    world.put("KS1", FLASH)
    world.put("KS2", FLASH)
    right = world.hash("md5")
    plan = world.server_plan(FLASH, hashes={"md5": [right]})
    assert plan.obstacles == ()
    assert not [step for step in plan.steps if step.name.startswith("bring")]
    assert world.run(plan).status is Status.DONE
    assert [line for _, line in world.devices.typed if line.startswith("verify")] == [
        f"verify /md5 {FLASH}"
    ] * 2


def test_a_wrong_hash_restarts_nothing(world: UpgradeWorld) -> None:
    world.put("KS1", FLASH)
    world.put("KS2", FLASH)
    outcome = world.run(world.server_plan(FLASH, hashes={"md5": ["0" * 32]}))
    assert outcome.status is Status.ROLLED_BACK
    assert "MD5" in outcome.reason
    assert "not 0000" in outcome.reason
    assert world.restarts() == []
    assert FILE in world.files("KS1")  # it is not ours to delete


def test_an_image_that_is_damaged_on_the_way_is_removed_again(world: UpgradeWorld) -> None:
    plan = world.server_plan()
    data = bytearray(world.image.read_bytes())
    data[-1] ^= 1
    world.image.write_bytes(data)
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "SHA512" in outcome.reason
    assert world.restarts() == []
    assert world.files("KS1") == world.files("KS2") == [OLD]


def test_copied_images_stay_where_that_is_wanted(world: UpgradeWorld) -> None:
    plan = world.server_plan(keep=True)
    world.lab.fault("KS1", "disk-full")
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert FILE in world.files("KS2")


def test_a_local_image_with_another_hash_is_not_taken(world: UpgradeWorld) -> None:
    with pytest.raises(CheckError, match="get it again"):
        world.server_plan(hashes={"sha512": ["0" * 128]})


# ---- install mode ----


def test_packages_are_installed_where_packages_boot(world: UpgradeWorld) -> None:
    for name in ("KS1", "KS2"):
        world.into_packages(name, OLD)
    plan = world.server_plan()
    assert plan.obstacles == ()
    assert not [step for step in plan.steps if step.name.startswith("let ")]
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.restarts() == [
        ("KS2", f"install add file {FLASH} activate commit"),
        ("KS1", f"install add file {FLASH} activate commit"),
    ]
    assert world.lab["KS1"].software.file.endswith("packages.conf")
    assert world.lost() == {}


def test_packages_can_be_asked_for(world: UpgradeWorld) -> None:
    assert world.run(world.server_plan(mode="install")).status is Status.DONE
    assert world.lab["KS2"].software.file.endswith("packages.conf")
    assert world.runs("KS2") == "17.12.4"


def test_without_the_file_of_the_old_image_there_is_no_way_back(world: UpgradeWorld) -> None:
    world.into_packages("KS1", OLD)
    world.lab["KS1"].files.delete(f"bootflash:{OLD}")
    (bar,) = world.server_plan().obstacles
    assert "no way back" in bar
    assert "--one-way" in bar
    assert world.server_plan(one_way=True).obstacles == ()


def test_packages_go_back_to_packages(world: UpgradeWorld) -> None:
    for name in ("KS1", "KS2"):
        world.into_packages(name, OLD)
    assert world.until(world.server_plan(), "restart KS1 with 17.12.4").status is Status.PAUSED
    assert world.runs("KS2") == "17.12.4"
    assert world.abort().status is Status.ROLLED_BACK
    assert world.runs("KS2") == "17.9.4a"
    assert world.lab["KS2"].software.file.endswith("packages.conf")
    assert FILE not in world.files("KS2")
    assert world.is_well()


# ---- time ----


def test_a_restart_waits_for_a_rekey_that_would_come_in_between(world: UpgradeWorld) -> None:
    world.lab.advance(world.time_to_rekey() - 300)
    plan = world.server_plan()
    assert plan.obstacles == ()
    assert any("waits for a rekey" in note for note in plan.notes)
    before = world.keys()
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.keys() != before
    sent = world.time_of("KS1", "KS_SEND_UNICAST_REKEY")
    assert sent < world.time_of("KS2", "goes down")
    assert world.lost() == {}


def test_a_rekey_that_is_not_acknowledged_lets_nothing_restart(world: UpgradeWorld) -> None:
    world.lab.advance(world.time_to_rekey() - 300)
    plan = world.server_plan()
    world.lab.cut("KS1", "BR2")
    outcome = world.run(plan)
    assert outcome.status is Status.ROLLED_BACK
    assert "a rekey of G1" in outcome.reason
    assert "10.20.2.1 is missing" in outcome.reason
    assert world.restarts() == []


def test_rekeys_that_follow_too_fast_bar_an_upgrade(tmp_path: Path) -> None:
    short = network(
        "xe17", group(policies=[{"traffic": {"between": ["10.0.0.0/8"]}, "lifetime_s": 900}])
    )
    bars = UpgradeWorld(tmp_path, intent=short).server_plan().obstacles
    assert any("make the lifetime of the traffic keys longer" in each for each in bars)
    assert UpgradeWorld(tmp_path, intent=short).server_plan(takes_s=100).obstacles == ()


# ---- roles ----


def test_key_servers_may_call_the_group_otherwise(tmp_path: Path) -> None:
    world = UpgradeWorld(tmp_path, intent=aliased())
    world.lab.kill("KS1")
    world.lab.advance(200)
    world.lab.boot("KS1")
    world.lab.advance(100)
    plan = world.server_plan(hand_over=True, prove="now")
    commands = {line for step in plan.steps for line in step.commands}
    role = "clear crypto gdoi group OF-KS2 ks coop role"
    assert {role, "crypto gdoi ks group OF-KS2 rekey"} < commands
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert ("KS2", role) in world.devices.typed
    assert world.runs("KS1") == world.runs("KS2") == "17.12.4"


def test_a_primary_hands_over_where_another_one_would_win(tmp_path: Path) -> None:
    world = UpgradeWorld(tmp_path)
    world.lab.record_traffic()
    (bar,) = world.server_plan(hand_over=True).obstacles
    assert "elected again" in bar
    # after a takeover the one with the lower priority leads
    world.lab.kill("KS1")
    world.lab.advance(200)
    world.lab.boot("KS1")
    world.lab.advance(100)
    assert world.role("KS2") == "Primary"
    outcome = world.run(world.server_plan(hand_over=True))
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.restarts() == [("KS1", "reload"), ("KS2", "reload")]
    assert ("KS2", "clear crypto gdoi group G1 ks coop role") in world.devices.typed
    assert (world.role("KS1"), world.role("KS2")) == ("Primary", "Secondary")
    assert world.lost() == {}


@pytest.mark.parametrize("prove", ["wait", "now"])
def test_a_rekey_proves_that_members_follow_the_new_primary(
    world: UpgradeWorld, prove: str
) -> None:
    before = world.keys()
    outcome = world.run(world.server_plan(prove=prove))
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.keys() != before
    assert world.lost() == {}


def test_a_proof_that_fails_stops_and_takes_nothing_back(world: UpgradeWorld) -> None:
    assert world.until(world.server_plan(prove="now"), PROOF).status is Status.PAUSED
    world.lab.cut("KS2", "BR1")
    outcome = world.resume()
    assert outcome.status is Status.STOPPED
    assert outcome.state.startswith("all key servers run their new images")
    assert "sends another one" in outcome.advice
    assert world.runs("KS1") == world.runs("KS2") == "17.12.4"
    # a rekey that a member has missed proves nothing any more
    world.lab.mend("KS2", "BR1")
    world.lab.advance(1300)  # and the member has registered again
    assert world.resume().status is Status.DONE
    assert len(rekeys_of(world)) == 2


def test_a_proof_that_is_gone_on_with_sends_no_second_rekey(world: UpgradeWorld) -> None:
    assert world.until(world.server_plan(prove="now"), PROOF).status is Status.PAUSED
    world.kill_behind(REKEY)
    with pytest.raises(Killed):
        world.runner().resume(world.journal.all_runs(limit=1)[0].id)
    assert len(rekeys_of(world)) == 1
    outcome = world.resume()
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert len(rekeys_of(world)) == 1


def test_a_session_that_breaks_behind_the_rekey_sends_no_second_one(world: UpgradeWorld) -> None:
    assert world.until(world.server_plan(prove="now"), PROOF).status is Status.PAUSED
    told = broken = False

    def watch(name: str, line: str) -> None:
        nonlocal told, broken
        if told and not broken:
            broken = True
            world.devices.hang_up()
            raise TransportError("the connection is closed", device=name)
        told = told or line.startswith(REKEY)

    world.devices.watch = watch
    assert world.runner().resume(world.journal.all_runs(limit=1)[0].id).status is Status.DONE
    assert broken
    assert len(rekeys_of(world)) == 1


def test_releases_that_install_in_another_way_are_one_clear_obstacle(tmp_path: Path) -> None:
    world = UpgradeWorld(tmp_path, "xe16")
    soft = world.software(["KS1"])["KS1"]
    assert soft.running is not None
    old = replace(soft.running, version="16.3.7", file="bootflash:packages.conf")
    seen = {"KS1": replace(soft, running=old, free=0)}
    chosen = choose(["KS1"], seen, images([str(world.image)], ["KS1"]), How())
    assert chosen.obstacles == {
        "KS1": "16.3.7 installs packages by 'request platform software', which is left to you; "
        "--mode bundle boots the image as one file"
    }


def test_all_groups_of_the_key_servers_are_watched(tmp_path: Path) -> None:
    both = network("xe17", group(), group("G2", identity=1002))
    world = UpgradeWorld(tmp_path, intent=both)
    world.lab.record_traffic()
    plan = world.server_plan()
    assert plan.groups == ("G1", "G2")
    assert plan.obstacles == ()
    outcome = world.run(plan)
    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.lost() == {}


def test_the_primary_of_the_group_comes_behind_those_of_others(tmp_path: Path) -> None:
    ranks = [{"name": "KS1", "priority": 75}, {"name": "KS2", "priority": 100}]
    both = network("xe17", group("G2", identity=1002), group(servers=ranks))
    world = UpgradeWorld(tmp_path, intent=both)
    world.lab.record_traffic()
    plan = world.server_plan()
    assert plan.obstacles == ()
    right = "it comes back as a secondary, and that is right"
    assert [note for note in plan.notes if "is primary of" in note] == [
        f"KS1 is primary of G2, which another key server takes over; {right}",
        f"KS2 is primary of G1 and restarts last; {right}",
    ]

    outcome = world.run(plan)

    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    assert world.restarts() == [("KS1", "reload"), ("KS2", "reload")]
    assert world.lost() == {}


# ---- what bars an upgrade ----


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> UpgradeWorld:
    """A network for plans that are not carried out."""
    return UpgradeWorld(tmp_path_factory.mktemp("images"))


def test_a_single_key_server_is_not_restarted(tmp_path: Path) -> None:
    document = network("xe17").model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["key_servers"] = document["key_servers"][:1]
    document["groups"][0]["servers"] = document["groups"][0]["servers"][:1]
    world = UpgradeWorld(tmp_path, intent=Intent.model_validate(document))
    assert any("only key server" in each for each in world.server_plan().obstacles)


def test_an_image_of_another_family_is_not_taken(still: UpgradeWorld) -> None:
    other = still.written_image("xe16")
    bars = still.server_plan(str(other)).obstacles
    assert [each.split(";")[0] for each in bars] == [
        f"{name}: it runs an image of c8000v, and none of these is one" for name in ("KS1", "KS2")
    ]


def test_a_register_that_ignores_the_configuration_bars_it(still: UpgradeWorld) -> None:
    still.type("KS2", "configure terminal", "config-register 0x2142", "end", "write memory")
    (bar,) = still.server_plan().obstacles
    still.type("KS2", "configure terminal", "config-register 0x2102", "end", "write memory")
    assert bar.startswith("KS2: its configuration register 0x2142 makes it ignore")


def test_a_full_disk_bars_it(still: UpgradeWorld) -> None:
    still.lab.fault("KS2", "disk-full")
    bars = still.server_plan().obstacles
    still.lab["KS2"].faults.clear()
    assert any("0 bytes are free" in each for each in bars)


def test_what_others_have_not_saved_bars_it(still: UpgradeWorld) -> None:
    still.lab.advance(5)
    still.type("KS2", "configure terminal", "interface Loopback7", "end")
    bars = still.server_plan().obstacles
    still.type("KS2", "write memory")
    assert any("not saved" in each for each in bars)


def test_key_servers_that_run_the_image_already_are_left_alone(world: UpgradeWorld) -> None:
    assert world.run(world.server_plan()).status is Status.DONE
    with pytest.raises(UsageError, match="already"):
        world.server_plan()


def test_only_the_other_key_server_is_upgraded_where_one_is(world: UpgradeWorld) -> None:
    paused = world.until(world.server_plan(keep=True), f"let KS1 boot {FILE}")
    assert paused.status is Status.PAUSED
    plan = world.server_plan()
    assert plan.settings["order"] == ("KS1",)
    assert "KS2 runs its image already" in plan.notes
