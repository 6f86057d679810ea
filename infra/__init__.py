"""Infra: where does it run? The CDK app that deploys Regent into regulated accounts. Nothing imports this room."""
