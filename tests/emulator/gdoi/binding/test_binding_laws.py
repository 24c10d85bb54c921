"""Whatever is edited: groups are those that a router would have that boots with the same lines."""

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.gdoi.policy import MemberPolicy, ServerPolicy
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.testing import make_router

from .group_configs import WAN, key_server, member
from .routers import KS1, KS2, Routers

PORT = WAN["isr4451"]
GROUP = "crypto gdoi group G1\n"
SERVER = f"{GROUP}server local\n"
SECOND_INTERFACE = (
    "interface GigabitEthernet0/0/2\nip address 10.30.1.1 255.255.255.0\nno shutdown\n"
    "crypto map GETVPN-MAP\n"
)
SERVER_EDITS = [
    f"{SERVER}rekey algorithm aes 128\n",
    f"{SERVER}rekey lifetime seconds 1800\n",
    f"{SERVER}no rekey transport unicast\n",
    f"{SERVER}rekey transport unicast\n",
    f"{SERVER}sa receive-only\n",
    f"{SERVER}sa ipsec 20\nprofile GETVPN-PROF\nmatch address ipv4 MORE\n",
    f"{SERVER}no sa ipsec 20\n",
    f"{SERVER}no sa ipsec 10\n",
    f"{SERVER}address ipv4 10.0.0.9\n",
    f"{SERVER}no address ipv4 10.0.0.1\n",
    f"{SERVER}redundancy\npeer address ipv4 {KS2}\n",
    f"{SERVER}no redundancy\n",
    f"{SERVER}authorization address ipv4 52\n",
    f"{GROUP}identity number 7\n",
    f"{GROUP}no server local\n",
    "no crypto gdoi group G1\nyes\n",
    "ip access-list extended GETVPN-POLICY\n5 deny ospf any any\n",
    "ip access-list extended MORE\npermit ip any any\n",
    "no ip access-list extended MORE\n",
    "access-list 52 permit 10.20.1.1\n",
    "crypto ipsec profile GETVPN-PROF\nno set security-association lifetime seconds\n",
    "crypto ipsec security-association lifetime seconds 1800\n",
    "crypto ipsec transform-set TS-AES256 esp-gcm 256\n",
]
MEMBER_EDITS = [
    f"{GROUP}server address ipv4 {KS2}\n",
    f"{GROUP}no server address ipv4 {KS1}\n",
    f"{GROUP}passive\n",
    f"{GROUP}client registration interface Loopback0\n",
    f"{GROUP}no identity number 1001\n",
    "crypto gdoi group G2\nidentity number 2\nserver address ipv4 10.0.0.1\n",
    "crypto map GETVPN-MAP 20 gdoi\nset group G2\n",
    "no crypto map GETVPN-MAP 20\n",
    "crypto map GETVPN-MAP 10 gdoi\nmatch address LOCAL\n",
    "ip access-list extended LOCAL\ndeny ospf any any\n",
    "crypto map GETVPN-MAP gdoi fail-close\nmatch address LOCAL\nactivate\n",
    "no crypto map GETVPN-MAP gdoi fail-close\n",
    "crypto map GETVPN-MAP local-address Loopback0\n",
    "interface Loopback0\nip address 10.255.0.1 255.255.255.255\n",
    "no interface Loopback0\n",
    f"interface {PORT}\nshutdown\n",
    f"interface {PORT}\nno shutdown\n",
    f"interface {PORT}\nip address 10.20.1.2 255.255.255.0\n",
    f"interface {PORT}\nno crypto map\n",
    f"interface {PORT}\ncrypto map GETVPN-MAP\n",
    SECOND_INTERFACE,
    f"{SERVER}address ipv4 10.20.1.1\n",
]
Found = tuple[list[ServerPolicy], list[MemberPolicy]]


def _policies(groups: Gdoi) -> Found:
    servers = [server.policy for server in groups.servers.values()]
    return servers, [one.policy for one in groups.members]


def _checked(startup: str, edits: list[tuple[str, int]]) -> None:
    lab = Routers()
    router = lab.add("R1", startup, key=1)
    for text, seconds in edits:
        lab.console("R1").configure(text)
        lab.run(seconds)
    lab.run(1)
    again = make_router("R1", "isr4451", "\n".join(router.running_lines()))
    assert _policies(router.feature(Gdoi)) == _policies(again.feature(Gdoi))


def _edits(of: list[str]) -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.tuples(st.sampled_from(of), st.sampled_from([0, 1, 90])), max_size=8)


@settings(max_examples=40)
@given(_edits(SERVER_EDITS))
def test_a_key_server_follows_every_edit(edits: list[tuple[str, int]]) -> None:
    _checked(key_server("R1", KS1), edits)


@settings(max_examples=40)
@given(_edits(MEMBER_EDITS))
def test_a_member_follows_every_edit(edits: list[tuple[str, int]]) -> None:
    _checked(member("R1", "10.20.1.1", KS1), edits)
