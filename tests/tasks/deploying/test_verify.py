"""What a change made worse, and who has what the key servers give out."""

import itertools
import sys
from collections.abc import Callable

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.collecting.wanted import CONFIG_COMMAND
from getvpn.tasks.deploying.observing import GM, KS_POLICY
from getvpn.tasks.deploying.verify import OnPolicy, Texts, members_on, worse

from ..networks import network
from .looking import Running, Seen, healthy, saying, told

CIPHER = "  rekey algorithm aes 256\n"


def texts(seen: Seen, *names: str) -> dict[str, Texts]:
    return {name: seen[name].texts for name in names or seen}


def changed(seen: Seen, name: str, command: str, old: str, new: str) -> dict[str, Texts]:
    return texts(saying(seen, name, command, old, new))


# ---- what is worse ----


def test_nothing_is_worse_where_nothing_changed() -> None:
    intent, seen = healthy()
    assert worse(texts(seen), texts(seen), intent) == []


def test_a_finding_that_was_not_there_is_new() -> None:
    intent, seen = healthy()
    after = changed(seen, "KS1", CONFIG_COMMAND, CIPHER, "  rekey algorithm 3des-cbc\n")
    found = worse(texts(seen), after, intent)
    assert "COOP006" in {finding.rule for finding in found}
    alone = worse(texts(seen, "KS1"), {"KS1": after["KS1"]}, intent)
    assert "COOP006" not in {finding.rule for finding in alone}
    assert {finding.device for finding in alone} == {"KS1"}
    assert alone
    assert worse(after, after, intent) == []
    assert worse(after, texts(seen), intent) == []


def test_a_finding_at_another_line_is_not_new() -> None:
    intent, seen = healthy()
    after = changed(
        seen, "KS1", CONFIG_COMMAND, "hostname KS1\n", "hostname KS1\n!\nip host a 10.0.0.1\n"
    )
    assert worse(texts(seen), after, intent) == []


def test_a_second_finding_of_a_kind_is_new() -> None:
    intent, seen = healthy()
    key = "crypto isakmp key Key-PSK_BR1 address 10.20.1.1"
    line = next(
        line for line in seen["KS1"].texts[CONFIG_COMMAND].split("\n") if line.startswith(key)
    )
    after = changed(
        seen, "KS1", CONFIG_COMMAND, line, f"{line}\ncrypto isakmp key Any-key address 0.0.0.0"
    )
    found = worse(texts(seen), after, intent)
    assert {finding.device for finding in found} == {"KS1"}
    assert all(finding.rule.startswith("IKE") for finding in found)


def test_numbers_that_run_by_themselves_are_not_news() -> None:
    intent, seen = healthy()
    kek = seen["KS1"].served[0].kek
    assert kek is not None
    label = "time to rekey (sec): "
    before = changed(seen, "KS1", KS_POLICY, label, f"{label}9")
    assert worse(before, texts(seen), intent) == []


def test_rules_and_profiles_can_be_chosen() -> None:
    intent, seen = healthy()
    after = changed(seen, "KS1", CONFIG_COMMAND, CIPHER, "  rekey algorithm 3des-cbc\n")
    assert worse(texts(seen), after, intent, select=["MTU"]) == []
    strict = worse({}, texts(seen), intent, profile="stig", select=["IKE"])
    usual = worse({}, texts(seen), intent, select=["IKE"])
    assert len(strict) > len(usual)
    with pytest.raises(UsageError, match="unknown profile 'none'"):
        worse({}, {}, intent, profile="none")


def test_devices_that_the_intent_does_not_have_do_not_count() -> None:
    intent, seen = healthy()
    other = {"SOME-ROUTER": seen["KS1"].texts}
    assert worse({}, other, intent) == []


def calls(work: Callable[[], object]) -> int:
    """How many calls and returns there are in some work, however fast the machine is."""
    counted = itertools.count()
    sys.setprofile(lambda *_: next(counted))
    try:
        work()
    finally:
        sys.setprofile(None)
    return next(counted)


def test_a_device_of_four_hundred_lines_takes_no_time() -> None:
    intent, seen = healthy()
    config = seen["KS1"].texts[CONFIG_COMMAND]

    def calls_with(interfaces: int) -> int:
        filler = "".join(
            f"interface Loopback{n}\n ip address 10.{n // 250}.{n % 250}.1 255.255.255.255\n!\n"
            for n in range(100, 100 + interfaces)
        )
        long = config.replace("ip forward-protocol nd\n", f"{filler}ip forward-protocol nd\n")
        assert long.count("\n") > 3 * interfaces + 100
        said = {"KS1": {**seen["KS1"].texts, CONFIG_COMMAND: long}}
        assert worse(said, said, intent) == []
        return calls(lambda: worse(said, said, intent))

    few, some, many = map(calls_with, (0, 90, 180))
    assert some < 1_000_000
    assert many - some < 1.1 * (some - few)


# ---- who is on the policy ----


@pytest.fixture
def running() -> Running:
    """A network of two key servers and two members."""
    return Running(network())


def standing(running: Running) -> dict[str, OnPolicy]:
    return members_on(running.group(running.look()))


def test_members_get_the_changed_policy_by_the_rekey(running: Running) -> None:
    assert all(each.current for each in standing(running).values())
    config = running.look(["KS1"])["KS1"].config
    assert config is not None
    name = config.key_servers[0].sas[0].acl
    for server in ("KS2", "KS1"):
        running.configure(server, f"ip access-list extended {name}", "5 deny udp any any eq 5060")
    for each in standing(running).values():
        assert each.policy is False
        assert each.why == ("its access list is not that of the key servers",)

    running.lab.cut("KS1", "BR2")
    running.type("KS1", "crypto gdoi ks rekey")
    running.lab.advance(5)
    found = standing(running)
    assert found["BR1"].current
    assert (found["BR1"].traffic_keys, found["BR1"].policy) == (True, True)
    assert not found["BR2"].current
    assert (found["BR2"].traffic_keys, found["BR2"].policy) == (False, False)
    spi = next(iter(running.look()["KS1"].served[0].tek_spis))
    assert f"it lacks the traffic key 0x{spi:08X}" in found["BR2"].why


def test_members_keep_the_old_signing_key_until_they_register_again(running: Running) -> None:
    lines = ("crypto key generate rsa label GETVPN-REKEY modulus 1024 exportable", "yes")
    running.type("KS1", "configure terminal", *lines, "end")
    for each in standing(running).values():
        assert each.signing_key is False
        assert each.why == ("it verifies rekeys with another RSA key",)


def test_a_member_that_is_not_registered_is_not_on_the_policy() -> None:
    intent, seen = healthy()
    away = saying(seen, "BR1", GM, ": Registered\n", ": Registering\n")
    found = _first(intent, away)
    assert found["BR1"].why[0] == "it is not registered"
    assert found["BR2"].current


def test_without_a_primary_there_is_nothing_to_compare_with() -> None:
    intent, seen = healthy()
    assert _first(intent, {name: seen[name] for name in ("KS2", "BR1")}) == {}


def test_what_is_not_known_is_not_held_against_a_member() -> None:
    intent, seen = healthy()
    keep = {CONFIG_COMMAND, GM}
    bare = told(seen["BR1"], lambda texts: [texts.pop(name) for name in set(texts) - keep])
    assert _first(intent, {**seen, "BR1": bare})["BR1"] == OnPolicy(
        member="BR1", traffic_keys=True, policy=True
    )


def _first(intent: Intent, seen: Seen) -> dict[str, OnPolicy]:
    from getvpn.tasks.deploying.network import looks

    return members_on(next(looks(intent, seen)))
