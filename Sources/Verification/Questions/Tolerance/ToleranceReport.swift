package import Foundation
import PacketCapture
import ReplayEngine
import StatsModel

/// The report on how much of a fault clients tolerate, for machines: one JSON object with sorted keys.
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
        var all: Double?
        /// The worst value for each class. null means never. Classes without offered events are left out.
        var limits: [String: Double?]
        var curve: [Point]

        enum CodingKeys: String, CodingKey { case client, all, limits, curve }

        /// `all` is written as null if no value holds, so that the key is always present.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(client, forKey: .client)
            try container.encode(all, forKey: .all)
            try container.encode(limits, forKey: .limits)
            try container.encode(curve, forKey: .curve)
        }
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
        let classes = LossClass.allCases.filter { result.isOffered[Int($0.rawValue)] }
        clients = result.answers.map { answer in
            var limits: [String: Double?] = [:]
            for lossClass in classes {
                limits.updateValue(answer.byClass[Int(lossClass.rawValue)].map(fault.value), forKey: lossClass.name)
            }
            return Client(
                client: answer.client, all: answer.all.map(fault.value), limits: limits,
                curve: answer.curve.map { Self.point($0, fault, classes) })
        }
    }

    private static func point(_ step: ToleranceStep, _ fault: VariedFault, _ classes: [LossClass]) -> Point {
        var point = Point(value: fault.value(step.step), median: [:], worst: [:], holds: [:], sound: step.isSound)
        for lossClass in classes {
            let index = Int(lossClass.rawValue)
            point.median[lossClass.name] = step.median[index]
            point.worst[lossClass.name] = step.worst[index]
            point.holds[lossClass.name] = step.holds[index]
        }
        return point
    }

    /// The object as JSON with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
