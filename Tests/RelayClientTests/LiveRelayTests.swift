// SPDX-License-Identifier: Apache-2.0

import Primitives
import Relay
import RelayClient
import RelayProtocol
import Testing
import WireFormat

/// The client against the real server, over a real socket.
@Suite(.serialized) struct LiveRelayTests {
  let random = SeededRandom(seed: 5)

  private func newChannel() -> (NewChannel, AccessToken, TurnSecret) {
    let (token, turn) = (AccessToken(random: random), TurnSecret(random: random))
    let id = ChannelID(checked: random.bytes(32))
    return (
      NewChannel(id: id, kind: .relationship, token: token.hash, turn: turn.hash), token, turn
    )
  }

  private func append(
    _ channel: NewChannel, _ token: AccessToken, _ size: SizeClass = .kib1
  ) -> Append {
    Append(
      channel: channel.id, token: token, id: EnvelopeID(random: random),
      envelope: random.bytes(size.byteCount))
  }

  @Test func `a relay describes itself`() async throws {
    let description = try await LiveRelay.run { try await $0.describe() }
    #expect(description.versions == [1])
    #expect(description.sizeClasses == SizeClass.allCases.map(\.rawValue))
    #expect(description.limits?.subscriptions == Follow.maximumSubscriptions)
  }

  @Test func `a description with more in it, or less, than this version knows is read`()
    async throws
  {
    let known = """
      "versions":[1],"incarnation":"AAAAAAAAAAAAAAAAAAAAAA","size_classes":[1],"identity":"a","time":1
      """
    let quota = #"{"envelopes":1,"bytes":2,"blobs":3,"blob_bytes":4,"days":5,"pages":6}"#
    let limits = """
      "limits":{"intake":\(quota),"relationship":\(quota),"appends_per_second":1,"append_burst":2,\
      "subscriptions":3,"read_bytes":4,"part_bytes":5,"parts":6,"colours":["red"]}
      """
    for (text, subscriptions) in [
      ("{\(known)}", nil), (#"{\#(known),"moon":{"phase":[]}}"#, nil), ("{\(known),\(limits)}", 3),
    ] {
      let server = try ScriptedServer([
        .answer(200, ["Content-Type": "application/json"], Array(text.utf8))
      ])
      let description = try await ClientFixture.withClient(of: server.address) {
        try await $0.describe()
      }
      #expect(description.versions == [1] && description.limits?.subscriptions == subscriptions)
    }
  }

  @Test func `what is appended is read, and the same again is the same`() async throws {
    try await LiveRelay.run { client in
      let (channel, token, _) = newChannel()
      try await client.create(channel)
      try await client.create(channel)
      var chain = ChainHash.founding(channel.id)
      var sent: [Append] = []
      for (index, size) in SizeClass.allCases.enumerated() {
        let next = append(channel, token, size)
        sent.append(next)
        let position = Position(UInt64(index) + 1)
        let appended = try await client.append(next)
        chain = chain.adding(
          EntryHash(id: next.id, named: .none, envelope: next.envelope), at: position)
        #expect(appended.at == LogAt(position: position, chain: chain))
        #expect(!appended.isReplay)
        let again = try await client.append(next)
        #expect(again.at == appended.at)
        #expect(again.isReplay)
      }
      var read: [EnvelopeEntry] = []
      var isAtEnd = false
      while !isAtEnd {
        let answer = try await client.read(
          ReadRequest(
            channel: channel.id, token: token, after: read.last?.position ?? Position(0),
            maximumBytes: 1 << 18))
        #expect(answer.incarnation == (try await client.append(sent[0]).incarnation))
        for frame in answer.frames {
          if case .envelope(let entry) = frame.body { read.append(entry) }
          if case .caughtUp(let at) = frame.body {
            #expect(at.chain == chain)
            isAtEnd = true
          }
        }
      }
      #expect(read.map(\.envelope) == sent.map(\.envelope))
      #expect(read.map(\.id) == sent.map(\.id))
    }
  }

  @Test func `each refusal comes as the error it is`() async throws {
    try await LiveRelay.run { client in
      let (channel, token, turn) = newChannel()
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await client.append(append(channel, token))
      }
      try await client.create(channel)
      await #expect(throws: RelayError.refused(.channelExists)) {
        try await client.create(
          NewChannel(
            id: channel.id, kind: .relationship, token: turn.hash.asToken, turn: channel.turn))
      }
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await client.append(append(channel, AccessToken(random: random)))
      }
      let first = append(channel, token)
      let landed = try await client.append(first)
      await #expect(throws: RelayError.refused(.idConflict)) {
        try await client.append(
          Append(
            channel: channel.id, token: token, id: first.id, envelope: random.bytes(1_024)))
      }
      await #expect(throws: RelayError.notAt(landed.at)) {
        try await client.append(
          Append(
            channel: channel.id, token: token, id: EnvelopeID(random: random),
            at: LogAt(position: Position(9), chain: landed.at.chain),
            envelope: random.bytes(1_024)))
      }
      await #expect(throws: RelayError.refused(.sizeClass)) {
        try await client.append(
          Append(
            channel: channel.id, token: token, id: EnvelopeID(random: random),
            envelope: random.bytes(1_025)))
      }
      await #expect(throws: RelayError.refused(.beyondHead)) {
        try await client.read(
          ReadRequest(channel: channel.id, token: token, after: Position(5)))
      }
      // The lock turns; the old token now only reads up to the turn.
      let (nextToken, nextTurn) = (AccessToken(random: random), TurnSecret(random: random))
      let turned = try await client.append(
        Append(
          channel: channel.id, token: token, id: EnvelopeID(random: random), turn: turn,
          named: NamedHashes(token: nextToken, turn: nextTurn),
          envelope: random.bytes(SizeClass.smallestTurn.byteCount)))
      #expect(turned.at.position == Position(2))
      await #expect(throws: RelayError.tokenRetired(last: Position(2))) {
        try await client.append(append(channel, token))
      }
      #expect(try await client.append(append(channel, nextToken)).at.position == Position(3))
      let old = try await client.read(
        ReadRequest(channel: channel.id, token: token, after: Position(1)))
      #expect(old.frames.last?.body == .turned(last: Position(2)))
      try await client.close(channel.id, token: nextToken, turn: nextTurn)
      try await client.close(channel.id, token: nextToken, turn: nextTurn)
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await client.append(append(channel, nextToken))
      }
    }
  }

  @Test func `a follower sees what others append, and what is too large to push by reading`()
    async throws
  {
    try await LiveRelay.run { client in
      let (channel, token, _) = newChannel()
      try await client.create(channel)
      let sizes: [SizeClass] = [.kib1, .kib64, .kib256, .kib1, .kib1024, .kib4]
      let sent = sizes.map { append(channel, token, $0) }
      var seen: [EnvelopeEntry] = []
      var appended = 0
      try await client.follow(
        Follow([Subscription(channel: channel.id, token: token, after: Position(0))])
      ) { frame in
        switch frame.body {
        case .envelope(let entry):
          if entry.position.value == UInt64(seen.count) + 1 { seen.append(entry) }
        case .head(let head):
          while UInt64(seen.count) < head.value {
            let answer = try await client.read(
              ReadRequest(
                channel: channel.id, token: token, after: Position(UInt64(seen.count))))
            for frame in answer.frames {
              if case .envelope(let entry) = frame.body { seen.append(entry) }
            }
          }
        default: break
        }
        if seen.count == sent.count { return false }
        // The next is appended when the last has been seen.
        if seen.count == appended {
          appended += 1
          _ = try await client.append(sent[appended - 1])
        }
        return true
      }
      #expect(seen.map(\.envelope) == sent.map(\.envelope))
    }
  }

  @Test func `a quiet stream is kept alive by heartbeats`() async throws {
    var limits = RelayLimits()
    limits.heartbeatSeconds = 1
    try await LiveRelay.run(limits, patience: { $0.silence = .seconds(20) }) { client in
      let (channel, token, _) = newChannel()
      try await client.create(channel)
      var heartbeats = 0
      try await client.follow(
        Follow([Subscription(channel: channel.id, token: token, after: Position(0))])
      ) { frame in
        if case .heartbeat = frame.body { heartbeats += 1 }
        return heartbeats < 4
      }
      #expect(heartbeats == 4)
    }
  }

  @Test func `a long poll waits for something new`() async throws {
    try await LiveRelay.run { client in
      let (channel, token, _) = newChannel()
      try await client.create(channel)
      let request = ReadRequest(channel: channel.id, token: token, after: Position(0), wait: 10)
      let next = append(channel, token)
      async let waiting = client.read(request)
      try await Task.sleep(for: .milliseconds(200))
      _ = try await client.append(next)
      let frames = try await waiting.frames
      guard case .envelope(let entry) = frames.first?.body else {
        Issue.record("the poll came back without the envelope")
        return
      }
      #expect(entry.id == next.id)
      let nothing = try await client.read(
        ReadRequest(channel: channel.id, token: token, after: Position(1), wait: 1))
      #expect(nothing.frames.isEmpty)
    }
  }
}

extension TurnHash {
  /// The same bytes as the hash of a token.
  fileprivate var asToken: TokenHash { TokenHash(checked: bytes) }
}
