internal import WalleText
internal import Foundation
internal import Walle
internal import WallePython

/// A profile as a flame graph: a box a function, as wide as its share of the time, on top of its caller.
///
/// After Brendan Gregg, "The Flame Graph", ACM Queue 14 (2016). The SVG needs nothing but a viewer: each box has a tooltip.
struct FlameGraph: Sendable {
    /// A function at a place in the calls.
    final class Node: Sendable {
        let frame: StackProfile.Frame
        let ticks: Int
        /// By name, so that equal profiles look alike.
        let children: [Node]

        /// The frame called by `stacks`, which begin behind it.
        init(_ frame: StackProfile.Frame, _ stacks: [(ArraySlice<StackProfile.Frame>, Int)]) {
            self.frame = frame
            ticks = stacks.reduce(0) { $0 + $1.1 }
            var groups: [StackProfile.Frame: [(ArraySlice<StackProfile.Frame>, Int)]] = [:]
            for (stack, ticks) in stacks {
                if let first = stack.first { groups[first, default: []].append((stack.dropFirst(), ticks)) }
            }
            children = groups.sorted { $0.key < $1.key }.map { Node($0, $1) }
        }

        var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
    }

    let root: Node
    private let title: String
    private let sampled: Duration

    private enum Measure {
        static let width = 1200.0
        static let margin = 12.0
        static let row = 19.0
        static let head = 44.0
        static let foot = 34.0
        /// Of a letter of the font at its size.
        static let letter = 6.7
        /// Narrower boxes cannot be seen.
        static let narrowest = 0.4
    }

    init(_ profile: StackProfile, title: String) {
        let all = StackProfile.Frame(function: "all", file: "", line: 0, kind: .host)
        root = Node(all, profile.stacks.map { ($0.key[...], $0.value) })
        self.title = title
        sampled = profile.interval * profile.ticks
    }

    // MARK: SVG

    var svg: String {
        let height = Measure.head + Double(root.depth) * Measure.row + Measure.foot
        var svg = Self.head(height: height)
        svg += "<text class=\"title\" x=\"\(Measure.margin)\" y=\"26\">\(Self.escaped(title))</text>\n"
        let note = "\(Quantity.text(sampled)) sampled; width is time, a box lies on its caller"
        svg +=
            "<text class=\"note\" x=\"\(Measure.width - Measure.margin)\" y=\"26\" text-anchor=\"end\">\(Self.escaped(note))</text>\n"
        let scale = (Measure.width - 2 * Measure.margin) / Double(max(1, root.ticks))
        let bottom = height - Measure.foot - Measure.row
        draw(root, x: Measure.margin, y: bottom, scale: scale, into: &svg)
        svg += Self.legend(y: height - 12)
        return svg + "</svg>\n"
    }

    private func draw(_ node: Node, x: Double, y: Double, scale: Double, into svg: inout String) {
        let width = Double(node.ticks) * scale
        guard width >= Measure.narrowest else { return }
        svg += "<g><title>\(Self.escaped(tooltip(node)))</title>"
        svg += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0.3, width - 0.6)))\""
        svg += " height=\"\(Self.number(Measure.row - 1))\" rx=\"2\" fill=\"\(FlameColors.fill(of: node.frame))\"/>"
        if let label = Self.label(node.frame.function, width: width) {
            svg += "<text x=\"\(Self.number(x + 4))\" y=\"\(Self.number(y + 13))\">\(Self.escaped(label))</text>"
        }
        svg += "</g>\n"
        var left = x
        for child in node.children {
            draw(child, x: left, y: y - Measure.row, scale: scale, into: &svg)
            left += Double(child.ticks) * scale
        }
    }

    private func tooltip(_ node: Node) -> String {
        let share = String(format: "%.1f", 100 * Double(node.ticks) / Double(max(1, root.ticks)))
        let time = Quantity.text(sampled * node.ticks / max(1, root.ticks))
        let place = node.frame.place.isEmpty ? "" : " (\(node.frame.place))"
        return "\(node.frame.function)\(place)\n\(share) %, \(time)"
    }

    /// As much of a name as fits; nil when hardly a letter does.
    private static func label(_ name: String, width: Double) -> String? {
        let letters = Int((width - 8) / Measure.letter)
        if name.count <= letters { return name }
        return letters >= 4 ? name.prefix(letters - 1) + "…" : nil
    }

    private static func head(height: Double) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="\(number(Measure.width))" height="\(number(height))" \
        viewBox="0 0 \(number(Measure.width)) \(number(height))" \
        font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="11">
        <style>
        text { fill: #1b1b1b; }
        g text { pointer-events: none; }
        g:hover rect { stroke: #1b1b1b; stroke-width: 1; }
        .title { font-size: 16px; font-weight: bold; }
        .note { fill: #666; }
        </style>
        <rect width="100%" height="100%" fill="#fffdf8"/>

        """
    }

    private static func legend(y: Double) -> String {
        var x = Measure.margin
        var svg = ""
        for (color, name) in FlameColors.legend {
            svg +=
                "<rect x=\"\(number(x))\" y=\"\(number(y - 9))\" width=\"11\" height=\"11\" rx=\"2\" fill=\"\(color)\"/>"
            svg += "<text class=\"note\" x=\"\(number(x + 16))\" y=\"\(number(y))\">\(escaped(name))</text>\n"
            x += 16 + Double(name.count) * Measure.letter + 22
        }
        return svg
    }

    private static func number(_ value: Double) -> String { String(format: "%g", (value * 100).rounded() / 100) }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // XML has no other control characters.
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Colours say whose code it is; shades only tell neighbours apart.
private enum FlameColors {
    static let legend: [(String, String)] = [
        ("hsl(28,85%,66%)", "the task"), ("hsl(205,50%,74%)", "Python's library and walle"),
        ("hsl(150,40%,62%)", "C code"), ("hsl(0,0%,78%)", "waiting"), ("hsl(265,35%,80%)", "the host"),
    ]

    static func fill(of frame: StackProfile.Frame) -> String {
        let shade = shade(of: frame.function + frame.file)
        return switch frame.kind {
        case .native: "hsl(\(142 + shade),40%,62%)"
        case .waiting: "hsl(0,0%,\(75 + shade / 2)%)"
        case .host: "hsl(265,35%,\(78 + shade / 3)%)"
        case .python where isOfTask(frame): "hsl(\(16 + shade * 2),85%,66%)"
        case .python: "hsl(\(198 + shade),50%,74%)"
        }
    }

    private static func isOfTask(_ frame: StackProfile.Frame) -> Bool {
        !frame.file.hasPrefix("python/") && !frame.file.hasPrefix("walle/") && !frame.file.hasPrefix("<")
    }

    /// 0…14, the same in each process.
    private static func shade(of text: String) -> Int {
        Int(text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % 15)
    }
}
