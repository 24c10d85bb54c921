"""Plans of rollovers: their steps, what stands in the way, and what people are told."""

from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.tasks.procedures.model import Lane

from ..networks import group, network
from .group_worlds import changed
from .rollover_worlds import NEW, OLD, RolloverWorld, steps


@pytest.fixture(scope="module")
def untouched() -> RolloverWorld:
    """A network that plans are made for, and nothing is done to."""
    return RolloverWorld()


@pytest.fixture(scope="module")
def shared() -> RolloverWorld:
    """A network of two groups that sign with the same key; nothing is done to it."""
    return RolloverWorld(network("xe17", group(), group("G2", identity=1002)))


@pytest.fixture
def world() -> RolloverWorld:
    return RolloverWorld()


def test_a_new_label_is_made_before_the_old_one_is_broken(untouched: RolloverWorld) -> None:
    plan = untouched.plan()
    assert plan.obstacles == ()
    assert steps(plan) == [
        "the group is fit for it",
        f"make the key {NEW} on KS1",
        f"bring the key {NEW} to KS2",
        "all key servers have the same key",
        "there is time to change over",
        f"sign rekeys with {NEW} on KS2",
        f"sign rekeys with {NEW} on KS1",
        "follow the members until each holds the new key",
        f"remove the key {OLD} from KS2",
        f"remove the key {OLD} from KS1",
        "the group is well",
    ]
    final = [step.name for step in plan.steps if step.final]
    assert final == [f"remove the key {OLD} from KS2", f"remove the key {OLD} from KS1"]


def test_in_place_follows_the_order_of_the_seed(untouched: RolloverWorld) -> None:
    plan = untouched.plan(strategy="in-place")
    assert plan.obstacles == ()
    assert steps(plan) == [
        "the group is fit for it",
        f"remove the key {OLD} from KS1",
        f"remove the key {OLD} from KS2",
        f"make the key {OLD} on KS1",
        f"bring the key {OLD} to KS2",
        "all key servers have the same key",
        "follow the members until each holds the new key",
        "the group is well",
    ]
    assert any("there is no way back" in note for note in plan.notes)


def test_the_exact_commands_are_shown_without_secrets(untouched: RolloverWorld) -> None:
    by_name = {step.name: step for step in untouched.plan(cipher="3des").steps}
    making = by_name[f"make the key {NEW} on KS1"]
    assert making.commands == (
        f"crypto key generate rsa general-keys label {NEW} modulus 2048 exportable",
        "write memory",
    )
    assert making.dialogue == ()  # nothing is removed, as long as it is not taken back
    assert by_name[f"bring the key {NEW} to KS2"].commands == (
        f"KS1: crypto key export rsa {NEW} pem terminal 3des <passphrase>",
        f"crypto key import rsa {NEW} pem exportable terminal <passphrase>",
        "write memory",
    )
    assert by_name[f"sign rekeys with {NEW} on KS1"].commands == (
        "crypto gkm group G1",
        "server local",
        f"rekey authentication mypubkey rsa {NEW}",
        "write memory",
    )
    removal = by_name[f"remove the key {OLD} from KS1"]
    assert removal.commands == (f"crypto key zeroize rsa {OLD}", "write memory")
    assert removal.dialogue == ("Do you really want to remove these keys? [yes/no]: yes",)


def test_members_are_told_in_waves(untouched: RolloverWorld) -> None:
    names = [name for name in steps(untouched.plan(wave=1)) if "wave" in name]
    assert names == ["let wave 1 of 2 register again", "let wave 2 of 2 register again"]


@pytest.mark.parametrize(
    ("old", "taken", "new"),
    [
        ("REKEY", (), "REKEY-2"),
        ("REKEY-2", (), "REKEY-3"),
        ("REKEY-9", ("REKEY-10", "REKEY-11"), "REKEY-12"),
        ("REKEY-2026-1", (), "REKEY-2026-2"),
    ],
)
def test_the_new_label_is_the_old_one_with_a_number(
    old: str, taken: tuple[str, ...], new: str
) -> None:
    from getvpn.tasks.procedures.rollover_plan import _next_label

    assert _next_label(old, set(taken)) == new


def test_the_label_and_the_size_may_be_chosen(untouched: RolloverWorld) -> None:
    plan = untouched.plan(label="OTHER", modulus=3072)
    assert "make the key OTHER on KS1" in steps(plan)
    assert "label OTHER modulus 3072" in plan.steps[1].commands[0]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"strategy": "sideways"}, "there is no strategy 'sideways'"),
        ({"modulus": 1024}, "a modulus of 1024 bits is not offered"),
        ({"strategy": "in-place", "label": "OTHER"}, "in place the key keeps its label"),
        ({"label": "A B"}, "'A B': the name of a key should be letters, digits, "),
        ({"label": ""}, "'': the name of a key should be letters, digits, "),
        ({"label": "A\nreload"}, r"the name of a key holds '\\n', which could be taken for"),
        ({"label": "A?"}, "the name of a key holds '[?]', which could be taken for"),
    ],
)
def test_calls_without_meaning_are_refused(
    untouched: RolloverWorld, wanted: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        untouched.plan(**wanted)


def test_a_group_that_nobody_shows_is_refused(untouched: RolloverWorld) -> None:
    with pytest.raises(UsageError, match="no key server shows which RSA key signs"):
        untouched.plan({})


def test_the_steps_that_must_come_before_the_rekey_are_known(untouched: RolloverWorld) -> None:
    plan = untouched.plan()
    lanes = [step.lane for step in plan.steps]
    assert lanes[1:7] == [Lane.BEFORE_REKEY] * 6
    assert set(lanes[7:]) == {Lane.ANY}
    assert plan.left_s == pytest.approx(untouched.time_to_rekey(), abs=5)
    assert 0 < plan.window_s < 120


def test_people_are_told_to_bring_the_intent_up_to_date(untouched: RolloverWorld) -> None:
    said = f"the intent is to say 'rekey: {{key: {NEW}}}' of G1 when it is done"
    assert any(said in note for note in untouched.plan().notes)
    assert not any("the intent" in note for note in untouched.plan(strategy="in-place").notes)


# ---- obstacles ----


def test_too_little_time_is_an_obstacle(world: RolloverWorld) -> None:
    plan = world.plan()
    world.lab.advance(world.time_to_rekey() - plan.window_s)
    (obstacle,) = world.plan().obstacles
    assert "the next rekey leaves in" in obstacle
    assert "wait until it has been sent" in obstacle


def test_a_key_with_the_new_name_is_an_obstacle(world: RolloverWorld) -> None:
    world.lab["KS2"].keys.generate_rsa("OTHER", 512, now=0.0)
    assert world.plan(label="OTHER").obstacles == (
        "a key OTHER exists already; give another one with --label",
    )


def test_a_key_of_a_certificate_is_an_obstacle(world: RolloverWorld) -> None:
    lines = ("crypto pki trustpoint CA", f"rsakeypair {OLD}", "end", "write memory")
    world.type("KS2", "configure terminal", *lines)
    (obstacle,) = world.plan().obstacles
    assert obstacle.startswith(f"KS2: the certificate of the trustpoint CA belongs to {OLD} and")


def test_the_key_of_ssh_is_an_obstacle(world: RolloverWorld) -> None:
    named = ("configure terminal", f"ip ssh rsa keypair-name {OLD}", "end", "write memory")
    world.type("KS1", *named)
    world.lab["KS2"].keys.zeroize(label="KS2")
    assert [each.partition(";")[0] for each in world.plan().obstacles] == [
        f"KS2: SSH uses {OLD} too, and would lose it",
        f"KS1: SSH uses {OLD} too, and would lose it",
    ]


def test_ssh_with_other_keys_is_none(world: RolloverWorld) -> None:
    other = "ip ssh server algorithm hostkey ecdsa-sha2-nistp256"
    world.type("KS1", "configure terminal", other, "end", "write memory")
    world.lab["KS1"].keys.zeroize(label="KS1")
    assert world.plan().obstacles == ()


def test_a_key_of_another_group_stays(shared: RolloverWorld) -> None:
    plan = shared.plan()
    assert plan.obstacles == ()
    assert not [name for name in steps(plan) if name.startswith("remove")]
    assert f"{OLD} stays on KS2, KS1, where other groups sign with it: G2" in plan.notes
    assert not any(step.final for step in plan.steps)


def test_in_place_a_key_of_another_group_is_an_obstacle(shared: RolloverWorld) -> None:
    assert shared.plan(strategy="in-place").obstacles == tuple(
        f"{name}: the group G2 signs with {OLD} too; --strategy new-label leaves it there"
        for name in ("KS2", "KS1")
    )


def test_another_key_than_that_of_the_intent_is_an_obstacle(world: RolloverWorld) -> None:
    world.intent = changed(world.intent, rekey={"key": "OTHER"})
    assert any(
        f"the intent says that OTHER signs rekeys of G1, KS1 says {OLD}" in each
        for each in world.plan().obstacles
    )


def test_a_group_that_is_not_well_is_an_obstacle(world: RolloverWorld) -> None:
    world.lab.kill("KS2")
    world.lab.advance(200)
    assert any("KS2" in each for each in world.plan().obstacles)
