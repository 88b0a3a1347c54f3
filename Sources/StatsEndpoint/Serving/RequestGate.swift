import NIOCore

/// Events from the gate to the handler after the decoder.
enum RequestEvent: Sendable, Equatable {
    /// The first byte of a request arrived.
    case began
    /// The request exceeds a limit. No more of it reaches the decoder.
    case refused(RequestBudget.Refusal)
    /// The client sent its last byte. The decoder does not learn of it, because the gate may still hold bytes for it.
    case inputEnded
    /// The gate reads no more bytes of later requests until the answer is sent. A client that disconnects now may go unnoticed.
    case full
    /// Sent by the pool, not by the gate: the next request, which has arrived already, may be taken.
    case turn
}

/// Stands in front of the decoder and passes it one request at a time, within the limits of ``RequestBudget``. While a request
/// is answered, the gate holds further bytes, and stops reading if there are many. So a client that does not receive its
/// answers cannot request more.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// The most bytes of later requests that are held while a request is answered.
    static let heldLimit = 65_536
    /// The most bytes of one read.
    static let readLimit = 16_384
    /// The most bytes that are read and discarded after the last answer. Without this, closing would reset the connection of a
    /// client that still sends, and a reset could destroy the answer before the client reads it.
    static let discardLimit = 4 << 20

    private enum Mode {
        case open
        case held
        case discarding(Int)
    }

    private var mode = Mode.open
    private var budget = RequestBudget()
    private var bytes = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isForwarding = false
    /// Whether more than ``heldLimit`` bytes arrived. The bytes beyond are discarded.
    private var isCut = false
    /// Whether the bytes last passed to the decoder end in a line feed without a carriage return before it.
    private(set) var endsInBareLineFeed = false
    /// Whether a read was requested while the gate wanted none.
    private var owesRead = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var new = unwrapInboundIn(data)
        switch mode {
        case .discarding(let count):
            mode = .discarding(count + new.readableBytes)
            if count + new.readableBytes > Self.discardLimit { context.close(promise: nil) }
        case .open where isCut: break
        case .held where isCut || bytes.readableBytes + new.readableBytes > Self.heldLimit:
            // Reading stops before this limit. Only the end of a connection delivers more at once.
            isCut = true
        case .open, .held:
            if bytes.readableBytes == 0 { bytes = new } else { bytes.writeBuffer(&new) }
            forward()
            if isFull { context.fireUserInboundEventTriggered(RequestEvent.full) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            context.fireUserInboundEventTriggered(RequestEvent.inputEnded)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isFull { owesRead = true } else { context.read() }
    }

    /// Whether it reads nothing until ``release()``.
    var isFull: Bool {
        switch mode {
        case .held: bytes.readableBytes > Self.heldLimit - Self.readLimit
        case .open, .discarding: false
        }
    }

    /// Whether bytes of a later request have arrived.
    var holdsBytes: Bool { bytes.readableBytes > 0 }

    private func forward() {
        guard !isForwarding else { return }
        isForwarding = true
        defer { isForwarding = false }
        while case .open = mode, let context, bytes.readableBytes > 0 {
            let view = bytes.readableBytesView
            let line = view.firstIndex(of: UInt8(ascii: "\n")).map { $0 - view.startIndex + 1 }
            let isFirst = budget.isUntouched
            do throws(RequestBudget.Refusal) {
                let count = try budget.take(available: view.count, lineLength: line)
                guard let slice = bytes.readSlice(length: count) else { return }
                let end = slice.readableBytesView.suffix(2)
                endsInBareLineFeed = end.last == UInt8(ascii: "\n") && end.first != UInt8(ascii: "\r")
                if isFirst { context.fireUserInboundEventTriggered(RequestEvent.began) }
                context.fireChannelRead(wrapInboundOut(slice))
            } catch {
                discard()
                context.fireUserInboundEventTriggered(RequestEvent.refused(error))
            }
        }
    }

    /// The decoder found the end of the head.
    func headIsComplete() { budget.headIsComplete() }

    /// The decoder found the end of a request. It gets nothing more until ``release()``.
    func requestIsComplete() {
        budget.requestIsComplete()
        if case .open = mode { mode = .held }
    }

    /// The answer was sent. The next request may pass.
    func release() {
        guard case .held = mode else { return }
        mode = .open
        forward()
        catchUp()
    }

    /// From now on nothing reaches the decoder.
    func discard() {
        if case .discarding = mode { return }
        mode = .discarding(0)
        bytes.clear()
        catchUp()
    }

    private func catchUp() {
        guard owesRead, !isFull else { return }
        owesRead = false
        context?.read()
    }
}
