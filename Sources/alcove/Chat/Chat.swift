// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Engine

/// One conversation, live: what is typed is sent, what arrives is shown.
///
/// On a terminal there is an input line; elsewhere each line of stdin is a message, and each message a
/// line of stdout.
struct Chat: ~Copyable {
  let session: Session
  let name: LocalName
  let console: Console
  var screen: ChatScreen?
  /// What is submitted on the screen.
  private var outgoing: AsyncStream<[UInt8]>.Continuation?
  private var isLeaving = false
  /// Why the first message that was refused is not kept; nothing that goes well later mends that.
  private var refusal: Failure?
  /// Why the newest message that was kept waits.
  private var delay: Failure?
  private var shown: Set<[UInt8]> = []
  /// What nobody had read when the chat began, and is not among what it began with.
  private var earlier: Set<[UInt8]> = []

  init(session: Session, name: LocalName, console: Console, screen: consuming ChatScreen?) {
    self.session = session
    self.name = name
    self.console = console
    self.screen = screen
  }

  mutating func run(_ earlier: Conversation) async throws {
    say([
      "Chat with \(console.shown(name.text)). Return sends, Alt-Return makes a new line, Ctrl-C"
        + " leaves."
    ])
    for message in earlier.messages { show(message) }
    self.earlier = Set(unread().map(\.id)).subtracting(shown)
    let (inputs, continuation) = AsyncStream.makeStream(of: ChatInput.self)
    let keys = screen == nil ? [] : ChatInput.keys(of: .standardInput, into: continuation)
    defer { for source in keys { source.cancel() } }
    let watching = watch(into: continuation)
    defer { watching.cancel() }
    let sending = send(texts(), into: continuation)
    defer { sending.cancel() }
    for await input in inputs where handle(input) == .leave { break }
    screen = nil
    // What was on the screen has been read.
    if !console.discreet { try? session.alcove.markRead(name, shown) }
    if let failure = refusal ?? delay { throw failure }
  }

  /// What is to be sent: what is submitted on the screen, or the lines of the input, one at a time.
  private mutating func texts() -> AsyncStream<[UInt8]> {
    guard screen == nil else {
      let (texts, outgoing) = AsyncStream.makeStream(of: [UInt8].self)
      self.outgoing = outgoing
      return texts
    }
    let source = LineSource(.standardInput)
    return AsyncStream(unfolding: { await source.next() })
  }

  private func watch(into inputs: AsyncStream<ChatInput>.Continuation) -> Task<Void, Never> {
    let watcher = Watcher(session)
    return Task {
      do {
        try await watcher.run { event in
          inputs.yield(.event(event))
        } obstacle: { error in
          inputs.yield(.obstacle(error))
        }
      } catch let error as EngineError {
        inputs.yield(.obstacle(error))
      } catch {}
    }
  }

  /// One after the other, beside the keys: a slow relay must not stop somebody from typing.
  private func send(
    _ texts: AsyncStream<[UInt8]>, into inputs: AsyncStream<ChatInput>.Continuation
  ) -> Task<Void, Never> {
    let (alcove, name) = (session.alcove, name)
    return Task {
      for await text in texts where !Self.isBlank(text) {
        do {
          inputs.yield(.sent(text, try await alcove.send(text, to: name)))
        } catch {
          inputs.yield(.notSent(Failure(any: error)))
        }
      }
      inputs.yield(.drained)
    }
  }

  private enum Course { case stay, leave }

  private mutating func handle(_ input: ChatInput) -> Course {
    switch input {
    case .ended:
      outgoing?.finish()
      isLeaving = true
    case .drained: return .leave
    case .resized: screen?.draw()
    case .obstacle(let error?):
      say(["\(console.outStyle(.warning, "!"))  \(console.shown(error).message)"])
    case .obstacle(nil): say(["The relay answers again."])
    case .event(let event): show(event)
    case .sent(let text, let sent):
      show(sent, text)
      showUnseen()
    case .notSent(let failure):
      show(failure)
      showUnseen()
    case .typed(let bytes):
      for action in screen?.feed(bytes) ?? [] {
        switch action {
        case .leave:
          // What was submitted is waited for; who insists leaves at once.
          if isLeaving { return .leave }
          isLeaving = true
          outgoing?.finish()
        case .submit(let text): outgoing?.yield(Array(text.utf8))
        case .tooLong: show(Failure(EngineError(.messageTooLong, about: name.text)))
        case .edited, .redraw: break
        }
      }
    }
    return .stay
  }

  private static func isBlank(_ text: [UInt8]) -> Bool {
    trim(String(decoding: text, as: UTF8.self)).isEmpty
  }

  private mutating func show(_ failure: Failure) {
    if refusal == nil {
      refusal = failure
      refusal?.safe = "It was not sent and is not kept; what was taken before and after it stands."
    }
    let shown = console.shown(failure)
    say(
      [console.outStyle(.bad, "not sent: ") + Sentence.text(shown.message)]
        + shown.next.map { "  Next:  \($0)" })
    console.emit(
      "not_sent",
      [
        "person": .string(console.shown(name.text)), "code": .string(shown.code),
        "text": .string(shown.message),
      ])
  }

  private mutating func show(_ sent: Sent, _ text: [UInt8]) {
    shown.insert(sent.id)
    delay = sent.obstacle.map(Failure.init(kept:))
    let state = sent.obstacle == nil ? "" : "  (kept, not delivered yet)"
    let time = LocalTime(seconds: sent.time).clock
    say([console.outStyle(.faint, "me  \(time)\(state)")] + body(text))
    console.emit(
      "sent",
      [
        "person": .string(console.shown(name.text)), "id": .string(hexadecimal(sent.id)),
        "delivery": .string(sent.delivery.rawValue),
      ])
  }

  /// A send reads before it posts, and the watch does not tell of what it has read.
  private mutating func showUnseen() {
    for message in unread() where !earlier.contains(message.id) {
      show(EngineEvent.message(from: name, message))
    }
  }

  /// Oldest first.
  private func unread() -> [Message] {
    let inbox = try? session.alcove.inbox()
    return inbox?.unread.first { $0.person.name == name }?.messages.reversed() ?? []
  }

  private mutating func show(_ event: EngineEvent) {
    if case .message(name, let message) = event, shown.contains(message.id) { return }
    EventView(event: event, console: console).emit()
    switch event {
    case .message(name, let message): show(message)
    case .message: say(["(somebody else has written:  alcove inbox)"])
    case .confirmed, .delivered: break
    // Whoever looks on sees one person's conversation, and nobody else's name.
    default:
      guard event.name == name else { return }
      if let line = EventView(event: event, console: console).line { say([line]) }
    }
  }

  private mutating func show(_ message: Message) {
    guard shown.insert(message.id).inserted else { return }
    say(MessageView(message: message, person: name, unread: .unmarked).lines(console))
  }

  private func body(_ text: [UInt8]) -> [String] {
    console.discreet
      ? [] : Printable.lines(String(decoding: text, as: UTF8.self)).map { "  " + $0 }
  }

  private func say(_ lines: [String]) {
    if screen != nil {
      screen?.say(lines)
    } else {
      for line in lines { console.line(line) }
    }
  }
}
