"""Agent: two runtimes of the same package, one for people's clients and one for channel workers, and what they need.

A runtime has one authorizer. People's clients bring a token of the issuer (JWT); channel workers and boto3 sign with
IAM and bring the envelope in which a worker says who asked. Both get the same code, settings and role, and differ in
whom they believe.

A runtime has one protocol, too. Those two speak HTTP; each of `environment.protocols` gets one more, for people's
clients, which believes and may do what the people's runtime does.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from aws_cdk import CfnOutput, CustomResource, RemovalPolicy, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Environment
from infra.constructs import allow, log_group
from infra.constructs.applying import Applying
from infra.constructs.evaluating import evaluate
from infra.constructs.house import House
from infra.constructs.keys import key_of_logs
from infra.constructs.package import Package
from infra.constructs.passage import passage_arn
from infra.stacks.network import NetworkStack
from policies.access.identity import ENVELOPE_HEADER, TOKEN_HEADER

_A2A_VERSION = "A2A-Version"


class Kind(NamedTuple):
    """What one runtime is for: title, whom it believes, AgentCore's name of its protocol, and headers let through."""

    title: str
    believes: Literal["tokens", "envelopes"]
    says: str
    protocol: Literal["HTTP", "MCP", "A2A", "AGUI"] = "HTTP"
    headers: tuple[str, ...] = (TOKEN_HEADER,)


KINDS = {
    "people": Kind("People", "tokens", "Regent, for people's clients: who asks is in the token"),
    "workers": Kind(
        "Workers",
        "envelopes",
        "Regent, for channel workers: who asks is in the envelope that the worker signed",
        headers=(ENVELOPE_HEADER,),
    ),
    "mcp": Kind("Mcp", "tokens", "Regent, as tools for people's assistants: who asks is in the token", "MCP"),
    # AgentCore hands on no header that is not listed, and A2A takes a request without a version for one of an old one
    "a2a": Kind(
        "A2a",
        "tokens",
        "Regent, for people's agents: who asks is in the token",
        "A2A",
        (TOKEN_HEADER, _A2A_VERSION),
    ),
    "agui": Kind("Agui", "tokens", "Regent, for people's front ends: who asks is in the token", "AGUI"),
}
"""By their names in `environment.stages` and `environment.protocols`."""


class AgentStack(Stack):
    """The runtimes with an endpoint per stage, their role, memory, logs and evaluation; channels ask `workers_arn`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        house: House,
        network: NetworkStack | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment, self._house, self._network = environment, house, network
        self.key = kms.Key(
            self,
            "Key",
            description="Regent: what runtimes log and remember",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.key.add_to_resource_policy(key_of_logs(self))
        self._package = Package(self, "Package")
        self.role = self._role()
        self._applying = Applying(self, "AgentApplying", environment, self.key)
        people, workers = self._runtime("people"), self._runtime("workers")
        for protocol in environment.protocols:
            CfnOutput(self, f"{KINDS[protocol].title}Runtime", value=self._runtime(protocol).attr_agent_runtime_arn)
        self.people_arn, self.workers_arn = people.attr_agent_runtime_arn, workers.attr_agent_runtime_arn
        self._memory()
        CfnOutput(self, "PeopleRuntime", value=self.people_arn)
        CfnOutput(self, "WorkersRuntime", value=self.workers_arn)

    def settings(self, kind: Kind) -> dict[str, str]:
        """The environment of a runtime: what `agents.settings` reads, and the region for clients that name none."""
        return {
            "AWS_DEFAULT_REGION": self._environment.region,
            **self._house.settings(kind.believes),
            # inside a session's own machine; AgentCore is its only caller
            "REGENT_SERVE_HOST": "0.0.0.0",  # noqa: S104
            "REGENT_SERVE_PROTOCOL": kind.protocol.lower(),
            "REGENT_TRACE_REGION": self._environment.region,
            "REGENT_TRACE_SERVICE": f"{self._environment.prefix}{kind.title}",
            "REGENT_TRACE_WORDS": str(self._environment.evaluation.content).lower(),
            **({"REGENT_PASSAGE": passage_arn(self._environment)} if self._network else {}),
        }

    def _runtime(self, name: str) -> agentcore.CfnRuntime:
        environment, kind = self._environment, KINDS[name]
        title = kind.title
        runtime = agentcore.CfnRuntime(
            self,
            title,
            agent_runtime_name=f"{environment.prefix}{title}",
            description=kind.says,
            agent_runtime_artifact=self._package.artefact,
            role_arn=self.role.role_arn,
            network_configuration=self._where(),
            protocol_configuration=kind.protocol,
            authorizer_configuration=self._tokens() if kind.believes == "tokens" else None,
            request_header_configuration=agentcore.CfnRuntime.RequestHeaderConfigurationProperty(
                request_header_allowlist=list(kind.headers)
            ),
            lifecycle_configuration=agentcore.CfnRuntime.LifecycleConfigurationProperty(
                idle_runtime_session_timeout=environment.sessions.idle_seconds,
                max_lifetime=environment.sessions.most_seconds,
            ),
            environment_variables=self.settings(kind),
        )
        runtime.node.add_dependency(self.role)
        settled = self._require_tokens_for_metadata(title, runtime)
        for stage, pinned in environment.stages.items():
            version = getattr(pinned, name)
            endpoint = agentcore.CfnRuntimeEndpoint(
                self,
                f"{title}-{stage}",
                agent_runtime_id=runtime.attr_agent_runtime_id,
                name=stage,
                description=f"{environment.name}: {stage}",
                agent_runtime_version=str(version) if version else settled.get_att_string("Version"),
            )
            group = self._log(title, runtime, stage)
            endpoint.node.add_dependency(group)
            if name == "people":
                evaluate(self, environment, runtime, stage, group, self.key)
        return runtime

    def _require_tokens_for_metadata(self, title: str, runtime: agentcore.CfnRuntime) -> CustomResource:
        """Version 2 of the metadata service, which a forged request of a page cannot use. It makes a new version."""
        return self._applying.setting(
            f"{title}Metadata",
            "runtime-metadata",
            [
                iam.PolicyStatement(
                    sid=f"Metadata{title}",
                    actions=["bedrock-agentcore:GetAgentRuntime", "bedrock-agentcore:UpdateAgentRuntime"],
                    resources=[runtime.attr_agent_runtime_arn],
                ),
                iam.PolicyStatement(
                    sid="PassRuntimeRole",
                    actions=["iam:PassRole"],
                    resources=[self.role.role_arn],
                    conditions={"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}},
                ),
            ],
            RuntimeId=runtime.attr_agent_runtime_id,
            # a version that the stack made has forgotten it: then it is applied again
            After=runtime.attr_agent_runtime_version,
        )

    def _log(self, title: str, runtime: agentcore.CfnRuntime, stage: str) -> logs.LogGroup:
        """Made by us and not by the service: encrypted with our key, and with an end. The role may not make others."""
        name = f"/aws/bedrock-agentcore/runtimes/{runtime.attr_agent_runtime_id}-{stage}"
        return log_group(self, f"{title}Log-{stage}", self._environment, self.key, name=name)

    def _where(self) -> agentcore.CfnRuntime.NetworkConfigurationProperty:
        if self._network is None:
            return agentcore.CfnRuntime.NetworkConfigurationProperty(network_mode="PUBLIC")
        return agentcore.CfnRuntime.NetworkConfigurationProperty(
            network_mode="VPC",
            network_mode_config=agentcore.CfnRuntime.VpcConfigProperty(
                security_groups=[self._network.inside.security_group_id],
                subnets=[subnet.subnet_id for subnet in self._network.vpc.isolated_subnets],
            ),
        )

    def _tokens(self) -> agentcore.CfnRuntime.AuthorizerConfigurationProperty:
        identity = self._environment.identity
        return agentcore.CfnRuntime.AuthorizerConfigurationProperty(
            custom_jwt_authorizer=agentcore.CfnRuntime.CustomJWTAuthorizerConfigurationProperty(
                discovery_url=identity.discovery_url, allowed_audience=list(identity.audiences)
            )
        )

    def _role(self) -> iam.Role:
        environment = self._environment
        here = f"{self.region}:{self.account}"
        role = iam.Role(
            self,
            "Role",
            role_name=f"{environment.prefix}Runtime",
            description="Regent answers with it; reader roles are assumed from it",
            assumed_by=iam.PrincipalWithConditions(
                iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"),
                {
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:{here}:*"},
                },
            ),
        )
        own_logs = f"arn:aws:logs:{here}:log-group:/aws/bedrock-agentcore/runtimes/{environment.prefix}*"
        for statement in (
            *self._house.statements(),
            self._house.opening_envelopes(),
            *models(environment),
            self._package.reading(),
            allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [own_logs]),
            # X-Ray knows no resources
            allow("Trace", ["xray:PutTraceSegments", "xray:PutSpans", "xray:PutSpansForIndexing"], ["*"]),
        ):
            role.add_to_policy(statement)
        if self._network:
            role.add_to_policy(allow("Passage", ["lambda:InvokeFunction"], [passage_arn(environment)]))
        return role

    def _memory(self) -> None:
        environment = self._environment
        memory = agentcore.CfnMemory(
            self,
            "Memory",
            name=f"{environment.prefix}Memory",
            description="Regent: events of conversations, for a while",
            event_expiry_duration=environment.retention.memory_days,
            encryption_key_arn=self.key.key_arn,
        )
        memory.apply_removal_policy(RemovalPolicy.DESTROY)
        self._applying.setting(
            "MemoryExpiry",
            "record-expiry",
            [
                allow(
                    "MemoryExpiry",
                    ["bedrock-agentcore:GetMemory", "bedrock-agentcore:UpdateMemory"],
                    [memory.attr_memory_arn],
                )
            ],
            MemoryId=memory.attr_memory_id,
            Days=str(environment.retention.records_days),
        )


def models(environment: Environment) -> list[iam.PolicyStatement]:
    """Calling the one model: its profile, and what lies behind it in the declared regions, through it only."""
    profile = f"arn:aws:bedrock:{environment.region}:{environment.account}:inference-profile/{environment.model}"
    model = environment.model.partition(".")[2]
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    return [
        allow("Model", actions, [profile]),
        iam.PolicyStatement(
            sid="ModelBehindProfile",
            actions=actions,
            resources=[f"arn:aws:bedrock:{region}::foundation-model/{model}" for region in environment.model_regions],
            conditions={"StringEquals": {"bedrock:InferenceProfileArn": profile}},
        ),
    ]
