import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.mtu import only_tcp_is_clamped, segments_too_large
from getvpn.audits.settings import Settings

from .policies import PERMIT, key_server, messages, reasons
from .test_rules_rpl import GM_GDOI

AES_256 = "esp-aes 256 esp-sha256-hmac"
AES_512 = "esp-aes 256 esp-sha512-hmac"

MEMBER = """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address 10.31.0.1 255.255.255.0
{lan}interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
{wan} crypto map GETVPN
{more}"""

MEMBER_IPV6 = """\
hostname gm1
crypto gdoi group ipv6 G6
 identity number 1001
 server address ipv4 10.10.1.1
crypto map ipv6 MAP6 10 gdoi
 set group G6
interface GigabitEthernet0/0
 ipv6 address 2001:db8:31::1/64
{lan}interface GigabitEthernet0/1
 ipv6 address 2001:db8:20::1/64
 ipv6 crypto map MAP6
"""


def _member(lan: str = "", wan: str = "", more: str = "") -> str:
    lines = [f" {line}\n" if line else "" for line in (lan, wan)]
    return MEMBER.format(lan=lines[0], wan=lines[1], more=more)


def _server(transforms: str = AES_256, replay: str = "replay time window-size 5") -> str:
    text = key_server(PERMIT).replace("   match", f"   profile PROF\n   {replay}\n   match")
    return (
        f"{text}crypto ipsec transform-set TS {transforms}\n"
        "crypto ipsec profile PROF\n set transform-set TS\n"
    )


def _audit(lan: str = "", wan: str = "", server: str = "", more: str = "") -> Report:
    files = {"gm1.cfg": _member(lan, wan, more)}
    if server:
        files["ks1.cfg"] = server
    return audit_example(segments_too_large, files)


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


def test_a_lan_without_clamp_is_found_with_all_that_tells_so() -> None:
    (finding,) = _audit(server=_server()).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "LAN-side interface GigabitEthernet0/0 has no 'ip tcp adjust-mss', at most 1360 is wanted: "
        "packets of 1500 bytes grow by 78 to 93, the MTU of GigabitEthernet0/1 is 1500"
    )
    assert [(proof.source, proof.text) for proof in finding.evidence] == [
        ("gm1.cfg", "interface GigabitEthernet0/0"),
        ("gm1.cfg", "interface GigabitEthernet0/1"),
        ("ks1.cfg", f"crypto ipsec transform-set TS {AES_256}"),
    ]
    assert finding.remediation == "interface GigabitEthernet0/0\n ip tcp adjust-mss 1360"


@pytest.mark.parametrize("lan", ["ip tcp adjust-mss 1360", "ip tcp adjust-mss 536"])
@pytest.mark.parametrize("transforms", [AES_256, AES_512, "esp-3des esp-sha-hmac", "esp-gcm 256"])
def test_1360_fits_under_every_transform(lan: str, transforms: str) -> None:
    assert _passes(_audit(lan, server=_server(transforms)))
    assert _passes(_audit(lan))


def test_a_larger_clamp_is_found_at_its_line() -> None:
    (finding,) = _audit("ip tcp adjust-mss 1361").findings
    assert finding.evidence[0].text == "ip tcp adjust-mss 1361"
    assert "grow by 50 to 109" in finding.message


def test_tags_and_small_wans_leave_less_than_1360() -> None:
    tagged = _server(AES_512, "replay time window-size 5\n   tag cts sgt")
    (finding,) = _audit("ip tcp adjust-mss 1360", server=tagged).findings
    assert finding.remediation.endswith("ip tcp adjust-mss 1350")
    (finding,) = _audit("ip tcp adjust-mss 1360", "ip mtu 1400", _server()).findings
    # 1400 - 20 - 8 - 16 - 16 - 16 = 1324, in blocks of 16: 1312, without the trailer 1310
    assert finding.remediation.endswith("ip tcp adjust-mss 1270")
    assert finding.evidence[1].text == "ip mtu 1400"
    assert _passes(_audit("ip tcp adjust-mss 1270", "ip mtu 1400", _server()))


def test_without_transform_a_doubtful_clamp_is_not_checked() -> None:
    made = _audit("ip tcp adjust-mss 1300", "ip mtu 1400")
    assert made.findings == ()
    assert "depends on the transform set of the group" in reasons(made)[0]
    assert _audit("ip tcp adjust-mss 1311", "ip mtu 1400").findings
    assert _passes(_audit("ip tcp adjust-mss 1250", "ip mtu 1400"))


@pytest.mark.parametrize(
    ("lan", "wan", "passes"),
    [
        ("", "mtu 4470", True),
        ("", "mtu 1610", True),
        ("", "ip mtu 1580", True),
        ("", "ip mtu 1579", False),
        ("ip mtu 1400", "", True),
        ("ip mtu 1422", "", True),
        ("ip mtu 1423", "", False),
        ("mtu 1400", "", True),
        ("mtu 9000", "mtu 4470", False),
        ("ip mtu 1400", "ip mtu 1400", False),
    ],
)
def test_a_small_lan_or_a_large_wan_needs_no_clamp(lan: str, wan: str, passes: bool) -> None:
    assert _passes(_audit(lan, wan, _server())) is passes


def test_the_keys_in_use_tell_the_transform_as_well() -> None:
    text = GM_GDOI.format(transform="esp-gcm 256", replay="(Counter Based) : 64")
    files = {"gm1.cfg": _member(), "gm1/show crypto gdoi.txt": text}
    (message,) = messages(audit_example(segments_too_large, files))
    assert "grow by 54 to 57" in message


def test_the_plaintext_mtu_of_the_device_counts() -> None:
    shown = """\
gm1#show crypto ipsec sa

interface: GigabitEthernet0/1
    Crypto map tag: GETVPN, local addr 10.20.1.1

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/0/0)
   Group: G1
   current_peer 0.0.0.0 port 848
     PERMIT, flags={}
    #pkts encaps: 1, #pkts encrypt: 1, #pkts digest: 1
    #pkts decaps: 1, #pkts decrypt: 1, #pkts verify: 1
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0

     local crypto endpt.: 10.20.1.1, remote crypto endpt.: 0.0.0.0
     plaintext mtu 1350, path mtu 1430, ip mtu 1430, ip mtu idb GigabitEthernet0/1
     current outbound spi: 0x5A1C77E0(1511815136)
     PFS (Y/N): N, DH group: none
"""
    files = {"gm1.cfg": _member("ip tcp adjust-mss 1360"), "gm1/show crypto ipsec sa.txt": shown}
    (finding,) = audit_example(segments_too_large, files).findings
    assert finding.remediation.endswith("ip tcp adjust-mss 1310")
    assert finding.evidence[-1].value == "1350"


@pytest.mark.parametrize(
    "more",
    [
        "interface Loopback0\n ip address 10.9.0.1 255.255.255.255\n",
        "interface Tunnel1\n ip address 10.9.0.1 255.255.255.0\n",
        "interface GigabitEthernet0/2\n no ip address\n",
        "interface GigabitEthernet0/2\n ip address 10.9.0.1 255.255.255.0\n shutdown\n",
        "interface GigabitEthernet0\n vrf forwarding Mgmt\n ip address 10.9.0.1 255.255.255.0\n",
        "interface GigabitEthernet0/2\n ip address 10.9.0.1 255.255.255.0\n ip nat outside\n",
        "interface Serial0/0\n ip address 10.9.0.1 255.255.255.0\n",
    ],
)
def test_interfaces_that_are_no_lan_need_no_clamp(more: str) -> None:
    assert _passes(_audit("ip tcp adjust-mss 1360", more=more))


@pytest.mark.parametrize("name", ["Vlan10", "GigabitEthernet0/2.10", "Port-channel1", "BDI5"])
def test_every_lan_interface_counts(name: str) -> None:
    more = f"interface {name}\n ip address 10.9.0.1 255.255.255.0\n"
    (finding,) = _audit("ip tcp adjust-mss 1360", more=more).findings
    assert f"interface {name} has no" in finding.message


def test_a_subinterface_has_the_mtu_of_its_interface() -> None:
    text = _member().replace("0/1\n", "0/1.100\n")
    text += "interface GigabitEthernet0/1\n mtu 4470\n"
    assert _passes(audit_example(segments_too_large, {"gm1.cfg": text}))


IN_TWO_VRFS = """\
hostname gm1
vrf definition RED
vrf definition BLUE
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto gdoi group G2
 identity number 1002
 server address ipv4 10.10.1.1
crypto map MAP1 10 gdoi
 set group G1
crypto map MAP2 10 gdoi
 set group G2
interface GigabitEthernet0/1
 vrf forwarding RED
 ip address 10.20.1.1 255.255.255.252
 mtu {red}
 crypto map MAP1
interface GigabitEthernet0/2
 vrf forwarding BLUE
 ip address 10.20.2.1 255.255.255.252
 mtu {blue}
 crypto map MAP2
interface GigabitEthernet0/3
 vrf forwarding RED
 ip address 10.31.0.1 255.255.255.0
"""


def test_a_lan_has_the_wan_of_its_vrf() -> None:
    servers = {"ks1.cfg": _server(), "ks2.cfg": _server(AES_512).replace("1001", "1002")}
    servers["ks2.cfg"] = servers["ks2.cfg"].replace("G1", "G2").replace("ks1", "ks2")
    wide = {"gm1.cfg": IN_TWO_VRFS.format(red=1593, blue=1500), **servers}
    assert _passes(audit_example(segments_too_large, wide))
    narrow = {"gm1.cfg": IN_TWO_VRFS.format(red=1500, blue=4470), **servers}
    (finding,) = audit_example(segments_too_large, narrow).findings
    assert "by 78 to 93, the MTU of GigabitEthernet0/1 is 1500" in finding.message


def test_ipv6_segments_have_a_clamp_of_their_own() -> None:
    server = """\
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group ipv6 G6
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv6 POLICY6
   replay time window-size 5
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 permit ipv6 any any
"""
    for lan, advised in (
        (" ip tcp adjust-mss 1360\n", 1330),
        (" ipv6 tcp adjust-mss 1360\n", 1330),
    ):
        files = {"gm1.cfg": MEMBER_IPV6.format(lan=lan), "ks1.cfg": server}
        (finding,) = audit_example(segments_too_large, files).findings
        assert finding.remediation.endswith(f" ipv6 tcp adjust-mss {advised}")
    files["gm1.cfg"] = MEMBER_IPV6.format(lan=" ipv6 tcp adjust-mss 1330\n")
    assert _passes(audit_example(segments_too_large, files))
    made = audit_example(segments_too_large, {"gm1.cfg": files["gm1.cfg"]})
    assert "transform set" in reasons(made)[0]


def test_members_without_configuration_are_not_checked() -> None:
    text = GM_GDOI.format(transform="esp-aes", replay="(Counter Based) : 64")
    for rule in (segments_too_large, only_tcp_is_clamped):
        made = audit_example(rule, {"gm1/show crypto gdoi.txt": text})
        assert reasons(made) == ["there is no configuration"]
        assert audit_example(rule, {"ks1.cfg": _server()}).not_checked == ()


def test_snippets_are_judged_by_the_interfaces_that_are_there() -> None:
    group, lan, wan = _member().removeprefix("hostname gm1\n").split("interface ")
    for rule in (segments_too_large, only_tcp_is_clamped):
        assert "no line 'hostname'" in reasons(audit_example(rule, {"gm1.cfg": group}))[0]
    files = {"gm1.cfg": f"{group}interface {lan}interface {wan}"}
    assert len(audit_example(segments_too_large, files).findings) == 1
    files = {"gm1.cfg": f"{group}interface {wan}interface {lan}"}
    made = audit_example(segments_too_large, files)
    assert reasons(made) == ["interface GigabitEthernet0/0 is not known in full"]


def test_the_largest_segment_is_a_threshold() -> None:
    files = {"gm1.cfg": _member("ip tcp adjust-mss 1360")}
    assert audit_example(segments_too_large, files, Settings(mss_max=1300)).findings


def test_a_clamp_alone_leaves_other_protocols() -> None:
    files = {"gm1.cfg": _member("ip tcp adjust-mss 1360"), "ks1.cfg": _server()}
    (finding,) = audit_example(only_tcp_is_clamped, files).findings
    assert finding.severity is Severity.INFO
    assert finding.evidence[0].text == "ip tcp adjust-mss 1360"
    assert "of other protocols, packets of 1500 bytes grow by 78 to 93" in finding.message


@pytest.mark.parametrize(
    ("lan", "wan", "more"),
    [
        ("", "", ""),
        ("ip tcp adjust-mss 1400", "", ""),
        ("ip tcp adjust-mss 1360\n ip mtu 1400", "", ""),
        ("ip tcp adjust-mss 1360", "mtu 4470", ""),
        ("ip tcp adjust-mss 1360", "", "crypto ipsec df-bit clear\n"),
        ("ip tcp adjust-mss 1360", "crypto ipsec df-bit clear", ""),
    ],
)
def test_other_measures_and_missing_clamps_are_no_matter_of_this_rule(
    lan: str, wan: str, more: str
) -> None:
    assert _passes(audit_example(only_tcp_is_clamped, {"gm1.cfg": _member(lan, wan, more)}))
