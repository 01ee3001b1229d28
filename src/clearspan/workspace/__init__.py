"""What one process holds: settings, ledger, libraries, and models that load when first used."""
