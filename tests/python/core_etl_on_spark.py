"""Runs cases of CoreETL on Apache Spark: core_etl_on_spark.py FOLDER PROGRAM. FOLDER/cases.json: a list of {name, jobs}, in order.

What happened is in FOLDER/answers.json: for each case an empty text, or the error.
"""

import importlib.util
import json
import pathlib
import sys

from pyspark.sql import SparkSession

folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
spec = importlib.util.spec_from_file_location("core_etl", program)
core_etl = importlib.util.module_from_spec(spec)
spec.loader.exec_module(core_etl)

builder = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
)
spark = builder.config("spark.sql.warehouse.dir", str(folder / "spark-warehouse")).getOrCreate()
answers = {}
for case in json.loads((folder / "cases.json").read_text()):
    answers[case["name"]] = ""
    for job in case["jobs"]:
        try:
            core_etl.run(spark, job)
        except Exception as error:
            answers[case["name"]] = str(error)
            break
(folder / "answers.json").write_text(json.dumps(answers))
