"""The network: no way out, and a door for everything that is called and for nothing else."""

import pytest

from tools.catalogue import queries
from tools.iam import actions


def of(resources, kind):
    return [one["Properties"] for one in resources.values() if one["Type"] == kind]


@pytest.fixture(scope="session")
def doors(stacks):
    """Endpoints by the last word of the service's name."""
    found = {}
    for one in of(stacks["Network"], "AWS::EC2::VPCEndpoint"):
        name = one["ServiceName"]
        text = name if isinstance(name, str) else "".join(p for p in name["Fn::Join"][1] if isinstance(p, str))
        found[text.rpartition(".")[2]] = one
    return found


def test_no_route_leads_out_of_the_vpc(stacks):
    resources = stacks["Network"]
    kinds = {one["Type"] for one in resources.values()}
    out = {"InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "VPCGatewayAttachment", "Route", "VPNGateway"}
    assert not {kind for kind in kinds if kind.rpartition("::")[2] in out}
    assert all(not one.get("MapPublicIpOnLaunch") for one in of(resources, "AWS::EC2::Subnet"))


def test_there_is_a_door_for_each_service_that_is_called_and_for_no_other(doors):
    from infra.constructs.reach import GLOBAL_HOSTS, NAMES, NO_ENDPOINT, OWN

    declared = {o.partition(":")[0] for q in queries().values() for o in q.operations} | set(OWN)
    expected = {NAMES.get(name, name) for name in declared - set(GLOBAL_HOSTS) - set(NO_ENDPOINT)}
    assert set(doors) == expected


def test_doors_are_private_and_only_whoever_answers_may_knock(stacks, doors):
    from infra.constructs.reach import GATEWAYS

    for name, door in doors.items():
        if name not in GATEWAYS:
            assert door["PrivateDnsEnabled"] is True and len(door["SecurityGroupIds"]) == 1
    resources = stacks["Network"]
    [rule] = of(resources, "AWS::EC2::SecurityGroupIngress")
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert "SourceSecurityGroupId" in rule and "CidrIp" not in rule
    assert not [g for g in of(resources, "AWS::EC2::SecurityGroup") if g.get("SecurityGroupIngress")]


def test_a_door_lets_through_the_declared_actions_for_our_own_roles_alone(doors):
    from infra.constructs.reach import NAMES, services

    for service in services():
        if not service.private:
            continue
        statements = doors[NAMES.get(service.name, service.name)]["PolicyDocument"]["Statement"]
        allowed = {a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
        assert allowed == set(service.actions), service.name
        assert all(s["Effect"] == "Allow" and "aws:PrincipalArn" in str(s["Condition"]) for s in statements)
    ec2 = doors["ec2"]["PolicyDocument"]["Statement"]
    assert [s["Sid"] for s in ec2] == ["Readers"], "the runtime itself has no business with EC2"
    assert ec2[0]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-exampleorgid"}


def test_every_declared_operation_has_its_actions_at_some_door_or_goes_by_the_list():
    from infra.constructs.reach import services

    known = {service.name: set(service.actions) for service in services()}
    for query in queries().values():
        for operation in query.operations:
            assert set(actions(operation)) <= known[operation.partition(":")[0]], operation


def test_services_for_the_whole_world_are_listed_once():
    from infra.constructs.reach import GLOBAL_HOSTS
    from infra.stacks.member import GLOBAL_SERVICES

    assert set(GLOBAL_HOSTS) <= set(GLOBAL_SERVICES) and set(GLOBAL_SERVICES) - set(GLOBAL_HOSTS) == {"sts"}


def test_what_passed_is_logged(stacks):
    [flow] = of(stacks["Network"], "AWS::EC2::FlowLog")
    assert flow["TrafficType"] == "ALL"
