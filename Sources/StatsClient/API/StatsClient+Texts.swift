public import StatsBuffers
import StatsModel

/// Events and service checks: rare, with texts of their own. Recording one takes a lock and copies the text.
extension StatsClient {
    /// How a service check turned out. The raw value is the number on the wire.
    public enum ServiceCheckStatus: UInt8, Sendable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3
    }

    /// Records that something happened, such as a deployment.
    @discardableResult
    public func recordEvent(title: String, text: String = "", tags: [String: String] = [:]) -> PushResult {
        core.recordText(.event, LiveStrings(name: title, tags: LiveStrings.join(tags), text: text))
    }
    /// The same.
    @discardableResult
    public func recordEvent<let count: Int>(
        title: String, text: String = "", tags: InlineArray<count, Tag>
    ) -> PushResult {
        core.recordText(.event, LiveStrings(name: title, tags: LiveStrings.join(tags.span), text: text))
    }

    /// Records how the check `name` turned out.
    @discardableResult
    public func recordServiceCheck(
        _ name: String, status: ServiceCheckStatus, message: String = "", tags: [String: String] = [:]
    ) -> PushResult {
        recordServiceCheck(name, status, message, joined: LiveStrings.join(tags))
    }
    /// The same.
    @discardableResult
    public func recordServiceCheck<let count: Int>(
        _ name: String, status: ServiceCheckStatus, message: String = "", tags: InlineArray<count, Tag>
    ) -> PushResult {
        recordServiceCheck(name, status, message, joined: LiveStrings.join(tags.span))
    }

    private func recordServiceCheck(
        _ name: String, _ status: ServiceCheckStatus, _ message: String, joined tags: String
    ) -> PushResult {
        core.recordText(
            .serviceCheck, LiveStrings(name: name, tags: tags, text: message), value: Double(status.rawValue))
    }
}
