"""Two routers that negotiate with each other, without a network between them."""

from dataclasses import dataclass

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.ike import IkeAnswer, IkeFailure, IkeOffer
from getvpn.emulator.groups.ike import RouterIke
from getvpn.emulator.keys.pki import LabAuthority, LabCa, Role, RouterSubject, certificate_request
from getvpn.emulator.services.pki import Pki
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.testing import START, make_router

SERVER, MEMBER = "10.0.1.1", "10.0.2.1"
SERVER6, MEMBER6 = "2001:db8:1::1", "2001:db8:2::1"
PORT = {"isr4451": "GigabitEthernet0/0/0", "isr2911": "GigabitEthernet0/0"}
POLICY = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
"""
SIGNED = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 group 14
"""
TRUSTPOINT = """\
crypto pki trustpoint LAB
 enrollment url http://192.0.2.80:80
 subject-name cn={name},ou=lab
 revocation-check {check}
 {key}
"""
KEY = "rsakeypair {name}-ike 1024"


@dataclass(slots=True)
class Ends:
    """A member that begins and a key server that answers."""

    member: Router
    server: Router
    member_ike: RouterIke
    server_ike: RouterIke
    kernel: Kernel

    def offer(self, profile: str = "", vrf: str = "") -> IkeOffer | IkeFailure:
        return self.member_ike.offer(MEMBER, SERVER, profile=profile, vrf=vrf)

    def negotiate(
        self, profile: str = "", server_profile: str = "", vrf: str = ""
    ) -> IkeAnswer | IkeFailure:
        offer = self.offer(profile, vrf)
        if isinstance(offer, IkeFailure):
            return offer
        answer = self.server_ike.answer(offer, profile=server_profile or profile)
        if isinstance(answer, IkeFailure):
            return answer
        return self.member_ike.accept(offer, answer) or answer

    @property
    def ca(self) -> LabCa:
        return self.server.authority.ca(self.kernel.now())


def addressed(name: str, address: str, platform: str, more: str = "", address6: str = "") -> str:
    v6 = f" ipv6 address {address6}/64\n" if address6 else ""
    return (
        f"hostname {name}\nip domain name lab.example\n"
        f"{more}interface {PORT[platform]}\n ip address {address} 255.255.255.0\n{v6}"
    )


def ends(
    member: str,
    server: str,
    *,
    platform: str = "isr4451",
    before: str = "",
    inside: str = "",
) -> Ends:
    """Two routers with these lines; `before` stands before the interfaces, `inside` in them."""
    kernel = Kernel(START, 1)
    made = []
    for name, address, address6, lines in (
        ("GM1", MEMBER, MEMBER6, member),
        ("KS1", SERVER, SERVER6, server),
    ):
        text = addressed(name, address, platform, before, address6)
        if inside:
            text = text.replace(" ip address", f" {inside}\n ip address")
        made.append(make_router(name, platform, text + "exit\n" + lines, kernel=kernel))
    made[1].authority = made[0].authority = LabAuthority("ike tests")
    return Ends(
        member=made[0],
        server=made[1],
        member_ike=RouterIke(made[0]),
        server_ike=RouterIke(made[1]),
        kernel=kernel,
    )


def certified(
    *,
    member: str = SIGNED,
    server: str = SIGNED,
    checks: tuple[str, str] = ("none", "none"),
    platform: str = "isr4451",
    key: str = KEY,
) -> Ends:
    """Both have a certificate of the lab's authority; `checks` are `revocation-check` of each."""
    found = ends(
        member + trustpoint("GM1", checks[0], key),
        server + trustpoint("KS1", checks[1], key),
        platform=platform,
    )
    for router in (found.member, found.server):
        enrol(router)
    return found


def trustpoint(name: str, check: str = "none", key: str = KEY, *, label: str = "LAB") -> str:
    """The lines of a trustpoint."""
    text = TRUSTPOINT.format(name=name, check=check, key=key.format(name=name))
    return text.replace("LAB", label)


def enrol(router: Router, name: str = "LAB", *, lifetime_s: float = 30 * 86_400) -> None:
    """Give a router the certificate of the authority and one of its own."""
    now, pki = router.clock.now(), router.feature(Pki)
    ca = router.authority.ca(now)
    pki.add(name, ca.certificate, Role.CA)
    label = pki.key_label(name)
    block = pki.block(name)
    assert block is not None
    if block.has("eckeypair"):
        (pair,) = router.keys.generate_ec(label, 256, now=now)
    else:
        known = router.keys.signing_pair(label)
        pair = known or router.keys.generate_rsa(label, 1024, now=now)[0]
    subject = RouterSubject(
        subject=f"cn={router.hostname},ou=lab", hostname=f"{router.hostname}.lab.example"
    )
    request = certificate_request(pair.material, subject)
    pki.add(name, ca.grant(request, now=now, lifetime_s=lifetime_s), Role.IDENTITY)


def serial(router: Router, name: str = "LAB") -> int:
    """The serial number of a router's own certificate."""
    trustpoint = router.feature(Pki).store.get(name)
    assert trustpoint is not None
    return trustpoint.identity[0].x509().serial_number


def logged(router: Router) -> list[str]:
    """What was logged about IKE and certificates, without time stamps."""
    return [
        f"%{each.facility}-{each.severity}-{each.mnemonic}: {each.text}"
        for each in router.log.messages
        if each.facility in ("CRYPTO", "PKI", "IKEV2")
    ]


def agreed(found: IkeAnswer | IkeFailure) -> IkeAnswer:
    """The answer of a negotiation that succeeded."""
    assert isinstance(found, IkeAnswer), found
    return found
