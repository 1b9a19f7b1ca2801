import sqlite3


def run():
    database = sqlite3.connect(":memory:")
    database.execute("create table t (a integer primary key, b text)")
    database.executemany("insert into t (b) values (?)", (("x" * (number % 100),) for number in range(5000)))
    return database.execute("select sum(length(b)) from t group by a % 7 order by 1").fetchall()[0][0]
