"""The stacks, one file each. They receive what they need as typed arguments and look nothing up."""
