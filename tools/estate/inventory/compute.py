"""EC2: instances, their volumes, and the snapshots the company made itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tools.estate.inventory.base import Tags, ago, digest, resource_id, rng, standard_tags
from tools.estate.inventory.network import group_of, vpc_of
from tools.estate.world import BY_NAME, STORIES

VCPUS = {
    "t3.medium": 2,
    "t3.large": 2,
    "t3.xlarge": 4,
    "m6i.large": 2,
    "m6i.xlarge": 4,
    "m6i.2xlarge": 8,
    "c6i.xlarge": 4,
    "c6i.4xlarge": 16,
    "r6i.xlarge": 4,
    "r6i.2xlarge": 8,
    "g5.12xlarge": 48,
}
GPU_INSTANCES = ("i-09f500000000000a1", "i-09f500000000000a2")


@dataclass(frozen=True, slots=True)
class Instance:
    account: str
    region: str
    id: str
    name: str
    type: str
    state: str
    """``running`` or ``stopped``."""
    launched: datetime
    zone: str
    subnet: str
    vpc: str
    groups: tuple[str, ...]
    private_ip: str
    public_ip: str | None
    platform: str
    """``linux`` or ``windows``."""
    image: str
    role: str
    tags: Tags

    @property
    def vcpus(self) -> int:
        return VCPUS[self.type]

    @property
    def arn(self) -> str:
        return f"arn:aws:ec2:{self.region}:{self.account}:instance/{self.id}"


@dataclass(frozen=True, slots=True)
class Volume:
    account: str
    region: str
    id: str
    size: int
    """GiB"""
    type: str
    encrypted: bool
    zone: str
    instance: str | None
    created: datetime
    tags: Tags


@dataclass(frozen=True, slots=True)
class Snapshot:
    account: str
    region: str
    id: str
    volume: str
    size: int
    encrypted: bool
    started: datetime
    public: bool
    description: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Fleet:
    """Equal instances: account, region, name prefix, type, how many, role, team, platform, how many stopped."""

    account: str
    region: str
    prefix: str
    type: str
    count: int
    role: str
    team: str | None = None
    platform: str = "linux"
    stopped: int = 0
    group: str = "internal"


# online-prod in eu-west-1 runs 12*8 + 8*16 + 3*4 = 236 standard vCPUs: the quota-near story.
FLEETS: tuple[Fleet, ...] = (
    Fleet("online-prod", "eu-west-1", "game-server", "m6i.2xlarge", 12, "game-server"),
    Fleet("online-prod", "eu-west-1", "bet-engine", "c6i.4xlarge", 8, "bet-engine", "payments"),
    Fleet("online-prod", "eu-west-1", "queue-worker", "t3.xlarge", 3, "worker", "payments"),
    Fleet("online-prod", "eu-central-1", "dr-standby", "m6i.large", 2, "standby"),
    Fleet("online-staging", "eu-west-1", "stg-game", "m6i.large", 6, "game-server", stopped=2),
    Fleet("online-staging", "eu-west-1", "stg-bet", "t3.large", 4, "bet-engine", "payments"),
    Fleet("data-prod", "eu-west-1", "spark-core", "r6i.2xlarge", 8, "spark"),
    Fleet("data-prod", "eu-west-1", "ingest", "m6i.xlarge", 5, "ingest"),
    Fleet("data-lab", "eu-west-1", "notebook", "m6i.large", 5, "notebook", stopped=2, group="notebook-ssh"),
    Fleet("backoffice-prod", "eu-west-1", "erp-app", "m6i.xlarge", 4, "erp"),
    Fleet("backoffice-prod", "eu-west-1", "file-share", "m6i.large", 3, "files", platform="windows"),
    Fleet(
        "backoffice-prod",
        "eu-west-1",
        "legacy-export",
        "t3.large",
        2,
        "export",
        stopped=1,
        group="legacy-any",
    ),
    Fleet("shared-services", "eu-west-1", "ci-runner", "c6i.xlarge", 5, "ci"),
    Fleet("shared-services", "eu-west-1", "bastion", "t3.medium", 1, "bastion", group="bastion-office"),
    Fleet("shared-services", "eu-central-1", "mirror", "m6i.large", 1, "mirror"),
    Fleet("network", "eu-west-1", "firewall", "c6i.xlarge", 2, "firewall"),
    Fleet("security", "eu-west-1", "siem", "r6i.xlarge", 2, "siem"),
    Fleet("security", "eu-west-1", "scanner", "m6i.large", 1, "scanner"),
    Fleet("log-archive", "eu-west-1", "log-forwarder", "t3.large", 1, "log-forwarder"),
    Fleet("venue-amsterdam", "eu-west-1", "amsterdam-floor", "m6i.large", 12, "floor-system"),
    Fleet("venue-utrecht", "eu-west-1", "utrecht-floor", "m6i.large", 9, "floor-system"),
    Fleet("venue-rotterdam", "eu-west-1", "rotterdam-floor", "m6i.large", 9, "floor-system", stopped=1),
    Fleet(
        "venue-rotterdam",
        "eu-west-1",
        "rotterdam-kiosk",
        "t3.large",
        2,
        "kiosk",
        platform="windows",
        group="kiosk-rdp",
    ),
    Fleet("venue-eindhoven", "eu-west-1", "eindhoven-floor", "m6i.large", 11, "floor-system"),
)
PATCH_GAP = tuple(f"eindhoven-floor-{number:02d}" for number in (2, 3, 5, 7, 8, 11))
"""The six instances of the patch-gap story, by name."""
SCALED_OUT = ("bet-engine-07", "bet-engine-08")
"""The two instances (32 vCPUs) that were added on 10 October: the quota-near story."""


def image_of(account: str, platform: str) -> str:
    """The id of the company's own machine image for a platform."""
    return resource_id("ami", account, platform)


def _instance(fleet: Fleet, number: int) -> Instance:
    account = BY_NAME[fleet.account]
    name = f"{fleet.prefix}-{number:02d}"
    random = rng("instance", fleet.account, name)
    vpc = vpc_of(account.id, fleet.region)
    subnet, zone, cidr = vpc.subnets[(number - 1) % 3]
    third = int(cidr.split(".")[2]) + FLEETS.index(fleet) % 16
    network = ".".join(cidr.split(".")[:2])
    missing = ("cost-center",) if random.random() < 0.1 else ()
    launched = ago(days=random.randint(20, 700), hours=random.randint(0, 20), minutes=random.randint(0, 59))
    if name in SCALED_OUT:
        launched = next(story.start for story in STORIES if story.key == "quota-near")
    exposed = fleet.group in ("notebook-ssh", "kiosk-rdp", "legacy-any", "bastion-office")
    return Instance(
        account.id,
        fleet.region,
        resource_id("i", fleet.account, fleet.region, name),
        name,
        fleet.type,
        "stopped" if number > fleet.count - fleet.stopped else "running",
        launched,
        zone,
        subnet,
        vpc.id,
        (group_of(account.id, fleet.region, fleet.group).id,),
        f"{network}.{third}.{10 + number}",
        f"192.0.2.{int(digest('public', name)[:2], 16) % 240 + 5 + number}" if exposed else None,
        fleet.platform,
        image_of(account.id, fleet.platform),
        fleet.role,
        standard_tags(account, name, team=fleet.team, missing=missing),
    )


def _gpu(instance: str, number: int) -> Instance:
    account = BY_NAME["data-lab"]
    vpc = vpc_of(account.id, "eu-west-1")
    subnet, zone, _ = vpc.subnets[0]
    started = next(story.start for story in STORIES if story.key == "gpu-untagged")
    return Instance(
        account.id,
        "eu-west-1",
        instance,
        instance,
        "g5.12xlarge",
        "running",
        started + timedelta(minutes=number - 1),
        zone,
        subnet,
        vpc.id,
        (group_of(account.id, "eu-west-1", "internal").id,),
        f"10.{18}.0.{200 + number}",
        None,
        "linux",
        image_of(account.id, "linux"),
        "gpu",
        Tags(),
    )


INSTANCES: tuple[Instance, ...] = tuple(
    _instance(fleet, number) for fleet in FLEETS for number in range(1, fleet.count + 1)
) + tuple(_gpu(instance, number) for number, instance in enumerate(GPU_INSTANCES, start=1))


def _volume(instance: Instance) -> Volume:
    random = rng("volume", instance.id)
    size = 500 if instance.role in ("spark", "gpu", "siem") else random.choice((30, 50, 100, 200))
    old_type = random.random() < 0.25
    return Volume(
        instance.account,
        instance.region,
        resource_id("vol", instance.id),
        size,
        "gp2" if old_type else "gp3",
        instance.role not in ("kiosk", "export", "notebook"),
        instance.zone,
        instance.id,
        instance.launched,
        instance.tags,
    )


# Account, how many volumes are attached to nothing, size in GiB.
_LOOSE = (
    ("data-lab", 4, 500),
    ("online-staging", 3, 100),
    ("venue-utrecht", 2, 200),
    ("backoffice-prod", 2, 250),
)


def _loose(name: str, number: int, size: int) -> Volume:
    account = BY_NAME[name]
    return Volume(
        account.id,
        "eu-west-1",
        resource_id("vol", name, "loose", number),
        size,
        "gp2",
        name != "data-lab",
        "eu-west-1a",
        None,
        ago(days=90 + 40 * number, hours=number),
        standard_tags(account, f"{name}-left-over-{number}", missing=("cost-center", "team")),
    )


VOLUMES: tuple[Volume, ...] = tuple(_volume(instance) for instance in INSTANCES) + tuple(
    _loose(name, number, size) for name, count, size in _LOOSE for number in range(1, count + 1)
)


def _snapshot(volume: Volume, number: int) -> Snapshot:
    days = (1, 30, 200, 410)[number]
    return Snapshot(
        volume.account,
        volume.region,
        resource_id("snap", volume.id, number),
        volume.id,
        volume.size,
        volume.encrypted,
        ago(days=days, hours=6),
        False,
        f"Created for {volume.tags.get('Name') or volume.id}",
        volume.tags,
    )


def _snapshots() -> tuple[Snapshot, ...]:
    chosen = [volume for index, volume in enumerate(VOLUMES) if index % 3 == 0]
    return tuple(_snapshot(volume, number) for index, volume in enumerate(chosen) for number in range(index % 4 + 1))


SNAPSHOTS: tuple[Snapshot, ...] = _snapshots()
