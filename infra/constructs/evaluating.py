"""Evaluating: online evaluation of a share of sessions, by AgentCore's own judges, in the declared regions only."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group

JUDGES = ("Builtin.Faithfulness", "Builtin.InstructionFollowing", "Builtin.ToolSelectionAccuracy")
"""Is the answer borne out by what queries returned, as told, and by the right queries. Figures are not for judges:
grounding binds them to facts."""
_RESULTS = "/aws/bedrock-agentcore/evaluations/results"


def evaluate(
    scope: Construct,
    environment: Environment,
    runtime: agentcore.CfnRuntime,
    stage: str,
    sessions: logs.ILogGroup,
    key: kms.IKey,
) -> agentcore.CfnOnlineEvaluationConfig:
    """Evaluate `environment.evaluation.percent` of the sessions of one endpoint of `runtime`.

    The judges read spans; what they can see of words depends on `environment.evaluation.content`.
    """
    stack = Stack.of(scope)
    here = f"arn:aws:logs:{stack.region}:{stack.account}:log-group"
    name = f"{environment.prefix}_{stage}"[:48]
    results = log_group(scope, f"Evaluations-{stage}", environment, key, name=f"{_RESULTS}/{name}")
    role = iam.Role(
        scope,
        f"Evaluation-{stage}",
        description="AgentCore's judges read spans of Regent's sessions",
        assumed_by=iam.PrincipalWithConditions(
            iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"),
            {
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:{stack.region}:{stack.account}:*"},
            },
        ),
    )
    spans = f"{here}:aws/spans"
    for sid, actions, resources in (
        # DescribeLogGroups knows no resources
        ("FindLogs", ["logs:DescribeLogGroups"], ["*"]),
        ("ReadSpans", ["logs:StartQuery", "logs:GetQueryResults"], [f"{spans}:*", f"{sessions.log_group_arn}"]),
        ("IndexSpans", ["logs:DescribeIndexPolicies", "logs:PutIndexPolicy"], [spans, f"{spans}:*"]),
        ("WriteResults", ["logs:CreateLogStream", "logs:PutLogEvents"], [results.log_group_arn]),
    ):
        role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))
    made = agentcore.CfnOnlineEvaluationConfig(
        scope,
        f"OnlineEvaluation-{stage}",
        online_evaluation_config_name=name,
        description=f"Regent, {stage}: are answers borne out",
        evaluation_execution_role_arn=role.role_arn,
        execution_status="ENABLED",
        evaluators=[
            agentcore.CfnOnlineEvaluationConfig.EvaluatorReferenceProperty(evaluator_id=judge) for judge in JUDGES
        ],
        data_source_config=agentcore.CfnOnlineEvaluationConfig.DataSourceConfigProperty(
            cloud_watch_logs=agentcore.CfnOnlineEvaluationConfig.CloudWatchLogsInputConfigProperty(
                log_group_names=["aws/spans", sessions.log_group_name],
                service_names=[runtime.agent_runtime_name],
            )
        ),
        rule=agentcore.CfnOnlineEvaluationConfig.RuleProperty(
            sampling_config=agentcore.CfnOnlineEvaluationConfig.SamplingConfigProperty(
                sampling_percentage=environment.evaluation.percent
            ),
            session_config=agentcore.CfnOnlineEvaluationConfig.SessionConfigProperty(session_timeout_minutes=30),
        ),
    )
    made.node.add_dependency(role)
    return made
