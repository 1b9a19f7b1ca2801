internal import Foundation

/// Lines over a logarithmic axis, as a picture in SVG.
struct LinePlot {
    struct Series {
        var name: String
        /// By x, which is above zero.
        var points: [(x: Double, y: Double)] = []
    }

    var title: String
    var x: String
    var y: String
    var series: [Series]

    private static let (width, height) = (760.0, 440.0)
    private static let (left, right, top, bottom) = (70.0, 48.0, 80.0, 60.0)
    private static let colours = ["#1f5fbf", "#c2571a", "#2e7d32", "#7b1fa2"]

    var svg: String {
        let parts = frame + xMarks + yMarks + series.indices.flatMap(line)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" font-family="sans-serif" \
            font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    // MARK: places

    private var exponents: ClosedRange<Int> {
        let values = series.flatMap { $0.points.map { log10($0.x) } }
        return Int((values.min() ?? 0).rounded(.down))...Int(max(values.max() ?? 1, 1).rounded(.up))
    }

    /// The distance of two marks of the upright axis, such that there are four to ten.
    private var step: Double {
        let most = max(series.flatMap { $0.points.map(\.y) }.max() ?? 1, 1e-9)
        let power = pow(10, floor(log10(most)))
        return [0.2, 0.5, 1, 2].map { $0 * power }.first { most / $0 <= 10 } ?? power
    }

    private var highest: Double {
        let most = series.flatMap { $0.points.map(\.y) }.max() ?? 1
        return (most / step).rounded(.up) * step
    }

    private func place(x value: Double) -> Double {
        let span = Double(max(exponents.count - 1, 1))
        return Self.left + (log10(value) - Double(exponents.lowerBound)) / span * (Self.width - Self.left - Self.right)
    }

    private func place(y value: Double) -> Double {
        Self.height - Self.bottom - value / highest * (Self.height - Self.top - Self.bottom)
    }

    // MARK: parts

    private var frame: [String] {
        let names = series.enumerated().map { index, series in
            let x = Self.left + Double(index) * 270
            return #"<rect x="\#(x)" y="42" width="14" height="4" fill="\#(Self.colours[index % 4])"/>"#
                + text(series.name, x + 20, 49)
        }
        return [
            text(title, Self.left, 24, #"font-size="16" font-weight="bold""#),
            text(x, (Self.left + Self.width) / 2, Self.height - 14, #"text-anchor="middle""#),
            text(y, Self.left, Self.top - 12),
        ] + names
    }

    private var xMarks: [String] {
        exponents.map { exponent in
            let x = place(x: pow(10, Double(exponent)))
            let name = pow(10, Double(exponent)).formatted(.number.locale(Locale(identifier: "en")))
            return rule(x, Self.top, x, Self.height - Self.bottom)
                + text(name, x, Self.height - Self.bottom + 20, #"text-anchor="middle""#)
        }
    }

    private var yMarks: [String] {
        stride(from: 0, through: highest * 1.0001, by: step).map { value in
            rule(Self.left, place(y: value), Self.width - Self.right, place(y: value))
                + text(Figure.text(value), Self.left - 8, place(y: value) + 4, #"text-anchor="end""#)
        }
    }

    private func line(_ index: Int) -> [String] {
        let colour = Self.colours[index % Self.colours.count]
        let places = series[index].points.map { (place(x: $0.x), place(y: $0.y)) }
        let points = places.map { "\($0.0),\($0.1)" }.joined(separator: " ")
        return [#"<polyline points="\#(points)" fill="none" stroke="\#(colour)" stroke-width="2"/>"#]
            + places.map { #"<circle cx="\#($0.0)" cy="\#($0.1)" r="3.5" fill="\#(colour)"/>"# }
    }

    private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        #"<line x1="\#(x1)" y1="\#(y1)" x2="\#(x2)" y2="\#(y2)" stroke="lightgrey"/>"#
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ more: String = "") -> String {
        let safe = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return #"<text x="\#(x)" y="\#(y)" fill="black" \#(more)>\#(safe)</text>"#
    }
}
