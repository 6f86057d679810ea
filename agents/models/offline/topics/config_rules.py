"""Config rules in plain words: which of AWS's rules is meant by "the rule that disks must be encrypted"."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

_BUCKET = r"buckets?|s3|file stores?|object stores?"
_DISK = r"volumes?|disks?|ebs|drives?"
_DATABASE = r"databases?|dbs?|rds"
_KEY = r"(?:master|kms|encryption|customer|cmk|backing) keys?|cmks?|kms"
_ACCESS_KEY = r"(?:access|api|iam|users?) ?keys?|keys of users"
_ENCRYPTED = r"encrypt\w*|scrambl\w*|cipher\w*"
_PUBLIC = r"public\w*|world|internet|outside|open|expos\w*|anyone|everyone|strangers?"
_ROTATED = r"rotat\w*|renew\w*|replac\w*|cycl\w*|refresh\w*"
_MFA = r"mfa|2fa|(?:second|two) ?-?factors?|multi-?factor"
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("root-account-mfa-enabled", (r"root|master login|account owner", _MFA)),
    ("iam-root-access-key-check", (r"root", r"keys?")),
    ("mfa-enabled-for-iam-console-access", (_MFA,)),
    ("iam-password-policy", (r"passwords?",)),
    ("iam-user-unused-credentials-check", (r"unused|not used|stale|dormant|idle|nobody uses", r"credentials?|passwords?|keys?|users?|log-?ins?")),
    ("cmk-backing-key-rotation-enabled", (_KEY, _ROTATED)),
    ("access-keys-rotated", (rf"{_ACCESS_KEY}|keys?|credentials?", rf"{_ROTATED}|old|older|age|days")),
    ("iam-policy-no-statements-with-admin-access", (r"admin\w*|full (?:access|rights)|all rights", r"polic\w+|access|rights")),
    ("iam-user-no-policies-check", (r"users?", r"polic\w+")),
    ("s3-bucket-public-write-prohibited", (_BUCKET, _PUBLIC, r"writ\w+|upload\w*")),
    ("s3-bucket-public-read-prohibited", (_BUCKET, _PUBLIC, r"read\w*|download\w*|look\w*|seen?")),
    ("s3-bucket-level-public-access-prohibited", (_BUCKET, _PUBLIC)),
    ("s3-bucket-logging-enabled", (_BUCKET, r"logg\w+|logs?")),
    ("s3-bucket-versioning-enabled", (_BUCKET, r"version\w*")),
    ("s3-bucket-server-side-encryption-enabled", (_BUCKET, _ENCRYPTED)),
    ("s3-bucket-ssl-requests-only", (_BUCKET, r"ssl|tls|https")),
    ("rds-snapshots-public-prohibited", (r"snapshots?|copies", _PUBLIC, _DATABASE)),
    ("rds-snapshot-encrypted", (r"snapshots?|copies", _ENCRYPTED, _DATABASE)),
    ("rds-instance-public-access-check", (_DATABASE, _PUBLIC)),
    ("rds-storage-encrypted", (_DATABASE, _ENCRYPTED)),
    ("rds-multi-az-support", (_DATABASE, r"multi-?az|second zone|two zones|standby")),
    ("db-instance-backup-enabled", (_DATABASE, r"backups?|backed up")),
    ("rds-instance-deletion-protection-enabled", (_DATABASE, r"delet\w+")),
    ("ebs-snapshot-public-restorable-check", (r"snapshots?", _PUBLIC)),
    ("encrypted-volumes", (_DISK, _ENCRYPTED)),
    ("restricted-ssh", (r"ssh|port 22",)),
    ("restricted-common-ports", (r"ports?|firewalls?|incoming|inbound",)),
    ("vpc-default-security-group-closed", (r"default security groups?",)),
    ("vpc-flow-logs-enabled", (r"flow logs?",)),
    ("ec2-managedinstance-patch-compliance-status-check", (r"patch\w*|updates?",)),
    ("ec2-imdsv2-check", (r"imds\w*|instance metadata",)),
    ("ec2-instance-no-public-ip", (r"instances?|servers?|machines?", r"public ip\w*|public address\w*")),
    ("lambda-function-public-access-prohibited", (r"functions?|lambdas?", _PUBLIC)),
    ("lambda-function-settings-check", (r"functions?|lambdas?",)),
    ("multi-region-cloudtrail-enabled", (r"cloudtrail|audit trails?", r"regions?")),
    ("cloudtrail-enabled", (r"cloudtrail|audit trails?",)),
    ("guardduty-enabled-centralized", (r"guardduty|threat detect\w+",)),
    ("required-tags", (r"tags?|tagg\w+|labels?|labell\w+",)),
)  # fmt: skip
"""Rules under the names that AWS gives them, and the words that say which; what is more particular comes first."""
_PATTERNS = tuple((name, tuple(re.compile(rf"\b(?:{one})\b") for one in said)) for name, said in _RULES)
_NOT_FIREWALL = r"(?<!firewall )(?<!group )(?<!inbound )(?<!ingress )(?<!routing )(?<!event )(?<!golden )"
SPOKEN = (
    rf"{_NOT_FIREWALL}\b(?:rule|requirement)s? (?:that |which |saying |says |stating |demanding )+(?:[\w<>']+ ){{1,6}}?(?:must|should|may not|has to|have to|needs? to|can not|are to|is to|is|are|be)\b"
    rf"|{_NOT_FIREWALL}\brules? (?:that says |saying )?(?:about|on|regarding|concerning|requiring|demanding|forbidding|against|for(?! (?:the (?:last|past)\b|<)))"
)
"""How a rule is spoken of by what it demands."""
_SPOKEN = re.compile(SPOKEN)
_CLAUSE_END = re.compile(r"\b(?:who|which|what|how many|where|is it|do we|does)\b|[,;?]")
_KIND = re.compile(rf"\b((?:(?!the\b|our\b|config\b|which\b|a\b)[\w-]+ ){{1,4}}){_NOT_FIREWALL}(?:config )?rule\b(?!s)")


def rule_described(flat: str) -> str | None:
    """The name of the rule that is described by what it demands, if one is."""
    if "rule" not in flat and "requirement" not in flat:
        return None
    if match := _SPOKEN.search(flat):
        said = re.sub(r"^.*?\b(?:rule|requirement)s?\b(?: (?:that|which))*", "", flat[match.start() :])
        end = _CLAUSE_END.search(said)
        said = said[: end.start()] if end else said
    elif match := _KIND.search(flat):
        said = match[1]
    else:
        return None
    return next((name for name, every in _PATTERNS if all(one.search(said) for one in every)), None)
