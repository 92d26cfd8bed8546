// SPDX-License-Identifier: Apache-2.0

import Postage
import Primitives
import RelayProtocol
import Synchronization
import Testing

@testable import Relay
@testable import RelayLog

/// Every route and everything that it may refuse: each pair is provoked over HTTP, and nothing else is
/// described.
@Suite struct CellTests {
  struct Cell: Hashable {
    let route: RelayRoute
    let problem: RelayProblem
  }

  /// Which cells have been seen.
  private final class Board: Sendable {
    private let seen = Mutex(Set<Cell>())
    var cells: Set<Cell> { seen.withLock { $0 } }

    func expect(
      _ relay: LiveRelay, _ route: RelayRoute, _ request: RawRequest, _ problem: RelayProblem
    ) async throws {
      let answer = try await relay.ask(request)
      let isIt =
        answer.status == problem.status
        && (answer.problem == problem.rawValue || route == .blobState)
        && (answer["retry-after"] != nil) == !problem.isDefinite
      #expect(isIt, "\(route.rawValue) \(problem): \(answer.status) \(answer.problem ?? "")")
      if isIt { _ = seen.withLock { $0.insert(Cell(route: route, problem: problem)) } }
    }
  }

  private static let part = [UInt8](repeating: 1, count: PartIndex.partLength)
  private static let other = [UInt8](repeating: 2, count: PartIndex.partLength)

  /// A request to each route that a relay which knows channel and blob would do.
  private static func good(
    _ route: RelayRoute, _ member: TestMember, _ blob: BlobID
  ) -> RawRequest {
    switch route {
    case .describe: RawRequest(method: "GET", path: "/v1/relay", fields: [])
    case .create: member.create()
    case .close: member.close()
    case .extend: member.extend()
    case .append: member.append()
    case .read: member.read()
    case .follow: TestMember.follow([member.subscription()])
    case .makeBlob: member.makeBlob(blob)
    case .putPart: member.part(blob, "0", part)
    case .sealBlob: member.seal(blob, [part])
    case .blobState: member.stateOfBlob(blob)
    case .readBlob: member.readBlob(blob)
    case .deleteBlob: member.deleteBlob(blob)
    }
  }

  private static let blobs: [RelayRoute] = [
    .makeBlob, .putPart, .sealBlob, .blobState, .readBlob, .deleteBlob,
  ]

  @Test func `each refusal of each route has been seen, and no other is described`() async throws {
    let board = Board()
    try await Self.fields(board)
    try await Self.channels(board)
    try await Self.blobs(board)
    try await Self.postage(board)
    try await Self.limits(board)
    try await Self.disk(board)
    try await Self.recovery(board)
    try await Self.failures(board)
    let described = Set(
      RelayRoute.allCases.flatMap { route in
        route.problems.map { Cell(route: route, problem: $0) }
      })
    let missing = described.subtracting(board.cells)
    #expect(missing.isEmpty, "never seen: \(missing.map { "\($0.route.rawValue) \($0.problem)" })")
    #expect(board.cells.isSubset(of: described))
    #expect(described.count > 100)
  }

  /// What is no request, has no length or another one.
  private static func fields(_ board: Board) async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      for route in RelayRoute.allCases {
        var request = good(route, member, blob).with("Alcove-Channel", "x")
        switch route {
        case .describe: request = request.with("Content-Length", "1")
        case .follow: request.body = [1]
        default: break
        }
        try await board.expect(relay, route, request, .malformed)
      }
      for route in [RelayRoute.append, .follow, .putPart] {
        var unsized = good(route, member, blob)
        unsized.hasLength = false
        unsized.body = []
        try await board.expect(relay, route, unsized, .lengthRequired)
        var large = unsized.with("Content-Length", "1048577")
        large.body = []
        try await board.expect(relay, route, large, .sizeClass)
      }
    }
  }

  private static func channels(_ board: Board) async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      for route in RelayRoute.allCases where route.needsToken {
        try await board.expect(relay, route, good(route, member, blob), .noSuchChannel)
      }
      #expect(try await relay.ask(member.create()).status == 201)
      try await board.expect(relay, .create, member.create("intake"), .channelExists)
      let first = member.append()
      #expect(try await relay.ask(first).status == 201)
      var conflict = first
      conflict.body[0] ^= 1
      try await board.expect(relay, .append, conflict, .idConflict)
      let elsewhere = TestMember.text([UInt8](repeating: 1, count: 32))
      try await board.expect(
        relay, .append, member.append().with("Alcove-At", "9." + elsewhere), .notAt)
      let reused = [
        TestMember.text(member.turn), TestMember.text(member.token.hash.bytes),
        TestMember.text(member.turn.hash.bytes),
      ].joined(separator: ".")
      try await board.expect(
        relay, .append, member.append(size: 16_384).with("Alcove-Turn", reused), .tokenReused)
      try await board.expect(relay, .read, member.read("?after=2"), .beyondHead)
      let (turn, _) = member.turning()
      #expect(try await relay.ask(turn).status == 201)
      for route in [
        RelayRoute.append, .close, .extend, .makeBlob, .putPart, .sealBlob, .deleteBlob,
      ] {
        try await board.expect(relay, route, good(route, member, blob), .tokenRetired)
      }
      // An intake holds eight envelopes and no blob.
      let intake = try TestMember(seed: 2)
      #expect(try await relay.ask(intake.create("intake")).status == 201)
      for _ in 0..<8 { #expect(try await relay.ask(intake.append()).status == 201) }
      try await board.expect(relay, .append, intake.append(), .quota)
      try await board.expect(relay, .makeBlob, intake.makeBlob(blob), .quota)
    }
  }

  private static func blobs(_ board: Board) async throws {
    var limits = RelayLimits()
    limits.blobReadsPerPeer = 1
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      #expect(try await relay.ask(member.create()).status == 201)
      for route in blobs where route != .makeBlob {
        try await board.expect(relay, route, good(route, member, blob), .noSuchBlob)
      }
      #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
      try await board.expect(relay, .sealBlob, member.seal(blob, [part]), .partsMissing)
      #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
      try await board.expect(relay, .putPart, member.part(blob, "0", other), .partConflict)
      try await board.expect(relay, .sealBlob, member.seal(blob, [other]), .hashMismatch)
      try await board.expect(relay, .readBlob, member.readBlob(blob), .unsealed)
      // As if the channel's blobs took all that they may.
      _ = try await relay.store.writer.perform(cost: 1) { database, _ in
        try PreparedStatement("UPDATE channel SET blob_bytes = ?", in: database)
          .execute(.integer(Int64(ChannelLimits.of(.relationship).blobBytes)))
        return WriterJob.Outcome(result: .success(nil))
      }
      try await board.expect(relay, .putPart, member.part(blob, "1", other), .quota)
      try await board.expect(
        relay, .makeBlob, member.makeBlob(BlobID(random: member.random)), .quota)
      #expect(try await relay.ask(member.seal(blob, [part])).status == 204)
      try await board.expect(relay, .putPart, member.part(blob, "1", other), .sealed)
      try await board.expect(relay, .sealBlob, member.seal(blob, [part, other]), .sealed)
      try await board.expect(relay, .readBlob, member.readBlob(blob, "bytes=1048576-"), .beyondEnd)
      #expect(try await relay.ask(member.deleteBlob(blob)).status == 204)
      for route in blobs where route != .deleteBlob {
        try await board.expect(relay, route, good(route, member, blob), .trimmed)
      }
    }
  }

  private static func postage(_ board: Board) async throws {
    let issuer = try PostagePrivateKey()
    try await LiveRelay.run(postage: [issuer.publicKey]) { relay in
      let member = try TestMember(seed: 1)
      let other = try TestMember(seed: 2)
      let pending = try PendingPostage(
        issuer.publicKey,
        challenge: PostageChallenge.digest(identity: LiveRelay.identity.publicKey),
        random: SystemRandom())
      let token = TestMember.text(try pending.token(try issuer.answer(pending.request)).bytes)
      let none = TestMember.text([UInt8](repeating: 0, count: 354))
      #expect(
        try await relay.ask(member.create().with("Alcove-Postage", token)).status == 201)
      for (route, request) in [(RelayRoute.create, other.create()), (.extend, member.extend())] {
        try await board.expect(relay, route, request, .postageRequired)
        try await board.expect(
          relay, route, request.with("Alcove-Postage", none), .postageInvalid)
        try await board.expect(
          relay, route, request.with("Alcove-Postage", token), .postageSpent)
      }
    }
  }

  private static func limits(_ board: Board) async throws {
    var few = RelayLimits()
    few.exemptsLoopback = false
    few.handshakesPerSecond = 1_000
    few.refusedTokensPerMinute = 1
    few.creationsPerMinute = 1
    try await LiveRelay.run(few) { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      #expect(try await relay.ask(member.create()).status == 201)
      try await board.expect(relay, .create, try TestMember(seed: 2).create(), .limited)
      #expect(try await relay.ask(try TestMember(seed: 2).read()).status == 404)
      for route in RelayRoute.allCases where route.takesToken {
        try await board.expect(relay, route, good(route, member, blob), .limited)
      }
    }
    var none = RelayLimits()
    none.requests = 0
    var noneOfOne = few
    noneOfOne.requestsPerAddress = 0
    for (limits, problem) in [(none, RelayProblem.overloaded), (noneOfOne, .limited)] {
      try await LiveRelay.run(limits) { relay in
        let member = try TestMember(seed: 1)
        let blob = BlobID(random: member.random)
        for route in RelayRoute.allCases {
          try await board.expect(relay, route, good(route, member, blob), problem)
        }
      }
    }
    // By channel, for what is paid.
    try await LiveRelay.run(policy: StorePolicy(appendsPerSecond: 0, appendBurst: 1)) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      #expect(try await relay.ask(member.append()).status == 201)
      try await board.expect(relay, .append, member.append(), .limited)
      try await board.expect(
        relay, .makeBlob, member.makeBlob(BlobID(random: member.random)), .limited)
    }
    var small = RelayLimits()
    small.bodiesInFlight = 1
    small.answersInFlight = 1
    small.partsInFlight = 0
    small.blobReads = 0
    try await LiveRelay.run(small) { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      #expect(try await relay.ask(member.create()).status == 201)
      let large = AppendJob(
        channel: member.channel, token: member.token.hash, id: EnvelopeID(random: member.random),
        turn: nil, named: .none, at: nil, envelope: member.random.bytes(262_144))
      _ = try await relay.store.append(large)
      // A blob that can be read, and one that lacks a part.
      let open = BlobID(random: member.random)
      let place = BlobPlace(channel: member.channel, token: member.token.hash, blob: blob)
      for blob in [blob, open] {
        #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
      }
      try await relay.store.putPart(place, try #require(PartIndex(0))) { try await $0(part) }
      #expect(try await relay.ask(member.seal(blob, [part])).status == 204)
      for route in [RelayRoute.append, .follow, .read, .putPart, .readBlob] {
        let request = good(route, member, route == .putPart ? open : blob)
        try await board.expect(relay, route, request, .overloaded)
      }
    }
  }

  /// The disk is nearly full: what members write is refused, the rest goes on.
  private static func disk(_ board: Board) async throws {
    let isFull = Atomic(false)
    let ticks = Atomic<Int64>(0)
    let surroundings = Surroundings(
      clock: { 1_700_000_000 },
      // The writer looks at the disk once a second: that is each time.
      ticks: { ticks.add(1_000, ordering: .relaxed).newValue },
      freeBytes: { isFull.load(ordering: .relaxed) ? 0 : 1 << 40 })
    try await LiveRelay.run(surroundings: surroundings) { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      #expect(try await relay.ask(member.create()).status == 201)
      #expect(try await relay.ask(member.append()).status == 201)
      #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
      #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
      isFull.store(true, ordering: .relaxed)
      let new = BlobID(random: member.random)
      for (route, request) in [
        (RelayRoute.create, try TestMember(seed: 2).create()), (.extend, member.extend()),
        (.append, member.append()), (.makeBlob, member.makeBlob(new)),
        (.putPart, member.part(blob, "1", part)), (.sealBlob, member.seal(blob, [part])),
      ] {
        try await board.expect(relay, route, request, .storeFull)
      }
      #expect(try await relay.ask(member.read()).body.frames.count == 2)
      #expect(try await relay.ask(member.stateOfBlob(blob)).status == 200)
      #expect(try await relay.ask(member.deleteBlob(blob)).status == 204)
      #expect(try await relay.ask(member.close()).status == 204)
    }
  }

  /// The store comes from a backup.
  private static func recovery(_ board: Board) async throws {
    try await LiveRelay.run { relay in
      let (member, blob) = try await relay.memberWithBlob()
      #expect(try await relay.ask(member.part(blob, "0", part)).status == 204)
      _ = try await relay.store.writer.perform(cost: 1) { _, memory in
        memory.recoveringUntil = memory.now + WriterMemory.recoveryTime
        return WriterJob.Outcome(result: .success(nil))
      }
      let new = BlobID(random: member.random)
      for (route, request) in [
        (RelayRoute.append, member.append()), (.makeBlob, member.makeBlob(new)),
        (.putPart, member.part(blob, "1", part)), (.sealBlob, member.seal(blob, [part])),
      ] {
        try await board.expect(relay, route, request, .recovering)
      }
    }
  }

  /// What a store says when its disk fails or too many wait for its writer.
  private static func failures(_ board: Board) async throws {
    try await RefusingStore.run { relay, store in
      let (member, blob) = try await relay.memberWithBlob()
      let problems: [RelayProblem] = [
        .unavailable, .overloaded, .outcomeUnknown, .storeFull, .damaged,
      ]
      for problem in problems {
        store.refuse(problem)
        for route in RelayRoute.allCases where route.problems.contains(problem) {
          // What it says happens in the stream.
          if route == .follow || route == .describe { continue }
          try await board.expect(relay, route, good(route, member, blob), problem)
        }
      }
      store.refuse(nil)
      #expect(try await relay.ask(member.append()).status == 201)
    }
  }
}
