from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.engine_connections import EngineConnection, EngineConnections

from .oracle import captures

COMMAND = "show crypto engine connections active"

MEMBER = """\
Crypto Engine Connections

   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address
    1  IPsec   AES256+SHA256             0      312      312 10.20.0.7
    2  IPsec   AES256+SHA256           290        0        0 10.20.0.7
 1004  IKE     SHA256+AES256             0        0        0 10.20.0.7
 1005  IKEv2   SHA512+AES256             0        0        0
"""

INTERFACES = """\
Crypto Engine Connections

   ID Interface  Type  Algorithm           Encrypt  Decrypt IP-Address
    1 Fa0/0      IPsec 3DES+MD5                  0        5 10.20.0.7
 1001 Fa0/0      IKE   SHA+DES                   0        0 10.20.0.7
 1002 <none>     IKE   SHA+AES256                0        0
"""


def connections(text: str) -> tuple[EngineConnection, ...]:
    record = parse(COMMAND, text)
    assert isinstance(record, EngineConnections)
    assert (record.unparsed, record.partial) == ((), ())
    return record.connections


def test_rows_are_typed_and_may_lack_an_address() -> None:
    found = connections(MEMBER)
    assert [(row.conn_id, row.kind) for row in found] == [
        (1, "IPsec"),
        (2, "IPsec"),
        (1004, "IKE"),
        (1005, "IKEv2"),
    ]
    assert (found[0].algorithm, found[0].decrypted, found[0].last_sequence) == (
        "AES256+SHA256",
        312,
        312,
    )
    assert (found[1].encrypted, found[1].address) == (290, IPv4Address("10.20.0.7"))
    assert (found[3].address, found[3].interface) == (None, None)


def test_the_interface_column_of_12_4t_is_read() -> None:
    found = connections(INTERFACES)
    assert [row.interface for row in found] == ["Fa0/0", "Fa0/0", "<none>"]
    assert (found[0].decrypted, found[0].last_sequence) == (5, None)
    assert [row.address for row in found][1:] == [IPv4Address("10.20.0.7"), None]


def test_headers_alone_are_no_connection() -> None:
    assert connections("\n".join(MEMBER.splitlines()[:3])) == ()


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "Crypto session current status\n")


def test_a_cut_row_is_listed() -> None:
    assert [line.text for line in parse(COMMAND, f"{MEMBER} 1006  IKE  ").unparsed] == ["1006  IKE"]


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "crypto engine connections active"):
        found = connections(capture.text)
        assert [row.conn_id for row in found] == [1, 2, 1001, 1002]
        assert [row.address for row in found][2:] == [IPv4Address("202.100.2.1"), None]
