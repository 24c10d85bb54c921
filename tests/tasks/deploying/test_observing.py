"""One look at a device: what is asked, once each, and what the answers are."""

import pickle
from ipaddress import ip_address

import pytest

from getvpn.errors import OverdueError, TransportError
from getvpn.inventory.models import Intent
from getvpn.tasks.collecting.wanted import CONFIG_COMMAND
from getvpn.tasks.deploying.health import obstacles
from getvpn.tasks.deploying.observing import (
    CONFIGURED,
    GM,
    GM_PUBKEY,
    GM_REKEY,
    KS,
    KS_COOP,
    STARTUP_DIFFERENCES,
    STATE,
    Observed,
    observe,
    unreachable,
)
from getvpn.tasks.deploying.seen import PRIMARY, SECONDARY

from ..networks import group, network, policy
from .looking import Running, Seen, Told, healthy, told


@pytest.fixture(scope="module")
def rekeyed() -> tuple[Intent, Seen]:
    """A network of two policies, some seconds after a rekey."""
    running = Running(network("xe17", group(policies=[policy(), policy(number=20)])))
    running.type("KS1", "crypto gdoi ks rekey")
    running.lab.advance(20)
    return running.intent, running.look()


def test_each_command_is_asked_once_in_one_session() -> None:
    _, seen = healthy()
    for name, role in (("KS1", "key server"), ("BR1", "member")):
        device = Told(name, seen[name].texts)
        again = observe(device, role)  # type: ignore[arg-type]  # only `send` is called
        assert device.asked == [*CONFIGURED[role], *STATE[role]]  # type: ignore[index]
        assert again.texts == seen[name].texts
        device.asked.clear()
        observe(device, role, whole=False)  # type: ignore[arg-type]
        assert device.asked == [*STATE[role]]  # type: ignore[index]


def test_who_changed_the_configuration_is_asked_what() -> None:
    _, seen = healthy()
    text = seen["BR1"].texts[CONFIG_COMMAND].replace("00:00:00 UTC", "00:00:09 UTC", 1)
    text = text.replace("Jan 1 2026\n", "Jan 1 2026 by admin\n", 1)
    device = Told("BR1", {**seen["BR1"].texts, CONFIG_COMMAND: text})
    again = observe(device, "member")  # type: ignore[arg-type]
    assert device.asked[-1] == STARTUP_DIFFERENCES
    assert again.saved.unsaved
    assert again.saved.by == "admin"


def test_a_router_that_says_gkm_is_asked_in_its_words() -> None:
    _, seen = healthy()
    texts = {command.replace(" gdoi", " gkm"): text for command, text in seen["BR1"].texts.items()}
    again = observe(Told("BR1", texts), "member")  # type: ignore[arg-type]
    assert again.texts == seen["BR1"].texts
    assert again.refused == {}
    assert again.joined == seen["BR1"].joined


def test_a_key_server_is_read_by_group() -> None:
    _, seen = healthy()
    first, second = (seen[name].served_group("G1") for name in ("KS1", "KS2"))
    assert first is not None
    assert second is not None
    assert (first.role, second.role) == (PRIMARY, SECONDARY)
    assert not first.alone
    assert first.address == ip_address("10.10.1.1")
    assert first.priority == 100
    assert [(peer.address, peer.status) for peer in first.peers] == [(second.address, "Alive")]
    assert first.member_count == second.member_count == 2
    assert first.knows([ip_address("10.20.1.1")])
    assert not first.knows([ip_address("10.20.9.1")])
    assert first.lists_members
    assert first.kek_spi == second.kek_spi
    assert first.tek_spis == second.tek_spis == first.every_tek_spi
    assert first.label == "GETVPN-REKEY"
    assert first.public_key == second.public_key == seen["KS1"].public_keys["GETVPN-REKEY"]
    assert first.remaining_s is not None
    assert first.time_to_rekey_s is not None
    assert 0 < first.time_to_rekey_s < first.remaining_s <= 7200
    assert seen["KS1"].served_group("G2") is None
    assert seen["KS1"].joined == ()


def test_a_member_is_read_by_group() -> None:
    _, seen = healthy()
    (server,), (member,) = seen["KS1"].served, seen["BR1"].joined
    assert member.registered
    assert member.status == "Registered"
    assert member.registered_with == (ip_address("10.10.1.1"),)
    assert member.addresses == (ip_address("10.20.1.1"),)
    assert member.tek_spis == server.tek_spis
    assert server.kek_spi is not None
    assert member.has_kek(server.kek_spi)
    assert not member.has_kek(server.kek_spi ^ 1 << 127)
    assert [address for address, _ in member.public_keys] == [ip_address("10.10.1.1")]
    assert member.reregisters_in_s is not None
    assert member.rekeys_received == 0
    assert seen["BR1"].joined_group("G2") is None
    assert seen["BR1"].served == ()


def test_a_rekey_leaves_old_and_new_keys(rekeyed: tuple[Intent, Seen]) -> None:
    _, seen = rekeyed
    (server,), (member,) = seen["KS1"].served, seen["BR1"].joined
    assert len(server.teks) == len(server.tek_spis) == 2
    assert len(server.every_tek_spi) == 4
    assert server.tek_spis < server.every_tek_spi == member.tek_spis
    assert member.rekeys_received == 1
    assert server.rekeys_sent == 1


def test_a_look_may_be_limited_to_groups() -> None:
    _, seen = healthy()
    for name, role in (("KS1", "key server"), ("BR1", "member")):
        device = Told(name, seen[name].texts)
        assert len(_all(observe(device, role, groups=["G1"]))) == 1  # type: ignore[arg-type]
        assert _all(observe(device, role, groups=["G2"])) == []  # type: ignore[arg-type]


def _all(seen: Observed) -> list[object]:
    return [*seen.served, *seen.joined]


def test_a_look_survives_pickling_and_shows_no_secret_in_passing() -> None:
    _, seen = healthy()
    copy = pickle.loads(pickle.dumps(seen["KS1"]))  # noqa: S301 - our own bytes
    assert copy == seen["KS1"]
    assert copy.served == seen["KS1"].served
    assert "Key-PSK" in (seen["KS1"].running or "")
    assert "Key-PSK" not in repr(seen["KS1"])


def test_a_command_that_is_refused_leaves_the_others() -> None:
    _, seen = healthy()
    without = told(seen["BR1"], lambda texts: [texts.pop(GM_REKEY), texts.pop(GM_PUBKEY)])
    assert set(without.refused) == {GM_REKEY, GM_PUBKEY}
    (member,) = without.joined
    assert member.registered
    assert member.cookies == frozenset()
    assert member.public_keys == ()
    nothing = told(seen["KS1"], lambda texts: texts.clear())
    assert nothing.served == ()
    assert nothing.config is None
    assert nothing.public_keys == {}
    assert not nothing.saved.unsaved


def test_a_lone_key_server_is_its_own_primary() -> None:
    said = network().model_dump(mode="json", by_alias=True)
    said["groups"][0]["servers"] = said["groups"][0]["servers"][:1]
    said["key_servers"] = said["key_servers"][:1]
    running = Running(Intent.model_validate(said))
    seen = running.look()
    (server,) = seen["KS1"].served
    assert server.alone
    assert server.role == PRIMARY
    assert server.address == ip_address("10.10.1.1")
    assert obstacles(running.intent, seen) == []


def test_what_breaks_the_session_is_raised() -> None:
    class Broken(Told):
        def send(self, command: str, *, timeout_s: float | None = None) -> str:
            if command == KS_COOP:
                raise OverdueError("no answer", device=self.name)
            return super().send(command, timeout_s=timeout_s)

    _, seen = healthy()
    with pytest.raises(OverdueError):
        observe(Broken("KS1", seen["KS1"].texts), "key server")  # type: ignore[arg-type]


def test_a_device_that_is_not_reached_is_known_by_why() -> None:
    failed = unreachable("KS1", "key server", TransportError("no route to host", device="KS1"))
    assert failed.failure == "no route to host"
    assert failed.served == failed.joined == ()
    assert failed.running is failed.config is None
    assert not failed.shows_keys


def test_groups_are_those_that_the_device_names() -> None:
    _, seen = healthy()
    only_coop = told(seen["KS1"], lambda texts: texts.pop(KS))
    (server,) = only_coop.served
    assert server.role == PRIMARY
    assert server.member_count is None
    assert not server.lists_members
    assert told(seen["BR1"], lambda texts: texts.pop(GM)).joined == ()
