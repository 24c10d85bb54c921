"""`show ip traffic`. Layout: a genieparser sample of IOS-XE."""

from ..grammar import CommandSet
from ..services.interfaces import Interfaces
from ..shell.call import Call

declared = CommandSet()
declared.words(
    {
        "show ip traffic": "IP protocol statistics",
        "clear ip traffic": "Clear IP traffic statistics",
    }
)

_TEXT = """\
IP statistics:
  Rcvd:  {received} total, {local} local destination
         0 format errors, 0 checksum errors, 0 bad hop count
         0 unknown protocol, 0 not a gateway
         0 security failures, 0 bad options, 0 with options
  Opts:  0 end, 0 nop, 0 basic security, 0 loose source route
         0 timestamp, 0 extended security, 0 record route
         0 stream ID, 0 strict source route, 0 alert, 0 cipso, 0 ump
         0 other
  Frags: 0 reassembled, 0 timeouts, 0 couldn't reassemble
         0 fragmented, 0 fragments, 0 couldn't fragment
         0 invalid hole
  Bcast: {broadcasts} received, 0 sent
  Mcast: {multicasts} received, 0 sent
  Sent:  {generated} generated, {forwarded} forwarded
  Drop:  0 encapsulation failed, 0 unresolved, 0 no adjacency
         0 no route, 0 unicast RPF, 0 forced drop, 0 unsupported-addr
         0 options denied, 0 source IP address zero

ICMP statistics:
  Rcvd: 0 format errors, 0 checksum errors, 0 redirects, 0 unreachable
        0 echo, 0 echo reply, 0 mask requests, 0 mask replies, 0 quench
        0 parameter, 0 timestamp, 0 info request, 0 other
        0 irdp solicitations, 0 irdp advertisements
  Sent: 0 redirects, 0 unreachable, 0 echo, 0 echo reply
        0 mask requests, 0 mask replies, 0 quench, 0 timestamp
        0 info reply, 0 time exceeded, 0 parameter problem
        0 irdp solicitations, 0 irdp advertisements

UDP statistics:
  Rcvd: 0 total, 0 checksum errors, 0 no port 0 finput
  Sent: 0 total, 0 forwarded broadcasts

BGP statistics:
  Rcvd: 0 total, 0 opens, 0 notifications, 0 updates
        0 keepalives, 0 route-refresh, 0 unrecognized
  Sent: 0 total, 0 opens, 0 notifications, 0 updates
        0 keepalives, 0 route-refresh

EIGRP-IPv4 statistics:
  Rcvd: 0 total
  Sent: 0 total

TCP statistics:
  Rcvd: {local} total, 0 checksum errors, 0 no port
  Sent: {generated} total

PIMv2 statistics: Sent/Received
  Total: 0/0, 0 checksum errors, 0 format errors
  Registers: 0/0 (0 non-rp, 0 non-sm-group), Register Stops: 0/0,  Hellos: 0/0
  Join/Prunes: 0/0, Asserts: 0/0, grafts: 0/0
  Bootstraps: 0/0, Candidate_RP_Advertisements: 0/0
  Queue drops: 0
  State-Refresh: 0/0

IGMP statistics: Sent/Received
  Total: 0/0, Format errors: 0/0, Checksum errors: 0/0
  Host Queries: 0/0, Host Reports: 0/0, Host Leaves: 0/0 \n\
  DVMRP: 0/0, PIM: 0/0
  Queue drops: 0

OSPF statistics:
  Last clearing of OSPF traffic counters never
  Rcvd: 0 total, 0 checksum errors
    0 hello, 0 database desc, 0 link state req
    0 link state updates, 0 link state acks
  Sent: 0 total
    0 hello, 0 database desc, 0 link state req
    0 link state updates, 0 link state acks

Probe statistics:
  Rcvd: 0 address requests, 0 address replies
        0 proxy name requests, 0 where-is requests, 0 other
  Sent: 0 address requests, 0 address replies (0 proxy)
        0 proxy name replies, 0 where-is replies

ARP statistics:
  Rcvd: 0 requests, {neighbours} replies, 0 reverse, 0 other
  Sent: {neighbours} requests, 0 replies (0 proxy), 0 reverse
  Drop due to input queue full: 0
"""


@declared.exec("show ip traffic")
def show_ip_traffic(call: Call) -> str:
    """Packets by protocol: what came in on the interfaces and goes out again is forwarded."""
    interfaces = call.router.feature(Interfaces)
    counters = [interfaces.counters(s.name) for s in interfaces.all() if not s.parent and s.ipv4]
    received = sum(one.packets_in for one in counters)
    sent = sum(one.packets_out for one in counters)
    forwarded = min(received, sent)
    arp = [entry for vrf in ("", *interfaces.vrfs()) for entry in interfaces.arp(vrf)]
    return _TEXT.format(
        received=received,
        local=received - forwarded,
        generated=sent - forwarded,
        forwarded=forwarded,
        broadcasts=sum(one.broadcasts_in for one in counters),
        multicasts=sum(one.multicasts_in for one in counters),
        neighbours=sum(entry.age_s is not None for entry in arp),
    )
