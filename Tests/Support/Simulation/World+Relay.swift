// SPDX-License-Identifier: Apache-2.0

import RelayLog
import RelayProtocol

extension World {
  // MARK: The network

  func fate(of device: Device) -> Fate {
    if away.contains(device.index) { return .unreachable }
    if isCalm { return .fine }
    if (outages[device.index] ?? 0) > 0 { return .unreachable }
    guard chance.happens(plan.faults) else { return .fine }
    return chance.pick([.unreachable, .requestLost, .answerLost])
  }

  /// Whether a request that its sender has given up is still under way.
  func mayComeLate() -> Bool { !isCalm && chance.happens(5_000) }

  /// Requests that were given up long ago arrive.
  func deliverLate(_ perTenThousand: Int) {
    guard !late.isEmpty, chance.happens(perTenThousand) else { return }
    let append = late.remove(at: chance.below(late.count))
    let outcome =
      switch Result(catching: { () throws(RelayError) in try relay.append(append) }) {
      case .success(let appended): "at \(appended.at.position.value)"
      case .failure: "refused"
      }
    accepted += 1
    trace.note(0, "a late \(append.turn == nil ? "append" : "turn") arrives: \(outcome)")
  }

  // MARK: What the relay shows

  func show(_ request: ReadRequest, to device: Device) throws(RelayError) -> ReadAnswer {
    guard plan.relay != .honest, relationshipChannels.contains(request.channel),
      bonds.allSatisfy(\.isConnected)
    else { return try relay.read(request) }
    switch plan.relay {
    case .honest: return try relay.read(request)
    case .clumsy:
      let answer = try relay.read(request)
      guard !isCalm, chance.happens(plan.lies) else { return answer }
      return muddled(answer)
    case .forking:
      guard device.index == victim else { return try relay.read(request) }
      return try forked(request)
    }
  }

  private func muddled(_ answer: ReadAnswer) -> ReadAnswer {
    var frames = answer.frames
    let index = chance.below(frames.count)
    switch chance.below(5) {
    case 0:
      trace.note(1, "the relay leaves out frame \(index)")
      frames.remove(at: index)
    case 1:
      trace.note(1, "the relay repeats frame \(index)")
      frames.insert(frames[index], at: index)
    case 2:
      let other = chance.below(frames.count)
      trace.note(1, "the relay swaps frames \(index) and \(other)")
      frames.swapAt(index, other)
    case 3:
      trace.note(1, "the relay shows nothing behind frame \(index)")
      frames.removeSubrange(index...)
    default:
      trace.note(1, "the relay alters frame \(index)")
      if case .envelope(let entry) = frames[index].body {
        frames[index] = Frame(
          .envelope(
            EnvelopeEntry(
              position: entry.position, id: entry.id, named: entry.named, chain: entry.chain,
              envelope: ForkedLog.altered(entry.envelope))))
      }
    }
    return ReadAnswer(frames: frames, incarnation: answer.incarnation)
  }

  private func forked(_ request: ReadRequest) throws(RelayError) -> ReadAnswer {
    let truth = try relay.read(
      ReadRequest(
        channel: request.channel, token: request.token, after: Position(0), maximumBytes: .max))
    var entries: [EnvelopeEntry] = []
    var turn: EnvelopeID?
    for frame in truth.frames {
      switch frame.body {
      case .envelope(let entry): entries.append(entry)
      case .turned: turn = entries.last?.id
      default: break
      }
    }
    var log = forks[request.channel] ?? ForkedLog(request.channel)
    for lie in log.extend(entries, chance, lies: isCalm ? 0 : plan.lies) {
      trace.note(1, "the relay \(lie)")
    }
    forks[request.channel] = log
    return ReadAnswer(
      frames: try log.answer(after: request.after, turn: turn), incarnation: truth.incarnation)
  }
}
