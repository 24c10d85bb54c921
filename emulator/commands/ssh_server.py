"""The SSH server as it is set up, and its host key."""

from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..keys import KeyKind, secsh_lines
from ..services.ssh import SshService
from ..shell.call import Call
from ..ssh.algorithms import PROFILES

if TYPE_CHECKING:
    from ..device import Router

NO_KEYS = "%Please create RSA keys to enable SSH (and of atleast 768 bits for SSH v2).\n"
VERSION_2_ONLY_SINCE = (17, 0)
"""The first IOS-XE release that has no version 1 of the protocol."""

declared = CommandSet()
declared.words({"show ip ssh": "Information on SSH"})


@declared.exec("show ip ssh")
def show_ip_ssh(call: Call) -> str:
    """Whether SSH is on, with which algorithms, and the host keys."""
    router = call.router
    pairs = router.feature(SshService).host_pairs()
    newest = router.family != CLASSIC and router.software.release >= VERSION_2_ONLY_SINCE
    configured = router.config.root.value("ip ssh version", "version")
    version = f"{configured}.0" if configured else "2.0" if newest else "1.99"
    text = f"SSH {'Enabled' if pairs else 'Disabled'} - version {version}\n"
    if not pairs:
        text += NO_KEYS
    text += _algorithms(router)
    settings = router.settings
    text += (
        f"Authentication timeout: {int(settings.login_timeout_s)} secs; "
        f"Authentication retries: {settings.authentication_retries}\n"
    )
    bits = router.config.root.value("ip ssh dh min size", "bits", "2048" if newest else "1024")
    text += f"Minimum expected Diffie Hellman key size : {bits} bits\n"
    rsa = [pair for pair in pairs if pair.kind is KeyKind.RSA]
    others = [pair for pair in pairs if pair.kind is not KeyKind.RSA]
    if not rsa:
        text += "IOS Keys in SECSH format(ssh-rsa, base64 encoded): NONE\n"
    for pair in (*rsa, *others):
        text += "".join(f"{line}\n" for line in secsh_lines(pair, states_size=newest))
    if newest and not others:
        text += "IOS Keys in SECSH format(ssh-ec, base64 encoded): NONE\n"
    return text


def _algorithms(router: "Router") -> str:
    settings = router.settings
    profile = PROFILES[settings.algorithms].chosen(settings.algorithm_choice)
    rows = [
        ("Authentication methods", settings.methods),
        ("Authentication Publickey Algorithms", profile.user_keys),
        ("Hostkey Algorithms", profile.host_keys),
        ("Encryption Algorithms", profile.ciphers),
        ("MAC Algorithms", profile.macs),
    ]
    if router.family != CLASSIC:
        rows.append(("KEX Algorithms", profile.kex))
    return "".join(f"{title}:{','.join(names)}\n" for title, names in rows)
