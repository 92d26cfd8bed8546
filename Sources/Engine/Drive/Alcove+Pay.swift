// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Postage
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// A token that was bound so long ago is nothing that anybody still waits for, in seconds.
  private static let longestBinding: Int64 = 30 * 86_400
  /// So many tokens are shown for one channel in one run.
  private static let mostSpent = 3

  /// Makes a channel, with postage where the relay asks for it.
  ///
  /// A token is bound to the channel before it leaves. A retry, in this process or in another, shows the
  /// same one, and the relay knows it for the same payment. A bound token is never held again: shown for
  /// two channels it would tell the relay that both are one person's.
  func create(
    _ channel: NewChannel, at relay: [UInt8], _ connection: any RelayConnection
  ) async throws {
    var channel = channel
    channel.postage = try store.read(keys()) { try bound(to: channel.id, in: $0)?.token }
    var spent = 0
    while true {
      var refused: PostageToken?
      do {
        try reach(.beforeCreateChannel)
        try await connection.create(channel)
        try reach(.afterCreateChannel)
        // What paid stays bound: a second process that was told to pay shows the same, and not another.
        return
      } catch RelayError.refused(.postageRequired) where channel.postage == nil {
        // The first word about it: most relays of one practice ask for none.
      } catch RelayError.refused(.postageInvalid) where channel.postage != nil {
        refused = channel.postage
      } catch RelayError.refused(.postageSpent) where channel.postage != nil {
        // A copy of this profile has spent it, and perhaps the next one: a few at a time.
        try dropPostage(boundTo: channel.id)
        spent += 1
        guard spent < Self.mostSpent else { throw EngineError(.relayRefused) }
      }
      // None is shown that the relay would refuse, and lost by that: it may run with another key for a while, by
      // mistake or from a backup.
      let terms = try PostageTerms(try await connection.describe())
      if let refused {
        // Of one that fits what it says itself a relay gets no other: all that there are would be shown for one
        // channel.
        guard !terms.takes(refused) else { throw EngineError(.relayInconsistent) }
        // Issued under a key that is no longer good.
        try dropPostage(boundTo: channel.id)
      }
      channel.postage = try bindPostage(to: channel.id, at: relay, under: terms)
    }
  }

  func postageRecords(
    in tx: RecordTransaction
  ) throws -> [(key: RecordKey, value: PostageRecord)] {
    try tx.scan(PostageRecord.self, .postage, profileOwner)
  }

  private func bound(
    to channel: ChannelID, in tx: RecordTransaction
  ) throws -> (key: RecordKey, token: PostageToken)? {
    for (key, record) in try postageRecords(in: tx) {
      if case .bound(let token, channel, _) = record.stage { return (key, token) }
    }
    return nil
  }

  private func bindPostage(
    to channel: ChannelID, at relay: [UInt8], under terms: PostageTerms
  ) throws -> PostageToken {
    try store.transaction(self.keys()) { tx in
      // Another process of this profile may just have bound one.
      if let bound = try bound(to: channel, in: tx) { return bound.token }
      var chosen: (RecordKey, PostageToken)?
      for (key, record) in try postageRecords(in: tx) {
        switch record.stage {
        case .held(let token)
        where chosen == nil && record.relay == relay && terms.takes(token):
          chosen = (key, token)
        case .bound(_, _, let time) where clock.now() - time > Self.longestBinding:
          try tx.delete(.postage, profileOwner, key)
        default: break
        }
      }
      guard let (key, token) = chosen else { throw EngineError(.postageMissing) }
      try tx.put(
        PostageRecord(relay: relay, .bound(token, to: channel, at: clock.now())),
        .postage, profileOwner, key)
      return token
    }
  }

  private func dropPostage(boundTo channel: ChannelID) throws {
    try store.transaction(keys()) { tx in
      if let bound = try bound(to: channel, in: tx) {
        try tx.delete(.postage, profileOwner, bound.key)
      }
    }
  }
}
