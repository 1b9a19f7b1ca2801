internal import WallePython

/// What `walle new` writes. The task ranks items by how often they were seen together: real, and small enough to read.
extension TaskTemplate {
    static func manifest(_ name: String) -> String {
        """
        [task]
        name = "\(name)"
        version = "1.0.0"
        entry = "main:run"
        instances = 1                  # VMs; state is per VM

        [limits]
        run = "200ms"
        memory = "64MB"
        queue = 256

        [permissions]
        files = ["resources"]          # everything else is refused, and says so
        network = false
        threads = false

        [config]
        top = 3                        # items in a result; main.py reads it as task.config["top"]

        """
    }

    static let main = #"""
        """Rank the items that go with the recent ones, by how often they were seen together."""

        import json
        from collections import Counter
        from itertools import permutations

        from walle import task

        TOP: int = task.config["top"]


        def count_pairs(sessions: list[list[int]]) -> dict[int, Counter[int]]:
            """Count for each item how often each other one was in the same session."""
            pairs: dict[int, Counter[int]] = {}
            for session in sessions:
                for item, other in permutations(set(session), 2):
                    pairs.setdefault(item, Counter())[other] += 1
            return pairs


        with open(task.resource("sessions.json"), encoding="utf-8") as file:
            PAIRS = count_pairs(json.load(file))  # once a VM, when the module is imported


        def run(session: dict) -> dict:
            """Rank items for one session.

            Parameters
            ----------
            session : dict
                ``{"recent": [int, ...]}``: items of the session so far. Other keys are ignored.

            Returns
            -------
            dict
                ``top``: the best items, none of them recent; ``score``: their shares of all counts.
            """
            recent = session["recent"]
            counts: Counter[int] = Counter()
            for item in recent:
                counts.update(PAIRS.get(item, {}))
            for item in recent:
                counts.pop(item, None)
            top = sorted(counts, key=lambda item: (-counts[item], item))[:TOP]
            return {"top": top, "score": [counts[item] / counts.total() for item in top]}

        """#

    static let sessions = """
        [
          [3, 9, 4],
          [9, 4, 1],
          [3, 4, 1],
          [9, 1, 2],
          [4, 1, 3],
          [2, 5]
        ]

        """

    /// What the task gives: of 10 counts that 3 and 9 have with others, 5 are with 4, 4 with 1 and 1 with 2.
    static let example = """
        {
          "input": {"user": 7, "recent": [3, 9]},
          "output": {"top": [4, 1, 2], "score": [0.5, 0.4, 0.1]}
        }

        """

    static let test = #"""
        """Tests of main.py. Run them with pytest; `walle check` runs the examples inside the host."""

        import json
        import sys
        import tomllib
        from pathlib import Path
        from types import ModuleType, SimpleNamespace

        import pytest

        FOLDER = Path(__file__).parent.parent


        @pytest.fixture
        def main(monkeypatch):
            """Import main.py with a stand-in for what the host gives it."""
            walle = ModuleType("walle")
            walle.task = SimpleNamespace(
                config=tomllib.loads((FOLDER / "task.toml").read_text())["config"],
                resource=lambda name: FOLDER / "resources" / name,
            )
            monkeypatch.setitem(sys.modules, "walle", walle)
            monkeypatch.delitem(sys.modules, "main", raising=False)
            monkeypatch.syspath_prepend(FOLDER)
            import main

            return main


        @pytest.mark.parametrize("path", sorted((FOLDER / "examples").glob("*.json")), ids=lambda path: path.stem)
        def test_example(main, path):
            example = json.loads(path.read_text())
            result = main.run(example["input"])
            assert result["top"] == example["output"]["top"]
            assert result["score"] == pytest.approx(example["output"]["score"])


        def test_unknown_items(main):
            assert main.run({"recent": [1000]}) == {"top": [], "score": []}


        def test_pairs(main):
            assert main.count_pairs([[1, 2], [2, 1, 1]]) == {1: {2: 2}, 2: {1: 2}}

        """#

    static func settings(_ stdlib: String) -> String {
        """
        {
          "python.analysis.extraPaths": [\(JSONText.text(of: .string(stdlib)))],
          "python.testing.pytestEnabled": true
        }

        """
    }
}
