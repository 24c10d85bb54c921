"""`show crypto pki crls`; the layout is that of a lab with IOS-XE 17."""

from datetime import datetime

from getvpn.parsers.records.pki import RevocationLists
from getvpn.parsers.registry import parse

COMMAND = "show crypto pki crls"
LIST = """\
CRL Issuer Name:
    cn={issuer}
    LastUpdate: 10:38:13 GMT Oct 30 2023
    NextUpdate: 16:38:13 GMT Oct 30 2023

    CRL downloaded at: 10:49:43 GMT Oct 30 2023

    Retrieved from CRL Distribution Point:
      {source}

 CRL DER is 370 bytes
 CRL is stored in parsed CRL cache


"""
CACHE = """\
Parsed CRL cache current size is 740 bytes
Parsed CRL cache maximum size is 65536 bytes

"""
SCEP = "** CDP Not Published - Retrieved via SCEP"
ONE = LIST.format(issuer="ca.example.net,ou=VPN", source=SCEP) + CACHE
TWO = LIST.format(issuer="A", source=SCEP) + LIST.format(
    issuer="B", source="http://10.10.9.30/ca.crl"
) + CACHE  # fmt: skip


def read(text: str) -> RevocationLists:
    record = parse(COMMAND, text, source="test")
    assert isinstance(record, RevocationLists)
    assert record.unparsed == ()
    return record


def test_a_list_has_its_issuer_and_its_times() -> None:
    record = read(ONE)
    (each,) = record.lists
    assert each.attributes == (("cn", "ca.example.net"), ("ou", "VPN"))
    assert each.issued_at == datetime(2023, 10, 30, 10, 38, 13)  # noqa: DTZ001 - local time
    assert each.next_update_at == datetime(2023, 10, 30, 16, 38, 13)  # noqa: DTZ001 - local
    assert each.downloaded_at == datetime(2023, 10, 30, 10, 49, 43)  # noqa: DTZ001
    assert (each.source, each.der_bytes) == (SCEP, 370)
    assert (record.cache_bytes, record.cache_max_bytes) == (740, 65_536)


def test_lists_of_several_authorities_are_told_apart() -> None:
    record = read(TWO)
    assert [each.common_name for each in record.lists] == ["A", "B"]
    assert [each.source for each in record.lists] == [SCEP, "http://10.10.9.30/ca.crl"]
    assert [each.lineno for each in record.lists] == [1, 15]


def test_a_list_may_come_without_the_time_of_the_next() -> None:
    text = ONE.replace("    NextUpdate: 16:38:13 GMT Oct 30 2023\n", "")
    assert read(text).lists[0].next_update_at is None


def test_a_device_without_lists_prints_nothing() -> None:
    assert read("").lists == ()
