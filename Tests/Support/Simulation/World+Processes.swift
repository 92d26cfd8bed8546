// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine
import RelayLog
import RelayProtocol

/// How a program ended.
enum Ended<Answer> {
  case done(Answer)
  case refused(EngineError.Code)
  /// In the middle of it.
  case died
}

extension World {
  /// Runs one command of a device as a process of its own.
  @discardableResult
  func run<Answer>(
    _ device: Device, _ depth: Int, _ what: String,
    _ body: (Alcove) async throws -> Answer
  ) async -> Ended<Answer> {
    trace.note(depth, "\(step) \(device.name) \(what)")
    let process = SimulatedProcess()
    do {
      let alcove = try device.open(
        process, relays: WorldRelays(world: self, device: device, process: process, depth: depth),
        reach: { [self] point in try reach(point, process, device, depth) })
      let answer = try await body(alcove)
      // A dead process tells nobody how it ended.
      if process.isOver {
        reopen(device)
        return .died
      }
      return .done(answer)
    } catch {
      if process.isOver {
        reopen(device)
        return .died
      }
      guard let error = error as? EngineError else {
        fail("\(device.name) \(what): throws \(error)")
        return .died
      }
      trace.note(depth + 1, "refused: \(error.code.rawValue)")
      judge(error.code, device, what)
      return .refused(error.code)
    }
  }

  private func reopen(_ device: Device) {
    device.forgetOpenFile()
    observers[device.index] = nil
  }

  /// Looks at a profile without network or accidents.
  func look<Answer>(_ device: Device, _ body: (Alcove) throws -> Answer) throws -> Answer {
    // One observer for all looks: it remembers what it has parsed.
    if let observer = observers[device.index] { return try body(observer) }
    let process = SimulatedProcess()
    let observer = try device.open(
      process, relays: WorldRelays(world: self, device: device, process: process, depth: 0),
      reach: { _ in })
    observers[device.index] = observer
    return try body(observer)
  }

  private func reach(
    _ point: String, _ process: SimulatedProcess, _ device: Device, _ depth: Int
  ) throws {
    try process.requireAlive()
    guard !isCalm, chance.happens(plan.crashes) else { return }
    trace.note(depth + 1, "\(device.name) dies at \(point)")
    try process.end()
  }

  /// While a call is under way anybody may act, another process of the same profile too.
  func interrupt(_ depth: Int) async {
    guard !isCalm, depth < 2, violation == nil, chance.happens(plan.interruptions) else { return }
    await act(depth + 1)
  }

  // MARK: What an engine may say

  /// Holds a refusal against what can happen in this world.
  func judge(_ code: EngineError.Code, _ device: Device, _ what: String) {
    let isExpected =
      switch code {
      case .relayUnreachable, .notYetConnected, .consentMissing, .consentExpired,
        .consentWithdrawn, .consentNotAcknowledged, .consentLapsed, .consentLineRefused,
        .relationshipEnded, .nothingToAcknowledge, .linePending:
        true
      case .relayRefused, .relayRecovering: relay.isRecovering
      case .postageMissing: plan.postage && !isCalm
      // A process that died over it may have taken it.
      case .postageAnswerInvalid: postageAnswer != nil
      case .invitationExpired, .invitationGone, .invitationAnswered, .nobody, .nameTaken,
        .offerInvalid:
        plan.leapsEarly || code == .nobody
      case .relayInconsistent, .channelGap, .channelBroken, .channelForked, .profileCopied,
        .channelLost:
        plan.relay != .honest
      // An answer can be withdrawn before the other side has founded anything that takes it.
      case .notAWithdrawal: plan.relay != .honest || !bonds.allSatisfy(\.isConnected)
      default: false
      }
    if !isExpected { fail("\(device.name) \(what): \(code.rawValue)") }
  }

  /// Holds what a sync has told against the same.
  func judge(_ report: SyncReport, _ device: Device, _ depth: Int) {
    for obstacle in report.obstacles {
      trace.note(depth + 1, "obstacle: \(obstacle.error.code.rawValue)")
      judge(obstacle.error.code, device, "sync")
    }
    for event in report.events { judge(event, device, depth) }
  }

  func judge(_ event: EngineEvent, _ device: Device, _ depth: Int) {
    trace.note(depth + 1, describe(event))
    if case .obstacle(_, let error) = event { judge(error.code, device, "watch") }
    guard plan.relay == .honest else { return }
    switch event {
    case .stopped(_, let error): fail("\(device.name) stops: \(error.code.rawValue)")
    case .quarantined(_, let message):
      fail("\(device.name) quarantines \(message.text): \(String(describing: message.quarantine))")
    case .notice(_, .unopenable(let position)):
      fail("\(device.name) cannot open \(position)")
    case .notice(_, .commitIgnored(let position)):
      fail("\(device.name) ignores the commit at \(position)")
    case .invitationClosed(_, let error) where !plan.leapsEarly:
      fail("\(device.name) gives up an invitation: \(error.code.rawValue)")
    default: break
    }
  }

  private func describe(_ event: EngineEvent) -> String {
    switch event {
    case .message(_, let message): "receives \(message.text)"
    case .quarantined(_, let message): "quarantines \(message.text)"
    case .delivered: "delivered"
    case .refused: "gives a message up"
    case .confirmed(_, let position): "confirmed up to \(position)"
    case .line(_, let kind, let index, let byMe):
      "line \(index) \(kind.rawValue)\(byMe ? ", own" : "")"
    case .lineDied(_, let kind): "line died: \(kind.rawValue)"
    case .decisionAwaited: "a decision is awaited"
    case .epoch(_, let epoch, let byMe): "epoch \(epoch)\(byMe ? ", own" : "")"
    case .connected: "connected"
    case .invitationClosed(_, let error): "invitation closed: \(error.code.rawValue)"
    case .notice(_, let notice): "notice: \(notice)"
    case .stopped(_, let error): "stopped: \(error.code.rawValue)"
    case .obstacle(_, let error): "obstacle: \(error.code.rawValue)"
    }
  }
}
