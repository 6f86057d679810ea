"""Checks over the synthesized CloudFormation templates."""
