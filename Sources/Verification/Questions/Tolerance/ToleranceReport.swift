package import Foundation
import PacketCapture
import ReplayEngine
import StatsModel

/// The report on a fault that clients tolerate, for machines: one JSON object with sorted keys.
package struct ToleranceReport: Encodable, Sendable {
    struct Point: Encodable, Sendable {
        var value: Double
        var median: [String: Double]
        var worst: [String: Double]
        var holds: [String: Bool]
        var sound: Bool
    }

    struct Client: Encodable, Sendable {
        var client: String
        /// The worst value at which all limits hold. null if they never hold.
        @Nullable var all: Double?
        /// The worst value at which each limit holds, by class and pattern. null if it never holds. Limits without offered events
        /// are left out.
        var limits: [String: Double?]
        var curve: [Point]
    }

    var verdict: Verdict
    var capture: String
    var vary: String
    var unit: String
    var seeds: String
    var clients: [Client]

    package init(_ result: ToleranceResult) {
        let fault = result.question.fault
        verdict = result.verdict
        capture = result.capture.path
        vary = fault.rawValue
        unit = fault.unit
        seeds = result.question.seeds.description
        let offered = result.limits.enumerated().filter { result.isOffered[$0.offset] }.map { ($0.offset, $0.element.subject.name) }
        clients = result.answers.map { answer in
            var limits: [String: Double?] = [:]
            for (index, name) in offered { limits.updateValue(answer.byLimit[index].map(fault.value), forKey: name) }
            return Client(
                client: answer.client, all: answer.all.map(fault.value), limits: limits,
                curve: answer.curve.map { Self.point($0, fault, offered) })
        }
    }

    private static func point(_ step: ToleranceStep, _ fault: VariedFault, _ offered: [(Int, String)]) -> Point {
        var point = Point(value: fault.value(step.step), median: [:], worst: [:], holds: [:], sound: step.isSound)
        for (index, name) in offered {
            point.median[name] = step.median[index]
            point.worst[name] = step.worst[index]
            point.holds[name] = step.holds[index]
        }
        return point
    }

    /// The object as JSON with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
