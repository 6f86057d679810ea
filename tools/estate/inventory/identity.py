"""IAM: users with their keys and MFA, roles, and the root users of the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tools.estate.inventory.base import Tags, ago, digest, rng, standard_tags
from tools.estate.world import ACCOUNTS, BY_NAME, READER_ROLE, STORIES

ADMIN = "AdministratorAccess"
READ = "ReadOnlyAccess"
POWER = "PowerUserAccess"


@dataclass(frozen=True, slots=True)
class AccessKey:
    id: str
    active: bool
    created: datetime
    last_used: datetime | None
    last_service: str | None
    last_region: str | None


@dataclass(frozen=True, slots=True)
class User:
    account: str
    region: str
    """Always ``us-east-1``: IAM is global."""
    name: str
    created: datetime
    console: bool
    mfa: bool
    password_changed: datetime | None
    password_last_used: datetime | None
    keys: tuple[AccessKey, ...]
    policies: tuple[str, ...]
    """Names of attached AWS-managed policies."""
    groups: tuple[str, ...]
    tags: Tags

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:user/{self.name}"

    @property
    def id(self) -> str:
        return "AIDA" + digest("user", self.arn)[:17].upper()


@dataclass(frozen=True, slots=True)
class Role:
    account: str
    region: str
    name: str
    path: str
    trust: str
    """Account id or service principal that may assume it."""
    created: datetime
    last_used: datetime | None
    policies: tuple[str, ...]

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:role{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class RootUser:
    account: str
    created: datetime
    mfa: bool
    password_last_used: datetime | None


def _key(owner: str, number: int, active: bool, age: float, used: float | None, service: str) -> AccessKey:
    return AccessKey(
        "AKIA" + digest("access-key", owner, number)[:16].upper(),
        active,
        ago(days=age, hours=number),
        None if used is None else ago(days=used),
        None if used is None else service,
        None if used is None else "eu-west-1",
    )


# Account -> people. A "!" before the name: signs in to the console without MFA.
_PEOPLE: dict[str, str] = {
    "payer": "l.bakker r.smit",
    "security": "a.devos k.mulder t.peters",
    "log-archive": "a.devos",
    "shared-services": "b.visser h.meijer s.degroot !p.bos",
    "network": "b.visser w.hendriks",
    "online-prod": "n.dekker f.vandijk o.brouwer e.kok !g.willems",
    "online-staging": "n.dekker f.vandijk o.brouwer q.maas !x.prins y.huisman",
    "data-prod": "m.jansen c.vermeer i.scholten d.post",
    "data-lab": "m.jansen c.vermeer !u.kuipers z.bosch",
    "backoffice-prod": "v.vanleeuwen j.koster !r.blom",
    "venue-amsterdam": "k.jacobs l.vos !m.timmer",
    "venue-utrecht": "j.devries a.hoekstra p.vandam",
    "venue-rotterdam": "s.kramer !t.evers",
    "venue-eindhoven": "b.willemsen h.verhoeven",
}
_SERVICE_USERS: dict[str, str] = {
    "payer": "svc-billing-export",
    "security": "svc-siem svc-scanner",
    "log-archive": "svc-log-shipper",
    "shared-services": "svc-ci svc-packages svc-terraform",
    "network": "svc-dns",
    "online-prod": "svc-odds-feed svc-payments-gateway svc-mail",
    "online-staging": "svc-test-runner",
    "data-prod": "svc-etl svc-tableau",
    "data-lab": "svc-notebook-sync",
    "backoffice-prod": "svc-payroll svc-erp-sync",
    "venue-amsterdam": "svc-cctv svc-kiosk",
    "venue-utrecht": "svc-cctv svc-marketing",
    "venue-rotterdam": "svc-cctv svc-kiosk",
    "venue-eindhoven": "svc-cctv svc-loyalty",
}
STORY_USER = "svc-legacy-export"


def _person(owner: str, word: str) -> User:
    account, name, mfa = BY_NAME[owner], word.lstrip("!"), not word.startswith("!")
    random = rng("person", owner, name)
    created = random.randint(120, 1300)
    with_key = random.random() < 0.35 or name == "j.devries"
    age = random.randint(10, min(created, 300))
    policy = ADMIN if name in ("b.visser", "l.bakker", "n.dekker") else random.choice((READ, POWER, "ViewOnlyAccess"))
    stale = name in ("q.maas", "d.post")
    last = random.randint(120, 170) if stale else random.uniform(0.1, 20)
    return User(
        account.id,
        "us-east-1",
        name,
        ago(days=created, hours=3),
        True,
        mfa,
        ago(days=random.randint(5, min(created, 400)), hours=2),
        ago(days=last),
        (_key(f"{owner}/{name}", 1, True, age, random.uniform(0, 9), "s3"),) if with_key else (),
        (policy,),
        ("engineers",) if policy != READ else ("readers",),
        standard_tags(account, name),
    )


def _service(owner: str, name: str) -> User:
    account = BY_NAME[owner]
    random = rng("service", owner, name)
    created = random.randint(200, 1400)
    old = random.random() < 0.3
    age = random.randint(100, min(created, 700)) if old else random.randint(5, 88)
    keys = [_key(f"{owner}/{name}", 1, True, age, random.uniform(0, 1), random.choice(("s3", "sts", "ec2", "sqs")))]
    if random.random() < 0.2:
        keys.append(_key(f"{owner}/{name}", 2, False, age + 90, age + 1.0, "s3"))
    return User(
        account.id,
        "us-east-1",
        name,
        ago(days=created, hours=4),
        False,
        False,
        None,
        None,
        tuple(keys),
        (ADMIN,) if name == "svc-terraform" else (random.choice((READ, "AmazonS3FullAccess", "AmazonSQSFullAccess")),),
        (),
        standard_tags(account, name),
    )


def _plain(owner: str, name: str, keys: tuple[AccessKey, ...], policies: tuple[str, ...], days: int) -> User:
    account = BY_NAME[owner]
    tags = standard_tags(account, name)
    return User(account.id, "us-east-1", name, ago(days=days), False, False, None, None, keys, policies, (), tags)


def _special() -> tuple[User, ...]:
    last = next(story.start for story in STORIES if story.key == "stale-admin-key")
    story_key = AccessKey("AKIA5LEGACYEXPORT001", True, ago(days=1341), last, "s3", "eu-west-1")
    # Near-misses: disabled and never used; unused for long but read-only; admin and old but in daily use.
    disabled = _key("venue-rotterdam/svc-old-import", 1, False, 640, None, "s3")
    idle = _key("data-prod/svc-partner-feed", 1, True, 400, 203, "s3")
    never = _key("online-staging/svc-load-test", 1, True, 95, None, "s3")
    broken_glass = BY_NAME["payer"]
    return (
        _plain("backoffice-prod", STORY_USER, (story_key,), (ADMIN,), 1341),
        _plain("venue-rotterdam", "svc-old-import", (disabled,), (ADMIN,), 640),
        _plain("data-prod", "svc-partner-feed", (idle,), ("AmazonS3ReadOnlyAccess",), 400),
        _plain("online-staging", "svc-load-test", (never,), (READ,), 95),
        User(
            broken_glass.id,
            "us-east-1",
            "breakglass-admin",
            ago(days=900),
            True,
            True,
            ago(days=180),
            ago(days=276),
            (),
            (ADMIN,),
            (),
            standard_tags(broken_glass, "breakglass-admin"),
        ),
    )


USERS: tuple[User, ...] = (
    *(_person(owner, word) for owner, words in _PEOPLE.items() for word in words.split()),
    *(_service(owner, name) for owner, names in _SERVICE_USERS.items() for name in names.split()),
    *_special(),
)

DEPLOY_ROLES: dict[str, str] = {
    "online-prod": "deploy-online",
    "online-staging": "deploy-online",
    "data-prod": "deploy-data",
    "data-lab": "deploy-data",
    "backoffice-prod": "deploy-backoffice",
    "venue-amsterdam": "deploy-floor",
    "venue-utrecht": "deploy-floor",
    "venue-rotterdam": "deploy-floor",
    "venue-eindhoven": "deploy-floor",
    "shared-services": "deploy-platform",
    "network": "deploy-platform",
    "security": "deploy-security",
    "log-archive": "deploy-security",
    "payer": "deploy-platform",
}


def _roles(name: str) -> tuple[Role, ...]:
    account, payer, shared = BY_NAME[name].id, BY_NAME["payer"].id, BY_NAME["shared-services"].id
    rows: list[tuple[str, str, str, int, float | None, tuple[str, ...]]] = [
        (READER_ROLE, "/", shared, 60, 0.1, (READER_ROLE,)),  # the policy that `regent queries --policy` prints
        ("OrganizationAccountAccessRole", "/", payer, 1400, 44, (ADMIN,)),
        (DEPLOY_ROLES[name], "/", shared, 900, 0.6, (POWER,)),
        (
            "AWSBackupDefaultServiceRole",
            "/service-role/",
            "backup.amazonaws.com",
            800,
            0.3,
            ("AWSBackupServiceRolePolicyForBackup",),
        ),
        ("app-instance", "/", "ec2.amazonaws.com", 700, 0.05, ("AmazonSSMManagedInstanceCore",)),
        ("app-function", "/", "lambda.amazonaws.com", 600, 0.05, ("AWSLambdaBasicExecutionRole",)),
    ]
    if name == "online-prod":
        # A role that trusts a vendor's account: what Access Analyzer calls external access.
        rows.append(("vendor-odds-provider", "/", "310000000999", 420, 2.0, ("AmazonS3ReadOnlyAccess",)))
    if name == "data-lab":
        rows.append(("old-emr-default", "/", "ec2.amazonaws.com", 1000, None, (ADMIN,)))
    return tuple(
        Role(
            account,
            "us-east-1",
            role,
            path,
            trust,
            ago(days=age),
            None if used is None else ago(days=used),
            policies,
        )
        for role, path, trust, age, used, policies in rows
    )


ROLES: tuple[Role, ...] = tuple(role for account in ACCOUNTS for role in _roles(account.name))


def _root(account: str, name: str) -> RootUser:
    signed_in = next(story.start for story in STORIES if story.key == "root-login")
    weak = name == "venue-amsterdam"
    return RootUser(
        account,
        ago(days=1500),
        not weak,
        signed_in if weak else ago(days=rng("root", name).randint(300, 900)),
    )


ROOT_USERS = {account.id: _root(account.id, account.name) for account in ACCOUNTS}
