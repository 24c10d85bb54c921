"""Configuration texts of the system: random lines that a router takes, some of them several times.

`system_texts(family)` gives whole texts. What they say need not make sense, but every line must be
taken.
"""

from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st

Text = st.SearchStrategy[str]

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,11}", fullmatch=True)
HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)
SENTENCES = st.from_regex(
    r"[A-Za-z0-9.,;:()+=*_/-]{1,8}( [A-Za-z0-9.,;:()+=*_/-]{1,8}){0,3}", fullmatch=True
)
PASSWORDS = st.from_regex(r"[A-Za-z0-9.,;:()+=*_/-]{1,20}", fullmatch=True)
ADDRESSES = st.tuples(*[st.integers(1, 254)] * 4).map(lambda parts: ".".join(map(str, parts)))
LOOPBACKS = st.integers(0, 99).map("Loopback{}".format)
LEVELS = st.sampled_from(
    ["emergencies", "alerts", "critical", "errors", "warnings", "notifications", "debugging"]
)
DAYS = st.sampled_from(["Sun", "Mon", "Wed", "Sat"])
MONTHS = st.sampled_from(["Jan", "Mar", "May", "Jun", "Jul", "Oct", "Dec"])
TIMES = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]}:{t[1]:02}")
MD5 = "$1$nQ0M$s2xnJSPmXEhkmKgnSbX3t0"


def said(template: str, **parts: st.SearchStrategy[object]) -> Text:
    """Texts of a template with random parts."""
    return st.fixed_dictionaries(parts).map(lambda chosen: template.format(**chosen))


def maybe(text: Text) -> Text:
    """A text behind a blank, or nothing."""
    return st.one_of(st.just(""), text.map(" {}".format))


def no(text: Text) -> Text:
    """A line or its negation by its first words."""
    return st.tuples(st.booleans(), text).map(lambda pair: f"no {pair[1]}" if pair[0] else pair[1])


def block(head: Text, *lines: Text) -> Text:
    """A line that opens a mode, and lines of that mode."""
    below = st.lists(st.one_of(*lines), max_size=4)
    return st.tuples(head, below).map(lambda pair: "\n ".join((pair[0], *pair[1])))


@cache
def services() -> Text:
    words = st.lists(st.sampled_from(["msec", "localtime", "show-timezone", "year"]), unique=True)
    return st.one_of(
        said(
            "service timestamps {kind} datetime {words}",
            kind=st.sampled_from(["log", "debug"]),
            words=words.map(" ".join),
        ),
        said("service timestamps {kind} uptime", kind=st.sampled_from(["log", "debug"])),
        no(
            st.sampled_from(
                [
                    "service password-encryption",
                    "service pad",
                    "service tcp-keepalives-in",
                    "service dhcp",
                    "service sequence-numbers",
                    "service timestamps log",
                ]
            )
        ),
    )


@cache
def names() -> Text:
    return st.one_of(
        said("hostname {name}", name=HOSTS),
        said("ip domain{sep}name {name}.lab", sep=st.sampled_from(" -"), name=HOSTS),
        no(said("ip domain{sep}lookup", sep=st.sampled_from(" -"))),
        said("ip domain list {name}.lab", name=HOSTS),
        said("ip name-server {a} {b}", a=ADDRESSES, b=ADDRESSES),
        said("ip host {name} {a}", name=HOSTS, a=ADDRESSES),
        said("clock timezone {z} {h} {m}", z=NAMES, h=st.integers(-12, 13), m=st.integers(0, 59)),
        said(
            "clock summer-time {z} recurring {w} {d} {m} {t} last {d2} {m2} {t2}",
            z=NAMES,
            w=st.sampled_from(["1", "2", "first", "last"]),
            d=DAYS,
            m=MONTHS,
            t=TIMES,
            d2=DAYS,
            m2=MONTHS,
            t2=TIMES,
        ),
        said("alias exec {a} {t}", a=NAMES, t=SENTENCES),
        said("boot system flash:{n}.bin", n=HOSTS),
        no(said("file prompt {m}", m=st.sampled_from(["quiet", "noisy", "alert"]))),
        said("banner {k} #{t}#", k=st.sampled_from(["motd", "login", "exec"]), t=SENTENCES),
        said(
            "banner {k} @\n{t}\n{u}@", k=st.sampled_from(["motd", "exec"]), t=SENTENCES, u=SENTENCES
        ),
    )


@cache
def users() -> Text:
    return st.one_of(
        said("username {u} privilege {p}", u=HOSTS, p=st.integers(0, 15)),
        said(
            "username p{u} privilege {p} password {t}{s}",
            u=HOSTS,
            p=st.integers(0, 15),
            t=st.sampled_from(["", "0 "]),
            s=PASSWORDS.filter(lambda text: not text.isdigit()),
        ),
        said("username s{u} secret 5 {h}", u=HOSTS, h=st.just(MD5)),
        said("username f{u} {f}", u=HOSTS, f=st.sampled_from(["nopassword", "one-time"])),
        said("username s{u} autocommand {t}", u=HOSTS, t=SENTENCES),
        said("enable secret level {n} 5 {h}", n=st.integers(1, 15), h=st.just(MD5)),
        said("enable password 0 {s}", s=PASSWORDS),
    )


@cache
def logs() -> Text:
    where = st.sampled_from(["console", "monitor", "trap"])
    return st.one_of(
        said("logging buffered {n}", n=st.integers(4096, 100000)),
        said("logging buffered {v}", v=LEVELS),
        said("logging buffered {n} {v}", n=st.integers(4096, 100000), v=LEVELS),
        said("logging {w} {v}", w=where, v=st.one_of(LEVELS, st.integers(0, 7).map(str))),
        said("no logging {w}", w=st.one_of(where, st.just("buffered"))),
        no(said("logging {h}{a}", h=st.sampled_from(["", "host "]), a=ADDRESSES)),
        said("logging source-interface {i}", i=LOOPBACKS),
        said("logging facility local{n}", n=st.integers(0, 7)),
    )


@cache
def times() -> Text:
    options = st.lists(
        st.one_of(
            st.sampled_from(["prefer", "iburst", "burst", "version 3"]),
            said("key {n}", n=st.integers(1, 9)),
            said("source {i}", i=LOOPBACKS),
        ),
        max_size=3,
    )
    return st.one_of(
        no(said("ntp server {a}", a=ADDRESSES)),
        said(
            "ntp {k} {a} {o}",
            k=st.sampled_from(["server", "peer"]),
            a=ADDRESSES,
            o=options.map(" ".join),
        ),
        said("ntp authentication-key {n} md5 {s}", n=st.integers(1, 9), s=HOSTS),
        said("ntp trusted-key {n}", n=st.integers(1, 9)),
        said("ntp master {n}", n=st.integers(1, 15)),
        said("ntp source {i}", i=LOOPBACKS),
        no(st.sampled_from(["ntp authenticate", "ntp logging", "ntp update-calendar"])),
    )


@cache
def agents() -> Text:
    kinds = st.lists(st.sampled_from(["gm-re-register", "ks-role-change", "gm-rekey-fail"]))
    return st.one_of(
        said(
            "snmp-server community {n}{r}{a}",
            n=NAMES.filter(lambda name: name.lower() not in {"r", "ro", "rw", "v", "view"}),
            r=maybe(st.sampled_from(["RO", "rw"])),
            a=maybe(st.integers(1, 99).map(str)),
        ),
        no(
            said(
                "snmp-server host {a} version 2c {n}",
                a=ADDRESSES,
                n=HOSTS.map("c{}".format),
            )
        ),
        said("snmp-server location {t}", t=SENTENCES),
        said("snmp-server contact {t}", t=SENTENCES),
        no(said("snmp-server enable traps gdoi {k}", k=kinds.map(" ".join))),
        no(st.just("snmp-server enable traps")),
        said("snmp-server trap-source {i}", i=LOOPBACKS),
    )


@cache
def management() -> Text:
    return st.one_of(
        no(st.sampled_from(["ip http server", "ip http secure-server", "ip scp server enable"])),
        said("ip http authentication {k}", k=st.sampled_from(["local", "enable", "aaa"])),
        said("ip ssh version {n}", n=st.integers(1, 2)),
        said("ip ssh time-out {n}", n=st.integers(1, 120)),
        said("ip ssh authentication-retries {n}", n=st.integers(0, 5)),
        said("ip ssh rsa keypair-name {n}", n=NAMES),
        block(
            said("ip ssh pubkey-chain\n username {u}", u=HOSTS),
            said("key-hash ssh-rsa {d:032X}", d=st.integers(0, 1)),
        ),
        block(
            st.just("archive"),
            said("path flash:{n}", n=HOSTS),
            said("maximum {n}", n=st.integers(1, 14)),
            no(st.just("write-memory")),
            said("time-period {n}", n=st.integers(1, 1000)),
            st.just("log config\n  logging enable\n  notify syslog"),
        ),
        no(st.sampled_from(["lldp run", "cdp run", "login on-success log"])),
        said(
            "login block-for {a} attempts {b} within {c}",
            a=st.integers(1, 99),
            b=st.integers(1, 9),
            c=st.integers(1, 99),
        ),
    )


@cache
def authentication() -> Text:
    """Lists and groups; they need the new model, which is switched on before them."""
    methods = st.lists(
        st.one_of(st.sampled_from(["local", "enable", "none"]), said("group {n}", n=NAMES)),
        min_size=1,
        max_size=3,
    ).map(" ".join)
    rights = st.lists(
        st.one_of(st.sampled_from(["local", "none"]), said("group {n}", n=NAMES)),
        min_size=1,
        max_size=3,
    ).map(" ".join)
    lists = st.one_of(
        said("aaa authentication login {n} {m}", n=NAMES, m=methods),
        said("aaa authorization exec {n} {m}", n=NAMES, m=rights),
        said("aaa authorization commands {l} default {m}", l=st.integers(0, 15), m=rights),
        said("aaa accounting exec default start-stop group {n}", n=NAMES),
        block(
            said("aaa group server tacacs+ {n}", n=NAMES),
            said("server-private {a} key {k}", a=ADDRESSES, k=HOSTS),
            said("ip tacacs source-interface {i}", i=LOOPBACKS),
        ),
    )
    servers = st.one_of(
        block(
            said("tacacs server {n}", n=NAMES),
            said("address ipv4 {a}", a=ADDRESSES),
            said("key {k}", k=PASSWORDS.filter(lambda text: not text.isdigit())),
        ),
        block(said("radius server {n}", n=NAMES), said("address ipv4 {a}", a=ADDRESSES)),
        st.sampled_from(["no aaa new-model", "aaa new-model"]),
    )
    return st.one_of(lists.map("aaa new-model\n{}".format), servers)


@cache
def lines() -> Text:
    """Blocks of lines; `login` is left to the lines of the old model."""
    first = st.integers(0, 15)
    ranges = st.one_of(
        st.just("con 0"),
        st.just("aux 0"),
        st.tuples(first, first).map(lambda pair: f"vty {min(pair)} {max(pair)}"),
        first.map("vty {}".format),
    )
    return block(
        ranges.map("line {}".format),
        said("exec-timeout {a} {b}", a=st.integers(0, 60), b=st.integers(0, 59)),
        no(st.sampled_from(["logging synchronous", "history", "exec", "login"])),
        st.just("no exec-timeout"),
        said("transport input {p}", p=st.sampled_from(["ssh", "telnet ssh", "ssh telnet", "all"])),
        said("privilege level {n}", n=st.integers(0, 15)),
        said("access-class {n} {d}", n=st.integers(1, 99), d=st.sampled_from(["in", "out"])),
        said("length {n}", n=st.integers(0, 512)),
        said("password {s}", s=PASSWORDS.filter(lambda text: not text.isdigit())),
    )


TOPICS: tuple[Callable[[], Text], ...] = (
    services,
    names,
    users,
    logs,
    times,
    agents,
    management,
    authentication,
    lines,
)


@cache
def system_texts(family: str = "xe", *, most: int = 12) -> Text:
    """Texts of up to `most` lines and blocks; `family` is that of the router that takes them."""
    del family  # all of these lines are known to both
    return st.lists(st.one_of(*(topic() for topic in TOPICS)), max_size=most).map(
        lambda blocks: "".join(f"{text}\n!\n" for text in blocks)
    )
