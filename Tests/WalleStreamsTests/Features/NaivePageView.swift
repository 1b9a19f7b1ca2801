import Foundation

@testable import WalleStreams

/// The events of one visit to the page of an item, found and summed up without windows.
struct NaivePageView {
    var user: String
    var item: String
    var events: [Event]
    var end: Int64

    /// Every visit of events in the order of time.
    static func visits(_ events: [Event], timeout: Int64) -> [NaivePageView] {
        var (open, visits): ([String: NaivePageView], [NaivePageView]) = ([:], [])
        for event in events {
            let (user, item) = (text(event, "user_id"), text(event, "item_id"))
            let key = user + " " + item
            if var visit = open[key] {
                let last = visit.events[visit.events.count - 1].time
                if event.time > last + timeout || event.name == "page_enter" {
                    visit.end = event.time > last + timeout ? last + timeout : last
                    visits.append(visit)
                    open[key] = nil
                }
            }
            if event.name == "page_enter" { open[key] = NaivePageView(user: user, item: item, events: [], end: 0) }
            open[key]?.events.append(event)
            if event.name == "page_exit", var visit = open.removeValue(forKey: key) {
                visit.end = event.time
                visits.append(visit)
            }
        }
        for var visit in open.values {
            visit.end = visit.events[visit.events.count - 1].time + timeout
            visits.append(visit)
        }
        return visits
    }

    private static func text(_ event: Event, _ name: String) -> String {
        if case .text(let text)? = event.attributes[name] { text } else { "" }
    }

    private static func number(_ event: Event, _ name: String) -> Double? {
        switch event.attributes[name] {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    private func of(_ name: String) -> [Event] { events.filter { $0.name == name } }
    private func numbers(_ events: [Event], _ name: String) -> [Double] {
        events.compactMap { Self.number($0, name) }
    }
    private func clicks(_ action: String) -> [Event] { of("click").filter { Self.text($0, "action") == action } }
    private func targets(_ name: String) -> [String] {
        of(name).map { Self.text($0, "target_id") }.filter { !$0.isEmpty }
    }
    private var last: Int64 { events[events.count - 1].time }

    /// The values of the feature by name; nil is null.
    var values: [String: Double?] {
        func sum(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) }
        let (exposed, speeds) = (numbers(of("exposure"), "duration_ms"), numbers(of("scroll"), "speed"))
        var values: [String: Double?] = [
            "events": Double(events.count), "last_at": Double(last), "exits": Double(of("page_exit").count),
            "exposures": Double(of("exposure").count), "exposure_ms": sum(exposed), "exposure_ms_max": exposed.max(),
            "exposed_items": Double(Set(targets("exposure")).count), "scrolls": Double(of("scroll").count),
            "scroll_ms": sum(numbers(of("scroll"), "duration_ms")),
            "scroll_px": sum(numbers(of("scroll"), "distance_px")),
            "scroll_speed": sum(speeds).map { $0 / Double(speeds.count) }, "scroll_speed_min": speeds.min(),
            "scroll_speed_max": speeds.max(), "deletes": Double(of("delete").count),
        ]
        for action in PageViewSimulator.actions {
            values[action] = Double(clicks(action).count)
            values.updateValue(sum(numbers(clicks(action), "duration_ms")), forKey: "\(action)_ms")
            values.updateValue(clicks(action).last.map { Double($0.time) }, forKey: "\(action)_at")
        }
        return values
    }

    var reason: String? { of("delete").last.map { Self.text($0, "reason") } }
    var lists: [String: [String]] {
        ["exposed_last": targets("exposure").suffix(10), "clicked_last": targets("click").suffix(10)]
    }

    func vector(at now: Int64) -> [Float] {
        func scaled(_ name: String, _ unit: Double = 1) -> Double { log(1 + ((values[name] ?? nil) ?? 0) / unit) }
        let age = Double(now - last) / 3_600_000_000
        var vector = [log(1 + Double(last - events[0].time) / 1e6), pow(0.5, age)]
        vector += [scaled("exposures"), scaled("exposure_ms", 1000), scaled("exposed_items"), scaled("scrolls")]
        vector += [scaled("scroll_ms", 1000), scaled("scroll_px"), scaled("scroll_speed"), scaled("scroll_speed_max")]
        vector += PageViewSimulator.actions.map { scaled($0) }
        vector += PageViewSimulator.actions.map { scaled("\($0)_ms", 1000) }
        let code = reason.flatMap { PageViewSimulator.reasons.firstIndex(of: $0) }.map { Double($0 + 1) / 4 } ?? 0
        vector += [code, of("page_exit").isEmpty ? 0 : 1]
        return vector.map(Float.init)
    }
}
