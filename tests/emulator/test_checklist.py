"""What a client must find, and that each point of it has a test that says so."""

import ast
from collections.abc import Iterator
from pathlib import Path

# A test claims points with the marker `checklist`.
POINTS = {
    1: "the identification string of a router",
    2: "three wrong passwords are refused",
    3: "modern and old algorithms",
    4: "password, keyboard-interactive and public key",
    5: "libssh asks for the methods first",
    6: "an exec request gives all its output, then the connection ends",
    7: "an unknown exec request is an invalid autocommand",
    8: "one session channel a connection",
    9: "environment requests do not disturb",
    10: "keepalives are answered",
    11: "a terminal without a size",
    12: "login, motd and exec banner in their places",
    13: "SSH is off without a host key",
    14: "exit closes the connection",
    15: "a user of level 1 lands in user mode",
    16: "each character is echoed at once",
    17: "one prompt for each kind of Enter",
    18: "no space after the prompt",
    19: "a null byte is ignored",
    20: "type-ahead is echoed when it is read",
    21: "type-ahead answers questions",
    22: "enable: no echo, three tries",
    23: "configure terminal",
    24: "long names are cut in configuration mode",
    25: "names of modes, and leaving them",
    26: "the caret",
    27: "incomplete and ambiguous commands",
    28: "shortened words",
    29: "help and completion",
    30: "the pager",
    31: "filters and redirection",
    32: "do",
    33: "banners of several lines",
    34: "terminal monitor",
    35: "editing keys",
    36: "exec-timeout",
    37: "netmiko connects",
    38: "netmiko enables",
    39: "netmiko: output alone",
    40: "netmiko: a long configuration",
    41: "netmiko configures",
    42: "netmiko finds bad lines",
    43: "netmiko and long or changing names",
    44: "netmiko saves",
    45: "netmiko asks whether the session lives",
    46: "ntc-templates parse",
    47: "netmiko answers a question while configuring",
    48: "netmiko moves files by SCP",
    49: "netmiko moves files through the Tcl shell",
    50: "SCP off, or without privilege",
    51: "fifty netmiko sessions at once",
    52: "NAPALM opens and closes",
    53: "NAPALM facts of each platform",
    54: "NAPALM interfaces",
    55: "NAPALM configurations",
    56: "NAPALM users and services",
    57: "NAPALM merge by SCP",
    58: "NAPALM merge inline",
    59: "NAPALM replace without a difference",
    60: "NAPALM replace with one",
    61: "NAPALM replace with a bad line",
    62: "NAPALM merge with a bad line",
    63: "NAPALM trial without an archive",
    64: "NAPALM trial, confirmed",
    65: "NAPALM trial, expired",
    66: "NAPALM trial, taken back",
    67: "NAPALM discards",
    68: "NAPALM changes the name",
    69: "NAPALM removes a user",
    70: "NAPALM runs commands",
    71: "scrapli over each transport",
    72: "scrapli raises a user of level 1",
    73: "scrapli configures",
    74: "scrapli answers questions",
    75: "scrapli in the Tcl shell",
    76: "scrapli: a long command",
    77: "the current scrapli",
    78: "Ansible commands over libssh and paramiko",
    79: "Ansible: bad commands",
    80: "Ansible becomes",
    81: "Ansible configures once, and saves",
    82: "Ansible: defaults",
    83: "Ansible answers a question while configuring",
    84: "Ansible facts",
    85: "Ansible banners",
    86: "Ansible: a session left in a mode",
    87: "Ansible: changes on trial",
    88: "Ansible restores",
    89: "rekey key: made, replaced, asked about",
    90: "rekey key: exported",
    91: "rekey key: imported on another key server",
    92: "clear crypto gdoi",
    93: "reload",
    94: "reload later, and cancel",
    95: "copy from a host, verify, delete",
    96: "install add, activate, commit",
    97: "write erase",
    98: "configure terminal revert timer",
    99: "megabytes of output keep nobody waiting",
    100: "a thousand idle sessions",
}


def _claimed(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.checklist":
                    yield from (ast.literal_eval(argument) for argument in mark.args)


def test_every_point_of_the_checklist_has_a_test() -> None:
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    claimed = {point for path in files for point in _claimed(path)}

    assert sorted(POINTS.keys() - claimed) == []
    assert sorted(claimed - POINTS.keys()) == []
