// SPDX-License-Identifier: Apache-2.0

package import Primitives
package import RelayProtocol
import Synchronization

/// A relay in memory under the same judgement as the real one: for tests and the simulation.
///
/// It has no threads, clock or randomness of its own: the same calls give the same answers.
package final class MemoryRelay: Sendable {
  private struct State {
    var channels: [ChannelID: MemoryChannel] = [:]
    var incarnation: Incarnation
    var isRecovering = false
    /// What each token was spent for.
    var postage: [PostageNonce: PostagePurpose] = [:]
  }

  private let state: Mutex<State>
  private let offered: Mutex<MemoryPostage?>
  /// The same for every relay in memory that is not given another.
  package let identity: Ed25519PrivateKey

  /// - Parameter postage: What is taken as postage; nil where channels cost nothing.
  package init(
    random: some RandomSource, postage: MemoryPostage? = nil,
    identity: Ed25519PrivateKey = Ed25519.generate(SeededRandom(seed: 0)).privateKey
  ) {
    offered = Mutex(postage)
    self.identity = identity
    state = Mutex(State(incarnation: Incarnation(checked: random.bytes(Incarnation.length))))
  }

  package var incarnation: Incarnation { state.withLock { $0.incarnation } }

  /// What is taken as postage now.
  package var postage: MemoryPostage? {
    get { offered.withLock { $0 } }
    set { offered.withLock { $0 = newValue } }
  }

  package func create(_ new: NewChannel) throws(RelayError) {
    let postage = postage
    if let postage, let token = new.postage, !postage.accepts(token) {
      throw .refused(.postageInvalid)
    }
    let verdict = state.withLock { state in
      let namesake: Judgement.Namesake =
        state.channels[new.id].map {
          $0.first == (new.token, new.turn) && $0.row.kind == new.kind && !$0.row.isClosed
            ? .same : .other
        } ?? .none
      let purpose = PostagePurpose.creating(new)
      let payment: Judgement.Payment =
        if postage == nil {
          .free
        } else if let token = new.postage {
          state.postage[token.nonce].map { $0 == purpose ? .again : .spent } ?? .fresh
        } else {
          .missing
        }
      let verdict = Judgement.judge(create: namesake, payment, isDiskLow: false)
      if verdict == .grant {
        state.channels[new.id] = MemoryChannel(new)
        if let token = new.postage, payment == .fresh { state.postage[token.nonce] = purpose }
      }
      return verdict
    }
    if case .refuse(let error) = verdict { throw error }
  }

  package func append(_ append: Append) throws(RelayError) -> Appended {
    let job = AppendJob(append)
    let (verdict, incarnation) = state.withLock { state in
      var circumstances = Circumstances()
      circumstances.isRecovering = state.isRecovering
      let verdict =
        state.channels[append.channel]?.append(job, circumstances)
        ?? .refuse(.refused(.noSuchChannel))
      return (verdict, state.incarnation)
    }
    let (at, isReplay): (LogAt, Bool)
    switch verdict {
    case .append(let place): (at, isReplay) = (place, false)
    case .replay(let place): (at, isReplay) = (place, true)
    case .refuse(let error): throw error
    }
    var receipt: TurnReceipt?
    if append.turn != nil {
      let turn = TurnReceipt.Turn(
        channel: append.channel, id: append.id, named: append.named, at: at)
      receipt = TurnReceipt(of: turn, on: 0, by: identity)
    }
    return Appended(at: at, isReplay: isReplay, incarnation: incarnation, receipt: receipt)
  }

  package func read(_ request: ReadRequest) throws(RelayError) -> ReadAnswer {
    let (channel, incarnation) = state.withLock { ($0.channels[request.channel], $0.incarnation) }
    guard let channel else { throw .refused(.noSuchChannel) }
    let frames = try channel.frames(
      after: request.after, access: channel.access(request.token.hash),
      maximumBytes: request.maximumBytes)
    return ReadAnswer(frames: frames, incarnation: incarnation)
  }

  package func close(
    _ id: ChannelID, token: AccessToken, turn: TurnSecret
  ) throws(RelayError) {
    let error: RelayError? = state.withLock { state in
      guard var channel = state.channels[id] else { return .refused(.noSuchChannel) }
      let verdict = Judgement.judge(
        close: token.hash, turn.hash, channel.row, access: channel.access(token.hash))
      switch verdict {
      case .refuse(let error): return error
      case .closedBefore: return nil
      case .close:
        channel.row.isClosed = true
        channel.entries = []
        channel.retired = [:]
        state.channels[id] = channel
        return nil
      }
    }
    if let error { throw error }
  }

  package func describe() -> RelayDescription {
    RelayDescription(
      versions: [1], incarnation: Base64URL.encode(incarnation.bytes),
      sizeClasses: SizeClass.allCases.map(\.rawValue), retentionDays: nil,
      identity: Base64URL.encode(identity.publicKey), time: 0,
      requiresPostage: postage != nil, keys: postage?.keys ?? [])
  }

  // MARK: What tests and the simulation look at

  /// Every envelope that a channel holds, whoever asks.
  package func entries(of id: ChannelID) -> [EnvelopeEntry] {
    state.withLock { $0.channels[id]?.entries ?? [] }
  }

  /// How many tokens were spent.
  package var spent: Int { state.withLock { $0.postage.count } }

  package var channels: [ChannelID] {
    state.withLock { $0.channels.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } }
  }

  /// Whether nothing is taken but what members put back.
  package var isRecovering: Bool {
    get { state.withLock { $0.isRecovering } }
    set { state.withLock { $0.isRecovering = newValue } }
  }

  /// A restore from a backup taken when the channel had `count` envelopes, or was not there: what came
  /// later is gone, and the incarnation is new.
  package func restore(_ id: ChannelID, to count: Int?, random: some RandomSource) {
    state.withLock { state in
      state.incarnation = Incarnation(checked: random.bytes(Incarnation.length))
    }
    lose(id, behind: count)
  }

  /// Lets the bodies of the first `count` envelopes expire, but those of turns.
  package func expire(_ id: ChannelID, through count: Int) {
    state.withLock { $0.channels[id]?.expired = Position(UInt64(count)) }
  }

  /// Loses what came behind the first `count` envelopes, or the whole channel, and says nothing.
  package func lose(_ id: ChannelID, behind count: Int?) {
    state.withLock { state in
      guard let channel = state.channels[id] else { return }
      guard let count else {
        state.channels[id] = nil
        return
      }
      var replayed = MemoryChannel(
        NewChannel(
          id: id, kind: channel.row.kind, token: channel.first.token, turn: channel.first.turn))
      for entry in channel.entries.prefix(count) {
        _ = replayed.append(
          AppendJob(
            channel: id, token: replayed.row.token, id: entry.id,
            turn: entry.named.isEmpty ? nil : replayed.row.turn, named: entry.named, at: nil,
            envelope: entry.envelope))
      }
      state.channels[id] = replayed
    }
  }
}
