"""The IKE of stations: one secret, a few proposals."""

from getvpn.emulator.gdoi.ike import IkeAnswer, IkeEnd, IkeFailure, IkeOffer, Proposal, SaUse
from getvpn.emulator.gdoi.simple_ike import SharedSecretIke

MEMBER, SERVER = "10.0.2.1", "10.0.1.1"


def negotiate(member: IkeEnd, server: IkeEnd, profile: str = "") -> IkeAnswer | IkeFailure:
    offer = member.offer(MEMBER, SERVER, profile=profile)
    if not isinstance(offer, IkeOffer):
        return offer
    answer = server.answer(offer, profile=profile)
    if isinstance(answer, IkeFailure):
        return answer
    return member.accept(offer, answer) or answer


def test_two_stations_with_one_secret_agree() -> None:
    found = negotiate(SharedSecretIke("lab"), SharedSecretIke("lab"))
    assert isinstance(found, IkeAnswer)
    assert (found.version, found.identity, found.peer_identity) == (1, SERVER, MEMBER)


def test_a_profile_makes_it_version_two() -> None:
    found = negotiate(SharedSecretIke("lab"), SharedSecretIke("lab"), "GKM")
    assert isinstance(found, IkeAnswer)
    assert found.version == 2


def test_two_stations_with_two_secrets_fail() -> None:
    member = SharedSecretIke("lab")
    member.spoil("another")
    assert negotiate(member, SharedSecretIke("lab")) is IkeFailure.WRONG_SECRET
    member.spoil("lab")
    assert isinstance(negotiate(member, SharedSecretIke("lab")), IkeAnswer)


def test_a_station_that_is_off_does_nothing() -> None:
    member = SharedSecretIke("lab")
    member.off = True
    assert negotiate(member, SharedSecretIke("lab")) is IkeFailure.OFF
    assert negotiate(SharedSecretIke("lab"), member) is IkeFailure.OFF


def test_proposals_of_stations_must_meet_and_the_shorter_lifetime_holds() -> None:
    long, short = Proposal(lifetime_s=86_400), Proposal(lifetime_s=600)
    other = Proposal(group=2)
    member = SharedSecretIke("lab", proposals=(other, long))
    found = negotiate(member, SharedSecretIke("lab", proposals=(short,)))
    assert isinstance(found, IkeAnswer)
    assert found.proposal == short
    only = SharedSecretIke("lab", proposals=(other,))
    assert negotiate(only, SharedSecretIke("lab", proposals=(short,))) is IkeFailure.NO_PROPOSAL


def test_a_station_counts_what_stands() -> None:
    member, server = SharedSecretIke("lab"), SharedSecretIke("lab")
    found = negotiate(member, server)
    assert isinstance(found, IkeAnswer)
    use = SaUse(local=MEMBER, peer=SERVER, initiator=True, purpose="rekey")
    member.opened(found, use)
    assert member.standing[SERVER, "rekey"] == 1
    member.closed(SERVER, purpose="rekey")
    assert not member.standing
    assert SharedSecretIke("lab", dpd=(10, 2, True)).keepalive() == (10, 2, True)


def test_secrets_appear_in_no_representation() -> None:
    offer = SharedSecretIke("hidden").offer(MEMBER, SERVER)
    assert "hidden" not in repr(offer)
    assert "secret" not in repr(offer)
