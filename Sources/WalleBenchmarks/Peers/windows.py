"""Windows over the events of `StreamEvents`, computed by DuckDB on one thread from a table that holds all of them."""

import time

import duckdb

KEY = "((i * 2654435761) & 4294967295) // 256 % {keys}"


def table(count: int, keys: int, per_second: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        f"""CREATE TABLE events AS
        SELECT {KEY.format(keys=keys)} AS key, i * 1000000 // {per_second} AS moment, (i * 7919 % 1000) / 10 AS value
        FROM range({count}) AS numbers(i)"""
    )
    return connection


def speed(connection: duckdb.DuckDBPyConnection, query: str, count: int, rounds: int) -> float:
    """Millions of events a second: the median."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        connection.execute(query).fetchall()
        seconds.append(time.process_time() - start)
    return count / sorted(seconds)[rounds // 2] / 1e6


def tumbling(count: int, keys: int, rounds: int) -> list[float]:
    connection = table(count, keys, 1_000_000)
    groups = """SELECT key, moment // 10000000 AS pane, count(*) AS n, sum(value) AS s, min(value) AS a, max(value) AS b
        FROM events GROUP BY ALL"""
    query = f"SELECT count(*), sum(n), sum(s), min(a), max(b) FROM ({groups})"
    fastest = speed(connection, query, count, rounds)
    return [fastest, float(connection.execute(query).fetchone()[0])]


def over(count: int, keys: int, rounds: int) -> list[float]:
    connection = table(count, keys, 100_000)
    rows = """SELECT count(*) OVER w AS n, sum(value) OVER w AS s, min(value) OVER w AS a, max(value) OVER w AS b
        FROM events WINDOW w AS (
            PARTITION BY key ORDER BY moment RANGE BETWEEN 10000000 PRECEDING AND CURRENT ROW)"""
    query = f"SELECT sum(n), sum(s), min(a), max(b) FROM ({rows})"
    fastest = speed(connection, query, count, rounds)
    return [fastest, connection.execute(query).fetchone()[1]]
