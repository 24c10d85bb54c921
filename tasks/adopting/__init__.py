"""What turns existing configurations into an intent."""
