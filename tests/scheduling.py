"""Which tests go to one worker together: those of a file, and those of files that share what takes long to make or that
wait for the clock. And which are begun first."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

_TOGETHER = {
    "the clock": (
        "tests/agents/channels/test_digests_and_kills.py",
        "tests/agents/channels/test_approving_in_processes.py",
    ),
    "the stacks": ("tests/infra/",),
    "the bank": ("tests/questions/test_bank.py", "tests/policies/controls/test_evaluations.py"),
}
"""Files, and folders of files, that one worker runs. Those of `the clock` wait for minutes and use nothing meanwhile:
one worker that waits leaves the machine to the others, two would leave half of it idle. `the stacks` read one synthesis
(`tests/infra/conftest.py`), and `the bank` what was answered once (`tests/questions/runner.py`)."""

_FIRST = (
    "the clock",
    "tests/questions/test_plans.py",
    "the bank",
    "the stacks",
    "tests/channels-teams/test_playground.py",
)
"""What takes minutes and has few tests, and would come last otherwise: then the run would end in waiting for it."""


class ByFile(LoadFileScheduling):
    """`--dist loadfile`, and each of `_TOGETHER` as one file."""

    def _split_scope(self, nodeid: str) -> str:
        found = (name for name, places in _TOGETHER.items() if nodeid.startswith(places))
        return next(found, super()._split_scope(nodeid))

    def _assign_work_unit(self, node: WorkerController) -> None:
        for unit in reversed(_FIRST):
            if unit in self.workqueue:
                self.workqueue.move_to_end(unit, last=False)
        super()._assign_work_unit(node)
