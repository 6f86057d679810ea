"""Naming: accounts, places, teams and services in people's words, as the names that exist."""
