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
  private var lineRest: [UInt8] = []
  private var outgoing: AsyncStream<String>.Continuation?
  private var isLeaving = false
  private var failure: Failure?
  private var shown: Set<[UInt8]> = []

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
    let (inputs, continuation) = AsyncStream.makeStream(of: ChatInput.self)
    let sources = ChatInput.reading(.standardInput, into: continuation)
    defer { for source in sources { source.cancel() } }
    let watching = watch(into: continuation)
    defer { watching.cancel() }
    let (texts, outgoing) = AsyncStream.makeStream(of: String.self)
    self.outgoing = outgoing
    let sending = send(texts, into: continuation)
    defer { sending.cancel() }
    for await input in inputs where handle(input) == .leave { break }
    screen = nil
    // What was on the screen has been read.
    if !console.discreet { try? session.alcove.markRead(name, shown) }
    if let failure { throw failure }
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
    _ texts: AsyncStream<String>, into inputs: AsyncStream<ChatInput>.Continuation
  ) -> Task<Void, Never> {
    let (alcove, name) = (session.alcove, name)
    return Task {
      for await text in texts {
        do {
          inputs.yield(.sent(text, try await alcove.send(Array(text.utf8), to: name)))
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
      if !lineRest.isEmpty { queue(String(decoding: lineRest, as: UTF8.self)) }
      outgoing?.finish()
      isLeaving = true
    case .drained: return .leave
    case .resized: screen?.draw()
    case .obstacle(let error?): say(["\(console.outStyle(.warning, "!"))  \(error.message)"])
    case .obstacle(nil): say(["The relay answers again."])
    case .event(let event): show(event)
    case .sent(let text, let sent): show(sent, text)
    case .notSent(let failure):
      self.failure = failure
      say(
        [console.outStyle(.bad, "not sent: ") + Sentence.text(failure.message)]
          + failure.next.map { "  Next:  \($0)" })
    case .typed(let bytes):
      if screen == nil {
        takeLines(bytes)
        return .stay
      }
      for action in screen?.feed(bytes) ?? [] {
        switch action {
        case .leave:
          // What was submitted is waited for; who insists leaves at once.
          if isLeaving { return .leave }
          isLeaving = true
          outgoing?.finish()
        case .submit(let text): queue(text)
        case .edited, .redraw: break
        }
      }
    }
    return .stay
  }

  private mutating func takeLines(_ bytes: [UInt8]) {
    lineRest += bytes
    while let end = lineRest.firstIndex(of: 0x0A) {
      queue(String(decoding: lineRest[..<end], as: UTF8.self))
      lineRest.removeSubrange(...end)
    }
  }

  private func queue(_ text: String) {
    if !trim(text).isEmpty { outgoing?.yield(text) }
  }

  private mutating func show(_ sent: Sent, _ text: String) {
    shown.insert(sent.id)
    failure = sent.obstacle.map(Failure.init(kept:))
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

  private mutating func show(_ event: EngineEvent) {
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

  private func body(_ text: String) -> [String] {
    console.discreet ? [] : Printable.lines(text).map { "  " + $0 }
  }

  private func say(_ lines: [String]) {
    if screen != nil {
      screen?.say(lines)
    } else {
      for line in lines { console.line(line) }
    }
  }
}
