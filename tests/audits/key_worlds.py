"""Texts about the keys of one group, for the tests of the rules on traffic and rekey keys."""

REKEY = """\
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 60 number 2
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
"""
KS_POLICY = "ks1/show crypto gdoi ks policy.txt"
KS_MEMBERS = "ks1/show crypto gdoi ks members.txt"


def server(
    *,
    name: str = "ks1",
    lifetime: str = "seconds 7200",
    transforms: str = "esp-aes 256 esp-sha256-hmac",
    rekey: str = REKEY,
    before: str = "",
    after: str = "",
) -> str:
    """The configuration of a key server; `after` stands at the end of the group's block."""
    profile = f" set security-association lifetime {lifetime}\n" if lifetime else ""
    return f"""\
hostname {name}
{before}crypto ipsec transform-set TS {transforms}
crypto ipsec profile PROF
{profile} set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
{rekey}  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.{name[-1]}.1
{after}ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


def snippet(text: str) -> str:
    """`text` without the line that makes it a whole configuration."""
    return "".join(text.splitlines(keepends=True)[1:])


def tek(
    life: int = 7200, transform: str = "esp-256-aes esp-sha256-hmac", *, superseded: bool = False
) -> str:
    """A traffic key as key servers show it."""
    rekey = "n/a" if superseded else "100"
    return f"""
  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA1B2C3D4
    access-list        : POLICY
    transform          : {transform}
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : {life}        remaining life(sec)   : 200
    tek life(sec)      : {life}        elapsed time(sec)     : 30
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): {rekey}
"""


def policy(*teks: str, kek_life: int = 86_400, cipher: str = "AES", key_bytes: int = 32) -> str:
    """What a key server shows of its keys."""
    return f"""\
Key Server Policy:
For group G1 (handle: 2147483650) server 10.10.1.1 (handle: 2147483650):

  # of teks : {len(teks)}  Seq num : 0
  KEK POLICY (transport type : Unicast)
    spi : 0x11223344556677889900AABBCCDDEEFF
    management alg     : disabled    encrypt alg       : {cipher}
    crypto iv length   : 16          key size          : {key_bytes}
    orig life(sec): {kek_life}       remaining life(sec): 800
    time to rekey (sec): 700
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    sig key name       : REKEY
{"".join(teks)}"""


def status(*, transport: str = "Unicast", kek_life: int = 86_400, retransmit: int = 60) -> str:
    """What `show crypto gdoi` says on a key server."""
    return f"""\
GROUP INFORMATION

    Group Name               : G1 ({transport})
    Group Identity           : 1001
    Group Members            : 4
    IPSec SA Direction       : Both
    Group Rekey Lifetime     : {kek_life} secs
    Rekey Retransmit Period  : {retransmit} secs
    Rekey Retransmit Attempts: 2

      IPSec SA Number        : 10
      IPSec SA Rekey Lifetime: 7200 secs
      Profile Name           : PROF
      Replay method          : Count Based
      Replay Window Size     : 64
      ACL Configured         : access-list POLICY

    Group Server list        : Local
"""


def member(name: str = "gm1", *servers: str) -> str:
    """The configuration of a group member."""
    listed = "".join(f" server address ipv4 {each}\n" for each in servers or ("10.10.1.1",))
    return f"""\
hostname {name}
crypto gdoi group BRANCH
 identity number 1001
{listed}interface GigabitEthernet0/0/1
 ip address 10.20.{name[-1]}.1 255.255.255.252
"""


def member_status(
    *, transform: str = "esp-256-aes esp-sha256-hmac", cipher: str = "AES", digest: str = "SHA256"
) -> str:
    """What `show crypto gdoi` says on a group member."""
    return f"""\
GROUP INFORMATION

    Group Name               : BRANCH
    Group Identity           : 1001
    Rekeys received          : 0
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1
                               10.10.2.1

    Group member             : 10.20.1.1      vrf: None
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 3137 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : 0.0.0.0
       Last rekey seq num    : 0
       Unicast rekey received: 0
       Rekey ACKs sent       : 0
       Rekey Received        : never
       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 0
       After latest register : 0
       Rekey Acks sents      : 0

 ACL Downloaded From KS 10.10.1.1:
   access-list  permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 86258
    Encrypt Algorithm        : {cipher}
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_{digest}
    Sig Key Length (bits)    : 2352

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/0/1:
    IPsec SA:
        spi: 0xBA343921(3123984673)
        transform: {transform}
        sa timing:remaining key lifetime (sec): (3245)
        Anti-Replay(Time Based) : 3 sec interval
"""


def registered(missed: int | None = 0, *, address: str = "10.20.1.1", heading: bool = True) -> str:
    """A member as `show crypto gdoi ks members` lists it; without counters as in 12.4T."""
    head = "Group Member Information :\n\nNumber of rekeys sent for group G1 : 31\n\n"
    counters = f""" Rekeys sent       : 31
 Rekeys retries    : 0
 Rekey Acks Rcvd   : 31
 Rekey Acks missed : {missed}

 Sent seq num : 0     1     2     3
 Rcvd seq num : 0     1     2     3
"""
    return f"""{head if heading else ""}\
Group Member ID    : {address}  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
{"" if missed is None else counters}
"""


def summary(members: int, missed: int = 0) -> str:
    """What `show crypto gdoi ks members summary` says of a group with `members` members."""
    rows = "".join(
        f"  10.20.{n // 250 + 1}.{n % 250 + 1}   1.0.26   31   {missed}\n" for n in range(members)
    )
    return f"""\
Group Member Information :

Group Name: G1, ID: 1001, Group Members: {members}
Key Server ID: 10.10.1.1, GMDB state: LOCAL, Group Members: {members}
  Member ID     Version      Rekey sent     Rekey Ack missed
{rows}
"""
