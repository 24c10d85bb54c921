"""Configurations and outputs of the key servers of one group, for the tests of several rules."""

_CONFIG = """\
hostname {host}
ip domain name example.net
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set TS
crypto gdoi group {group}
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey lifetime seconds 86400
  rekey retransmit 60 number 2
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  authorization address ipv4 52
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
   replay time window-size 5
   no tag
  address ipv4 {address}
  redundancy
   local priority {priority}
{peers}interface Loopback0
 ip address {address} 255.255.255.255
ip access-list standard 52
 permit 10.20.1.1
 permit 10.20.2.1
ip access-list extended POLICY
 deny udp any any eq 848
 deny udp any any eq ntp
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""

_SESSION = """\
        Session {number}:
                Server handle: 107374184{number}
                Peer Address: {peer}
                Peer Version: 1.0.27
                Peer COOP version: 1.0.8
                COOP Protocol: base
                Peer Priority: {priority}
                Peer KS Role: {role} , Peer KS Status: {status}
                Antireplay Sequence Number: 2107

                IKE status: {ike}
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

_COOP = """\
Crypto Gdoi Group Name :{group}
        Group handle: 1073741826, Local Key Server handle: 1073741826

        Local Address: {address}
        Local Priority: {priority}
        Local KS Role: {role} , Local KS Status: Alive
        Local KS version: 1.0.27
        Local COOP version: 1.0.8
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 11
                Antireplay Sequence Number: 8411
        Peer Sessions:
{sessions}"""

ALONE = """\
Crypto Gdoi Group Name :G1
        Group handle: 1073741871, Local Key Server handle: 1073741919
        *NO* redundancy configured for this group
"""

_KEK = """\
  KEK POLICY (transport type : Unicast)
    spi : 0x{spi}
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec): 86400       remaining life(sec): {remaining}
    time to rekey (sec): {to_rekey}
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : {signature}
    sig key name       : {label}

"""

_TEK = """\
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0x{spi}
    access-list        : POLICY
    transform          : {transform}
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : {remaining}
    tek life(sec)      : 7200          elapsed time(sec)     : {elapsed}
    override life (sec): 0             antireplay window size: {window}
    time to rekey (sec): {to_rekey}

"""

KEK = "7C1E94D2A05B3F6681D24C97E3A8B051"

KS = """\
Total group members registered to this box: {members}

Key Server Information For Group G1:
    Group Name               : G1
    Re-auth on new CRL       : Disabled
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP)
    Group Members            : {members}
    Rekey Acknowledgement Cfg: Cisco
    IPSec SA Direction       : Both
    IP D3P Window            : Disabled
    Split Resiliency Factor  : 0
    CKM status               : Disabled
    ACL Configured:
        access-list POLICY
    Redundancy               : Configured
        Local Address        : {address}
        Local Priority       : 100
        Local KS Status      : Alive
        Local KS Role        : {role}
        Local KS Version     : 1.0.27
        Local COOP Version   : 1.0.8
"""

_MEMBER = """\
Group Member ID    : {address}  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
 Rekeys sent       : 31
 Rekeys retries    : 0
 Rekey Acks Rcvd   : 31
 Rekey Acks missed : 0

 Sent seq num : 0     1     2     3
 Rcvd seq num : 0     1     2     3

"""


def address(number: int) -> str:
    """The address of the key server with that number."""
    return f"10.10.{number}.1"


def config(number: int = 1, *peers: int, priority: int | None = None, group: str = "G1") -> str:
    """The configuration of a key server; without `peers` the other one of two."""
    others = peers or (3 - number,)
    return _CONFIG.format(
        host=f"ks{number}",
        group=group,
        address=address(number),
        priority=110 - 10 * number if priority is None else priority,
        peers="".join(f"   peer address ipv4 {address(peer)}\n" for peer in others),
    )


def pair(old: str = "", new: str = "") -> dict[str, str]:
    """Two key servers with one policy; `old` replaced by `new` on the second."""
    second = config(2)
    if old:
        assert old in second
    return {"ks1.cfg": config(1), "ks2.cfg": second.replace(old, new) if old else second}


def session(
    peer: int,
    role: str = "Secondary",
    status: str = "Alive",
    ike: str = "Established",
    priority: int = 75,
) -> str:
    """A session in the output of `show crypto gdoi ks coop`."""
    return _SESSION.format(
        number=peer, peer=address(peer), role=role, status=status, ike=ike, priority=priority
    )


def coop(
    number: int, *sessions: str, role: str = "Primary", priority: int = 100, group: str = "G1"
) -> str:
    """An output of `show crypto gdoi ks coop`."""
    return _COOP.format(
        group=group,
        address=address(number),
        role=role,
        priority=priority,
        sessions="".join(sessions),
    )


def coop_file(number: int) -> str:
    """The name under which a test files such an output."""
    return f"ks{number}/show crypto gdoi ks coop.txt"


def kek(
    spi: str = KEK,
    remaining: int = 52_810,
    to_rekey: int = 52_485,
    signature: int = 256,
    label: str = "REKEY",
) -> str:
    """A KEK in the output of `show crypto gdoi ks policy`."""
    return _KEK.format(
        spi=spi, remaining=remaining, to_rekey=to_rekey, signature=signature, label=label
    )


def tek(
    spi: str = "5A1C77E0",
    remaining: int = 6_800,
    to_rekey: object = 6_000,
    transform: str = "esp-256-aes esp-sha256-hmac",
    window: int = 5,
) -> str:
    """A TEK in the output of `show crypto gdoi ks policy`."""
    return _TEK.format(
        spi=spi,
        remaining=remaining,
        elapsed=7_200 - remaining,
        to_rekey=to_rekey,
        transform=transform,
        window=window,
    )


def policy(number: int, *keys: str, sequence: int = 3) -> str:
    """An output of `show crypto gdoi ks policy`."""
    teks = sum("TEK POLICY" in key for key in keys)
    where = f"{address(number)} (handle: 2147483650)"
    head = f"Key Server Policy:\nFor group G1 (handle: 2147483650) server {where}:\n\n"
    return f"{head}  # of teks : {teks}  Seq num : {sequence}\n{''.join(keys)}"


def policy_file(number: int) -> str:
    """The name under which a test files such an output."""
    return f"ks{number}/show crypto gdoi ks policy.txt"


def members(*addresses: str) -> str:
    """An output of `show crypto gdoi ks members`."""
    head = "\nGroup Member Information : \n\nNumber of rekeys sent for group G1 : 31\n"
    tail = (
        "Number of retransmits during the last rekey for group G1 : 0\n"
        "Duration of the last rekey for group G1 : 10000 msec\n\n"
    )
    return head + tail + "".join(_MEMBER.format(address=each) for each in addresses)
