"""What a router does beside answering commands: features that follow its configuration."""
