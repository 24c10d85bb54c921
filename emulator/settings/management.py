"""How the router is managed: web servers, file transfer, discovery, NETCONF and RESTCONF."""

from ..config.edit import Edit
from ..grammar import CLASSIC, XE, CommandSet
from ..services.pki import Pki
from .concealing import Concealing
from .switches import both_ways

declared = CommandSet()
declared.words(
    {
        "cdp": "Global CDP configuration subcommands",
        "cdp run": "Enable CDP",
        "cdp timer": "Specify rate (in sec) at which CDP packets are sent",
        "cdp holdtime": "Specify the holdtime (in sec) to be sent in packets",
        "ip ftp": "FTP configuration commands",
        "ip http": "HTTP server configuration",
        "ip tftp": "tftp configuration commands",
        "http access-class": "Restrict http server access by access-class",
        "http authentication": "Set http server authentication method",
        "http client": "Set http client parameters",
        "http max-connections": "Set maximum number of concurrent http server connections",
        "http path": "Set base path for HTML",
        "http port": "Set http server port",
        "http secure-port": "Set http secure server port number for listening",
        "http secure-server": "Enable HTTP secure server",
        "http secure-trustpoint": "Set http secure server certificate trustpoint",
        "http server": "Enable http server",
        "http timeout-policy": "Set http server time-out policy parameters",
        "authentication aaa": "Use AAA access control methods",
        "authentication enable": "Use enable passwords",
        "authentication local": "Use local username and passwords",
        "lldp": "Global LLDP configuration subcommands",
        "lldp run": "Enable LLDP",
        "netconf-yang": "Netconf configuration commands",
        "restconf": "Enable RESTCONF",
        "iox": "Enable IOx",
    }
)


def _authentication(edit: Edit) -> None:
    """Enable passwords are what holds without a line."""
    if edit.text == "ip http authentication enable":
        edit.text = None


def _tls_version(edit: Edit) -> None:
    if edit.text is not None:
        edit.text = edit.text.replace("tlsv", "TLSv")


async def _secure_server(edit: Edit) -> None:
    """The server comes up with a certificate, whose key takes some time."""
    both_ways(on=False)(edit)
    if edit.router.loading or edit.negated or edit.removing:
        return
    pair = edit.router.feature(Pki).own_pair()
    if pair is not None:
        await edit.router.keys.work.make(pair.material, edit.dialogue.turn)


def _both(syntax: str, *, on: bool = False, section: str = "ip-http") -> None:
    declared.setting("config", syntax, section=section, check=both_ways(on=on))


def _plain(section: str, *syntaxes: str, families: tuple[str, ...] = (CLASSIC, XE)) -> None:
    for syntax in syntaxes:
        declared.setting("config", syntax, section=section, families=families)


# ---- web ----

_both("ip http server")
_plain(
    "ip-http",
    "ip http port <port:1-65535>",
    "ip http access-class [ipv4] <acl>",
)
declared.setting(
    "config",
    "ip http authentication {enable | local | aaa [login-authentication <list>]}",
    section="ip-http",
    check=_authentication,
)
declared.setting("config", "ip http secure-server", section="ip-http", check=_secure_server)
_plain(
    "ip-http",
    "ip http secure-port <port:0-65535>",
    "ip http secure-ciphersuite {<suites>}+",
    "ip http secure-client-auth",
    "ip http secure-trustpoint <name>",
    "ip http secure-active-session-modules <name>",
    "ip http active-session-modules <name>",
    "ip http max-connections <count:1-50>",
    "ip http timeout-policy idle <idle:1-600> life <life:1-86400> requests <requests:1-86400>",
    "ip http path <url:url>",
    "ip http client source-interface <interface:interface>",
    "ip http client username <name>",
    "ip http client secure-trustpoint <name>",
    "ip http client connection timeout <seconds:1-60>",
)
declared.setting(
    "config",
    "ip http tls-version <version:tlsv1.0|tlsv1.1|tlsv1.2|tlsv1.3>",
    section="ip-http",
    check=_tls_version,
)
declared.setting(
    "config",
    "ip http client password [<type:0|7>] <secret>",
    section="ip-http",
    check=Concealing(zero=True),
)
_plain(
    "ip-http",
    "ip ftp source-interface <interface:interface>",
    "ip ftp username <name>",
    "ip tftp source-interface <interface:interface>",
    "ip tftp blocksize <bytes:512-8192>",
    "ip telnet source-interface <interface:interface>",
)
declared.setting("config", "ip ftp passive", section="ip-http", default_on=True)
declared.setting(
    "config",
    "ip ftp password [<type:0|7>] <secret:secret_line>",
    section="ip-http",
    check=Concealing(),
)

# ---- discovery ----

declared.setting("config", "cdp run", section="cdp", default_on=True, families=(CLASSIC,))
declared.setting("config", "cdp run", section="cdp", families=(XE,))
declared.setting("config", "cdp timer <seconds:5-254>", section="cdp", default="cdp timer 60")
declared.setting(
    "config", "cdp holdtime <seconds:10-255>", section="cdp", default="cdp holdtime 180"
)
declared.setting("config", "cdp advertise-v2", section="cdp", default_on=True)
declared.setting("config", "cdp log mismatch duplex", section="cdp", default_on=True)
declared.setting("config", "cdp source-interface <interface:interface>", section="cdp")
_plain("cdp", "lldp run")
declared.setting("config", "lldp timer <seconds:5-65534>", section="cdp", default="lldp timer 30")
declared.setting(
    "config", "lldp holdtime <seconds:0-65535>", section="cdp", default="lldp holdtime 120"
)
declared.setting("config", "lldp reinit <seconds:2-5>", section="cdp", default="lldp reinit 2")

# ---- programs ----

_plain("iox", "iox", families=(XE,))
_plain(
    "yang",
    "netconf-yang",
    "netconf-yang feature candidate-datastore",
    "netconf-yang ssh port <port:1-65535>",
    "netconf-yang cisco-ia snmp-community-string <name>",
    "restconf",
    families=(XE,),
)
