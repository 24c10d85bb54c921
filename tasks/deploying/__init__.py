"""What stands behind deployment: plan, gate, ways to apply and to take back, verification."""
