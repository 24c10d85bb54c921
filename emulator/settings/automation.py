"""What the router does by itself: commands at set times, applets on events, calls home."""

from ..config.store import Entry
from ..grammar import XE, CommandSet

declared = CommandSet()
declared.mode("kron-policy", "config-kron-policy")
declared.mode("kron-occurrence", "config-kron-occurrence")
declared.mode("applet", "config-applet")
declared.mode("call-home", "cfg-call-home")
declared.mode("call-home-profile", "cfg-call-home-profile", parent="call-home")
declared.words(
    {
        "call-home": "Enter call-home configuration mode",
        "event": "Event related configuration commands",
        "event manager": "Event manager configuration commands",
        "manager applet": "Register an Event Manager applet",
        "manager directory": "Set Event Manager directory information",
        "manager environment": "Set an Event Manager global environment variable",
        "manager session": "Event Manager session attributes",
        "action": "Add or modify an action statement",
        "kron": "Kron interval Facility",
        "kron occurrence": "kron occurrence name",
        "kron policy-list": "kron policy list name",
        "policy-list": "Specify kron policy list",
        "cli": "Specify exec level cli to be executed",
        "contact-email-addr": "System Contact person email address",
        "profile": "Enter call-home profile configuration mode",
        "active": "Set the profile to active",
        "destination": "Message destination related configuration",
    }
)


def _label_order(entry: Entry) -> str:
    """Labels of actions sort as texts (Cisco command reference, `action`)."""
    return str(entry["label"])


declared.setting(
    "config",
    "kron occurrence <name!> [user <user>] {in <interval> | at <time> [<day> [<date:1-31>]]}"
    " [{oneshot | recurring | system-startup}]",
    section="kron",
    enters="kron-occurrence",
)
declared.setting("kron-occurrence", "policy-list <name!>")
declared.setting("config", "kron policy-list <name!>", section="kron", enters="kron-policy")
declared.setting("kron-policy", "cli <command!:line>")

declared.setting("config", "event manager environment <name!> <value:line>", section="event")
declared.setting("config", "event manager directory user policy <url:url>", section="event")
declared.setting("config", "event manager session cli username <user>", section="event")
declared.setting("config", "event manager scheduler <words!:line>", section="event")
declared.setting("config", "event manager policy <name!> [type <type>]", section="event")
declared.setting(
    "config",
    "event manager applet <name!> [authorization bypass] [class <class>] [trap]",
    section="event",
    enters="applet",
)
declared.setting("applet", "description <text:line>")
declared.setting("applet", "event <words:line>", name="event")
declared.setting("applet", "trigger [<words:line>]", name="trigger")
declared.setting("applet", "action <label!> <words:line>", order=_label_order)

declared.setting("config", "call-home", section="call-home", enters="call-home", families=(XE,))
declared.setting("call-home", "contact-email-addr <address>")
declared.setting("call-home", "contract-id <text:line>")
declared.setting("call-home", "customer-id <text:line>")
declared.setting("call-home", "site-id <text:line>")
declared.setting("call-home", "phone-number <text:line>")
declared.setting("call-home", "street-address <text:line>")
declared.setting("call-home", "mail-server <server!> priority <priority:1-100>")
declared.setting("call-home", "sender from <address>")
declared.setting("call-home", "sender reply-to <address>")
declared.setting("call-home", "source-interface <interface:interface>")
declared.setting("call-home", "http-proxy <host> port <port:1-65535>")
declared.setting("call-home", "vrf <name>")
declared.setting("call-home", "profile <name!>", enters="call-home-profile")
declared.setting("call-home-profile", "active", default_on=True)
declared.setting("call-home-profile", "reporting smart-call-home-data", default_on=True)
declared.setting("call-home-profile", "reporting smart-licensing-data", default_on=True)
declared.setting("call-home-profile", "destination transport-method <method!:email|http>")
declared.setting("call-home-profile", "destination address <method!:email|http> <address!>")
declared.setting(
    "call-home-profile",
    "destination preferred-msg-format <format:long-text|short-text|xml>",
)
declared.setting("call-home-profile", "subscribe-to-alert-group <words!:line>")
