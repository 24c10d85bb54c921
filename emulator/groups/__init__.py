"""The groups of GETVPN on a router: from its configuration and keys to the protocol, and back."""
