"""Outputs of `show crypto gdoi`, written for the tests in the layouts of the releases."""

MEMBER_ROWS = """\
    Group member             : 10.20.1.1       vrf: None
       Local addr/port       : 10.20.1.1/848
       Remote addr/port      : 10.10.1.1/848
       fvrf/ivrf             : None/None
       Version               : 1.0.26
       Registration status   : Registered
       Registered with       : 10.10.1.1
       Re-registers in       : 6790 sec
       Succeeded registration: 2
       Attempted registration: 5
       Last rekey from       : 10.10.1.2
       Last rekey seq num    : 7
       Unicast rekey received: 25
       Rekey ACKs sent       : 24
       Rekey Rcvd(hh:mm:ss)  : 01:02:03
       PFS Rekey received    : 0
       DP Error Monitoring   : OFF
       IPSEC init reg executed    : 1
       IPSEC init reg postponed   : 2
       Active TEK Number     : 2
       SA Track (OID/status) : disabled
       Fail-Close Revert : Disabled
"""

MEMBER_LIMITS = """\

       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 125
       After latest register : 25
       Rekey Acks sents      : 124
"""

MEMBER_HEAD = """\
GROUP INFORMATION

    Group Name               : BANK-WAN.v4
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP)
    Crypto Path              : ipv4
    Key Management Path      : ipv4
    Rekeys received          : 25
    IPSec SA Direction       : Both

     Group Server list       : 10.10.1.1
                               10.10.1.2
                               10.10.1.3

Group Member Information For Group BANK-WAN.v4:
    IPSec SA Direction       : Inbound Only
    ACL Received From KS     : gdoi_group_BANK-WAN.v4_temp_acl

"""

MEMBER_POLICY = """\

 ACL Downloaded From KS 10.10.1.1:
   access-list   deny udp any port = 848 any port = 848
   access-list   deny ospf any any
   access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 80250
    Encrypt Algorithm        : AES
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_SHA256
    Sig Key Length (bits)    : 2352

TEK POLICY for the current KS-Policy ACEs Downloaded:
  GigabitEthernet0/0/1:
    IPsec SA:
        spi: 0xA0000001(2684354561)
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): (7190)
        Anti-Replay(Time Based) : 5 sec interval
        tag method : cts sgt
        alg key size: 32 (bytes)
        sig key size: 32 (bytes)
        encaps: ENCAPS_TUNNEL

    IPsec SA:
        spi: 0x0000000A(10)
        transform: esp-256-aes esp-sha256-hmac
        sa timing:remaining key lifetime (sec): (35)
        Anti-Replay(Counter Based) : 64
        tag method : disabled
        alg key size: 32 (bytes)
        sig key size: 32 (bytes)
        encaps: ENCAPS_TUNNEL


KGS POLICY:
  REG_GM: local_addr 10.20.1.1 (client_reg enabled)

P2P POLICY:
  REG_GM: local_addr 10.20.1.1
"""

MEMBER = MEMBER_HEAD + MEMBER_ROWS + MEMBER_LIMITS + MEMBER_POLICY
"""IOS-XE 17, in the midst of a rollover."""

MEMBER_MULTICAST = """\
GROUP INFORMATION

    Group Name               : LAB_1
    Group Identity           : 192.0.2.77
    Rekeys received          : 0
    IPSec SA Direction       : Both

     Group Server list       : 192.0.2.1

    Group member             : 192.0.2.21      vrf: None
       Registration status   : Registered
       Registered with       : 192.0.2.1
       Re-registers in       : 2579 sec
       Succeeded registration: 1
       Attempted registration: 5
       Last rekey from       : 0.0.0.0
       Last rekey seq num    : 0
       Multicast rekey rcvd  : 0
       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 0
       After latest register : 0
       Rekey Received        : never

 ACL Downloaded From KS 192.0.2.1:
   access-list  permit ip 172.16.0.0 0.0.255.255 172.16.0.0 0.0.255.255

KEK POLICY:
    Rekey Transport Type     : Multicast
    Lifetime (secs)          : 86399
    Encrypt Algorithm        : 3DES
    Key Size                 : 192
    Sig Hash Algorithm       : HMAC_AUTH_SHA
    Sig Key Length (bits)    : 1024

TEK POLICY for the current KS-Policy ACEs Downloaded:
  FastEthernet1/0:
    IPsec SA:
        spi: 0xB8841F0F(3095666447)
        transform: esp-3des esp-md5-hmac
        sa timing:remaining key lifetime (sec): (2753)
        Anti-Replay(Time Based) : 3 sec interval
"""
"""IOS 15.0 with multicast rekeys."""

MEMBER_BEFORE_15 = """\
GROUP INFORMATION

    Group Name               : LAB_1
    Group Identity           : 1
    Rekeys received          : 3
    IPSec SA Direction       : Both
    Active Group Server      : 192.0.2.1
    Group Server list        : 192.0.2.1

    GM Reregisters in        : 1686 secs
    Rekey Received(hh:mm:ss) : 00:01:53

    Rekeys received
         Cumulative          : 4
         After registration  : 3
    Rekey Acks sent          : 4

 ACL Downloaded From KS 192.0.2.1:
   access-list  permit icmp any any

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 85806
    Encrypt Algorithm        : 3DES
    Key Size                 : 192
    Sig Hash Algorithm       : HMAC_AUTH_SHA
    Sig Key Length (bits)    : 1024

TEK POLICY:
  FastEthernet0/1.146:
    IPsec SA:
        sa direction:inbound
        spi: 0xA9CC9DD2(2848759250)
        transform: esp-3des esp-sha-hmac
        sa timing:remaining key lifetime (sec): (1747)
        Anti-Replay : Disabled

    IPsec SA:
        sa direction:outbound
        spi: 0xA9CC9DD2(2848759250)
        transform: esp-3des esp-sha-hmac
        sa timing:remaining key lifetime (sec): (1747)
        Anti-Replay : Disabled
"""
"""IOS 12.4T before group members were listed one by one."""

MEMBER_IPV6 = """\
GROUP INFORMATION

    Group Name               : BANK-WAN.v6
    Group Identity           : 1006
    Group Type               : G-IKEv2 (IKEv2)
    IKEv2 Profile            : GIKEV2-PROFILE
    Crypto Path              : ipv6
    Key Management Path      : ipv6
    Rekeys received          : 0
    IPSec SA Direction       : Both

     Group Server list       : 2001:DB8:10::1
                               2001:DB8:10::2

Group Member Information For Group BANK-WAN.v6:
    IPSec SA Direction       : Both
    ACL Received From KS     : gdoi_group_BANK-WAN.v6_temp_acl

    Group member             : 2001:DB8:20::1  vrf: None
       Local addr/port       : 2001:DB8:20::1/848
       Remote addr/port      : 2001:DB8:10::1/848
       fvrf/ivrf             : WAN/None
       Version               : 1.0.22
       Registration status   : Registered
       Registered with       : 2001:DB8:10::1
       Re-registers in       : 589 sec
       Succeeded registration: 1
       Attempted registration: 1
       Last rekey from       : UNKNOWN
       Last rekey seq num    : 0
       Unicast rekey received: 0
       Rekey ACKs sent       : 0
       Rekey Received        : never
       DP Error Monitoring   : ON
       IPSEC init reg executed    : 0
       IPSEC init reg postponed   : 0
       Active TEK Number     : 1
       SA Track (OID/status) : 10/Up

       allowable rekey cipher: any
       allowable rekey hash  : any
       allowable transformtag: any ESP

    Rekeys cumulative
       Total received        : 0
       After latest register : 0
       Rekey Acks sents      : 0

 ACL Downloaded From KS 2001:DB8:10::1:
   access-list   permit ipv6 2001:DB8::/32 2001:DB8::/32

KEK POLICY:
    Rekey Transport Type     : Unicast
    Lifetime (secs)          : 1650
    Encrypt Algorithm        : AES
    Key Size                 : 256
    Sig Hash Algorithm       : HMAC_AUTH_SHA512
    Sig Key Length (bits)    : 4400

TEK POLICY for the current KS-Policy ACEs Downloaded:
  Port-channel1.20:
    IPsec SA:
        spi: 0xC0000001(3221225473)
        transform: esp-gcm 256
        sa timing:remaining key lifetime (sec): (661)
        Anti-Replay(Time Based) : 20 sec interval
        tag method : disabled
        alg key size: 36 (bytes)
        sig key size: 0 (bytes)
        encaps: ENCAPS_TUNNEL
"""
"""IOS-XE 16 with G-IKEv2, an IPv6 group."""

SERVER = """\
GROUP INFORMATION

    Group Name               : BANK-WAN.v4 (Unicast)
    Re-auth on new CRL       : Disabled
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP)
    Crypto Path              : ipv4
    Key Management Path      : ipv4
    Group Members            : 3
    IPSec SA Direction       : Both
    IP D3P Window            : 1000 msec
    PFS                      : Enabled
    Split Resiliency Factor  : 2
    CKM status               : Disabled
    Redundancy               : Configured
        Local Address        : 10.10.1.1
        Local Priority       : 100
        Local KS Status      : Alive
        Local KS Role        : Primary
        Local KS Version     : 1.0.27
        Local COOP Version   : 1.0.8
    Group Rekey Lifetime     : 86400 secs
    Group Rekey
        Remaining Lifetime   : 84098 secs
    Rekey Retransmit Period  : 10 secs
    Rekey Retransmit Attempts: 2
    Group Retransmit
        Remaining Lifetime   : 7 secs

      IPSec SA Number        : 10
      IPSec SA Rekey Lifetime: 7200 secs
      Profile Name           : GETVPN-PROFILE
      Replay method          : Time Based
      Replay Window Size     : 5
      Tagging method         : Disabled
      SA Rekey
         Remaining Lifetime  : 1299 secs
      ACL Configured         : access-list GETVPN-POLICY

      IPSec SA Number        : 20
      IPSec SA Rekey Lifetime: 3600 secs
      Profile Name           : GETVPN-VOICE
      Replay method          : Count Based
      Replay Window Size     : 64
      Tagging method         : Disabled
      SA Rekey
         Remaining Lifetime  : 99 secs
      ACL Configured         : access-list 101

     Group Server list       : Local
"""
"""IOS-XE 17, two policies, three registered members."""

SERVER_CLASSIC = """\
GROUP INFORMATION

    Group Name               : SALES (Multicast)
    Group Identity           : 111
    Group Members            : 0
    IPSec SA Direction       : Both
    Active Group Server      : Local
    Group Rekey Lifetime     : 86400 secs
    Rekey Retransmit Period  : 10 secs
    Rekey Retransmit Attempts: 2

      IPSec SA Number        : 10
      IPSec SA Rekey Lifetime: 3600 secs
      Profile Name           : IPROF
      Replay method          : Count Based
      Replay Window Size     : 64
      ACL Configured         : access-list 101

    Group Server list        : Local
"""
"""IOS 12.4T."""
