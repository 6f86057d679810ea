"""Operations: does it run, what changed, what is there, is it patched and backed up. Importing it declares queries."""

from tools.ops import alarm_history as _alarm_history
from tools.ops import alarms as _alarms
from tools.ops import inventory as _inventory
from tools.ops import recent_changes as _recent_changes

__all__: list[str] = []
_QUERIES = (_alarm_history, _alarms, _inventory, _recent_changes)
