"""Passwords and communities: how they are stored, and what they open."""

from collections.abc import Iterator, Sequence

from ...parsers.config import ConfigLine, DeviceConfig
from ..context import DEVICE, DeviceContext
from ..management import KEY_SERVER, absent, last, lines, managed, terminals
from ..needs import CONFIG
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import HARDENING, NDM, NSA_PASSWORDS

_READABLE = ("0", "7")
_WEAK_HASHES = {"4": "SHA-256 without salt", "5": "MD5"}
_STRONG_HASHES = ("8", "9")


def _with(text: str) -> dict[str, str]:
    return {"ks1.cfg": KEY_SERVER.format(lines=text)}


@rule(
    code="MGT014",
    title="Passwords are stored as hashes",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{NSA_PASSWORDS}; {HARDENING}",
    rationale="""
        A password of type 0 stands in clear text, and one of type 7 is no better: programs turn it
        back at once. Whoever sees a copy of the configuration can log in to the device.
    """,
    remediation="""
enable secret <password>
username <name> secret <password>
no {command}""",
    bad=_with("username admin privilege 15 password 7 <removed>\n"),
    good=_with("username admin privilege 15 secret 9 <removed>\n"),
)
@managed
def readable_password(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for `enable password`, `username … password` and `password` of terminal lines."""
    for line, name, command in _passwords(ctx):
        kind = _kind(line.words, "password")
        if kind is None or kind in _READABLE:
            how = "in clear text" if kind != "7" else "as type 7, which can be read"
            yield ctx.at(line, "", f"the password of {name} is stored {how}", command=command)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _passwords(ctx: DeviceContext) -> Iterator[tuple[ConfigLine, str, str]]:
    """The lines with a password, whose it is, and the command without it."""
    for line in lines(ctx.device, "enable", "password"):
        yield line, "the privileged mode", "enable password"
    for line in lines(ctx.device, "username"):
        words = line.words
        if "password" in words[2:]:
            yield line, f"user {words[1]}", f"username {words[1]}"
    for each in terminals(ctx.device):
        said = each.said("password")
        if said is not None:
            yield said, each.name, "password"


def _kind(words: Sequence[str], keyword: str) -> str | None:
    """The type behind `keyword`, None where none is said or the secret was taken out."""
    at = words.index(keyword, 2 if words[0] == "username" else 0) + 1
    after = words[at : at + 3]
    if after[:1] == ["level"]:
        after = words[at + 2 : at + 4]
    if len(after) > 1 and len(after[0]) == 1 and after[0].isdecimal():
        return after[0]
    return None


@rule(
    code="MGT015",
    title="Passwords are hashed by a slow function (type 8 or 9)",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=NSA_PASSWORDS,
    rationale="""
        Type 5 is MD5, type 4 a single SHA-256 without salt: whoever has a copy of the
        configuration tries millions of passwords in a second. Types 8 (PBKDF2) and 9 (scrypt)
        make each try dear.
    """,
    remediation="{command} algorithm-type scrypt secret <password>",
    bad=_with("enable secret 5 <removed>\n"),
    good=_with("enable secret 9 <removed>\n"),
)
@managed
def weak_hash_of_password(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look at the type of `enable secret` and `username … secret`."""
    unknown = False
    for line, name, command in _secrets(ctx):
        kind = _kind(line.words, "secret")
        if kind in _WEAK_HASHES:
            severity = Severity.MEDIUM if kind == "4" else Severity.LOW
            message = f"the password of {name} is stored as type {kind} ({_WEAK_HASHES[kind]})"
            yield ctx.at(line, "", message, severity=severity, command=command)
        elif kind not in _STRONG_HASHES:
            unknown = True
    if unknown:
        yield ctx.not_checked("the type of a secret is not in the text")
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _secrets(ctx: DeviceContext) -> Iterator[tuple[ConfigLine, str, str]]:
    for line in lines(ctx.device, "enable", "secret"):
        yield line, "the privileged mode", "enable"
    for line in lines(ctx.device, "username"):
        words = line.words
        if "secret" in words[2:]:
            yield line, f"user {words[1]}", f"username {words[1]}"


@rule(
    code="MGT016",
    title="No password stands in clear text in the configuration",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        Some passwords cannot be hashed, since the device has to know them: for NTP, for routing
        protocols, for servers of AAA. The service does not protect them, but keeps them from
        being read over a shoulder. It does not touch pre-shared keys of IKE.
    """,
    remediation="service password-encryption",
    bad=_with("no service password-encryption\n"),
    good=_with("service password-encryption\n"),
    fix=Grade.SAFE,
)
@managed
def clear_passwords(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `service password-encryption`."""
    services = config.services
    if services.service_password_encryption:
        return
    message = "passwords may stand in clear text in the configuration"
    if services.is_default("service_password_encryption"):
        yield absent(ctx, message)
    else:
        yield ctx.at(services, "service_password_encryption", message)


@rule(
    code="MGT017",
    title="SNMP is used in version 3",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{HARDENING}; {NDM}",
    rationale="""
        A community is a password that every request carries in clear text. One that may write
        lets whoever read it change the configuration, copy it away, or restart the key server.
    """,
    remediation="""
no snmp-server community <community>
snmp-server group <group> v3 priv
snmp-server user <user> <group> v3 auth sha <password> priv aes 256 <password>""",
    bad=_with("snmp-server community <removed> RO 99\n"),
    good=_with("snmp-server group NMS v3 priv\n"),
)
@managed
def communities(ctx: DeviceContext, _config: DeviceConfig) -> Outcomes:
    """Look for communities; those that may write and have no access list are graver."""
    for line in lines(ctx.device, "snmp-server", "community"):
        words = [word.lower() for word in _after_name(line.words)]
        writes, guarded = "rw" in words, _guarded(words)
        yield ctx.at(
            line,
            "",
            f"an SNMP community may {'write' if writes else 'read'}"
            + ("" if guarded else ", from any address"),
            severity=Severity.HIGH if writes and not guarded else Severity.MEDIUM,
        )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _after_name(words: Sequence[str]) -> Sequence[str]:
    """What follows the name of `snmp-server community [0|7] NAME …`."""
    typed = (
        len(words) > 3 and words[2] in _READABLE and words[3].lower() not in ("ro", "rw", "view")
    )
    return words[4 if typed else 3 :]


def _guarded(words: Sequence[str]) -> bool:
    """Whether an access list stands behind `ro` or `rw`, and what stands in front of it."""
    rest = list(words)
    if rest[:1] == ["view"]:
        rest = rest[2:]
    return bool([word for word in rest if word not in ("ro", "rw")])


@rule(
    code="MGT018",
    title="The privileged mode has a password of its own",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=HARDENING,
    rationale="""
        Without 'enable secret' the privileged mode is open from the console, and on some releases
        the password of the console line opens it to everybody else.
    """,
    remediation="enable algorithm-type scrypt secret <password>",
    bad=_with("enable password 7 <removed>\n"),
    good=_with("enable secret 9 <removed>\n"),
)
@managed
def no_enable_secret(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for `enable secret`, or for AAA that decides about the privileged mode."""
    if last(ctx.device, "enable", "secret") is not None:
        return
    if config.services.aaa_new_model and lines(ctx.device, "aaa", "authentication", "enable"):
        return
    password = last(ctx.device, "enable", "password")
    if password is not None:
        yield ctx.at(password, "", "the privileged mode has a password that is not hashed")
    else:
        yield absent(ctx, "there is no 'enable secret'")
