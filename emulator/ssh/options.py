"""What the SSH library needs to know of a router before it accepts a connection."""

import warnings
from collections.abc import Sequence
from typing import Final

import asyncssh
from asyncssh.encryption import get_encryption_algs
from asyncssh.kex import get_kex_algs
from asyncssh.mac import get_mac_algs
from asyncssh.public_key import get_public_key_algs

from .algorithms import NO_CHOICE, PROFILES, AlgorithmChoice, known

IDENTIFICATION: Final = "Cisco-1.25"
"""Follows `SSH-2.0-`, as an IOS XE 17 router says it."""
WINDOW: Final = 64 * 1024
"""How many bytes a client may send before the session has taken them."""

# whoever writes the SSH library is to hear of it, not whoever connects to an old router
warnings.filterwarnings("ignore", "Diffie-Hellman over finite fields", module=r"asyncssh\.")


def server_options(
    host_keys: Sequence[bytes],
    *,
    algorithms: str,
    login_timeout_s: float,
    choice: AlgorithmChoice = NO_CHOICE,
) -> asyncssh.SSHServerConnectionOptions:
    """The options for a router with these keys (PEM) and a profile of `algorithms.PROFILES`.

    Raises asyncssh.KeyImportError when a key cannot be read and ValueError when no algorithm is
    left for any of them, or none of another kind.
    """
    profile = PROFILES[algorithms].chosen(choice)
    options = asyncssh.SSHServerConnectionOptions(
        server_version=IDENTIFICATION,
        # the router made them itself, and the check takes longer than a login
        server_host_keys=[
            asyncssh.import_private_key(pem, unsafe_skip_rsa_key_validation=True)
            for pem in host_keys
        ],
        kex_algs=known(profile.kex, get_kex_algs()),
        encryption_algs=known(profile.ciphers, get_encryption_algs()),
        mac_algs=known(profile.macs, get_mac_algs()),
        signature_algs=known(profile.user_keys, get_public_key_algs()),
        compression_algs=["none"],
        host_based_auth=False,
        gss_host=None,
        agent_forwarding=False,
        x11_forwarding=False,
        encoding=None,
        line_editor=False,
        login_timeout=login_timeout_s,
        window=WINDOW,
    )
    pairs = options.server_host_keys
    offered = known(profile.host_keys, pairs)
    if not offered:
        raise ValueError(f"no algorithm of the profile {algorithms} is left for the host keys")
    options.server_host_keys = type(pairs)(
        (name.encode(), pairs[name.encode()]) for name in offered
    )
    return options
