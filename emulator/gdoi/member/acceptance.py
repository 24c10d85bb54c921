"""What a member accepts of a key server: `client rekey …` and `client transform-sets`."""

from ..keys import Kek
from ..policy import Cipher, MemberPolicy, SaPolicy, Transform
from .state import MemberState


def accepted(
    member: MemberState,
    kek: Kek | None,
    sas: tuple[SaPolicy, ...],
    server: str,
    *,
    task: str = "Registration",
) -> bool:
    """Whether a member takes a KEK and policies; what it does not take, it logs.

    The texts are from memory.
    """
    policy = member.policy
    if kek is not None and policy.hashes and kek.sig_hash not in policy.hashes:
        text = f"{task}: Bad(No) hash in message sent by the KS {server}"
        member.say(4, "GM_HASH_FAIL", text)
        return False
    reason = _refused(policy, kek, sas)
    if reason:
        text = (
            f"{task}: Policy in SA payload sent by KS {server} rejected by GM in the group"
            f" {policy.group} reason {reason}"
        )
        member.say(4, "GM_REJECTING_SA_PAYLOAD", text)
    return not reason


def _refused(policy: MemberPolicy, kek: Kek | None, sas: tuple[SaPolicy, ...]) -> str:
    if kek is not None and policy.ciphers and cipher_words(kek.cipher) not in policy.ciphers:
        return "KEK cipher"
    if policy.transforms:
        allowed = {_algorithms(transform) for transform in policy.transforms}
        if any(_algorithms(sa.transform) not in allowed for sa in sas):
            return "TEK transform"
    return ""


def cipher_words(cipher: Cipher) -> str:
    """A cipher as `client rekey encryption` names it: `aes 256`, `3des-cbc`."""
    return f"aes {cipher.bits}" if cipher.name == "aes" else f"{cipher.name}-cbc"


def _algorithms(transform: Transform) -> tuple[str, int, str]:
    """What counts of a transform set: names and modes are local."""
    return transform.cipher, transform.bits, transform.integrity
