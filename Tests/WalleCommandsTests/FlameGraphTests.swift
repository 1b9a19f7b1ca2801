import Foundation
import FoundationXML
import Testing
import WallePython

@testable import WalleCommands

@Suite struct FlameGraphTests {
    typealias Frame = StackProfile.Frame

    static let run = Frame(function: "run", file: "main.py", line: 3)
    static let fib = Frame(function: "fib", file: "main.py", line: 1)
    static let sort = Frame(function: "C code: sorted(a) < b & \"c\"", file: "main.py", line: 4, kind: .native)

    static var profile: StackProfile {
        var profile = StackProfile(interval: .milliseconds(1))
        profile.add([run], ticks: 10)
        profile.add([run, fib], ticks: 20)
        profile.add([run, fib, fib], ticks: 30)
        profile.add([run, sort], ticks: 40)
        return profile
    }

    @Test func folded() {
        #expect(
            Self.profile.folded == """
                run (main.py:3) 10
                run (main.py:3);C code: sorted(a) < b & "c" (main.py:4) 40
                run (main.py:3);fib (main.py:1) 20
                run (main.py:3);fib (main.py:1);fib (main.py:1) 30
                """)
    }

    @Test func stacksBecomeATree() {
        let root = FlameGraph(Self.profile, title: "t").root
        #expect(root.ticks == 100)
        #expect(root.depth == 4)
        #expect(root.children.map(\.frame) == [Self.run])
        #expect(root.children[0].children.map(\.ticks) == [40, 50])
        #expect(root.children[0].children[1].children.map(\.ticks) == [30])
    }

    @Test func recursionCountsOnce() throws {
        let rows = ProfileTable(Self.profile).rows
        let fib = try #require(rows.first { $0.frame == Self.fib })
        #expect(fib.own == 0.5 && fib.total == 0.5)
        let run = try #require(rows.first { $0.frame == Self.run })
        #expect(run.own == 0.1 && run.total == 1)
        #expect(rows.first?.frame == Self.fib)
    }

    @Test func theSVGIsXMLAndBoxesLieInsideTheirCallers() throws {
        let svg = FlameGraph(Self.profile, title: "a < b").svg
        let reader = Boxes()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.boxes.count == 5)
        for pair in zip(reader.boxes, reader.boxes.dropFirst()).prefix(2) {
            #expect(pair.1.x >= pair.0.x && pair.1.x + pair.1.width <= pair.0.x + pair.0.width + 0.01)
            #expect(pair.1.y < pair.0.y)
        }
        #expect(svg.contains("C code: sorted(a) &lt; b &amp; &quot;c&quot; (main.py:4)\n40.0 %, 40 ms"))
    }

    @Test func anEmptyProfile() {
        let profile = StackProfile(interval: .milliseconds(1))
        #expect(ProfileTable(profile).text.contains("--repeat"))
        #expect(FlameGraph(profile, title: "t").svg.contains("</svg>"))
    }

    /// The rectangles with a tooltip.
    private final class Boxes: NSObject, XMLParserDelegate {
        var boxes: [(x: Double, y: Double, width: Double)] = []
        private var isInGroup = false

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            if name == "g" { isInGroup = true }
            guard name == "rect", isInGroup else { return }
            let numbers = ["x", "y", "width"].map { Double(attributes[$0] ?? "") ?? -1 }
            boxes.append((numbers[0], numbers[1], numbers[2]))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            if name == "g" { isInGroup = false }
        }
    }
}
