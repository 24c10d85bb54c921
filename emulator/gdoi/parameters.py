"""The timers and margins of GETVPN, by name.

Where no source states a figure, the default is the value that fits the published samples, and the
docstring says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Every figure of the protocol that could be another one.

    COOP (Cisco GETVPN deployment guide): the primary announces every `announce_s`; a secondary asks
    after `query_s` of silence and begins an election after `election_s`. `boot_election_s` is how
    long a booted key server listens before it elects (no source; 30 fits the query timer), and
    `election_wait_s` how long an election collects answers (no source); both end early when all
    peers have answered. A secondary tells the primary of its members `member_sync_s` after a
    registration (no source). `coop_checks_signer` makes key servers with different RSA keys reject
    each other's announcements (Cisco Security Manager says that the key signs them, nobody what
    follows), `coop_checks_protocol` those with different protocol versions (no source).
    `pseudotime_tolerance_s` is how far the pseudotime of an announcement may be from where the one
    before would have it (no source). `key_servers` is how many may cooperate (deployment guide).
    An announcement has `announcement_bytes`, with keys `shared_bytes` more, `tek_bytes` for each
    TEK, `line_bytes` for each line of an access list, and `member_bytes` for each member,
    `compact_member_bytes` in the format for large groups: figures that fit `show crypto gdoi ks
    coop` of groups with 2 members and 5 lines (889 to 957 bytes; 540 to 572 without keys).
    `rekey_on_promotion` makes a new primary send a rekey at once (a published log shows one, the
    guides do not say so).

    Rekeys: the KEK is renewed `kek_lead_s` and the spread of a unicast rekey before its end, a TEK
    the larger of `tek_lead_floor_s` and `tek_lead_share` of its lifetime, and the spread, before
    its end, never more than `tek_lead_cap` of the lifetime. The share of a tenth fits `show crypto
    gdoi ks policy` with TEK lifetimes of 120, 600 and 3600 s. The KEK is never renewed earlier than
    `kek_lead_cap` of its lifetime before its end (no source; the shortest lifetime is 300 s). The
    spread is all retransmissions and `pace_s` for every `pace_members` begun; retransmissions
    without a number count as `periodic_count` there (no source). Keys that are due within
    `together_s` are renewed by one rekey (no source). After `missed_rekeys` scheduled rekeys
    without an acknowledgement a member is forgotten (deployment guide).

    `own_kek_after_takeover` makes the first rekey after a takeover renew the KEK too, so that the
    primaries of a split network have KEKs of their own (GM error detection guide; when exactly is
    not said). `merge_wait_s` is how long a primary that met another one collects what that had
    before one rekey gives both sides the same keys (no source). `reauth_window_s` is within which
    time members register again when a certificate revocation list is new (no source).

    A triggered rekey leaves an old TEK the smaller of what remains and `shortened_share` of its
    lifetime, at least `shortened_floor_s`, at most `shortened_cap_s` (GM removal guide).

    Members: they register again `gm_share` of the lifetime, at least `gm_floor_s`, before the end,
    and up to `gm_jitter_s` earlier (samples show 0 to 12 s). Of a KEK that is `gm_kek_cap_s` and
    the jitter at most, as key servers renew it only `kek_lead_s` before (no source; a KEK of 1800 s
    shows 97 s). They encrypt with the new TEK when `rollover_s` remain of the old; they ask a
    silent key server `gm_retries` times more, `gm_retry_s` apart, before the next.
    `registration_round_trips` is how many round trips a registration takes (main mode and
    GROUPKEY-PULL, RFC 2409 and 6407), `gikev2_round_trips` one with G-IKEv2 (IKE_SA_INIT and
    GSA_AUTH, RFC 9838). `ipsec_flows` is how many SAs the crypto engine of a member has, two for
    each line that permits in each TEK; None for enough (no source). `failure_log_s` is how often a
    member logs packets of an unknown SPI, and failed checks for replays (from memory: IOS writes
    one message a minute).

    `acl_lines` is how many lines of an access list are honoured (syslog GDOI_ACL_NUM).
    `pseudotime_sync_s` is how often the pseudotime is sent when no rekey carries it (from memory).
    `dpd_retries` is how many times dead peer detection asks again (Cisco command reference).
    `recorded_gap_s` is how often a pair sends a packet whose traffic is recorded (chosen).
    """

    announce_s: float = 20.0
    query_s: float = 30.0
    election_s: float = 60.0
    boot_election_s: float = 30.0
    election_wait_s: float = 2.0
    member_sync_s: float = 1.0
    coop_checks_signer: bool = False
    coop_checks_protocol: bool = False
    pseudotime_tolerance_s: float = 10.0
    key_servers: int = 8
    announcement_bytes: int = 544
    shared_bytes: int = 132
    tek_bytes: int = 72
    line_bytes: int = 20
    member_bytes: int = 24
    compact_member_bytes: int = 12
    rekey_on_promotion: bool = False
    kek_lead_s: float = 200.0
    tek_lead_floor_s: float = 90.0
    tek_lead_share: float = 0.10
    tek_lead_cap: float = 0.75
    kek_lead_cap: float = 0.75
    periodic_count: int = 2
    together_s: float = 1.0
    own_kek_after_takeover: bool = True
    merge_wait_s: float = 5.0
    reauth_window_s: float = 60.0
    pace_members: int = 50
    pace_s: float = 5.0
    missed_rekeys: int = 3
    shortened_share: float = 0.05
    shortened_floor_s: float = 90.0
    shortened_cap_s: float = 3600.0
    gm_share: float = 0.05
    gm_floor_s: float = 60.0
    gm_jitter_s: float = 15.0
    gm_kek_cap_s: float = 120.0
    rollover_s: float = 30.0
    gm_retry_s: float = 10.0
    gm_retries: int = 3
    registration_round_trips: int = 5
    gikev2_round_trips: int = 2
    ipsec_flows: int | None = None
    failure_log_s: float = 60.0
    acl_lines: int = 100
    pseudotime_sync_s: float = 7200.0
    dpd_retries: int = 5
    recorded_gap_s: float = 1.0

    def spread_s(self, interval_s: float, count: int, members: int) -> float:
        """How long a unicast rekey takes with all retransmissions to so many members."""
        batches = -(-members // self.pace_members)
        return interval_s * count + self.pace_s * batches

    def kek_lead(self, spread_s: float, lifetime_s: float | None = None) -> float:
        """How long before its end a KEK (with this configured lifetime) is renewed."""
        lead = self.kek_lead_s + spread_s
        return lead if lifetime_s is None else min(lead, self.kek_lead_cap * lifetime_s)

    def tek_lead(self, lifetime_s: float, spread_s: float) -> float:
        """How long before its end a TEK with this configured lifetime is renewed."""
        lead = max(self.tek_lead_floor_s, self.tek_lead_share * lifetime_s) + spread_s
        return min(lead, self.tek_lead_cap * lifetime_s)

    def shortened_s(self, lifetime_s: float, remaining_s: float) -> float:
        """What a triggered rekey leaves of a TEK with this configured lifetime."""
        share = min(self.shortened_share * lifetime_s, self.shortened_cap_s)
        return min(remaining_s, max(self.shortened_floor_s, share))

    def registration_lead(self, lifetime_s: float, jitter_s: float) -> float:
        """How long before the end of a TEK with this lifetime a member registers again."""
        return max(self.gm_floor_s, self.gm_share * lifetime_s) + jitter_s

    def kek_registration_lead(self, lifetime_s: float, jitter_s: float) -> float:
        """How long before the end of a KEK with this lifetime a member registers again."""
        lead = max(self.gm_floor_s, self.gm_share * lifetime_s)
        return min(lead, self.gm_kek_cap_s) + jitter_s
