"""What each key of `network.yml` means, for the JSON Schema and the documentation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DEVICE: Final = {
    "name": "The host name of the router.",
    "external": "It is somebody else's: no configuration is made for it, and nothing is asked of "
    "it.",
    "host": "Where SSH reaches it: a name or an address. Without it, its name.",
    "os": "The family of its software.",
    "release": "The release of its software, in full or only its train. For `ios` it is 15.7 where "
    "nothing is said.",
    "domain": "Its DNS domain, if it is not that of the network.",
    "ike": "Algorithms of IKE, if they are not those of the network. Key servers also offer what "
    "their peers were told to use.",
    "further_ike": "ISAKMP policies that it offers besides.",
    "isakmp_identity": "What it calls itself in IKEv1. Without it, `dn` where there are "
    "certificates, else `address`.",
    "key_networks": "Networks whose peers share one IKEv1 key, in one line: that of members, which "
    "then has no `{name}`. `0.0.0.0/0` for all peers.",
    "keyring_name": "The name of the keyring of its IKEv1 keys in a VRF. Without it, `KEYS-` and "
    "the VRF.",
}
DESCRIPTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Intent": {
            "version": "The version of this format.",
            "domain": "The DNS domain of the devices. `null`: they have none.",
            "ike": "Algorithms of IKE, for registrations and between key servers.",
            "key_servers": "The key servers, of all groups.",
            "members": "The group members.",
            "groups": "The groups.",
        },
        "KeyServer": {
            **DEVICE,
            "address": "The address at which it serves and cooperates.",
            "interface": "The interface that has this address; configured if it is a loopback. "
            "`null`: it is not known.",
            "wan": "The interface towards the network, if it is to be configured.",
        },
        "Member": {
            **DEVICE,
            "wan": "The interface towards the network, where the crypto map stands.",
            "uplinks": "Further interfaces towards the network, with the same crypto map.",
            "lan": "The interfaces towards the site, where TCP segments are clamped.",
            "groups": "The groups that it joins: names, or mappings with what differs from the "
            "group. Their order is that of the entries in the crypto map.",
            "fail_close": "Drop traffic before the first registration (`{}` for the usual "
            "exceptions). Without it, such traffic passes in clear.",
            "map_name": "The name of its crypto map. The one for IPv6 has a 6 behind it.",
            "local_interface": "The interface whose address its crypto map uses, and from which it "
            "registers; a loopback, mostly.",
            "local_address": "The address of that interface, if it is not one of `lan`.",
        },
        "Membership": {
            "group": "The group.",
            "group_name": "What it calls the group itself, if not the same.",
            "sequence": "The number of the entry in its crypto map. Without it, they are counted "
            "on in tens.",
            "version": "The version of IKE, where the group allows both. Without it, ikev1.",
            "servers": "The key servers in the order in which this member tries them. Without it, "
            "the order of the group.",
            "local_clear": "Lines of an access list of its own: what they match stays in clear.",
            "local_acl_name": "The name of that list. Without it, `LOCAL-` and the group.",
            "source": "The interface from which it registers, if not the one towards the network.",
            "source_address": "The address of that interface, if it is not one of `lan`.",
            "source_vrf": "The VRF of that interface, if it is not one of `lan`. Without it, none.",
            "recovery_check_s": "Register again when packets cannot be decrypted, at most once in "
            "this time.",
            "track": "The object of tracking that is up as long as there are keys.",
            "passive": "Accept packets in clear as well, which helps while a group is introduced.",
        },
        "Wan": {
            "interface": "Its full name. Needed, unless the device is `external`.",
            "address": "Its IPv4 address with the prefix length. Key servers know members by it.",
            "address6": "Its IPv6 address with the prefix length.",
            "mtu": "The largest packet that it carries, in bytes.",
            "vrf": "The VRF that it stands in; the interfaces towards the site stand there, too.",
        },
        "Lan": {
            "interface": "Its full name.",
            "address": "Its IPv4 address with the prefix length.",
            "address6": "Its IPv6 address with the prefix length.",
            "mss": "The largest TCP segment that it lets through, in bytes. Without it, what "
            "leaves room for encryption, and nothing where all packets fit. `none`: it lets "
            "all through, whatever fits.",
            "mss6": "The same for IPv6. Without it, what follows from `mss`: 20 bytes less.",
        },
        "FailClose": {
            "acl_name": "The name of the list. The one for IPv6 has a 6 behind it.",
            "clear": "Protocols that pass all the same.",
            "extra_clear": "Further lines of the list: what they match passes.",
        },
        "Ike": {
            "priority": "The number of the ISAKMP policy. Further ones count on in tens.",
            "encryption": "The cipher.",
            "integrity": "The hash.",
            "group": "The Diffie-Hellman group.",
            "lifetime_s": "The lifetime of an IKE SA. Cooperation needs a long one.",
            "keepalive_s": "How often key servers look whether the others are alive. `null`: "
            "never.",
            "proposal_name": "The name of the IKEv2 proposal.",
            "policy_name": "The name of the IKEv2 policy. Without it, that of the proposal.",
        },
        "IkeOffer": {
            "priority": "Its number.",
            "encryption": "The cipher.",
            "integrity": "The hash.",
            "group": "The Diffie-Hellman group.",
            "lifetime_s": "The lifetime of an IKE SA.",
            "method": "Keys or certificates. Without it, what the groups of the device have.",
        },
        "Psk": {
            "kind": "Pre-shared keys.",
            "member": "The key of a member. `{name}` stands for its name, `{NAME}` for its name as "
            "a variable has it: capitals, digits and `_`.",
            "coop": "The key between key servers. Needed where a group has several.",
        },
        "Pki": {
            "kind": "Certificates.",
            "trustpoint": "The name of the trustpoint.",
            "enrollment_url": "Where the certificate authority answers. `null`: certificates come "
            "another way.",
            "subject": "The subject of certificates. `{name}` and `{domain}` stand for the device. "
            "`null`: no line says it.",
            "key_name": "The label of the key pair of a device. `{name}` and `{domain}` stand for "
            "the device. `null`: no line says it.",
            "key_bits": "The size of that key pair. `null`: no line says it.",
            "server_check": "How key servers check whether certificates were revoked.",
            "member_check": "How members check that.",
            "authorize": "What the subject of a member must have, such as `ou=GETVPN`. Without it, "
            "members are listed by their addresses.",
            "reauthenticate_on_crl": "Let members register again when there is a new list of "
            "revoked certificates.",
        },
        "Group": {
            "name": "Its name.",
            "identity": "Its number, or an IPv4 address. Members and key servers agree by it.",
            "family": "The family of the traffic that it encrypts. Registrations are always IPv4.",
            "servers": "Its key servers, in the order in which members try them.",
            "versions": "The versions of IKE that members may use.",
            "authentication": "How devices prove who they are.",
            "rekey": "How keys are renewed.",
            "policies": "What is encrypted, and how. May be empty if all its key servers are "
            "`external`.",
            "authorize_addresses": "Let nobody register but the members of this file, by address. "
            "Has no meaning with `authorize`.",
            "authorize_networks": "Let all in these networks register instead. Has no meaning with "
            "`authorize`.",
            "authorization_name": "The name or number of the list of those who may register. "
            "Without it, `MEMBERS-` and the group.",
            "ikev2_name": "The name of its IKEv2 profile. Without it, `GKM-` and the group.",
            "keyring_name": "The name of its IKEv2 keyring. Without it, `KEYS-` and the group.",
            "member_domains": "DNS domains of members that are not in this file: key servers take "
            "their certificates as well (IKEv2).",
            "pfs": "Perfect forward secrecy, which needs IKEv2.",
            "receive_only": "Members decrypt, but send in clear: a first step of introduction.",
            "d3p_window_ms": "The window of IP delivery delay detection.",
            "approval": "Who has to approve procedures before they act. Without it, nobody has to.",
        },
        "Approval": {
            "by": "Accounts, one of which approves; never whoever carries the procedure out.",
            "procedures": "The procedures that need it. Without it, all of them.",
        },
        "ServerRole": {
            "name": "A key server.",
            "priority": "Its priority in elections: the highest one becomes primary.",
            "group_name": "What it calls the group itself, if not the same.",
            "kssids": "Its sender identifiers, which no other server of the group has. Needed for "
            "`gcm` and `gmac`, unless it is `external`.",
        },
        "Rekey": {
            "multicast": "The address to which rekeys are sent. Without it, each member is sent "
            "its own.",
            "acl_name": "The name of the list that describes multicast rekeys. Without it, "
            "`REKEY-` and the group.",
            "cipher": "What encrypts rekeys.",
            "sig_hash": "The hash of their signature.",
            "lifetime_s": "The lifetime of the key that encrypts rekeys.",
            "retransmit": "How often a rekey is sent again.",
            "key": "The label of the RSA key that signs rekeys. It has to be on every key server; "
            "no configuration makes it. `null`: none signs, and no rekey is sent.",
        },
        "Retransmit": {
            "interval_s": "The time between two of them.",
            "number": "How many there are. `null`: as long as a member does not answer.",
        },
        "SaPolicy": {
            "number": "Its number.",
            "acl_name": "The name of its access list. Without it, `POLICY-`, the group, and the "
            "number if it is not 10.",
            "profile_name": "The name of its IPsec profile. Without it, `PROFILE-` and the same.",
            "transform_name": "The name of its transform set. Without it, what is in it.",
            "traffic": "What is encrypted, by prefixes. Either this or `acl`.",
            "acl": "What is encrypted, by the lines of its access list. Either this or `traffic`.",
            "transform": "How it is encrypted.",
            "lifetime_s": "The lifetime of the key that encrypts traffic. `null`: what holds for "
            "the whole router, 3600 where nothing is said.",
            "replay": "How replays are recognized.",
            "tag_sgt": "Keep security group tags in packets.",
        },
        "Traffic": {
            "between": "Everything between these networks is encrypted.",
            "clear": "Protocols that stay in clear all the same, both ways.",
            "extra_clear": "Further lines of the access list: what they match stays in clear.",
        },
        "Transform": {
            "encryption": "The cipher. `gcm` and `gmac` protect integrity by themselves.",
            "integrity": "The hash. `null` for `gcm` and `gmac`.",
        },
        "Replay": {
            "kind": "By the time of packets, by counting them (for single senders), or not at all.",
            "window": "The window: seconds (1 to 100) for `time`, packets (64, 128, 256, 512, "
            "1024; 64 where nothing is said) for `counter`.",
        },
    }
)
