"""Oversight: the kill switch, the state of budgets and approvals, alarms that reach somebody, scheduled rounds."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group, plain_bucket
from infra.constructs.archive import with_key
from infra.constructs.functions import function, packaged
from infra.constructs.house import Evidence, Guarding, House
from infra.constructs.keys import key_of_logs

NAMESPACE = "Regent"
VERIFY_HOURS, WATCH_HOURS = 12, 2
"""Hours between rounds; `declared.yaml` wants the ledger verified every 24."""


class OversightStack(Stack):
    """What can stop Regent, what counts for it, and what tells people. `house` is for all who answer."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        evidence: Evidence,
        guarding: Guarding,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment = environment
        self.key = _key(self)
        self.switch = _switch(self, environment)
        self.table = _state(self, environment, self.key)
        access = plain_bucket(self, "AccessLogs", expire_days=environment.retention.logs_days)
        self.keys = _keys_bucket(self, self.key, access)
        self.ledger_log = log_group(self, "LedgerLog", environment, self.key, name=f"/regent/{environment.name}/ledger")
        self.envelopes = kms.Key(
            self,
            "Envelopes",
            description="Regent: channel workers sign with it who asked",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
        )
        self.house = House(
            environment=environment,
            evidence=evidence,
            guarding=guarding,
            keys_bucket=self.keys.bucket_name,
            ledger_log=f"/regent/{environment.name}/ledger",
            state_table=f"{environment.prefix}State",
            state_key=self.key.key_arn,
            switch=f"/regent/{environment.name}/stop",
            principals=_principals(self, environment),
            envelope_key=self.envelopes.key_arn,
        )
        self.topic = _topic(self, environment, self.key)
        self._rounds()
        self._alarms()
        CfnOutput(self, "StateTable", value=self.table.table_name)
        CfnOutput(self, "SwitchParameter", value=self.switch.parameter_name)

    def alarm(self, scope: Construct, name: str, metric: cloudwatch.IMetric, **given: Any) -> cloudwatch.Alarm:
        """An alarm `regent-NAME` that tells the topic, also when all is well again."""
        made = cloudwatch.Alarm(
            scope, f"Alarm-{name}", alarm_name=f"regent-{name}", metric=metric, actions_enabled=True, **given
        )
        # by ARN: an action that refers to the topic's construct would make each stack depend on the other
        tell = actions.SnsAction(sns.Topic.from_topic_arn(scope, f"Tell-{name}", self.topic.topic_arn))
        made.add_alarm_action(tell)
        made.add_ok_action(tell)
        return made

    def _rounds(self) -> None:
        environment, evidence = self._environment, self.house.evidence
        code = packaged(self)
        a_round = partial(
            function,
            self,
            environment=environment,
            code=code,
            key=self.key,
            seconds=900,
            memory=2048,
            disk=4096,
            at_once=1,
        )
        self.verify = a_round(
            id="Verify",
            says="Regent verifies its ledger in the bucket, as `regent audit verify` does",
            handler="agents.rounds.verifying.handler",
            variables=self.house.settings("tokens"),
        )
        for statement in self.house.reading_evidence():
            self.verify.add_to_role_policy(statement)
        self.verify.add_to_role_policy(with_key("PublicKey", ["kms:GetPublicKey"], evidence.checkpoint_key))
        self.verify.add_to_role_policy(self.house.state("Query", "PutItem"))
        self.watch = a_round(
            id="Watch",
            says="Regent evaluates its controls, as `regent controls watch --once` does",
            handler="agents.rounds.watching.handler",
            # its ledger goes on from round to round: it comes from the bucket, and is there again before a round ends
            variables=self.house.settings("tokens")
            | {"REGENT_LEDGER_ACKNOWLEDGE": "disk", "REGENT_LEDGER_NAME": f"regent.{environment.name}/watch"},
        )
        for statement in (*self.house.statements(), *self.house.reading_evidence(), self._snapshots()):
            self.watch.add_to_role_policy(statement)
        dead = sqs.Queue(
            self,
            "MissedRounds",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            redrive_allow_policy=sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL),
        )
        for name, run, hours in (("Verify", self.verify, VERIFY_HOURS), ("Watch", self.watch, WATCH_HOURS)):
            events.Rule(
                self,
                f"{name}Round",
                rule_name=f"{environment.prefix}{name}",
                description=f"Regent: {name.lower()} every {hours} h",
                schedule=events.Schedule.rate(Duration.hours(hours)),
                targets=[
                    targets.LambdaFunction(
                        run, dead_letter_queue=dead, retry_attempts=2, max_event_age=Duration.hours(1)
                    )
                ],
            )
        self._missed = dead

    def _snapshots(self) -> iam.PolicyStatement:
        """Snapshots lie beside the keys of persons: those that name somebody can be erased."""
        return iam.PolicyStatement(
            sid="Snapshots",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[self.keys.arn_for_objects("evidence/*")],
        )

    def _alarms(self) -> None:
        bounds = self._environment.oversight
        records = self._filter("Records", logs.FilterPattern.number_value("$.index", ">=", 0))
        denials = self._filter("Denials", logs.FilterPattern.string_value("$.decision", "=", "deny"))
        failed, cost = _metric("LedgersFailed"), _metric("OwnCostUsd")
        less = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        silent = cloudwatch.TreatMissingData.BREACHING  # of what speaks all the time, silence is a fault
        made = [
            self._when(
                "ledger-not-advancing",
                records.with_(period=Duration.hours(WATCH_HOURS), statistic="Sum"),
                f"No record for {2 * WATCH_HOURS} hours, though the watch alone leaves some",
                comparison_operator=less,
                evaluation_periods=2,
                treat_missing_data=silent,
            ),
            self._when(
                "verification-failed",
                failed.with_(period=Duration.days(1), statistic="Sum"),
                "A ledger did not verify, or nobody verified for a day",
                treat_missing_data=silent,
            ),
            self._when(
                "denials",
                denials.with_(period=Duration.minutes(5), statistic="Sum"),
                f"At least {bounds.denials_in_5_minutes} denials by the gate in 5 minutes",
                threshold=bounds.denials_in_5_minutes,
            ),
            self._when(
                "own-cost",
                cost.with_(period=Duration.hours(2 * WATCH_HOURS), statistic="Maximum"),
                f"Models and billed calls of today cost {bounds.own_usd_per_day:g} USD",
                threshold=bounds.own_usd_per_day,
                treat_missing_data=silent,
            ),
            *(
                self._when(f"{name}-round", run.metric_errors(period=Duration.hours(1)), f"A round of {name} failed")
                for name, run in (("verify", self.verify), ("watch", self.watch))
            ),
            self._when(
                "missed-rounds",
                self._missed.metric_approximate_number_of_messages_visible(period=Duration.minutes(5)),
                "A round could not even be started",
            ),
        ]
        self._dashboard(made, {"Records": records, "Denials": denials, "Ledgers failed": failed, "Own cost, USD": cost})

    def _when(self, name: str, metric: cloudwatch.IMetric, says: str, **given: Any) -> cloudwatch.Alarm:
        """An alarm for a value of 1 or more in one period, unless something else is given."""
        usual = {
            "threshold": 1,
            "comparison_operator": cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            "evaluation_periods": 1,
            "treat_missing_data": cloudwatch.TreatMissingData.NOT_BREACHING,
        }
        return self.alarm(self, name, metric, alarm_description=says, **(usual | given))

    def _filter(self, name: str, pattern: logs.IFilterPattern) -> cloudwatch.Metric:
        found = logs.MetricFilter(
            self,
            f"{name}Filter",
            log_group=self.ledger_log,
            filter_pattern=pattern,
            metric_namespace=NAMESPACE,
            metric_name=name,
            metric_value="1",
            default_value=0,
        )
        return found.metric()

    def _dashboard(self, alarms: list[cloudwatch.Alarm], graphs: dict[str, cloudwatch.Metric]) -> None:
        board = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self._environment.prefix)
        board.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=24, height=3))
        board.add_widgets(
            *(cloudwatch.GraphWidget(title=title, left=[one], width=6, height=6) for title, one in graphs.items())
        )
        runs = {"Rounds": [self.verify, self.watch]}
        for title, functions in runs.items():
            board.add_widgets(
                cloudwatch.GraphWidget(
                    title=f"{title}: errors", left=[one.metric_errors() for one in functions], width=12, height=6
                ),
                cloudwatch.GraphWidget(
                    title=f"{title}: duration", left=[one.metric_duration() for one in functions], width=12, height=6
                ),
            )


def _switch(stack: Stack, environment: Environment) -> ssm.StringParameter:
    switch = ssm.StringParameter(
        stack,
        "Switch",
        parameter_name=f"/regent/{environment.name}/stop",
        # no stops; `regent stop` changes it, and a deployment does not change it back
        string_value="[]",
        description="Regent's kill switch: a list of stops; unreadable means stopped",
    )
    switch.apply_removal_policy(RemovalPolicy.RETAIN)
    return switch


def _state(stack: Stack, environment: Environment, key: kms.IKey) -> dynamodb.Table:
    """Budgets, approvals, sessions and deliveries of all who answer."""
    return dynamodb.Table(
        stack,
        "State",
        table_name=f"{environment.prefix}State",
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
        time_to_live_attribute="ttl",
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )


def _topic(stack: Stack, environment: Environment, key: kms.IKey) -> sns.Topic:
    """What alarms tell; of this account only, so that nobody else's alarm passes for one of ours."""
    topic = sns.Topic(stack, "Alarms", master_key=key, enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
        )
    )
    if environment.alarm_email:
        topic.add_subscription(subscriptions.EmailSubscription(environment.alarm_email))
    return topic


def _principals(stack: Stack, environment: Environment) -> s3_assets.Asset | None:
    if environment.principals_file is None:
        return None
    return s3_assets.Asset(stack, "Principals", path=str(environment.principals_file))


def _metric(name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace=NAMESPACE, metric_name=name)


def _key(stack: Stack) -> kms.Key:
    key = kms.Key(
        stack,
        "Key",
        description="Regent: state, alarms, and the keys of persons",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
        pending_window=Duration.days(30),
    )
    key.add_to_resource_policy(key_of_logs(stack))
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsAndRoundsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com"), iam.ServicePrincipal("events.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
        )
    )
    return key


def _keys_bucket(stack: Stack, key: kms.IKey, access: s3.IBucket) -> s3.Bucket:
    """Where the wrapped keys of persons lie: no versions and no lock, because erasing a person means deleting one."""
    bucket = s3.Bucket(
        stack,
        "PersonKeys",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=False,
        server_access_logs_bucket=access,
        server_access_logs_prefix="keys/",
        removal_policy=RemovalPolicy.RETAIN,
    )
    Tags.of(bucket).add("regent:purpose", "keys")
    return bucket
