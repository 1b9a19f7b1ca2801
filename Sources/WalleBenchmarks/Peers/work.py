"""The work that ours and the peers do."""


def run(iterations: int) -> int:
    """Keep one core busy in proportion to `iterations`."""
    total = 0
    for index in range(iterations):
        total = (total * 31 + index) % 1000003
    return total
