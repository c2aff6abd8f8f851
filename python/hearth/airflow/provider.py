"""What Airflow's provider manager is told. Imports nothing of Airflow."""

from typing import Any


def get_provider_info() -> dict[str, Any]:
    def modules(module: str) -> list[dict[str, Any]]:
        return [{"integration-name": "Hearth", "python-modules": [f"hearth.airflow.{module}"]}]

    return {
        "package-name": "hearth",
        "name": "Hearth",
        "description": "Jobs of a Hearth server.",
        "integrations": [{"integration-name": "Hearth", "external-doc-url": "", "tags": ["service"]}],
        "operators": modules("operator"),
        "sensors": modules("sensor"),
        "triggers": modules("trigger"),
        "hooks": modules("hook"),
        "connection-types": [{"connection-type": "hearth", "hook-class-name": "hearth.airflow.hook.HearthHook"}],
    }
