"""The HTTP server as it is configured.

Layout: ntc-templates sample of IOS.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import CLASSIC, CommandSet
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

SUITES = "rsa-aes-cbc-sha2 rsa-aes-gcm-sha2"
MORE_SUITES = (
    "dhe-aes-cbc-sha2 dhe-aes-gcm-sha2 ecdhe-rsa-aes-cbc-sha2",
    "ecdhe-rsa-aes-gcm-sha2 ecdhe-ecdsa-aes-gcm-sha2",
)
CLASSIC_SUITES = "3des-ede-cbc-sha des-cbc-sha\n        rc4-128-md5 rc4-128-sha"
CONNECTIONS = {CLASSIC: 5}
MOST_CONNECTIONS = 300

declared = CommandSet()
declared.words(
    {
        "ip http": "HTTP information",
        "ip http server": "HTTP server information",
        "http server status": "HTTP server status information",
        "http server secure": "HTTP secure server status",
        "server secure status": "HTTP secure server status",
    }
)


@declared.exec("show ip http server status")
def show_status(call: Call) -> str:
    """Both servers: plain and secure."""
    return "".join(f"{row}\n" for row in (*_plain(call.router), *_secure(call.router)))


@declared.exec("show ip http server secure status")
def show_secure_status(call: Call) -> str:
    """The secure server."""
    return "".join(f"{row}\n" for row in _secure(call.router))


def _word(*, on: bool) -> str:
    return "Enabled" if on else "Disabled"


def _plain(router: "Router") -> Iterator[str]:
    root, classic = router.config.root, router.family == CLASSIC
    acl = root.find("ip http access-class")
    number = str(acl["acl"]) if acl is not None and str(acl["acl"]).isdecimal() else "0"
    named = str(acl["acl"]) if acl is not None and "ipv4" in acl.text.split() else "None"
    most = root.value("ip http max-connections", "count")
    policy = root.find("ip http timeout-policy idle")
    idle, life, requests = (
        (policy["idle"], policy["life"], policy["requests"]) if policy else (180, 180, 25)
    )
    yield f"HTTP server status: {_word(on=root.has('ip http server'))}"
    yield f"HTTP server port: {root.value('ip http port', 'port', 80)}"
    if not classic:
        yield "HTTP server active supplementary listener ports: "
    yield f"HTTP server authentication method: {_method(root)}"
    if not classic:
        yield "HTTP server auth-retry 0 time-window 0"
        yield "HTTP server digest algorithm: md5"
    yield f"HTTP server access class: {number}"
    if not classic:
        yield f"HTTP server IPv4 access class: {named}"
        yield "HTTP server IPv6 access class: None"
    yield f"HTTP server base path: {root.value('ip http path', 'url', '')}"
    if not classic:
        yield "HTTP File Upload status: Disabled"
        yield "HTTP server upload path: "
    yield "HTTP server help root: "
    usual = CONNECTIONS.get(router.family, MOST_CONNECTIONS)
    yield f"Maximum number of concurrent server connections allowed: {most or usual}"
    if not classic:
        yield "Maximum number of secondary server connections allowed: 50"
    yield f"Server idle time-out: {idle} seconds"
    yield f"Server life time-out: {life} seconds"
    if not classic:
        yield "Server session idle time-out: 600 seconds"
    yield f"Maximum number of requests allowed on a connection: {requests}"
    if not classic:
        yield "Server linger time : 60 seconds"
    modules = root.value("ip http active-session-modules", "name", "ALL")
    yield f"HTTP server active session modules: {modules}"


def _method(root: Block) -> str:
    entry = root.find("ip http authentication")
    return entry.text.split()[3] if entry is not None else "enable"


def _secure(router: "Router") -> Iterator[str]:
    root, classic = router.config.root, router.family == CLASSIC
    written = root.value("ip http secure-ciphersuite", "suites")
    suites = "\n        ".join((SUITES, *MORE_SUITES)) if not classic else CLASSIC_SUITES
    client = root.has("ip http secure-client-auth")
    yield "HTTP secure server capability: Present"
    yield f"HTTP secure server status: {_word(on=root.has('ip http secure-server'))}"
    yield f"HTTP secure server port: {root.value('ip http secure-port', 'port', 443)}"
    yield f"HTTP secure server ciphersuite:  {' '.join(written) if written else suites}"
    if not classic:
        version = root.value("ip http tls-version", "version")
        shown = str(version).replace("tls", "TLS") if version else "TLSv1.2 TLSv1.1"
        yield f"HTTP secure server TLS version:  {shown}"
    yield f"HTTP secure server client authentication: {_word(on=client)}"
    if not classic:
        yield "HTTP secure server PIV authentication: Disabled"
        yield "HTTP secure server PIV authorization only: Disabled"
    yield f"HTTP secure server trustpoint: {_trustpoint(root)}"
    if not classic:
        yield "HTTP secure server peer validation trustpoint: "
        yield "HTTP secure server ECDHE curve: secp256r1"
    modules = root.value("ip http secure-active-session-modules", "name", "ALL")
    yield f"HTTP secure server active session modules: {modules}"


def _trustpoint(root: Block) -> str:
    """What is configured, or the one that the router made for itself."""
    written = root.value("ip http secure-trustpoint", "name")
    if written:
        return str(written)
    own = [str(entry["name"]) for entry in root.all("crypto pki trustpoint")]
    return next((name for name in own if name.startswith("TP-self-signed-")), "")
