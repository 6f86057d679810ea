"""Gateway: the queries as MCP tools, behind verified tokens, an enforcing policy engine and a closed firewall.

The policies are the access policies, as far as a policy engine can be told them (`policies.access.projection`). What it
cannot be told, the gate in the target decides, as it decides every call.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Environment
from infra.constructs.firewall import Firewall
from infra.constructs.functions import front, function, packaged
from infra.constructs.house import House
from infra.constructs.keys import key_of_logs
from infra.constructs.tools import TARGET, gateway_queries, tool_definitions
from policies.access.gate import shipped_gate
from policies.access.projection import project

PATHS = ("/mcp", "/.well-known/{document}")
QUERY_SECONDS = 120


class GatewayStack(Stack):
    """One gateway, one target with all queries, one policy engine in ENFORCE mode."""

    def __init__(self, scope: Construct, id: str, environment: Environment, house: House, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment, self._house = environment, house
        self.key = self._key()
        self.queries = self._target_function()
        passing = self._passing_function()
        engine = agentcore.CfnPolicyEngine(
            self,
            "Engine",
            name=f"{environment.prefix}Policies",
            description="Regent: the access policies, projected",
            encryption_key_arn=self.key.key_arn,
        )
        role = self._role(passing, engine)
        gateway = agentcore.CfnGateway(
            self,
            "Gateway",
            name=f"regent-{environment.name}",
            description="Regent: read-only queries over the estate, each answer with receipts",
            role_arn=role.role_arn,
            protocol_type="MCP",
            protocol_configuration=agentcore.CfnGateway.GatewayProtocolConfigurationProperty(
                mcp=agentcore.CfnGateway.MCPGatewayConfigurationProperty(supported_versions=["2025-06-18"])
            ),
            authorizer_type="CUSTOM_JWT",
            authorizer_configuration=agentcore.CfnGateway.AuthorizerConfigurationProperty(
                custom_jwt_authorizer=agentcore.CfnGateway.CustomJWTAuthorizerConfigurationProperty(
                    discovery_url=environment.identity.discovery_url,
                    allowed_audience=list(environment.identity.audiences),
                )
            ),
            interceptor_configurations=[
                agentcore.CfnGateway.GatewayInterceptorConfigurationProperty(
                    interception_points=["REQUEST"],
                    interceptor=agentcore.CfnGateway.InterceptorConfigurationProperty(
                        lambda_=agentcore.CfnGateway.LambdaInterceptorConfigurationProperty(arn=passing.function_arn)
                    ),
                    input_configuration=agentcore.CfnGateway.InterceptorInputConfigurationProperty(
                        pass_request_headers=True
                    ),
                )
            ],
            policy_engine_configuration=agentcore.CfnGateway.GatewayPolicyEngineConfigurationProperty(
                arn=engine.attr_policy_engine_arn, mode="ENFORCE"
            ),
            kms_key_arn=self.key.key_arn,
            waf_configuration=agentcore.CfnGateway.WafConfigurationProperty(failure_mode="FAIL_CLOSE"),
        )
        gateway.node.add_dependency(role.node.find_child("DefaultPolicy"))  # or it could not call them yet
        target = self._target(gateway)
        self._policies(gateway, engine, target)
        Firewall(self, "Firewall", environment, key=self.key, resource_arn=gateway.attr_gateway_arn, paths=PATHS)
        CfnOutput(self, "Address", value=gateway.attr_gateway_url)

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="Regent: the Gateway and its policies",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
        )
        key.add_to_resource_policy(key_of_logs(self))
        return key

    def _target_function(self) -> lambda_.Function:
        made = function(
            self,
            "Queries",
            self._environment,
            says="Regent runs one query for whom the token names",
            handler="agents.gateway.target.handler",
            code=packaged(self),
            key=self.key,
            seconds=QUERY_SECONDS,
            memory=2048,
            at_once=20,
            variables=self._house.settings("tokens"),
        )
        for statement in self._house.statements():
            made.add_to_role_policy(statement)
        return made

    def _passing_function(self) -> lambda_.Function:
        return function(
            self,
            "GatewayPassing",
            self._environment,
            says="Regent hands the caller's token on to the target, and no other header",
            handler="agents.gateway.passing.handler",
            code=front(),
            key=self.key,
            seconds=5,
            memory=256,
            at_once=50,
            variables={},
        )

    def _role(self, passing: lambda_.Function, engine: agentcore.CfnPolicyEngine) -> iam.Role:
        here = f"arn:aws:bedrock-agentcore:{self.region}:{self.account}"
        role = iam.Role(
            self,
            "Role",
            role_name=f"{self._environment.prefix}Gateway",
            description="The Gateway calls its functions and asks its policy engine",
            assumed_by=iam.PrincipalWithConditions(
                iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"),
                {
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"{here}:gateway/*"},
                },
            ),
        )
        for sid, actions, resources in (
            ("Functions", ["lambda:InvokeFunction"], [self.queries.function_arn, passing.function_arn]),
            ("Engine", ["bedrock-agentcore:GetPolicyEngine"], [engine.attr_policy_engine_arn]),
            (
                "Decide",
                ["bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions"],
                # the gateway's own ARN ends in an id that nobody knows before it exists
                [engine.attr_policy_engine_arn, f"{here}:gateway/regent-{self._environment.name}-*"],
            ),
            ("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [self.key.key_arn]),
        ):
            role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))
        return role

    def _target(self, gateway: agentcore.CfnGateway) -> agentcore.CfnGatewayTarget:
        target = agentcore.CfnGatewayTarget(
            self,
            "Target",
            name=TARGET,
            description="Regent's queries",
            gateway_identifier=gateway.attr_gateway_identifier,
            credential_provider_configurations=[
                agentcore.CfnGatewayTarget.CredentialProviderConfigurationProperty(
                    credential_provider_type="GATEWAY_IAM_ROLE"
                )
            ],
            target_configuration=agentcore.CfnGatewayTarget.TargetConfigurationProperty(
                mcp=agentcore.CfnGatewayTarget.McpTargetConfigurationProperty(
                    lambda_=agentcore.CfnGatewayTarget.McpLambdaTargetConfigurationProperty(
                        lambda_arn=self.queries.function_arn,
                        tool_schema=agentcore.CfnGatewayTarget.ToolSchemaProperty(inline_payload=[]),
                    )
                )
            ),
        )
        # as plain JSON: an input may be named like something that jsii would spell in another way
        target.add_property_override(
            "TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload", tool_definitions(gateway_queries())
        )
        return target

    def _policies(
        self,
        gateway: agentcore.CfnGateway,
        engine: agentcore.CfnPolicyEngine,
        target: agentcore.CfnGatewayTarget,
    ) -> None:
        projected = project(shipped_gate().rules, gateway_queries(), gateway=gateway.attr_gateway_arn, target=TARGET)
        for statement in projected.statements:
            policy = agentcore.CfnPolicy(
                self,
                f"Policy-{statement.name}",
                name=statement.name,
                description="Made from the access policies; the gate decides again",
                policy_engine_id=engine.attr_policy_engine_id,
                definition=agentcore.CfnPolicy.PolicyDefinitionProperty(
                    cedar=agentcore.CfnPolicy.CedarPolicyProperty(statement=statement.text)
                ),
                validation_mode="FAIL_ON_ANY_FINDINGS",
                enforcement_mode="ACTIVE",
            )
            policy.node.add_dependency(target)  # the schema that it is validated against is made of the tools
