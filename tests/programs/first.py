"""A first PySpark program: nothing in it knows of Hearth. SPARK_REMOTE says where the server is."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.getOrCreate()
print(f"Spark {spark.version}")

spark.sql("select 1 as one, 'two' as two, date'2024-02-29' as leap_day").show()

sales = spark.createDataFrame(
    [("north", 2024, 120.5), ("south", 2024, 80.0), ("north", 2025, 130.25), ("south", 2025, 99.75)],
    "region string, year int, amount double",
)
sales.groupBy("region").agg(F.sum("amount").alias("total"), F.max("year").alias("last_year")).orderBy("region").show()
spark.stop()
