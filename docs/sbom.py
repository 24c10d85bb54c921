"""What getvpn is made with: a bill of materials (CycloneDX 1.6), and a check of the licences.

`python docs/sbom.py [FILE]` reads the lock file of the environment that it runs in, writes the bill
to FILE, and ends with 1 if a licence is unknown or does not suit. Nothing is fetched: licences are
those that installed packages state.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from license_expression import ExpressionError, get_spdx_licensing
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "dev.lock"
PROJECT = ROOT / "pyproject.toml"
SCOPES = ("required", "optional", "excluded")
"""Of everybody who installs getvpn, of an extra, of the tests only; words of CycloneDX."""

# The policy. Whoever gets a package with getvpn may get it under these licences:
PERMISSIVE = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
    ]
)
WEAK = frozenset(
    [
        "EPL-2.0",
        "LGPL-2.0-or-later",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "MPL-2.0",
    ]
)
"""They ask for the source of the package itself, which is imported as it was published."""
TOOLS = frozenset(("GPL-3.0-or-later",))
"""Of tools that no user of getvpn gets."""
SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "gnu library or lesser general public license (lgpl)": "LGPL-2.0-or-later",
    "isc license (iscl)": "ISC",
    "lgpl": "LGPL-2.0-or-later",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
STATED_ELSEWHERE = {
    "pyftpdlib": "MIT",  # its file LICENSE
    "setuptools": "MIT",  # its file LICENSE
}
"""Where packages themselves say nothing of it, or not which one."""
_SPDX = get_spdx_licensing()
_ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+).*\\\n(?P<rest>(?: {4}.*\n?)+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A pinned package: who needs it, the SHA-256 of its files, its licence (SPDX) if known."""

    name: str
    version: str
    needed_by: tuple[str, ...]
    hashes: tuple[str, ...]
    licence: str | None
    installed: bool
    scope: str


def parts(lock: str, project: Mapping[str, Any]) -> list[Part]:
    """The packages of a lock file, with the licences of those that are installed."""
    entries = {found["name"]: found for found in _ENTRY.finditer(lock)}
    parents = {name: _needed_by(found["rest"]) for name, found in entries.items()}
    scopes = _scopes(parents, project)
    made = []
    for name, found in entries.items():
        about = _about(name)
        made.append(
            Part(
                name=name,
                version=found["version"],
                needed_by=parents[name],
                hashes=tuple(re.findall(r"sha256:([0-9a-f]{64})", found["rest"])),
                licence=None if about is None else licence_of(name, about),
                installed=about is not None,
                scope=scopes[name],
            )
        )
    return made


def _needed_by(rest: str) -> tuple[str, ...]:
    comment = " ".join(line.strip(" #") for line in rest.splitlines() if " #" in line)
    names = comment.removeprefix("via ").replace("getvpn (pyproject.toml:dev)", "")
    return tuple(names.replace("getvpn (pyproject.toml)", "getvpn").split())


def _scopes(parents: Mapping[str, Iterable[str]], project: Mapping[str, Any]) -> dict[str, str]:
    """The first scope in which something needs each package."""
    extras = project["project"]["optional-dependencies"].values()
    starts = (
        {name for name, above in parents.items() if "getvpn" in above},
        {_name(line) for extra in extras for line in extra},
        set(parents),
    )
    scopes: dict[str, str] = {}
    for scope, start in zip(SCOPES, starts, strict=True):
        reached = set(start)
        while more := {
            name for name, above in parents.items() if name not in reached and reached & {*above}
        }:
            reached |= more
        scopes = dict.fromkeys(reached, scope) | scopes
    return scopes


def _name(requirement: str) -> str:
    return re.sub(r"[._]", "-", re.split(r"[\[<>=!~ ;]", requirement)[0].lower())


def _about(name: str) -> PackageMetadata | None:
    try:
        return metadata(name)
    except PackageNotFoundError:
        return None


def licence_of(name: str, about: PackageMetadata) -> str | None:
    """The licence that a package states, as an SPDX expression; None if it is not clear."""
    fields = about.json
    classifiers = [str(line) for line in fields.get("classifier", ())]
    stated = [
        fields.get("license_expression"),
        fields.get("license"),
        *(line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::")),
    ]
    spelled = (_spelled(text) for text in stated if isinstance(text, str))
    return next(filter(None, spelled), STATED_ELSEWHERE.get(name))


def _spelled(stated: str) -> str | None:
    text = stated.strip().removeprefix("License :: OSI Approved :: ")
    try:
        return str(_SPDX.parse(SPELLINGS.get(text.lower(), text), validate=True)) or None
    except ExpressionError:
        return None


def unsuited(part: Part) -> str | None:
    """Why the licence of a package does not suit, in a line; None if it does."""
    if not part.installed:
        return None
    if part.licence is None:
        return f"{part.name} {part.version}: it does not say its licence clearly"
    allowed = PERMISSIVE | WEAK | (TOOLS if part.scope == "excluded" else frozenset())
    if _suits(_SPDX.parse(part.licence), allowed):
        return None
    return f"{part.name} {part.version} ({part.scope}): {part.licence} does not suit"


def _suits(expression: Any, allowed: frozenset[str]) -> bool:
    """Whether one of the choices that an expression gives has allowed licences only."""
    if expression.isliteral:
        return expression.render() in allowed
    every = all if isinstance(expression, _SPDX.AND) else any
    return every(_suits(each, allowed) for each in expression.args)


def bill(made: Iterable[Part], version: str, lock: str) -> Bom:
    """The bill of materials. The same lock file in the same environment gives the same one."""
    own = PackageURL("pypi", name="getvpn", version=version)
    root = Component(
        name="getvpn",
        type=ComponentType.APPLICATION,
        version=version,
        bom_ref=str(own),
        purl=own,
        licenses=[LicenseExpression("MIT")],
    )
    found = Bom(serial_number=uuid5(NAMESPACE_URL, f"{own}\n{lock}"))
    found.metadata.timestamp = None  # type: ignore[assignment]  # it need not be said
    found.metadata.component = root
    made = list(made)
    components = {"getvpn": root} | {part.name: _component(part) for part in made}
    found.components.update(components[part.name] for part in made)
    below: dict[str, list[Component]] = {name: [] for name in components}
    for part in made:
        for name in part.needed_by:
            below[name].append(components[part.name])
    for name, needs in below.items():
        found.register_dependency(components[name], needs)
    return found


def _component(part: Part) -> Component:
    stated = LicenseAcknowledgement.DECLARED
    url = PackageURL("pypi", name=part.name, version=part.version)
    return Component(
        name=part.name,
        type=ComponentType.LIBRARY,
        version=part.version,
        bom_ref=str(url),
        purl=url,
        scope=ComponentScope(part.scope),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in part.hashes],
        licenses=[LicenseExpression(part.licence, acknowledgement=stated)] if part.licence else [],
    )


def main(arguments: list[str]) -> int:
    """Write the bill, name what does not suit; the exit code."""
    from getvpn import __version__

    lock = LOCK.read_text("utf-8")
    made = parts(lock, tomllib.loads(PROJECT.read_text("utf-8")))
    if arguments:
        target = Path(arguments[0])
        target.parent.mkdir(parents=True, exist_ok=True)
        text = JsonV1Dot6(bill(made, __version__, lock)).output_as_string(indent=1)
        target.write_text(f"{text}\n", "utf-8")
    wrong = [line for line in map(unsuited, made) if line is not None]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
