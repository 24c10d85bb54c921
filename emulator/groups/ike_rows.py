"""The SAs of IKE as rows of the tables that `show crypto isakmp sa` and its siblings print."""

from typing import TYPE_CHECKING

from ..gdoi.ike import Auth, IkeAnswer, SaUse
from ..services.crypto_sas import GDOI_PORT, CryptoSas, IkeSa, Ikev2Sa
from ..services.sa_tables import REKEY

if TYPE_CHECKING:
    from ..device import Router

IDLE, REKEYING = "GDOI_IDLE", "GDOI_REKEY"
HASHES = {
    "": "None",
    "md5": "MD596",
    "sha1": "SHA96",
    "sha256": "SHA256",
    "sha384": "SHA384",
    "sha512": "SHA512",
}
"""The names of hashes that protect messages of version 2."""
PRFS = {**HASHES, "md5": "MD5", "sha1": "SHA1"}
CIPHERS = {"aes": "AES-CBC", "aes-gcm": "AES-GCM", "3des": "3DES", "des": "DES"}
SIGNS = {Auth.PSK: "psk", Auth.RSA_SIG: "rsig", Auth.ECDSA_SIG: "ecsig"}


def open_ike(
    router: "Router",
    answer: IkeAnswer,
    use: SaUse,
    *,
    interface: str,
    vrf: str,
    watched: bool,
) -> None:
    """Put an SA of version 1 into the table, or that of a rekey under a KEK."""
    tables = router.feature(CryptoSas)
    now, proposal, kek = router.clock.now(), answer.proposal, use.kek
    sa = IkeSa(
        conn_id=tables.next_ike_id(),
        local=use.local,
        remote=use.peer,
        initiator=use.initiator,
        state=REKEYING if use.purpose == REKEY else IDLE,
        cipher=proposal.cipher,
        bits=proposal.bits,
        hash_name=proposal.integrity,
        auth=SIGNS[proposal.auth],
        group=proposal.group,
        lifetime_s=proposal.lifetime_s,
        established_at=now,
        capabilities="D" if watched and use.purpose != REKEY else "",
        local_port=GDOI_PORT,
        remote_port=GDOI_PORT,
        interface=interface,
        vrf=vrf,
        purpose=use.purpose,
        group_name=use.group,
        peer_id=answer.identity if use.initiator else answer.peer_identity,
    )
    if use.purpose == REKEY:
        # a rekey comes out of no exchange of keys
        sa.group, sa.peer_id = 0, ""
    if kek is not None:
        sa.cipher, sa.bits, sa.hash_name = kek.cipher.name, kek.cipher.bits, kek.sig_hash
        sa.lifetime_s, sa.kek_spi = int(kek.remaining_s(now)), kek.spi
    tables.open_ike(sa)


def open_ikev2(
    router: "Router",
    answer: IkeAnswer,
    use: SaUse,
    *,
    interface: str,
    fvrf: str,
    ivrf: str,
    dpd: tuple[int, int, bool] | None,
) -> None:
    """Put an SA of version 2 into the table."""
    tables = router.feature(CryptoSas)
    proposal = answer.proposal
    began = _method(bool(answer.peer_names))
    answered = _method(bool(answer.credential.certificate))
    spis = answer.spis if use.initiator else answer.spis[::-1]
    identities = (answer.peer_identity, answer.identity)
    own, other = identities if use.initiator else identities[::-1]
    number = tables.next_tunnel_id()
    tables.open_ikev2(
        Ikev2Sa(
            tunnel_id=number,
            session_id=number,
            local=use.local,
            remote=use.peer,
            initiator=use.initiator,
            fvrf=fvrf or "none",
            ivrf=ivrf or "none",
            cipher=CIPHERS[proposal.cipher],
            bits=proposal.bits,
            prf=PRFS[proposal.prf],
            hash_name=HASHES[proposal.integrity],
            group=proposal.group,
            auth_sign=began if use.initiator else answered,
            auth_verify=answered if use.initiator else began,
            lifetime_s=proposal.lifetime_s,
            established_at=router.clock.now(),
            local_spi=spis[0],
            remote_spi=spis[1],
            local_id=own,
            remote_id=other,
            dpd_s=dpd[0] if dpd else 0,
            dpd_retry=dpd[1] if dpd else 0,
            local_port=GDOI_PORT,
            remote_port=GDOI_PORT,
            interface=interface,
            purpose=use.purpose,
            group_name=use.group,
        )
    )


def _method(certified: bool) -> str:
    return "RSA" if certified else "PSK"
