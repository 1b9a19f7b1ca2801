/// Writes events of the simulator as lines of JSON as wide as the raw logs of an app are: what a feature needs, and much
/// that it does not, such as the device, experiments and addresses. All of it is synthetic.
///
/// A visit is about 21.2 KB of such lines, as the item page views of the Walle paper (OSDI 2022) are.
package struct PageViewLog {
    private var random: SimulationRandom
    private var lineCount = 0

    package init(seed: UInt64) { random = SimulationRandom(seed: seed) }

    /// One line, without its end, that a `JSONLinesReader` of the simulator's schema reads as the same event.
    package mutating func line(_ event: Event) -> String {
        lineCount += 1
        let known = PageViewSimulator.schema.attributes.compactMap { attribute in
            event.attributes[attribute.name].flatMap(Self.text).map { "\"\(attribute.name)\":\($0)," }
        }
        return "{\"timestamp\":\(event.time),\"event\":\"\(event.name)\",\"page\":\"\(event.page ?? "")\","
            + known.joined() + raw(event) + "}"
    }

    /// The simulator's texts need no escapes.
    private static func text(_ value: EventValue) -> String? {
        switch value {
        case .text(let text): "\"\(text)\""
        case .int(let value), .time(let value): "\(value)"
        case .float(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .null: nil
        }
    }

    /// Attributes that no feature reads.
    private mutating func raw(_ event: Event) -> String {
        let user: String = if case .text(let user)? = event.attributes["user_id"] { user } else { "" }
        let item: String = if case .text(let item)? = event.attributes["item_id"] { item } else { "" }
        let position = "a2141.\(Int.random(in: 1000..<9999, using: &random)).\(lineCount % 97).d\(lineCount % 13)"
        return """
            "sequence":\(lineCount),"session_id":"\(hex(2))","trace_id":"\(hex(2))",\
            "app":{"name":"shop","version":"10.21.\(Int.random(in: 0..<40, using: &random))",\
            "channel":"store","language":"en_GB","time_zone":"Europe/Berlin"},"device":{"model":"Phone 12 Pro",\
            "brand":"example","system":"17.4.1","screen":"1170x2532","density":3,"memory_mb":6144,"id":"\(hex(2))",\
            "battery":0.\(Int.random(in: 10..<99, using: &random)),"orientation":"portrait"},\
            "network":{"kind":"wifi","carrier":"example","address":"10.20.\(lineCount % 256).17","rtt_ms":\
            \(Int.random(in: 5..<300, using: &random))},"url":"https://shop.example/item/\(item)?user=\(user)&from=search&\
            position=\(position)&list=\(hex(1))&utm_source=feed&utm_campaign=spring_\(lineCount % 7)","referrer":\
            "https://shop.example/search?query=running+shoes&page=\(lineCount % 9)","spm":\
            "\(position)","experiments":["rank_v7_b\(lineCount % 4)","card_a","price_tag_2","video_off","coupon_c"],\
            "args":{"tab":"main","view_id":"\(hex(1))","slot":\(lineCount % 50),"is_first":false,"scm":"1007.\
            \(Int.random(in: 10_000..<99_999, using: &random)).0.0","pvid":"\(hex(1))"}
            """
    }

    private mutating func hex(_ words: Int) -> String {
        (0..<words).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
