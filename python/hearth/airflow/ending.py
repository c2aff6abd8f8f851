"""How a job ended, in lines for a task's log, and whether trying it again could help. Knows nothing of Airflow itself."""

from __future__ import annotations

from typing import Any

LOG_LINES = 30

# Why a task cancels its job. A worker that was cut off ends so as well, when another one already waits for the same job: that
# one's next try makes a new job.
TASK_ENDED = "its Airflow task was ended"

# These are nobody's bad luck: a person asked for the end, or has to look at the data before it runs again.
NOT_TO_BE_REPEATED = frozenset({"CANCELLED", "LOST"})


def last_attempt(job: dict[str, Any]) -> dict[str, Any]:
    attempts = job.get("attempts") or [{}]
    return attempts[-1]


def is_worth_repeating(job: dict[str, Any]) -> bool:
    """False for a failure of the user's own (a wrong statement, a missing input): it would only fail again."""
    if job["status"] == "CANCELLED" and TASK_ENDED in job.get("message", ""):
        return True
    return job["status"] not in NOT_TO_BE_REPEATED and last_attempt(job).get("fault") != "user"


def summary(job: dict[str, Any]) -> str:
    """One line: what happened."""
    text = f"job {job.get('name', '')} ({job['job_id']}) ended as {job['status']}"
    failure = last_attempt(job).get("failure_class")
    if failure:
        text += f" ({failure})"
    reason = job.get("error_message") or job.get("message")
    return f"{text}: {reason}" if reason else text


def explanation(job: dict[str, Any]) -> list[str]:
    """What happened and what to do, attempt by attempt, and the last lines of the driver's log."""
    lines = [summary(job)]
    for attempt in job.get("attempts") or []:
        ending = ", ".join(
            f"{name} {attempt[key]}"
            for name, key in (
                ("exit code", "exit_code"),
                ("signal", "signal"),
                ("class", "failure_class"),
                ("fault", "fault"),
            )
            if attempt.get(key) not in (None, "")
        )
        lines.append(
            f"attempt {attempt.get('number', '?')} on {attempt.get('backend') or 'no backend'}: {ending or 'fine'}"
        )
        lines += [f"  {key}: {attempt[key]}" for key in ("evidence", "advice", "decision") if attempt.get(key)]
    tail = (last_attempt(job).get("log_tail") or "").splitlines()[-LOG_LINES:]
    if tail:
        lines += ["the last lines of its log:", *(f"  {line}" for line in tail)]
    return lines
