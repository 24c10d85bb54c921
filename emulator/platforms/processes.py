"""The processes of the operating system: names, and how much they do and hold, as data.

`work` is CPU time in microseconds for each second that the router is up, `calls` how often a
process runs in a minute, `held` the bytes that it keeps.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """A process that is always there; `families` limits it to one family of software."""

    name: str
    work: int
    calls: int
    held: int
    families: tuple[str, ...] = ("classic", "xe")


_XE = ("xe",)
_CLASSIC = ("classic",)
JOBS = (
    Job("Chunk Manager", 1, 1, 31_744),
    Job("Load Meter", 4, 12, 12_504),
    Job("RF Slave Main Th", 0, 1, 22_275_464, _XE),
    Job("PKI Trustpool", 0, 1, 13_504),
    Job("Retransmission o", 0, 1, 13_488, _XE),
    Job("IPC ISSU Dispatc", 0, 1, 13_488, _XE),
    Job("Check heaps", 410, 6, 13_504),
    Job("Pool Manager", 2, 3, 19_712),
    Job("DiscardQ Backgro", 0, 1, 12_480),
    Job("Timers", 0, 1, 12_480),
    Job("WATCH_AFS", 0, 1, 12_504),
    Job("Crash writer", 0, 1, 12_480),
    Job("Exception contro", 0, 1, 43_504),
    Job("License Client N", 2, 2, 214_352),
    Job("Licensing Auto U", 1, 1, 62_800),
    Job("ARP Input", 12, 40, 47_880),
    Job("ARP Background", 8, 60, 14_912),
    Job("AAA_SERVER_DEADT", 0, 1, 12_504),
    Job("AAA high-capacit", 0, 1, 24_928),
    Job("Policy Manager", 0, 1, 22_360),
    Job("DDR Timers", 0, 1, 13_536),
    Job("Entity MIB API", 9, 12, 88_968),
    Job("IOSD ipc task", 620, 1500, 15_636_504, _XE),
    Job("IOSD chasfs task", 140, 240, 72_152, _XE),
    Job("IOSXE-RP Punt Se", 90, 400, 34_680, _XE),
    Job("REDUNDANCY FSM", 0, 1, 13_488, _XE),
    Job("Punt FP Stats Du", 3, 2, 13_488, _XE),
    Job("PuntInject Keepa", 60, 60, 13_488, _XE),
    Job("Eigrp ioport", 0, 1, 12_504, _CLASSIC),
    Job("Net Background", 46, 60, 30_640),
    Job("IDB Work", 4, 4, 14_112),
    Job("Logger", 3, 12, 15_544),
    Job("TTY Background", 38, 60, 21_504),
    Job("Per-Second Jobs", 120, 60, 31_816),
    Job("Per-minute Jobs", 90, 1, 56_608),
    Job("Net Input", 2, 4, 13_536),
    Job("Compute load avg", 130, 12, 13_504),
    Job("CFT Timer Proces", 5, 60, 13_504),
    Job("Environmental mo", 210, 12, 19_360),
    Job("Ethernet Msec Ti", 330, 3600, 16_768),
    Job("FBM Timer", 30, 60, 12_504, _CLASSIC),
    Job("Netclock Backgro", 60, 60, 13_504),
    Job("VRRS Main thread", 8, 60, 14_512),
    Job("IP Input", 150, 120, 68_576),
    Job("ICMP event handl", 0, 1, 13_536),
    Job("IP ARP Adjacency", 3, 6, 33_376),
    Job("IP ARP Retry Age", 6, 60, 13_504),
    Job("IPv6 Input", 1, 2, 29_488),
    Job("SSH Event handle", 4, 4, 41_328),
    Job("CDP Protocol", 22, 18, 54_976),
    Job("TCP Timer", 40, 300, 24_608),
    Job("TCP Protocols", 9, 12, 35_304),
    Job("HTTP CORE", 2, 1, 94_584),
    Job("RIB LM VALIDATE", 1, 6, 21_704),
    Job("IPv6 RIB Event H", 0, 1, 24_344),
    Job("CEF: IPv4 proces", 24, 60, 1_266_888),
    Job("CEF background p", 12, 24, 57_216),
    Job("XDR mcast", 0, 1, 13_488, _XE),
    Job("IPv6 ping proces", 0, 1, 12_504),
    Job("Crypto HW Proc", 5, 6, 60_064),
    Job("Crypto IKEv2", 6, 12, 214_776),
    Job("Crypto Support", 3, 6, 94_400),
    Job("IPSEC key engine", 4, 6, 316_384),
    Job("CRYPTO QoS proce", 0, 1, 13_504),
    Job("Crypto INT", 0, 1, 12_504),
    Job("Crypto IKMP", 5, 8, 171_360),
    Job("Crypto ACL", 2, 2, 24_600),
    Job("Crypto PAS Proc", 1, 1, 13_504),
    Job("Key Proc", 0, 1, 12_504),
    Job("Crypto GDOI", 8, 12, 240_936),
    Job("PKI Server", 0, 1, 13_504),
    Job("IP SNMP", 10, 10, 34_416),
    Job("PDU DISPATCHER", 1, 6, 13_504),
    Job("SNMP ENGINE", 15, 10, 1_204_512),
    Job("SNMP Traps", 0, 1, 38_320),
    Job("NTP", 26, 60, 33_264),
    Job("EEM ED Syslog", 2, 2, 61_496),
    Job("EEM Server", 6, 6, 188_072),
    Job("Syslog Traps", 0, 1, 13_504),
    Job("VTY Background", 1, 1, 12_504),
    Job("Collection proce", 70, 6, 62_184),
)
