"""The Tcl shell: files typed in, exec commands inside, and the part of Tcl that there is."""

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.emulator.device import Router
from getvpn.emulator.shell.tcl_words import TclError, Unfinished, elements, sentences
from getvpn.emulator.testing import Console, console, make_router

TEXT = "interface Loopback9\n ip address 10.9.9.9 255.255.255.255\n"


@pytest.fixture
def router() -> Router:
    return make_router("KS1", "c8000v", "hostname KS1\n")


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


@pytest.fixture
def tcl(con: Console) -> Console:
    con.run("tclsh")
    return con


def test_a_file_is_typed_in_between_braces(router: Router, con: Console) -> None:
    assert con.type(b"tclsh\r") == "tclsh\nKS1(tcl)#"
    assert con.type(b'puts [open "flash:no_ntp.txt" w+] {\r') == (
        'puts [open "flash:no_ntp.txt" w+] {\n+>'
    )
    assert con.type(b"no ntp\r") == "no ntp\n+>"
    assert con.type(b"ntp server 192.0.2.1\r}\r") == "ntp server 192.0.2.1\n+>}\nKS1(tcl)#"
    assert con.type(b"tclquit\r") == "tclquit\nKS1#"
    assert router.files.read("no_ntp.txt") == b"\nno ntp\nntp server 192.0.2.1\n\n"


def test_the_bytes_of_an_inline_transfer_leave_the_file_and_its_hash(
    router: Router, con: Console
) -> None:
    name = "bootflash:/merge_config.txt"
    assert con.type(b"tclsh\n") == "tclsh\nKS1(tcl)#"
    assert con.type(b"\n") == "\nKS1(tcl)#"
    assert con.type(f"dir {name}\n".encode()) == (
        f"dir {name}\n%Error opening {name} (No such file or directory)\nKS1(tcl)#"
    )
    con.type(b"\n")
    said = con.type(b"dir bootflash:\n")
    assert "Directory of bootflash:/\n" in said
    assert said.endswith(" bytes free)\nKS1(tcl)#")
    assert con.type(b'puts [open "bootflash:merge_config.txt" w+] {').endswith("w+] {")
    said = con.type(TEXT.replace("\n", "\r").encode())
    assert "(tcl)" not in said
    assert said.endswith("255.255.255.255\n+>")
    assert con.type(b"}\r") == "}\nKS1(tcl)#"
    assert con.type(b"tclquit\r") == "tclquit\nKS1#"
    con.type(b"\n")
    expected = hashlib.md5(TEXT.encode() + b"\n", usedforsecurity=False).hexdigest()
    assert con.type(f"verify /md5 {name}\n".encode()) == (
        f"verify /md5 {name}\n.Done!\nverify /md5 ({name}) = {expected}\nKS1#"
    )
    assert con.type(b"\r") == "\nKS1#"
    assert router.files.read(name) == TEXT.encode() + b"\n"


def test_everything_in_one_write_is_the_same(router: Router, con: Console) -> None:
    con.type(b'tclsh\rputs [open "flash:x" w+] {a\rb ? c\td\r}\rtclquit\r')
    assert router.files.read("x") == b"a\nb ? c\td\n\n"
    assert con.prompt == "KS1#"


@given(
    st.text(
        st.characters(
            codec="latin-1", exclude_characters="{}\\", categories=("L", "N", "P", "S", "Zs")
        ),
        max_size=200,
    )
)
@settings(max_examples=50)
def test_any_text_without_braces_arrives_as_it_is(text: str) -> None:
    router = make_router("KS1", "isr4451")
    con = console(router)
    con.run("tclsh", 'puts [open "flash:x" w+] {')
    con.type(text.replace(" ", "\r").encode("latin-1") + b"\r}\r")
    assert router.files.read("x").decode("latin-1") == f"\n{text.replace(' ', chr(10))}\n\n"


def test_long_names_are_cut_in_the_prompt(con: Console) -> None:
    con.configure("hostname very-very-long-hostname")
    assert con.type(b"tclsh\r").endswith("\nvery-very-long-hostn(tcl)#")


def test_exec_commands_work_inside(tcl: Console) -> None:
    assert "UTC" in tcl.run("show clock")
    assert tcl.run("show running-config | include ^hostname") == "hostname KS1\n"
    assert tcl.run("show clokc").splitlines() == [
        " " * len("KS1(tcl)#show clo") + "^",
        "% Invalid input detected at '^' marker.",
        "",
    ]
    assert tcl.run("show") == '% Type "show ?" for a list of subcommands\n'
    assert tcl.run("frobnicate now").endswith("marker.\n\n")
    assert tcl.run("! a remark") == ""


def test_configuration_mode_comes_back_to_the_shell(router: Router, tcl: Console) -> None:
    assert tcl.type(b"configure terminal\r").endswith("KS1(config)#")
    tcl.type(b"hostname KS2\r")
    assert tcl.type(b"end\r").endswith("KS2(tcl)#")
    assert router.hostname == "KS2"


@pytest.mark.parametrize("line", [b"exit\r", b"tclquit\r"])
def test_the_shell_is_left(tcl: Console, line: bytes) -> None:
    assert tcl.type(line).endswith("\nKS1#")
    assert not tcl.closed


def test_what_was_begun_is_forgotten_at_ctrl_c(router: Router, tcl: Console) -> None:
    tcl.run('puts [open "flash:x" w+] {')
    assert tcl.type(b"abc\x03") == "abc^C\nKS1(tcl)#"
    assert tcl.run("puts fine") == "fine\n"
    assert not router.files.exists("x")


def test_only_privileged_users_have_the_shell(router: Router) -> None:
    assert "(tcl)" not in console(router, user="oper", privilege=1).type(b"tclsh\r")


# ---- Tcl ----


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("puts hello", "hello\n"),
        ('puts "a b"', "a b\n"),
        ("puts {a  b}", "a  b\n"),
        ("puts stdout x", "x\n"),
        ('puts -nonewline "x\\n"', "x\n"),
        ('puts "a\\tb\\$c\\[d\\]"', "a\tb$c[d]\n"),
        ("set x 5", "5\n"),
        ('set x 5; puts "<$x> ${x}0 [set x 6] $x"', "<5> 50 6 6\n"),
        ("set x {[y] $z}; puts $x", "[y] $z\n"),
        ("foreach a {1 {2 3} 4} {puts $a}", "1\n2 3\n4\n"),
        ("set x 1; unset x; set x", 'can\'t read "x": no such variable\n'),
        ("puts a b c", 'wrong # args: should be "puts ?-nonewline? ?channelId? string"\n'),
        ("foreach a", 'wrong # args: should be "foreach varname list body"\n'),
        ("puts file7 x", 'can not find channel named "file7"\n'),
        ("open flash:none", 'couldn\'t open "flash:none": no such file or directory\n'),
        ("open flash:x q", 'illegal access mode "q"\n'),
        ("open usb9:x w", 'couldn\'t open "usb9:x": no such device\n'),
        ("open flash:../../x w", "file0\n"),
        ("source flash:none", 'couldn\'t read file "flash:none": no such file or directory\n'),
        ("# a remark {", ""),
        ("puts $none", 'can\'t read "none": no such variable\n'),
        ("puts [nonsense here]", "\n"),
        ("puts }", "}\n"),
        ("\\\n", ""),
    ],
)
def test_a_line_of_tcl_prints_what_tcl_prints(tcl: Console, line: str, said: str) -> None:
    assert tcl.run(line).endswith(said)


def test_files_are_written_and_read_by_channels(router: Router, tcl: Console) -> None:
    assert tcl.run("set f [open flash:x w]") == "file0\n"
    tcl.run("puts $f one", "puts -nonewline $f two")
    assert router.files.read("x") == b"one\ntwo"
    tcl.run("close $f", "set f [open flash:x a]", "puts $f three", "close $f")
    tcl.run("set f [open flash:x]")
    assert tcl.run("puts <[gets $f line]>,$line") == "<3>,one\n"
    assert tcl.run("puts <[read $f]>") == "<twothree\n>\n"
    assert tcl.run("puts [gets $f line]") == "-1\n"
    assert tcl.run("puts $f x") == 'channel "file2" wasn\'t opened for writing\n'
    assert tcl.run("close $f", "close $f") == 'can not find channel named "file2"\n'


def test_variables_reach_exec_commands(router: Router, tcl: Console) -> None:
    router.files.write("a.txt", b"1\n", 0)
    router.files.write("b.txt", b"2\n", 0)
    assert tcl.run("foreach n {a b} { more flash:$n.txt }") == "1\n2\n"
    assert tcl.run("show running-config | include $nothing") == ""


def test_scripts_are_run_from_files(router: Router, con: Console) -> None:
    router.files.write("s.tcl", b'set x 1\r\nputs "x is $x"\nios_config "hostname KS8"\n', 0)
    assert con.run("tclsh flash:s.tcl") == "x is 1\n"
    assert router.hostname == "KS8"
    assert con.prompt == "KS8#"
    con.run("tclsh")
    assert con.run("source flash:s.tcl") == "x is 1\n"
    assert con.run("tclsh flash:none") == (
        "%Error opening flash:/none (No such file or directory)\n"
    )


def test_configuration_commands_are_given_to_the_router(router: Router, tcl: Console) -> None:
    tcl.run('ios_config "interface Loopback7" "description from tcl"')
    assert " description from tcl" in router.running_lines()
    assert tcl.run('ios_config "bogus x"').endswith("% Invalid input detected at '^' marker.\n\n")


def test_a_full_disk_is_told(router: Router, tcl: Console) -> None:
    tcl.run("set f [open flash:x w]")
    router.faults.set("disk-full")
    assert tcl.run("puts $f text") == 'error writing "file0": no space left on device\n'
    assert "no space left" in tcl.run("open flash:y w")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (b"source flash:s", "too many nested evaluations"),
        (b"foreach a {1 2 3 4 5 6 7 8 9 0} {source flash:s}", "too many nested evaluations"),
        (b"set x $x$x; source flash:s", ""),
    ],
)
def test_a_script_cannot_run_away(router: Router, tcl: Console, script: bytes, said: str) -> None:
    router.files.write("s", script, 0)
    tcl.run("set x aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    assert said in tcl.run("source flash:s")
    assert tcl.run("puts alive") == "alive\n"


def test_a_value_cannot_grow_without_end(tcl: Console) -> None:
    tcl.run("set x " + "a" * 100)
    for _ in range(20):
        said = tcl.run('set y "$x$x$x$x$x$x$x$x$x$x"')
        tcl.run("set x $y")
    assert said == "value is too long\n"


@pytest.mark.parametrize(
    ("lines", "unfinished"),
    [
        (["puts {"], True),
        (["puts {", "a } b"], False),
        (["puts {", "{", "}"], True),
        (["puts {\\}"], True),
        (["puts {\\{}"], False),
        (['puts "a'], True),
        (['puts "a', 'b"'], False),
        (['puts a"b'], False),
        (["puts [open x"], True),
        (["puts [open x", "]"], False),
        (["puts a \\"], True),
        (["puts a \\", "b"], False),
        (["# { ["], False),
        (["puts }"], False),
        (["foreach a {1} {", "puts {", "}", "}"], False),
    ],
)
def test_a_text_is_finished_when_its_braces_are(lines: list[str], unfinished: bool) -> None:
    state = Unfinished()
    assert [state.feed(line) for line in lines][-1] is unfinished


@example("\\\n")
@given(st.text(alphabet='ab {}[]"\\;$\n#', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    state = Unfinished()
    for line in text.split("\n"):
        state.feed(line)
    try:
        found = list(sentences(text))
    except TclError:
        return
    assert all(sentence.words and sentence.text for sentence in found)


def test_lists_have_elements() -> None:
    assert elements(' a {b c}\n"d e" f\\ g {h {i}}') == ["a", "b c", "d e", "f\\ g", "h {i}"]
    with pytest.raises(TclError, match="close-brace"):
        elements("a {b")
