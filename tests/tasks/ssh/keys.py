"""Host keys for tests: of one kind and number always the same, and never of any use."""

from getvpn.tasks.ssh.host_keys import HostKey


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def ed25519(number: int = 1) -> HostKey:
    """A key of the kind that has one length only."""
    kind = "ssh-ed25519"
    return HostKey(kind=kind, blob=_string(kind.encode()) + _string(bytes([number]) * 32))


def rsa(number: int = 1, bits: int = 2048) -> HostKey:
    """A key that is as long as the one of a router; the number is odd, but no product."""
    kind = "ssh-rsa"
    modulus = (1 << (bits - 1)) + 2 * number + 1
    parts = (kind.encode(), b"\x01\x00\x01", b"\0" + modulus.to_bytes(bits // 8))
    return HostKey(kind=kind, blob=b"".join(map(_string, parts)))
