"""What tests/python/test_airflow.py asks of a real Airflow; runs inside its environment. The last line of output is JSON.

airflow_run.py parse               reads the folder of DAGs
airflow_run.py run DAG…            runs each with dag.test()
airflow_run.py clear DAG           runs it, clears its tasks as a person would, and runs them again
airflow_run.py trigger JOB LIVE    a trigger that is stopped and begun again; the server away; a task ended by a person
"""

import asyncio
import json
import os
import sys


def dags() -> dict:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag()
    if bag.import_errors:
        raise SystemExit(json.dumps(bag.import_errors))
    return bag.dags


def tasks_of(run) -> dict:
    return {ti.task_id: [str(ti.state), ti.try_number] for ti in run.get_task_instances()}


def parse() -> dict:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.providers_manager import ProvidersManager

    bag = DagBag()
    manager = ProvidersManager()
    found = {}
    for dag_id, dag in bag.dags.items():
        found[dag_id] = {
            "timetable": type(dag.timetable).__name__,
            "start_date": str(dag.start_date),
            "end_date": str(dag.end_date),
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "tasks": {task.task_id: [task.task_type, task.retries] for task in dag.tasks},
        }
    return {
        "errors": dict(bag.import_errors),
        "dags": found,
        "provider": "hearth" in manager.providers,
        "hook": getattr(manager.hooks.get("hearth"), "hook_name", None),
    }


def run(*names: str) -> dict:
    known = dags()
    ended = {}
    for name in names:
        result = known[name].test()
        ended[name] = {"state": str(result.state), "run_id": result.run_id, "tasks": tasks_of(result)}
    return ended


def clear(name: str) -> dict:
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import clear_task_instances
    from airflow.sdk.definitions.dag import _run_task
    from airflow.utils.session import create_session

    dag = dags()[name]
    first = dag.test()
    answer = {"run_id": first.run_id, "first": tasks_of(first)}
    with create_session() as session:
        again = session.get(DagRun, first.id)
        clear_task_instances(again.get_task_instances(session=session), session)
        session.commit()
        for ti in again.get_task_instances(session=session):
            ti.try_number += 1  # as the scheduler does
            session.commit()
            _run_task(ti=ti, task=dag.task_dict[ti.task_id], run_triggerer=True)
        session.expire_all()
        answer["second"] = tasks_of(again)
    return answer


def trigger(job_id: str, live_job_id: str) -> dict:
    from airflow.sdk._shared.module_loading import import_string
    from hearth.airflow import HearthJobTrigger

    async def first_event(one) -> dict:
        return (await anext(one.run())).payload

    async def story() -> dict:
        begun = HearthJobTrigger(live_job_id, poll_seconds=0.1, longest_poll_seconds=0.2, cancels_job=True)
        watching = asyncio.create_task(first_event(begun))
        await asyncio.sleep(1)
        watching.cancel()  # as a triggerer does that stops
        await asyncio.gather(watching, return_exceptions=True)
        path, arguments = json.loads(json.dumps(begun.serialize()))
        again = import_string(path)(**arguments)
        answer = {"deadline": await first_event(import_string(path)(**{**arguments, "deadline": 1.0}))}
        watching = asyncio.create_task(first_event(again))
        await asyncio.sleep(0.5)
        answer["live"] = not watching.done()
        await again.on_kill()  # as a triggerer does when a person ends the task
        answer["ended"] = await asyncio.wait_for(watching, 60)
        answer["done"] = await first_event(HearthJobTrigger(job_id))
        answer["unknown"] = await first_event(HearthJobTrigger("none"))
        os.environ["AIRFLOW_CONN_AWAY"] = '{"conn_type": "hearth", "host": "127.0.0.1", "port": 1}'
        away = HearthJobTrigger(job_id, "away", poll_seconds=0.1, patience_seconds=0.5)
        answer["away"] = await asyncio.wait_for(first_event(away), 60)
        return answer

    return asyncio.run(story())


if __name__ == "__main__":
    answer = {"parse": parse, "run": run, "clear": clear, "trigger": trigger}[sys.argv[1]](*sys.argv[2:])
    print("\n" + json.dumps(answer), flush=True)
