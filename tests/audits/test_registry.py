from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from getvpn.audits.registry import Registry, registry
from getvpn.audits.rule import AnyRule, Rule, rule
from getvpn.audits.rules.tek import lifetime_too_short
from getvpn.errors import InputError, UsageError


def _named(code: str, *aliases: str) -> AnyRule:
    return replace(lifetime_too_short, code=code, aliases=aliases)


RULES = Registry(
    [_named("TEK001", "GV-011"), _named("TEK002", "GV-012"), _named("COOP001", "GV-001")]
)


def _codes(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[str]:
    return [each.code for each in RULES.select(select, ignore)]


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        ((), (), ["COOP001", "TEK001", "TEK002"]),
        (("ALL",), (), ["COOP001", "TEK001", "TEK002"]),
        (("TEK",), (), ["TEK001", "TEK002"]),
        (("tek", "coop001"), (), ["COOP001", "TEK001", "TEK002"]),
        (("GV-012",), (), ["TEK002"]),
        (("GV",), (), ["COOP001", "TEK001", "TEK002"]),
        ((), ("TEK",), ["COOP001"]),
        (("TEK001",), ("TEK",), ["TEK001"]),
        (("TEK",), ("TEK002",), ["TEK001"]),
        (("GV-011",), ("TEK",), ["TEK001"]),
        (("TEK001",), ("TEK001",), []),
        ((), ("ALL",), []),
    ],
)
def test_the_longer_selector_decides(
    select: tuple[str, ...], ignore: tuple[str, ...], codes: list[str]
) -> None:
    assert _codes(select, ignore) == codes


@pytest.mark.parametrize("words", [{"select": ("TEKK",)}, {"ignore": ("TEKK",)}])
def test_a_selector_that_fits_no_rule_is_refused_with_the_nearest_name(
    words: dict[str, tuple[str, ...]],
) -> None:
    with pytest.raises(UsageError, match="no rule fits 'TEKK'; did you mean 'TEK'"):
        _codes(**words)


def test_an_empty_selector_fits_nothing() -> None:
    with pytest.raises(UsageError):
        _codes(select=("",))


def test_rules_are_found_by_code_and_alias_in_any_case() -> None:
    assert RULES["tek002"] is RULES["gv-012"]


def test_an_unknown_code_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown rule 'TEK0001'; did you mean 'TEK001'"):
        RULES["TEK0001"]


def test_a_topic_is_no_rule_and_is_answered_with_one_of_its_rules() -> None:
    with pytest.raises(UsageError, match="unknown rule 'tek'; name one of its rules, as TEK001"):
        RULES["tek"]


def test_two_rules_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="GV-001 is claimed by COOP001 and TEK001"):
        Registry([_named("COOP001", "GV-001"), _named("TEK001", "GV-001")])


def test_a_code_has_letters_and_three_digits() -> None:
    with pytest.raises(ValueError, match="'T1' is no rule code"):
        rule(
            code="T1",
            title="",
            severity=lifetime_too_short.severity,
            scope=lifetime_too_short.scope,
            needs=(),
            source="",
            rationale="",
            remediation="",
            bad={},
            good={},
        )


def test_every_rule_of_the_package_is_in_the_registry() -> None:
    assert registry()["TEK001"] is lifetime_too_short
    assert all(isinstance(each, Rule) for each in registry().rules)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a package with an entry point `getvpn.rules` on the path of this process."""

    def put(module: str, source: str) -> None:
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[getvpn.rules]\nsite = {module}\n", "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        registry.cache_clear()

    yield put
    registry.cache_clear()


def test_an_installed_package_adds_its_rules(install: Callable[[str, str], None]) -> None:
    install(
        "site_rules_added",
        "from dataclasses import replace\n"
        "from getvpn.audits.rules.tek import lifetime_too_short\n"
        "own = replace(lifetime_too_short, code='SITE001', aliases=())\n",
    )
    assert registry()["SITE001"].code == "SITE001"


def test_a_package_that_claims_a_taken_code_is_named(install: Callable[[str, str], None]) -> None:
    install(
        "site_rules_taken",
        "from dataclasses import replace\n"
        "from getvpn.audits.rules.tek import lifetime_too_short\n"
        "own = replace(lifetime_too_short, aliases=())\n",
    )
    with pytest.raises(InputError, match=r"entry point site = site_rules_taken: .*TEK001"):
        registry()


def test_a_package_that_does_not_load_is_named(install: Callable[[str, str], None]) -> None:
    install("site_rules_broken", "raise RuntimeError('no licence')\n")
    with pytest.raises(InputError, match="site_rules_broken: RuntimeError: no licence"):
        registry()
