"""What the configuration of a router holds that nobody has configured.

Only the lines that `show running-config` prints on such a router; names and interfaces come from
the platform.
"""

_XE_BEGIN = """\
service timestamps debug datetime msec
service timestamps log datetime msec
platform qfp utilization monitor load 80
"""
_MARKERS = """\
boot-start-marker
boot-end-marker
no aaa new-model
"""
ISR4451_UNCONFIGURED = """\
vrf definition Mgmt-intf
 address-family ipv4
 exit-address-family
 address-family ipv6
 exit-address-family
interface GigabitEthernet0
 vrf forwarding Mgmt-intf
"""
_XE_MIDDLE = """\
login on-success log
subscriber templating
multilink bundle-name authenticated
license udi pid PID sn SN
"""
_XE_CHASSIS = """\
diagnostic bootup level minimal
spanning-tree extend system-id
redundancy
"""
ISR4451 = (
    _XE_BEGIN
    + "no platform punt-keepalive disable-kernel-core\n"
    + _MARKERS
    + _XE_MIDDLE
    + "no license smart enable\n"
    + _XE_CHASSIS
    + """\
 mode none
ip forward-protocol nd
no ip http server
no ip http secure-server
control-plane
line con 0
 transport input none
 stopbits 1
line aux 0
 stopbits 1
line vty 0 4
"""
)
C8000V = (
    _XE_BEGIN
    + """\
service call-home
platform punt-keepalive disable-kernel-core
platform console virtual
"""
    + _MARKERS
    + _XE_MIDDLE
    + "memory free low-watermark processor 64219\n"
    + _XE_CHASSIS
    + """\
ip forward-protocol nd
ip http server
ip http secure-server
control-plane
line con 0
 stopbits 1
line aux 0
line vty 0 4
call-home
 contact-email-addr sch-smart-licensing@cisco.com
 profile "CiscoTAC-1"
  active
  destination transport-method http
"""
)
ISR2911 = (
    """\
service timestamps debug datetime msec
service timestamps log datetime msec
no service password-encryption
"""
    + _MARKERS
    + """\
ip cef
no ipv6 cef
multilink bundle-name authenticated
license udi pid PID sn SN
redundancy
ip forward-protocol nd
no ip http server
no ip http secure-server
control-plane
line con 0
line aux 0
line 2
 no activation-character
 no exec
 transport preferred none
 transport output pad telnet rlogin lapb-ta mop udptn v120 ssh
 stopbits 1
line vty 0 4
scheduler allocate 20000 1000
"""
)
