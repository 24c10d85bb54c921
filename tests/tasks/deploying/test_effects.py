"""What a change does, in plain sentences."""

from typing import Any

import pytest

from getvpn.inventory.models import Intent
from getvpn.parsers.config import device_config, parse_config
from getvpn.tasks.comparing.plan import Command
from getvpn.tasks.deploying.effects import NOTHING, effects

from ..networks import PKI, group, network, policy
from .worlds import changed, wanted

BASE = network("xe17", member={"fail_close": {}})
SERVERS = [{"name": "KS1", "priority": 90}, {"name": "KS2", "priority": 75}]


def told(one: Intent, other: Intent, name: str) -> tuple[str, ...]:
    """The effects of the way from one network to another on a device."""
    before, after = wanted(one)[name].text, wanted(other)[name]
    old, new = (device_config(parse_config(text, name)) for text in (before, after.text))
    return effects(old, new, after.compared(before).commands)


def member(**changes: Any) -> Intent:
    return network("xe17", member={"fail_close": {}, **changes})


def grouped(**changes: Any) -> Intent:
    return changed(BASE, **changes)


@pytest.mark.parametrize(
    ("intent", "device", "said"),
    [
        (
            grouped(policies=[policy(lifetime_s=3600)]),
            "KS1",
            "G1: the lifetime of traffic keys is 3600 s instead of 7200 s, from the next rekey on",
        ),
        (
            grouped(policies=[policy(transform={"encryption": "aes 128"})]),
            "KS1",
            "G1: how traffic is encrypted is esp-aes 128 esp-sha256-hmac instead of esp-aes 256",
        ),
        (
            grouped(servers=SERVERS),
            "KS1",
            "G1: its priority is 90 instead of 100, which counts in the next election",
        ),
        (grouped(servers=SERVERS[:1]), "KS1", "G1: it cooperates with no key servers any more"),
        (grouped(identity=7), "KS1", "G1: its identity is 7 instead of 1001: members that have"),
        (grouped(identity=7), "BR1", "G1: it registers otherwise than before"),
        (grouped(authorize_addresses=False), "KS1", "G1: other members may register"),
        (grouped(rekey={"key": "NEW"}), "KS1", "G1: rekeys are signed with the RSA key NEW, which"),
        (
            grouped(rekey={"retransmit": {"interval_s": 60, "number": 2}}),
            "KS1",
            "G1: rekeys that nobody acknowledges are sent again at other times",
        ),
        (
            grouped(versions="both"),
            "KS1",
            "G1: members register by IKEv1 and G-IKEv2 instead of IKEv1",
        ),
        (grouped(authentication=PKI), "KS1", "pre-shared keys: 0 set, 3 removed"),
        (
            network("xe17", group(), group("G2", identity=9), member={"fail_close": {}}),
            "KS1",
            "it serves the group G2 from now on",
        ),
        (
            network("xe17", group(), group("G2", identity=9), member={"fail_close": {}}),
            "BR1",
            "it joins the group G2",
        ),
        (
            member(groups=[{"group": "G1", "servers": ["KS2", "KS1"]}]),
            "BR1",
            "G1: it tries the key servers 10.10.2.1, 10.10.1.1, at its next registration",
        ),
        (
            member(groups=[{"group": "G1", "local_clear": ["deny icmp any any"]}]),
            "BR1",
            "G1: it leaves other traffic in clear by itself, at once",
        ),
        (
            member(groups=[{"group": "G1", "passive": True}]),
            "BR1",
            "G1: it takes clear traffic too",
        ),
        (
            member(groups=[{"group": "G1", "recovery_check_s": 100}]),
            "BR1",
            "G1: it watches its keys otherwise",
        ),
        (
            member(fail_close={"extra_clear": ["deny icmp any any"]}),
            "BR1",
            "before it is registered, other traffic passes",
        ),
        (member(map_name="OTHER"), "BR1", "GigabitEthernet1 gets the crypto map OTHER"),
        (member(ike={"lifetime_s": 3600}), "BR1", "IKE protects new sessions otherwise"),
        (grouped(receive_only=True), "BR1", ""),
    ],
)
def test_an_effect_is_said_in_plain_words(intent: Intent, device: str, said: str) -> None:
    found = told(BASE, intent, device)

    assert any(each.startswith(said) for each in found) if said else found == (NOTHING,)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["no crypto map GETVPN-MAP"], "GigabitEthernet1 loses the crypto map GETVPN-MAP: its"),
        (["no crypto gkm group G1"], "it leaves the group G1: its traffic is no longer encrypted"),
        (
            ["interface GigabitEthernet1", "no crypto map"],
            "GigabitEthernet1 loses the crypto map GETVPN-MAP: its traffic is no longer encrypted",
        ),
        (["interface GigabitEthernet2", "no crypto map"], NOTHING),
        (
            ["interface GigabitEthernet1", "shutdown"],
            "GigabitEthernet1 is shut down: sessions over it end",
        ),
        (["ntp server 192.0.2.77"], NOTHING),
    ],
)
def test_what_lines_take_away_is_said(lines: list[str], said: str) -> None:
    text = wanted(BASE)["BR1"].text
    old = device_config(parse_config(text, "BR1"))
    without = text.replace("crypto gkm group G1", "crypto gkm group OTHER")
    new = device_config(parse_config(without if lines[0].endswith("G1") else text, "BR1"))
    command = Command(modes=tuple(lines[:-1]), text=lines[-1])

    found = effects(old, new, [command])

    assert found[-1].startswith(said) if said != NOTHING else found == (NOTHING,)


def test_an_uplink_that_the_intent_no_longer_has_is_told_of() -> None:
    uplink = {"interface": "GigabitEthernet3", "address": "10.21.1.1/24"}
    data = BASE.model_dump(mode="json", by_alias=True, exclude_unset=True)
    data["members"][0]["uplinks"] = [uplink]

    found = told(Intent.model_validate(data), BASE, "BR1")

    assert (
        "GigabitEthernet3 loses the crypto map GETVPN-MAP: its traffic is no longer encrypted"
        in found
    )
