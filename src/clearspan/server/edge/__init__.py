"""What stands between the network and the routes: security, limits, errors, counts."""
