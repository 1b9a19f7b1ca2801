internal import Foundation
internal import TOMLKit
package import WallePython

/// A TOML text as a tree of `Value`s that knows where each key stands.
package struct TOMLDocument: Sendable {
    /// The name of the file, for problems.
    package let file: String
    package let root: [String: Value]
    private let scanner: TOMLScanner

    /// Reads a text.
    ///
    /// - Throws: The first syntax error, with its place.
    package init(_ text: String, file: String) throws(PackageError.Problem) {
        self.file = file
        do {
            scanner = try TOMLScanner(text)
        } catch {
            throw Self.malformed(file, error.place, error.message)
        }
        do {
            root = Self.values(of: try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            let place = TextPlace(line: error.source.begin.line, column: error.source.begin.column)
            throw Self.malformed(file, place, Self.message(error.description))
        } catch {
            throw Self.malformed(file, nil, "\(error)")
        }
    }

    /// Where a key stands, or the table around it; nil for a table that is nowhere.
    package func place(of path: [String]) -> TextPlace? { scanner.place(of: path) }

    private static func malformed(_ file: String, _ place: TextPlace?, _ message: String) -> PackageError.Problem {
        PackageError.Problem(
            .malformed, file: file, line: place?.line, column: place?.column, message,
            remedy: "TOML is explained at https://toml.io/en/v1.0.0.")
    }

    /// `Error while parsing string: …` begins like no other message here.
    private static func message(_ text: String) -> String {
        let text = text.hasPrefix("Error while") ? "error" + text.dropFirst(5) : text
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    // MARK: values

    /// Goes by keys, and not by TOMLKit's iterator, which unwraps what it looks up.
    private static func values(of table: TOMLTable) -> [String: Value] {
        var values: [String: Value] = [:]
        for key in table.keys {
            values[key] = table[key].map(value)
        }
        return values
    }

    private static func value(_ node: any TOMLValueConvertible) -> Value {
        switch node.type {
        case .table: .dictionary(node.table.map(values) ?? [:])
        case .array: .array(node.array.map { $0.map(value) } ?? [])
        case .string: .string(node.string ?? "")
        case .int: .integer(node.int ?? 0)
        case .double: .double(node.double ?? 0)
        case .bool: .bool(node.bool ?? false)
        case .date: node.date.map { .date(date($0)) } ?? .none
        case .time: .string(node.debugDescription)
        case .dateTime: node.dateTime.map { .date(moment($0)) } ?? .none
        }
    }

    private static func date(_ date: TOMLDate) -> Date { Date(timeIntervalSince1970: Double(days(date) * 86400)) }

    /// A date without an offset is taken as UTC, like a naive `datetime`; TOMLKit's own conversion takes the time zone of
    /// the machine and drops the offset.
    private static func moment(_ value: TOMLDateTime) -> Date {
        // With their types, as TOMLKit gives every value other members of these names, which are nil here.
        let (day, time): (TOMLDate, TOMLTime) = (value.date, value.time)
        let minutes = time.hour * 60 + time.minute - (value.offset?.offset ?? 0)
        let seconds = days(day) * 86400 + minutes * 60 + time.second
        return Date(timeIntervalSince1970: Double(seconds) + Double(time.nanoSecond) / 1e9)
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ date: TOMLDate) -> Int {
        let year = date.month <= 2 ? date.year - 1 : date.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
