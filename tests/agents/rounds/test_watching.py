"""The watch where the disk goes with the process: its ledger, snapshots and alerts go on from round to round."""

import json

import pytest

from agents.home import Home
from agents.ledgers import deployment
from agents.overseeing import open_outbox
from agents.rounds.verifying import Heads, verify_round
from agents.rounds.watching import tell, watch_round
from policies.audit.deployed import signer_of
from policies.audit.remote import S3Bucket


@pytest.mark.slow
def test_two_rounds_on_two_disks_are_one_ledger_in_the_bucket(house, tmp_path, capsys):
    first = watch_round(house.settings, Home(tmp_path / "one"), house.clients)
    second = watch_round(house.settings, Home(tmp_path / "two"), house.clients)
    assert second.evaluation.index > first.evaluation.index
    # the second used what the first had collected, or it would have as many new records
    assert {one.id: one.status for one in second.evaluation.statuses} == {
        one.id: one.status for one in first.evaluation.statuses
    }
    key = signer_of(deployment(house.settings), "regent.test", house.clients).vkey
    bucket = S3Bucket(house.clients("s3"), house.bucket, "ledger")
    heads = Heads(house.clients("dynamodb"), house.settings.state_table)
    [verdict] = verify_round(bucket, [key], heads, until=9e12).verdicts.values()
    assert verdict.code == 0 and verdict.size > second.evaluation.index
    snapshots = house.clients("s3").list_objects_v2(Bucket=house.bucket.replace("ledger", "keys"), Prefix="evidence/")
    assert snapshots["KeyCount"] > 20
    said = tell(second, house.settings, Home(tmp_path / "two"))
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["OwnCostUsd"] == 0 and said["left"] == []
    assert open_outbox(Home(tmp_path / "two"), house.settings).looked("regent.test/watch", "sample") is not None
