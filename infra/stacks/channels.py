"""Channels: the doors for systems and chats. A firewall, an API, and per channel a front, a queue and a worker.

The API is a REST API, because AWS WAF cannot be attached to an HTTP API. Its firewall lets through what it knows and
nothing else; where the firewall cannot decide, API Gateway refuses the request.
"""

from __future__ import annotations

import json
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Environment
from infra.constructs import allow, log_group, queue
from infra.constructs.channel import CHANNELS, Channel
from infra.constructs.firewall import Firewall
from infra.constructs.functions import front, function, packaged
from infra.constructs.house import ENVELOPE_KID, HOME
from infra.constructs.keys import key_of_logs
from infra.stacks.oversight import OversightStack

WORKER_SECONDS = 900
HIDDEN_SECONDS = 960
"""For how long a delivery that a worker has stays out of sight; longer than a worker may run."""
STAGE = "v1"
DELIVERY_MINUTES, DIGEST_MINUTES = 1, 5
"""From one round to the next: of bringing what waits, and of composing digests."""


class ChannelsStack(Stack):
    """The channels that the environment names, before the runtime `runtime_arn` (inbound by IAM).

    What was asked of `people_arn` (inbound by tokens) is announced, with where to decide it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        oversight: OversightStack,
        runtime_arn: str,
        people_arn: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment, self._oversight = environment, oversight
        self._runtime, self._people = runtime_arn, people_arn
        self.key = kms.Key(
            self,
            "Key",
            description="Regent: secrets and queues of channels",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
        )
        self.key.add_to_resource_policy(key_of_logs(self))
        channels = [CHANNELS[name] for name in environment.channels]
        self.api = self._api()
        for channel in channels:
            self._channel(channel)
        if environment.digests:
            self._digests()
        paths = [path for channel in channels for _, path in channel.routes]
        Firewall(
            self,
            "Firewall",
            environment,
            key=self.key,
            resource_arn=self.api.deployment_stage.stage_arn,
            paths=[f"/{STAGE}{path}" for path in paths],
        )
        CfnOutput(self, "Address", value=self.api.url)

    def _api(self) -> apigateway.RestApi:
        environment = self._environment
        # one per account and region: without it API Gateway writes no access log
        writer = self._log_role()
        account = apigateway.CfnAccount(self, "ApiAccount", cloud_watch_role_arn=writer.role_arn)
        account.node.add_dependency(writer)  # with its policy: API Gateway refuses a role that may not write yet
        api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"{environment.prefix}Channels",
            description="Regent: the doors for systems and chats",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                throttling_rate_limit=50,
                throttling_burst_limit=100,
                data_trace_enabled=False,
                metrics_enabled=True,
                tracing_enabled=True,
                access_log_destination=apigateway.LogGroupLogDestination(
                    log_group(self, "ApiLog", environment, self.key)
                ),
                # no headers and no bodies: who called, what for, and what came of it
                access_log_format=apigateway.AccessLogFormat.json_with_standard_fields(
                    caller=False, http_method=True, ip=True, protocol=True, request_time=True, resource_path=True,
                    response_length=True, status=True, user=False,
                ),
            ),
        )  # fmt: skip
        api.deployment_stage.node.add_dependency(account)
        return api

    def _log_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "ApiLogRole",
            description="API Gateway writes its logs",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        )
        names = "CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents"
        role.add_to_policy(
            allow(
                "Logs",
                [f"logs:{name}" for name in names.split()],
                [f"arn:aws:logs:{self.region}:{self.account}:log-group:*"],
            )
        )
        return role

    def _channel(self, channel: Channel) -> None:
        title = channel.name.capitalize()
        secret = secretsmanager.Secret(
            self,
            f"{title}Secret",
            secret_name=f"regent/{self._environment.name}/{channel.name}",
            description=f"Regent: what the channel {channel.name} signs and verifies with",
            encryption_key=self.key,
            secret_string_value=SecretValue.unsafe_plain_text(channel.empty),  # filled by a person, not by a template
            removal_policy=RemovalPolicy.RETAIN,
        )
        waiting = queue(self, f"{title}Queue", self.key, visibility=Duration.seconds(HIDDEN_SECONDS))
        variables = {
            "REGENT_CHANNEL": channel.name,
            "REGENT_CHANNEL_SECRET": secret.secret_arn,
            "REGENT_STATE_TABLE": self._oversight.house.state_table,
            "REGENT_STATE_REGION": self._environment.region,
            **channel.settings(self._environment),
        }
        self._front(channel, secret, waiting, variables)
        self._worker(channel, secret, waiting, variables)
        if channel.brings(self._environment):
            self._delivery(channel, secret, variables)

    def _front(
        self, channel: Channel, secret: secretsmanager.Secret, waiting: sqs.Queue, variables: dict[str, str]
    ) -> None:
        title = channel.name.capitalize()
        made = function(
            self,
            f"{title}Front",
            self._environment,
            says=f"Regent checks, takes once and queues what comes from {channel.says}",
            handler="agents.channels.lambda_front.handler",
            code=front() if channel.bare else packaged(self),
            key=self.key,
            seconds=10,
            memory=512 if channel.bare else channel.memory,
            at_once=50,
            variables=variables | {"REGENT_CHANNEL": channel.front, "REGENT_CHANNEL_QUEUE": waiting.queue_url},
        )
        for statement in (
            self._state(channel, "GetItem", "PutItem", "UpdateItem"),
            allow("Queue", ["sqs:SendMessage"], [waiting.queue_arn]),
            *(
                [allow("Secret", ["secretsmanager:GetSecretValue"], [secret.secret_arn])]
                if channel.front_secret
                else ()
            ),
            self._keys("kms:Decrypt", "kms:GenerateDataKey"),
        ):
            made.add_to_role_policy(statement)
        for method, path in channel.routes:
            self.api.root.resource_for_path(path).add_method(
                method, apigateway.LambdaIntegration(made, proxy=True, allow_test_invoke=False)
            )

    def _worker(
        self, channel: Channel, secret: secretsmanager.Secret, waiting: sqs.Queue, variables: dict[str, str]
    ) -> None:
        made = function(
            self,
            f"{channel.name.capitalize()}Worker",
            self._environment,
            says=f"Regent asks what came from {channel.says}, and brings the answer back",
            handler="agents.channels.lambda_worker.handler",
            code=packaged(self),
            key=self.key,
            seconds=WORKER_SECONDS,
            memory=channel.memory,
            at_once=20,
            variables=variables | self._asking() | {"REGENT_HOME": HOME, "REGENT_CHANNEL_WORKER": channel.worker},
        )
        for statement in (
            self._state(channel, "GetItem", "UpdateItem"),
            *self._reads_digests(channel),
            allow("Secret", ["secretsmanager:GetSecretValue"], [secret.secret_arn]),
            *self._may_ask(),
        ):
            made.add_to_role_policy(statement)
        made.add_event_source(
            sources.SqsEventSource(waiting, batch_size=1, report_batch_item_failures=True, max_concurrency=20)
        )
        self._alarms(channel, waiting)

    def _delivery(self, channel: Channel, secret: secretsmanager.Secret, variables: dict[str, str]) -> None:
        """Bring what nobody there asked for; what does not arrive is tried again by the next round."""
        made = function(
            self,
            f"{channel.name.capitalize()}Delivery",
            self._environment,
            says=f"Regent brings alerts, approvals and digests to {channel.says}",
            handler="agents.channels.lambda_deliver.handler",
            code=packaged(self),
            key=self.key,
            seconds=120,
            memory=channel.memory,
            at_once=1,
            variables=variables
            | self._asking()
            | {"REGENT_HOME": HOME, "REGENT_CHANNEL_WORKER": channel.worker, "REGENT_CHANNEL_PEOPLE": self._people},
        )
        for statement in (
            self._state(channel, "GetItem", "UpdateItem", "Query", also=("outbox",)),
            allow("Secret", ["secretsmanager:GetSecretValue"], [secret.secret_arn]),
            *self._may_ask(),
        ):
            made.add_to_role_policy(statement)
        self._round(f"{channel.name}-delivery", made, DELIVERY_MINUTES, f"Something does not arrive in {channel.says}")

    def _digests(self) -> None:
        """Compose digests when they are due; without any channel's secret, because it sends nothing."""
        given = [one.model_dump(mode="json", exclude_defaults=True) for one in self._environment.digests]
        made = function(
            self,
            "Digests",
            self._environment,
            says="Regent asks the questions of digests, as the principals of those",
            handler="agents.channels.lambda_digest.handler",
            code=packaged(self),
            key=self.key,
            seconds=WORKER_SECONDS,
            memory=1024,
            at_once=1,
            variables={
                "REGENT_HOME": HOME,
                "REGENT_STATE_TABLE": self._oversight.house.state_table,
                "REGENT_STATE_REGION": self._environment.region,
                "REGENT_DIGESTS": json.dumps(given),
                **self._asking(),
            },
        )
        state = self._oversight.house.state("GetItem", "UpdateItem", "Query")
        state.add_condition("ForAllValues:StringLike", {"dynamodb:LeadingKeys": ["outbox"]})
        for statement in (state, *self._may_ask()):
            made.add_to_role_policy(statement)
        self._round("digests", made, DIGEST_MINUTES, "A digest that is due could not be composed")

    def _round(self, name: str, run: lambda_.Function, minutes: int, says: str) -> None:
        """Start it again and again, and tell somebody when it fails."""
        events.Rule(
            self,
            f"Round-{name}",
            description=f"Regent: {name} every {minutes} min",
            schedule=events.Schedule.rate(Duration.minutes(minutes)),
            targets=[targets.LambdaFunction(run, retry_attempts=0, max_event_age=Duration.minutes(max(minutes, 2)))],
        )
        self._oversight.alarm(
            self,
            name,
            run.metric_errors(period=Duration.minutes(15)),
            alarm_description=says,
            threshold=3,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _asking(self) -> dict[str, str]:
        """Where a function asks the house, and how it says for whom."""
        house = self._oversight.house
        return {
            "REGENT_CHANNEL_RUNTIME": self._runtime,
            "REGENT_CHANNEL_AUDIENCE": house.audience,
            "REGENT_CHANNEL_KID": ENVELOPE_KID,
            "REGENT_CHANNEL_KEY": house.envelope_key,
        }

    def _may_ask(self) -> tuple[iam.PolicyStatement, ...]:
        return (
            allow("SayWhoAsked", ["kms:Sign"], [self._oversight.house.envelope_key]),
            # the runtime and its endpoints; for nobody: who asked is in the envelope
            allow("Ask", ["bedrock-agentcore:InvokeAgentRuntime"], [self._runtime, f"{self._runtime}/*"]),
            self._keys("kms:Decrypt", "kms:GenerateDataKey"),
        )

    def _alarms(self, channel: Channel, waiting: sqs.Queue) -> None:
        dead = waiting.dead_letter_queue
        assert dead is not None  # every queue of ours has one
        minutes, ever = Duration.minutes(5), cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        for name, metric, most, says in (
            (
                "aside",
                dead.queue.metric_approximate_number_of_messages_visible(period=minutes),
                1,
                "could not be answered",
            ),
            ("waiting", waiting.metric_approximate_age_of_oldest_message(period=minutes), 600, "waits for 10 minutes"),
        ):
            self._oversight.alarm(
                self,
                f"{channel.name}-{name}",
                metric,
                alarm_description=f"Something that came by {channel.name} {says}",
                threshold=most,
                comparison_operator=ever,
                evaluation_periods=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )

    def _state(self, channel: Channel, *operations: str, also: tuple[str, ...] = ()) -> iam.PolicyStatement:
        """These operations on the deliveries of this channel, and on nothing else in the state table but `also`."""
        statement = self._oversight.house.state(*operations)
        mine = {"dynamodb:LeadingKeys": [f"delivery#{channel.name}#*", *also]}
        statement.add_condition("ForAllValues:StringLike", mine)
        return statement

    def _reads_digests(self, channel: Channel) -> list[iam.PolicyStatement]:
        """A worker whose digests have buttons shows the receipts behind them."""
        if not (channel.shows_receipts and channel.gets_digests(self._environment)):
            return []
        statement = self._oversight.house.state("GetItem")
        statement.sid = "Digests"
        statement.add_condition("ForAllValues:StringLike", {"dynamodb:LeadingKeys": ["outbox"]})
        return [statement]

    def _keys(self, *actions: str) -> iam.PolicyStatement:
        return allow("Encrypted", list(actions), [self.key.key_arn, self._oversight.house.state_key])
