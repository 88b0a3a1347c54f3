import NetworkEmulator
import ReplayEngine
import StatsReceiver

/// A setting of a world beside its network and pace: a field of the client, or a setting that no command line can state. Each can
/// be reset to its value in the standard scenario.
enum WorldSetting: Hashable, Sendable {
    /// A key of the client's document.
    case client(String)
    case sender, reorderLimit, window, reorderGap, reorderHold, maximumInFlight

    /// Whether only a golden file can state this setting. False for fields of the client, which a client file can state.
    var isBeyondCommands: Bool { if case .client = self { false } else { true } }
}

extension Scenario {
    /// The settings that differ from the standard.
    var settings: [WorldSetting] {
        let plain = Scenario()
        var settings = ClientDocument.fields.filter { $0.write(client) != $0.write(plain.client) }
            .map { WorldSetting.client($0.name) }
        let others: [(WorldSetting, Bool)] = [
            (.sender, sender != plain.sender), (.reorderLimit, receiver.reorderLimit != plain.receiver.reorderLimit),
            (.window, receiver.window != plain.receiver.window || receiver.maximumJump != plain.receiver.maximumJump),
            (.reorderGap, impairments.reorderGap != plain.impairments.reorderGap),
            (.reorderHold, impairments.reorderHold != plain.impairments.reorderHold),
            (.maximumInFlight, impairments.maximumInFlight != plain.impairments.maximumInFlight),
        ]
        settings += others.filter(\.1).map(\.0)
        return settings
    }

    /// The same scenario with only these settings. nil if they exclude each other.
    func keeping(_ kept: Set<WorldSetting>) -> Scenario? {
        let plain = Scenario()
        var result = self
        let stated = ClientDocument.fields.filter { kept.contains(.client($0.name)) }
            .map { DocumentValue.Entry($0.name, $0.write(client)) }
        result.client = plain.client
        guard (try? ClientDocument.apply(.table(stated), to: &result.client)) != nil else { return nil }
        if !kept.contains(.sender) { result.sender = plain.sender }
        if !kept.contains(.reorderLimit) { result.receiver.reorderLimit = plain.receiver.reorderLimit }
        if !kept.contains(.window) {
            result.receiver.window = plain.receiver.window
            result.receiver.maximumJump = plain.receiver.maximumJump
        }
        if !kept.contains(.reorderGap) { result.impairments.reorderGap = plain.impairments.reorderGap }
        if !kept.contains(.reorderHold) { result.impairments.reorderHold = plain.impairments.reorderHold }
        if !kept.contains(.maximumInFlight) { result.impairments.maximumInFlight = plain.impairments.maximumInFlight }
        return (try? result.validate()) == nil ? nil : result
    }
}
