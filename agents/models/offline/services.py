"""AWS services as Cost Explorer spells them, with the names people use for them."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

_TABLE = """
Amazon Elastic Compute Cloud - Compute: ec2 | ec2 compute | ec2 instances | virtual machines
EC2 - Other: ec2 other | ec2-other | nat | nat gateway | nat gateways | nat gw | ebs | data transfer | elastic block store | nat-gateway
Amazon Relational Database Service: rds | aurora | relational database service | relational databases
Amazon Simple Storage Service: s3 | simple storage service | object storage
AWS Lambda: lambda | lambdas
Amazon DynamoDB: dynamodb | dynamo | ddb
AmazonCloudWatch: cloudwatch | cloud watch | cloudwatch logs
Amazon Elastic Container Service: ecs | fargate | elastic container service
Amazon Elastic Container Service for Kubernetes: eks | kubernetes | k8s
Amazon Elastic Load Balancing: elb | alb | nlb | load balancing | elastic load balancing
Amazon CloudFront: cloudfront | cdn
Amazon Route 53: route53 | route 53
Amazon Virtual Private Cloud: vpc | transit gateway | tgw
AWS Key Management Service: kms | key management service
Amazon Simple Queue Service: sqs | simple queue service
Amazon Simple Notification Service: sns
Amazon Simple Email Service: ses
Amazon Redshift: redshift
Amazon Athena: athena
AWS Glue: aws glue | glue
Amazon SageMaker: sagemaker
Amazon Kinesis: kinesis
Amazon Managed Streaming for Apache Kafka: msk | kafka
Amazon ElastiCache: elasticache | redis | memcached
Amazon OpenSearch Service: opensearch | elasticsearch
Amazon Elastic File System: efs
Amazon FSx: fsx
Amazon GuardDuty: guardduty | guard duty
AWS Security Hub: security hub | securityhub
AWS Config: aws config
AWS CloudTrail: cloudtrail
Amazon Inspector: amazon inspector | inspector
AWS Backup: aws backup
AWS WAF: waf
AWS Secrets Manager: secrets manager
AWS Systems Manager: systems manager | ssm
AWS Step Functions: step functions
Amazon API Gateway: api gateway | apigateway
Amazon EC2 Container Registry (ECR): ecr
Amazon Bedrock: bedrock
Amazon QuickSight: quicksight
AWS Support (Business): aws support | premium support | aws support plan | support plan | support contract | support fees | business support
AWS Data Transfer: aws data transfer
AWS Direct Connect: direct connect
Amazon WorkSpaces: workspaces
AWS Database Migration Service: dms
Amazon Elastic MapReduce: emr
Amazon Neptune: neptune
Amazon DocumentDB (with MongoDB compatibility): documentdb | docdb
Amazon MQ: amazon mq
Amazon Connect: amazon connect
Amazon Cognito: cognito
AWS AppSync: appsync
Amazon Glacier: glacier
AWS Transfer Family: transfer family
Amazon Lightsail: lightsail
CodeBuild: codebuild | aws codebuild
AWS CodePipeline: codepipeline
AWS Shield: shield | shield advanced
Tax: tax | taxes | vat | sales tax
Amazon Macie: macie
Amazon Detective: detective
AWS IoT: iot | iot core
AWS Network Firewall: network firewall
AWS Storage Gateway: storage gateway
AWS Directory Service: directory service | active directory | directory services
Amazon Kinesis Video Streams: kinesis video | kinesis video streams | video streams | video streaming
AWS Cost Explorer: cost explorer
Savings Plans for AWS Compute usage: savings plan fee | savings plans fee | savings plan fees
AWS X-Ray: x-ray | xray
AWS Batch: aws batch
Amazon EventBridge: eventbridge
AWS Amplify: amplify
Amazon Rekognition: rekognition
Amazon Textract: textract
Amazon Comprehend: comprehend
Amazon Polly: polly
Amazon Lex: amazon lex
Amazon Timestream: timestream
Amazon Keyspaces: keyspaces
Amazon MemoryDB: memorydb
AWS App Runner: app runner
AWS Elastic Beanstalk: beanstalk | elastic beanstalk
AWS CloudHSM: cloudhsm
AWS Certificate Manager: certificate manager | acm
AWS Global Accelerator: global accelerator
AWS Firewall Manager: firewall manager
AWS Fargate: aws fargate
Amazon AppStream: appstream
Amazon Managed Grafana: grafana
Amazon Managed Service for Prometheus: prometheus
AWS Marketplace: marketplace
"""

SERVICES: dict[str, str] = {}
"""From a folded nickname (or the full name) to Cost Explorer's spelling."""
for _line in _TABLE.strip().splitlines():
    _name, _, _nicks = _line.partition(": ")
    SERVICES[_name.lower()] = _name
    SERVICES.update((nick.strip(), _name) for nick in _nicks.split("|"))

SUB_SERVICES = frozenset({"nat", "nat gateway", "nat gateways", "nat gw", "nat-gateway", "ebs", "data transfer"})
"""Nicknames of a part of a billed service: the bill is read by usage type, so that the part can be seen."""

_BILLED_AS: tuple[tuple[str, str], ...] = (
    (r"databases?|bancos? de dados", "Amazon Relational Database Service"),
    (r"servers?|instances?|machines|compute|vms|virtual machines", "Amazon Elastic Compute Cloud - Compute"),
    (r"functions|serverless|functies", "AWS Lambda"),
    (r"containers?", "Amazon Elastic Container Service"),
    (r"load ?balancers?", "Amazon Elastic Load Balancing"),
    (r"support(?: plan| contract| fees?)?", "AWS Support (Business)"),
    (r"buckets|object storage", "Amazon Simple Storage Service"),
    (r"data warehouse|warehouse", "Amazon Redshift"),
    (r"monitoring|logging", "AmazonCloudWatch"),
)


def billed_as(text: str) -> list[str]:
    """The billed services behind everyday words in a question of cost ("what do our databases cost")."""
    return [name for pattern, name in _BILLED_AS if re.search(rf"(?<![\w<-])(?:{pattern})(?![\w>-])", text)]


REGIONS: dict[str, str] = {
    "ireland": "eu-west-1",
    "dublin": "eu-west-1",
    "frankfurt": "eu-central-1",
    "london": "eu-west-2",
    "paris": "eu-west-3",
    "stockholm": "eu-north-1",
    "virginia": "us-east-1",
    "n. virginia": "us-east-1",
    "north virginia": "us-east-1",
    "ohio": "us-east-2",
    "oregon": "us-west-2",
    "sao paulo": "sa-east-1",
    "singapore": "ap-southeast-1",
}
