"""Needs from synthesized templates: the CloudFormation that would be deployed, before it is."""

from __future__ import annotations

from policies.controls.needs.base import need

STACKS = need(
    "template",
    "stacks",
    "each stack's template of a cloud assembly, as written: the whole JSON is the data",
    named="the stack's name",
    sources=("cdk.out/*.template.json",),
    counted="artifacts of type aws:cloudformation:stack in the assembly's manifest.json",
    shape='{"Resources": {"LogicalId": {"Type": "AWS::S3::Bucket", "Properties": {…}}}}',
)
