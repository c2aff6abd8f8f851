"""Hearth from Python: `connect()` gives a plain PySpark session on a Hearth server, which it finds or starts.

import hearth
spark = hearth.connect()
spark.sql("select 1").show()
"""

from hearth.session import connect

__all__ = ["connect"]
