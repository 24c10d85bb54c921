"""How a lab wants a device to behave, beside its configuration."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class DeviceSettings:
    """Times in seconds. What the configuration can say (`ip ssh time-out`) is not here.

    `algorithms` is a profile of the SSH front, `boot_s` how long a reload takes, `lookup_s` how
    long a name look-up without an answer takes, `save_s` the pause before `[OK]` of a save,
    `key_s` how long the making of an RSA key takes, `copy_s_per_mb` how long a copy takes for each
    million bytes, `enable_timeout_s` how long `enable` waits for the secret (IOS waits 30 s;
    clients give up on a wrong one after 10 s). `time_servers` tells whether NTP servers answer.
    """

    algorithms: str = "modern"
    auth_delay_s: float = 0.0
    prompt_delay_s: float = 0.0
    boot_s: float = 5.0
    lookup_s: float = 0.0
    save_s: float = 0.0
    key_s: float = 0.0
    copy_s_per_mb: float = 0.0
    enable_timeout_s: float = 8.0
    cut_mode_names: bool | None = None
    faithful_scrolling: bool = False
    time_servers: bool = True
