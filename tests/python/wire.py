"""A Spark Connect client without comfort: requests as messages, answers and errors as they come."""

import json
import uuid

import grpc
import pyspark.sql.connect.proto as pb
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from pyspark.sql.connect.proto import base_pb2_grpc


class Wire:
    """One session over one channel."""

    def __init__(self, remote: str, session_id: str | None = None, user: str = "u"):
        options = [("grpc.max_receive_message_length", 128 << 20)]
        self.channel = grpc.insecure_channel(remote.removeprefix("sc://"), options=options)
        self.stub = base_pb2_grpc.SparkConnectServiceStub(self.channel)
        self.session_id = session_id or str(uuid.uuid4())
        self.common = {"session_id": self.session_id, "user_context": pb.UserContext(user_id=user)}

    def config(self, **operation):
        return self.stub.Config(pb.ConfigRequest(operation=pb.ConfigRequest.Operation(**operation), **self.common))

    def get(self, *keys: str) -> dict[str, str | None]:
        answer = self.config(get=pb.ConfigRequest.Get(keys=keys))
        return {pair.key: pair.value if pair.HasField("value") else None for pair in answer.pairs}

    def set(self, key: str, value: str, **more):
        return self.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key=key, value=value)], **more))

    def analyze(self, **what):
        return self.stub.AnalyzePlan(pb.AnalyzePlanRequest(**what, **self.common))

    def execute(self, plan: pb.Plan, *, operation_id: str | None = None, reattachable: bool = True, options=(), **more):
        """The stream of responses."""
        reattach = pb.ExecutePlanRequest.RequestOption(reattach_options=pb.ReattachOptions(reattachable=reattachable))
        return self.stub.ExecutePlan(
            pb.ExecutePlanRequest(
                plan=plan,
                operation_id=operation_id or str(uuid.uuid4()),
                request_options=[reattach, *options],
                **more,
                **self.common,
            )
        )

    def reattach(self, operation_id: str, after: str | None = None):
        return self.stub.ReattachExecute(
            pb.ReattachExecuteRequest(operation_id=operation_id, last_response_id=after, **self.common)
        )

    def release(self, operation_id: str, until: str | None = None):
        kind = (
            {"release_until": pb.ReleaseExecuteRequest.ReleaseUntil(response_id=until)}
            if until
            else {"release_all": pb.ReleaseExecuteRequest.ReleaseAll()}
        )
        return self.stub.ReleaseExecute(pb.ReleaseExecuteRequest(operation_id=operation_id, **kind, **self.common))

    def upload(self, *messages: dict):
        return self.stub.AddArtifacts(iter([pb.AddArtifactsRequest(**message, **self.common) for message in messages]))


def query(text: str, plan_id: int = 1) -> pb.Plan:
    return pb.Plan(root=relation(text, plan_id))


def relation(text: str, plan_id: int = 1) -> pb.Relation:
    return pb.Relation(common=pb.RelationCommon(plan_id=plan_id), sql=pb.SQL(query=text))


def statement(text: str) -> pb.Plan:
    return pb.Plan(command=pb.Command(sql_command=pb.SqlCommand(input=relation(text, 7))))


def numbers(end: int) -> pb.Plan:
    return pb.Plan(root=pb.Relation(common=pb.RelationCommon(plan_id=1), range=pb.Range(end=end, step=1)))


class Failure:
    """What a client can learn of an error."""

    def __init__(self, error: grpc.RpcError):
        self.code = error.code()
        self.message = error.details()
        self.info: dict[str, str] = {}
        self.reason = ""
        status = rpc_status.from_call(error)
        for detail in status.details if status else []:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info):
                self.info = dict(info.metadata)
                self.reason = info.reason
                assert info.domain == "org.apache.spark"

    @property
    def condition(self) -> str | None:
        return self.info.get("errorClass")

    @property
    def sql_state(self) -> str | None:
        return self.info.get("sqlState")

    @property
    def parameters(self) -> dict[str, str]:
        return json.loads(self.info.get("messageParameters", "{}"))

    @property
    def classes(self) -> list[str]:
        return json.loads(self.info.get("classes", "[]"))


def failure_of(call) -> Failure:
    """Runs the call, streams to their end, and gives the error that it must end with."""
    try:
        answer = call()
        if hasattr(answer, "__next__"):
            list(answer)
    except grpc.RpcError as error:
        return Failure(error)
    raise AssertionError("the call went through")
