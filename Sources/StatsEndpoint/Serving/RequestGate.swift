import NIOCore

/// What the gate tells the handler behind the decoder.
enum RequestEvent: Sendable, Equatable {
    /// The first byte of a request came.
    case began
    /// The request is beyond a limit; nothing more of it reaches the decoder.
    case refused(RequestBudget.Refusal)
    /// The client has sent its last byte; the decoder is not told, since it may not have got all of them yet.
    case inputEnded
    /// No more bytes of later requests are read until the answer was sent, so a client that hangs up may not be noticed.
    case full
    /// From the pool, not from the gate: the next request, which has come already, may be taken.
    case turn
}

/// Stands before the decoder and hands it one request at a time, each within the limits of ``RequestBudget``. While an
/// answer is made and sent it holds what comes, and stops reading when that is much, so that a client that does not take
/// its answers cannot ask for more.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Bytes of later requests that are kept while one is answered.
    static let heldLimit = 65_536
    /// Bytes that one read brings at most.
    static let readLimit = 16_384
    /// Bytes that are read and thrown away after the last answer, so that closing does not reset a connection whose
    /// client still sends: a reset could destroy the answer before it is read.
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
    /// More than ``heldLimit`` came; what is behind it is thrown away.
    private var isCut = false
    /// Whether what the decoder got last, a line or a piece of it, ends in a line feed without a carriage return before it.
    private(set) var endsInBareLineFeed = false
    /// A read that was asked for while none was wanted.
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
            // Reads stop before that; only the end of a connection brings so much at once.
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

    /// Whether it reads no more until ``release()``.
    var isFull: Bool {
        switch mode {
        case .held: bytes.readableBytes > Self.heldLimit - Self.readLimit
        case .open, .discarding: false
        }
    }

    /// Whether something of a later request has come.
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

    /// The decoder saw the end of the head.
    func headIsComplete() { budget.headIsComplete() }

    /// The decoder saw the end of a request: nothing more until ``release()``.
    func requestIsComplete() {
        budget.requestIsComplete()
        if case .open = mode { mode = .held }
    }

    /// The answer was sent: on with the next request.
    func release() {
        guard case .held = mode else { return }
        mode = .open
        forward()
        catchUp()
    }

    /// Nothing more reaches the decoder.
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
