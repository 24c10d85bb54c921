"""The seed on upgrades: key servers one after another, then members."""

import pytest

from getvpn.emulator.gdoi.records import Role

from .seed_citing import seed
from .seed_world import BOOT_S, Routers, kill, plan, revive, running, spis, unencrypted, watched

IMAGE = "isr4400-universalk9.17.09.04a.SPA.bin"
POLICY, COOP = "show crypto gdoi ks policy", "show crypto gdoi ks coop"
SERVERS = ("KS1", "KS2", "KS3")


@seed(
    "will force one of the Secondary Key Servers to be promoted to Primary status",
    "it should assume the role of a Secondary Key Server",
    "minimize changes in the TEK and KEK during the upgrades of the Key Servers",
)
@pytest.mark.parametrize("off_s", [1, 5, 25, 45, 59, 65, 300, 3000])
def test_however_long_the_primary_is_away_another_one_goes_on_with_its_keys(off_s: int) -> None:
    crowd = running(servers=3)
    watch, before = watched(crowd), spis(crowd.servers[0])
    kek = crowd.members[0].kek
    kill(crowd, "KS1")
    crowd.kernel.advance(off_s)
    revive(crowd, "KS1")
    crowd.kernel.advance(130)
    assert [each.role for each in crowd.servers] == [Role.SECONDARY, Role.PRIMARY, Role.SECONDARY]
    for each in crowd.servers:
        assert spis(each) == before
        assert each.kek is not None
        assert kek is not None
        assert each.kek.spi == kek.spi
        assert set(each.members) == {member.policy.address for member in crowd.members}
    crowd.kernel.advance(7200)
    assert {member.succeeded for member in crowd.members} == {1}
    assert unencrypted(watch) == {}


# ---- the steps, on routers ----


def keys(group: Routers, name: str) -> tuple[str, ...]:
    """The SPIs of KEK and TEKs that a key server shows."""
    lines = (line.strip() for line in group.show(name, POLICY).split("\n"))
    return tuple(line.split(":")[1].strip() for line in lines if line.startswith("spi "))


def time_to_rekey(group: Routers, name: str) -> int:
    """The seconds until the next key is renewed."""
    lines = group.show(name, POLICY).split("\n")
    words = [line.split(":")[1].strip() for line in lines if line.startswith("    time to rekey")]
    return min(int(word) for word in words if word != "n/a")


def upgrade(group: Routers, name: str) -> None:
    """Boot a key server with other software, as an operator does."""
    group.configure(name, f"no boot system\nboot system flash bootflash:{IMAGE}")
    assert "[OK]" in group.show(name, "write memory")
    group.show(name, "reload", "")
    group.run(1)
    assert not group.lab[name].running


def settled(group: Routers, name: str) -> bool:
    """Whether all others are alive for a key server, and it is in no election."""
    shown = group.show(name, COOP)
    alive = shown.count("Peer KS Status: Alive") == shown.count("IKE status: Established") == 2
    return alive and group.role(name) in ("Primary", "Secondary")


def wait(group: Routers, *names: str, most_s: int = 900) -> None:
    """Wait until key servers are up and the cooperation has settled."""
    for _ in range(most_s // 10):
        if all(group.lab[name].running and settled(group, name) for name in names):
            return
        group.run(10)
    raise AssertionError(f"{names} do not settle")


@seed(
    "Upgrade a Secondary Key Server",
    "Wait for the COOP election to complete till the next Secondary Key Server is upgraded",
    "Repeat the above steps to upgrade all Secondary Key Servers in the COOP network",
    "should reboot and synchronize with the existing Primary Key Server",
    "They should resume their previous role as Secondary Key Server",
    "Finally, upgrade the Primary Key Server",
    "will force one of the Secondary Key Servers to be promoted to Primary status",
    "it should assume the role of a Secondary Key Server",
    "minimize changes in the TEK and KEK during the upgrades of the Key Servers",
    "would give a two-hour window to upgrade the Key Servers where no key changes are needed",
    "start with the Key Servers and then upgrade the Group Members",
)
@pytest.mark.parametrize("boot_s", [5, 240])
def test_key_servers_are_upgraded_one_after_another_then_members(boot_s: int) -> None:
    data = plan(servers=3, members=3) | {"settings": {"boot_s": boot_s}}
    group = Routers(data)
    group.run(BOOT_S)
    watch, began = group.watch(), group.lab.kernel.now()
    before = {name: keys(group, name) for name in SERVERS}
    assert len(set(before.values())) == 1
    window_s = time_to_rekey(group, "KS1")
    assert window_s > 6000
    for name in ("KS3", "KS2"):
        upgrade(group, name)
        wait(group, *SERVERS)
        assert [group.role(each) for each in SERVERS] == ["Primary", "Secondary", "Secondary"]
        assert {each: keys(group, each) for each in SERVERS} == before
        shown = group.show(name, "show crypto gdoi ks members summary")
        assert "GMDB state: REDUNDANT, Group Members: 3" in shown
        assert "17.09.04a" in group.show(name, "show version")
    upgrade(group, "KS1")
    wait(group, "KS1", "KS2", "KS3")
    assert [group.role(each) for each in SERVERS] == ["Secondary", "Primary", "Secondary"]
    (promotion,) = group.log("KS2", "%GDOI-5-COOP_KS_TRANS_TO_PRI")
    assert promotion.endswith("transitioned to Primary (Previous Primary = 203.0.113.1)")
    # all of it took place within the time in which no key changes, and nobody noticed
    assert group.lab.kernel.now() - began < window_s
    assert {each: keys(group, each) for each in SERVERS} == before
    assert unencrypted(watch) == {}
    for name in ("GM1", "GM2", "GM3"):
        assert len(group.log(name, "%GDOI-5-GM_REGS_COMPL")) == 1
    # members follow; only their own traffic waits for them
    group.show("GM3", "write memory")
    group.show("GM3", "reload", "")
    group.run(boot_s + 90)
    assert group.field("GM3", "show crypto gdoi", "Registration status") == "Registered"
    assert {name for pair in unencrypted(watch) for name in pair} == {"GM1", "GM2", "GM3"}
    outages = unencrypted(watch)
    assert {pair for pair in outages if "GM3" not in pair} == set()
    assert max(outages.values()) < boot_s + 60
    # the new primary renews the keys, and everybody takes them
    group.run(window_s + 200)
    assert keys(group, "KS2") != before["KS2"]
    shown = group.show("KS2", "show crypto gdoi ks members")
    assert shown.count("Rekey Acks missed : 0") == shown.count("Rekey Acks Rcvd   : 1") == 3
