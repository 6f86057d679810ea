"""Which tests go to one worker together: those of a file, and all that read the same synthesis of the stacks. And which
files are begun first."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

_TOGETHER = ("tests/infra/",)
"""Folders whose files share what takes seconds to make (`tests/infra/conftest.py`): each worker would make it anew."""


_FIRST = ("tests/agents/channels/test_digests_and_kills.py", "tests/agents/channels/test_approving_in_processes.py")
"""Slow tests that wait for minutes for the clock, and use nothing meanwhile. Files of few tests come last otherwise:
then the run would end in waiting for these."""


class ByFile(LoadFileScheduling):
    """`--dist loadfile`, and a folder of `_TOGETHER` as one file."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))

    def _assign_work_unit(self, node: WorkerController) -> None:
        for file in reversed(_FIRST):
            if file in self.workqueue:
                self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)
