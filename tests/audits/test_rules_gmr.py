"""The key servers that members list, and their order."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.gmr import different_order, missing_server
from getvpn.audits.settings import Settings, profile

from .said import messages, reasons

A, B, C = "10.10.1.1", "10.10.2.1", "10.10.3.1"

GM_ANSWER = """\
GROUP INFORMATION

    Group Name               : G1
    Group Identity           : 1001
    Rekeys received          : 3
    IPSec SA Direction       : Both
    Active Group Server      : 10.10.1.1
    Group Server list        : {servers}

    GM Reregisters in        : 1686 secs
    Rekey Received(hh:mm:ss) : 00:01:53

    Rekeys received
         Cumulative          : 4
         After registration  : 3
    Rekey Acks sent          : 4

 ACL Downloaded From KS 10.10.1.1:
   access-list  permit icmp any any

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 85806
    Encrypt Algorithm        : AES
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_SHA
    Sig Key Length (bits)    : 2048

TEK POLICY:
  FastEthernet0/1:
    IPsec SA:
        sa direction:inbound
        spi: 0xA9CC9DD2(2848759250)
        transform: esp-256-aes esp-sha-hmac
        sa timing:remaining key lifetime (sec): (1747)
        Anti-Replay : Disabled

    IPsec SA:
        sa direction:outbound
        spi: 0xA9CC9DD2(2848759250)
        transform: esp-256-aes esp-sha-hmac
        sa timing:remaining key lifetime (sec): (1747)
        Anti-Replay : Disabled
"""
COOP_ANSWER = """\
Crypto Gdoi Group Name :G1
        Group handle: 2147483650, Local Key Server handle: 2147483650

        Local Address: 10.10.1.1
        Local Priority: 100
        Local KS Role: Primary   , Local KS Status: Alive
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 11
                Antireplay Sequence Number: 8411

        Peer Sessions:
        Session 1:
                Server handle: 2147483651
                Peer Address: 10.10.2.1
                Peer Priority: 75
                Peer KS Role: Secondary , Peer KS Status: Alive
                Antireplay Sequence Number: 2107

                IKE status: Established
                Counters:
                    Ann msgs sent: 8410
                    Ann msgs sent with reply request: 1
                    Ann msgs recv: 2106
                    Ann msgs recv with reply request: 1
                    Packet sent drops: 0
                    Packet Recv drops: 0
                    Total bytes sent: 9083340
                    Total bytes recv: 871202
"""


def block(*servers: str, name: str = "G1") -> str:
    lines = "".join(f" server address ipv4 {server}\n" for server in servers)
    return f"crypto gdoi group {name}\n identity number 1001\n{lines}"


def members(*lists: tuple[str, ...]) -> dict[str, str]:
    """Configurations of gm1, gm2, … with these lists of key servers."""
    return {
        f"gm{number}.cfg": f"hostname gm{number}\n{block(*servers)}"
        for number, servers in enumerate(lists, start=1)
    }


def server(name: str, own: str, *peers: str, group: str = "G1") -> dict[str, str]:
    text = f"hostname {name}\ncrypto gdoi group {group}\n identity number 1001\n server local\n"
    text += f"  address ipv4 {own}\n"
    if peers:
        text += "  redundancy\n" + "".join(f"   peer address ipv4 {peer}\n" for peer in peers)
    return {f"{name}.cfg": text}


def test_the_order_of_most_members_is_the_usual_one() -> None:
    report = audit_example(different_order, members((B, A), (A, B), (A, B), (A, B)))
    (finding,) = report.findings
    assert (finding.device, finding.location.line) == ("gm1", 4)
    assert finding.message == (
        f"lists the key servers in the order {B}, {A}; 3 of 4 members in the order {A}, {B}"
    )
    assert finding.remediation.splitlines() == [
        "crypto gdoi group G1",
        f" no server address ipv4 {B}",
        f" no server address ipv4 {A}",
        f" server address ipv4 {A}",
        f" server address ipv4 {B}",
    ]


def test_a_key_server_that_is_missing_is_no_other_order() -> None:
    report = audit_example(different_order, members((A, B, C), (A, C), (B,), (A, B, C)))
    assert (report.findings, report.not_checked) == ((), ())


def test_members_with_one_key_server_do_not_set_the_order() -> None:
    report = audit_example(different_order, members((A,), (A,), (A,), (B, A), (A, B), (A, B)))
    assert [finding.device for finding in report.findings] == ["gm4"]


def test_any_order_is_fine_where_registrations_are_spread() -> None:
    files = members((A, B), (B, A))
    report = audit_example(different_order, files, profile("balanced").settings)
    assert (report.findings, report.not_checked) == ((), ())
    assert len(audit_example(different_order, files).findings) == 1


def test_one_member_has_nothing_to_be_compared_with() -> None:
    for files in (members((A, B)), server("ks1", A, B)):
        report = audit_example(different_order, files)
        assert reasons(report) == ["the key servers that two members list are not known"]


def test_output_tells_the_order_where_there_is_no_configuration() -> None:
    shown = GM_ANSWER.format(servers=f"{B}\n                               {A}")
    files = members((A, B), (A, B)) | {"gm9/show crypto gdoi.txt": shown}
    (finding,) = audit_example(different_order, files).findings
    assert finding.device == "gm9"
    assert finding.evidence[0].command == "show crypto gdoi"


def test_every_key_server_is_listed() -> None:
    files = server("ks1", A, B, C) | members((A, B, C), (A, C))
    (finding,) = audit_example(missing_server, files).findings
    assert finding.device == "gm2"
    assert finding.message == f"lists 2 key servers, without {B}"
    assert finding.remediation == f"crypto gdoi group G1\n server address ipv4 {B}"


def test_key_servers_without_redundancy_lines_count_by_their_own_address() -> None:
    files = server("ks1", A) | server("ks2", B) | members((A, B), (A,))
    assert messages(audit_example(missing_server, files)) == [f"lists 1 key server, without {B}"]


def test_an_address_of_no_key_server_is_found_where_all_are_known() -> None:
    report = audit_example(missing_server, server("ks1", A, B) | members((A, C)))
    (finding,) = report.findings
    assert finding.message == (
        f"lists 2 key servers, without {B}; lists {C}, no key server of the group"
    )
    assert finding.remediation.splitlines() == [
        "crypto gdoi group G1",
        f" no server address ipv4 {C}",
        f" server address ipv4 {B}",
    ]
    report = audit_example(missing_server, server("ks1", A) | members((A, C)))
    assert (report.findings, report.not_checked) == ((), ())


@pytest.mark.parametrize(("least", "found"), [(1, 0), (2, 1)])
def test_a_member_lists_at_least_two(least: int, found: int) -> None:
    report = audit_example(missing_server, members((A,)), Settings(member_servers_min=least))
    assert len(report.findings) == found


def test_without_a_key_server_only_the_number_is_known() -> None:
    report = audit_example(missing_server, members((A, B)))
    assert reasons(report) == ["none of the key servers is known"]


def test_a_key_server_by_host_name_may_be_any() -> None:
    files = server("ks1", A, B)
    files["gm1.cfg"] = f"hostname gm1\n{block(A)} server hostname ipv4 ks2.example.net\n"
    report = audit_example(missing_server, files)
    assert reasons(report) == ["the address of ks2.example.net is not known"]


def test_a_list_that_is_cut_is_not_judged() -> None:
    files = server("ks1", A, B) | {"gm1.cfg": block(A)}
    for rule in (missing_server, different_order):
        assert "the group is not known in full" in reasons(audit_example(rule, files))
        assert audit_example(rule, files).findings == ()


def test_key_servers_of_another_network_with_that_identity_do_not_count() -> None:
    files = server("ks1", A, B) | server("ks9", "10.99.1.1", "10.99.2.1", group="ELSEWHERE")
    report = audit_example(missing_server, files | members((A, B)))
    assert (report.findings, report.not_checked) == ((), ())


def test_output_tells_of_members_and_key_servers() -> None:
    files = {
        "ks1/show crypto gdoi ks coop.txt": COOP_ANSWER,
        "gm1/show crypto gdoi.txt": GM_ANSWER.format(servers=A),
    }
    report = audit_example(missing_server, files)
    assert messages(report) == [f"lists 1 key server, without {B}"]
    assert not any(device.problems for device in report.fleet.devices)


def test_output_that_is_cut_may_list_more() -> None:
    shown = GM_ANSWER.format(servers=A).partition(" ACL Downloaded")[0]
    files = {"gm1/show crypto gdoi _ include Group.txt": shown}
    report = audit_example(missing_server, server("ks1", A, B) | files)
    assert report.findings == ()
