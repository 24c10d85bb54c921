from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.ipsec_profile import IpsecProfile, IpsecProfiles, TransformSet

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto ipsec profile"

CLASSIC = """\
IPSEC profile GET.PROFILE-1
\tSecurity association lifetime: 4608000 kilobytes/7200 seconds
\tResponder-Only (Y/N): N
\tPFS (Y/N): N
\tTransform sets={
\t\tAES256-SHA,
\t\tLEGACY,
\t}

"""

XE = """\
IPSEC profile GET-PROFILE
        ISAKMP Profile: GET-ISAKMP
        IKEv2 Profile: GET-IKEV2
        Kilobyte Volume Rekey has been disabled.
        Security association lifetime:3600 seconds
        Dualstack (Y/N): N

        Responder-Only (Y/N): Y
        PFS (Y/N): Y
                Inherit (Y/N): N
                DH group: group21
                PQC Key Exchange: ML-KEM-1024
        Mixed-mode : Disabled
        Transform sets={
                GCM256:  { esp-gcm 256  } ,
                AES256-SHA:  { esp-256-aes esp-sha256-hmac  } ,
        }
"""


def profiles(text: str) -> tuple[IpsecProfile, ...]:
    record = parse(COMMAND, text)
    assert isinstance(record, IpsecProfiles)
    assert (record.unparsed, record.partial) == ((), ())
    return record.profiles


def test_a_profile_without_volume_limit_has_seconds_alone() -> None:
    (profile,) = profiles(XE)
    assert (profile.name, profile.ikev2_profile, profile.isakmp_profile) == (
        "GET-PROFILE",
        "GET-IKEV2",
        "GET-ISAKMP",
    )
    assert (profile.volume_rekey, profile.lifetime_kb, profile.lifetime_s) == (False, None, 3600)
    assert (profile.dual_stack, profile.responder_only, profile.mixed_mode) == (False, True, False)
    assert (profile.pfs, profile.pfs_inherit, profile.dh_group) == (True, False, 21)
    assert profile.pqc_key_exchange == "ML-KEM-1024"
    assert profile.transform_sets == (
        TransformSet(name="GCM256", transforms=("esp-gcm 256",)),
        TransformSet(name="AES256-SHA", transforms=("esp-256-aes", "esp-sha256-hmac")),
    )


def test_classic_ios_names_transform_sets_without_content() -> None:
    first, second = profiles(CLASSIC + XE)
    assert (first.name, first.lifetime_kb, first.lifetime_s) == ("GET.PROFILE-1", 4608000, 7200)
    assert first.transform_sets == (TransformSet(name="AES256-SHA"), TransformSet(name="LEGACY"))
    assert second.name == "GET-PROFILE"


def test_a_cut_shows_unless_whole_profiles_are_left() -> None:
    assert unnoticed_cuts(COMMAND, CLASSIC + XE) == ["}"]


@pytest.mark.parametrize(
    "text",
    [
        'Crypto Map IPv4 "GET-MAP" 10 gdoi\n',
        XE.replace("        }", "        }\n        }"),
        XE.replace("        Transform sets={\n", ""),
    ],
)
def test_another_output_or_list_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_shared_captures_are_read_whole(shared: Path) -> None:
    for capture in captures(shared, "ipsec profile"):
        ours: dict[Trail, object] = {}
        for profile in profiles(capture.text):
            at = ("ipsec_profile_name", profile.name)
            volume = "" if profile.lifetime_kb is None else f"{profile.lifetime_kb} kilobytes/"
            row = {
                "ikev2_profile_name": profile.ikev2_profile,
                "security_association_lifetime": f"{volume}{profile.lifetime_s} seconds",
                "responder_only": "Y" if profile.responder_only else "N",
                "psf": "Y" if profile.pfs else "N",
                "pfs_inherit": "Y" if profile.pfs_inherit else "N",
                "dh_group": f"group{profile.dh_group}",
                "pqc": profile.pqc_key_exchange,
                "mixed_mode": "Enabled" if profile.mixed_mode else "Disabled",
            }
            ours.update({(*at, name): value for name, value in row.items()})
            for found in profile.transform_sets:
                name, _, method = " ".join(found.transforms).partition(" ")
                ours[(*at, "tranform_sets", found.name, "transform_set_name")] = name
                ours[(*at, "tranform_sets", found.name, "transform_set_method")] = method
        assert_covers(capture.expected, ours)
