"""Queries of NEXMark by DuckDB on one thread, and whether its rows are those of a stream in the end."""

import time

import duckdb

COLUMNS = {
    "event": "VARCHAR", "date_time": "BIGINT", "id": "BIGINT", "name": "VARCHAR", "city": "VARCHAR", "state": "VARCHAR",
    "item": "VARCHAR", "seller": "BIGINT", "category": "BIGINT", "initial_bid": "BIGINT", "reserve": "BIGINT",
    "expires": "BIGINT", "auction": "BIGINT", "bidder": "BIGINT", "price": "BIGINT", "channel": "VARCHAR",
    "url": "VARCHAR", "extra": "VARCHAR",
}  # fmt: skip

connection = duckdb.connect(config={"threads": 1})


def load(path: str) -> float:
    connection.execute(
        """CREATE TABLE nexmark AS
        SELECT * REPLACE (make_timestamp(date_time) AS date_time, make_timestamp(expires) AS expires)
        FROM read_json(?, format = 'newline_delimited', columns = """
        + str(COLUMNS)
        + ")",
        [path],
    )
    return float(connection.execute("SELECT count(*) FROM nexmark").fetchone()[0])


def run(sql: str) -> float:
    """The processor time of a query whose rows go to a table."""
    start = time.process_time()
    connection.execute(f"CREATE OR REPLACE TABLE theirs AS {sql}")
    return time.process_time() - start


def compare(path: str) -> list[float]:
    """How many rows only the stream has, and only the last query, each as often as it stands."""
    described = connection.execute("DESCRIBE theirs").fetchall()
    times = [column[0] for column in described if column[1].startswith("TIMESTAMP")]
    types = {column[0]: "BIGINT" if column[0] in times else column[1] for column in described}
    names = ", ".join(f'"{name}"' for name in types)
    replaced = ", ".join(f'make_timestamp("{name}") AS "{name}"' for name in times)
    connection.execute(
        f"""CREATE OR REPLACE TABLE ours AS
        SELECT {names}, sum(_sign)::BIGINT AS standing
        FROM (SELECT * {f"REPLACE ({replaced})" if times else ""}
            FROM read_json(?, format = 'newline_delimited', columns = {types | {"_sign": "INTEGER"}}))
        GROUP BY ALL HAVING sum(_sign) <> 0""",
        [path],
    )
    counted = f"SELECT {names}, count(*) AS standing FROM theirs GROUP BY ALL"
    own = [f"(FROM ours EXCEPT ALL {counted})", f"({counted} EXCEPT ALL FROM ours)"]
    return [float(connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]) for rows in own]
