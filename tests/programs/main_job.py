"""The main job of a PySpark user, in one program that every client from 3.5 to 4.3 runs: SQL, DataFrames, local data, pandas,
views, reading and writing, interrupting, errors. SPARK_REMOTE says where the server is; the first argument names a folder.

Prints one line per part that went well; anything else ends it with an exception.
"""

import datetime
import decimal
import pathlib
import sys
import threading
import time

import pandas
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window

folder = pathlib.Path(sys.argv[1])
spark = SparkSession.builder.getOrCreate()


def condition_of(error: PySparkException) -> str:
    """The error condition under the name that the client has for it; 3.5 has it in the text alone."""
    known = error.getCondition() if hasattr(error, "getCondition") else error.getErrorClass()
    return known or str(error).partition("[")[2].partition("]")[0]


def state_of(error: PySparkException) -> str:
    """The SQLSTATE; 3.5 has it in the text alone."""
    return error.getSqlState() or str(error).partition("SQLSTATE: ")[2][:5]


def sql() -> None:
    rows = spark.sql(
        "select id % 3 as k, count(*) as n, sum(id) as s from range(10) group by 1 having count(*) > 1 order by k"
    ).collect()
    assert rows == [Row(k=0, n=4, s=18), Row(k=1, n=3, s=12), Row(k=2, n=3, s=15)], rows
    one = spark.sql("select cast(1.5 as decimal(10,2)) as d, date'2024-02-29' as day, array(1, 2) as a").head()
    assert one == Row(d=decimal.Decimal("1.50"), day=datetime.date(2024, 2, 29), a=[1, 2]), one


def dataframes() -> None:
    people = spark.createDataFrame([(1, "Ada", 36), (2, "Grace", 45), (3, None, 28)], "id int, name string, age int")
    cities = spark.createDataFrame([(1, "London"), (2, "New York")], ["id", "city"])
    joined = people.join(cities, "id", "left").select("id", F.coalesce("name", F.lit("?")).alias("name"), "city")
    assert joined.orderBy("id").collect()[2] == Row(id=3, name="?", city=None)
    ranked = people.withColumn("rank", F.row_number().over(Window.orderBy(F.desc("age"))))
    assert [row["name"] for row in ranked.orderBy("rank").collect()] == ["Grace", "Ada", None]
    assert people.filter(people.age > 30).agg(F.avg("age")).head()[0] == 40.5
    assert people.schema.simpleString() == "struct<id:int,name:string,age:int>"
    assert people.count() == 3 and people.columns == ["id", "name", "age"]


def local_data() -> None:
    frame = pandas.DataFrame({"x": [1, 2, 3], "y": [0.5, None, 2.5], "z": ["a", "b", "c"]})
    there = spark.createDataFrame(frame)
    back = there.where("x <> 2").toPandas()
    assert back["z"].tolist() == ["a", "c"] and back["y"].tolist() == [0.5, 2.5], back
    nested = spark.createDataFrame([Row(a=[1, None], m={"k": 1.5}, s=Row(b=True))]).head()
    assert nested == Row(a=[1, None], m={"k": 1.5}, s=Row(b=True)), nested


def views() -> None:
    spark.range(5).createOrReplaceTempView("numbers")
    assert spark.table("numbers").count() == 5
    assert spark.sql("select max(id) from numbers").head()[0] == 4
    assert spark.catalog.dropTempView("numbers")
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    assert spark.conf.get("spark.sql.shuffle.partitions") == "7"


def files() -> None:
    data = spark.range(100).selectExpr("id", "id % 4 as part", "concat('row ', id) as text")
    data.write.mode("overwrite").partitionBy("part").parquet(str(folder / "parquet"))
    again = spark.read.parquet(str(folder / "parquet"))
    assert again.where("part = 3").count() == 25 and again.count() == 100
    data.write.mode("overwrite").option("header", True).csv(str(folder / "csv"))
    text = spark.read.option("header", True).option("inferSchema", True).csv(str(folder / "csv"))
    assert dict(text.dtypes)["id"] == "int" and text.agg(F.sum("id")).head()[0] == 4950
    data.write.mode("overwrite").json(str(folder / "json"))
    assert spark.read.json(str(folder / "json")).where("text = 'row 42'").head()["id"] == 42
    try:
        data.write.parquet(str(folder / "parquet"))
    except PySparkException as error:
        assert condition_of(error) == "PATH_ALREADY_EXISTS", error
    else:
        raise AssertionError("a write over existing files went through")


def interrupt() -> None:
    def stop_soon() -> None:
        time.sleep(0.7)
        spark.interruptAll()

    stopper = threading.Thread(target=stop_soon)
    stopper.start()
    begin = time.monotonic()
    try:
        spark.sql("select count(*) from range(2000000000) a, range(1000) b where a.id * b.id = -1").collect()
    except PySparkException as error:
        assert "OPERATION_CANCELED" in str(error), error
    else:
        raise AssertionError("the query was not interrupted")
    stopper.join()
    assert time.monotonic() - begin < 20
    assert spark.sql("select 1").head()[0] == 1


def errors() -> None:
    try:
        spark.sql("select nothing from range(1)").collect()
    except AnalysisException as error:
        assert condition_of(error) == "UNRESOLVED_COLUMN.WITH_SUGGESTION", error
        assert state_of(error) == "42703", error
    else:
        raise AssertionError("an unknown column was accepted")
    try:
        spark.sql("select 1 / 0").collect()
    except PySparkException as error:
        assert condition_of(error) == "DIVIDE_BY_ZERO" and state_of(error) == "22012", error
    else:
        raise AssertionError("a division by zero went through")


for part in (sql, dataframes, local_data, views, files, interrupt, errors):
    part()
    print(part.__name__, flush=True)
spark.stop()
