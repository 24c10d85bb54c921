"""What `verify` prints about a file.

`verify /md5` and `/sha512` follow transcripts of ISR G2 and IOS-XE 17, the refusal of a wrong hash
the Cisco command reference, the check of an image the transcripts of a 1941 and of a CSR1000v.
"""

from typing import Final

from .content import Content, size_of
from .digest import STEP_BYTES, Algorithm, Hashing
from .images import DamagedImage

DOT_BYTES: Final = 1 << 20
"""Bytes for which one dot is printed."""

_HASH_INDENT: Final = 22


def dots(content: Content) -> str:
    """One dot for each MiB that is hashed, and at least one."""
    return "." * (size_of(content) // DOT_BYTES + 1)


def hash_text(
    shown: str, content: Content, algorithm: Algorithm, result: str, expected: str = ""
) -> str:
    """The outcome of `verify /md5 file [hash]`.

    `shown` is the file as the router repeats it, `result` its hash, `expected` the one that the
    user gave.
    """
    head = f"{dots(content)}Done!\n"
    if not expected:
        return f"{head}verify /{algorithm} ({shown}) = {result}\n"
    if expected.lower() == result:
        return f"{head}Verified ({shown}) = {result}\n"
    return (
        f"{head}%Error verifying {shown}\n"
        f"Computed signature = {result}\nSubmitted signature = {expected}\n"
    )


class ImageCheck:
    """`verify file`: compares an image with the hash that it should have, in steps.

    `classic` is classic IOS; IOS-XE looks at an older hash as well.
    """

    __slots__ = ("_classic", "_computed", "_content", "_embedded")

    def __init__(self, content: Content, *, classic: bool) -> None:
        self._content = content
        self._classic = classic
        self._computed: dict[Algorithm, Hashing] = {}
        self._embedded: dict[Algorithm, Hashing] = {}
        if isinstance(content, bytes):
            return
        stated = content.image if isinstance(content, DamagedImage) else content
        wanted: tuple[Algorithm, ...] = ("md5", "sha512") if classic else ("sha1", "sha512")
        self._computed = {each: Hashing(content, each) for each in wanted}
        self._embedded = {each: Hashing(stated, each) for each in wanted}

    def step(self, most_bytes: int = STEP_BYTES) -> bool:
        """Hash about `most_bytes` more; whether that was the end."""
        for hashing in (*self._computed.values(), *self._embedded.values()):
            if hashing.result is None and not hashing.step(most_bytes):
                return False
        return True

    def text(self, shown: str) -> str:
        """The outcome, once `step` has come to the end; `shown` is the file as it is repeated."""
        if isinstance(self._content, bytes):
            return f"%ERROR: Signature not found in file {shown}.\n"
        while not self.step():
            pass
        text = "" if self._classic else self._integrity(shown)
        text += "Starting image verification\n"
        text += f"Hash Computation:    100%{' ' * self._classic}Done!\n"
        for label, hashes in (("Computed", self._computed), ("Embedded", self._embedded)):
            value = hashes["sha512"].result or ""
            lines = _four_lines(value.upper() if self._classic else value)
            text += f"{label} Hash   SHA2: {lines}\n{' ' * _HASH_INDENT}\n"
        if isinstance(self._content, DamagedImage):
            return f"{text}%ERROR: Digital signature verification failed for file {shown}\n"
        if self._classic:
            text += f"CCO Hash        MD5 : {(self._computed['md5'].result or '').upper()}\n"
        text += f"Digital signature successfully verified in file {shown}\n"
        return text if self._classic else f"{text}\nEmbedded hash verification successful.\n"

    def _integrity(self, shown: str) -> str:
        """What IOS-XE prints of its older hash before it looks at the signature."""
        lines = [f"Verifying file integrity of {shown}", dots(self._content)]
        for label, hashes in (("Embedded", self._embedded), ("Computed", self._computed)):
            lines.append(f"{label} Hash   SHA1 : {(hashes['sha1'].result or '').upper()}")
        return "\n".join(lines) + "\n"


def _four_lines(value: str) -> str:
    width = len(value) // 4
    gap = "\n" + " " * _HASH_INDENT
    return gap.join(value[start : start + width] for start in range(0, len(value), width))
