"""Naming: accounts, places, teams, services, actions and rules in people's words, as the names that exist."""
