"""Jobs of a Hearth server in Apache Airflow (3.3 or newer): an operator, a sensor, their trigger, and the connection.

from hearth.airflow import HearthJobOperator
HearthJobOperator(task_id="nightly", manifest="nightly.yaml", environment="prod")
"""

import importlib

_MODULES = {
    "HearthHook": "hook",
    "HearthJobOperator": "operator",
    "HearthJobSensor": "sensor",
    "HearthJobTrigger": "trigger",
}
__all__ = ["HearthHook", "HearthJobOperator", "HearthJobSensor", "HearthJobTrigger"]


def __getattr__(name: str):
    # Late, so that what Airflow asks at its own start (provider.py) does not import all of it.
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
