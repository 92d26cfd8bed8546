// SPDX-License-Identifier: Apache-2.0

import Engine
import RelayLog
import RelayProtocol

/// What happens to one call on its way.
enum Fate: String, Sendable {
  case fine
  /// Nothing leaves.
  case unreachable
  /// Lost before the relay; the caller cannot know.
  case requestLost = "request lost"
  /// Done, and the answer is lost.
  case answerLost = "answer lost"
}

/// How a process of a device reaches the relay of its world.
struct WorldRelays: RelayConnecting {
  let world: World
  let device: Device
  let process: SimulatedProcess
  let depth: Int

  func connection(to address: RelayAddress) throws -> any RelayConnection {
    WorldConnection(world: world, device: device, process: process, depth: depth)
  }
}

/// A connection to the relay in memory, over a network that the seed has made hostile.
///
/// While a call is under way other processes may act: that is how commits race, and how two commands of
/// one profile meet.
struct WorldConnection: RelayConnection {
  let world: World
  let device: Device
  let process: SimulatedProcess
  let depth: Int

  func describe() async throws(RelayError) -> RelayDescription {
    try await meet("describe")
    return world.relay.describe()
  }

  func create(_ channel: NewChannel) async throws(RelayError) {
    let fate = try await meet("create \(channel.kind.rawValue)")
    if let token = channel.postage { world.spendElsewhere(token, depth) }
    try world.relay.create(channel)
    if channel.kind == .relationship { world.relationshipChannels.insert(channel.id) }
    try answer(fate)
  }

  func append(_ append: Append) async throws(RelayError) -> Appended {
    // What is put back after a restore left its author long before.
    if append.at == nil { world.transmits[append.id, default: []].append(world.step + 1) }
    let isTurn = append.turn != nil
    world.users[append.channel, default: []].insert(device.index)
    let fate: Fate
    do {
      fate = try await meet(isTurn ? "turn" : "append")
    } catch {
      // Given up by its sender, it may still be under way.
      if error == .outcomeUnknown, world.mayComeLate() { world.late.append(append) }
      throw error
    }
    let appended: Appended
    do {
      appended = try world.relay.append(append)
    } catch {
      world.trace.note(depth + 1, "relay refuses")
      throw fate == .answerLost ? .outcomeUnknown : error
    }
    world.trace.note(depth + 1, "at \(appended.at.position.value)")
    if !appended.isReplay { world.accepted += 1 }
    await world.interrupt(depth)
    try answer(fate)
    world.acknowledged.append((append.channel, appended.at.position, append.id))
    return appended
  }

  func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer {
    let fate = try await meet("read after \(request.after.value)")
    let shown = try world.show(request, to: device)
    // The answer travels for a while, too.
    await world.interrupt(depth)
    try answer(fate)
    return shown
  }

  func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError) {
    let fate = try await meet("close")
    try world.relay.close(channel, token: token, turn: turn)
    try answer(fate)
  }

  /// Sends all there is now, and ends.
  func follow(_ follow: Follow, receive: (Frame) async throws -> Bool) async throws {
    for (index, subscription) in follow.subscriptions.enumerated() {
      let answer: ReadAnswer
      do {
        answer = try await read(
          ReadRequest(
            channel: subscription.channel, token: subscription.token, after: subscription.after))
      } catch RelayError.refused(let problem) {
        let code: RefusalCode = problem == .beyondHead ? .beyondHead : .noSuchChannel
        guard try await receive(Frame(subscription: UInt16(index), .refused(code))) else { return }
        continue
      }
      for frame in answer.frames {
        guard try await receive(Frame(subscription: UInt16(index), frame.body)) else { return }
      }
    }
    _ = try await receive(Frame(.bye(.drain, retryAfterMilliseconds: 0)))
  }

  // MARK: On the way

  @discardableResult
  private func meet(_ call: String) async throws(RelayError) -> Fate {
    // Nothing leaves a process that has ended, whatever its code still tries.
    if process.isOver { throw .unreachable }
    world.step += 1
    let fate = world.fate(of: device)
    world.trace.note(depth + 1, fate == .fine ? call : "\(call): \(fate.rawValue)")
    await world.interrupt(depth)
    switch fate {
    case .fine, .answerLost: return fate
    case .unreachable: throw .unreachable
    case .requestLost: throw .outcomeUnknown
    }
  }

  private func answer(_ fate: Fate) throws(RelayError) {
    if fate == .answerLost { throw .outcomeUnknown }
  }
}
