"""Work without a caller: logging and publishing what waits, renewing the checkpoint, finishing what broke off."""
