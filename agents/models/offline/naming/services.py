"""AWS services as Cost Explorer spells them, with the names people use for them."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from functools import cache

_TABLE = """
Amazon Elastic Compute Cloud - Compute: ec2 | ec2 compute | ec2 instances | virtual machines | elastic compute cloud | elastic compute | ec2 machines | ec2 servers
EC2 - Other: ec2 other | ec2-other | nat | nat gateway | nat gateways | nat gw | ebs | data transfer | elastic block store | nat-gateway
Amazon Relational Database Service: rds | aurora | relational database service | relational databases | rds databases | rds instances | managed databases
Amazon Simple Storage Service: s3 | simple storage service | object storage | s3 storage | s3 buckets | object store
AWS Lambda: lambda | lambdas | lambda functions
Amazon DynamoDB: dynamodb | dynamo | dynamo db | ddb
AmazonCloudWatch: cloudwatch | cloud watch | cloudwatch logs | log ingestion | logs ingestion | log storage
Amazon Elastic Container Service: ecs | fargate | aws fargate | elastic container service | ecs fargate
Amazon Elastic Container Service for Kubernetes: eks | kubernetes | k8s | elastic kubernetes service
Amazon Elastic Load Balancing: load balancers | load balancer | elb | alb | nlb | elbs | albs | nlbs | load balancing | elastic load balancing
Amazon CloudFront: cloudfront | cloud front | cdn | content delivery | content delivery network
Amazon Route 53: route53 | route 53 | r53 | dns
Amazon Virtual Private Cloud: vpc | vpcs | virtual private cloud | transit gateway | transit gateways | tgw | vpc endpoints | public ipv4 | public ipv4 addresses | elastic ips | elastic ip | elastic ip addresses
AWS Key Management Service: kms | key management service | key management
Amazon Simple Queue Service: sqs | simple queue service
Amazon Simple Notification Service: sns | simple notification service
Amazon Simple Email Service: ses | simple email service
Amazon Redshift: redshift
Amazon Athena: athena
AWS Glue: aws glue | glue
Amazon SageMaker: sagemaker | sage maker
Amazon Kinesis: kinesis
Amazon Managed Streaming for Apache Kafka: msk | kafka
Amazon ElastiCache: elasticache | elasti cache | redis | memcached | valkey
Amazon OpenSearch Service: opensearch | open search | elasticsearch | elastic search
Amazon Elastic File System: efs | elastic file system
Amazon FSx: fsx
Amazon GuardDuty: guardduty | guard duty | intruder detection | intrusion detection | threat detection service
AWS Security Hub: security hub | securityhub | aws security hub
AWS Config: aws config
AWS CloudTrail: cloudtrail | cloud trail | aws cloudtrail
Amazon Inspector: amazon inspector | aws inspector | inspector
AWS Backup: aws backup
AWS WAF: waf
AWS Secrets Manager: secrets manager | secret manager
AWS Systems Manager: systems manager | ssm
AWS Step Functions: step functions
Amazon API Gateway: api gateway | apigateway
Amazon EC2 Container Registry (ECR): ecr
Amazon Bedrock: bedrock
Amazon QuickSight: quicksight
AWS Support (Business): aws support | premium support | aws support plan | support plan | support contract | support fees | business support
AWS Data Transfer: aws data transfer
AWS Direct Connect: direct connect
Amazon WorkSpaces: workspaces | aws workspaces | virtual desktops
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
Tax: tax | taxes | vat | sales tax | btw tax | value added tax
Amazon Macie: macie
Amazon Detective: detective
AWS IoT: iot | iot core
AWS Network Firewall: network firewall
AWS Storage Gateway: storage gateway | storage gateways
AWS Directory Service: directory service | active directory | directory services
Amazon Kinesis Video Streams: kinesis video | kinesis video streams | video streams | video streaming
AWS Cost Explorer: cost explorer
Savings Plans for AWS Compute usage: savings plan fee | savings plans fee | savings plan fees | savings plans fees
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

EGRESS = (
    r"egress|(?:data (?:transfers?|traffic)|traffic) out|(?:outbound|outgoing) (?:network )?(?:traffic|data)|data out"
    r"|(?:data |network )?(?:traffic|transfers?|data(?: transfers?)?) (?:out )?(?:in)?to the (?:public )?internet|internet (?:traffic|data|bandwidth|egress|transfers?)"
)
"""Names of the data that leaves for the internet."""
_BILLED_AS: tuple[tuple[str, str], ...] = (
    (
        r"databases?|dbs?|db (?:servers?|instances?|clusters?)|database (?:servers?|instances?|clusters?)|postgres(?:ql)?|mysql|mariadb|bancos? de dados",
        "Amazon Relational Database Service",
    ),
    (
        r"(?<!database )(?<!db )(?:servers?|instances?)|machines|compute|computing|vms|virtual machines|virtual servers|hosts|gpus?|gpu (?:boxes|machines|servers)",
        "Amazon Elastic Compute Cloud - Compute",
    ),
    (r"functions|serverless|functies", "AWS Lambda"),
    (r"containers?", "Amazon Elastic Container Service"),
    (r"load ?balancers?", "Amazon Elastic Load Balancing"),
    (r"support(?: plan| contract| fees?)?(?! (?:team|ticket|case))", "AWS Support (Business)"),
    (
        r"buckets?|object storage|file (?:storage|stores?)|stor(?:ing|age of|age for) (?:\w+ )?(?:files|objects)",
        "Amazon Simple Storage Service",
    ),
    (r"data warehouse|warehouse", "Amazon Redshift"),
    (r"monitoring|logging|logs|log (?:ingestion|storage|volume)", "AmazonCloudWatch"),
    (
        rf"disks?|volumes?|block storage|drives|snapshots?|{EGRESS}",
        "EC2 - Other",
    ),
    (r"backups?", "AWS Backup"),
    (r"encryption keys?|kms keys?|key management", "AWS Key Management Service"),
    (r"threat detection|intrusion detection", "Amazon GuardDuty"),
    (r"vulnerability scan(?:s|ner|ners|ning)", "Amazon Inspector"),
    (r"secrets", "AWS Secrets Manager"),
    (r"machine learning|ml(?: models?)?", "Amazon SageMaker"),
    (r"etl", "AWS Glue"),
    (r"queues?|queueing", "Amazon Simple Queue Service"),
    (r"(?:audit )?trails?", "AWS CloudTrail"),
    (r"web(?:site)?(?:[ -]application)? firewall|application firewall", "AWS WAF"),
    (r"(?:virtual|cloud|remote) desktops?", "Amazon WorkSpaces"),
    (
        r"(?:sending|outgoing|transactional|bulk) (?:\w+ )?e-?mails?|e-?mail (?:sending|delivery|service)|mailings?",
        "Amazon Simple Email Service",
    ),
    (
        r"text messag\w+|sms(?:es)?|push (?:notifications?|messages?)|(?:sending )?notifications",
        "Amazon Simple Notification Service",
    ),
    (r"domain names?|name servers?|name resolution", "Amazon Route 53"),
    (r"in-?memory (?:cache|store)|cach(?:e|es|ing)", "Amazon ElastiCache"),
    (r"(?:full[- ]text )?search (?:engine|cluster|index)(?:es)?", "Amazon OpenSearch Service"),
    (r"shared (?:file ?systems?|drives?)|network (?:file ?systems?|drives?)", "Amazon Elastic File System"),
    (r"(?:leased|dedicated|private) (?:network )?(?:lines?|circuits?)", "AWS Direct Connect"),
    (r"container (?:images?|registry|registries)|image registry", "Amazon EC2 Container Registry (ECR)"),
)
"""Everyday words for what a service bills, where a cost is asked about."""


@cache
def _everyday() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<![\w<-])(?:{pattern})(?![\w>-])"), name) for pattern, name in _BILLED_AS)


def billed_as(text: str) -> list[str]:
    """The billed services behind everyday words in a question of cost ("what do our databases cost")."""
    return [name for pattern, name in _everyday() if pattern.search(text)]


def billed_alone(text: str) -> tuple[str, str]:
    """The one billed service behind everyday words, and the text without these; neither where there is none or several."""
    found = billed_as(text)
    if len(found) != 1:
        return "", text
    pattern = next(pattern for pattern, name in _everyday() if name == found[0])
    return found[0], pattern.sub(" ", text)


REGIONS: dict[str, str] = {
    "ireland": "eu-west-1", "irish region": "eu-west-1", "dublin": "eu-west-1",
    "frankfurt": "eu-central-1", "germany": "eu-central-1", "german region": "eu-central-1",
    "london": "eu-west-2", "united kingdom": "eu-west-2", "the uk": "eu-west-2", "british region": "eu-west-2",
    "paris": "eu-west-3", "france": "eu-west-3", "french region": "eu-west-3",
    "stockholm": "eu-north-1", "sweden": "eu-north-1", "swedish region": "eu-north-1",
    "zurich": "eu-central-2", "milan": "eu-south-1", "italy": "eu-south-1", "spain": "eu-south-2",
    "virginia": "us-east-1", "n. virginia": "us-east-1", "north virginia": "us-east-1", "northern virginia": "us-east-1",
    "the us": "us-east-1", "usa": "us-east-1", "the states": "us-east-1", "america": "us-east-1", "american region": "us-east-1",
    "united states": "us-east-1", "us east": "us-east-1",
    "ohio": "us-east-2", "oregon": "us-west-2", "sao paulo": "sa-east-1", "brazil": "sa-east-1",
    "singapore": "ap-southeast-1", "tokyo": "ap-northeast-1", "sydney": "ap-southeast-2", "mumbai": "ap-south-1",
    "euw1": "eu-west-1", "euc1": "eu-central-1", "use1": "us-east-1",
}  # fmt: skip
"""Regions by the city, the country or the people they are called after. Of a country with several, the one most used."""
