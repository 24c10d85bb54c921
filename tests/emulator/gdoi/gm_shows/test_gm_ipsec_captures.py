"""The shows of IPsec of members print the lines of published outputs, apart from values."""

from dataclasses import replace
from pathlib import Path

from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa
from getvpn.emulator.testing import console

from ..capture_texts import captured, differences
from .gm_captured import assert_same, customer, my_group
from .gm_states import (
    LAN,
    WAN,
    gm_router,
    group_text,
    joined,
    map_text,
    policy,
    register,
    wan_text,
)


def test_the_sas_of_a_member(shared: Path) -> None:
    router = customer()
    text = console(router).run("show crypto ipsec sa")
    assert_same(
        shared, "community/crypto_ipsec_sa/1.txt", text, router, "Ethernet0/0", blanks=False
    )


def test_the_flows_of_two_vrfs_with_ios_15_0(shared: Path) -> None:
    platform = "isr2911"
    text = "".join(
        group_text(name, number) + map_text([name], name=f"M{number}")
        for number, name in enumerate(("A", "B"), 1)
    )
    second = wan_text(platform, "10.30.0.1", maps=["crypto map M2"])
    text += wan_text(platform, maps=["crypto map M1"])
    router = gm_router("15.0", text + second.replace(WAN[platform], LAN[platform]))
    line = "permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255"
    for name, vrf in (("A", "Site-2"), ("B", "Site-1")):
        member = joined(router, name)
        register(member, policy([line]))
        member.policy = replace(member.policy, vrf=vrf)
    lines = console(router).run("show crypto ipsec sa").splitlines()
    starts = [at for at, each in enumerate(lines) if "protected vrf" in each]
    # the excerpt has the head of each flow up to its counters
    heads = "\n\n".join("\n".join(lines[at : at + 11]) for at in starts)

    capture = captured(shared, "community/crypto_ipsec_sa/2.txt")
    assert differences(capture, heads, blanks=False) == []


def test_the_session_of_a_member(shared: Path) -> None:
    router = customer()
    own = {"local": "172.16.11.2", "remote": "10.1.4.2", "local_port": 848, "remote_port": 848}
    for number, purpose in enumerate(("registration", "rekey")):
        router.feature(CryptoSas).open_ike(
            IkeSa(
                conn_id=1001 + number,
                initiator=True,
                established_at=router.clock.now(),
                purpose=purpose,
                group_name="CUST-A-GETVPN",
                **own,  # type: ignore[arg-type]
            )
        )
    text = console(router).run("show crypto session")
    assert_same(shared, "community/crypto_session/1.txt", text, router, "Ethernet0/0", blanks=False)


def test_the_connections_of_a_member(shared: Path) -> None:
    router = my_group()
    tables = router.feature(CryptoSas)
    for number, (purpose, local) in enumerate((("registration", "202.100.2.1"), ("rekey", ""))):
        tables.open_ike(
            IkeSa(
                conn_id=1001 + number,
                local=local or "202.100.2.1",
                remote="202.100.1.1",
                initiator=not number,
                state="GDOI_REKEY" if number else "GDOI_IDLE",
                cipher="aes" if number else "des",
                bits=256 if number else 56,
                hash_name="sha",
                established_at=router.clock.now(),
                purpose=purpose,
                group_name="mygroup",
            )
        )
    text = console(router).run("show crypto engine connections active")
    capture = "community/crypto_engine_connections_active/1.txt"
    assert_same(shared, capture, text, router)
