from datetime import datetime

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.system import Release, Version, release, span_seconds

from .cuts import unnoticed_cuts
from .texts import KS_POLICY

COMMAND = "show version"

CRYPTO_NOTICE = """\
This product contains cryptographic features and is subject to United
States and local country laws governing import, export, transfer and
use. Delivery of Cisco cryptographic products does not imply
third-party authority to import, export, distribute or use encryption.
Importers, exporters, distributors and users are responsible for
compliance with U.S. and local country laws. By using this product you
agree to comply with applicable laws and regulations. If you are unable
to comply with U.S. and local laws, return this product immediately.

A summary of U.S. laws governing Cisco cryptographic products may be found at:
http://www.cisco.com/wwl/export/crypto/tool/stqrg.html

If you require further assistance please contact us by sending email to
export@cisco.com.

"""

CLASSIC = f"""\
Cisco IOS Software, 2800 Software (C2800NM-ADVENTERPRISEK9-M), \
Version 12.4(24)T8, RELEASE SOFTWARE (fc1)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2012 by Cisco Systems, Inc.
Compiled Sun 09-Sep-12 04:20 by prod_rel_team

ROM: System Bootstrap, Version 12.4(13r)T, RELEASE SOFTWARE (fc1)

gm.branch-7 uptime is 1 year, 2 weeks, 1 day, 49 minutes
System returned to ROM by power-on
System restarted at 09:29:31 EDT Tue Jun 23 2015
System image file is "flash:c2800nm-adventerprisek9-mz.124-24.T8.bin"

{CRYPTO_NOTICE}
Cisco 2811 (revision 53.51) with 247808K/14336K bytes of memory.
Processor board ID FTX0000A0AA
2 FastEthernet interfaces
1 Serial interface
4 Low-speed serial(sync/async) interfaces
1 Channelized E1/PRI port
16 terminal lines
1 Virtual Private Network (VPN) Module
DRAM configuration is 64 bits wide with parity enabled.
239K bytes of non-volatile configuration memory.
62720K bytes of ATA CompactFlash (Read/Write)

Configuration register is 0x2102
"""

XE3 = f"""\
Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-ADVENTERPRISEK9-M), \
Version 15.2(4)S5, RELEASE SOFTWARE (fc1)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2014 by Cisco Systems, Inc.
Compiled Thu 20-Feb-14 23:02 by mcpre

IOS XE Version: 03.07.05.S

Cisco IOS-XE software, Copyright (c) 2005-2014 by cisco Systems, Inc.
All rights reserved.  Certain components of Cisco IOS-XE software are
licensed under the GNU General Public License ("GPL") Version 2.0.  The
software code licensed under GPL Version 2.0 is free software that comes
with ABSOLUTELY NO WARRANTY.  You can redistribute and/or modify such
GPL code under the terms of GPL Version 2.0.  For more details, see the
documentation or "License Notice" file accompanying the IOS-XE software,
or the applicable URL provided on the flyer accompanying the IOS-XE
software.


ROM: IOS-XE ROMMON

ks1 uptime is 1 day, 15 hours, 32 minutes
Uptime for this control processor is 1 day, 15 hours, 34 minutes
System returned to ROM by reload at 22:55:31 MET-DST Fri Jul 25 2014
System restarted at 23:02:42 MET-DST Fri Jul 25 2014
System image file is "bootflash:asr1000rp1-adventerprisek9.03.07.05.S.152-4.S5.bin"
Last reload reason: LocalSoft



{CRYPTO_NOTICE}
License Level: adventerprise
License Type: Permanent
Next reload license Level: adventerprise

cisco ASR1002 (2RU) processor with 1729634K/6147K bytes of memory.
Processor board ID FOX0000A0BB
4 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
4194304K bytes of physical memory.
7798783K bytes of eUSB flash at bootflash:.

Configuration register is 0x2102
"""

XE17 = f"""\
Cisco IOS XE Software, Version 17.06.05a
Cisco IOS Software [Bengaluru], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), \
Version 17.6.5a, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled Tue 03-Oct-23 09:12 by mcpre


ROM: IOS-XE ROMMON

ks2 uptime is 5 weeks, 3 days, 1 hour, 12 minutes
Uptime for this control processor is 5 weeks, 3 days, 1 hour, 14 minutes
System returned to ROM by reload
System image file is "bootflash:packages.conf"
Last reload reason: reload



{CRYPTO_NOTICE}
License Level: ax
License Type: N/A(Smart License Enabled)
Next reload license Level: ax

The current throughput level is 1000 kbps


Smart Licensing Status: UNREGISTERED/No Licenses in Use

cisco C8000V (VXE) processor (revision VXE) with 2052375K/3075K bytes of memory.
Processor board ID 9ABCDEF0123
Router operating mode: Autonomous
10 Gigabit Ethernet interfaces
32768K bytes of non-volatile configuration memory.
8105912K bytes of physical memory.
5234688K bytes of virtual hard disk at bootflash:.
0K bytes of  at webui:.

Configuration register is 0x2102 (will be 0x2142 at next reload)
"""

IOL = """\
Cisco IOS Software, Linux Software (I86BI_LINUX-ADVENTERPRISEK9-M), \
Version 15.4(1)T, DEVELOPMENT TEST SOFTWARE
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2013 by Cisco Systems, Inc.
Compiled Sat 23-Nov-13 03:28 by prod_rel_team

ROM: Bootstrap program is Linux

gm9 uptime is 1 minute
System returned to ROM by unknown reload cause - reason ptr 0x0, PC 0x0,  address 0x0
System image file is "unix:./l3-adventerprisek9-15.4.1T.bin"
Last reload reason: Unknown reason

Linux Unix (i686) processor with 852968K bytes of memory.
Processor board ID 67108896
8 Ethernet interfaces
4 Serial interfaces
1024K bytes of NVRAM.

Configuration register is 0x0
"""

SMART = """\
Technology Package License Information:

-----------------------------------------------------------------
Technology    Technology-package           Technology-package
              Current       Type           Next reboot
------------------------------------------------------------------
appxk9           None             Smart License    None
securityk9       securityk9       Smart License    securityk9
ipbase           ipbasek9         Smart License    ipbasek9

The current throughput level is 100000 kbps

"""


def _version(text: str, command: str = COMMAND) -> Version:
    record = parse(command, text)
    assert isinstance(record, Version)
    assert record.unparsed == ()
    return record


def _at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - device time


def test_ios_12_4t_is_read() -> None:
    found = _version(CLASSIC)

    assert (found.version, found.platform) == ("12.4(24)T8", "2800")
    assert found.release == Release(12, 4, 24, "T", 8, "")
    assert (found.host, found.model, found.serial) == ("gm.branch-7", "2811", "FTX0000A0AA")
    assert found.uptime_s == (365 + 14 + 1) * 86400 + 49 * 60
    assert (found.returned_by, found.returned_at) == ("power-on", None)
    assert found.restarted_at == _at("2015-06-23 09:29:31")
    assert found.image == "C2800NM-ADVENTERPRISEK9-M"
    assert found.image_file == "flash:c2800nm-adventerprisek9-mz.124-24.T8.bin"
    assert (found.memory_bytes, found.io_memory_bytes) == (247808 * 1024, 14336 * 1024)
    assert [(port.count, port.kind) for port in found.ports] == [
        (2, "FastEthernet"),
        (1, "Serial"),
        (4, "Low-speed serial(sync/async)"),
        (1, "Channelized E1/PRI port"),
        (16, "terminal lines"),
        (1, "Virtual Private Network (VPN) Module"),
    ]
    assert (found.config_register, found.next_config_register) == (0x2102, None)
    assert not found.is_xe


def test_ios_xe_3_tells_both_of_its_numbers() -> None:
    found = _version(XE3)

    assert (found.version, found.xe_version) == ("15.2(4)S5", "03.07.05.S")
    assert (found.model, found.processor) == ("ASR1002", "2RU")
    assert found.returned_by == "reload"
    assert found.returned_at == _at("2014-07-25 22:55:31")
    assert found.license_level == "adventerprise"
    assert found.processor_uptime_s == 86400 + 15 * 3600 + 34 * 60
    assert found.is_xe


def test_ios_xe_17_on_a_virtual_router_is_read() -> None:
    found = _version(XE17)

    assert (found.codename, found.version, found.platform) == ("Bengaluru", "17.6.5a", "Virtual XE")
    assert found.release is not None
    assert (17, 6) <= found.release < (17, 7)
    assert (found.license_type, found.throughput_kbps) == ("N/A(Smart License Enabled)", 1000)
    assert found.operating_mode == "Autonomous"
    assert [(medium.kind, medium.place) for medium in found.storage] == [
        ("virtual hard disk", "bootflash"),
        (None, "webui"),
    ]
    assert found.next_config_register == 0x2142


def test_ios_on_linux_is_read() -> None:
    found = _version(IOL)

    assert (found.version, found.platform, found.label) == (
        "15.4(1)T",
        "Linux",
        "DEVELOPMENT TEST SOFTWARE",
    )
    assert (found.nvram_bytes, found.config_register) == (1024 * 1024, 0)
    assert found.reload_reason == "Unknown reason"


def test_smart_licences_of_an_isr_are_read() -> None:
    found = _version(
        XE17.replace("Smart Licensing Status", SMART + "Smart Licensing Status").replace(
            "The current throughput level is 1000 kbps\n", ""
        )
    )

    assert found.license_packages is not None
    assert [(one.technology, one.current) for one in found.license_packages.packages] == [
        ("appxk9", None),
        ("securityk9", "securityk9"),
        ("ipbase", "ipbasek9"),
    ]
    assert found.throughput_kbps == 100000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.4(24)T8", (12, 4, 24, "T", 8, "")),
        ("12.4(15)XW9a", (12, 4, 15, "XW", 9, "a")),
        ("12.4(3i)", (12, 4, 3, "", 0, "i")),
        ("15.1(4)M8", (15, 1, 4, "M", 8, "")),
        ("15.5(3)S4b", (15, 5, 3, "S", 4, "b")),
        ("03.09.01.S", (3, 9, 1, "S", 0, "")),
        ("16.06.05", (16, 6, 5, "", 0, "")),
        ("17.6.1a", (17, 6, 1, "", 0, "a")),
        ("17.12.4", (17, 12, 4, "", 0, "")),
        ("16.3.20170410:103306", (16, 3, 0, "", 0, "")),
    ],
)
def test_release_numbers_become_values(text: str, expected: tuple[object, ...]) -> None:
    assert release(text) == expected


def test_releases_compare_by_number_not_by_text() -> None:
    ordered = [
        "12.4(9)T",
        "12.4(24)T",
        "15.1(4)M8",
        "15.1(4)M10",
        "16.6.5",
        "17.3.1",
        "17.3.1a",
        "17.12.1",
    ]

    assert sorted(sorted(ordered), key=release) == ordered


@pytest.mark.parametrize("text", ["", "latest", "17", "BLD_V163_LATEST"])
def test_other_text_is_no_release(text: str) -> None:
    with pytest.raises(ValueError, match="release"):
        release(text)


def test_a_span_of_time_must_name_its_units() -> None:
    assert span_seconds("0 minutes") == 0
    with pytest.raises(ValueError, match="span"):
        span_seconds("5 parsecs")


@pytest.mark.parametrize("text", [CLASSIC, XE3, XE17, IOL])
def test_a_cut_output_is_always_noticed(text: str) -> None:
    assert unnoticed_cuts(COMMAND, text) == []


def test_a_filter_leaves_a_partial_record() -> None:
    found = _version("ks2 uptime is 5 weeks, 3 days\n", "show version | include uptime")

    assert (found.host, found.uptime_s) == ("ks2", 38 * 86400)
    assert (found.version, found.release) == (None, None)
    assert found.partial[0] == "output filter '| include uptime'"


def test_another_output_and_nothing_are_refused() -> None:
    for text in (KS_POLICY, ""):
        with pytest.raises(ParseError):
            parse(COMMAND, text)
