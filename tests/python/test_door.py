"""The protocol, message by message: what a client sees that PySpark does not show."""

import hashlib
import uuid
import zlib

import grpc
import pyarrow
import pyspark.sql.connect.proto as pb
import pytest
import zstandard
from wire import Wire, failure_of, numbers, query, statement

Artifacts = pb.AddArtifactsRequest


@pytest.fixture
def wire(remote) -> Wire:
    return Wire(remote)


def batches(responses):
    return [
        pyarrow.ipc.open_stream(response.arrow_batch.data).read_all()
        for response in responses
        if response.HasField("arrow_batch")
    ]


# ---- Configuration


def test_clients_find_every_setting_they_ask_for(wire):
    asked = [
        "spark.connect.session.planCompression.threshold",
        "spark.connect.session.planCompression.defaultAlgorithm",
        "spark.sql.timestampType",
        "spark.sql.session.timeZone",
        "spark.sql.session.localRelationCacheThreshold",
        "spark.sql.session.localRelationSizeLimit",
        "spark.sql.session.localRelationChunkSizeRows",
        "spark.sql.session.localRelationChunkSizeBytes",
        "spark.sql.session.localRelationBatchOfChunksSizeBytes",
        "spark.sql.execution.pandas.structHandlingMode",
        "spark.sql.execution.arrow.pyspark.selfDestruct.enabled",
        "spark.sql.execution.pandas.convertToArrowArraySafely",
        "spark.sql.repl.eagerEval.enabled",
        "spark.sql.connect.serverStacktrace.enabled",
        "spark.sql.ansi.enabled",
    ]
    values = wire.get(*asked)
    assert list(values) == asked and None not in values.values()
    assert int(values["spark.connect.session.planCompression.threshold"]) == 10485760
    assert values["spark.sql.ansi.enabled"] == "true"


def test_unset_values_are_three_different_things(wire):
    assert wire.get("spark.sql.optimizer.excludedRules") == {"spark.sql.optimizer.excludedRules": None}
    error = failure_of(lambda: wire.get("no.such.key"))
    assert (error.condition, error.sql_state) == ("SQL_CONF_NOT_FOUND", "42K0I")
    assert error.parameters == {"sqlConf": '"no.such.key"'}
    option = wire.config(get_option=pb.ConfigRequest.GetOption(keys=["no.such.key"]))
    assert len(option.pairs) == 1 and not option.pairs[0].HasField("value")
    wire.set("my.key", "")
    assert wire.get("my.key") == {"my.key": ""}


def test_set_stops_at_a_failure_and_keeps_what_came_before(wire):
    pairs = [pb.KeyValue(key="a.b", value="1"), pb.KeyValue(key="spark.sql.ansi.enabled", value="maybe")]
    error = failure_of(lambda: wire.config(set=pb.ConfigRequest.Set(pairs=pairs)))
    assert (error.condition, error.sql_state) == ("INVALID_CONF_VALUE.TYPE_MISMATCH", "22022")
    assert wire.get("a.b") == {"a.b": "1"}
    answer = wire.config(set=pb.ConfigRequest.Set(pairs=pairs, silent=True))
    assert len(answer.warnings) == 1 and "TYPE_MISMATCH" in answer.warnings[0]


def test_static_settings_stay(wire):
    assert failure_of(lambda: wire.set("spark.sql.warehouse.dir", "/x")).condition == "CANNOT_MODIFY_STATIC_CONFIG"
    assert failure_of(lambda: wire.set("spark.driver.memory", "2g")).condition == "CANNOT_MODIFY_CONFIG"
    keys = ["spark.sql.ansi.enabled", "spark.sql.warehouse.dir", "no.such"]
    answer = wire.config(is_modifiable=pb.ConfigRequest.IsModifiable(keys=keys))
    assert [pair.value for pair in answer.pairs] == ["true", "false", "false"]


def test_get_all_strips_the_prefix(wire):
    wire.set("mine.one", "1")
    wire.set("mine.two", "2")
    answer = wire.config(get_all=pb.ConfigRequest.GetAll(prefix="mine."))
    assert {pair.key: pair.value for pair in answer.pairs} == {"one": "1", "two": "2"}


def test_sql_and_config_share_their_settings(wire):
    list(wire.execute(statement("SET spark.sql.shuffle.partitions = 5")))
    assert wire.get("spark.sql.shuffle.partitions") == {"spark.sql.shuffle.partitions": "5"}
    list(wire.execute(statement("RESET spark.sql.shuffle.partitions")))
    assert wire.get("spark.sql.shuffle.partitions") == {"spark.sql.shuffle.partitions": "200"}


# ---- Sessions


def test_a_session_is_known_by_user_and_id(wire, remote):
    wire.set("my.key", "1")
    same = Wire(remote, wire.session_id)
    assert same.get("my.key") == {"my.key": "1"}
    other = Wire(remote, wire.session_id, user="somebody else")
    assert failure_of(lambda: other.get("my.key")).condition == "SQL_CONF_NOT_FOUND"


def test_the_server_side_id_stays_and_is_checked(wire):
    first = wire.analyze(spark_version=pb.AnalyzePlanRequest.SparkVersion())
    second = wire.config(get=pb.ConfigRequest.Get(keys=["spark.sql.ansi.enabled"]))
    assert uuid.UUID(first.server_side_session_id) and first.server_side_session_id == second.server_side_session_id
    wire.common["client_observed_server_side_session_id"] = str(uuid.uuid4())
    error = failure_of(lambda: wire.get("spark.sql.ansi.enabled"))
    assert (error.condition, error.sql_state) == ("INVALID_HANDLE.SESSION_CHANGED", "08003")


def test_a_session_id_is_a_uuid(remote):
    error = failure_of(lambda: Wire(remote, "abc").get("spark.sql.ansi.enabled"))
    assert (error.condition, error.sql_state) == ("INVALID_HANDLE.FORMAT", "HY000")


def test_released_sessions_are_closed_for_good(wire):
    wire.set("my.key", "1")
    released = wire.stub.ReleaseSession(pb.ReleaseSessionRequest(**wire.common))
    assert released.server_side_session_id
    error = failure_of(lambda: wire.get("my.key"))
    assert (error.condition, error.sql_state) == ("INVALID_HANDLE.SESSION_CLOSED", "08003")
    again = wire.stub.ReleaseSession(pb.ReleaseSessionRequest(**wire.common))
    assert not again.server_side_session_id


def test_a_clone_starts_with_the_state_of_its_original(wire, remote):
    wire.set("my.key", "1")
    list(wire.execute(statement("CREATE TEMPORARY VIEW v AS SELECT 1 AS a")))
    answer = wire.stub.CloneSession(pb.CloneSessionRequest(**wire.common))
    clone = Wire(remote, answer.new_session_id)
    assert clone.get("my.key") == {"my.key": "1"}
    assert batches(clone.execute(query("SELECT * FROM v")))[0].to_pydict() == {"a": [1]}
    clone.set("my.key", "2")
    assert wire.get("my.key") == {"my.key": "1"}
    error = failure_of(lambda: wire.stub.CloneSession(pb.CloneSessionRequest(new_session_id="abc", **wire.common)))
    assert error.condition == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT"


def test_some_requests_need_a_session_that_exists(wire):
    for call in (
        lambda: wire.stub.GetStatus(pb.GetStatusRequest(**wire.common)),
        lambda: wire.stub.CloneSession(pb.CloneSessionRequest(**wire.common)),
        lambda: wire.reattach(str(uuid.uuid4())),
    ):
        assert failure_of(call).condition == "INVALID_HANDLE.SESSION_NOT_FOUND"


# ---- Operations


def test_results_come_with_schema_offsets_and_an_end(wire):
    responses = list(wire.execute(numbers(25000)))
    assert responses[0].HasField("schema")
    assert responses[-1].HasField("result_complete")
    rows = 0
    for response in responses:
        assert response.session_id == wire.session_id and uuid.UUID(response.response_id)
        if not response.HasField("arrow_batch"):
            continue
        table = pyarrow.ipc.open_stream(response.arrow_batch.data).read_all()
        assert response.arrow_batch.start_offset == rows and response.arrow_batch.row_count == table.num_rows
        rows += table.num_rows
    assert rows == 25000


def test_an_empty_result_has_a_batch_of_no_rows(wire):
    tables = batches(wire.execute(numbers(0)))
    assert [table.num_rows for table in tables] == [0] and tables[0].column_names == ["id"]


def test_batches_are_cut_into_pieces_on_request(wire):
    chunking = pb.ExecutePlanRequest.RequestOption(
        result_chunking_options=pb.base_pb2.ResultChunkingOptions(
            allow_arrow_batch_chunking=True, preferred_arrow_chunk_size=1024
        )
        if hasattr(pb, "base_pb2")
        else pb.ResultChunkingOptions(allow_arrow_batch_chunking=True, preferred_arrow_chunk_size=1024)
    )
    pieces = [r.arrow_batch for r in wire.execute(numbers(1000), options=[chunking]) if r.HasField("arrow_batch")]
    assert len(pieces) > 1 and [piece.chunk_index for piece in pieces] == list(range(len(pieces)))
    assert {piece.num_chunks_in_batch for piece in pieces} == {len(pieces)} and {
        piece.row_count for piece in pieces
    } == {1000}
    assert pyarrow.ipc.open_stream(b"".join(piece.data for piece in pieces)).read_all().num_rows == 1000


def test_an_operation_can_be_read_again_until_it_is_released(wire):
    operation = str(uuid.uuid4())
    first = list(wire.execute(numbers(5), operation_id=operation))
    again = list(wire.reattach(operation))
    assert [r.response_id for r in first] == [r.response_id for r in again]
    rest = list(wire.reattach(operation, first[0].response_id))
    assert [r.response_id for r in rest] == [r.response_id for r in first[1:]]
    assert [r.response_id for r in wire.execute(numbers(5), operation_id=operation)] == [r.response_id for r in first]
    error = failure_of(lambda: wire.execute(numbers(6), operation_id=operation))
    assert error.condition == "INVALID_HANDLE.OPERATION_ALREADY_EXISTS"
    wire.release(operation, until=first[0].response_id)
    assert wire.release(operation).operation_id == operation
    assert not wire.release(operation).HasField("operation_id")
    assert failure_of(lambda: wire.reattach(operation)).condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    assert (
        failure_of(lambda: wire.execute(numbers(5), operation_id=operation)).condition
        == "INVALID_HANDLE.OPERATION_ABANDONED"
    )


def test_cursors_are_checked(wire):
    operation = str(uuid.uuid4())
    list(wire.execute(numbers(5), operation_id=operation))
    for cursor in (str(uuid.uuid4()), "abc"):
        error = failure_of(lambda cursor=cursor: wire.reattach(operation, cursor))
        assert (error.condition, error.sql_state) == ("INVALID_CURSOR.POSITION_NOT_FOUND", "HY109")


def test_status_tells_of_running_and_past_operations(wire):
    operation = str(uuid.uuid4())
    list(wire.execute(numbers(5), operation_id=operation))
    ids = [operation, str(uuid.uuid4())]
    asked = pb.GetStatusRequest.OperationStatusRequest(operation_ids=ids)
    wire.release(operation)
    answer = wire.stub.GetStatus(pb.GetStatusRequest(operation_status=asked, **wire.common))
    states = {status.operation_id: status.state for status in answer.operation_statuses}
    kinds = pb.GetStatusResponse.OperationStatus
    assert states == {ids[0]: kinds.OPERATION_STATE_SUCCEEDED, ids[1]: kinds.OPERATION_STATE_UNKNOWN}


def test_operation_ids_and_tags_are_checked(wire):
    assert failure_of(lambda: wire.execute(numbers(1), operation_id="xyz")).condition == "INVALID_HANDLE.FORMAT"
    for tag in ("", "a,b"):
        error = failure_of(lambda tag=tag: wire.execute(numbers(1), tags=[tag]))
        assert error.classes[0] == "java.lang.IllegalArgumentException"


def test_an_interrupt_needs_a_type(wire):
    error = failure_of(lambda: wire.stub.Interrupt(pb.InterruptRequest(**wire.common)))
    assert error.condition == "UNSUPPORTED_FEATURE.INTERRUPT_TYPE"


# ---- Plans


def test_a_query_as_a_command_is_handed_back(wire):
    responses = list(wire.execute(statement("SELECT 1 AS a")))
    relation = responses[0].sql_command_result.relation
    assert relation.sql.query == "SELECT 1 AS a" and relation.common.plan_id == 7


def test_a_command_is_answered_with_its_rows(wire):
    responses = list(wire.execute(statement("SHOW DATABASES")))
    local = responses[0].sql_command_result.relation.local_relation
    assert pyarrow.ipc.open_stream(local.data).read_all().to_pydict()["namespace"] == ["default"]
    back = batches(wire.execute(pb.Plan(root=pb.Relation(local_relation=local))))
    assert back[0].to_pydict() == {"namespace": ["default"]}


def test_old_clients_send_the_text_itself(wire):
    plan = pb.Plan(command=pb.Command(sql_command=pb.SqlCommand(sql="SELECT 1 AS a")))
    responses = list(wire.execute(plan))
    assert responses[0].sql_command_result.relation.sql.query == "SELECT 1 AS a"


def test_compressed_plans_are_read(wire):
    packed = pb.Plan.CompressedOperation(
        data=zstandard.compress(numbers(3).root.SerializeToString()),
        op_type=pb.Plan.CompressedOperation.OP_TYPE_RELATION,
        compression_codec=pb.COMPRESSION_CODEC_ZSTD if hasattr(pb, "COMPRESSION_CODEC_ZSTD") else 1,
    )
    assert batches(wire.execute(pb.Plan(compressed_operation=packed)))[0].num_rows == 3
    packed.data = b"nonsense"
    error = failure_of(lambda: wire.execute(pb.Plan(compressed_operation=packed)))
    assert error.condition == "CONNECT_INVALID_PLAN.CANNOT_PARSE"


def test_incomplete_plans_are_named(wire):
    for plan, name in (
        (pb.Plan(), "spark.connect.Plan"),
        (pb.Plan(command=pb.Command()), "spark.connect.Command"),
        (pb.Plan(root=pb.Relation()), "spark.connect.Relation"),
    ):
        error = failure_of(lambda plan=plan: wire.execute(plan))
        assert error.condition == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"
        assert error.sql_state == "56K00" and error.parameters["fullName"] == name
        assert error.classes[0] == "org.apache.spark.sql.connect.common.InvalidPlanInput"


def test_what_is_not_served_is_named(wire):
    command = pb.Command(streaming_query_manager_command=pb.StreamingQueryManagerCommand(active=True))
    error = failure_of(lambda: wire.execute(pb.Plan(command=command)))
    assert error.code == grpc.StatusCode.UNIMPLEMENTED and "StreamingQueryManagerCommand" in error.message


def test_the_exit_hook_of_clients_is_served(wire):
    clean = pb.Command(ml_command=pb.MlCommand(clean_cache=pb.MlCommand.CleanCache()))
    responses = list(wire.execute(pb.Plan(command=clean)))
    assert responses[0].ml_command_result.param.integer == 0


def test_analysis_answers(wire):
    Analyze = pb.AnalyzePlanRequest
    version = wire.analyze(spark_version=Analyze.SparkVersion())
    assert version.spark_version.version == "4.3.0"
    parsed = wire.analyze(ddl_parse=Analyze.DDLParse(ddl_string="a int, b string not null"))
    assert [field.name for field in parsed.ddl_parse.parsed.struct.fields] == ["a", "b"]
    assert not parsed.ddl_parse.parsed.struct.fields[1].nullable
    tree = wire.analyze(tree_string=Analyze.TreeString(plan=query("select 1 as a")))
    assert tree.tree_string.tree_string == "root\n |-- a: integer (nullable = false)\n"
    text = '{"type":"struct","fields":[{"name":"a b","type":"integer","nullable":false,"metadata":{}}]}'
    assert wire.analyze(json_to_ddl=Analyze.JsonToDDL(json_string=text)).json_to_ddl.ddl_string == "`a b` INT NOT NULL"
    assert not wire.analyze(is_streaming=Analyze.IsStreaming(plan=query("select 1"))).is_streaming.is_streaming
    assert wire.analyze(is_local=Analyze.IsLocal(plan=query("values (1)"))).is_local.is_local
    assert not wire.analyze(is_local=Analyze.IsLocal(plan=numbers(3))).is_local.is_local
    same = Analyze.SameSemantics(
        target_plan=query("select id as a from range(3)"), other_plan=query("select id as b from range(3)")
    )
    assert wire.analyze(same_semantics=same).same_semantics.result
    other = Analyze.SameSemantics(
        target_plan=query("select id from range(3)"), other_plan=query("select id + 1 from range(3)")
    )
    assert not wire.analyze(same_semantics=other).same_semantics.result
    explained = wire.analyze(
        explain=Analyze.Explain(plan=numbers(3), explain_mode=Analyze.Explain.EXPLAIN_MODE_EXTENDED)
    )
    assert "== Analyzed Logical Plan ==" in explained.explain.explain_string
    assert failure_of(lambda: wire.analyze()).condition == "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD"


def test_persisting_is_remembered(wire):
    Analyze = pb.AnalyzePlanRequest
    root = numbers(3).root

    def level():
        return wire.analyze(get_storage_level=Analyze.GetStorageLevel(relation=root)).get_storage_level.storage_level

    assert not level().use_memory
    wire.analyze(persist=Analyze.Persist(relation=root))
    assert level().use_memory and level().use_disk
    wire.analyze(unpersist=Analyze.Unpersist(relation=root))
    assert not level().use_memory


# ---- Errors


def test_errors_carry_their_condition_and_place(wire):
    error = failure_of(lambda: wire.execute(query("select a from values (1) t(b)")))
    assert error.code == grpc.StatusCode.INTERNAL
    assert (error.condition, error.sql_state) == ("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")
    assert "org.apache.spark.sql.AnalysisException" in error.classes
    details = wire.stub.FetchErrorDetails(pb.FetchErrorDetailsRequest(error_id=error.info["errorId"], **wire.common))
    throwable = details.errors[details.root_error_idx].spark_throwable
    assert throwable.error_class == "UNRESOLVED_COLUMN.WITH_SUGGESTION" and throwable.sql_state == "42703"
    assert throwable.query_contexts[0].fragment == "a"
    again = wire.stub.FetchErrorDetails(pb.FetchErrorDetailsRequest(error_id=error.info["errorId"], **wire.common))
    assert not again.errors


def test_syntax_errors_show_the_statement(wire):
    error = failure_of(lambda: wire.execute(statement("select\n  1 +")))
    assert error.condition == "PARSE_SYNTAX_ERROR" and error.sql_state == "42601"
    assert "(line 2, pos 5)" in error.message and "  1 +\n-----^^^" in error.message
    assert error.classes[0] == "org.apache.spark.sql.catalyst.parser.ParseException"


# ---- Artifacts


def whole(name: str, data: bytes, crc: int | None = None):
    chunk = Artifacts.ArtifactChunk(data=data, crc=zlib.crc32(data) if crc is None else crc)
    return {"batch": Artifacts.Batch(artifacts=[Artifacts.SingleChunkArtifact(name=name, data=chunk)])}


def test_artifacts_are_stored_once_and_checked(wire):
    digest = hashlib.sha256(b"x").hexdigest()
    answer = wire.upload(
        whole(f"cache/{digest}", b"x"), whole("files/a.txt", b"hello"), whole("files/bad.txt", b"hello", crc=5)
    )
    assert [(a.name, a.is_crc_successful) for a in answer.artifacts] == [
        (f"cache/{digest}", True),
        ("files/a.txt", True),
        ("files/bad.txt", False),
    ]
    names = [f"cache/{digest}", "files/a.txt", "cache/zz"]
    statuses = wire.stub.ArtifactStatus(pb.ArtifactStatusesRequest(names=names, **wire.common)).statuses
    assert {name: statuses[name].exists for name in names} == {names[0]: True, names[1]: False, names[2]: False}
    wire.upload(whole("files/a.txt", b"hello"))
    assert failure_of(lambda: wire.upload(whole("files/a.txt", b"other"))).condition == "ARTIFACT_ALREADY_EXISTS"
    for name in ("files/../../x", "/etc/x"):
        assert failure_of(lambda name=name: wire.upload(whole(name, b"x"))).condition == "INVALID_ARTIFACT_PATH"


def test_large_artifacts_come_in_chunks(wire):
    def chunk(data: bytes):
        return Artifacts.ArtifactChunk(data=data, crc=zlib.crc32(data))

    begin = Artifacts.BeginChunkedArtifact(name="files/big", total_bytes=6, num_chunks=2, initial_chunk=chunk(b"abc"))
    answer = wire.upload({"begin_chunk": begin}, {"chunk": chunk(b"def")})
    assert [(a.name, a.is_crc_successful) for a in answer.artifacts] == [("files/big", True)]
    assert failure_of(lambda: wire.upload({"begin_chunk": begin})).classes[0] == "java.lang.IllegalArgumentException"


def arrow_stream(values: list[int]) -> bytes:
    table = pyarrow.table({"a": pyarrow.array(values, pyarrow.int32())})
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def test_uploaded_rows_can_be_read(wire):
    local = pb.LocalRelation(data=arrow_stream([1, 2]), schema="a int").SerializeToString()
    digest = hashlib.sha256(local).hexdigest()
    plan = pb.Plan(root=pb.Relation(cached_local_relation=pb.CachedLocalRelation(hash=digest)))
    assert failure_of(lambda: wire.execute(plan)).condition is not None
    wire.upload(whole(f"cache/{digest}", local))
    assert batches(wire.execute(plan))[0].to_pydict() == {"a": [1, 2]}


def test_rows_uploaded_in_chunks_can_be_read(wire):
    parts = [arrow_stream([1, 2]), arrow_stream([3]), b"a int"]
    hashes = [hashlib.sha256(part).hexdigest() for part in parts]
    wire.upload(*[whole(f"cache/{digest}", part) for digest, part in zip(hashes, parts, strict=True)])
    chunked = pb.ChunkedCachedLocalRelation(dataHashes=hashes[:2], schemaHash=hashes[2])
    tables = batches(wire.execute(pb.Plan(root=pb.Relation(chunked_cached_local_relation=chunked))))
    assert [value for table in tables for value in table.to_pydict()["a"]] == [1, 2, 3]
