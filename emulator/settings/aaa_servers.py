"""TACACS+ and RADIUS servers, in the old and in the new way of naming them."""

from ..config.edit import Edit
from ..grammar import CommandSet
from .concealing import Concealing

AUTH_PORT = 1645
ACCT_PORT = 1646

declared = CommandSet()
declared.mode("tacacs-server", "config-server-tacacs")
declared.mode("radius-server", "config-radius-server")
declared.words(
    {
        "radius": "Radius configuration command",
        "radius server": "Server configuration",
        "radius-server": "Modify RADIUS query parameters",
        "tacacs": "TACACS configuration",
        "tacacs server": "Server configuration",
        "tacacs-server": "Modify TACACS query parameters",
        "tacacs-server directed-request": "Allow user to specify tacacs server to use",
        "tacacs-server host": "Specify a TACACS server",
        "tacacs-server key": "Set TACACS+ encryption key.",
        "tacacs-server timeout": "Time to wait for a TACACS server to reply",
        "radius-server host": "Specify a RADIUS server",
        "radius-server key": "encryption key shared with the radius servers",
        "radius-server retransmit": "Specify the number of retries to active server",
        "radius-server timeout": "Time to wait for a RADIUS server to reply",
        "address": "Specify the server address to use",
        "address ipv4": "IPv4 Address",
        "address ipv6": "IPv6 Address",
        "key": "Set server encryption key",
        "single-connection": "Reuse connection to server",
        "ip radius": "RADIUS configuration commands",
        "ip tacacs": "TACACS configuration commands",
        "radius source-interface": "Specify interface for source address in RADIUS packets",
        "tacacs source-interface": "Specify interface for source address in TACACS packets",
    }
)

_TYPED = "[<type:0|6|7>] <secret:secret_line>"


def _radius_address(edit: Edit) -> None:
    """Both ports are always printed."""
    values = edit.values
    if edit.text is None:
        return
    for name, usual in (("auth_port", AUTH_PORT), ("acct_port", ACCT_PORT)):
        typed = values.get(name, ())
        values[name] = typed[-1] if typed else usual
    edit.text = (
        f"address {'ipv6' if ':' in values['address'] else 'ipv4'} {values['address']}"
        f" auth-port {values['auth_port']} acct-port {values['acct_port']}"
    )


declared.setting("config", "tacacs server <name!>", section="tacacs", enters="tacacs-server")
declared.setting("tacacs-server", "address {ipv4 <address:ipv4> | ipv6 <address:ipv6>}")
declared.setting("tacacs-server", f"key {_TYPED}", check=Concealing(warns=True))
declared.setting("tacacs-server", "port <port:1-65535>")
declared.setting("tacacs-server", "timeout <seconds:1-1000>")
declared.setting("tacacs-server", "single-connection")
declared.setting("config", "radius server <name!>", section="radius", enters="radius-server")
declared.setting(
    "radius-server",
    "address {ipv4 <address:ipv4> | ipv6 <address:ipv6>}"
    " {auth-port <auth_port:0-65535> | acct-port <acct_port:0-65535>}*",
    name="address",
    check=_radius_address,
)
declared.setting("radius-server", "timeout <seconds:1-1000>")
declared.setting("radius-server", "retransmit <retries:0-100>")
declared.setting(
    "radius-server",
    "automate-tester username <user> {ignore-acct-port | ignore-auth-port | probe-on"
    " | idle-time <minutes:1-35791>}*",
)
declared.setting("radius-server", f"key {_TYPED}", check=Concealing(warns=True))

_HOST_OPTIONS = "{port <port:1-65535> | timeout <timeout:1-1000> | single-connection}*"
declared.setting(
    "config",
    f"tacacs-server host <host!> {_HOST_OPTIONS} [key {_TYPED}]",
    section="aaa-servers",
    check=Concealing("key", warns=True),
)
declared.setting("config", "tacacs-server timeout <seconds:1-1000>", section="aaa-servers")
declared.setting("config", "tacacs-server directed-request [restricted]", section="aaa-servers")
declared.setting(
    "config", f"tacacs-server key {_TYPED}", section="aaa-servers", check=Concealing(warns=True)
)
declared.setting(
    "config",
    "radius-server attribute <number!:1-255> <words!:line>",
    section="aaa-servers",
)
declared.setting(
    "config",
    "radius-server host <host!> {auth-port <auth_port:0-65535> | acct-port <acct_port:0-65535>"
    f" | timeout <timeout:1-1000> | retransmit <retransmit:0-100>}}* [key {_TYPED}]",
    section="aaa-servers",
    check=Concealing("key", warns=True),
)
declared.setting("config", "radius-server timeout <seconds:1-1000>", section="aaa-servers")
declared.setting("config", "radius-server retransmit <retries:0-100>", section="aaa-servers")
declared.setting("config", "radius-server deadtime <minutes:1-1440>", section="aaa-servers")
declared.setting(
    "config", "radius-server vsa send [<what:accounting|authentication>]", section="aaa-servers"
)
declared.setting(
    "config", f"radius-server key {_TYPED}", section="aaa-servers", check=Concealing(warns=True)
)
for _protocol in ("radius", "tacacs"):
    declared.setting(
        "config",
        f"ip {_protocol} source-interface <interface:interface>",
        section="logging-host",
    )
