"""What CloudFormation would put in place of references, as far as tests need it: plausible values by what is named."""

ACCOUNT, REGION = "111111111111", "eu-west-1"
_KINDS = {
    "guardrailarn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/abc123",
    "version": "1",
    "envelopes": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111",
    "checkpoint": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/22222222-2222-2222-2222-222222222222",
    "key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/33333333-3333-3333-3333-333333333333",
    "ledger": "regent-ledger",
}


def resolved(value):
    """The value with every reference replaced by text."""
    if isinstance(value, dict):
        if "Fn::Join" in value:
            glue, parts = value["Fn::Join"]
            return glue.join(resolved(part) for part in parts)
        if set(value) & {"Fn::ImportValue", "Fn::GetAtt", "Ref"}:
            return _named(value)
        return {name: resolved(one) for name, one in value.items()}
    return [resolved(one) for one in value] if isinstance(value, list) else value


def _named(reference):
    named = str(reference).lower().replace("_", "")
    if "personkeys" in named:
        return "regent-keys"
    if "aws::region" in named:
        return REGION
    return next((text for kind, text in _KINDS.items() if kind in named), "something")
