"""Network: a VPC without internet, and an endpoint for every service that is called from inside, and no other.

No subnet has a route out. What has no endpoint in the VPC (services with one endpoint for the world, the other declared
regions, the issuer of people's tokens) is reached through the passage, a function outside the VPC that forwards signed
requests to a list of hosts: `infra.constructs.passage`.
"""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group
from infra.constructs.keys import key_of_logs
from infra.constructs.passage import passage
from infra.constructs.reach import GATEWAYS, OWN, Service, services
from infra.stacks.member import ROLE


class NetworkStack(Stack):
    """The VPC, its endpoints, and `inside`: the security group of whoever may use them."""

    def __init__(self, scope: Construct, id: str, environment: Environment, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment = environment
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(str(environment.network.cidr)),
            # as CloudFormation will find them: synthesis is offline
            availability_zones=self.availability_zones,
            nat_gateways=0,
            create_internet_gateway=False,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Inside", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
            ],
        )
        key = self._key()
        self._flow_logs(key)
        passage(self, environment, key)
        self.inside = ec2.SecurityGroup(
            self,
            "Inside",
            vpc=self.vpc,
            description="Whoever answers: asks endpoints, is asked by nobody",
            allow_all_outbound=False,
        )
        # no route leads out of the VPC: this reaches endpoints, those of S3 and DynamoDB by AWS's own addresses
        self.inside.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "Endpoints; there is no other route")
        self._doors = ec2.SecurityGroup(
            self, "Doors", vpc=self.vpc, description="Interface endpoints", allow_all_outbound=False
        )
        self._doors.add_ingress_rule(self.inside, ec2.Port.tcp(443), "Whoever answers")
        for service in services():
            if service.name in GATEWAYS:
                self._gateway(service)
            elif service.private:
                self._interface(service)

    @property
    @jsii.member(jsii_name="availabilityZones")
    def availability_zones(self) -> list[str]:
        """Zones as CloudFormation lists them when it deploys: the CDK would look them up, which needs credentials."""
        return [Fn.select(zone, Fn.get_azs()) for zone in range(self._environment.network.zones)]

    def _gateway(self, service: Service) -> None:
        known = {
            "s3": ec2.GatewayVpcEndpointAwsService.S3,
            "dynamodb": ec2.GatewayVpcEndpointAwsService.DYNAMODB,
        }
        endpoint = self.vpc.add_gateway_endpoint(_title(service), service=known[service.name])
        for statement in self._may(service):
            endpoint.add_to_policy(statement)

    def _interface(self, service: Service) -> None:
        endpoint = self.vpc.add_interface_endpoint(
            _title(service),
            service=service.endpoint,
            security_groups=[self._doors],
            private_dns_enabled=True,
            open=False,
        )
        for statement in self._may(service):
            endpoint.add_to_policy(statement)

    def _may(self, service: Service) -> list[iam.PolicyStatement]:
        """Who may pass an endpoint, and for what: our own roles for what is ours, reader roles for what is declared."""
        organization = self._environment.organization
        own = set(OWN.get(service.name, ()))
        read = [action for action in service.actions if action not in own]
        home = f"arn:aws:iam::{self._environment.account}:role/{self._environment.prefix}Runtime"
        statements = []
        if own:
            statements.append(
                iam.PolicyStatement(
                    sid="Own",
                    principals=[iam.AnyPrincipal()],
                    actions=sorted(own),
                    resources=["*"],
                    conditions={"ArnEquals": {"aws:PrincipalArn": home}},
                )
            )
        if read:
            statements.append(
                iam.PolicyStatement(
                    sid="Readers",
                    principals=[iam.AnyPrincipal()],
                    actions=read,
                    resources=["*"],
                    conditions={
                        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{ROLE}"},
                        "StringEquals": {"aws:PrincipalOrgID": organization},
                    },
                )
            )
        return statements

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="Regent: what passed in the network and out of it",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        key.add_to_resource_policy(key_of_logs(self))
        return key

    def _flow_logs(self, key: kms.IKey) -> None:
        group = log_group(self, "FlowLog", self._environment, key)
        self.vpc.add_flow_log(
            "Flow",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
            traffic_type=ec2.FlowLogTrafficType.ALL,
        )


def _title(service: Service) -> str:
    return "".join(part.capitalize() for part in service.name.split("-"))
