"""The evidence pack: one zip for an auditor, which `verify.py` inside it re-verifies without any code of ours."""
