"""What a deployment of our own stacks leaves in the sample company's accounts: the templates, with references resolved.

python -m tests.infra.deployed        writes tools/estate/deployed.json anew (needs no account; some ten seconds)

The sample estate answers from that file, so its runtimes, gateways and keys are named and set as infra/ deploys them.
Ids that AWS would choose are made from what they belong to: the same templates give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.estate.world import BY_NAME, HOME_REGION, PAYER

FILE = Path(__file__).parents[2] / "tools" / "estate" / "deployed.json"
HOME, ARCHIVE = BY_NAME["shared-services"].id, BY_NAME["log-archive"].id
CHANGED = {
    "name": "lantern",
    "account": HOME,
    "log_archive_account": ARCHIVE,
    "payer_account": PAYER.id,
    "organization": "o-lantern0001",
    "alarm_email": "platform@lantern.example",
}
"""How the company's environment differs from the example."""
KEPT = frozenset(
    {
        "AWS::Bedrock::Guardrail",
        "AWS::Bedrock::GuardrailVersion",
        "AWS::BedrockAgentCore::Gateway",
        "AWS::BedrockAgentCore::GatewayTarget",
        "AWS::BedrockAgentCore::Memory",
        "AWS::BedrockAgentCore::OnlineEvaluationConfig",
        "AWS::BedrockAgentCore::Policy",
        "AWS::BedrockAgentCore::PolicyEngine",
        "AWS::BedrockAgentCore::Runtime",
        "AWS::BedrockAgentCore::RuntimeEndpoint",
        "AWS::CloudTrail::Trail",
        "AWS::CloudWatch::Alarm",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
        "Custom::RegentSetting",
    }
)
_LEFT_OUT = frozenset(
    {
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::S3::Bucket", "LifecycleConfiguration"),
        ("Custom::RegentSetting", "ServiceToken"),
        ("Custom::RegentSetting", "ServiceTimeout"),
    }
)
"""Properties that no answer shows."""
_SYNTHESIZE = """
import sys, json
from pathlib import Path
from infra.app import _node_from_the_venv
_node_from_the_venv()
import yaml
from infra.config import FOLDER, Environment
from infra.stacks.all import build, new_app
plain = yaml.safe_load((FOLDER / "example.yaml").read_text()) | json.loads(sys.argv[2])
app = new_app(Path(sys.argv[1]))
build(app, Environment.model_validate(plain))
app.synth()
"""


def synthesized(out):
    """The company's templates by stack, with the account and region of each."""
    done = subprocess.run(
        [sys.executable, "-c", _SYNTHESIZE, str(out), json.dumps(CHANGED)],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    artifacts = json.loads((out / "manifest.json").read_text())["artifacts"]
    return {
        name: (*one["environment"].removeprefix("aws://").split("/"), json.loads((out / file).read_text()))
        for name, one in artifacts.items()
        if one["type"] == "aws:cloudformation:stack" and (file := one["properties"]["templateFile"])
    }


def _digest(*parts):
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def _uuid(*parts):
    text = _digest(*parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


class Deployed:
    """Resolves one stack's references, as CloudFormation would with the ids made here."""

    def __init__(self, stack, account, region, template, exports):
        self.stack, self.account, self.region, self.template, self.exports = stack, account, region, template, exports

    def physical(self, logical):
        """What `Ref` gives, and the attributes that `Fn::GetAtt` gives."""
        one = self.template["Resources"][logical]
        kind, said = one["Type"], one.get("Properties", {})
        mark = _digest(self.stack, logical)
        chosen = f"{self.stack}-{logical}-{mark[:12]}"
        here = f"{self.region}:{self.account}"

        def named(key):
            return self.resolve(said[key]) if key in said else chosen

        core = f"arn:aws:bedrock-agentcore:{here}"
        if kind == "AWS::KMS::Key":
            key = _uuid(self.stack, logical)
            return key, {"Arn": f"arn:aws:kms:{here}:key/{key}", "KeyId": key}
        if kind == "AWS::S3::Bucket":
            name = self.resolve(said["BucketName"]) if "BucketName" in said else chosen.lower()
            return name, {"Arn": f"arn:aws:s3:::{name}"}
        if kind == "AWS::Logs::LogGroup":
            name = named("LogGroupName")
            return name, {"Arn": f"arn:aws:logs:{here}:log-group:{name}:*"}
        if kind == "AWS::Lambda::Function":
            name = named("FunctionName")
            return name, {"Arn": f"arn:aws:lambda:{here}:function:{name}"}
        if kind == "AWS::IAM::Role":
            name = named("RoleName")
            return name, {"Arn": f"arn:aws:iam::{self.account}:role/{name}"}
        if kind == "AWS::SNS::Topic":
            arn = f"arn:aws:sns:{here}:{named('TopicName')}"
            return arn, {"TopicArn": arn}
        if kind == "AWS::SQS::Queue":
            name = named("QueueName")
            return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{name}", {
                "Arn": f"arn:aws:sqs:{here}:{name}",
                "QueueName": name,
            }
        if kind == "AWS::BedrockAgentCore::Runtime":
            id = f"{said['AgentRuntimeName']}-{mark[:10]}"
            return id, {"AgentRuntimeId": id, "AgentRuntimeArn": f"{core}:runtime/{id}", "AgentRuntimeVersion": "1"}
        if kind == "AWS::BedrockAgentCore::RuntimeEndpoint":
            id = f"{said['Name']}-{mark[:10]}"
            return id, {"Id": id}
        if kind == "AWS::BedrockAgentCore::Gateway":
            id = f"{said['Name']}-{mark[:10]}"
            url = f"https://{id}.gateway.bedrock-agentcore.{self.region}.amazonaws.com/mcp"
            return id, {"GatewayIdentifier": id, "GatewayArn": f"{core}:gateway/{id}", "GatewayUrl": url}
        if kind == "AWS::BedrockAgentCore::GatewayTarget":
            return mark[:10].upper(), {"TargetId": mark[:10].upper()}
        if kind == "AWS::BedrockAgentCore::PolicyEngine":
            id = f"{said['Name']}-{mark[:10]}"
            return id, {"PolicyEngineId": id, "PolicyEngineArn": f"{core}:policy-engine/{id}"}
        if kind == "AWS::BedrockAgentCore::Policy":
            return f"{said['Name']}-{mark[:10]}", {"PolicyId": f"{said['Name']}-{mark[:10]}"}
        if kind == "AWS::BedrockAgentCore::Memory":
            id = f"{said['Name']}-{mark[:10]}"
            return id, {"MemoryId": id, "MemoryArn": f"{core}:memory/{id}"}
        if kind == "AWS::BedrockAgentCore::OnlineEvaluationConfig":
            id = f"{said['OnlineEvaluationConfigName']}-{mark[:10]}"
            return id, {"OnlineEvaluationConfigId": id}
        if kind == "AWS::Bedrock::Guardrail":
            arn = f"arn:aws:bedrock:{here}:guardrail/{mark[:12]}"
            return mark[:12], {"GuardrailId": mark[:12], "GuardrailArn": arn, "Version": "DRAFT"}
        if kind == "AWS::Bedrock::GuardrailVersion":
            return f"{mark[:12]}|1", {"Version": "1"}
        if kind == "AWS::WAFv2::WebACL":
            id = _uuid(self.stack, logical)
            name = said["Name"]
            return f"{name}|{id}|REGIONAL", {
                "Id": id,
                "Arn": f"arn:aws:wafv2:{here}:regional/webacl/{name}/{id}",
            }
        if kind == "AWS::CloudWatch::Alarm":
            return said["AlarmName"], {"Arn": f"arn:aws:cloudwatch:{here}:alarm:{said['AlarmName']}"}
        if kind == "Custom::RegentSetting":
            return chosen, {"Version": "2"}  # what is applied to a runtime makes its second version
        names = {
            "AWS::EC2::Subnet": f"subnet-0{mark[:16]}",
            "AWS::EC2::VPC": f"vpc-0{mark[:16]}",
            "AWS::EC2::SecurityGroup": f"sg-0{mark[:16]}",
        }
        return names.get(kind, chosen), {"GroupId": names[kind]} if kind == "AWS::EC2::SecurityGroup" else {}

    def resolve(self, value):
        """The value with every reference replaced."""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, given)] = value.items()
            if name == "Ref":
                pseudo = {
                    "AWS::Region": self.region,
                    "AWS::AccountId": self.account,
                    "AWS::Partition": "aws",
                    "AWS::URLSuffix": "amazonaws.com",
                }
                return pseudo[given] if given in pseudo else self.physical(given)[0]
            if name == "Fn::GetAtt":
                logical, attribute = given
                attributes = self.physical(logical)[1]
                return attributes.get(attribute) or f"{self.stack}-{logical}-{attribute}"
            if name == "Fn::Join":
                return given[0].join(str(self.resolve(one)) for one in given[1])
            if name == "Fn::Split":
                return self.resolve(given[1]).split(given[0])
            if name == "Fn::Select":
                return self.resolve(given[1])[int(given[0])]
            if name == "Fn::ImportValue":
                return self.exports[given]
            if name == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.resolve({"Ref": found[1]}), given)
        return {name: self.resolve(one) for name, one in value.items()}

    def outputs(self):
        """Exported values by name."""
        found = {}
        for one in self.template.get("Outputs", {}).values():
            if "Export" in one:
                found[one["Export"]["Name"]] = self.resolve(one["Value"])
        return found


def deployed(stacks):
    """All kept resources of these stacks, in a fixed order."""
    exports, waiting = {}, dict(stacks)
    while waiting:  # a stack may import what another exports
        ready = {}
        for name, (account, region, template) in waiting.items():
            try:
                ready[name] = Deployed(name, account, region, template, exports).outputs()
            except KeyError:
                continue
        if not ready:
            raise RuntimeError(f"nobody exports what these import: {sorted(waiting)}")
        for name, found in ready.items():
            exports |= found
            del waiting[name]
    made = []
    for name, (account, region, template) in sorted(stacks.items()):
        one = Deployed(name, account, region, template, exports)
        for logical, resource in sorted(template["Resources"].items()):
            if resource["Type"] not in KEPT:
                continue
            reference, attributes = one.physical(logical)
            kind = resource["Type"]
            said = {key: value for key, value in resource["Properties"].items() if (kind, key) not in _LEFT_OUT}
            made.append(
                {
                    "account": account,
                    "region": region,
                    "stack": name,
                    "type": resource["Type"],
                    "id": reference,
                    "attributes": attributes,
                    "properties": one.resolve(said),
                }
            )
    return made


def written(made):
    """The file's text: one resource a line, so that a change can be read."""
    lines = ",\n".join(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in made)
    return f"[\n{lines}\n]\n"


def now():
    """The file as it would be written today."""
    with tempfile.TemporaryDirectory() as folder:
        return written(deployed(synthesized(Path(folder))))


if __name__ == "__main__":
    FILE.write_text(now(), encoding="utf-8")
    print(f"{FILE.relative_to(Path.cwd())}: written, {HOME_REGION}")
