"""A firewall in front of something regional. It lets through the paths it knows and blocks everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group

GROUPS = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")
SECRET_HEADERS = ("authorization", "x-regent-signature", "x-slack-signature")


class Firewall(Construct):
    """A web ACL on `resource_arn`. `paths` may have one `{…}` at their end, for anything that begins like that."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        *,
        key: kms.IKey,
        resource_arn: str,
        paths: Sequence[str],
        per_address: int = 1000,
    ) -> None:
        super().__init__(scope, id)
        rules = [
            *(_group(number, name) for number, name in enumerate(GROUPS)),
            _rate(len(GROUPS), per_address),
            _known(len(GROUPS) + 1, paths),
        ]
        acl = waf.CfnWebACL(
            self,
            "Acl",
            name=f"{scope.node.id}{id}",
            description="Regent: known paths pass, everything else does not",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(block={}),
            rules=rules,
            visibility_config=_seen(f"{scope.node.id}{id}"),
        )
        self.association = waf.CfnWebACLAssociation(
            self, "Association", resource_arn=resource_arn, web_acl_arn=acl.attr_arn
        )
        # AWS WAF takes log groups of this prefix only
        group = log_group(self, "Log", environment, key, name=f"aws-waf-logs-{scope.node.id}{id}")
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=acl.attr_arn,
            # without the ":*" that the ARN of a log group has in CloudFormation
            log_destination_configs=[Fn.select(0, Fn.split(":*", group.log_group_arn))],
            redacted_fields=[
                waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in SECRET_HEADERS
            ],
        )


def _group(priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
        ),
        visibility_config=_seen(name),
    )


def _rate(priority: int, most: int) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name="TooMany",
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=most, evaluation_window_sec=300
            )
        ),
        visibility_config=_seen("TooMany"),
    )


def _known(priority: int, paths: Sequence[str]) -> waf.CfnWebACL.RuleProperty:
    matches = [_match(path) for path in sorted(set(paths))]
    statement: Any = matches[0]
    if len(matches) > 1:
        statement = waf.CfnWebACL.StatementProperty(or_statement=waf.CfnWebACL.OrStatementProperty(statements=matches))
    return waf.CfnWebACL.RuleProperty(
        name="Known",
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(allow={}),
        statement=statement,
        visibility_config=_seen("Known"),
    )


def _match(path: str) -> waf.CfnWebACL.StatementProperty:
    start, braced, _ = path.partition("{")
    return waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH" if braced else "EXACTLY",
            search_string=start,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    # no samples: they would show parts of requests to whoever may see metrics
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
