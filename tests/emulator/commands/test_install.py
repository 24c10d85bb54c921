"""Installing images on IOS-XE, and what boots after it."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.files import DamagedImage, Image, Reason
from getvpn.emulator.services.installing import Installing, full_version
from getvpn.emulator.software import packages_of, packages_text, provisioned_version
from getvpn.emulator.testing import Console, console, make_router

SIZE = 80_000_000
ONE_SHOT = "install add file flash:new.bin activate commit"


def image(family: str, version: str, size: int = SIZE) -> Image:
    return Image(family=family, version=version, size=size)


def bundled(platform: str, new: str) -> Router:
    """A router that has booted out of one file and has another one for it in its flash."""
    router = make_router("KS1", platform, "hostname KS1\n")
    family = router.platform.image_family
    put(router, router.platform.image, image(family, router.platform.version))
    put(router, "new.bin", image(family, new))
    router.reload()
    advance(router, 10)
    console(router).run("write memory")
    return router


def put(router: Router, name: str, content: bytes | Image | DamagedImage) -> None:
    router.files.write(name, content, router.clock.now())


def advance(router: Router, seconds: float) -> None:
    assert isinstance(router.clock, ManualClock)
    router.clock.advance(seconds)


@pytest.fixture
def router() -> Router:
    return bundled("c8000v", "17.12.4")


@pytest.fixture
def con(router: Router) -> Console:
    return console(router)


def test_an_image_is_installed_in_one_step_and_runs_after_the_reload(
    router: Router, con: Console
) -> None:
    assert con.type(f"{ONE_SHOT}\r".encode()) == (
        f"{ONE_SHOT}\n"
        "install_add_activate_commit: START Thu Jan 01 00:00:10 UTC 2026\n"
        "install_add: Adding IMG\n"
        "--- Starting initial file syncing ---\n"
        "Copying bootflash:new.bin from  R0 to  R0\n"
        "Info: Finished copying to the selected \n"
        "Finished initial file syncing\n"
        "\n"
        "--- Starting Add ---\n"
        "Performing Add on all members\n"
        " [1] Finished Add package(s) on  R0\n"
        "Checking status of Add on [R0]\n"
        "Add: Passed on [R0]\n"
        "Finished Add\n"
        "\n"
        "Image added. Version: 17.12.04.0.396\n"
        "\n"
        "install_activate: Activating IMG\n"
        "Following packages shall be activated:\n"
        "/bootflash/c8000v-rpboot.17.12.04.SPA.pkg\n"
        "/bootflash/c8000v-mono-universalk9.17.12.04.SPA.pkg\n"
        "\n"
        "This operation may require a reload of the system. Do you want to proceed? [y/n]"
    )
    assert con.type(b"y\r") == (
        "y\n"
        "\n"
        "--- Starting Activate ---\n"
        "Performing Activate on all members\n"
        " [1] Activate package(s) on  R0\n"
        " [1] Finished Activate on  R0\n"
        "Checking status of Activate on [R0]\n"
        "Activate: Passed on [R0]\n"
        "Finished Activate\n"
        "\n"
        "--- Starting Commit ---\n"
        "Performing Commit on all members\n"
        " [1] Commit package(s) on  R0\n"
        " [1] Finished Commit on  R0\n"
        "Checking status of Commit on [R0]\n"
        "Commit: Passed on [R0]\n"
        "Finished Commit operation\n"
        "\n"
        "SUCCESS: install_add_activate_commit Thu Jan 01 00:00:10 UTC 2026\n"
        "KS1#"
    )
    assert router.software.version == "17.9.4a"
    advance(router, 20)
    assert con.closed
    assert router.software.version == "17.12.4"
    again = console(router)
    assert again.run("show version | include image file|reload reason") == (
        'System image file is "bootflash:packages.conf"\nLast reload reason: Image Install\n'
    )
    assert "\nBOOT variable = bootflash:packages.conf,12;\n" in "\n" + again.run("show bootvar")
    assert again.run("show running-config | include ^boot system") == (
        "boot system bootflash:packages.conf\n"
    )


def test_older_releases_word_it_otherwise() -> None:
    router = bundled("isr4451", "17.3.8a")
    con = console(router)
    said = con.type(f"{ONE_SHOT}\ry\ry\r".encode())
    assert said.startswith(
        f"{ONE_SHOT}\n"
        "install_add_activate_commit: START Thu Jan 01 00:00:10 UTC 2026\n"
        "install_add_activate_commit: Adding PACKAGE\n"
        "Please confirm you have changed boot config to bootflash:packages.conf [y/n]y\n"
        "install_add_activate_commit: Checking whether new add is allowed ....\n"
        "\n"
        "--- Starting Add ---\n"
        "Performing Add on Active/Standby\n"
        "  [1] Add package(s) on R0\n"
        "  [1] Finished Add on R0\n"
    )
    assert said.endswith(
        "Finished Commit\n"
        "\n"
        "Install will reload the system now!\n"
        "SUCCESS: install_add_activate_commit  Thu Jan 01 00:00:10 UTC 2026\n"
        "KS1#"
    )
    advance(router, 20)
    assert router.software.version == "17.3.8a"


def test_newer_releases_announce_each_operation() -> None:
    router = bundled("c8000v", "17.12.4")
    console(router).run(f"{ONE_SHOT} prompt-level none")
    advance(router, 20)
    put(router, "newer.bin", image("c8000v", "17.15.1"))
    said = console(router).run("install add file flash:newer.bin activate commit prompt-level none")
    assert "\ninstall_add: START " in said
    assert "\ninstall_activate: START " in said
    assert "Image added. Version: 17.15.01.0." in said
    advance(router, 20)
    assert router.software.version == "17.15.1"


def test_nothing_is_asked_if_the_user_wants_no_prompt(router: Router, con: Console) -> None:
    con.configure("interface Loopback9")
    said = con.run(f"{ONE_SHOT} prompt-level none")
    assert "[y/n" not in said
    advance(router, 20)
    assert router.software.version == "17.12.4"
    assert "interface Loopback9" in router.running_lines()


@pytest.mark.parametrize(("answer", "kept"), [("y", True), ("n", False)])
def test_a_changed_configuration_is_asked_for_first(con: Console, answer: str, kept: bool) -> None:
    con.configure("hostname KS9")
    assert con.type(f"{ONE_SHOT}\r".encode()).endswith(
        "System configuration has been modified.\n"
        "Press Yes(y) to save the configuration and proceed.\n"
        "Press No(n) for proceeding without saving the configuration.\n"
        "Press Quit(q) to exit, you may save configuration and re-enter the command. [y/n/q]"
    )
    said = con.type(f"{answer}\r".encode())
    assert said.startswith(f"{answer}\nBuilding configuration...\n[OK]\n") is kept
    assert con.type(b"y\r").endswith("KS9#")


@pytest.mark.parametrize("answers", [b"q\r", b"n\rn\r", b"maybe\rq\r"])
def test_the_user_may_stop(router: Router, con: Console, answers: bytes) -> None:
    con.configure("hostname KS9")
    said = con.type(f"{ONE_SHOT}\r".encode() + answers)
    assert said.endswith(
        " [1]  R0 FAILED: User rejected the operation\n"
        "FAILED: add_activate_commit /bootflash/new.bin Thu Jan 01 00:00:10 UTC 2026\nKS9#"
    )
    advance(router, 20)
    assert router.software.version == "17.9.4a"
    assert not con.closed


def test_ctrl_c_ends_the_operation(router: Router, con: Console) -> None:
    con.type(f"{ONE_SHOT}\r".encode())
    assert con.type(b"\x03").endswith("KS1#")
    log = con.run("show install log")
    assert log.endswith("END FAILED  Thu Jan 01 00:00:10 Universal 2026\n")
    advance(router, 20)
    assert not con.closed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "/bootflash/other.bin no such file or directory"),
        (b"text", "/bootflash/other.bin is not a valid package"),
        (image("isr4400", "17.12.4"), "/bootflash/other.bin is not compatible: it is for isr4400"),
        (
            DamagedImage(image=image("c8000v", "17.12.4"), size=SIZE - 1),
            "Signature verification of /bootflash/other.bin failed",
        ),
        (
            image("c8000v", "17.12.4", 6_250_000_000),
            "/bootflash requires 6103516 KB of free space, but only 35684 KB is available",
        ),
    ],
)
def test_what_is_no_image_for_the_router_is_not_installed(
    router: Router, con: Console, content: bytes | Image | DamagedImage | None, reason: str
) -> None:
    for name in ("new.bin", router.platform.image):
        router.files.delete(name)
    if content is not None:
        put(router, "other.bin", content)
    said = con.run("install add file bootflash:other.bin activate commit")
    assert said.endswith(
        f" [1]  R0 FAILED: {reason}\n"
        "FAILED: add_activate_commit /bootflash/other.bin Thu Jan 01 00:00:10 UTC 2026\n"
    )
    advance(router, 20)
    assert not con.closed
    assert router.software.version == "17.9.4a"


def test_a_disk_that_runs_full_is_told(router: Router, con: Console) -> None:
    router.faults.set("disk-full")
    assert "FAILED: /bootflash requires " in con.run(ONE_SHOT)
    assert not con.closed


def test_only_installed_routers_add_without_activating(router: Router, con: Console) -> None:
    assert "FAILED: Booted in bundle mode. " in con.run("install add file flash:new.bin")
    con.run(f"{ONE_SHOT} prompt-level none")
    advance(router, 20)
    put(router, "newer.bin", image("c8000v", "17.15.1"))
    con = console(router)
    assert "SUCCESS: install_add " in con.run("install add file flash:newer.bin")
    rows = [line for line in con.run("show install summary").splitlines() if line[:3] == "IMG"]
    assert rows == [
        f"IMG   I    {full_version('17.15.1')}",
        f"IMG   C    {full_version('17.12.4')}",
    ]
    advance(router, 20)
    assert router.software.version == "17.12.4"


def test_what_nothing_boots_is_removed(router: Router, con: Console) -> None:
    assert con.run("install remove inactive").splitlines()[-2:] == [
        "SUCCESS: No extra package or provisioning files found on media. Nothing to clean.",
        "SUCCESS: install_remove Thu Jan 01 00:00:10 UTC 2026",
    ]
    con.run(f"{ONE_SHOT} prompt-level none")
    advance(router, 20)
    con = console(router)
    name = router.platform.image
    assert con.type(b"install remove inactive\r").endswith(
        "install_remove: Removing IMG\n"
        "Cleaning up unnecessary package files\n"
        "\n"
        "The following files will be deleted:\n"
        f"    [R0]: /bootflash/{name}\n"
        "\n"
        "Do you want to remove the above files? [y/n]"
    )
    assert con.type(b"y\r").startswith(
        f"y\n\nDeleting file bootflash:{name} ... done.\nSUCCESS: Files deleted.\n"
    )
    assert not router.files.exists(name)
    assert router.files.exists("new.bin")
    router.reload()
    advance(router, 20)
    assert router.software.version == "17.12.4"


def test_the_user_may_keep_what_nothing_boots(router: Router, con: Console) -> None:
    con.run(f"{ONE_SHOT} prompt-level none")
    advance(router, 20)
    con = console(router)
    con.type(b"install remove inactive\r")
    assert "FAILED" in con.type(b"n\r")
    assert router.files.exists(router.platform.image)


def test_operations_are_logged(router: Router, con: Console) -> None:
    con.run("install add file flash:none.bin activate commit")
    lines = con.run("show install log").splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "[0|install_op_boot]",
        "[0|install_op_boot]",
        "[1|install_add_activate_commit]",
        "[1|install_add_activate_commit]",
    ]
    assert "END FAILED" in lines[-1]
    texts = [message.text for message in router.log.messages]
    assert "R0/0: install_mgr: Started install add_activate_commit flash:/none.bin" in texts


def test_packages_that_were_changed_do_not_boot(router: Router, con: Console) -> None:
    con.run(f"{ONE_SHOT} prompt-level none")
    advance(router, 20)
    text = router.files.read("packages.conf")
    put(router, "packages.conf", text + b"# changed\n")
    router.reload()
    advance(router, 20)
    assert router.software.version == "17.9.4a"
    put(router, "packages.conf", text)
    router.files.delete("c8000v-rpboot.17.12.04.SPA.pkg")
    router.reload()
    advance(router, 20)
    assert router.software.version == "17.9.4a"


def test_packages_make_up_the_image() -> None:
    whole = image("c8000v", "17.12.4", 65_536)
    packages = packages_of(whole, "17.12.04")
    assert sum(each.size for each in packages.values()) == whole.size
    text = packages_text(packages)
    assert text.splitlines()[0] == "#! /usr/binos/bin/packages_conf.sh"
    assert "boot  rp 0 0   rp_boot       c8000v-rpboot.17.12.04.SPA.pkg\n" in text
    router = make_router("KS1", "c8000v")
    put(router, "packages.conf", text.encode())
    assert provisioned_version(router.files, "bootflash:packages.conf", "c8000v") is None
    for name, package in packages.items():
        put(router, name, package)
    assert provisioned_version(router.files, "bootflash:packages.conf", "c8000v") == "17.12.4"
    assert provisioned_version(router.files, "bootflash:packages.conf", "isr4400") is None
    assert provisioned_version(router.files, "bootflash:none.conf", "c8000v") is None


def test_classic_routers_do_not_install() -> None:
    con = console(make_router("KS1", "isr2911"))
    assert con.run("install add file flash:x activate commit").endswith("marker.\n\n")
    assert con.run("show install summary").endswith("marker.\n\n")


def test_a_write_that_fails_in_the_middle_is_told(router: Router, con: Console) -> None:
    con.type(f"{ONE_SHOT}\r".encode())
    router.faults.set("disk-full")
    said = con.type(b"y\r")
    assert f"FAILED: {Reason.NO_SPACE}" in said
    advance(router, 20)
    assert not con.closed


@pytest.mark.parametrize("platform", ["c8000v", "isr4451"])
def test_genie_reads_what_is_installed(platform: str) -> None:
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.iosxe.show_install import ShowInstallSummary

    con = console(make_router("KS1", platform))
    parsed = ShowInstallSummary(device=None).parse(output=con.run("show install summary"))
    (row,) = parsed["location"]["R0"]["pkg_state"].values()
    version = {"c8000v": "17.09.04a.0.", "isr4451": "16.12.04.0."}[platform]
    assert row["state"] == "C"
    assert row["filename_version"].startswith(version)
    assert parsed["location"]["R0"]["auto_abort_timer"] == "inactive"
    for name in ("active", "inactive", "committed"):
        assert " Package(s) Information:\n" in con.run(f"show install {name}")


# ---- what boots ----


def test_the_boot_variable_is_that_of_the_saved_configuration() -> None:
    router = make_router("KS1", "isr4451", "hostname KS1\n")
    con = console(router)
    assert con.run("show bootvar").splitlines() == [
        "BOOT variable does not exist",
        "CONFIG_FILE variable does not exist",
        "BOOTLDR variable does not exist",
        "Configuration register is 0x2102",
        "",
        "Standby not ready to show bootvar",
    ]
    con.configure("boot system flash bootflash:a.bin\nboot system bootflash:b.bin")
    assert con.run("show boot").startswith("BOOT variable does not exist\n")
    con.run("write memory")
    con.configure("config-register 0x2142")
    assert con.run("show boot") == con.run("show bootvar")
    assert con.run("show bootvar").splitlines()[:4] == [
        "BOOT variable = bootflash:a.bin,12;bootflash:b.bin,12;",
        "CONFIG_FILE variable does not exist",
        "BOOTLDR variable does not exist",
        "Configuration register is 0x2102 (will be 0x2142 at next reload)",
    ]


@pytest.mark.parametrize(("platform", "flash"), [("isr4451", "bootflash:"), ("isr2911", "flash0:")])
def test_a_router_boots_what_the_configuration_says(platform: str, flash: str) -> None:
    router = make_router("KS1", platform, "hostname KS1\n")
    family = router.platform.image_family
    versions = {"isr4451": ("16.9.8", "17.6.5"), "isr2911": ("15.4(3)M3", "15.5(3)M2")}[platform]
    put(router, "a.bin", image(family, versions[0]))
    put(router, "b.bin", image(family, versions[1]))
    con = console(router)
    con.configure(f"boot system flash {flash}none.bin\nboot system flash {flash}b.bin")
    con.run("write memory")
    router.reload()
    advance(router, 10)
    assert (router.software.version, router.software.file) == (versions[1], f"{flash}b.bin")
    con = console(router)
    con.configure("no boot system")
    con.run("write memory")
    router.reload()
    advance(router, 10)
    assert (router.software.version, router.software.file) == (versions[0], f"{flash}a.bin")


def test_genie_reads_the_boot_variables() -> None:
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.ios.show_platform import ShowBootvar as ClassicBootvar
    from genie.libs.parser.iosxe.show_platform import ShowBoot, ShowBootvar

    for platform, parsers in (
        ("c8000v", (ShowBootvar, ShowBoot)),
        ("isr2911", (ClassicBootvar,)),
    ):
        router = make_router("KS1", platform, "boot system flash:x.bin\n")
        for parser in parsers:
            parsed = parser(device=None).parse(output=console(router).run("show bootvar"))
            assert parsed["active"]["configuration_register"] == "0x2102"
            assert "flash:x.bin" in str(parsed)


def test_the_operations_begin_anew_with_a_boot(router: Router, con: Console) -> None:
    con.run("install remove inactive")
    assert len(router.feature(Installing).log) == 4
    router.reload()
    advance(router, 10)
    assert len(router.feature(Installing).log) == 2
