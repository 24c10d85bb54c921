from pathlib import Path

import pytest

from getvpn.audits.options import Options, find_file, load
from getvpn.audits.rule import Severity
from getvpn.audits.settings import PROFILES, THRESHOLDS, Settings, profile
from getvpn.errors import InputError, UsageError


def _written(folder: Path, text: str, name: str = "getvpn.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_option_can_stand_in_the_file(tmp_path: Path) -> None:
    options = load(
        _written(
            tmp_path,
            'profile = "stig"\nselect = ["TEK", "GV-001"]\nignore = ["TEK002"]\n'
            'fail-on = "high"\n[thresholds]\ntek-lifetime-min-s = 1200\n',
        )
    )
    assert options.profile == "stig"
    assert options.select == ("TEK", "GV-001")
    assert options.ignore == ("TEK002",)
    assert options.fail_on is Severity.HIGH
    assert options.settings.tek_lifetime_min_s == 1200
    assert options.settings.ike_hash_min_bits == 384


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    options = load(_written(tmp_path, ""))
    assert options.settings == Options().settings == Settings()
    assert options.fail_on is Severity.LOW


def test_fail_on_never_is_no_severity(tmp_path: Path) -> None:
    assert load(_written(tmp_path, 'fail-on = "never"')).fail_on is None


def test_underscores_and_hyphens_mean_the_same(tmp_path: Path) -> None:
    options = load(_written(tmp_path, "[thresholds]\ntek_lifetime_min_s = 1000\n"))
    assert options.settings.tek_lifetime_min_s == 1000


def test_pyproject_has_a_table_of_ours(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        '[project]\nname = "x"\n[tool.getvpn]\nprofile = "balanced"\n'
        "[tool.getvpn.thresholds]\nacl-max-lines = 50\n",
        "pyproject.toml",
    )
    options = load(path)
    assert options.settings.server_order == "balanced"
    assert options.settings.acl_max_lines == 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\nprofil = "stig"', r"getvpn\.toml:2: unknown key 'profil'; did you mean 'profile'"),
        ('profile = "sitg"', r":1: 'profile' cannot be 'sitg'; one of seed, cisco"),
        ("profile = 3", r":1: 'profile' cannot be 3"),
        ('fail-on = "bad"', r":1: 'fail-on' cannot be 'bad'; one of critical"),
        ('select = "TEK"', r":1: 'select' is a list of rule codes"),
        ("ignore = [1]", r":1: 'ignore' is a list of rule codes"),
        ("thresholds = 1", r":1: 'thresholds' is a table"),
        (
            "[thresholds]\ntek-lifetime-mins = 1",
            r":2: unknown key 'tek-lifetime-mins'; did you mean 'tek-lifetime-min-s'",
        ),
        (
            "[thresholds]\n\ntek-lifetime-min-s = '900'",
            r":3: 'tek-lifetime-min-s' is a whole number; from 60 to 2592000 s",
        ),
        ("[thresholds]\ntek-lifetime-min-s = true", r":2: .* is a whole number"),
        ("[thresholds]\ntek-lifetime-min-s = 900.5", r":2: .* is a whole number"),
        (
            "[thresholds]\ntek-lifetime-min-s = 1",
            r":2: 'tek-lifetime-min-s' is out of range: 1; from 60",
        ),
        (
            "[thresholds]\nserver-order = 'random'",
            r":2: 'server-order' cannot be 'random'; one of same, balanced",
        ),
        ("fail-on = 'low'\nfail_on = 'high'", r":1: 'fail-on' is given twice"),
        ("a = \n", r"getvpn\.toml:1:5: no valid TOML: Invalid value"),
        ("lines = 1", r":1: unknown key 'lines'"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(_written(tmp_path, text))


def test_a_mistake_in_pyproject_is_named_with_its_line(tmp_path: Path) -> None:
    path = _written(tmp_path, "[tool.other]\nx = 1\n[tool.getvpn]\nx = 1\n", "pyproject.toml")
    with pytest.raises(InputError, match=r"pyproject\.toml:4: unknown key 'x'"):
        load(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "getvpn.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        load(path)


def test_the_nearest_file_above_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = _written(tmp_path, "")
    assert find_file(inner) == outer
    shared = _written(tmp_path / "a", "[tool.getvpn]\n", "pyproject.toml")
    assert find_file(inner) == shared
    own = _written(tmp_path / "a", "")
    assert find_file(inner) == own


def test_a_pyproject_without_our_table_is_passed_by(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    _written(inner, "[project]\n", "pyproject.toml")
    outer = _written(tmp_path, "")
    assert find_file(inner) == outer


def test_every_threshold_says_what_it_means_and_accepts_its_default() -> None:
    for threshold in THRESHOLDS.values():
        assert threshold.meaning
        assert threshold.source
        if threshold.choices:
            assert threshold.default in threshold.choices
        else:
            assert isinstance(threshold.default, int)
            assert threshold.low is not None
            assert threshold.high is not None
            assert threshold.low <= threshold.default <= threshold.high


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_set_thresholds_within_their_ranges(name: str) -> None:
    for key, value in PROFILES[name].overrides.items():
        threshold = THRESHOLDS[key]
        if isinstance(value, str):
            assert value in threshold.choices
        else:
            assert threshold.low is not None
            assert threshold.high is not None
            assert threshold.low <= value <= threshold.high
    lows = {key for key in THRESHOLDS if "_min_" in key}
    for low in lows:
        high = low.replace("_min_", "_max_")
        if high in THRESHOLDS:
            settings = PROFILES[name].settings
            assert getattr(settings, low) <= getattr(settings, high)


def test_an_unknown_profile_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="unknown profile 'x'; one of seed"):
        profile("x")


@pytest.mark.parametrize("name", ["seed", "cisco", "stig", "cnsa", "balanced", "long-sa"])
def test_profiles_have_the_names_that_people_know(name: str) -> None:
    assert profile(name).name == name


def test_the_profile_of_the_concepts_document_keeps_its_earlier_name(tmp_path: Path) -> None:
    assert profile("cisco-seed") is profile("seed")
    assert load(_written(tmp_path, 'profile = "cisco-seed"')).profile == "seed"


def test_cnsa_wants_strong_keys_of_every_kind() -> None:
    settings = profile("cnsa").settings
    assert (settings.ike_aes_min_bits, settings.ike_hash_min_bits) == (256, 384)
    assert (settings.dh_modulus_min_bits, settings.dh_curve_min_bits) == (3072, 384)
    assert (settings.rsa_modulus_min_bits, settings.certificate_rsa_min_bits) == (3072, 3072)


def test_a_profile_of_the_site_rests_on_one_of_ours(tmp_path: Path) -> None:
    options = load(
        _written(
            tmp_path,
            'profile = "branch"\n[profiles.branch]\nbase = "stig"\nregistration-ike = "any"\n'
            "[profiles.branch.thresholds]\nacl_max_lines = 50\n"
            "[thresholds]\ntek-lifetime-min-s = 1200\n",
        )
    )
    settings = options.settings
    assert options.profile == "branch"
    assert (settings.registration_ike, settings.ike_hash_min_bits) == ("any", 384)
    assert (settings.acl_max_lines, settings.tek_lifetime_min_s) == (50, 1200)
    assert options.profiles["branch"].summary == "As stig, by this site"


def test_a_profile_of_the_site_may_rest_on_another_one_further_down(tmp_path: Path) -> None:
    options = load(
        _written(
            tmp_path,
            '[profiles.a]\nbase = "b"\nsummary = "Ours"\nacl-max-lines = 50\n'
            "[profiles.b]\nacl-max-lines = 60\nacl-warn-lines = 40\n",
        )
    )
    assert options.profiles["a"].overrides == {"acl_max_lines": 50, "acl_warn_lines": 40}
    assert options.profiles["a"].summary == "Ours"
    assert options.profile == "seed"
    assert profile("a", options.profiles).settings.acl_max_lines == 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profiles = 1", r":1: 'profiles' is a table; write \[profiles.NAME\]"),
        ("\n[[profiles]]\nbase = 'stig'", r":2: 'profiles' is a table"),
        (
            "\nprofiles = {x = {base = 'stig', bogus = 1}}",
            r":2: unknown key 'bogus'; known are acks-missed-high",
        ),
        ("[profiles]\nx = 1", r":2: profile 'x' is a table; write \[profiles.x\]"),
        ("[profiles.stig]\n", r":1: there is a profile 'stig' already"),
        ("[profiles.cisco-seed]\n", r":1: there is a profile 'cisco-seed' already"),
        ('[profiles."-x"]\n', r":1: '-x' cannot be the name of a profile"),
        ("[profiles.x]\nbase = 'y'", r":2: 'base' cannot be 'y'; one of seed, cisco, .*cnsa, x"),
        ("[profiles.x]\nbase = 1", r":2: 'base' cannot be 1"),
        ("[profiles.x]\nbase = 'x'", r":2: profile 'x' rests on itself"),
        (
            "[profiles.x]\nbase = 'y'\n[profiles.y]\nbase = 'x'",
            r":4: profile 'y' rests on itself; name another",
        ),
        ("[profiles.x]\nsummary = 1", r":2: 'summary' is a text"),
        (
            "[profiles.x]\n\nacl-max-line = 1",
            r":3: unknown key 'acl-max-line'; did you mean 'acl-max-lines'",
        ),
        ("[profiles.x]\nacl-max-lines = 0", r":2: 'acl-max-lines' is out of range: 0; from 1"),
        ("[profiles.x]\nthresholds = 1", r":2: 'thresholds' is a table"),
        (
            "[profiles.x.thresholds]\ncrl-on-members = 'no'",
            r":2: 'crl-on-members' cannot be 'no'; one of off, on",
        ),
        ("profile = 'y'\n[profiles.x]\n", r":1: 'profile' cannot be 'y'; one of seed, .*, x"),
    ],
)
def test_a_mistake_in_a_profile_is_named_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        load(_written(tmp_path, text))
