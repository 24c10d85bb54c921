"""Key servers: what they hold of a group, whom they serve, how they renew keys and cooperate."""
