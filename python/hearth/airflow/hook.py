"""The connection to a Hearth server."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook

from hearth.jobs import Client

DEFAULT_CONNECTION = "hearth_default"
DEFAULT_PORT = 15080
DEFAULT_KEY_PREFIX = "airflow"


def server_address(connection: Any) -> str:
    host = connection.host or "127.0.0.1"
    if "://" in host:
        return host
    if ":" in host:
        host = f"[{host}]"
    return f"{connection.schema or 'http'}://{host}:{connection.port or DEFAULT_PORT}"


def client_of(connection: Any, **options: Any) -> Client:
    return Client(
        server_address(connection),
        connection.password or None,
        ca_file=connection.extra_dejson.get("ca_file"),
        **options,
    )


def key_prefix_of(connection: Any) -> str:
    return connection.extra_dejson.get("key_prefix") or DEFAULT_KEY_PREFIX


class HearthHook(BaseHook):
    """Connection type `hearth`: host, port (15080), schema (http or https), password (a bearer token, where the server wants one).

    Extra, as JSON: `ca_file` (PEM file that vouches for the server); `key_prefix` (first part of the keys of this Airflow's
    jobs, "airflow"; two Airflows on one server need two).
    """

    conn_name_attr = "hearth_conn_id"
    default_conn_name = DEFAULT_CONNECTION
    conn_type = "hearth"
    hook_name = "Hearth"

    def __init__(self, hearth_conn_id: str = DEFAULT_CONNECTION, **options: Any):
        super().__init__()
        self.hearth_conn_id = hearth_conn_id
        self._options = options  # of hearth.jobs.Client

    def get_conn(self) -> Client:
        return client_of(self.get_connection(self.hearth_conn_id), **self._options)

    async def get_async_conn(self) -> Client:
        """For the triggerer, whose event loop must not wait for the connection."""
        return client_of(await self.aget_connection(self.hearth_conn_id), **self._options)

    def test_connection(self) -> tuple[bool, str]:
        try:
            next(self.get_conn().list(limit=1), None)
        except Exception as error:  # Airflow shows whatever went wrong
            return False, str(error)
        return True, "The server answers."

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        return {
            "hidden_fields": ["login"],
            "relabeling": {"password": "Token", "schema": "Schema (http or https)"},
            "placeholders": {
                "host": "127.0.0.1",
                "port": str(DEFAULT_PORT),
                "extra": '{"ca_file": "", "key_prefix": "airflow"}',
            },
        }
