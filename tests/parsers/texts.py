"""Outputs written for the tests, in the layout of IOS-XE 17."""

KS_POLICY = """\
Key Server Policy:
For group BANK-WAN.v4 (handle: 0x40000002) server 10.10.1.1 (handle: 0x40000002):

  # of teks : 1  Seq num : 4
  KEK POLICY (transport type : Unicast)
    spi : 0x0123456789ABCDEF0123456789ABCDEF
    management alg     : disabled      encrypt alg           : AES
    crypto iv length   : 16            key size              : 32
    orig life(sec)     : 86400         remaining life(sec)   : 40120
    time to rekey (sec): 39885
    sig hash algorithm : enabled       sig key length        : 294
    sig size           : 256
    sig key name       : GETVPN-REKEY
    acknowledgement    : Cisco

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0x1A2B3C4D
    access-list        : GETVPN-POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 3011
    tek life(sec)      : 7200          elapsed time(sec)     : 4189
    override life(sec) : 0             antireplay window size: 5
    time to rekey (sec): 2520

"""

MEMBER = """\
Group Member ID    : {address}  GM Version: 1.0.25
 Group ID          : 1001
 Group Name        : {group}
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
 Rekeys sent       : {sent}
 Rekeys retries    : 0
 Rekey Acks Rcvd   : {sent}
 Rekey Acks missed : 0

 Sent seq num : 1     2     3     4
 Rcvd seq num : 1     2     3     4


"""


def ks_members(count: int, group: str = "BANK-WAN.v4") -> str:
    """`show crypto gdoi ks members` of a group with `count` members."""
    head = (
        f"Number of rekeys sent for group {group} : 12\n"
        f"Number of retransmits during the last rekey for group {group} : 0\n"
        f"Duration of the last rekey for group {group} : 10000 msec\n\n"
    )
    members = (
        MEMBER.format(address=f"10.20.{i >> 8}.{i & 255}", group=group, sent=i % 50)
        for i in range(count)
    )
    return head + "".join(members)
