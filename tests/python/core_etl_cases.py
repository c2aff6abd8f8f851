"""Cases of CoreETL: input files, jobs run one after another, and what lies in the places they wrote to.

{dir} stands for the case's own folder, {case} for its name. Both engines run every case; rows are compared without their order.
"""

ORDERS = "id,country,amount\n1,de,10\n2,fr,0\n3,de,5\n4,,7\n"
CHANGES = "id,country,amount\n2,fr,20\n3,at,6\n9,it,90\n"


def csv(name: str, **more) -> dict:
    return {
        "name": name,
        "type": "csv",
        "path": f"{{dir}}/{name}.csv",
        "options": {"header": "true", "inferSchema": "true"},
        **more,
    }


def parquet(name: str = "out", **more) -> dict:
    return {"name": name, "type": "parquet", "path": f"{{dir}}/{name}", **more}


def table(**more) -> dict:
    return {"name": "out", "type": "table", "table": "{case}", **more}


def job(sources: list, sinks: list, **steps: str) -> dict:
    transformations = [{"name": name, "type": "sql", "query": query} for name, query in steps.items()]
    return {"sources": sources, "transformations": transformations, "sinks": sinks}


# name, files, jobs, what is read afterwards (folder or table: rows as dictionaries, sorted; or lines of text), or the error
CASES = {
    "formats": {
        "files": {
            "orders.csv": ORDERS,
            "events.json": '{"id": 1, "tags": ["a", "b"], "at": {"x": 1.5}}\n{"id": 2, "tags": [], "at": null}\n',
            "words.txt": "one two\nthree\n",
        },
        "jobs": [
            job(
                [
                    csv("orders", filter="amount > 0", columns=["country", "id"]),
                    {
                        "name": "events",
                        "type": "json",
                        "path": "{dir}/events.json",
                        "options": {"schema": "id BIGINT, tags ARRAY<STRING>, at STRUCT<x: DOUBLE>"},
                    },
                    {"name": "words", "type": "text", "path": "{dir}/words.txt"},
                ],
                [
                    parquet(mode="overwrite", **{"from": "joined"}),
                    {"name": "lines", "type": "text", "path": "{dir}/lines", "mode": "append", "from": "loud"},
                    {
                        "name": "sheet",
                        "type": "csv",
                        "path": "{dir}/sheet",
                        "mode": "overwrite",
                        "from": "orders",
                        "options": {"header": False, "sep": ";"},
                    },
                    {"name": "log", "type": "json", "path": "{dir}/log", "mode": "overwrite", "from": "events"},
                ],
                joined="SELECT o.id, o.country, e.tags, e.at.x AS x -- all orders\nFROM orders o LEFT JOIN events e USING (id);",
                loud="SELECT upper(value) AS value FROM words",
            )
        ],
        "outputs": {
            "out": [
                {"id": 1, "country": "de", "tags": ["a", "b"], "x": 1.5},
                {"id": 3, "country": "de", "tags": None, "x": None},
                {"id": 4, "country": None, "tags": None, "x": None},
            ],
            "lines": ["ONE TWO", "THREE"],
            "sheet": [";4", "de;1", "de;3"],
            "log": ['{"id":1,"tags":["a","b"],"at":{"x":1.5}}', '{"id":2,"tags":[]}'],
        },
    },
    "types": {
        "files": {"one.txt": "1\n"},
        "jobs": [
            job(
                [{"name": "one", "type": "text", "path": "{dir}/one.txt"}],
                [parquet()],
                typed="""SELECT CAST(value AS INT) AS i, 5000000000 AS big, CAST(1.25 AS DECIMAL(9, 3)) AS d, DATE '2026-01-15' AS day,
                         TIMESTAMP_NTZ '2026-01-15 12:30:00.25' AS at, true AS yes, CAST('ab' AS BINARY) AS bytes,
                         map('k', array(1, NULL)) AS m, CAST(NULL AS DOUBLE) AS nothing FROM one""",
            )
        ],
        "outputs": {"out": None},
    },
    "append_adds": {
        "files": {"orders.csv": ORDERS},
        "jobs": [job([csv("orders", columns=["id"])], [parquet(mode="append", **{"from": "orders"})])] * 2,
        "outputs": {"out": [{"id": i} for i in (1, 1, 2, 2, 3, 3, 4, 4)]},
    },
    "overwrite_replaces_all": {
        "files": {"orders.csv": ORDERS, "changes.csv": CHANGES},
        "jobs": [
            job([csv("orders")], [parquet(mode="append", partitionBy=["country"])]),
            job([csv("changes")], [parquet(mode="overwrite", overwrite="table", partitionBy=["country"])]),
        ],
        "outputs": {
            "out": [
                {"id": 2, "amount": 20, "country": "fr"},
                {"id": 3, "amount": 6, "country": "at"},
                {"id": 9, "amount": 90, "country": "it"},
            ]
        },
    },
    "overwrite_replaces_partitions": {
        "files": {"orders.csv": ORDERS, "changes.csv": CHANGES},
        "jobs": [
            job([csv("orders")], [parquet(mode="append", partitionBy=["country"])]),
            job([csv("changes")], [parquet(mode="overwrite", overwrite="partitions", partitionBy=["country"])]),
        ],
        "outputs": {
            "out": [
                {"id": 1, "amount": 10, "country": "de"},
                {"id": 2, "amount": 20, "country": "fr"},
                {"id": 3, "amount": 5, "country": "de"},
                {"id": 3, "amount": 6, "country": "at"},
                {"id": 4, "amount": 7, "country": None},
                {"id": 9, "amount": 90, "country": "it"},
            ]
        },
    },
    "merge_replaces_and_adds": {
        "files": {"orders.csv": ORDERS, "changes.csv": CHANGES},
        "jobs": [
            job([csv("orders")], [parquet(mode="merge", mergeKeys=["id"])]),
            job(
                [csv("changes")],
                [parquet(mode="merge", mergeKeys=["ID"])],
                # Other order and other types than the target's.
                shuffled="SELECT country, CAST(amount AS BIGINT) AS amount, CAST(id AS STRING) AS id FROM changes",
            ),
        ],
        "outputs": {
            "out": [
                {"id": 1, "country": "de", "amount": 10},
                {"id": 2, "country": "fr", "amount": 20},
                {"id": 3, "country": "at", "amount": 6},
                {"id": 4, "country": None, "amount": 7},
                {"id": 9, "country": "it", "amount": 90},
            ]
        },
    },
    "merge_takes_null_as_a_key": {
        "files": {"orders.csv": ORDERS, "changes.csv": "country,day,amount\n,2,70\nde,1,11\n"},
        "jobs": [
            job(
                [csv("orders")],
                [parquet(mode="merge", mergeKeys=["country", "day"])],
                first="SELECT country, 1 AS day, sum(amount) AS amount FROM orders GROUP BY country "
                "UNION ALL SELECT NULL, 2, 7 UNION ALL SELECT 'fr', NULL, 8",
            ),
            job([csv("changes")], [parquet(mode="merge", mergeKeys=["country", "day"])]),
        ],
        "outputs": {
            "out": [
                {"country": "de", "day": 1, "amount": 11},
                {"country": "fr", "day": 1, "amount": 0},
                {"country": "fr", "day": None, "amount": 8},
                {"country": None, "day": 1, "amount": 7},
                {"country": None, "day": 2, "amount": 70},
            ]
        },
    },
    "merge_moves_rows_between_partitions": {
        "files": {"orders.csv": ORDERS.replace("de", "01"), "changes.csv": CHANGES},
        "jobs": [
            job(
                [csv("orders")],
                [parquet(mode="merge", mergeKeys=["id"], partitionBy=["country"])],
                # Folder names look like numbers; the column is text.
                padded="SELECT id, amount, lpad(CAST(country AS STRING), 2, '0') AS country FROM orders",
            ),
            job([csv("changes")], [parquet(mode="merge", mergeKeys=["id"], partitionBy=["country"])]),
        ],
        "outputs": {
            "out": [
                {"id": 1, "amount": 10, "country": "01"},
                {"id": 2, "amount": 20, "country": "fr"},
                {"id": 3, "amount": 6, "country": "at"},
                {"id": 4, "amount": 7, "country": None},
                {"id": 9, "amount": 90, "country": "it"},
            ]
        },
    },
    "merge_refuses_a_key_that_is_there_twice": {
        "files": {"orders.csv": ORDERS, "changes.csv": "id,country,amount\n7,x,1\n7,y,2\n"},
        "jobs": [
            job([csv("orders")], [parquet()]),
            job([csv("changes")], [parquet(mode="merge", mergeKeys=["id"])]),
        ],
        "error": ["MERGE_CARDINALITY_VIOLATION", '{"id":7}'],
        "outputs": {
            "out": [
                {"id": 1, "country": "de", "amount": 10},
                {"id": 2, "country": "fr", "amount": 0},
                {"id": 3, "country": "de", "amount": 5},
                {"id": 4, "country": None, "amount": 7},
            ]
        },
    },
    "merge_refuses_null_as_a_key_twice": {
        "files": {"changes.csv": "id,country\n1,\n2,\n"},
        "jobs": [job([csv("changes")], [parquet(mode="merge", mergeKeys=["country"])])],
        "error": ["MERGE_CARDINALITY_VIOLATION", '{"country":null}'],
        "outputs": {},
    },
    "merge_refuses_other_columns": {
        "files": {"orders.csv": ORDERS, "changes.csv": "id,country,price\n1,x,1\n"},
        "jobs": [
            job([csv("orders", columns=["id", "country"])], [parquet()]),
            job([csv("changes")], [parquet(mode="merge", mergeKeys=["id"])]),
        ],
        "error": ["INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "price"],
        "outputs": {},
    },
    "tables_are_made_appended_to_and_read": {
        "files": {"orders.csv": ORDERS},
        "jobs": [
            job([csv("orders")], [table(mode="append")]),
            # By name, whatever the order.
            job([csv("orders")], [table(mode="append")], turned="SELECT amount, id + 10 AS id, country FROM orders"),
            # Under the name of the table itself.
            job(
                [
                    {
                        "name": "{case}",
                        "type": "table",
                        "database": "default",
                        "table": "{case}",
                        "filter": "amount >= 7",
                    }
                ],
                [parquet(), table(table="{case}_2", mode="append")],
            ),
        ],
        "outputs": {
            "out": [
                {"id": 1, "country": "de", "amount": 10},
                {"id": 4, "country": None, "amount": 7},
                {"id": 11, "country": "de", "amount": 10},
                {"id": 14, "country": None, "amount": 7},
            ]
        },
    },
    "partitions_of_a_table_are_overwritten": {
        "files": {"orders.csv": ORDERS, "changes.csv": CHANGES},
        "jobs": [
            job([csv("orders")], [table(mode="overwrite", partitionBy=["country"])]),
            job(
                [csv("changes", filter="country = 'fr'")],
                [table(mode="overwrite", overwrite="partitions", partitionBy=["country"])],
            ),
            job([{"name": "kept", "type": "table", "table": "{case}"}], [parquet()]),
        ],
        "outputs": {
            "out": [
                {"id": 1, "amount": 10, "country": "de"},
                {"id": 2, "amount": 20, "country": "fr"},
                {"id": 3, "amount": 5, "country": "de"},
                {"id": 4, "amount": 7, "country": None},
            ]
        },
    },
    "tables_are_merged_into": {
        "files": {"orders.csv": ORDERS, "changes.csv": CHANGES},
        "jobs": [
            job([csv("orders")], [table(mode="merge", mergeKeys=["id"], partitionBy=["country"])]),
            job([csv("changes")], [table(mode="merge", mergeKeys=["id"])]),
            job([{"name": "kept", "type": "table", "table": "{case}"}], [parquet()]),
        ],
        "outputs": {
            "out": [
                {"id": 1, "amount": 10, "country": "de"},
                {"id": 2, "amount": 20, "country": "fr"},
                {"id": 3, "amount": 6, "country": "at"},
                {"id": 4, "amount": 7, "country": None},
                {"id": 9, "amount": 90, "country": "it"},
            ]
        },
    },
    "steps_are_queries": {
        "files": {"orders.csv": ORDERS},
        "jobs": [job([csv("orders")], [parquet()], step="DROP TABLE orders")],
        "error": ["PARSE_SYNTAX_ERROR"],
        "outputs": {},
    },
    "a_wrong_name_is_told": {
        "files": {"orders.csv": ORDERS},
        "jobs": [job([csv("orders")], [parquet()], step="SELECT nobody FROM orders")],
        "error": ["UNRESOLVED_COLUMN.WITH_SUGGESTION", "nobody"],
        "outputs": {},
    },
}
