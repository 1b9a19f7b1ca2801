# expect: raised sqlite3.OperationalError|raised sqlite3.DatabaseError|raised MemoryError|stopped memory
# time: 20000
# child: true
# memory: 32
import sqlite3


def run():
    database = sqlite3.connect(":memory:")
    database.execute("create table t (x)")
    while True:
        database.execute("insert into t values (zeroblob(1000000))")
